"""Quotations: where verbatim words begin and end, over sentences and paragraphs; says nothing of who speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.language.document import Document

# curly, straight, typewriter and detokenised marks; an apostrophe inside a word never counts
_MARK = re.compile(r"[“”„«»\"]|``|''|(?<!\w)' '(?=\s?\S)")
_OPENING = frozenset({"“", "„", "«", "``"})
_CLOSING = frozenset({"”", "»"})
_LONGEST = 3000  # characters; a mark whose partner is further away was lost


@dataclass(frozen=True, slots=True)
class Quotation:
    """Verbatim words; `start`/`end` stand inside the marks, `open`/`close` outside."""

    open: int
    start: int
    end: int
    close: int

    @property
    def length(self) -> int:
        """How many characters are quoted."""
        return self.end - self.start


def find_quotations(document: Document) -> tuple[Quotation, ...]:
    """Return the quotations in order; words quoted over several paragraphs, each with its own opening mark, are one."""
    return tuple(_in_blocks(document))


def _in_blocks(document: Document) -> Iterator[Quotation]:
    opened: tuple[int, int] | None = None
    marks = [m for m in _MARK.finditer(document.text) if document.sentence_at(m.start()) is not None]
    for number, mark in enumerate(marks):
        opens = mark[0] in _OPENING or (
            mark[0] not in _CLOSING and _looks_opening(document.text, mark, opened is not None)
        )
        if opened is not None and mark.start() - opened[1] > _LONGEST:
            opened = None
        if opened is None:
            if opens:
                opened = (mark.start(), mark.end())
            continue
        if opens:
            # a paragraph that goes on with the quotation opens again; else the partner was lost
            between = document.text[opened[1] : mark.start()]
            if not ("\n" in between[-3:] or _starts_block(document, mark.start())):
                opened = (mark.start(), mark.end())
            continue
        following = marks[number + 1].start() if number + 1 < len(marks) else None
        del following
        yield Quotation(opened[0], opened[1], mark.start(), mark.end())
        opened = None


def _looks_opening(text: str, mark: re.Match[str], is_open: bool) -> bool:
    """Tell the side of a mark that has none: by the spaces around it, else by whether one is open."""
    before = text[mark.start() - 1 : mark.start()]
    after = text[mark.end() : mark.end() + 1]
    left = not before or before.isspace() or before in "([—–-"
    right = not after or after.isspace() or after in ".,;:!?)]"
    if left != right:
        return left
    return not is_open


def _starts_block(document: Document, offset: int) -> bool:
    sentence = document.sentence_at(offset)
    if sentence is None or sentence.start != offset:
        return False
    return sentence.index == 0 or "\n" in document.text[document.sentences[sentence.index - 1].end : offset]
