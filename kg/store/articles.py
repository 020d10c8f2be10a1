"""What an article's contribution means in triples: what comes, what leaves, which entities go with it; writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.errors import StoreError
from kg.iris import ONTOLOGY
from kg.model import Contribution, EntityFacts
from kg.store.forms import lines
from kg.store.forms.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.iris import Iris
    from kg.store.embedded.engine import Engine

FINGERPRINT = f"{ONTOLOGY}fingerprint"


def exchange(engine: Engine, iris: Iris, contribution: Contribution) -> tuple[Lines, Lines]:
    """Return the triples that leave and those that come when a contribution replaces what its article gave before."""
    text, facts = iris.graph("text"), iris.graph("entities")
    if any(map(lines.has_blank, _content(contribution))):
        raise StoreError(f"{contribution.article}: a contribution holds no blank nodes, which could not be replaced")
    article = lines.checked(_iri(iris, contribution.article))
    leaving, coming = Lines(), Lines()

    old = engine.lines_of(contribution.graph)
    leaving.add(contribution.graph, old)
    coming.add(contribution.graph, lines.read(contribution.triples))
    mark = f'<{article}> <{FINGERPRINT}> "{_literal(contribution.fingerprint)}" .'
    coming.add(contribution.graph, [mark.encode()])

    words = lines.read(contribution.text_triples)
    coming.add(text, words)
    leaving.add(text, _about({article, *lines.subjects(words)}, engine, text))

    new_facts = [lines.read(entity.triples) for entity in contribution.entities]
    coming.add(facts, set().union(*new_facts))
    described = {entity.iri for entity in contribution.entities}.union(*map(lines.subjects, new_facts))
    leaving.add(facts, _about(described, engine, facts))

    if old:
        lost = Lines({"": old}).objects(iris.entity("")) - coming.objects(iris.entity("")) - described
        leaving.add(facts, _orphaned(engine, iris, lost, contribution.graph))
    return leaving, coming


def withdrawal(engine: Engine, iris: Iris, article: str) -> Lines:
    """Return the triples that leave with an article, by IRI or 16 hex digits; empty when the store does not have it."""
    number = article.rstrip("/").rpartition("/")[2]
    graph = iris.article_graph(number)
    leaving = Lines()
    old = engine.lines_of(graph)
    if old:
        leaving.add(graph, old)
        mentioned = leaving.objects(iris.entity(""))
        leaving.add(iris.graph("text"), _about({iris.article(number)}, engine, iris.graph("text")))
        leaving.add(iris.graph("entities"), _orphaned(engine, iris, mentioned, graph))
    return leaving


def _content(contribution: Contribution) -> Iterator[list[bytes]]:
    for part in (contribution.triples, contribution.text_triples, *(each.triples for each in contribution.entities)):
        yield part.splitlines()


def _iri(iris: Iris, article: str) -> str:
    return article if "/" in article else iris.article(article)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")


def _about(subjects: set[str], engine: Engine, graph: str) -> set[bytes]:
    """Return what a graph says about these nodes and about the nodes under them (`<entity>/geometry`, `<article>#…`)."""
    found: set[bytes] = set()
    waiting, seen = set(subjects), set(subjects)
    while waiting:
        described = engine.lines_about(waiting, graph)
        found |= described
        parts = {
            part
            for subject in waiting
            for part in Lines({"": described}).objects(subject)
            if part.startswith((f"{subject}/", f"{subject}#"))
        }
        waiting = parts - seen
        seen |= parts
    return found


def _orphaned(engine: Engine, iris: Iris, entities: set[str], leaving: str) -> set[bytes]:
    """Return the facts of those entities that nothing names once a graph has left: neither an article nor a kept entity.

    Entities that only such orphans name (the country of a town) are orphans too.
    """
    facts = iris.graph("entities")
    known: dict[str, set[bytes]] = {}
    waiting = set(entities)
    while waiting:
        entity = waiting.pop()
        known[entity] = _about({entity}, engine, facts)
        waiting |= Lines({"": known[entity]}).objects(iris.entity("")) - known.keys()
    known = {entity: described for entity, described in known.items() if described}
    namers = {entity: _namers(engine, entity, leaving, facts) for entity in known}
    kept = {entity for entity, by in namers.items() if by - known.keys()}
    while rescued := {entity for entity, by in namers.items() if entity not in kept and by & kept}:
        kept |= rescued
    return set().union(*(described for entity, described in known.items() if entity not in kept))


def _namers(engine: Engine, entity: str, leaving: str, facts: str) -> set[str]:
    """Return who names an entity: graphs other than the leaving one, and other entities by their IRI."""
    own = (f"{entity}/", f"{entity}#")
    found = set()
    for subject, graph in engine.naming(entity):
        if graph == facts:
            if subject != entity and not subject.startswith(own):
                found.add(subject)
        elif graph != leaving:
            found.add(graph)
            break  # one is enough to keep it
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
