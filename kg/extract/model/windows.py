"""Documents as windows of word pieces, whole sentences each; runs no model.

A window holds its own sentences and, before them, the headline and the sentence that precede them as context. Each sentence is
`own` in exactly one window, so the cost is linear in the length of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from kg.extract.model.shapes import word_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kg.extract.language.document import Document

OWN_PIECES = 256  # beyond, attention costs more than the context gives
_HEADLINE_PIECES = 24
_BEFORE_PIECES = 48
_LONGEST_WORD = 16  # pieces of one word that are read: a link or a run of letters tells no more
CLS, SEP, UNKNOWN = 101, 102, 100


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Word pieces for one pass.

    `firsts` is the place of each word's first piece; `words` its sentence and token number; the first `lead` words are context
    and belong to another window. `shapes` has a row of 0/1 for each word.
    """

    pieces: tuple[int, ...]
    firsts: tuple[int, ...]
    words: tuple[tuple[int, int], ...]
    shapes: NDArray[np.float32]
    lead: int


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Words of one sentence, or of a part of a very long one, with their pieces."""

    sentence: int
    first: int
    words: tuple[tuple[int, ...], ...]
    shapes: NDArray[np.float32]

    @property
    def size(self) -> int:
        return sum(map(len, self.words))


def cut(document: Document, *, own_pieces: int = OWN_PIECES, first_pieces: int = OWN_PIECES) -> Iterator[Window]:
    """Yield the document's windows in order; `first_pieces` is the size of the first one, which training varies."""
    runs = list(_runs(document))
    headline = next((run for run in runs if document.sentences[run.sentence].block == "headline"), None)
    at, room = 0, min(first_pieces, own_pieces)
    while at < len(runs):
        end, size = at + 1, runs[at].size
        while end < len(runs) and size + runs[end].size <= room:
            size += runs[end].size
            end += 1
        yield _window(runs[at:end], _context(headline, runs, at))
        at, room = end, own_pieces


def _context(headline: _Run | None, runs: Sequence[_Run], at: int) -> list[_Run]:
    context = []
    if headline is not None and at > 0 and headline.size <= _HEADLINE_PIECES and headline is not runs[at - 1]:
        context.append(headline)
    if at > 0 and runs[at - 1].size <= _BEFORE_PIECES:
        context.append(runs[at - 1])
    return context


def _window(own: Sequence[_Run], context: Sequence[_Run]) -> Window:
    pieces, firsts, words, shapes = [CLS], [], [], []
    for place, run in enumerate((*context, *own)):
        for number, word in enumerate(run.words):
            firsts.append(len(pieces))
            words.append((run.sentence, run.first + number))
            pieces.extend(word)
        shapes.append(run.shapes)
        if place == 0 and len(context) > 1:
            pieces.append(SEP)
    pieces.append(SEP)
    lead = sum(len(run.words) for run in context)
    return Window(tuple(pieces), tuple(firsts), tuple(words), np.concatenate(shapes), lead)


def _runs(document: Document) -> Iterator[_Run]:
    sentences = [s for s in document.sentences if s.tokens]
    encoded = tokenizer().encode_batch(
        [[_sound(t.text) for t in s.tokens] for s in sentences], is_pretokenized=True, add_special_tokens=False
    )
    for sentence, encoding in zip(sentences, encoded, strict=True):
        words: list[list[int]] = [[] for _ in sentence.tokens]
        for piece, word in zip(encoding.ids, encoding.word_ids, strict=True):
            if word is not None and len(words[word]) < _LONGEST_WORD:
                words[word].append(piece)
        held = [tuple(word) or (UNKNOWN,) for word in words]
        shapes = word_shapes(sentence)
        first = 0
        while first < len(held):
            last, size = first, 0
            while last < len(held) and size + len(held[last]) <= OWN_PIECES:
                size += len(held[last])
                last += 1
            yield _Run(sentence.index, first, tuple(held[first:last]), shapes[first:last])
            first = last


def _sound(word: str) -> str:
    """Return the word without halves of surrogate pairs, which JSON may hold and no tokenizer takes."""
    return word.encode("utf-8", "replace").decode("utf-8")


@cache
def tokenizer() -> Tokenizer:
    """Return the word pieces of the encoder (uncased English, from the vocabulary of MiniLM)."""
    held = Tokenizer.from_str((files("kg.extract") / "data" / "model_pieces.json").read_text(encoding="utf-8"))
    held.no_truncation()
    held.no_padding()
    return held
