"""The cleaned view that the extractors read, with the way back to the verbatim text; decides nothing about what is read.

Inside a part, white space runs (line breaks, NBSP) become one blank, soft hyphens and zero-width marks go, everything else
stays letter by letter, curly quotes too. Parts stand apart by a blank line; a dateline and its paragraph by one blank.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import Block, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import BlockKind

_SPACE = re.compile(r"\s+")
# A hyphen that ends a line binds: `U.S.-` + `linked` is one word, and so is what a soft hyphen divides.
_BROKEN_WORD = re.compile(r"(?<=[\w.])-[^\S\n\r]*(?:\r\n|[\n\r])[^\S\n\r]*(?=[a-z])")
_SOFT_BREAK = re.compile("\u00ad\\s*(?:\\r\\n|[\\n\\r])\\s*")


@dataclass(frozen=True, slots=True)
class Part:
    """A half-open range of the verbatim text that is read, and the part it plays."""

    kind: BlockKind
    start: int
    end: int


def is_invisible(character: str) -> bool:
    """Tell whether a character marks nothing a reader sees: soft hyphen, zero-width and direction marks, controls."""
    return unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()


def build(text: str, parts: Iterable[Part]) -> tuple[View, tuple[Block, ...]]:
    """Clean the parts in the order given; parts without a visible character vanish.

    A blank of the view maps to the first character of the white space that it stands for; the break between two blocks maps
    to where the later one begins.
    """
    pieces: list[tuple[int, int, int]] = []
    blocks: list[Block] = []
    pages: list[str] = []
    length = 0
    for part in parts:
        runs = list(_runs(text, part.start, part.end))
        if not runs:
            continue
        if blocks:
            separator = " " if blocks[-1].kind == "dateline" and part.kind == "paragraph" else "\n\n"
            pages.append(separator)
            length += len(separator)
        begin = length
        for source, words in runs:
            pieces.append((length, source, len(words)))
            pages.append(words)
            length += len(words)
        blocks.append(Block(part.kind, begin, length))
    return View("".join(pages), tuple(pieces)), tuple(blocks)


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield `(source offset, words)` for each run that stands in both texts; blanks count as equal."""
    kept = [(at, c) for at, c in _characters(text, start, end) if not is_invisible(c)]
    while kept and kept[0][1] == " ":
        kept.pop(0)
    run_start, run = -1, ""
    blank = False
    for at, character in kept:
        if character == " " and blank:
            continue
        blank = character == " "
        if run and at == run_start + len(run):
            run += character
            continue
        if run:
            yield run_start, run
        run_start, run = at, character
    if run := run.rstrip(" "):
        yield run_start, run


def _characters(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the characters with their offsets, white space as a blank, without what only breaks a word over two lines."""
    at = start
    while at < end:
        if text[at] == "\u00ad" and (broken := _SOFT_BREAK.match(text, at, end)):
            at = broken.end()
            continue
        if text[at] == "-" and (broken := _BROKEN_WORD.match(text, at, end)):
            yield at, "-"
            at = broken.end()
            continue
        yield at, " " if text[at].isspace() else text[at]
        at += 1
