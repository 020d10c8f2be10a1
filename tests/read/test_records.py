"""JSON and JSON Lines: every synonym, names, offsets."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from kg.model import Article, Image
from kg.read import read
from kg.read.fields import SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., Article]
    Show = Callable[[Article], list[tuple[str, str]]]

BODY = "Gunmen attacked a checkpoint near the town of Arlen on Friday and killed two soldiers, the army said."


def one(record: object, name: str = "a.json") -> Article:
    (article,) = read(json.dumps(record).encode(), name)
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("key", ["text", "body", "content", "article", "articleBody", "full_text", "Text"])
def test_every_name_of_the_text_is_read_and_offsets_point_into_it(key: str) -> None:
    article = one({key: f"  {BODY}\n"})
    assert article.text == f"  {BODY}\n"
    assert article.span(0, 6).start == 2


@pytest.mark.parametrize("key", ["title", "headline", "Headline", "article_title"])
def test_every_name_of_the_title_is_read(key: str) -> None:
    assert one({key: "Two killed", "text": BODY}).metadata.headline == "Two killed"


@pytest.mark.parametrize(
    "key", ["date", "published", "datePublished", "pub_date", "date_published", "publishedAt", "publish_date"]
)
def test_every_name_of_the_date_is_read(key: str) -> None:
    assert one({key: "2020-03-28", "text": BODY}).metadata.published == date(2020, 3, 28)


@pytest.mark.parametrize("key", ["url", "link", "canonical_url"])
def test_every_name_of_the_address_is_read(key: str) -> None:
    stated = one({key: "https://a.example/2020/03/28/x", "text": BODY}).metadata
    assert stated.url == "https://a.example/2020/03/28/x"
    assert stated.published == date(2020, 3, 28)


@pytest.mark.parametrize("key", ["source", "publisher", "outlet", "newspaper", "site_name"])
def test_every_name_of_the_publisher_is_read(key: str) -> None:
    assert one({key: "The Example Courier", "text": BODY}).metadata.publisher == "The Example Courier"
    assert one({key: {"name": "The Example Courier"}, "text": BODY}).metadata.publisher == "The Example Courier"


@pytest.mark.parametrize("key", ["authors", "author", "byline"])
@pytest.mark.parametrize(
    "value",
    [["Ann Low", "Bo Berg"], "Ann Low, Bo Berg", "By Ann Low and Bo Berg", [{"name": "Ann Low"}, {"name": "Bo Berg"}]],
)
def test_every_name_and_shape_of_the_authors_is_read(key: str, value: object) -> None:
    assert one({key: value, "text": BODY}).metadata.authors == ("Ann Low", "Bo Berg")


def test_an_agency_among_the_authors_is_the_agency() -> None:
    stated = one({"authors": ["Ann Low", "Reuters"], "text": BODY}).metadata
    assert (stated.authors, stated.agency) == (("Ann Low",), "Reuters")


def test_section_language_and_images_are_read() -> None:
    image = {"caption": "A bridge.", "creator": "Cy Dean", "credit": "Associated Presss"}
    stated = one(
        {"section": "World", "lang": "en", "images": [image, "https://a.example/1.jpg"], "text": BODY}
    ).metadata
    assert (stated.section, stated.language) == ("World", "en")
    assert stated.images == (Image("A bridge.", "Cy Dean", "Associated Press"),)


def test_a_time_stamp_in_seconds_is_read() -> None:
    assert one({"date": 1585390500, "text": BODY}).metadata.published == datetime(2020, 3, 28, 10, 15, tzinfo=UTC)


def test_a_title_that_the_text_does_not_repeat_is_metadata_only(blocks: Show) -> None:
    article = one({"title": "Two killed", "text": BODY})
    assert blocks(article) == [("paragraph", BODY)]
    assert "Two killed" not in article.text


def test_a_title_that_the_text_repeats_is_its_headline_block(blocks: Show) -> None:
    assert blocks(one({"title": "Two killed", "text": f"Two killed\n\n{BODY}"})) == [
        ("headline", "Two killed"),
        ("paragraph", BODY),
    ]


def test_a_field_wins_over_what_the_text_says() -> None:
    stated = one(
        {"title": "Two killed", "date": "2020-03-28", "text": f"Other words here\n27 March 2020\n\n{BODY}"}
    ).metadata
    assert (stated.headline, stated.published) == ("Two killed", date(2020, 3, 28))


def test_a_value_that_does_not_fit_its_field_is_left_out() -> None:
    stated = one({"date": "soon", "url": "arlen", "authors": 7, "title": True, "text": BODY}).metadata
    assert (stated.published, stated.url, stated.headline) == (None, None, None)


def test_records_are_named_by_their_own_id_or_by_file_and_number() -> None:
    lines = "\n".join(json.dumps(record) for record in [{"id": "arlen-1", "text": BODY}, {"text": BODY}])
    assert [item.name for item in read(lines.encode(), "news/desk.jsonl") if isinstance(item, Article)] == [
        "arlen-1",
        "desk-2",
    ]
    assert one({"text": BODY}, "news/desk.json").name == "desk"


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: {"articles": r}])
def test_an_array_of_records_gives_an_article_each(wrap: Callable[[list[object]], object]) -> None:
    found = list(read(json.dumps(wrap([{"text": BODY}, {"text": BODY + " More."}])).encode(), "a.json"))
    assert [item.name for item in found if isinstance(item, Article)] == ["a-1", "a-2"]


def test_json_without_a_suffix_is_known_by_its_first_letter() -> None:
    assert one({"text": BODY}, "-").name == "stdin"
    two = json.dumps({"text": BODY}) + "\n" + json.dumps({"text": BODY + " More."})
    assert len(list(read(two.encode(), "-"))) == 2


def test_a_dump_inside_a_record_is_read_as_a_dump() -> None:
    article = one({"text": f"Two killed at checkpoint\n\n- By Ann Low\n\n{BODY}\n\nNewspapers in English\n"})
    assert article.metadata.authors == ("Ann Low",)
    assert "Newspapers" not in article.view.text


def test_no_name_stands_for_two_fields() -> None:
    names = [name for synonyms in SYNONYMS.values() for name in synonyms]
    assert len(names) == len(set(names)) > 30
