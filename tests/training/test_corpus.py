from __future__ import annotations

import importlib.util
import itertools
import re
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.jsonl import from_json
from kg.model import ACTUALITIES, EVENT_TYPES, STANCES

if TYPE_CHECKING:
    from types import ModuleType

CORPUS = Path(__file__).resolve().parents[2] / "training" / "corpus"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_compile", CORPUS / "compile.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


compiler = _load()


@pytest.fixture(scope="module")
def reports() -> dict[Path, tuple[str, dict[str, Any], list[str]]]:
    found = {path: compiler.compile_report(path) for path in compiler.sources([CORPUS / "train", CORPUS / "test"])}
    assert found, "no reports: an empty corpus must not pass"
    return found


def test_every_report_compiles_into_the_exchange_format_without_a_warning(reports: dict[Path, Any]) -> None:
    assert len(reports) >= 60
    for path, (text, doc, warnings) in reports.items():
        assert from_json(doc).article == path.stem
        assert not warnings
        assert not text.startswith("---")


def test_every_offset_gives_its_text(reports: dict[Path, Any]) -> None:
    checked = 0

    def walk(value: object, text: str) -> int:
        if isinstance(value, dict):
            here = "start" in value
            if here:
                assert text[value["start"] : value["end"]] == value["text"]
            return here + sum(walk(item, text) for item in value.values())
        return sum(walk(item, text) for item in value) if isinstance(value, list) else 0

    for text, doc, _ in reports.values():
        checked += walk(doc, text)
    assert checked > 3000


def test_mentions_do_not_overlap(reports: dict[Path, Any]) -> None:
    for path, (_, doc, _) in reports.items():
        spans = sorted((m["start"], m["end"]) for e in doc["entities"] for m in e["mentions"])
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans)), path.name


def test_reports_lie_in_the_part_that_their_name_gives(reports: dict[Path, Any]) -> None:
    for path in reports:
        part = "test" if int(sha256(path.stem.encode()).hexdigest(), 16) % 3 == 0 else "train"
        assert path.parent.name == part, path.name
    assert len({path.stem for path in reports}) == len(reports)


def test_the_corpus_is_wide(reports: dict[Path, Any]) -> None:
    docs = [doc for _, doc, _ in reports.values()]
    types = Counter(event["type"] for doc in docs for event in doc["events"])
    assert sum(count >= 3 for count in types.values()) >= len(EVENT_TYPES) // 2
    assert {event["actuality"] for doc in docs for event in doc["events"]} == set(ACTUALITIES)
    assert {claim["stance"] for doc in docs for claim in doc["claims"]} == set(STANCES)
    assert sum(not doc["about_conflict"] for doc in docs) >= 10
    decades = {match[0][:3] for path in reports if (match := re.search(r"\d{4}$", path.stem))}
    assert len(decades) >= 5


GOOD = """Two die in Ruvo

A bomb killed two men in Ruvo on Monday. The Blue Front denied it. The army said Ruvo was calm.
---
headline: Two die in Ruvo
e1 Place Ruvo
e2 ArmedGroup Blue Front
v1 BombingAttack happened | bomb + die | victim two men | place Ruvo | killed 2 two men ~ men
c1 denies v1 | who Blue Front | says it
"""


def _compile(folder: Path, source: str) -> tuple[str, dict[str, Any], list[str]]:
    path = folder / "ruvo.report"
    path.write_text(source, encoding="utf-8")
    result: tuple[str, dict[str, Any], list[str]] = compiler.compile_report(path)
    return result


def test_a_short_notation_becomes_spans_and_ids(tmp_path: Path) -> None:
    text, doc, _ = _compile(tmp_path, GOOD)
    assert [m["text"] for m in doc["entities"][0]["mentions"]] == ["Ruvo", "Ruvo", "Ruvo"]
    event, claim = doc["events"][0], doc["claims"][0]
    assert event["place"][0]["start"] == text.index("Ruvo", 20)  # the one in the trigger's sentence
    assert event["place"][0]["entity"] == "e1"
    assert (event["casualties"][0]["min"], event["casualties"][0]["max"]) == (2, 2)
    assert claim["claimant"] == {**claim["claimant"], "entity": "e2", "unnamed": False}


