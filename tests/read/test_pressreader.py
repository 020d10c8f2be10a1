"""PressReader dumps in their variants."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kg.model import Article, Image
from kg.read import read_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[..., Article]
    Show = Callable[[Article], list[tuple[str, str]]]

BODY = "Rebels and the army agreed on Friday to exchange prisoners near the town of Arlen, mediators said."
MORE = "Both sides blamed each other for the shelling of a market last week."
CAPTION = "Soldiers wait at a bridge near Arlen on Friday."
FOOTER = "Newspapers in English\n\nNewspapers from Ireland\n"


def dump(
    *, outlet: str = "The Example Courier\n\n", byline: str = "- By Ann Low and Bo Berg\n\n", photos: str = ""
) -> str:
    return f"{outlet}Foes agree to swap prisoners\n\n{byline}{BODY}\n\n{MORE}\n\n{photos}{FOOTER}"


PHOTO = f" ?? Cy Dean/Associated Presss ?? {CAPTION}\nCy Dean/Associated Presss {CAPTION}\n\n"


def test_a_dump_gives_publication_headline_authors_and_paragraphs(read_one: Read, blocks: Show) -> None:
    article = read_one(dump())
    assert article.metadata.publisher == "The Example Courier"
    assert article.metadata.headline == "Foes agree to swap prisoners"
    assert article.metadata.authors == ("Ann Low", "Bo Berg")
    assert article.metadata.published is None
    assert blocks(article) == [("headline", "Foes agree to swap prisoners"), ("paragraph", BODY), ("paragraph", MORE)]


def test_a_photo_gives_caption_creator_and_the_agency_by_its_own_spelling(read_one: Read, blocks: Show) -> None:
    article = read_one(dump(photos=PHOTO))
    assert article.metadata.images == (Image(CAPTION, "Cy Dean", "Associated Press"),)
    assert blocks(article)[-1] == ("caption", CAPTION)
    assert "Associated Presss" in article.text
    assert "Cy Dean" not in article.view.text


def test_several_photos_are_read_once_each(read_one: Read, blocks: Show) -> None:
    other = "Mediators leave a hotel in Arlen."
    photos = f" ?? AP ?? {CAPTION}\n ?? Cy Dean ?? {other}\nAP {CAPTION}\nCy Dean {other}\n\n"
    article = read_one(dump(photos=photos))
    assert article.metadata.images == (Image(CAPTION, None, "AP"), Image(other, "Cy Dean", None))
    assert [words for kind, words in blocks(article) if kind == "caption"] == [CAPTION, other]


def test_a_photo_in_the_middle_keeps_the_order_of_the_blocks(read_one: Read, blocks: Show) -> None:
    article = read_one(
        f"The Example Courier\n\nFoes agree to swap prisoners\n\n- By Ann Low\n\n{BODY}\n\n{PHOTO}{MORE}\n"
    )
    assert [kind for kind, _ in blocks(article)] == ["headline", "paragraph", "caption", "paragraph"]


def test_a_dump_without_a_byline_has_no_authors(read_one: Read) -> None:
    article = read_one(dump(byline=""))
    assert article.metadata.authors == ()
    assert (article.metadata.publisher, article.metadata.headline) == (
        "The Example Courier",
        "Foes agree to swap prisoners",
    )


def test_a_dump_without_a_publication_line_has_no_publisher(read_one: Read) -> None:
    article = read_one(dump(outlet=""))
    assert (article.metadata.publisher, article.metadata.headline) == (None, "Foes agree to swap prisoners")


def test_a_publication_whose_name_holds_no_newspaper_word_is_known_by_its_place(read_one: Read) -> None:
    assert read_one(dump(outlet="Arlen Matters\n\n")).metadata.publisher == "Arlen Matters"


@pytest.mark.parametrize(
    ("byline", "authors", "agency", "section", "day"),
    [
        ("2020-03-28 - By Ann Low\n\n", ("Ann Low",), None, None, date(2020, 3, 28)),
        ("2020-03-28 - WORLD - By Ann Low\n\n", ("Ann Low",), None, "WORLD", date(2020, 3, 28)),
        ("2020-03-28\n\n- By Ann Low\n\n", ("Ann Low",), None, None, date(2020, 3, 28)),
        ("- By Associated Press\n\n", (), "Associated Press", None, None),
        ("- By Ann Low, Reuters\n\n", ("Ann Low",), "Reuters", None, None),
        ("- By ANN LOW\n\n", ("ANN LOW",), None, None, None),
    ],
)
def test_bylines_with_dates_sections_and_agencies_are_read(
    read_one: Read, byline: str, authors: tuple[str, ...], agency: str | None, section: str | None, day: date | None
) -> None:
    stated = read_one(dump(byline=byline)).metadata
    assert (stated.authors, stated.agency, stated.section, stated.published) == (authors, agency, section, day)
    assert stated.headline == "Foes agree to swap prisoners"


def test_a_section_line_between_publication_and_headline_is_the_section(read_one: Read) -> None:
    stated = read_one(dump(outlet="The Example Courier\n\nWORLD\n\n")).metadata
    assert (stated.publisher, stated.section, stated.headline) == (
        "The Example Courier",
        "WORLD",
        "Foes agree to swap prisoners",
    )


def test_a_subhead_is_read_as_a_paragraph(read_one: Read, blocks: Show) -> None:
    article = read_one(dump(byline="Mediators speak of a first step\n\n- By Ann Low\n\n"))
    assert article.metadata.headline == "Foes agree to swap prisoners"
    assert ("paragraph", "Mediators speak of a first step") in blocks(article)


def test_the_seed_article_comes_out_right(shared: Path) -> None:
    (article,) = read_path(shared / "seed" / "us-weighs-response-to-attacks-in-iraq.txt")
    assert isinstance(article, Article)
    stated = article.metadata
    assert stated.headline == "U.S. weighs response to attacks in Iraq"
    assert stated.publisher == "Pittsburgh Post-Gazette"
    assert stated.authors == ("Louisa Loveluck", "Missy Ryan")
    assert (stated.published, stated.section, stated.dateline, stated.agency) == (None, None, None, None)
    (image,) = stated.images
    assert (image.creator, image.credit) == ("Ali Abdul Hassan", "Associated Press")
    assert image.caption.startswith("Iraqi soldiers stand guard during the handover")
    assert [block.kind for block in article.blocks] == ["headline", *["paragraph"] * 9, "caption"]
    assert article.view.text.count("handover ceremony") == 1
    assert "Newspapers" not in article.view.text
    assert article.name == "us-weighs-response-to-attacks-in-iraq"
