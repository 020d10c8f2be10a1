"""The graphs beside the articles: the ontology with its codes and alignments, and the description of the dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, VOID, XSD

from kg.config import resource
from kg.iris import WIKIDATA
from kg.mapping.canonical import canonical
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from kg.iris import Iris

_USED: Final = ("cn", "cnv", "schema", "prov", "oa", "geo")


def ontology_triples() -> bytes:
    """Return the ontology, its code lists, its retired terms and its alignments as canonical N-Triples.

    The shapes stay out: they are about data, not part of it. Raises `ConfigError` where the files are missing.
    """
    folder, graph = resource("ontology"), Graph()
    parts = (folder / f"{name}.ttl" for name in ("conflict", "codes", "retired", "unproduced"))
    for path in (*parts, *sorted((folder / "alignments").glob("*.ttl"))):
        graph.parse(path, format="turtle")
    return canonical(graph)


def void_triples(iris: Iris, *, quads: int | None = None, articles: int | None = None) -> bytes:
    """Return the VoID description of a store as canonical N-Triples; counts are stated where they are known."""
    graph, dataset = Graph(), URIRef(f"{iris.base}.well-known/void#dataset")

    def state(predicate: URIRef, value: URIRef | Literal) -> None:
        graph.add((dataset, predicate, value))

    state(RDF.type, VOID.Dataset)
    state(DCTERMS.title, Literal("Conflict news knowledge graph", lang="en"))
    state(
        DCTERMS.description,
        Literal("Events, participants, casualties and claims read out of news, each with its sentence.", lang="en"),
    )
    state(VOID.sparqlEndpoint, URIRef(f"{iris.base}sparql"))
    state(VOID.uriSpace, Literal(f"{iris.base}id/"))
    for prefix in _USED:
        state(VOID.vocabulary, URIRef(PREFIXES[prefix]))
    for predicate, number in ((VOID.triples, quads), (VOID.documents, articles)):
        if number is not None:
            state(predicate, Literal(number, datatype=XSD.integer))
    linkset = URIRef(f"{iris.base}.well-known/void#wikidata")
    state(VOID.subset, linkset)
    for predicate, value in (
        (RDF.type, VOID.Linkset),
        (VOID.linkPredicate, URIRef(PREFIXES["schema"] + "sameAs")),
        (VOID.objectsTarget, URIRef(WIKIDATA)),
        (VOID.subjectsTarget, dataset),
    ):
        graph.add((linkset, predicate, value))
    return canonical(graph)
