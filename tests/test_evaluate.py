"""Scores are counted by hand on a small invented document, and bad input is named."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import ReadError
from kg.evaluate import Score, evaluate

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Rebels shelled Norvik on Monday, killing 3 people. The army blamed the Red Front. The Red Front denied it."


def span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


GOLD: dict[str, Any] = {
    "doc": "norvik",
    "about_conflict": True,
    "entities": [
        {"id": "e1", "name": "Norvik", "type": "Place", "qid": "Q1", "mentions": [span("Norvik")]},
        {"id": "e2", "name": "Red Front", "type": "ArmedGroup", "qid": None, "mentions": [span("Red Front")]},
    ],
    "events": [
        {
            "id": "v1",
            "type": "IndirectFireAttack",
            "trigger": span("shelled"),
            "actuality": "happened",
            "participants": [{"role": "perpetrator", "entity": None, **span("Rebels"), "claimed_by": None}],
            "place": [{**span("Norvik"), "entity": "e1"}],
            "time": {**span("Monday"), "earliest": "2020-03-02", "latest": "2020-03-02"},
            "casualties": [{"outcome": "killed", "min": 3, "max": 3, "group": "people", **span("3 people")}],
        }
    ],
    "claims": [
        {
            "id": "c1",
            "claimant": {"entity": None, **span("The army"), "unnamed": False},
            "stance": "blames",
            "about_events": ["v1"],
            "content": span("blamed the Red Front"),
            "direct_quote": False,
        }
    ],
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "norvik.txt").write_text(TEXT, encoding="utf-8")
    (folder / "norvik.json").write_text(json.dumps(GOLD), encoding="utf-8")
    return folder


def found(folder: Path, record: dict[str, Any]) -> Path:
    path = folder.parent / "found.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return path


def scores(gold: Path, record: dict[str, Any]) -> dict[str, Score]:
    return {score.layer: score for score in evaluate(gold, found(gold, record)).scores}


def test_gold_against_itself_is_perfect_in_every_layer(gold: Path) -> None:
    result = scores(gold, GOLD)
    assert len(result) == 13
    assert {layer: score.f1 for layer, score in result.items()} == dict.fromkeys(result, 1.0)


def test_each_mistake_lowers_its_own_layer(gold: Path) -> None:
    wrong = copy.deepcopy(GOLD)
    wrong["entities"][0]["type"] = "Facility"
    wrong["entities"][0]["qid"] = "Q2"
    wrong["events"][0]["type"] = "Attack"
    wrong["events"][0]["actuality"] = "planned"
    wrong["events"][0]["participants"][0]["role"] = "target"
    wrong["events"][0]["time"]["latest"] = "2020-03-03"
    wrong["events"][0]["casualties"][0]["max"] = None
    wrong["claims"][0]["stance"] = "asserts"
    result = scores(gold, wrong)
    assert result["mention"].f1 == 1
    assert result["mention and type"].right == 1
    assert result["mention and coarse type"].right == 2
    assert result["event"].f1 == 1
    for layer in (
        "mention and QID",
        "event and type",
        "actuality of aligned events",
        "role",
        "time of aligned events",
        "casualties",
        "stance of matched claims",
    ):
        assert result[layer].f1 == 0, layer


def test_a_document_that_was_not_found_counts_as_empty_and_is_named(gold: Path) -> None:
    result = evaluate(gold, found(gold, {**GOLD, "doc": "another"}))
    assert result.missing == ("norvik",)
    assert {score.layer: score.right for score in result.scores}["event"] == 0


def test_events_on_an_article_without_conflict_are_counted(gold: Path) -> None:
    (gold / "norvik.json").write_text(json.dumps({**GOLD, "about_conflict": False, "events": []}), encoding="utf-8")
    result = evaluate(gold, found(gold, GOLD))
    assert (result.without_conflict, result.false_events) == (1, 1)


def test_an_empty_gold_folder_is_an_error_not_a_perfect_score(tmp_path: Path) -> None:
    folder = tmp_path / "gold"
    folder.mkdir()
    with pytest.raises(ReadError, match="nothing to score against"):
        evaluate(folder, found(folder, GOLD))


def test_offsets_that_do_not_fit_the_text_are_refused_with_the_document_named(gold: Path) -> None:
    shifted = copy.deepcopy(GOLD)
    shifted["entities"][0]["mentions"][0]["start"] += 1
    with pytest.raises(ReadError, match="norvik: offsets"):
        evaluate(gold, found(gold, shifted))


def test_a_file_that_is_not_json_lines_is_refused_with_its_line(gold: Path) -> None:
    path = gold.parent / "found.jsonl"
    path.write_text(json.dumps(GOLD) + "\n{\n", encoding="utf-8")
    with pytest.raises(ReadError, match="line 2"):
        evaluate(gold, path)
