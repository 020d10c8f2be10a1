"""An article's contribution as SPARQL updates for an engine that is not ours; sends nothing.

Nothing is read and compared: what an article, its text and its entities had is deleted by pattern, whatever form the
engine has given it, and put anew. Doing it twice gives the same graph, so a write whose fate is unknown is done again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.store.articles import FINGERPRINT
from kg.store.forms import lines
from kg.store.forms.lines import Lines, checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.iris import Iris
    from kg.model import Contribution

_MARK = f"<{FINGERPRINT}>".encode()


def put_updates(contribution: Contribution, iris: Iris, lost: Sequence[set[str]], *, most: int | None) -> list[str]:
    """Return the updates that replace what an article contributed, to be sent one after the other.

    It is one update, unless the engine takes no more than `most` triples at once. The fingerprint comes last: an article
    that was left half written counts as not written. `lost` are the entities that it no longer names, level by level.
    """
    article = checked(iris.article(contribution.article) if "/" not in contribution.article else contribution.article)
    text, facts = iris.graph("text"), iris.graph("entities")
    own = {line for line in lines.read(contribution.triples) if _MARK not in line}
    words = lines.read(contribution.text_triples)
    known = set().union(*(lines.read(entity.triples) for entity in contribution.entities))
    if any(map(lines.has_blank, (own, words, known))):
        raise StoreError(f"{article}: a contribution holds no blank nodes, which could not be replaced")
    described = {entity.iri for entity in contribution.entities}
    # a part of an entity (its point on the map) is a subject too, and goes with the entity
    others = {subject for subject in lines.subjects(known) if not any(map(subject.startswith, _parts_of(described)))}
    leaving = [
        f"DROP SILENT GRAPH <{checked(contribution.graph)}>",
        _without_subjects(text, {article, *lines.subjects(words)}),
        *_without_entities(facts, described | others),
        *(_without_unnamed(facts, level) for level in lost if level),
    ]
    coming = [
        (graph, line) for graph, found in ((text, words), (facts, known), (contribution.graph, own)) for line in found
    ]
    mark = Lines(
        {contribution.graph: {f"<{article}> {_MARK.decode()} {_literal(contribution.fingerprint)} .".encode()}}
    )
    last = f"INSERT DATA {{\n{mark.data()}}}"
    if most is None or len(coming) <= most:
        return [" ;\n".join([*leaving, _insert(coming), last])]
    pieces = [coming[at : at + most] for at in range(0, len(coming), most)]
    return [" ;\n".join(leaving), *map(_insert, pieces), last]


def removal(article: str, iris: Iris, lost: Sequence[set[str]]) -> str:
    """Return the update that takes an article out, with the entities that nothing names any more, level by level."""
    number = article.rstrip("/").rpartition("/")[2]
    parts = [
        f"DROP SILENT GRAPH <{checked(iris.article_graph(number))}>",
        _without_subjects(iris.graph("text"), {iris.article(number)}),
        *(_without_unnamed(iris.graph("entities"), level) for level in lost if level),
    ]
    return " ;\n".join(parts)


def _parts_of(entities: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{entity}/" for entity in entities)


def _insert(coming: Iterable[tuple[str, bytes]]) -> str:
    found = Lines()
    for graph, line in coming:
        found.add(graph, (line,))
    return f"INSERT DATA {{\n{found.data()}}}"


def _values(name: str, iris: Iterable[str]) -> str:
    return f"VALUES ?{name} {{ {' '.join(f'<{checked(iri)}>' for iri in sorted(iris))} }}"


def _without_subjects(graph: str, subjects: set[str]) -> str:
    where = f"{_values('s', subjects)} GRAPH <{checked(graph)}> {{ ?s ?p ?o }}"
    return f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {where} }}"


def _without_entities(graph: str, entities: set[str]) -> list[str]:
    if not entities:
        return []
    return [f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {_values('e', entities)} {_about(graph)} }}"]


def _without_unnamed(graph: str, entities: set[str]) -> str:
    """Delete those of the entities that nothing names but themselves, as the graph is when the update is carried out."""
    named = (
        f'GRAPH ?g {{ ?x ?y ?e }} FILTER(?g != <{graph}> || (?x != ?e && !STRSTARTS(STR(?x), CONCAT(STR(?e), "/"))))'
    )
    where = f"{_values('e', entities)} {_about(graph)} FILTER NOT EXISTS {{ {named} }}"
    return f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {where} }}"


def _about(graph: str) -> str:
    """Match what a graph says about `?e` and about the nodes under it (`<entity>/geometry`)."""
    return (
        f"{{ GRAPH <{graph}> {{ ?e ?p ?o }} BIND(?e AS ?s) }} UNION "
        f"{{ GRAPH <{graph}> {{ ?e ?link ?s . ?s ?p ?o }} "
        f'FILTER(STRSTARTS(STR(?s), CONCAT(STR(?e), "/"))) }}'
    )


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