def test_a_lost_apostrophe_stays_outside_the_name(tmp_path: Path) -> None:
    _, doc, _ = _compile(tmp_path, "Syrias army fled.\n---\ne1 Place Syria | Syria^s\n")
    assert doc["entities"][0]["mentions"] == [{"start": 0, "end": 5, "text": "Syria"}]


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("e1 Place Ruvo", "e1 Town Ruvo", "no entity type 'Town'"),
        ("v1 BombingAttack", "v1 Bombing", "no event type 'Bombing'"),
        ("happened |", "occurred |", "no actuality 'occurred'"),
        ("victim two men", "victim three men", "not in the text: 'three men'"),
        ("victim two men", "loser two men", "no field 'loser'"),
        ("c1 denies v1", "c1 denies v9", "'v9' is not an id"),
        ("c1 denies v1", "c1 rejects v1", "no stance 'rejects'"),
        ("place Ruvo |", "place Ruvo#4 |", "stands only 3 times"),
        ("killed 2 two", "killed 5..2 two", "ends below its start"),
        ("e2 ArmedGroup Blue Front", "e2 ArmedGroup Blue Front\ne3 Other Front denied", "overlap"),
        ("e2 ArmedGroup", "e1 ArmedGroup", "e1 is given twice"),
        ("place Ruvo |", "place Ruvo | weapon bomb = bomb |", "no weapon code 'bomb'"),
        ("place Ruvo |", "place Ruvo | time Monday = March |", "not a day: 'March'"),
        ("headline: Two die in Ruvo", "conflict: no", "not about conflict"),
        ("bomb + die", "A + die + Ruvo", "stands 3 times; say which"),
        ("---\n", "", "no line ---"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_and_line(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in GOOD
    with pytest.raises(compiler.CorpusError, match=r"ruvo\.report:\d+: ") as caught:
        _compile(tmp_path, GOOD.replace(right, wrong, 1))
    assert message in str(caught.value)


def test_unmarked_repeats_of_a_marked_name_are_warned_of(tmp_path: Path) -> None:
    _, _, warnings = _compile(tmp_path, GOOD.replace("Place Ruvo", "Place Ruvo#1"))
    assert len(warnings) == 1
    assert "2 places of 'Ruvo" in warnings[0]


def test_a_pronoun_without_its_entity_is_warned_of(tmp_path: Path) -> None:
    _, _, warnings = _compile(tmp_path, GOOD.replace("victim two men", "victim it"))
    assert len(warnings) == 1
    assert "'it' needs its entity" in warnings[0]


def test_a_span_of_several_names_belongs_to_the_person_who_ends_it(tmp_path: Path) -> None:
    source = "Ruvo mayor Ann Smith spoke. A friend of Ann Smith slept.\n---\ne1 Place Ruvo\ne2 Person Ann Smith\n"
    claims = (
        "c1 asserts | who Ruvo mayor Ann Smith | says spoke\nc2 asserts | who A friend of Ann Smith =- | says slept\n"
    )
    _, doc, _ = _compile(tmp_path, source + claims)
    assert [claim["claimant"]["entity"] for claim in doc["claims"]] == ["e2", None]


@pytest.mark.parametrize("toll", ["2 two men @c1 ~ men", "2 two men ~ men @c1"])
def test_the_source_of_a_toll_stands_before_or_after_the_group(tmp_path: Path, toll: str) -> None:
    _, doc, _ = _compile(tmp_path, GOOD.replace("2 two men ~ men", toll))
    (found,) = doc["events"][0]["casualties"]
    assert (found["group"], found["according_to"]) == ("men", "c1")


def test_names_that_nobody_marked_are_pointed_out(tmp_path: Path) -> None:
    text, doc, _ = _compile(
        tmp_path, GOOD.replace("e2 ArmedGroup Blue Front\n", "").replace("who Blue", "who The Blue")
    )
    assert compiler.unmarked_names(text, doc) == ["Blue", "Front"]


def test_an_empty_folder_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["compile.py", str(tmp_path)])
    assert compiler.main() == 1
    (tmp_path / "ruvo.report").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["compile.py", str(tmp_path), "-o", str(tmp_path / "out")])
    assert compiler.main() == 0
    assert (tmp_path / "out" / "ruvo.json").is_file()


def test_second_annotations_compile_against_the_text_in_train(reports: dict[Path, Any]) -> None:
    found = compiler.sources([CORPUS / "second"])
    assert found, "no second annotations: nothing would be checked"
    texts = {path.stem: text for path, (text, _, _) in reports.items() if path.parent.name == "train"}
    for path in found:
        text, doc, warnings = compiler.compile_report(path)
        assert text == texts[path.stem]
        assert from_json(doc).article == path.stem
        assert not warnings
