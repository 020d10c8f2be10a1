"""HTML pages with and without JSON-LD."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from kg.model import Article, Image

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., Article]
    Show = Callable[[Article], list[tuple[str, str]]]

PARAGRAPHS = (
    "ARLEN (Reuters) - Gunmen attacked a checkpoint near the town of Arlen on Friday and killed two soldiers, the army said.",
    "Nobody claimed responsibility for the attack. The governor of the province blamed a local militia, which denied it.",
    "“We heard the shots and ran into the cellar with the neighbours,” said a woman who lives beside the old bridge.",
)
CAPTION = "Soldiers wait at a bridge near Arlen on Friday."
POSTING = {
    "@type": "NewsArticle",
    "headline": "Two soldiers killed at checkpoint",
    "datePublished": "2020-03-28T10:15:00Z",
    "author": [{"@type": "Person", "name": "Ann Low"}, {"@type": "Person", "name": "Bo Berg"}],
    "publisher": {"@type": "Organization", "name": "The Example Courier"},
    "articleSection": ["World", "Africa"],
    "inLanguage": "en",
    "mainEntityOfPage": {"@id": "https://a.example/arlen"},
    "image": {"caption": CAPTION, "creator": {"name": "Cy Dean"}, "creditText": "Associated Press"},
}


def page(
    *,
    ld: object = None,
    head: str = "",
    before: str = "<h1>Two soldiers killed at checkpoint</h1>",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
) -> str:
    script = (
        f'<script type="application/ld+json">{ld if isinstance(ld, str) else json.dumps(ld)}</script>' if ld else ""
    )
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    return f"<!doctype html><html lang='en'><head>{head}{script}</head><body><nav><a href='/'>Home</a></nav><main><article>{before}{body}</article></main><footer><p>All rights reserved.</p></footer></body></html>"


@pytest.mark.parametrize("wrap", [lambda p: p, lambda p: [p], lambda p: {"@graph": [{"@type": "WebSite"}, p]}])
def test_json_ld_feeds_the_metadata(read_one: Read, wrap: Callable[[object], object]) -> None:
    stated = read_one(page(ld=wrap(POSTING)), "page.html").metadata
    assert stated.headline == "Two soldiers killed at checkpoint"
    assert stated.published == datetime(2020, 3, 28, 10, 15, tzinfo=UTC)
    assert stated.authors == ("Ann Low", "Bo Berg")
    assert (stated.publisher, stated.section, stated.language) == ("The Example Courier", "World", "en")
    assert stated.url == "https://a.example/arlen"
    assert stated.images == (Image(CAPTION, "Cy Dean", "Associated Press"),)
    assert (stated.dateline, stated.agency) == ("ARLEN", "Reuters")


@pytest.mark.parametrize(
    "kind",
    ["NewsArticle", "ReportageNewsArticle", "BlogPosting", ["Article", "NewsArticle"], "http://schema.org/Article"],
)
def test_every_kind_of_article_of_schema_org_counts(read_one: Read, kind: object) -> None:
    assert read_one(page(ld={**POSTING, "@type": kind}), "page.html").metadata.publisher == "The Example Courier"


def test_the_text_is_headline_paragraphs_and_captions_joined_by_blank_lines(read_one: Read, blocks: Show) -> None:
    article = read_one(page(ld=POSTING), "page.html")
    assert article.text == "\n\n".join(["Two soldiers killed at checkpoint", *PARAGRAPHS, CAPTION])
    assert [kind for kind, _ in blocks(article)] == [
        "headline",
        "dateline",
        "paragraph",
        "paragraph",
        "paragraph",
        "caption",
    ]


def test_meta_tags_feed_the_metadata_where_json_ld_is_missing_or_broken(read_one: Read) -> None:
    head = (
        '<title>Two soldiers killed at checkpoint | The Example Courier</title><meta property="og:site_name" content="The Example Courier">'
        '<meta property="article:published_time" content="2020-03-28"><meta name="author" content="Ann Low">'
        '<meta property="article:section" content="World"><link rel="canonical" href="https://a.example/arlen">'
    )
    for ld in (None, "{broken", {"@type": "WebPage"}):
        stated = read_one(page(head=head, ld=ld, before=""), "page.html").metadata
        assert stated.headline == "Two soldiers killed at checkpoint"
        assert (stated.publisher, stated.section, stated.url) == (
            "The Example Courier",
            "World",
            "https://a.example/arlen",
        )
        assert (stated.authors, stated.published) == (("Ann Low",), date(2020, 3, 28))


def test_lines_of_the_story_feed_the_metadata_where_the_markup_says_nothing(read_one: Read) -> None:
    before = "<h1>Two soldiers killed at checkpoint</h1><p>By Ann Low</p><p>28 March 2020</p>"
    article = read_one(page(before=before), "page.html")
    assert (article.metadata.authors, article.metadata.published) == (("Ann Low",), date(2020, 3, 28))
    assert "Ann Low" not in article.view.text


def test_a_page_that_states_no_day_has_none(read_one: Read) -> None:
    assert read_one(page(), "page.html").metadata.published is None


def test_a_time_element_is_a_stated_day(read_one: Read) -> None:
    assert read_one(
        page(before="<h1>Two killed</h1><time datetime='2020-03-28'>today</time>"), "page.html"
    ).metadata.published == date(2020, 3, 28)


def test_a_figure_caption_is_read_once_and_its_credit_is_metadata(read_one: Read, blocks: Show) -> None:
    figure = f"<h1>Two killed at checkpoint</h1><figure><img src='a.jpg'><figcaption>{CAPTION} (Cy Dean/AP)</figcaption></figure>"
    article = read_one(page(before=figure), "page.html")
    assert article.metadata.images == (Image(CAPTION, "Cy Dean", "AP"),)
    assert [words for kind, words in blocks(article) if kind == "caption"] == [CAPTION]
    assert article.text.count("Soldiers wait") == 1


def test_the_article_body_of_json_ld_counts_where_the_page_shows_less(read_one: Read) -> None:
    article = read_one(
        page(ld={**POSTING, "articleBody": "\n\n".join(PARAGRAPHS)}, paragraphs=("Subscribe to read on.",)), "page.html"
    )
    assert PARAGRAPHS[1] in article.view.text


def test_navigation_and_footers_are_not_read(read_one: Read) -> None:
    text = read_one(page(ld=POSTING), "page.html").text
    assert "Home" not in text
    assert "rights reserved" not in text


def test_a_page_is_known_without_its_suffix(read_one: Read) -> None:
    assert read_one(page(ld=POSTING), "story.txt").metadata.publisher == "The Example Courier"
    assert read_one(page(ld=POSTING), "https://a.example/news/arlen").name == "arlen"
