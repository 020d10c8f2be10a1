"""The view: cleaned words, and the way back from every one of them."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from kg.model import Article, Metadata
from kg.read import read, view
from kg.read.view import Part

_MARKS = ["\u00ad", "\u200b", "\ufeff", "\u2060"]
_SPACES = [" ", "\n", "\r\n", "\t", "\u00a0", "  ", "\n   ", "\u2009"]
_WORDS = st.sampled_from(["Troops", "“left”", "the", "town", "U.S.linked", "al-Hol", "3,000", "’s", "Ø", "𝔘", "É."])
_TEXTS = st.lists(st.one_of(_WORDS, st.sampled_from(_MARKS + _SPACES + ["\n\n"])), min_size=1, max_size=60).map("".join)


def _built(text: str) -> Article:
    cleaned, blocks = view.build(text, [Part("paragraph", 0, len(text))])
    return Article("0" * 16, "x", text, cleaned, blocks, Metadata(), "x")


def _bare(words: str) -> str:
    return "".join(c for c in words if not c.isspace() and not view.is_invisible(c))


@given(_TEXTS, st.data())
def test_every_range_of_the_view_maps_to_the_same_words_of_the_text(text: str, data: st.DataObject) -> None:
    article = _built(text)
    shown = article.view.text
    assume(shown)
    start = data.draw(st.integers(0, len(shown) - 1))
    end = data.draw(st.integers(start + 1, len(shown)))
    span = article.span(start, end)
    assert span.text == text[span.start : span.end]
    assert _bare(span.text) == _bare(shown[start:end])


@given(_TEXTS)
def test_a_view_holds_no_invisible_mark_and_no_white_space_but_single_blanks(text: str) -> None:
    shown = _built(text).view.text
    assert not any(view.is_invisible(c) for c in shown)
    assert shown == " ".join(shown.split())


@given(st.lists(_TEXTS, min_size=1, max_size=5))
def test_every_block_of_a_read_text_maps_back_and_blocks_do_not_overlap(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    for article in read(text.encode(), "story.txt"):
        if not isinstance(article, Article):
            continue
        last = 0
        for block in article.blocks:
            assert last <= block.start < block.end
            last = block.end
            span = article.span(block.start, block.end)
            assert _bare(span.text) == _bare(article.view.text[block.start : block.end])


def test_nbsp_soft_hyphens_and_line_breaks_inside_a_paragraph_are_cleaned() -> None:
    text = "The mili\u00adtia\u00a0left\nthe\u200b town."
    article = _built(text)
    assert article.view.text == "The militia left the town."
    assert article.span(4, 11).text == "mili\u00adtia"
    assert article.span(21, 26).text == "town."


def test_curly_quotes_and_words_that_lost_their_hyphen_stay() -> None:
    assert _built("“imminent” attacks on U.S.linked and Iranbacked groups").view.text == (
        "“imminent” attacks on U.S.linked and Iranbacked groups"
    )


def test_a_hyphen_at_a_line_end_binds_its_two_halves() -> None:
    article = _built("the U.S.-\nlinked base")
    assert article.view.text == "the U.S.-linked base"
    assert article.span(4, 15).text == "U.S.-\nlinked"


def test_a_soft_hyphen_at_a_line_end_vanishes_with_the_break() -> None:
    assert _built("mili\u00ad\n  tants").view.text == "militants"


def test_a_part_without_a_visible_character_makes_no_block() -> None:
    cleaned, blocks = view.build(
        "a\n\u200b\nb", [Part("paragraph", 0, 1), Part("paragraph", 1, 3), Part("paragraph", 4, 5)]
    )
    assert cleaned.text == "a\n\nb"
    assert len(blocks) == 2


def test_blocks_stand_apart_by_a_blank_line_and_datelines_by_a_blank() -> None:
    text = "KABUL — Shots were heard. Nobody was hurt."
    cleaned, _ = view.build(text, [Part("dateline", 0, 7), Part("paragraph", 8, 25), Part("paragraph", 26, 42)])
    assert cleaned.text == "KABUL — Shots were heard.\n\nNobody was hurt."
    assert re.fullmatch(r"[^\n]+\n\n[^\n]+", cleaned.text)
