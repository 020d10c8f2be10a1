"""Names compared: what two spellings share, and what they must not."""

from __future__ import annotations

import pytest

from kg.names import acronyms, similarity, sound_key, without_titles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Qasim Suleymany", "Qasem Soleimani"),
        ("Kataib Hizbullah", "Kata'ib Hezbollah"),
        ("Deir ezZor", "Dayr az-Zawr"),
        ("Muammar Gaddafi", "Moammar Qaddafi"),
    ],
)
def test_transliterations_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other) != ""


def test_other_names_sound_different_and_short_or_foreign_ones_have_no_sound() -> None:
    assert sound_key("Mosul Dam") != sound_key("Basra Dam")
    assert sound_key("Iran") == sound_key("بغداد") == ""


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Gen. Qassem Soleimani", "Qassem Soleimani"),
        ("Prime Minister Sheikh Hasina", "Hasina"),
        ("General", "General"),
        ("Qassem Soleimani", "Qassem Soleimani"),
    ],
)
def test_titles_go_as_long_as_a_name_stays(name: str, bare: str) -> None:
    assert without_titles(name) == bare


def test_acronyms_are_made_with_and_without_small_words() -> None:
    assert acronyms("Front for the Liberation of the South") == ("fls", "fftlots")
    assert acronyms("United Nations") == ()


def test_similarity_runs_from_none_to_the_same() -> None:
    assert similarity("Mosul", "mosul") == 1.0
    assert similarity("Mosul", "") == 0.0
    assert similarity("Mosul", "Mossul") > similarity("Mosul", "Basra")
