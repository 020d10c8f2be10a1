"""The lines and paragraphs of a text, and the draft that the readers of this room fill; knows no format.

All offsets here are of the verbatim text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.errors import ReadError
from kg.model import Article, Metadata
from kg.read import view
from kg.read.identity import article_id
from kg.read.view import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from kg.model import BlockKind

# Text set by a program breaks its lines at 60 to 80 letters, paragraphs and headlines do not agree so closely.
_WIDEST_WRAP = 110
_NARROWEST_WRAP = 45
_LONG_LINE = 60
_FINAL = re.compile(r"[.!?…:;][”\"'’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A run of the text that is read as one line or paragraph, without the white space around it.

    `gap` tells that a blank line stands before it; `indent` counts the blanks before its first letter.
    """

    start: int
    end: int
    text: str
    gap: bool = False
    indent: int = 0


@dataclass(slots=True)
class Draft:
    """An article in the making: the parts found so far, and what the source says about itself, first statement first."""

    text: str
    metadata: Metadata = field(default_factory=Metadata)
    parts: list[Part] = field(default_factory=list)
    weak_dates: list[tuple[int, date | datetime]] = field(default_factory=list)

    def add(self, kind: BlockKind, start: int, end: int) -> None:
        """Append a part that is read."""
        if end > start:
            self.parts.append(Part(kind, start, end))

    def learn(self, stated: Metadata) -> None:
        """Fill what is still open in the metadata."""
        self.metadata = merge(self.metadata, stated)

    def suppose(self, rank: int, published: date | datetime | None) -> None:
        """Keep a day that counts as published if nothing better is stated; the lowest rank counts first."""
        if published is not None:
            self.weak_dates.append((rank, published))

    def article(self, name: str, source: str, *, overrides: Metadata | None, published: date | None) -> Article:
        """Finish the article. `overrides` win over what the text says, `published` only fills a gap."""
        if self.weak_dates and self.metadata.published is None:
            self.learn(Metadata(published=min(self.weak_dates, key=lambda weak: weak[0])[1]))
        if published is not None:
            self.learn(Metadata(published=published))
        cleaned, blocks = view.build(self.text, self.parts)
        if not blocks:
            raise ReadError(source, "holds no article text")
        stated = merge(overrides, self.metadata) if overrides else self.metadata
        return Article(article_id(self.text), name, self.text, cleaned, blocks, stated, source)


def merge(first: Metadata, second: Metadata) -> Metadata:
    """Fill the gaps of `first` from `second`."""
    gaps = {f.name: getattr(second, f.name) for f in fields(Metadata) if not getattr(first, f.name)}
    return replace(first, **gaps)


def tidy(words: str) -> str:
    """Return metadata text with white space runs as one blank and without invisible marks."""
    return " ".join("".join(c for c in words if c.isspace() or not view.is_invisible(c)).split())


def ends_sentence(words: str) -> bool:
    """Tell whether words end as a sentence (or the line before a quotation) does."""
    return _FINAL.search(words) is not None


def lines(text: str) -> Iterator[Line]:
    """Yield the lines that hold a visible character."""
    at, gap = 0, False
    for raw in text.splitlines(keepends=True):
        shown = raw.strip().strip("\ufeff\u200b").strip()
        if shown:
            start = at + raw.index(shown)
            yield Line(start, start + len(shown), shown, gap, start - at)
            gap = False
        else:
            gap = True
        at += len(raw)


def paragraphs(text: str, *, alone: Callable[[str], bool]) -> list[Line]:
    """Join the lines that a program broke; lines for which `alone` holds are never joined.

    Broken text is told by the agreement of its line lengths, or, line by line, by a line that ends in mid-sentence.
    """
    found = list(lines(text))
    lonely = [alone(line.text) for line in found]
    wrapped = _is_wrapped(found)
    joined: list[Line] = []
    previous: Line | None = None
    for number, line in enumerate(found):
        if (
            previous is not None
            and not line.gap
            and not lonely[number]
            and not lonely[number - 1]
            and _continues(previous, line, wrapped=wrapped, first=number == 1)
        ):
            joined[-1] = replace(joined[-1], end=line.end)
        else:
            joined.append(line)
        previous = line
    return [replace(line, text=text[line.start : line.end]) for line in joined]


def _is_wrapped(found: list[Line]) -> bool:
    inner = [line for line, after in pairwise(found) if not after.gap]
    if len(inner) < 3:
        return False
    lengths = sorted(line.end - line.start for line in inner)
    typical = lengths[len(lengths) // 2]
    unfinished = sum(not ends_sentence(line.text) for line in inner)
    return typical >= _NARROWEST_WRAP and lengths[-1] <= _WIDEST_WRAP and unfinished > 0.6 * len(inner)


def _continues(previous: Line, line: Line, *, wrapped: bool, first: bool) -> bool:
    ended = ends_sentence(previous.text)
    if wrapped:
        return not (ended and line.indent >= previous.indent + 2)
    if ended:
        return False
    return line.text[:1].islower() or (not first and len(previous.text) >= _LONG_LINE)
