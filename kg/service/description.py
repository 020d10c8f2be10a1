"""The SPARQL 1.1 Service Description of the endpoint: what it really can do; describes no data beyond their graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import VOID, XSD

from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from rdflib.term import Node

    from kg.store import Store

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "N-Quads", "TriG", "RDF_XML", "JSON-LD")
_RDFLIB = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}
_NAMED = "SELECT DISTINCT ?articles ?g { GRAPH ?g {} FILTER(!STRSTARTS(STR(?g), ?articles)) }"


def describe(store: Store, media_type: str) -> bytes:
    """Describe the endpoint of a store in an RDF media type.

    Corpus-level graphs are named; the graphs of the articles, one for each, are not listed one by one.
    """
    graph = Graph(bind_namespaces="none")
    for prefix in ("rdf", "xsd", "void"):
        graph.bind(prefix, PREFIXES[prefix])
    graph.bind("sd", _SD)
    endpoint = URIRef(f"{store.base}sparql")
    graph.add((endpoint, RDF.type, _SD.Service))
    graph.add((endpoint, _SD.endpoint, endpoint))
    for language in ("SPARQL11Query", "SPARQL11Update"):
        graph.add((endpoint, _SD.supportedLanguage, _SD[language]))
    for feature in ("UnionDefaultGraph", "EmptyGraphs"):
        graph.add((endpoint, _SD.feature, _SD[feature]))
    for name in (*_RESULTS, *_GRAPHS):
        graph.add((endpoint, _SD.resultFormat, _FORMATS[name]))
    for name in _GRAPHS:
        graph.add((endpoint, _SD.inputFormat, _FORMATS[name]))
    graph.add((endpoint, _SD.defaultEntailmentRegime, URIRef("http://www.w3.org/ns/entailment/Simple")))
    _dataset(graph, endpoint, store)
    return graph.serialize(format=_RDFLIB[media_type], encoding="utf-8")


def _dataset(graph: Graph, endpoint: Node, store: Store) -> None:
    dataset, default = BNode("dataset"), BNode("default")
    graph.add((endpoint, _SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, _SD.Dataset))
    graph.add((dataset, _SD.defaultGraph, default))
    graph.add((default, RDF.type, _SD.Graph))
    graph.add((default, VOID.triples, Literal(len(store), datatype=XSD.integer)))
    named = store.select(_NAMED, substitutions={"articles": Literal(store.iris.article_graph(""))})
    for row in named:
        node = BNode()
        graph.add((dataset, _SD.namedGraph, node))
        graph.add((node, RDF.type, _SD.NamedGraph))
        graph.add((node, _SD.name, row["g"]))
