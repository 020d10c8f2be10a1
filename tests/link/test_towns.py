"""Towns without item: located where name and article leave one, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import ConfigError
from kg.link import OfflineLinker, towns
from kg.link.towns import Town, Towns
from kg.model import Annotations, Article, Entity, EntityType, Metadata, Span, View

if TYPE_CHECKING:
    from pathlib import Path

    from kg.link.index import Index

TOWNS = (
    Town(("Kesra", "Al-Kesra"), 11, "Q1", 12.3456, -45.6789, 60_000),
    Town(("Kesra",), 12, "Q2", 1.0, 2.0, 9_000),
    Town(("Vilmo",), 13, "Q1", 3.0, 4.0, 20_000),
    Town(("Twin",), 14, "Q1", 5.0, 6.0, 30_000),
    Town(("Twin",), 15, "Q1", 7.0, 8.0, 20_000),
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Towns:
    folder = tmp_path_factory.mktemp("towns")
    assert towns.write(folder, TOWNS) == 6
    return Towns(folder)


def test_the_country_of_the_article_tells_namesakes_apart(known: Towns) -> None:
    at_home = known.located("Kesra", {"Q2": 1.0})
    assert at_home is not None
    assert (at_home.latitude, at_home.longitude, at_home.country) == (1.0, 2.0, "Q2")
    assert known.located("Vilmo", {"Q2": 1.0}) is None, "a town of another country is not meant"


def test_without_a_country_only_a_large_town_is_meant(known: Towns) -> None:
    large = known.located("al kesra", {})
    assert large is not None
    assert large.latitude == pytest.approx(12.3456)
    assert large.iri == "https://sws.geonames.org/11/"
    assert known.located("Vilmo", {}) is None
    assert known.located("Nowhere", {}) is None


def test_two_towns_of_like_size_are_not_guessed_between(known: Towns) -> None:
    assert known.located("Twin", {"Q1": 1.0}) is None


def test_only_places_that_got_no_item_are_located(known: Towns, index: Index) -> None:
    names: list[tuple[str, EntityType]] = [("Norland", "Place"), ("Vilmo", "Place"), ("Vilmo", "Organization")]
    entities = tuple(Entity(f"e{at}", name, kind, (Span(0, len(name), name),)) for at, (name, kind) in enumerate(names))
    article = Article("0" * 16, "test", "", View("", ()), (), Metadata(), "test")
    links = OfflineLinker(index, towns=known)(article, Annotations("test", True, entities=entities))
    assert [one.located is not None for one in links.entities] == [False, True, False]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="reinstall"):
        Towns(tmp_path)


def test_the_same_towns_give_the_same_bytes(tmp_path: Path) -> None:
    towns.write(tmp_path / "a", TOWNS)
    towns.write(tmp_path / "b", reversed(TOWNS))
    assert (tmp_path / "a" / towns.FILE).read_bytes() == (tmp_path / "b" / towns.FILE).read_bytes()
