"""What an article's contribution means in quads: what comes, what leaves, which entities go with it; writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.iris import ONTOLOGY
from kg.model import Contribution, EntityFacts
from kg.store.engine import parse_triples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.iris import Iris
    from kg.store.engine import Engine

FINGERPRINT = f"{ONTOLOGY}fingerprint"
Quads = set[ox.Quad]


def exchange(engine: Engine, iris: Iris, contribution: Contribution) -> tuple[Quads, Quads]:
    """Return the quads that leave and those that come when a contribution replaces what its article gave before."""
    text, facts = iris.graph("text"), iris.graph("entities")
    article = _iri(iris, contribution.article)
    old = engine.matching(None, contribution.graph)
    coming = set(parse_triples(contribution.triples, contribution.graph))
    coming.add(
        ox.Quad(
            ox.NamedNode(article),
            ox.NamedNode(FINGERPRINT),
            ox.Literal(contribution.fingerprint),
            ox.NamedNode(contribution.graph),
        )
    )
    words = set(parse_triples(contribution.text_triples, text))
    leaving = old | _about({article} | _subjects(words), engine, text)
    coming |= words
    for entity in contribution.entities:
        new = set(parse_triples(entity.triples, facts))
        leaving |= _about({entity.iri} | _subjects(new), engine, facts)
        coming |= new
    lost = _mentions(old, iris) - _mentions(coming, iris) - {entity.iri for entity in contribution.entities}
    return leaving | _orphaned(engine, iris, lost, contribution.graph), coming


def withdrawal(engine: Engine, iris: Iris, article: str) -> Quads:
    """Return the quads that leave with an article, by IRI or 16 hex digits; empty when the store does not have it."""
    number = article.rstrip("/").rpartition("/")[2]
    graph = iris.article_graph(number)
    old = engine.matching(None, graph)
    if not old:
        return set()
    words = _about({iris.article(number)}, engine, iris.graph("text"))
    return old | words | _orphaned(engine, iris, _mentions(old, iris), graph)


def _iri(iris: Iris, article: str) -> str:
    return article if "/" in article else iris.article(article)


def _subjects(quads: Iterable[ox.Quad]) -> set[str]:
    return {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}


def _about(subjects: set[str], engine: Engine, graph: str) -> Quads:
    """Return what a graph says about these nodes and about the nodes under them (`<entity>/geometry`, `<article>#…`)."""
    found: Quads = set()
    waiting, seen = list(subjects), set(subjects)
    while waiting:
        subject = waiting.pop()
        for quad in engine.matching(subject, graph):
            found.add(quad)
            part = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
            if part not in seen and part.startswith((f"{subject}/", f"{subject}#")):
                seen.add(part)
                waiting.append(part)
    return found


def _mentions(quads: Iterable[ox.Quad], iris: Iris) -> set[str]:
    start = iris.entity("")
    return {q.object.value for q in quads if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(start)}


def _orphaned(engine: Engine, iris: Iris, entities: set[str], leaving: str) -> Quads:
    """Return the facts of those entities that nothing names once a graph has left: neither an article nor a kept entity.

    Entities that only such orphans name (the country of a town) are orphans too.
    """
    facts = iris.graph("entities")
    known: dict[str, Quads] = {}
    waiting = list(entities)
    while waiting:
        entity = waiting.pop()
        if entity in known:
            continue
        known[entity] = _about({entity}, engine, facts)
        waiting += _mentions(known[entity], iris) - known.keys()
    namers = {entity: _namers(engine, entity, leaving, facts) for entity in known}
    kept = {entity for entity, by in namers.items() if by - known.keys()}
    while rescued := {entity for entity, by in namers.items() if entity not in kept and by & kept}:
        kept |= rescued
    return set().union(*(quads for entity, quads in known.items() if entity not in kept))


def _namers(engine: Engine, entity: str, leaving: str, facts: str) -> set[str]:
    """Return who names an entity: graphs other than the leaving one, and other entities by their IRI."""
    found = set()
    for quad in engine.quads.quads_for_pattern(None, None, ox.NamedNode(entity), None):
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if graph == facts:
            subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
            if not subject.startswith((f"{entity}/", f"{entity}#")) and subject != entity:
                found.add(subject)
        elif graph != leaving:
            found.add(graph)
    return found


def to_json(contribution: Contribution) -> dict[str, Any]:
    """Write a contribution for the wire."""
    return {
        "article": contribution.article,
        "graph": contribution.graph,
        "triples": contribution.triples.decode(),
        "text_triples": contribution.text_triples.decode(),
        "entities": [(entity.iri, entity.triples.decode()) for entity in contribution.entities],
        "fingerprint": contribution.fingerprint,
    }


def from_json(found: dict[str, Any]) -> Contribution:
    """Read a contribution from the wire."""
    return Contribution(
        article=found["article"],
        graph=found["graph"],
        triples=found["triples"].encode(),
        text_triples=found["text_triples"].encode(),
        entities=tuple(EntityFacts(iri, triples.encode()) for iri, triples in found["entities"]),
        fingerprint=found["fingerprint"],
    )
