"""A store held against the shapes of the ontology, article by article and incident by incident; repairs nothing.

Needs pySHACL, which is not among the package's own dependencies (`pip install 'conflict-news-kg[validate]'`). Asks a store
one question for each article, so that any store will do, embedded or remote, of any size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import SH

from kg.config import resource
from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from kg.service.checks import CheckReport
    from kg.store import Store

_SHAPES: Final = "https://w3id.org/conflict-news/shapes#"
_OF_INCIDENTS: Final = tuple(
    f"{_SHAPES}{name}" for name in ("Incident", "IncidentDate", "IncidentPlace", "Report", "CasualtyRange")
)
_ARTICLES = "SELECT ?article ?graph WHERE { GRAPH ?graph { ?article a schema:NewsArticle } } ORDER BY ?article"
# shapes ask for the facts of entities, which stand in a graph that the articles share
_ARTICLE = """
CONSTRUCT { ?s ?p ?o . ?o ?told ?fact }
WHERE {
  GRAPH ?graph { ?s ?p ?o }
  OPTIONAL { GRAPH ?entities { ?o ?told ?fact } }
}
"""
_INCIDENTS = "SELECT ?incident ?incidents WHERE { GRAPH ?incidents { ?incident a cn:Incident } } ORDER BY ?incident"
# of what an incident rests on, only its class is asked for: the rest is the business of its own article
_INCIDENT = """
CONSTRUCT { ?s ?p ?o . ?s a ?class . ?o a ?kind }
WHERE {
  GRAPH ?incidents { { BIND(?incident AS ?s) ?s ?p ?o } UNION { ?s ?p ?o . ?s cn:reportOf|cn:ofIncident ?incident } }
  OPTIONAL { ?s a ?class }
  OPTIONAL { ?o a ?kind }
}
"""


@dataclass(frozen=True, slots=True)
class Violation:
    """One node that breaks a shape: which, along which property, and what to do about it."""

    focus: str
    path: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is validated at a time: an article with its named graph, or an incident."""

    iri: str
    graph: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the shapes say of one subject; no violations means that it conforms. `results` is SHACL's own report."""

    subject: Subject
    violations: tuple[Violation, ...]
    results: Graph = field(repr=False, compare=False)


def subjects(store: Store) -> tuple[Subject, ...]:
    """Return every article and then every incident of a store, each in the order of their IRIs.

    Raises `ConfigError` where the store holds no article: nothing would be checked.
    """
    articles = tuple(Subject(str(article), str(graph)) for article, graph in store.select(_ARTICLES).rows)
    if not articles:
        raise ConfigError("the store holds no article, so there is nothing to validate")
    incidents = store.select(_INCIDENTS, substitutions={"incidents": _graph(store, "incidents")}).rows
    return (*articles, *(Subject(str(incident)) for incident, _ in incidents))


def validate(store: Store, subject: Subject) -> Report:
    """Hold one article or incident against the shapes; raises `ConfigError` where pySHACL is not installed."""
    if subject.graph:
        bound = {"graph": URIRef(subject.graph), "entities": _graph(store, "entities")}
        return _report(subject, store.construct(_ARTICLE, substitutions=bound))
    bound = {"incident": URIRef(subject.iri), "incidents": _graph(store, "incidents")}
    return _report(subject, store.construct(_INCIDENT, substitutions=bound), only=_OF_INCIDENTS)


def validate_all(store: Store) -> Iterator[Report]:
    """Yield a report for every subject of a store."""
    for subject in subjects(store):
        yield validate(store, subject)


def check(data: Graph) -> tuple[Violation, ...]:
    """Hold one graph against all shapes; the violations come sorted."""
    return _report(Subject(""), data).violations


def merged(reports: Iterable[Report], faults: Iterable[CheckReport] = ()) -> Graph:
    """Return one SHACL validation report over all that was found, by shapes and by checks."""
    graph, whole = Graph(), BNode()
    graph.bind("sh", SH)
    graph.add((whole, RDF.type, SH.ValidationReport))
    for report in reports:
        for result in report.results.subjects(RDF.type, SH.ValidationResult):
            graph.add((whole, SH.result, result))
            _copy(report.results, result, graph)
    for fault in faults:
        for node in fault.faults:
            result = BNode()
            graph.add((whole, SH.result, result))
            graph.add((result, RDF.type, SH.ValidationResult))
            graph.add((result, SH.focusNode, URIRef(node)))
            graph.add((result, SH.resultMessage, Literal(fault.check.fault)))
            graph.add((result, SH.resultSeverity, SH.Violation))
            graph.add((result, SH.sourceConstraintComponent, SH.SPARQLConstraintComponent))
    graph.add((whole, SH.conforms, Literal((whole, SH.result, None) not in graph)))
    return graph


def _copy(source: Graph, node: Node, target: Graph) -> None:
    """Copy what is said of a node, and of the blank nodes that this leads to."""
    for triple in source.triples((node, None, None)):
        if triple not in target:
            target.add(triple)
            if isinstance(triple[2], BNode):
                _copy(source, triple[2], target)


def _report(subject: Subject, data: Graph, *, only: tuple[str, ...] = ()) -> Report:
    try:
        from pyshacl import validate as run  # noqa: PLC0415 - an extra: only who validates needs it
    except ImportError as error:
        raise ConfigError("validation needs pySHACL: pip install 'conflict-news-kg[validate]'") from error
    conforms, results, _ = run(
        data, shacl_graph=_shapes(), inference="none", inplace=True, use_shapes=list(only) or None
    )
    found = () if conforms else (_violation(results, node) for node in results.subjects(RDF.type, SH.ValidationResult))
    return Report(subject, tuple(sorted(found, key=repr)), results)


def _violation(results: Graph, node: Node) -> Violation:
    path = results.value(node, SH.resultPath)
    message = results.value(node, SH.resultMessage)
    return Violation(
        str(results.value(node, SH.focusNode)), str(path) if path else None, str(message or "breaks a shape")
    )


def _graph(store: Store, name: str) -> URIRef:
    return URIRef(store.iris.graph(name))


@cache
def _shapes() -> Graph:
    return Graph().parse(resource("ontology") / "shapes.ttl", format="turtle")
