"""Validation of a store: what conforms passes, what is broken is named with what to do, over any kind of store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import SH

from kg.cli import main
from kg.errors import ConfigError
from kg.mapping import ontology_triples
from kg.service.checks import run_checks
from kg.service.validate import check, merged, subjects, validate, validate_all
from kg.store import open_store
from kg.vocab import CN, CNV

from ..endpoints import oxigraph  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.store import Store

EXAMPLE = Path(__file__).resolve().parents[2] / "ontology" / "examples" / "Incident.ttl"
BASE = "https://example.org/"
INCIDENT = URIRef(f"{BASE}id/incident/1")
EVENT = URIRef(f"{BASE}id/event/aaaaaaaaaaaaaaaa-1")
COUNT = URIRef(f"{BASE}id/count/bbbbbbbbbbbbbbbb-1-1")
RANGE = URIRef(f"{BASE}id/range/1-killed")
SHARED = (INCIDENT, RANGE)


def graphs(whole: Graph) -> dict[str, Graph]:
    """Split the example into the named graphs that a store would keep it in."""
    split: dict[str, Graph] = {}
    for s, p, o in whole:
        name = "entities" if "/entity/" in s or "/software/" in s else "incidents"
        if "aaaaaaaaaaaaaaaa" in s or "bbbbbbbbbbbbbbbb" in s:
            name = f"article/{'aaaaaaaaaaaaaaaa' if 'aaaaaaaaaaaaaaaa' in s else 'bbbbbbbbbbbbbbbb'}"
        if p == CN.reportOf:
            name = "incidents"
        split.setdefault(name, Graph()).add((s, p, o))
    return split


def fill(store: Store, change: Callable[[Graph], object] = lambda _: None) -> None:
    whole = Graph().parse(EXAMPLE)
    for name in ("aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"):  # each graph says what made it
        graph, activity = URIRef(f"{BASE}graph/article/{name}"), URIRef(f"{BASE}id/activity/incidents")
        whole.add((graph, URIRef("http://www.w3.org/ns/prov#wasGeneratedBy"), activity))
    change(whole)
    for name, graph in graphs(whole).items():
        body = graph.serialize(format="nt").encode()
        store.load_graph(store.iris.graph(name), body, media_type="application/n-triples", replace=True)
    store.replace_graph(store.iris.graph("ontology"), ontology_triples())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store", base=BASE) as found:
        yield found


def test_what_the_pipeline_writes_conforms(newsroom: Store) -> None:
    reports = list(validate_all(newsroom))
    assert len(reports) == 2
    assert [report.violations for report in reports] == [(), ()]


def test_articles_come_before_incidents_and_each_is_validated_by_itself(store: Store) -> None:
    fill(store)
    found = subjects(store)
    assert [subject.iri.rpartition("/")[2] for subject in found] == ["a" * 16, "b" * 16, "1"]
    assert [validate(store, subject).violations for subject in found] == [(), (), ()]


BROKEN = {
    "event without evidence": (lambda g: g.remove((EVENT, CN.evidence, None)), EVENT, "sentence that tells"),
    "outcome from another list": (lambda g: g.set((COUNT, CN.outcome, CNV.day)), COUNT, "exactly one outcome"),
    "incident without reports": (lambda g: g.remove((None, CN.reportOf, None)), INCIDENT, "cn:reportOf"),
    "date without evidence": (lambda g: g.remove((INCIDENT, CN.dateEvidence, None)), INCIDENT, "cn:dateEvidence"),
    "range that rests on nothing": (lambda g: g.remove((RANGE, CN.restsOn, None)), RANGE, "every count"),
    "incident that rests on no sentence": (
        lambda g: g.set((INCIDENT, CN.evidence, EVENT)), INCIDENT, "sentences of the reports",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_breaks_a_shape_is_named_with_what_to_do(name: str, store: Store) -> None:
    change, focus, words = BROKEN[name]
    fill(store, change)
    found = [violation for report in validate_all(store) for violation in report.violations]
    assert {violation.focus for violation in found} >= {str(focus)}
    assert any(words in violation.message for violation in found if violation.focus == str(focus))


def test_a_store_without_articles_is_not_validated(store: Store) -> None:
    with pytest.raises(ConfigError, match="no article"):
        subjects(store)


def test_a_store_behind_an_endpoint_is_validated_the_same_way(store: Store, tmp_path: Path) -> None:
    change, *_ = BROKEN["event without evidence"]
    fill(store, change)
    (tmp_path / "elsewhere").mkdir()
    with (
        oxigraph(tmp_path / "elsewhere") as server,
        open_store(server.address, config=server.config, base=BASE) as remote,
    ):
        fill(remote, change)
        assert [r.violations for r in validate_all(remote)] == [r.violations for r in validate_all(store)]
        assert [r.faults for r in run_checks(remote)] == [r.faults for r in run_checks(store)]


def test_the_report_as_rdf_holds_every_violation_and_says_whether_all_conforms(store: Store) -> None:
    change, *_ = BROKEN["event without evidence"]
    fill(store, change)
    graph = merged(validate_all(store))
    results = list(graph.subjects(RDF.type, SH.ValidationResult))
    assert len(results) == 1
    assert graph.value(results[0], SH.focusNode) == EVENT
    assert (None, SH.conforms, Literal(False)) in graph
    fill(store)
    assert (None, SH.conforms, Literal(True)) in merged(validate_all(store))


def test_a_check_that_fails_stands_in_the_report_as_rdf(store: Store) -> None:
    fill(store, lambda g: g.set((RANGE, CN.countMax, Literal(5))))
    faults = [report for report in run_checks(store) if report.faults]
    graph = merged((), faults)
    assert [report.check.name for report in faults] == ["range-that-leaves-a-count-out"]
    assert (None, SH.focusNode, RANGE) in graph


# --- the verb ----------------------------------------------------------------------------------------------------------


def run(store: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["validate", "--store", str(store), *arguments])
    return result.exit_code, result.stdout, result.stderr


def made(folder: Path, change: Callable[[Graph], object] = lambda _: None) -> Path:
    with open_store(folder / "store", base=BASE) as store:
        fill(store, change)
    return folder / "store"


def test_the_verb_says_nothing_about_what_conforms(tmp_path: Path) -> None:
    code, out, err = run(made(tmp_path))
    assert (code, out) == (0, "")
    assert "2 articles checked, 0 with violations" in err
    assert "1 incidents checked, 0 with violations" in err
    assert "0 failed" in err


def test_the_verb_names_violations_in_a_line_each_and_exits_with_1(tmp_path: Path) -> None:
    code, out, err = run(made(tmp_path, BROKEN["event without evidence"][0]))
    assert code == 1
    assert out.splitlines()[0].split("\t")[1:] == [str(EVENT), "Point to the sentence that tells of the event."]
    assert "1 with violations" in err


@pytest.mark.parametrize(("form", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_the_verb_writes_the_report_as_rdf(tmp_path: Path, form: str, parser: str) -> None:
    code, out, _ = run(made(tmp_path, BROKEN["event without evidence"][0]), "--format", form)
    graph = Graph().parse(data=out, format=parser)
    assert code == 1
    assert len(list(graph.subjects(RDF.type, SH.ValidationResult))) == 1


def test_the_verb_fails_on_a_check_and_can_leave_the_checks_out(tmp_path: Path) -> None:
    store = made(tmp_path, lambda g: g.set((RANGE, CN.countMax, Literal(5))))
    code, out, _ = run(store)
    assert code == 1
    assert out.startswith("range-that-leaves-a-count-out\t")
    assert run(store, "--no-checks")[0] == 0


def test_the_verb_refuses_an_empty_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", base=BASE):
        pass
    assert run(tmp_path / "store")[0] == 2


def test_an_entity_that_is_a_person_and_an_armed_group_is_a_violation() -> None:
    graph = Graph().parse(EXAMPLE.parent / "ArmedGroup.ttl")
    assert check(graph) == ()
    group = next(graph.subjects(RDF.type, CN.ArmedGroup))
    graph.add((group, RDF.type, URIRef("https://schema.org/Person")))
    assert [violation.focus for violation in check(graph)] == [str(group)]
    assert (group, RDFS.label, None) in graph
