"""The ontology's files: they parse everywhere, every term is documented, and alignments stay apart from axioms."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kg import model
from kg.iris import CODES, ONTOLOGY
from kg.vocab import CN, CNV

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parents[2] / "ontology"
FILES = sorted(FOLDER.rglob("*.ttl"))
ALIGNMENTS = sorted((FOLDER / "alignments").glob("*.ttl"))


def parse(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


def terms(graph: Graph) -> list[URIRef]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    found = {s for kind in kinds for s in graph.subjects(RDF.type, kind) if str(s).startswith(ONTOLOGY)}
    return sorted(s for s in found if isinstance(s, URIRef))


def undocumented(graph: Graph) -> list[tuple[URIRef, URIRef]]:
    """Terms of the ontology that lack something that each must have."""
    needed = (RDFS.label, SKOS.definition, SKOS.scopeNote, SKOS.example, RDFS.isDefinedBy)
    return [(term, need) for term in terms(graph) for need in needed if len(list(graph.objects(term, need))) != 1]


def test_there_are_files_to_check() -> None:
    assert {path.name for path in FILES} >= {"conflict.ttl", "codes.ttl", "shapes.ttl"}
    assert len(ALIGNMENTS) >= 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rdflib_and_pyoxigraph_read_the_same_triples(path: Path) -> None:
    read = sum(1 for _ in pyoxigraph.parse(path=path))
    assert read == len(parse(path)) > 0


def test_every_term_has_one_label_definition_scope_note_example_and_source() -> None:
    graph = parse(FOLDER / "conflict.ttl")
    assert len(terms(graph)) > 60
    assert undocumented(graph) == []


def test_the_check_of_documentation_fires_on_a_bare_term() -> None:
    graph = Graph()
    graph.add((CN.Attack, RDF.type, OWL.Class))
    assert len(undocumented(graph)) == 5


def test_ontology_codes_and_alignments_hold_no_blank_node() -> None:
    graph = parse(FOLDER / "conflict.ttl", FOLDER / "codes.ttl", *ALIGNMENTS)
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)


def test_classes_stand_before_properties_and_each_group_is_sorted() -> None:
    text = (FOLDER / "conflict.ttl").read_text(encoding="utf-8")
    found = re.findall(r"^cn:(\w+)\n    a owl:(\w+)", text, flags=re.MULTILINE)
    names = [(kind != "Class", name.lower()) for name, kind in found]
    assert names == sorted(names)
    assert len(names) == len(terms(parse(FOLDER / "conflict.ttl")))


def test_every_code_is_documented_and_has_one_notation_and_one_scheme() -> None:
    graph = parse(FOLDER / "codes.ttl")
    concepts = list(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 60
    for concept in concepts:
        for need in (
            SKOS.prefLabel, SKOS.definition, SKOS.scopeNote, SKOS.example, SKOS.notation, SKOS.inScheme, RDFS.isDefinedBy
        ):  # fmt: skip
            assert len(list(graph.objects(concept, need))) == 1, (concept, need)
        assert str(graph.value(concept, SKOS.notation)) == str(concept).removeprefix(CODES)


@pytest.mark.parametrize(
    ("scheme", "values"),
    [
        (CNV.role, model.ROLES),
        (CNV.actuality, model.ACTUALITIES),
        (CNV.stance, model.STANCES),
        (CNV.weapon, model.WEAPON_CODES),
        (CNV.outcome, model.OUTCOMES),
    ],
)
def test_each_list_holds_exactly_the_values_of_the_annotations(scheme: URIRef, values: tuple[str, ...]) -> None:
    graph = parse(FOLDER / "codes.ttl")
    assert {CNV[value] for value in values} == set(graph.subjects(SKOS.inScheme, scheme))


def test_every_event_type_of_the_annotations_is_a_conflict_event() -> None:
    graph = parse(FOLDER / "conflict.ttl")
    events = set(graph.transitive_subjects(RDFS.subClassOf, CN.ConflictEvent))
    assert get_args(model.EventType)
    assert {CN[kind] for kind in get_args(model.EventType)} < events


def test_axioms_use_no_term_of_an_aligned_vocabulary() -> None:
    graph = parse(FOLDER / "conflict.ttl")
    foreign = (
        "https://schema.org/",
        "http://semanticweb.cs.vu.nl/",
        "http://linkedevents.org/",
        "http://www.w3.org/ns/prov#",
    )
    assert not any(str(term).startswith(foreign) for triple in graph for term in triple)


def test_shapes_name_only_terms_that_exist() -> None:
    for triple in parse(FOLDER / "shapes.ttl"):
        for term in triple:
            if isinstance(term, URIRef) and term.startswith(ONTOLOGY):
                assert CN[term.removeprefix(ONTOLOGY)]
            if isinstance(term, URIRef) and term.startswith(CODES):
                assert CNV[term.removeprefix(CODES)]


def test_the_context_knows_every_term_by_its_own_name() -> None:
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    for term in terms(parse(FOLDER / "conflict.ttl")):
        name = term.removeprefix(ONTOLOGY)
        entry = context[name]
        assert (entry if isinstance(entry, str) else entry["@id"]) == f"cn:{name}"


def test_the_context_turns_plain_json_into_the_same_triples() -> None:
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    data = {
        "@context": context, "id": "https://example.org/e", "type": "Attack", "actuality": "cnv:happened",
        "earliestDate": "2016-01-02",
    }  # fmt: skip
    graph = Graph().parse(data=json.dumps(data), format="json-ld")
    assert (URIRef("https://example.org/e"), RDF.type, CN.Attack) in graph
    assert (URIRef("https://example.org/e"), CN.actuality, CNV.happened) in graph


def test_the_context_is_what_the_ontology_makes_it(derive: ModuleType) -> None:
    """If this fails after a change of the ontology, run `python ontology/derive.py`."""
    assert (FOLDER / "context.jsonld").read_text(encoding="utf-8") == derive.context()


def test_a_retired_term_says_why_and_is_no_term_any_more() -> None:
    retired, current = parse(FOLDER / "retired.ttl"), parse(FOLDER / "conflict.ttl", FOLDER / "codes.ttl")
    terms = set(retired.subjects(OWL.deprecated, Literal(True)))
    assert terms == set(retired.subjects())
    assert len(terms) > 5
    for term in terms:
        assert (term, None, None) not in current
        assert retired.value(term, SKOS.historyNote) is not None
        for heir in retired.objects(term, DCTERMS.isReplacedBy):
            assert (heir, RDF.type, None) in current


def test_about_sixty_terms_have_to_be_learned_beside_the_tree_of_event_classes() -> None:
    """The event types are fixed by the annotations and read off a tree; what is left is what a person learns."""
    graph = parse(FOLDER / "conflict.ttl")
    tree = set(graph.transitive_subjects(RDFS.subClassOf, CN.ConflictEvent))
    assert len(tree) == len(get_args(model.EventType)) + 8
    assert 55 <= len(set(terms(graph)) - tree) <= 65


def test_the_documentation_is_what_pylode_makes_of_the_ontology(derive: ModuleType) -> None:
    """If this fails after a change of the ontology, run `python ontology/derive.py`."""
    text = (FOLDER / "documentation.html").read_text(encoding="utf-8")
    assert text == derive.documentation(FOLDER / "conflict.ttl")
    assert text.count('class="property entity"') > 100
