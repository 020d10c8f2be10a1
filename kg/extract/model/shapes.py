"""What the encoder cannot see of words: their capitals, and how far one stands from another; runs no model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.extract.language.document import Sentence

SHAPES = 10
DISTANCES = 15
_CASES = ("lower", "title", "upper", "mixed", "digit", "mark", "none")
_EDGES = np.array([1, 2, 3, 5, 9, 17, 33])  # words apart at which the next class of distance begins


def distances(first: int, last: int, words: int) -> NDArray[np.int64]:
    """Return the class of the distance of each word to the words `first`…`last` (half-open): 0 inside, 1–7 before, 8–14 behind."""
    at = np.arange(words)
    before, behind = first - at, at - last + 1
    return np.where(
        before > 0,
        np.searchsorted(_EDGES, before, side="right"),
        np.where(behind > 0, np.searchsorted(_EDGES, behind, side="right") + len(_EDGES), 0),
    )


def word_shapes(sentence: Sentence) -> NDArray[np.float32]:
    """Return one row of 0/1 for each word: its case, whether it begins the sentence, whether all are capitals, a headline."""
    rows = np.zeros((len(sentence.tokens), SHAPES), np.float32)
    letters = [c for t in sentence.tokens for c in t.text if c.isalpha()]
    shouting = len(letters) > 12 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    begun = False
    for row, token in zip(rows, sentence.tokens, strict=True):
        row[_CASES.index("none" if shouting else _case(token.text))] = 1
        if not begun and token.text[0].isalnum():
            row[7], begun = 1, True
        row[8] = shouting
        row[9] = sentence.block == "headline"
    return rows


def _case(word: str) -> str:
    if not any(c.isalnum() for c in word):
        return "mark"
    if not any(c.isalpha() for c in word):
        return "digit"
    if word.islower():
        return "lower"
    if word.isupper():
        return "upper" if len(word) > 1 else "title"
    return "title" if word[0].isupper() and word[1:].islower() else "mixed"
