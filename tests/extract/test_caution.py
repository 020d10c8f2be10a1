"""Nobody who is only suspected, accused or quoted stands as a perpetrator in the outlet's own voice."""

from __future__ import annotations

import pytest

from kg.extract import extract
from kg.model import Article
from kg.read import read

FRAME = """Raids and shelling across the north

BEIRUT, March 3, 2021 (Example Wire) - Rebels shelled army posts near Hama on Monday, killing four soldiers. {sentence}
"""


def perpetrators(sentence: str) -> set[tuple[str, bool]]:
    """Give each perpetrator's words, and whether only a claimant names it; those of the frame's rebels aside."""
    (article,) = read(FRAME.format(sentence=sentence).encode(), "told.txt")
    assert isinstance(article, Article)
    events = extract(article).events
    assert events, "the frame tells of an attack"
    found = {(p.span.text, p.claimed_by is not None) for e in events for p in e.participants if p.role == "perpetrator"}
    return {each for each in found if each[0] != "Rebels"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Air strikes reportedly carried out by the Sarvan regime killed 12 people in Idlib.",
        "Strikes allegedly carried out by government troops hit Saraqeb on Tuesday.",
        "The regime has been accused of shelling Aleppo by insurgent groups.",
        "Syria has denied carrying out the gas attack on Douma.",
        "Suspected government strikes killed 37 people in Binnish.",
        "Gunmen, suspected to be Houthis, shot a judge in Aden on Sunday.",
        "Following the 2013 gas attack the Sarvan government joined the convention.",
        "Heavy shelling by what are believed to be Turkish troops hit Marea.",
    ],
)
def test_a_hedged_deed_has_no_perpetrator_in_the_outlets_voice(sentence: str) -> None:
    assert not {words for words, claimed in perpetrators(sentence) if not claimed}


def test_a_plain_deed_keeps_its_perpetrator() -> None:
    assert ("Turkish forces", False) in perpetrators("Turkish forces shelled the village of Marea on Tuesday.")


def test_claiming_lives_or_responsibility_is_no_hedge() -> None:
    found = perpetrators("Turkish forces shelled Marea on Tuesday, and the attack claimed 12 lives.")
    assert ("Turkish forces", False) in found


def test_who_reports_a_deed_has_not_done_it() -> None:
    found = perpetrators("According to the Observatory government jets bombed Douma on Friday.")
    assert not {words for words, _ in found if "Observatory" in words}
