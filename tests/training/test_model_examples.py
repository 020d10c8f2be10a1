from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.extract.model.labels import ACTUALITY_LABELS, NAME_LABELS, PART_LABELS, SPEECH_LABELS, TRIGGER_LABELS
from kg.extract.model.windows import tokenizer

RECIPE = Path(__file__).resolve().parents[2] / "training" / "model"
TEXT = (
    "Rebels shell harbour\n\nRebels of the Red Front shelled the harbour of Oslav on Monday, wounding two sailors. "
    "The army had said the Red Front planned the attack."
)


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "path", [str(RECIPE), *sys.path])
    import examples  # noqa: PLC0415 - a script beside the package

    return examples


def span(words: str, *, after: int = 0) -> dict[str, Any]:
    start = TEXT.index(words, after)
    return {"start": start, "end": start + len(words), "text": words}


def gold() -> dict[str, Any]:
    body = TEXT.index("Rebels of")
    return {
        "doc": "harbour",
        "about_conflict": True,
        "entities": [{"id": "e1", "type": "ArmedGroup", "mentions": [span("Red Front"), span("Red Front", after=120)]}],
        "events": [
            {
                "type": "IndirectFireAttack",
                "trigger": span("shelled"),
                "also": [span("shell")],
                "actuality": "happened",
                "participants": [
                    {"role": "perpetrator", "entity": "e1", **span("Rebels of the Red Front")},
                    {"role": "victim", "entity": None, **span("two sailors")},
                ],
                "weapon": None,
                "place": [{"entity": None, **span("Oslav", after=body)}],
                "time": span("Monday"),
            }
        ],
        "claims": [
            {"claimant": span("The army"), "content": span("the Red Front planned the attack"), "stance": "blames"}
        ],
    }


@pytest.fixture
def window(examples: Any, tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "harbour.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "harbour.json").write_text(json.dumps(gold()), encoding="utf-8")
    (document,) = examples.own(tmp_path, Counter(said=9, planned=1))
    (made,) = examples.windows(document)
    return made


def told(window: dict[str, Any], targets: Any, labels: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word(window, at), labels[target]) for at, target in enumerate(targets) if target > 0]


def word(window: dict[str, Any], at: int) -> str:
    return tokenizer().id_to_token(int(window["pieces"][window["firsts"][at]]))


def test_words_carry_the_names_and_triggers_of_the_gold(window: dict[str, Any]) -> None:
    names = told(window, window["heads"]["name"], NAME_LABELS)
    triggers = told(window, window["heads"]["trigger"], TRIGGER_LABELS)
    assert names[:2] == [("red", "B-ArmedGroup"), ("front", "I-ArmedGroup")]
    assert len(names) == 4
    assert triggers == [("shell", "IndirectFireAttack"), ("shell", "IndirectFireAttack")]
    held = window["heads"]["actuality"]
    assert [ACTUALITY_LABELS[t] for t in held if t >= 0] == ["happened", "happened"]


def test_each_trigger_is_asked_for_the_parts_of_its_own_sentence(window: dict[str, Any]) -> None:
    body, headline = window["deeds"]
    assert told(window, headline[2], PART_LABELS) == []
    parts = dict(told(window, body[2], PART_LABELS))
    assert parts["rebels"] == "perpetrator"
    assert parts["sailors"] == "victim"
    assert parts["monday"] == "time"
    assert "place" in parts.values()


def test_a_headline_that_names_nobody_again_weighs_little(window: dict[str, Any]) -> None:
    body, headline = window["deeds"]
    assert max(headline[3]) < 0.5
    assert max(body[3]) == 1


def test_the_cue_is_the_verb_of_saying_and_not_its_auxiliary(window: dict[str, Any]) -> None:
    ((cue, targets, stance),) = window["sayings"]
    assert word(window, cue) == "said"
    labels = told(window, targets, SPEECH_LABELS)
    assert [w for w, label in labels if label == "claimant"] == ["the", "army"]
    assert ("attack", "content") in labels
    assert stance >= 0


def test_development_documents_are_left_out_where_asked(examples: Any, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d", "e", "f", "g", "h"):
        (tmp_path / f"{name}.txt").write_text(TEXT, encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(json.dumps(gold()), encoding="utf-8")
    learned = {doc.name for doc in examples.own(tmp_path, Counter(), development=False)}
    held = {doc.name for doc in examples.own(tmp_path, Counter(), development=True)}
    assert held
    assert learned
    assert not held & learned
    assert len(held | learned) == 8
