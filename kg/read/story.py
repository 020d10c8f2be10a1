"""The paragraphs of a story to parts: captions, datelines and words; shared by all formats, reads no bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model import Image, Metadata
from kg.names import fold
from kg.read import datelines, furniture, margins
from kg.read.layout import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.read.layout import Draft, Line

_OPENING = 3


def read_story(draft: Draft, lines: Sequence[Line]) -> None:
    """Read the paragraphs of the story into parts."""
    read = 0
    said: set[str] = set()
    last = len(lines) - 1
    for number, line in enumerate(lines):
        if _is_repeated_caption(line, said) or (number == last and margins.take_tail(draft, line) is None):
            continue
        if read_caption(draft, line, said):
            continue
        if furniture.label(tidy(line.text)) is None and not _speaks(line.text) and margins.read_furniture(draft, line):
            continue
        end = (margins.take_tail(draft, line) or line.end) if number >= last - 1 else line.end
        if number == last and furniture.signed_by(line.text):
            continue
        read_paragraph(draft, line.start, end, opening=read < _OPENING)
        read += 1


def read_paragraph(draft: Draft, start: int, end: int, *, opening: bool) -> None:
    """Read one paragraph: a date stamp and a repeated headline before it, a dateline, and the words."""
    text = draft.text
    if opening:
        start = margins.skip_stamps(draft, start, end)
    line = datelines.at(text, start, end, opening=opening)
    if line is not None:
        draft.learn(Metadata(dateline=line.place, agency=line.agency, publisher=line.outlet))
        draft.suppose(2, line.published)
        draft.add("dateline", start, line.end)
        start = line.end
        while start < end and text[start].isspace():
            start += 1
    draft.add("paragraph", start, end)


def read_caption(draft: Draft, line: Line, said: set[str]) -> bool:
    """Read a line that is labelled as a caption."""
    labelled = furniture.label(line.text)
    if labelled is None or not labelled[0].endswith("caption"):
        return False
    start = line.end - len(labelled[1])
    said.add(fold(labelled[1]))
    draft.add("caption", start, line.end)
    margins.add_image(draft, Image(tidy(labelled[1])))
    return True


def _speaks(words: str) -> bool:
    return len(words) > 300


def _is_repeated_caption(line: Line, said: set[str]) -> bool:
    return bool(said) and fold(line.text) in said
