"""The article's own record in schema.org terms: headline, people, publisher, dates, images; nothing that it reports."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.namespace import RDFS, SDO, XSD

from kg.mapping.codes import ENTITY_CLASSES
from kg.vocab import CN

if TYPE_CHECKING:
    from kg.mapping.sheet import Sheet
    from kg.model import Image


def add_article(sheet: Sheet, *, fingerprint: str) -> None:
    """Write what the source says about the article; what it does not say stays absent."""
    node, article, found = sheet.node, sheet.article, sheet.article.metadata
    sheet.type(node, SDO.NewsArticle)
    sheet.add(node, SDO.headline, found.headline)
    sheet.add(node, SDO.identifier, article.name)
    sheet.add(node, SDO.inLanguage, found.language)
    sheet.add(node, SDO.dateline, found.dateline)
    sheet.add(node, SDO.articleSection, found.section)
    sheet.add(node, SDO.sha256, sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest())
    sheet.add(node, CN.fingerprint, fingerprint)
    if found.url:  # a literal: an address from the wild need not be a valid IRI
        sheet.add(node, SDO.url, Literal(found.url, datatype=XSD.anyURI))
    if found.published:
        kind = XSD.dateTime if isinstance(found.published, datetime) else XSD.date
        # Z, not +00:00: as the store writes it back
        sheet.add(node, SDO.datePublished, Literal(found.published.isoformat().replace("+00:00", "Z"), datatype=kind))
    for author in found.authors:
        sheet.add(node, SDO.author, _person(sheet, author))
    if found.publisher:
        sheet.add(node, SDO.publisher, _media(sheet, found.publisher))
    if found.agency:
        sheet.add(node, SDO.sourceOrganization, _media(sheet, found.agency))
    for number, image in enumerate(found.images, start=1):
        sheet.add(node, SDO.image, _image(sheet, number, image))


def _person(sheet: Sheet, name: str) -> URIRef:
    # a kind of their own: a reporter is not the person of the same name that some article tells of
    node = URIRef(sheet.iris.unlinked(name, "author"))
    sheet.type(node, SDO.Person)
    sheet.add(node, SDO.name, name)
    sheet.add(node, RDFS.label, name)
    return node


def _media(sheet: Sheet, name: str) -> URIRef:
    choice = sheet.name_choice(name)
    if choice:
        node = URIRef(sheet.iris.entity(choice.qid))
        sheet.type(node, *ENTITY_CLASSES["Media"])  # its part in this article makes it one, whatever the index says
        return node
    node = URIRef(sheet.iris.unlinked(name, "media"))
    sheet.type(node, *ENTITY_CLASSES["Media"])
    sheet.add(node, SDO.name, name)
    sheet.add(node, RDFS.label, name)
    return node


def _image(sheet: Sheet, number: int, image: Image) -> URIRef:
    node = sheet.part("image", number)
    sheet.type(node, SDO.ImageObject)
    sheet.add(node, SDO.caption, image.caption)
    sheet.add(node, SDO.creditText, image.credit)
    if image.creator:
        sheet.add(node, SDO.creator, _person(sheet, image.creator))
    # a credit may be any words ("handout"); it is an organisation where it was recognised as one
    if image.credit and sheet.name_choice(image.credit):
        sheet.add(node, SDO.sourceOrganization, _media(sheet, image.credit))
    return node
