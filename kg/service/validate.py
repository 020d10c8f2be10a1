"""A store held against the shapes of the ontology, article by article; repairs nothing.

Needs pySHACL, which is not among the package's own dependencies (`pip install 'conflict-news-kg[validate]'`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from kg.config import resource
from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

    from kg.store import Store

_ARTICLES = "SELECT ?article ?graph WHERE { GRAPH ?graph { ?article a schema:NewsArticle } } ORDER BY ?article"
# shapes ask for the facts of entities and the scheme of codes, which stand in graphs that the articles share
_DATA = """
CONSTRUCT { ?s ?p ?o . ?o ?told ?fact . ?o skos:inScheme ?scheme }
WHERE {
  GRAPH ?graph { ?s ?p ?o }
  OPTIONAL { GRAPH ?entities { ?o ?told ?fact } }
  OPTIONAL { GRAPH ?ontology { ?o skos:inScheme ?scheme } }
}
"""


@dataclass(frozen=True, slots=True)
class Violation:
    """One node that breaks a shape: which, along which property, and what to do about it."""

    focus: str
    path: str | None
    message: str


@dataclass(frozen=True, slots=True)
class ArticleReport:
    """What the shapes say of one article; no violations means that it conforms."""

    article: str
    violations: tuple[Violation, ...]


def validate_articles(store: Store) -> Iterator[ArticleReport]:
    """Yield a report for every article of the store, in the order of their IRIs.

    Raises `ConfigError` where pySHACL is not installed, or where the store holds no article: nothing would be checked.
    """
    articles = store.select(_ARTICLES).rows
    if not articles:
        raise ConfigError("the store holds no article, so there is nothing to validate")
    shared = {name: URIRef(store.iris.graph(name)) for name in ("entities", "ontology")}
    for article, graph in articles:
        if article is not None and graph is not None:
            data = store.construct(_DATA, substitutions={"graph": graph, **shared})
            yield ArticleReport(str(article), check(data))


def check(data: Graph) -> tuple[Violation, ...]:
    """Hold one graph against the shapes; the violations come sorted."""
    try:
        from pyshacl import validate  # noqa: PLC0415 - an extra: only who validates needs it
    except ImportError as error:
        raise ConfigError("validation needs pySHACL: pip install 'conflict-news-kg[validate]'") from error
    conforms, results, _ = validate(data, shacl_graph=_shapes(), inference="none")
    if conforms:
        return ()
    return tuple(
        sorted((_violation(results, node) for node in results.subjects(RDF.type, SH.ValidationResult)), key=repr)
    )


def _violation(results: Graph, node: Node) -> Violation:
    path = results.value(node, SH.resultPath)
    message = results.value(node, SH.resultMessage)
    return Violation(
        str(results.value(node, SH.focusNode)), str(path) if path else None, str(message or "breaks a shape")
    )


@cache
def _shapes() -> Graph:
    return Graph().parse(resource("ontology") / "shapes.ttl", format="turtle")
