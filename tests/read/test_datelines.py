"""Datelines, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest

from kg.read import datelines


@pytest.mark.parametrize(
    ("text", "place", "agency", "day"),
    [
        ("BAGHDAD, March 28 (Reuters) - Rockets fell.", "BAGHDAD", "Reuters", None),
        ("BAGHDAD (Reuters) - Rockets fell.", "BAGHDAD", "Reuters", None),
        ("KABUL, Dec. 13 (Xinhua) -- Ten died.", "KABUL", "Xinhua", None),
        ("SAN SALVADOR, 30 OCT 89 (ACAN-EFE) -- [TEXT] The army said.", "SAN SALVADOR", "ACAN-EFE", date(1989, 10, 30)),
        (
            "SARAJEVO, Bosnia-Herzegovina, Aug. 28, 1995 (AP) — A shell fell.",
            "SARAJEVO, Bosnia-Herzegovina",
            "AP",
            date(1995, 8, 28),
        ),
        ("ST. GEORGE, Utah — A boy was held.", "ST. GEORGE, Utah", None, None),
        ("JERUSALEM, Reuters — A bus burned.", "JERUSALEM", "Reuters", None),
        ("BEIRUT/AMMAN (AFP) – Shells fell.", "BEIRUT/AMMAN", "AFP", None),
        ("NEW DELHI: The army said.", "NEW DELHI", None, None),
        ("Kyiv, Ukraine – The army said.", "Kyiv, Ukraine", None, None),
        ("BOSTON —", "BOSTON", None, None),
        ("(Reuters) - Blasts shook the city.", None, "Reuters", None),
    ],
)
def test_a_dateline_gives_place_agency_and_day(
    text: str, place: str | None, agency: str | None, day: date | None
) -> None:
    found = datelines.at(text, 0, len(text), opening=True)
    assert found is not None
    assert (found.place, found.agency, found.published) == (place, agency, day)
    assert text[found.end :] == "" or text[found.end].isupper()


@pytest.mark.parametrize(
    "text",
    [
        "Rockets fell on Baghdad on Friday.",
        "The president — who was abroad — said nothing.",
        "UN — The council met.",
        "Analysis: The war is not over.",
        "EXCLUSIVE — The army lied.",
        "WORLD",
        "NATO: We will stay.",
        "Troops and police — The army said.",
    ],
)
def test_what_is_no_dateline_is_none(text: str) -> None:
    assert datelines.at(text, 0, len(text), opening=True) is None


def test_a_place_in_small_letters_counts_only_where_a_story_opens() -> None:
    text = "Goma – The army said."
    assert datelines.at(text, 0, len(text), opening=True) is not None
    assert datelines.at(text, 0, len(text), opening=False) is None


def test_a_dateline_after_a_headline_in_one_line_is_found() -> None:
    text = "Mine kills two farmers MAPUTO (Reuters) - A mine went off."
    found = datelines.inside(text, 0, len(text))
    assert found is not None
    assert text[: found[0]] == "Mine kills two farmers "
    assert found[1].agency == "Reuters"
    assert datelines.inside("A mine went off. MAPUTO is calm - Nobody spoke.", 0, 47) is None
