"""The vocabulary in code and the ontology in Turtle say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import SKOS

from kg.iris import CODES, ONTOLOGY
from kg.vocab import CLASSES, CN, CNV, CONCEPTS, PREFIXES, PROPERTIES, ancestors

FOLDER = Path(__file__).resolve().parents[1] / "ontology"


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(FOLDER / "conflict.ttl")


def local_names(graph: Graph, namespace: str, *kinds: URIRef) -> set[str]:
    subjects = {str(s) for kind in kinds for s in graph.subjects(RDF.type, kind)}
    return {s.removeprefix(namespace) for s in subjects if s.startswith(namespace)}


def test_the_classes_in_code_are_those_of_the_ontology(ontology: Graph) -> None:
    assert set(CLASSES) == local_names(ontology, ONTOLOGY, OWL.Class)


def test_the_properties_in_code_are_those_of_the_ontology(ontology: Graph) -> None:
    assert set(PROPERTIES) == local_names(ontology, ONTOLOGY, OWL.ObjectProperty, OWL.DatatypeProperty)


def test_the_codes_in_code_are_those_of_the_lists() -> None:
    codes = Graph().parse(FOLDER / "codes.ttl")
    assert set(CONCEPTS) == local_names(codes, CODES, SKOS.Concept, SKOS.ConceptScheme)


def test_no_term_stands_twice() -> None:
    for terms in (CLASSES, PROPERTIES, CONCEPTS):
        assert len(terms) == len(set(terms))


def test_the_ancestors_in_code_are_the_transitive_superclasses_of_the_ontology(ontology: Graph) -> None:
    for name in CLASSES:
        above = set(ontology.transitive_objects(CN[name], RDFS.subClassOf)) - {CN[name]}
        assert {CN[parent] for parent in ancestors(name)} == above, name


def test_a_mistyped_term_raises() -> None:
    with pytest.raises(AttributeError):
        _ = CN.Atack
    with pytest.raises(KeyError):
        _ = CNV["aircraft_bomb"]


def test_every_prefix_is_an_iri_that_ends_where_local_names_begin() -> None:
    assert PREFIXES
    assert all(iri.startswith("http") and iri[-1] in "#/" for iri in PREFIXES.values())
