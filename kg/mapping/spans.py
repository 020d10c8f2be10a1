"""Stretches of the text as nodes: sentences that are evidence, and mentions; decides nothing about what they say.

A span's IRI carries its position (RFC 5147), so a mention repeats only its words. A sentence that is cited as evidence
gets both selectors of the Web Annotation Data Model, so that other tools find it again in another copy of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, XSD

from kg.vocab import CN, OA

if TYPE_CHECKING:
    from kg.mapping.sheet import Sheet
    from kg.model import Span


def add_evidence(sheet: Sheet, subject: URIRef, *spans: Span) -> None:
    """Point from a statement to the sentences that hold these spans."""
    for start, end in sheet.sentences(spans):
        sheet.add(subject, CN.evidence, _sentence(sheet, start, end))


def _sentence(sheet: Sheet, start: int, end: int) -> URIRef:
    number, node = sheet.article.id, URIRef(sheet.iris.span(sheet.article.id, start, end))
    if (node, RDF.type, CN.Sentence) in sheet.graph:  # a sentence is cited a dozen times on average
        return node
    position = URIRef(sheet.iris.selector(number, start, end, "position"))
    quote = URIRef(sheet.iris.selector(number, start, end, "quote"))
    sheet.type(node, CN.Sentence, OA.SpecificResource)
    sheet.add(node, OA.hasSource, sheet.node)
    sheet.add(node, OA.hasSelector, position, quote)
    sheet.type(position, OA.TextPositionSelector)
    sheet.add(position, OA.start, Literal(start, datatype=XSD.integer))
    sheet.add(position, OA.end, Literal(end, datatype=XSD.integer))
    sheet.type(quote, OA.TextQuoteSelector)
    sheet.add(quote, OA.exact, sheet.article.text[start:end])
    return node


def add_mention(sheet: Sheet, span: Span) -> URIRef:
    """Write a mention and return it."""
    node = URIRef(sheet.iris.span(sheet.article.id, span.start, span.end))
    sheet.type(node, CN.Mention)
    sheet.add(node, OA.hasSource, sheet.node)
    sheet.add(node, CN.words, span.text)
    return node
