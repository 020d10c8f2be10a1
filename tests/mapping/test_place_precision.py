"""How precisely a place locates an event, by the words beside its name and by what the index says of its item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.iris import Iris
from kg.mapping.codes import place_precision
from kg.mapping.sheet import Sheet
from kg.model import Annotations, Article, Candidate, Entity, EventPlace, Link, Links, Metadata, Span, View
from kg.vocab import CNV

if TYPE_CHECKING:
    from rdflib import URIRef


def precision(text: str, name: str, *, kind: str = "Place", item: Candidate | None = None) -> URIRef:
    start = text.index(name)
    span = Span(start, start + len(name), name)
    article = Article("0" * 16, "a", text, View(text, ((0, 0, len(text)),)), (), Metadata(), "a.txt")
    entity = Entity("e1", name, kind, (span,))  # type: ignore[arg-type]
    sheet = Sheet(article, Annotations("a", True, entities=(entity,)), Links((Link("e1", item),)), Iris())
    return place_precision(sheet, (EventPlace(span, "e1"),))


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("A bomb went off in the town of Orel.", "Orel", "settlement"),
        ("A bomb went off in Orel city.", "Orel", "settlement"),
        ("Fighting spread through Brann province.", "Brann", "region"),
        ("Fighting spread through the province of Brann.", "Brann", "region"),
        ("A bomb went off in Orel.", "Orel", "named-place"),
        ("A bomb went off near Orel city.", "Orel", "vicinity"),
        ("A bomb went off in Vardan, whose capital is Tarsk.", "Vardan", "named-place"),
    ],
)
def test_words_beside_the_name_tell_what_kind_of_place_it_is(text: str, name: str, code: str) -> None:
    assert precision(text, name) == CNV[code]


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("city, city with millions of inhabitants", "settlement"),
        ("province of Vardan", "region"),
        ("administrative region of Vardan, city", "settlement"),
        ("river", "named-place"),
        (None, "named-place"),
    ],
)
def test_without_such_words_the_description_of_the_item_tells(description: str | None, code: str) -> None:
    item = Candidate("Q900001", "Orel", 0.9, "Place", description=description, country="Q900002")
    assert precision("A bomb went off in Orel.", "Orel", item=item) == CNV[code]


def test_words_in_the_text_win_over_the_item() -> None:
    item = Candidate("Q900001", "Orel", 0.9, "Place", description="city", country="Q900002")
    assert precision("Fighting spread through Orel province.", "Orel", item=item) == CNV.region


def test_a_country_stays_a_country() -> None:
    item = Candidate("Q900002", "Vardan", 0.9, "Place", description="city-state", country="Q900002")
    assert precision("A bomb went off in Vardan.", "Vardan", item=item) == CNV.country
