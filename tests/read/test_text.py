"""Plain text: headline, header lines, paragraphs, furniture."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kg.model import Metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model import Article

    Read = Callable[..., Article]
    Show = Callable[[Article], list[tuple[str, str]]]

BODY = "Gunmen attacked a checkpoint near the town of Arlen on Friday and killed two soldiers, the army said."
MORE = "Nobody claimed responsibility. The governor blamed a local militia, which denied it."


def test_a_short_first_line_without_a_stop_is_the_headline(read_one: Read, blocks: Show) -> None:
    article = read_one(f"Two soldiers killed at checkpoint\n\n{BODY}\n\n{MORE}\n")
    assert article.metadata.headline == "Two soldiers killed at checkpoint"
    assert blocks(article) == [
        ("headline", "Two soldiers killed at checkpoint"),
        ("paragraph", BODY),
        ("paragraph", MORE),
    ]


def test_a_headline_may_be_followed_directly_by_the_story(read_one: Read) -> None:
    assert (
        read_one(f"Two soldiers killed at checkpoint\n{BODY}").metadata.headline == "Two soldiers killed at checkpoint"
    )


def test_a_first_sentence_is_no_headline(read_one: Read, blocks: Show) -> None:
    article = read_one(f"{BODY}\n\n{MORE}")
    assert article.metadata.headline is None
    assert [kind for kind, _ in blocks(article)] == ["paragraph", "paragraph"]


def test_a_text_of_one_line_has_no_headline(read_one: Read) -> None:
    assert read_one("Two soldiers killed at checkpoint").metadata == Metadata()


def test_a_headline_with_a_stop_counts_when_the_story_says_it_again(read_one: Read, blocks: Show) -> None:
    article = read_one(f"Two soldiers killed.\n\nThursday 18 May 2017 Two soldiers killed. {BODY}")
    assert article.metadata.headline == "Two soldiers killed."
    assert article.metadata.published == date(2017, 5, 18)
    assert blocks(article)[1:] == [("paragraph", "Two soldiers killed."), ("paragraph", BODY)]


def test_what_the_text_does_not_say_stays_absent(read_one: Read) -> None:
    assert read_one(f"Two soldiers killed at checkpoint\n\n{BODY}").metadata == Metadata(
        headline="Two soldiers killed at checkpoint"
    )


def test_an_address_line_gives_url_and_day_and_is_not_read(read_one: Read, blocks: Show) -> None:
    article = read_one(f"https://a.example/2016/03/28/arlen\n{BODY}")
    assert article.metadata.url == "https://a.example/2016/03/28/arlen"
    assert article.metadata.published == date(2016, 3, 28)
    assert blocks(article) == [("paragraph", BODY)]


def test_a_stated_day_wins_over_the_day_of_the_address_and_of_an_update(read_one: Read) -> None:
    text = f"https://a.example/2016/03/28/arlen\nTwo killed at checkpoint\nUpdated: 30 March 2016\nPublished 27 March 2016\n\n{BODY}"
    assert read_one(text).metadata.published == date(2016, 3, 27)


def test_an_update_counts_when_no_other_day_is_stated(read_one: Read) -> None:
    assert read_one(f"Two killed at checkpoint\n\nLast updated at Jun 182016 {BODY}").metadata.published == date(
        2016, 6, 18
    )


@pytest.mark.parametrize(
    "stamp",
    [
        "Fri 07 Apr 2017 at 0914 ",
        "7 April 2017 ",
        "Published April 7 2017 ",
        "Date of publication 7 April 2017 ",
        "07-04-2017 at ",
    ],
)
def test_a_date_stamp_at_the_head_of_the_story_is_metadata(read_one: Read, blocks: Show, stamp: str) -> None:
    article = read_one(f"Two killed at checkpoint\n\n{stamp}{BODY}")
    if stamp.startswith("07-04"):  # day first or month first: nobody can say
        assert article.metadata.published is None
    else:
        assert article.metadata.published == date(2017, 4, 7)
        assert blocks(article)[1] == ("paragraph", BODY)


def test_a_date_that_is_part_of_the_sentence_stays_there(read_one: Read, blocks: Show) -> None:
    text = "Two killed at checkpoint\n\n7 April 2017 was a Friday, and the market of Arlen was full, the mayor said."
    article = read_one(text)
    assert article.metadata.published is None
    assert blocks(article)[1][1].startswith("7 April 2017 was")


def test_a_dateline_is_a_block_of_its_own(read_one: Read, blocks: Show) -> None:
    article = read_one(f"Two killed at checkpoint\n\nARLEN, March 28 (Reuters) - {BODY}")
    assert blocks(article)[1:] == [("dateline", "ARLEN, March 28 (Reuters) -"), ("paragraph", BODY)]
    assert (article.metadata.dateline, article.metadata.agency) == ("ARLEN", "Reuters")
    assert article.metadata.published is None


def test_a_dateline_with_a_year_gives_the_day(read_one: Read) -> None:
    assert read_one(f"ARLEN, 28 MAR 90 (DPA) -- [TEXT] {BODY}").metadata.published == date(1990, 3, 28)


def test_an_outlet_in_a_dateline_is_the_publisher(read_one: Read) -> None:
    assert read_one(f"ARLEN (WXYZ) - {BODY}").metadata.publisher == "WXYZ"


def test_a_dateline_on_a_line_of_its_own_is_read(read_one: Read, blocks: Show) -> None:
    article = read_one(f"Two killed at checkpoint\nARLEN — \n{BODY}")
    assert [kind for kind, _ in blocks(article)] == ["headline", "dateline", "paragraph"]
    assert article.metadata.dateline == "ARLEN"


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("Vale Morning Sheet, 17 September 1998\n\nRebels call a truce\n\n", "1998-09-17"),
        ("River Rights Watchers\nWeekly bulletin no. 31, 6 November 2017\n\n", "2017-11-06"),
        ("The Northern Herald 2014 07 21 - WORLD -\n\nTanks roll into the suburb\n\n", "2014-07-21"),
        ("Troops and rebels trade blame\n\nDAMASCUS, March 20, 2013. ", "2013-03-20"),
        ("Monitors find bodies\n\nPodgrad, Yugoslavia, 17 January 1999. By Edda Brandt\n\n", "1999-01-17"),
    ],
)
def test_the_day_in_a_line_that_names_who_publishes_or_from_where_is_the_publication(
    read_one: Read, head: str, day: str
) -> None:
    article = read_one(head + "Soldiers shot three men near the river on Tuesday, a doctor said. Nobody was held.\n")
    assert article.metadata.published is not None
    assert article.metadata.published.isoformat()[:10] == day


@pytest.mark.parametrize(
    "opening",
    [
        "Bologna, August 2, 1980. It was a hot Saturday morning, and the station was full.",
        "Survivors of the attack on the market of the town, 3 May 1995, met again on Sunday.",
    ],
)
def test_a_day_that_the_story_tells_of_is_not_its_publication(read_one: Read, opening: str) -> None:
    assert read_one(f"{opening}\n\nThen the bomb went off, and eighty people died.\n").metadata.published is None


def test_header_lines_feed_the_metadata(read_one: Read, blocks: Show) -> None:
    text = f"The Example Courier\nTwo killed at checkpoint\nBy Ann Low and Bo Berg\n28 March 2020\n\n{BODY}"
    article = read_one(text)
    assert article.metadata == Metadata(
        headline="Two killed at checkpoint",
        publisher="The Example Courier",
        authors=("Ann Low", "Bo Berg"),
        published=date(2020, 3, 28),
    )
    assert [kind for kind, _ in blocks(article)] == ["headline", "paragraph"]


def test_labelled_lines_feed_the_metadata(read_one: Read, blocks: Show) -> None:
    text = f"Title: Two killed at checkpoint\nSource: The Example Courier\nAuthor: Ann Low\nDate: 2020-03-28\nSection: World\n\n{BODY}"
    article = read_one(text)
    assert article.metadata == Metadata(
        headline="Two killed at checkpoint",
        publisher="The Example Courier",
        authors=("Ann Low",),
        published=date(2020, 3, 28),
        section="World",
    )
    assert blocks(article) == [("headline", "Two killed at checkpoint"), ("paragraph", BODY)]


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("Two killed at checkpoint | The Example Courier", "The Example Courier"),
        ("Two killed at checkpoint - World - Example Online", "Example Online"),
    ],
)
def test_an_outlet_behind_the_headline_is_cut_off(read_one: Read, line: str, outlet: str) -> None:
    article = read_one(f"{line}\n\n{BODY}")
    assert (article.metadata.headline, article.metadata.publisher) == ("Two killed at checkpoint", outlet)


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Arlen", "Share this article", "Advertisement", "https://a.example/more", "© 2020 The Example Courier",
        "All rights reserved.", "Sign up for our newsletter", "Home > World > Africa", "* * *", "Facebook | Twitter | Email",
        "Photo: Ann Low/Reuters", "(Reporting by Ann Low; Editing by Bo Berg)", "- REUTERS", "The Example Courier, 28 March 2020",
    ],
)  # fmt: skip
def test_furniture_is_not_in_the_view(read_one: Read, blocks: Show, line: str) -> None:
    assert [words for _, words in blocks(read_one(f"{BODY}\n\n{MORE}\n\n{line}\n"))] == [BODY, MORE]


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell after the attack.",
        "Register offices were burned in two towns on Friday.",
        "Follow us, the soldiers said to the villagers.",
    ],
)
def test_a_sentence_that_begins_like_furniture_is_read(read_one: Read, blocks: Show, line: str) -> None:
    assert ("paragraph", line) in blocks(read_one(f"{BODY}\n\n{line}\n\n{MORE}"))


def test_a_signature_after_the_last_sentence_is_cut_off(read_one: Read, blocks: Show) -> None:
    article = read_one(f"{BODY}\n\n{MORE} - REUTERS")
    assert article.metadata.agency == "Reuters"
    assert blocks(article)[-1] == ("paragraph", MORE)
    article = read_one(f"{BODY}\n\n{MORE} (Reporting by Ann Low; Editing by Bo Berg)")
    assert article.metadata.authors == ("Ann Low",)
    assert blocks(article)[-1] == ("paragraph", MORE)


def test_lines_that_a_program_broke_are_one_paragraph(read_one: Read, blocks: Show) -> None:
    broken = (
        "Gunmen attacked a checkpoint near the town of Arlen on Friday and\nkilled two soldiers, the army said. Nobody claimed\n"
        "responsibility for the attack. The governor of the province blamed\na local militia, which denied it.\n\n"
        "A curfew was laid on the town until Sunday, and roads to the north\nwere closed, the police said."
    )
    article = read_one(f"Two soldiers killed at checkpoint\n\n{broken}")
    assert [kind for kind, _ in blocks(article)] == ["headline", "paragraph", "paragraph"]
    assert "Friday and killed two soldiers" in article.view.text


def test_one_paragraph_a_line_stays_so(read_one: Read, blocks: Show) -> None:
    assert [words for _, words in blocks(read_one(f"{BODY}\n{MORE}\n{BODY}"))] == [BODY, MORE, BODY]


def test_a_headline_and_a_dateline_in_one_line_are_told_apart(read_one: Read, blocks: Show) -> None:
    article = read_one(f"Two killed at checkpoint in E. Arlen ARLEN, Dec. 13 (Xinhua) -- {BODY}")
    assert [kind for kind, _ in blocks(article)] == ["headline", "dateline", "paragraph"]
    assert article.metadata.headline == "Two killed at checkpoint in E. Arlen"
    assert article.metadata.agency == "Xinhua"


def test_a_labelled_caption_is_a_caption_and_not_read_twice(read_one: Read, blocks: Show) -> None:
    article = read_one(
        f"{BODY}\n\nImage caption, Soldiers at the checkpoint near Arlen.\n\nSoldiers at the checkpoint near Arlen.\n\n{MORE}"
    )
    assert [kind for kind, _ in blocks(article)] == ["paragraph", "caption", "paragraph"]
    assert article.metadata.images[0].caption == "Soldiers at the checkpoint near Arlen."


def test_the_verbatim_text_is_kept_with_its_line_ends_and_byte_order_mark(read_one: Read) -> None:
    text = f"\ufeffTwo killed at checkpoint\r\n\r\n{BODY}\r\n"
    article = read_one(text)
    assert article.text == text
    assert article.metadata.headline == "Two killed at checkpoint"
    assert article.view.text == f"Two killed at checkpoint\n\n{BODY}"


def test_overrides_win_and_a_given_date_fills_only_a_gap(read_one: Read) -> None:
    text = f"Two killed at checkpoint\n28 March 2020\n\n{BODY}"
    article = read_one(text, overrides=Metadata(headline="Another", section="World"), published=date(2001, 1, 1))
    assert (article.metadata.headline, article.metadata.section) == ("Another", "World")
    assert article.metadata.published == date(2020, 3, 28)
    assert read_one(BODY, published=date(2001, 1, 1)).metadata.published == date(2001, 1, 1)
