"""The alignments: they map known terms, and what they map to stands in the source that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import RDFS, BNode, Graph, URIRef
from rdflib.namespace import SKOS

from kg.iris import CODES, ONTOLOGY, WIKIDATA
from kg.model import EVENT_TYPES
from kg.vocab import CN, CONCEPTS

FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "alignments"
FILES = sorted(FOLDER.glob("*.ttl"))
TARGETS = ("acled", "aida", "cameo", "ceo", "grasp", "iptc", "lode", "plover", "prov", "schema", "sem", "wikidata")
MAPPINGS = {
    SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SKOS.notation,
    RDFS.subClassOf, RDFS.subPropertyOf,
}  # fmt: skip
SOURCES = {
    "aida": ("aida/InterchangeOntology.ttl", "aida/LDCOntologyM36.ttl"),
    "ceo": ("eso-ceo/CEO_version_1.owl",),
    "grasp": ("grasp/grasp.rdf", "grasp/gaf.rdf"),
    "lode": ("lode/lode.ttl",),
    "prov": ("w3c/prov-o.ttl", "w3c/oa.ttl"),
    "schema": ("schemaorg/schemaorg-current-https.ttl",),
    "sem": ("sem/sem.rdf",),
}
PLOVER = ("plover/PLOVER_MANUAL.tex", "plover/CAMEO2PLOVER-2021.txt")


def mapped(name: str) -> Graph:
    return Graph().parse(FOLDER / f"{name}.ttl")


def missing(terms: set[str], text: str) -> list[str]:
    """Return the terms whose local name does not stand in the text as a word."""
    names = {term: re.split(r"[#/]", term)[-1] for term in terms}
    return sorted(term for term, name in names.items() if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text))


def test_there_is_a_file_for_each_target() -> None:
    assert tuple(path.stem for path in FILES) == TARGETS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_alignments_only_map_known_terms(path: Path) -> None:
    graph = Graph().parse(path)
    assert len(graph) > 0
    for subject, predicate, value in graph:
        assert predicate in MAPPINGS
        assert not isinstance(value, BNode)
        name = str(subject)
        assert CN[name.removeprefix(ONTOLOGY)] if name.startswith(ONTOLOGY) else name.removeprefix(CODES) in CONCEPTS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lines_of_an_alignment_are_sorted(path: Path) -> None:
    subjects = re.findall(r"^(cnv?:[\w-]+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert subjects == sorted(subjects, key=lambda each: (each.startswith("cnv:"), each.lower()))


def test_nearly_every_event_type_is_mapped_to_a_code_that_event_data_uses() -> None:
    coded = {str(s).removeprefix(ONTOLOGY) for name in ("acled", "cameo", "plover") for s in mapped(name).subjects()}
    assert {kind for kind in EVENT_TYPES if kind not in coded} <= {"Attack", "ResponsibilityClaim", "Statement"}


def test_every_item_repeats_its_label() -> None:
    lines = [line for line in (FOLDER / "wikidata.ttl").read_text(encoding="utf-8").splitlines() if " wd:" in line]
    lines += [line for line in (FOLDER / "iptc.ttl").read_text(encoding="utf-8").splitlines() if " medtop:" in line]
    lines = [line for line in lines if not line.startswith("@")]
    assert len(lines) > 30
    assert [line for line in lines if not re.search(r" \.  # \w", line)] == []


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_what_an_alignment_maps_to_stands_in_its_source(name: str, shared: Path) -> None:
    text = "\n".join((shared / "reference-ontologies" / path).read_text(encoding="utf-8") for path in SOURCES[name])
    targets = {str(o) for p, o in mapped(name).predicate_objects() if isinstance(o, URIRef)}
    assert targets
    assert missing(targets, text) == []


def test_a_term_that_its_source_lacks_is_found() -> None:
    assert missing({"https://schema.org/Event", "https://schema.org/Evnt"}, ":Event a rdfs:Class .") == [
        "https://schema.org/Evnt"
    ]


def test_every_code_of_cameo_and_plover_stands_in_the_conversion_table_or_the_manual(shared: Path) -> None:
    text = "\n".join(
        (shared / "reference-ontologies" / p).read_text(encoding="utf-8", errors="replace") for p in PLOVER
    )
    cameo = {str(o).removeprefix("CAMEO:") for o in mapped("cameo").objects()}
    assert [code for code in sorted(cameo) if not re.search(rf"^{code}:", text, flags=re.MULTILINE)] == []
    plover = {part for o in mapped("plover").objects() for part in str(o).removeprefix("PLOVER:").split("/")}
    assert len(plover) > 20
    assert [part for part in sorted(plover) if part not in text] == []


def test_every_wikidata_class_stands_beside_its_label_in_the_sources_of_the_index(shared: Path) -> None:
    lines = (FOLDER / "wikidata.ttl").read_text(encoding="utf-8")
    pairs = re.findall(r"wd:(Q\d+) \.  # (.+)$", lines, flags=re.MULTILINE)
    assert len(pairs) == len(set(mapped("wikidata").objects())) == len({qid for qid, _ in pairs})
    text = (shared / "wikidata" / "xfactr-aliases" / "xfactr.tsv").read_text(encoding="utf-8")
    assert [pair for pair in pairs if f"{pair[0]},{pair[1]}" not in text] == []
    assert all(str(o).startswith(WIKIDATA) for o in mapped("wikidata").objects())
