"""The ontology as OWL 2: it keeps to the restrictions of OWL 2 DL, and nothing in it or in the examples contradicts itself.

ROBOT and HermiT need Java. In their place: the ontology uses only axioms whose restrictions can be checked one by one, as
the tests here do, and the rules of OWL 2 RL (owlrl) look for contradictions, which they report and do not raise.
"""

from __future__ import annotations

from pathlib import Path

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SKOS, VANN, XSD

from kg.iris import ONTOLOGY
from kg.vocab import CN, CNV

FOLDER = Path(__file__).resolve().parents[2] / "ontology"
EXAMPLE = Namespace("https://example.org/")
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith}
HEADER = {OWL.versionIRI, OWL.priorVersion, OWL.versionInfo}
ANNOTATIONS = {RDFS.label, RDFS.isDefinedBy}
# the OWL 2 datatype map (Structural Specification, section 4); xsd:date is not in it
DATATYPES = {XSD.boolean, XSD.decimal, XSD.integer, XSD.nonNegativeInteger, XSD.string, XSD.dateTime, XSD.anyURI}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(FOLDER / "conflict.ttl")


def breaches(graph: Graph) -> list[str]:
    """Name what keeps a graph from being an OWL 2 DL ontology of the kind that this one is."""
    found = []
    annotations = set(graph.subjects(RDF.type, OWL.AnnotationProperty))
    for s, p, o in graph:
        if isinstance(s, BNode) or isinstance(o, BNode):
            found.append(f"a blank node: {s} {p} {o}")
        elif p not in AXIOMS | HEADER | ANNOTATIONS | annotations:
            found.append(f"neither an axiom nor a declared annotation: {p}")
        elif p == RDF.type and o not in {*KINDS, OWL.Ontology}:
            found.append(f"{s} has a type that is no declaration: {o}")
    found += [
        f"{term} is two kinds of thing"
        for term in set(graph.subjects(RDF.type, None))
        if sum((term, RDF.type, kind) in graph for kind in KINDS) > 1
    ]
    found += [
        f"{s} {p.split('#')[1]} {o}: not declared alike" for s, p, o in _links(graph) if not _alike(graph, s, p, o)
    ]
    found += [
        f"{child} is below itself"
        for p in (RDFS.subClassOf, RDFS.subPropertyOf)
        for child, parent in graph.subject_objects(p)
        if child in set(graph.transitive_objects(parent, p))
    ]
    return sorted(found)


def _links(graph: Graph) -> list[tuple[URIRef, URIRef, URIRef]]:
    return [(s, p, o) for p in AXIOMS - {RDF.type} for s, o in graph.subject_objects(p)]  # type: ignore[misc]


def _alike(graph: Graph, s: URIRef, p: URIRef, o: URIRef) -> bool:
    """Say whether subject and object of an axiom are declared as the kinds that it is about."""

    def is_a(term: URIRef, *kinds: URIRef) -> bool:
        return any((term, RDF.type, kind) in graph for kind in kinds)

    if p in {RDFS.subClassOf, OWL.disjointWith}:
        return is_a(s, OWL.Class) and is_a(o, OWL.Class)
    if p == RDFS.subPropertyOf:
        return any(is_a(s, kind) and is_a(o, kind) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty))
    if p == RDFS.range and is_a(s, OWL.DatatypeProperty):
        return o in DATATYPES
    return is_a(s, OWL.ObjectProperty, OWL.DatatypeProperty) and is_a(o, OWL.Class)


def test_the_ontology_keeps_to_owl_2_dl(ontology: Graph) -> None:
    assert len(_links(ontology)) > 100
    assert breaches(ontology) == []


@pytest.mark.parametrize(
    "triple",
    [
        (CN.Attack, RDF.type, OWL.ObjectProperty),
        (CN.Attack, RDF.type, RDFS.Class),
        (CN.Attack, RDFS.subClassOf, BNode()),
        (CN.Attack, RDFS.subClassOf, EXAMPLE.Undeclared),
        (CN.ConflictEvent, RDFS.subClassOf, CN.Attack),
        (CN.Attack, EXAMPLE.remark, Literal("undeclared")),
        (CN.earliestDate, RDFS.range, XSD.date),
        (CN.weapon, RDFS.range, XSD.string),
        (CN.weapon, RDFS.subPropertyOf, CN.countMin),
        (CN.weapon, RDFS.domain, CN.countMin),
        (CN.weapon, OWL.inverseOf, CN.place),
    ],
)
def test_each_breach_of_owl_2_dl_is_named(ontology: Graph, triple: tuple[URIRef, URIRef, URIRef]) -> None:
    graph = Graph() + ontology
    graph.add(triple)
    assert breaches(graph)


def contradictions(*graphs: Graph) -> list[str]:
    """Close the graphs under the rules of OWL 2 RL and return what these object to."""
    whole = Graph()
    for graph in graphs:
        whole += graph
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(whole)
    errors = set(whole.subjects(RDF.type, ERROR))
    return sorted(str(message) for error in errors for message in whole.objects(error, None))


def examples(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(FOLDER / "examples" / f"{name}.ttl")
    return graph


def test_the_ontology_and_its_examples_hold_no_contradiction(ontology: Graph) -> None:
    assert contradictions(ontology, examples("Incident", "Claim", "Riot", "UnnamedSource", "ArmedGroup")) == []


def test_an_incident_that_is_also_an_event_is_a_contradiction(ontology: Graph) -> None:
    bad = Graph()
    bad.add((EXAMPLE.incident, RDF.type, CN.Incident))
    bad.add((EXAMPLE.incident, RDF.type, CN.Attack))
    assert contradictions(ontology, bad)


def test_a_domain_makes_a_misused_property_a_contradiction(ontology: Graph) -> None:
    bad = Graph()
    bad.add((EXAMPLE.claim, RDF.type, CN.Claim))
    bad.add((EXAMPLE.claim, CN.weapon, CNV.rocket))
    assert contradictions(ontology, bad)


def test_the_ontology_says_what_it_is(ontology: Graph) -> None:
    node = URIRef(ONTOLOGY.rstrip("#"))
    version = str(ontology.value(node, OWL.versionInfo))
    assert ontology.value(node, OWL.versionIRI) == URIRef(f"{node}/{version}")
    for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.creator, DCTERMS.created):
        assert ontology.value(node, needed) is not None, needed
    assert ontology.value(node, VANN.preferredNamespacePrefix) == Literal("cn")
    assert ontology.value(node, VANN.preferredNamespaceUri) == Literal(ONTOLOGY)
    assert (SKOS.definition, RDF.type, OWL.AnnotationProperty) in ontology
