from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.extract.model.shapes import DISTANCES, SHAPES, distances, word_shapes
from kg.extract.model.windows import CLS, OWN_PIECES, SEP, UNKNOWN, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.language.document import Document

STORY = "Rebels shelled the harbour of Oslav on Monday. The army said two sailors had been wounded. Nobody claimed the attack."
LONG = "\n\n".join(f"{STORY} The mayor of district {number} asked for help." for number in range(60))


def own_words(text: Document, **options: int) -> list[tuple[int, int]]:
    return [word for window in cut(text, **options) for word in window.words[window.lead :]]


@pytest.mark.parametrize("options", [{}, {"first_pieces": 90}, {"own_pieces": 40}])
def test_each_word_is_read_for_itself_in_exactly_one_window(
    document: Callable[..., Document], options: dict[str, int]
) -> None:
    text = document(LONG)
    wanted = [(s.index, at) for s in text.sentences for at in range(len(s.tokens))]
    assert len(wanted) > 1000
    assert own_words(text, **options) == wanted


def test_common_words_and_names_have_pieces_of_their_own(document: Callable[..., Document]) -> None:
    window = next(cut(document(STORY)))
    assert UNKNOWN not in window.pieces
    assert len(set(window.pieces)) > 15


def test_a_window_begins_and_ends_with_its_marks_and_knows_each_words_first_piece(
    document: Callable[..., Document],
) -> None:
    window = next(cut(document(STORY)))
    assert (window.pieces[0], window.pieces[-1]) == (CLS, SEP)
    assert all(a < b for a, b in pairwise(window.firsts))
    assert len(window.firsts) == len(window.words) == len(window.shapes)


def test_later_windows_hold_the_sentence_before_as_context(document: Callable[..., Document]) -> None:
    first, second, *_ = cut(document(LONG))
    assert first.lead == 0
    assert second.lead > 0
    assert second.words[second.lead][0] == first.words[-1][0] + 1


def test_a_sentence_without_end_is_cut_and_loses_no_word(document: Callable[..., Document]) -> None:
    text = document("the rebels and " * 2000)
    assert len(own_words(text)) == sum(len(s.tokens) for s in text.sentences) == 6000
    assert max(len(window.pieces) for window in cut(text)) < 2 * OWN_PIECES


def test_twice_the_text_costs_twice_the_pieces(document: Callable[..., Document]) -> None:
    once, twice = (sum(len(w.pieces) for w in cut(document(text))) for text in (LONG, f"{LONG}\n\n{LONG}"))
    assert 1.8 * once < twice < 2.2 * once


def test_a_text_without_words_has_no_window(document: Callable[..., Document]) -> None:
    assert list(cut(document(""))) == []


def test_half_a_surrogate_pair_is_read_as_some_sign(document: Callable[..., Document]) -> None:
    text = document("Rebels \ud83d shelled the harbour.")
    assert len(own_words(text)) == sum(len(s.tokens) for s in text.sentences)


def test_signs_that_the_vocabulary_lacks_still_have_a_piece(document: Callable[..., Document]) -> None:
    window = next(cut(document("ﷺ left.")))
    assert UNKNOWN in window.pieces


def test_capitals_are_told_apart_and_a_shouted_sentence_hides_them(document: Callable[..., Document]) -> None:
    spoken = word_shapes(document("Rebels of NATO left McKay in 2014.").sentences[0])
    shouted = word_shapes(document("REBELS SHELLED THE HARBOUR OF OSLAV.").sentences[0])
    assert spoken.shape[1] == SHAPES
    assert len({tuple(row[:7]) for row in spoken}) == 6  # title, lower, upper, mixed, digit, mark
    assert spoken[0][7] == 1
    assert spoken[1][7] == 0
    assert all(row[6] == 1 and row[8] == 1 for row in shouted)


def test_distances_tell_before_from_behind_and_near_from_far() -> None:
    apart = distances(10, 12, 60)
    assert list(apart[10:12]) == [0, 0]
    assert apart[9] != apart[12]
    assert apart[9] != apart[2]
    assert apart[12] != apart[30]
    assert apart.min() >= 0
    assert apart.max() < DISTANCES
    assert np.array_equal(apart[:10], np.sort(apart[:10])[::-1])
