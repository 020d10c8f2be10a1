"""The checks: each passes on the gold, catches its own bad file, and does not pass over nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import Dataset

from kg.mapping import ontology_triples
from kg.service.checks import checks, run_check, run_checks
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from kg.service.checks import Check
    from kg.store import Store

FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "checks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))


@pytest.fixture(scope="module")
def gold_store(derive: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("gold") / "store", base=derive.BASE) as store:
        derive.fill(store)
        yield store


@pytest.fixture(scope="module")
def bare_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that holds the ontology; each test empties what it has put beside it."""
    with open_store(tmp_path_factory.mktemp("bare") / "store", base="https://example.org/") as store:
        store.load_graph("https://example.org/given", ontology_triples(), media_type="application/n-triples")
        yield store


def put(store: Store, bad: Path) -> list[str]:
    """Put every graph of a file into a store and name them."""
    dataset = Dataset().parse(bad, format="trig")  # type: ignore[no-untyped-call]
    names = []
    for graph in dataset.graphs():
        if len(graph):
            names.append(str(graph.identifier))
            store.load_graph(names[-1], graph.serialize(format="nt").encode(), media_type="application/n-triples")
    return names


def by_name(name: str) -> Check:
    return next(check for check in checks() if check.name == name)


def test_there_are_checks_and_each_has_its_bad_file() -> None:
    assert len(NAMES) >= 12
    assert sorted(path.stem for path in FOLDER.glob("*.trig")) == NAMES
    assert [check.name for check in checks()] == NAMES


def test_every_check_passes_on_the_gold_and_has_something_to_examine(gold_store: Store) -> None:
    reports = list(run_checks(gold_store))
    assert [report for report in reports if not report.passed] == []
    assert min(report.examined for report in reports) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_check_catches_its_bad_file(name: str, bare_store: Store) -> None:
    graphs = put(bare_store, FOLDER / f"{name}.trig")
    try:
        report = run_check(bare_store, by_name(name))
    finally:
        for graph in graphs:
            bare_store.drop_graph(graph)
    assert report.examined > 0
    assert report.faults != ()


def test_no_check_passes_on_an_empty_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        reports = list(run_checks(store))
    assert [report.check.name for report in reports] == NAMES
    assert [report for report in reports if report.passed] == []
