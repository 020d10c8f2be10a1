"""Plain text to an article: a headline where the first line looks like one, header lines, paragraphs; knows no dump's marks."""

from __future__ import annotations

from kg.model import Metadata
from kg.read import datelines, header, margins, story
from kg.read.layout import Draft, paragraphs


def read(text: str, stated: Metadata | None = None) -> Draft:
    """Read a plain text; `stated` is what another field or file already says about it."""
    draft = Draft(text, stated or Metadata())
    lines = paragraphs(text, alone=margins.stands_alone)
    rest = header.read_header(draft, lines)
    if rest and not draft.metadata.headline and not any(part.kind == "headline" for part in draft.parts):
        first = rest[0]
        starts_with_place = datelines.at(text, first.start, first.end, opening=True) is not None
        if not starts_with_place and (found := datelines.inside(text, first.start, first.end)) is not None:
            begin, _ = found
            draft.learn(Metadata(headline=" ".join(text[first.start : begin].split())))
            draft.add("headline", first.start, begin)
            story.read_paragraph(draft, begin, first.end, opening=True)
            rest = rest[1:]
    story.read_story(draft, rest)
    return draft
