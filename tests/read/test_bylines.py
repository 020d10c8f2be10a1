"""Who wrote, who photographed."""

from __future__ import annotations

import pytest

from kg.model import Image
from kg.read import bylines


@pytest.mark.parametrize(
    ("line", "authors", "agency"),
    [
        ("By Ann Low and Bo de Vries", ("Ann Low", "Bo de Vries"), None),
        ("- By Ann Low, Bo Berg and Cy Dean", ("Ann Low", "Bo Berg", "Cy Dean"), None),
        ("BY ANN LOW", ("ANN LOW",), None),
        ("By Ann Low in Beirut and Bo Berg in Cairo", ("Ann Low", "Bo Berg"), None),
        ("By Ann Low, Reuters", ("Ann Low",), "Reuters"),
        ("By Ann Low | AFP", ("Ann Low",), "AFP"),
        ("By The Associated Press", (), "The Associated Press"),
        ("By Staff Writer", (), None),
        ("By Ann Low, Staff Writer", ("Ann Low",), None),
        ("By Northern News Agency", (), "Northern News Agency"),
    ],
)
def test_a_byline_gives_its_authors_and_its_agency(line: str, authors: tuple[str, ...], agency: str | None) -> None:
    assert bylines.is_byline(line)
    assert bylines.byline(line)[:2] == (authors, agency)


@pytest.mark.parametrize(
    "line",
    [
        "By noon the troops had left.",
        "By the end of the day",
        "By nightfall, Ann Low said, all was quiet.",
        "Bystanders ran",
    ],
)
def test_a_sentence_that_begins_with_by_is_no_byline(line: str) -> None:
    assert not bylines.is_byline(line)


@pytest.mark.parametrize(
    ("words", "creator", "credit"),
    [
        ("Ann Low/Associated Press", "Ann Low", "Associated Press"),
        ("Ann Low/Associated Presss", "Ann Low", "Associated Press"),
        ("AP Photo/Ann Low", "Ann Low", "AP"),
        ("Photo: Ann Low", "Ann Low", None),
        ("REUTERS", None, "Reuters"),
        ("Ann Low via Getty Images", "Ann Low", "Getty Images"),
        ("Ann Low for The Example Courier", "Ann Low", "The Example Courier"),
        ("Ministry of Defence", None, "Ministry of Defence"),
        ("", None, None),
    ],
)
def test_a_credit_tells_photographer_and_agency_apart(words: str, creator: str | None, credit: str | None) -> None:
    assert bylines.image("A bridge.", words) == Image("A bridge.", creator, credit)


def test_only_an_obvious_slip_of_a_known_agency_is_corrected() -> None:
    assert bylines.corrected("Agence France-Pressse") in ("Agence France-Presse", "Agence France Presse")
    assert bylines.corrected("Associated Mills") == "Associated Mills"
    assert bylines.corrected("AFB") == "AFB"
