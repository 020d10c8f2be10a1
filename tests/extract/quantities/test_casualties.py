from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.extract.quantities.casualties import find_casualties

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.language.document import Document, NamedEntity

Counted = tuple[str, int | None, int | None]


@pytest.mark.parametrize(
    ("text", "tolls"),
    [
        ("The blast killed 14 people.", [("killed", 14, 14)]),
        ("Fourteen people were killed in the blast.", [("killed", 14, 14)]),
        ("At least 31 people died.", [("killed", 31, None)]),
        ("The death toll rose to 31.", [("killed", 31, 31)]),
        ("The raid left 12 people dead.", [("killed", 12, 12)]),
        ("The raid claimed the lives of three officers.", [("killed", 3, 3)]),
        ("The raid killed a farmer and two boys.", [("killed", 3, 3)]),
        ("Five soldiers and three policemen were killed.", [("killed", 8, 8)]),
        ("The raid killed 15 civilians and 27 fighters.", [("killed", 15, 15), ("killed", 27, 27)]),
        ("The bomb killed ten people, wounding 20.", [("killed", 10, 10), ("injured", 20, 20)]),
        ("Ten people were killed and six others wounded.", [("killed", 10, 10), ("injured", 6, 6)]),
        ("5 killed, 10 wounded in bombing", [("killed", 5, 5), ("injured", 10, 10)]),
        ("Dozens were killed or wounded.", [("killed", None, None), ("injured", None, None)]),
        ("No one was hurt.", [("injured", 0, 0)]),
        ("There were no casualties.", [("killed", 0, 0), ("injured", 0, 0)]),
        ("Police arrested 13 people.", [("captured", 13, 13)]),
        ("More than 10,000 people have been displaced.", [("displaced", 10_000, None)]),
        ("Thirty people are still missing.", [("missing", 30, 30)]),
        ("Eight people, including three children, were killed.", [("killed", 8, 8)]),
        ("The Red Cross collected 470 bodies.", [("killed", 470, 470)]),
        ("At least 25 were hacked to death.", [("killed", 25, None)]),
        ("The rebels lost 15 fighters.", [("killed", 15, 15)]),
        ("Raids have driven 700,000 people from their homes.", [("displaced", 700_000, 700_000)]),
        ("Thousands fled on foot.", [("displaced", 1000, None)]),
        ("Pirates seized nine sailors.", [("captured", 9, 9)]),
        ("Soldiers arrested 2,000.", [("captured", 2000, 2000)]),
        ("Since 8 July 435 Palestinians and 20 Israelis have died.", [("killed", 435, 435), ("killed", 20, 20)]),
        ("The office said 17 of the dead were children.", [("killed", 17, 17)]),
        ("Among the dead were a nurse and two boys.", [("killed", 3, 3)]),
        ("The Red Cross puts the dead at 130. Rebel sources say 300.", [("killed", 130, 130), ("killed", 300, 300)]),
        ("Gunmen shot two policemen dead and wounded a third.", [("killed", 2, 2)]),
    ],
)
def test_tolls_are_read_with_their_bounds(document: Callable[..., Document], text: str, tolls: list[Counted]) -> None:
    found = find_casualties(document(text), ())
    assert [(toll.outcome, toll.minimum, toll.maximum) for toll in found] == tolls


@pytest.mark.parametrize(
    "text",
    [
        "About 5,000 troops are based there.",
        "The town lies 40 kilometres north of the border.",
        "Troops destroyed three villages.",
        "Fighters fired 20 rockets.",
        "The bomb could kill hundreds of people.",
        "They threatened to kill 20 hostages by noon.",
        "The singer died of cancer.",
        "The war began in 2011.",
        "The army lost three tanks.",
        "Two gunmen fled on a motorcycle.",
        "Drivers drove 300 people to the match.",
        "The minister said 300.",
        "Rebels seized three villages.",
    ],
)
def test_numbers_that_no_outcome_governs_are_no_tolls(document: Callable[..., Document], text: str) -> None:
    assert [t for t in find_casualties(document(text), ()) if t.outcome in ("killed", "injured", "displaced")] == []


def test_a_person_named_as_killed_counts_one(
    document: Callable[..., Document], entity: Callable[..., NamedEntity]
) -> None:
    story = document("A drone strike killed the militia leader Hadi Amari and wounded Karim Nasser.")
    people = (entity(story, 1, "Person", "Hadi Amari"), entity(story, 2, "Person", "Karim Nasser"))
    found = find_casualties(story, people)
    assert [(toll.outcome, toll.minimum, toll.text) for toll in found] == [
        ("killed", 1, "Hadi Amari"),
        ("injured", 1, "Karim Nasser"),
    ]


def test_the_group_is_written_as_the_text_has_it(document: Callable[..., Document]) -> None:
    (toll,) = find_casualties(document("Shelling killed at least nine pro-government fighters."), ())
    assert toll.group == toll.text == "at least nine pro-government fighters"
