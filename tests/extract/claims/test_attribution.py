from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.extract.claims.attribution import find_attributions
from kg.extract.claims.quotes import find_quotations

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.language.document import Document


def read(story: Document) -> list[tuple[str, str]]:
    """Sources and contents, as words."""
    return [(story.text[slice(*a.source)], story.text[slice(*a.content)]) for a in find_attributions(story)]


@pytest.mark.parametrize(
    ("text", "source", "content"),
    [
        ("Police said two men fired at the bus.", "Police", "two men fired at the bus"),
        ("The army said on Friday that it had left the town.", "army", "it had left the town"),
        ("Rebels left the town, the army said in a statement.", "army", "Rebels left the town"),
        ("Rebels left the town a monitoring group said.", "monitoring group", "Rebels left the town"),
        ("“They left at dawn,” said a resident.", "resident", "They left at dawn"),
        ("“They left at dawn,” he told reporters.", "he", "They left at dawn"),
        ("According to the army, rebels left the town.", "army", "rebels left the town"),
        ("Rebels left the town, according to the army.", "army", "Rebels left the town"),
        ("Sara Haddad, head of the clinic, said the wards were full.", "Sara Haddad, head of the clinic", "the wards were full"),
        ("A spokesman for the ministry said the wards were full.", "spokesman for the ministry", "the wards were full"),
        ("The minister told reporters last week that the road was closed.", "minister", "the road was closed"),
        ("5 killed in market blast, police say", "police", "5 killed in market blast"),
        ("Army: 5 killed in market blast", "Army", "5 killed in market blast"),
        ("The government denied that its jets had struck the camp.", "government", "its jets had struck the camp"),
        ("The strikes were condemned by the Kandari army.", "Kandari army", "The strikes"),
    ],
)  # fmt: skip
def test_source_and_content_are_told_apart(
    document: Callable[..., Document], text: str, source: str, content: str
) -> None:
    assert read(document(text)) == [(source, content)]


def test_adding_goes_on_with_the_same_source(document: Callable[..., Document]) -> None:
    story = document("The mayor said the road was closed, adding that two bridges had fallen.")
    assert read(story) == [("mayor", "the road was closed"), ("mayor", "two bridges had fallen")]


def test_a_relayed_statement_has_two_sources(document: Callable[..., Document]) -> None:
    story = document("State television quoted the minister as saying that troops had entered the port.")
    assert read(story) == [
        ("State television", "troops had entered the port"),
        ("minister", "troops had entered the port"),
    ]


def test_two_sources_of_one_statement_are_two_attributions(document: Callable[..., Document]) -> None:
    story = document("The bridge was destroyed, according to the army and the police.")
    assert [source for source, _ in read(story)] == ["army", "police"]


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("The attacks were blamed by officials on the Red Front, a militia.", "Red Front"),
        ("Recent attacks attributed to the Red Front by the army have angered many.", "Red Front"),
        ("The army accused the Red Front of shelling the port.", "Red Front"),
        ("The army blamed the Red Front for the attack.", "Red Front"),
        ("The Red Front, which the army says carried out the attack, fled.", "Red Front"),
    ],
)
def test_whom_a_source_blames_is_known(document: Callable[..., Document], text: str, accused: str) -> None:
    story = document(text)
    assert [story.text[slice(*a.accused)] for a in find_attributions(story) if a.accused] == [accused]


@pytest.mark.parametrize(
    "text",
    [
        "Troops entered the port on Friday.",
        "The blast claimed the lives of three officers.",
        "It is hard to say what will happen.",
        "The outlook is said to be poor.",
    ],
)
def test_the_outlets_own_voice_is_no_attribution(document: Callable[..., Document], text: str) -> None:
    assert read(document(text)) == []


def test_a_quotation_over_paragraphs_with_reopened_marks_is_one(document: Callable[..., Document]) -> None:
    story = document("“We left at dawn.\n\n“The road was empty,” he said.")
    (quotation,) = find_quotations(story)
    assert story.text[quotation.start : quotation.end].startswith("We left at dawn.")
    assert story.text[quotation.start : quotation.end].endswith("The road was empty,")


def test_a_mark_without_a_partner_quotes_nothing(document: Callable[..., Document]) -> None:
    assert find_quotations(document("“We left at dawn, he said.")) == ()
