"""Tests of kg.extract.places."""

from __future__ import annotations

import pytest

from kg.extract import extract
from kg.extract.events.places import is_country
from kg.model import Article, Event
from kg.read import read


def events(text: str) -> list[Event]:
    article = next(read(f"Army says fighting goes on against rebels\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    return [event for event in extract(article).events if event.trigger.start > 40]


def places(text: str, kind: str) -> list[str]:
    found = [event for event in events(text) if event.type == kind]
    assert found, f"no {kind} in {text!r}"
    return [place.span.text for place in found[0].places]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Rebels killed four policemen in Mosul, Iraq, on Monday.", "Killing", ["Mosul", "Iraq"]),
        ("Near Aleppo, one airstrike destroyed a tank of the militants.", "AerialAttack", ["Aleppo"]),
        ("The Kabul bombing wounded nine soldiers.", "BombingAttack", ["Kabul"]),
        ("Syria's civil war has killed thousands of civilians.", "ArmedClash", ["Syria"]),
        ("Militants fired rockets at a base north of Baghdad.", "IndirectFireAttack", ["Baghdad"]),
    ],
)
def test_places_come_from_words_that_tell_where(text: str, kind: str, expected: list[str]) -> None:
    assert places(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Iran-backed militias attacked a convoy of soldiers on Monday.", "Attack"),
        ("Clashes between Azerbaijan and Armenia killed nine soldiers.", "ArmedClash"),
        ("The army condemned the attack in Syria.", "Condemnation"),
    ],
)
def test_parties_and_sayings_give_no_place(text: str, kind: str) -> None:
    assert not places(text, kind)


def test_a_village_counts_where_no_name_tells_more() -> None:
    assert places("Rebels shelled soldiers in a village on Monday.", "IndirectFireAttack") == ["village"]
    assert places("Rebels shelled soldiers in the village of Tokhar.", "IndirectFireAttack") == ["Tokhar"]


def test_countries_are_told_by_their_name() -> None:
    assert is_country("Iraq")
    assert is_country("U. S.")
    assert not is_country("Mosul")
