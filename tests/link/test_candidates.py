"""Which items a name may mean: each way of finding, and that a later way waits for the earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.link.candidates import candidates

if TYPE_CHECKING:
    from kg.link.index import Index


def found(index: Index, name: str) -> list[tuple[str, str]]:
    return [(index.facts(one.entity).qid, one.how) for one in candidates(index, name)]


@pytest.mark.parametrize(
    ("name", "qid", "how"),
    [
        ("Norland", "Q1", "label"),
        ("P.F.N.", "Q8", "acronym"),
        ("Gen. Qadir Solmani", "Q6", "rewritten"),
        ("the Daily Lantern's", "Q10", "rewritten"),
        ("Norlandic-led coalition", "Q1", "demonym"),
        ("Norlandic President Qadir Solmani", "Q6", "rewritten"),
        ("Kaadir Solmanni", "Q6", "sound"),
        ("Qadir Solmany", "Q6", "slip"),
        ("city of Harbin Gate", "Q3", "rewritten"),
    ],
)
def test_a_name_is_found_by(index: Index, name: str, qid: str, how: str) -> None:
    assert found(index, name)[0] == (qid, how)


def test_a_well_spelt_name_does_not_meet_its_look_alikes(index: Index) -> None:
    assert {how for _, how in found(index, "Milltown")} <= {"label", "variant"}


def test_an_unknown_name_has_no_candidates(index: Index) -> None:
    assert found(index, "Zebulon Quartermaine") == []


def test_look_alikes_can_be_left_out(index: Index) -> None:
    assert candidates(index, "Qadir Solmany", fuzzy=False) == []
