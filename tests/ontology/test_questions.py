"""The competency questions: real ones, short ones, each with the answer that the gold annotations give."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.plugins.sparql import prepareQuery

from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "questions"
QUESTIONS = sorted(FOLDER.glob("*.rq"))


def patterns(query: str) -> int:
    """Count the triple patterns of a query; each step of a property path counts as one."""
    return _count(prepareQuery(query, initNs=PREFIXES).algebra)


def _count(node: Any) -> int:
    if isinstance(node, dict):
        # inside EXISTS rdflib leaves several triples in one row, and paths as they were parsed
        own = sum(_steps(path) for row in dict.get(node, "triples", ()) for path in list(row)[1::3])
        return own + sum(_count(value) for key, value in dict.items(node) if key != "triples")
    if isinstance(node, list | tuple | set) and not isinstance(node, str):
        return sum(_count(value) for value in node)
    return 0


def _steps(path: Any) -> int:
    if isinstance(path, dict):
        part = dict.get(path, "part")
        return sum(_steps(step) for step in part) if isinstance(part, list) or hasattr(part, "asList") else _steps(part)
    if isinstance(path, SequencePath | AlternativePath | NegatedPath):
        return sum(_steps(step) for step in path.args)
    if isinstance(path, InvPath):
        return _steps(path.arg)
    return _steps(path.path) if isinstance(path, MulPath) else 1


def test_there_are_thirty_questions_or_more_numbered_without_gaps() -> None:
    assert len(QUESTIONS) >= 30
    assert [int(path.name[:2]) for path in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_query_begins_with_its_question(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith("?")


def test_every_question_has_the_answer_that_stands_beside_it(derive: ModuleType) -> None:
    """If this fails after a change of the mapping or the gold, look at `python ontology/derive.py` and its diff."""
    found = dict(derive.answers())
    expected = {path.stem: (FOLDER / f"{path.stem}.csv").read_text(encoding="utf-8") for path in QUESTIONS}
    assert found == expected


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_no_answer_is_empty(path: Path) -> None:
    assert len(path.with_suffix(".csv").read_text(encoding="utf-8").splitlines()) > 1


def test_no_answer_is_left_of_a_question_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == {path.stem for path in QUESTIONS}


def test_the_median_question_needs_five_patterns_or_fewer() -> None:
    counts = [patterns(path.read_text(encoding="utf-8")) for path in QUESTIONS]
    assert min(counts) > 0
    assert median(counts) <= 5
    assert max(counts) <= 12


@pytest.mark.parametrize(
    ("where", "number"),
    [
        ("?s ?p ?o", 1),
        ("?s cn:place/schema:name ?o", 2),
        ("?s ^cn:reportedParticipation/rdfs:label ?o ; a cn:Attack", 3),
        ("?s a cn:Attack . OPTIONAL { ?s cn:place ?o }", 2),
        ("?s a cn:Attack . FILTER NOT EXISTS { ?s cn:place ?o ; rdfs:label ?l }", 3),
        ("?s a cn:Attack . FILTER EXISTS { ?s cn:place/schema:name ?o }", 3),
        ("?s cn:reportedParticipation [ cn:role ?r ; cn:participant ?o ]", 3),
    ],
)
def test_patterns_are_counted_wherever_they_stand(where: str, number: int) -> None:
    assert patterns(f"SELECT * WHERE {{ {where} }}") == number
