from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.extract.events.weapons import find_weapons

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.language.document import Document


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("Three mortar rounds hit the market.", "mortar rounds", "mortar"),
        ("Helicopters dropped barrel bombs.", "barrel bombs", "aircraft-bomb"),
        ("Two guards were shot dead.", "were shot", "firearm"),
        ("Heavy shelling shook the town.", "shelling", "artillery"),
        ("Four shells landed near the school.", "shells", "artillery"),
        ("A drone strike hit the convoy.", "drone", "drone"),
        ("A car bomb went off outside the court.", "car bomb", "vehicle-bomb"),
        ("An IED struck the patrol.", "IED", "ied"),
        ("A roadside bomb struck the patrol.", "roadside bomb", "ied"),
        ("Residents spoke of chlorine.", "chlorine", "chemical"),
        ("Katyusha rockets hit the base.", "Katyusha rockets", "rocket"),
        ("A rocket-propelled grenade hit the bus.", "rocket-propelled grenade", "grenade"),
        ("The man attacked passers-by with a knife.", "knife", "blade"),
        ("A landmine killed the driver.", "landmine", "mine"),
    ],
)
def test_the_words_settle_the_weapon(document: Callable[..., Document], text: str, words: str, code: str) -> None:
    (found,) = find_weapons(document(text))
    assert (found.text, found.code) == (words, code)


@pytest.mark.parametrize(
    "text",
    [
        "An air strike hit the convoy.",
        "The boy collected sea shells.",
        "The mine employs 300 people.",
        "Prices rocketed last year.",
    ],
)
def test_a_plain_air_strike_and_peaceful_words_name_no_weapon(document: Callable[..., Document], text: str) -> None:
    assert find_weapons(document(text)) == ()
