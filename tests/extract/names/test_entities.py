from __future__ import annotations

import re

import pytest

from kg.extract.language.document import Mention, NamedEntity, analyse
from kg.extract.names.entities import group_mentions
from kg.model import Article, Block, EntityType, Metadata, View

_MARK = re.compile(r"\[([^|\]]+)\|(\w+)\]")
_TYPES: dict[str, EntityType] = {
    "P": "Person", "L": "Place", "O": "Organization", "A": "ArmedGroup", "S": "StateForce", "N": "Nationality", "M": "Media",
}  # fmt: skip


def group(marked: str) -> tuple[NamedEntity, ...]:
    """Group mentions that are written into the text: `[Ali Hassan|P] met [Hassan|P].`"""
    text, mentions, before = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[before : match.start()]
        mentions.append(Mention(len(text), len(text) + len(match[1]), match[1], _TYPES[match[2]]))
        text += match[1]
        before = match.end()
    text += marked[before:]
    view = View(text, ((0, 0, len(text)),))
    article = Article("0" * 16, "a", text, view, (Block("paragraph", 0, len(text)),), Metadata(), "a")
    return group_mentions(analyse(article), mentions)


def shown(marked: str) -> list[tuple[str, int]]:
    return [(entity.name, len(entity.mentions)) for entity in group(marked)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Gen. [Karim Daoud|P] spoke. [Daoud|P] left.", [("Karim Daoud", 2)]),
        ("[Daoud|P] spoke. Later [Karim Daoud|P] left.", [("Karim Daoud", 2)]),
        ("[Qassem Soleimani|P] and [Qasem Soleimani|P]", [("Qassem Soleimani", 2)]),
        ("[Bashar al-Assad|P], [Assad|P] and [al-Assad|P]", [("Bashar al-Assad", 3)]),
        ("[KARIM DAOUD|P] spoke. [Karim Daoud|P] left.", [("Karim Daoud", 2)]),
        ("[John F. Hale|P], then [John Hale|P]", [("John F. Hale", 2)]),
        ("[U.S.|L], [United States|L] and [America|L]", [("United States", 3)]),
        ("[Britain|L] and [UK|L]", [("United Kingdom", 2)]),
        ("[Valley Defence Front|A] ([VDF|A]) said. [VDF|A] fled.", [("Valley Defence Front", 3)]),
        (
            "[Northern Observatory for Peace|O] said. The [Observatory|O] added.",
            [("Northern Observatory for Peace", 2)],
        ),
        ("[ISIS|A], or [Islamic State|A], or [Daesh|A]", [("Islamic State", 3)]),
        ("[Kata'ib Hezbollah|A] and [Kataib Hezbollah|A] and [Kata’ib Hezbollah|A]", [("Kata'ib Hezbollah", 3)]),
        ("[SAN SALVADOR|L] — In [San Salvador|L]", [("San Salvador", 2)]),
        ("[Syrian|N] men and [Syrians|N]", [("Syrian", 2)]),
        ("[al-Raqqa|L] and [Raqqa|L]", [("al-Raqqa", 2)]),
        ("[Tigris River|L] and the [Tigris|L]", [("Tigris River", 2)]),
        ("[National Council of Voters|O] ([CNV|O])", [("National Council of Voters", 2)]),
        ("[Bolivarian Border Guard|S] ([GFB|S]) said. [GFB|S] left.", [("Bolivarian Border Guard", 3)]),
        ("[Alawite|N] towns where [Alawites|N] live", [("Alawite", 2)]),
        ("[Carlos Pizano Leon|P] ran. [Pizano|P] fell.", [("Carlos Pizano Leon", 2)]),
    ],
)
def test_names_of_one_bearer_come_together(marked: str, expected: list[tuple[str, int]]) -> None:
    assert shown(marked) == expected


@pytest.mark.parametrize(
    "marked",
    [
        "[Tara Voss|P] and her brother [Emil Voss|P]",
        "[Iraq|L] and [Iraqi|N]",
        "[UN|O] and [UN Security Council|O]",
        "[Hezbollah|A] and [Kata'ib Hezbollah|A]",
        "[Taji|L] and [Camp Taji|L]",
        "[Sudan|L] and [South Sudan|L]",
        "[Jordan|L] and [Jordan|P]",
        "[Free Army|A] and [Free Party|O]",
    ],
)
def test_names_of_two_bearers_stay_apart(marked: str) -> None:
    found = group(marked)
    if marked.startswith("[Jordan"):
        assert sum(len(entity.mentions) for entity in found) == 2
    else:
        assert len(found) == 2


def test_a_surname_of_two_bearers_joins_the_one_named_last() -> None:
    found = group("[Tara Voss|P] spoke. [Voss|P] wept. [Emil Voss|P] came. [Voss|P] laughed. [Tara|P] left.")
    assert [(entity.name, [m.text for m in entity.mentions]) for entity in found] == [
        ("Tara Voss", ["Tara Voss", "Voss", "Tara"]),
        ("Emil Voss", ["Emil Voss", "Voss"]),
    ]


def test_a_capital_that_acts_is_its_country_and_one_that_is_a_place_is_not() -> None:
    found = group("[United States|L] troops left. [Washington|L] said so. He was in [Washington|L] on Monday.")
    assert [(entity.name, len(entity.mentions)) for entity in found] == [("United States", 2), ("Washington", 1)]


def test_the_type_is_that_of_most_mentions() -> None:
    (entity,) = group("[Red Front|O], [Red Front|A], [Red Front|A]")
    assert entity.type == "ArmedGroup"


def test_ids_follow_the_first_mention_and_every_mention_is_in_one_entity() -> None:
    found = group("[Daoud|P] met [Acme|O] in [Mosul|L]. [Karim Daoud|P] left [Mosul|L].")
    assert [entity.id for entity in found] == ["e1", "e2", "e3"]
    assert [entity.name for entity in found] == ["Karim Daoud", "Acme", "Mosul"]
    assert sum(len(entity.mentions) for entity in found) == 5


def test_no_mentions_make_no_entities() -> None:
    assert group("Nobody came.") == ()
