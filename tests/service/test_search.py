"""The search index, as the store under it changes."""

from __future__ import annotations

import sqlite3
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from kg.mapping import map_article, ontology_triples
from kg.model import Annotations, Article, Entity, Event, Link, Links, Metadata, Span, View
from kg.service.search import SearchIndex, Wanted
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        opened.replace_graph(opened.iris.graph("ontology"), ontology_triples())
        yield opened


@pytest.fixture
def index(store: Store, tmp_path: Path) -> SearchIndex:
    return SearchIndex(store, tmp_path / "search.sqlite")


def put(store: Store, number: int, text: str, *, name: str = "Tamar Ridge", mark: str = "a") -> str:
    """Put an article that names one place and tells of one raid, and return its IRI."""
    ident = f"{number:016x}"
    start = text.index(name)
    place = Span(start, start + len(name), name)
    raid = text.index("raid")
    whole = Span(0, len(text), text)
    article = Article(
        ident, ident, text, View(text, ((0, 0, len(text)),)), (), Metadata(headline=f"Raid {number}"), ident
    )
    annotations = Annotations(
        ident,
        about_conflict=True,
        sentences=(whole,),
        entities=(Entity("e1", name, "Place", (place,)),),
        events=(Event("v1", "ArmedAssault", Span(raid, raid + 4, "raid"), "happened"),),
    )
    store.put(map_article(article, annotations, Links((Link("e1", None),)), iris=store.iris, fingerprint=mark))
    return store.iris.article(ident)


def found(index: SearchIndex, wanted: Wanted) -> list[str]:
    patience = monotonic() + 30
    while not index.refresh() and monotonic() < patience:
        sleep(0.05)
    return [hit.iri for hit in index.find(wanted, limit=20)]


def test_what_is_put_is_found_and_what_is_removed_is_not(store: Store, index: SearchIndex) -> None:
    one = put(store, 1, "Soldiers made a raid at Tamar Ridge before dawn.")
    two = put(store, 2, "A raid near Osk failed.", name="Osk")
    assert found(index, Wanted("dawn", kind="articles")) == [one]
    assert len(found(index, Wanted(kind="events"))) == 2
    store.remove(two)
    assert found(index, Wanted("osk")) == []
    assert found(index, Wanted("dawn", kind="articles")) == [one]


def test_a_rebuilt_article_is_found_by_its_new_words_alone(store: Store, index: SearchIndex) -> None:
    put(store, 1, "Soldiers made a raid at Tamar Ridge before dawn.")
    assert found(index, Wanted("dawn"))
    article = put(store, 1, "Soldiers made a raid at Tamar Ridge at noon.", mark="b")
    assert found(index, Wanted("dawn")) == []
    assert found(index, Wanted("noon", kind="articles")) == [article]


def test_word_forms_accents_and_the_beginning_of_the_last_word_do(store: Store, index: SearchIndex) -> None:
    article = put(store, 1, "The raiders fled; a raid on Tamár Ridge had failed.", name="Tamár Ridge")
    for words in ("raided", "TAMAR", "tamar rid", '"raid on tamar"'):
        assert article in found(index, Wanted(words)), words
    assert found(index, Wanted('"on raid"')) == []


def test_filters_hold_for_what_they_name(store: Store, index: SearchIndex) -> None:
    put(store, 1, "Soldiers made a raid at Tamar Ridge.")
    assert len(found(index, Wanted(types=("ArmedAssault",)))) == 1
    assert found(index, Wanted(types=("Protest",))) == []
    assert found(index, Wanted(actuality="planned")) == []
    assert found(index, Wanted(first="2016")) == []  # what has no date is in no span of days


def test_a_second_process_s_index_and_a_lost_one_are_filled_again(
    store: Store, index: SearchIndex, tmp_path: Path
) -> None:
    put(store, 1, "Soldiers made a raid at Tamar Ridge.")
    expected = found(index, Wanted("ridge"))
    assert expected
    assert found(SearchIndex(store, tmp_path / "search.sqlite"), Wanted("ridge")) == expected
    assert found(SearchIndex(store, tmp_path / "other.sqlite"), Wanted("ridge")) == expected


def test_an_index_of_another_version_is_made_anew(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript("CREATE TABLE item (other); PRAGMA user_version = 99;")
    old.close()
    article = put(store, 1, "Soldiers made a raid at Tamar Ridge.")
    assert article in found(SearchIndex(store, path), Wanted("ridge"))
