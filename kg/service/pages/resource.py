"""Any other thing of the store as rows of statements, and any thing as RDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SDO, Graph, URIRef

from kg.service.pages.asking import behind
from kg.service.pages.cards import Ref
from kg.service.pages.words import humanise, local_name

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker

_QUERY_OF = {"article": "article_graph", "event": "event_graph", "claim": "claim_graph", "entity": "entity_graph"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about the thing; `value` has an IRI only where it is no literal."""

    property: Ref
    value: Ref
    graph: str


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """A thing without a page of its own kind: what is said of it, and what points to it."""

    ref: Ref
    statements: tuple[Statement, ...]
    pointing: tuple[Statement, ...]
    behind: str


def resource_page(asker: Asker, thing: str) -> ResourcePage | None:
    """Read one thing by its IRI; `None` when the store says nothing about it."""
    rows = asker.rows("resource_rows", thing=thing)
    if not rows:
        return None
    found: dict[tuple[str, str, str], Statement] = {}
    label = kind = ""
    for row in rows:
        value, text = row["value"], str(row["value"])
        iri = text if isinstance(value, URIRef) else ""
        name = Ref(str(row["property"]), asker.word(row["property"]))
        shown = Ref(iri, str(row.get("label", "")) or (humanise(text) if iri else text))
        found.setdefault((name.iri, text, str(row["graph"])), Statement(name, shown, str(row["graph"])))
        if row["property"] == RDF.type and not kind:
            kind = asker.word(text)
        if row["property"] in (RDFS.label, SDO.name, SDO.headline):
            label = label or text
    pointing = tuple(
        Statement(Ref(str(row["link"]), asker.word(row["link"])), _subject(row.get("label"), str(row["subject"])), "")
        for row in asker.rows("resource_pointing", thing=thing)
    )
    return ResourcePage(
        Ref(thing, label or humanise(thing), kind or local_name(thing.rpartition("/")[0])),
        tuple(found.values()),
        pointing,
        behind("resource_rows", thing=thing),
    )


def _subject(label: object, iri: str) -> Ref:
    return Ref(iri, str(label) if label else humanise(iri))


def resource_graph(asker: Asker, thing: str) -> Graph | None:
    """Return one thing as RDF: an article's whole graph, an event or claim with all that hangs on it, else its triples."""
    kind = local_name(thing.rpartition("/")[0])
    if kind == "article":
        graph = asker.graph("article_graph", graph=asker.store.iris.article_graph(local_name(thing)))
    elif kind in _QUERY_OF:
        graph = asker.graph(_QUERY_OF[kind], **{kind: thing})
    else:
        graph = asker.graph("resource", thing=thing)
    return graph if (URIRef(thing), None, None) in graph else None
