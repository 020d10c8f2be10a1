"""One article's values to its whole contribution: the order in which the sheet is filled, and the bytes at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib.namespace import SDO

from kg.mapping.articles import add_article
from kg.mapping.canonical import canonical
from kg.mapping.claims import add_claims
from kg.mapping.entities import add_entities, entity_facts
from kg.mapping.events import add_events
from kg.mapping.provenance import add_provenance, tool_facts
from kg.mapping.sheet import Sheet
from kg.model import Contribution

if TYPE_CHECKING:
    from datetime import datetime

    from rdflib import Graph

    from kg.iris import Iris
    from kg.model import Annotations, Article, Links

MAPPING_VERSION: Final = "6"
"""Grows with every change that makes other triples of the same values."""


def build_graph(
    article: Article,
    annotations: Annotations,
    links: Links,
    *,
    iris: Iris,
    fingerprint: str = "",
    extractor: str = "",
    ended: datetime | None = None,
) -> Graph:
    """Return the article's named graph as an rdflib graph without blank nodes.

    `extractor` is the version of what read the text, `ended` the time of the run; each is stated only if given. The facts about entities and the verbatim text are not in it.
    """
    sheet = Sheet(article, annotations, links, iris)
    add_article(sheet, fingerprint=fingerprint)
    add_entities(sheet)
    add_events(sheet)
    add_claims(sheet)
    add_provenance(sheet, extractor=extractor, ended=ended)
    return sheet.graph


def map_article(
    article: Article,
    annotations: Annotations,
    links: Links,
    *,
    iris: Iris,
    fingerprint: str,
    extractor: str = "",
    ended: datetime | None = None,
) -> Contribution:
    """Turn one article into what it adds to a store: the same values give the same bytes."""
    graph = build_graph(
        article, annotations, links, iris=iris, fingerprint=fingerprint, extractor=extractor, ended=ended
    )
    text = Sheet(article, annotations, links, iris)
    text.add(text.node, SDO.text, article.text)
    return Contribution(
        article=iris.article(article.id),
        graph=iris.article_graph(article.id),
        triples=canonical(graph),
        text_triples=canonical(text.graph),
        entities=tuple(
            sorted((*entity_facts(text), *tool_facts(text, extractor=extractor)), key=lambda facts: facts.iri)
        ),
        fingerprint=fingerprint,
    )
