"""PressReader text dumps to an article: publication, headline, byline, photo lines with `??` marks, footer.

Reads no other format; the story itself is read as in every text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.model import Metadata
from kg.names import fold
from kg.read import bylines, header, margins, story
from kg.read.layout import Draft, Line, lines, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

_PHOTO = re.compile(r"^\?\?\s*(?P<credit>[^?]{0,160}?)\s*\?\?\s*(?P<caption>.*)$", re.DOTALL)
_FOOTER = re.compile(r"^Newspapers (?:in|from) [A-Z][\w .,'()-]{1,60}$", re.MULTILINE)
_BYLINE = re.compile(r"^[^\S\n]*(?:\d{4}-\d{2}-\d{2}\s*)?- By \S", re.MULTILINE)
_MARKS = re.compile(r"^[^\S\n]*\?\?[^?\n]{0,160}\?\?", re.MULTILINE)


def is_dump(text: str) -> bool:
    """Tell whether a text bears the marks of a dump: a photo line, the footer, or a byline after a dash."""
    return any(pattern.search(text) for pattern in (_MARKS, _FOOTER, _BYLINE))


def read(text: str) -> Draft:
    """Read a dump. Every line is a paragraph of its own; the caption that follows its photo line again is read once."""
    draft = Draft(text, Metadata())
    found = list(lines(text))
    while found and _FOOTER.match(found[-1].text):
        found.pop()
    photos = [line for line in found if _PHOTO.match(line.text)]
    repeated = {fold(words) for line in photos for words in _spellings(line)}
    body = [line for line in found if line not in photos and fold(line.text) not in repeated]
    rest = header.read_header(draft, body, outlet_first=True)
    story.read_story(draft, rest)
    _read_photos(draft, photos)
    draft.parts.sort(key=lambda part: part.start)
    return draft


def _spellings(line: Line) -> list[str]:
    """Return how a photo line may stand again below it: with its credit before or after the caption, or without."""
    found = _PHOTO.match(line.text)
    if found is None or not found["caption"]:
        return []
    credit, caption = found["credit"], found["caption"]
    return [caption, f"{credit} {caption}", f"{caption} {credit}"]


def _read_photos(draft: Draft, photos: Sequence[Line]) -> None:
    for line in photos:
        found = _PHOTO.match(line.text)
        if found is None:
            continue
        known = len(draft.metadata.images)
        margins.add_image(draft, bylines.image(tidy(found["caption"]), found["credit"]))
        if len(draft.metadata.images) > known:
            draft.add("caption", line.start + found.start("caption"), line.end)
