"""The lines before a story: publication, section, headline and subheads told apart; reads no paragraph of the story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.model import Metadata
from kg.names import fold
from kg.read import bylines, datelines, dates, margins, outlets
from kg.read.layout import ends_sentence, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.read.layout import Draft, Line

_LONGEST_HEADLINE = 220
_TITLE_STAMP = re.compile(r"\s+(?=(?:last\s+)?(?:published|posted|updated)\b)", re.IGNORECASE)
_CHAIN = re.compile(r"(?:\s+-\s+[A-Z][\w&' ]{2,30})+$")
_TAIL_OUTLET = re.compile(r"\s+\|\s+(?P<outlet>[A-Z][^|]{2,50})$")


def read_header(draft: Draft, lines: Sequence[Line], *, outlet_first: bool = False) -> list[Line]:
    """Read the lines before the story; return those that are left: the story.

    `outlet_first` says that the format puts the publication's name on top. A headline that is already known is only located.
    """
    titles: list[Line] = []
    signed = False
    at = 0
    while at < len(lines):
        line = lines[at]
        if margins.read_furniture(draft, line):
            signed = signed or bylines.is_byline(line.text) or "by " in line.text[:40].lower()
        elif (
            not signed
            and len(titles) < 4
            and _may_be_title(draft, line, following=lines[at + 1 : at + 4], before=titles)
        ):
            titles.append(line)
        else:
            break
        at += 1
    rest = list(lines[at:])
    if not rest and titles:
        # nothing but short lines: the first is the headline at most, the others are the story
        titles, rest = titles[:1], titles[1:] or titles
        if rest == titles:
            return rest
    _resolve(draft, titles, rest, outlet_first=outlet_first)
    return rest


def _may_be_title(draft: Draft, line: Line, *, following: Sequence[Line], before: Sequence[Line]) -> bool:
    words = tidy(line.text)
    if draft.metadata.headline and fold(words) == fold(draft.metadata.headline):
        return True
    if len(words) > _LONGEST_HEADLINE or datelines.at(draft.text, line.start, line.end, opening=False):
        return False
    if dates.match(words) is not None and not margins.is_stamp(words):
        return False
    if not ends_sentence(words):
        return True
    if words.endswith((":", ";", "…")) or before:
        return words.endswith(("?", "!")) and len(before) == 1 and outlets.is_name_like(before[0].text)
    # an ending stop is a headline's own where the story says the same words again, or asks a question
    short = len(words) <= _LONGEST_HEADLINE // 2
    said_again = short and any(_says(draft.text, after, words) for after in following[:3])
    return said_again or (
        words.endswith(("?", "!", "?”", "?’")) and bool(following) and len(words) < _LONGEST_HEADLINE // 2
    )


def _says(text: str, line: Line, words: str) -> bool:
    return fold(words) in fold(text[line.start : min(line.end, line.start + 3 * len(words) + 100)])


def _resolve(draft: Draft, titles: list[Line], story: list[Line], *, outlet_first: bool) -> None:
    """Tell publication, section, headline and subheads apart among the lines before the story."""
    titles = list(titles)
    known = draft.metadata.headline
    if (
        len(titles) > 1
        and not known
        and outlets.is_outlet(titles[0].text, max((t.text for t in titles[1:]), key=len), outlet_first=outlet_first)
    ):
        draft.learn(Metadata(publisher=tidy(titles.pop(0).text)))
    if len(titles) > 1 and not known and outlets.is_section(titles[0].text):
        draft.learn(Metadata(section=tidy(titles.pop(0).text)))
    if known and titles and fold(titles[0].text) != fold(known) and any(fold(t.text) == fold(known) for t in titles):
        while fold(titles[0].text) != fold(known):
            draft.learn(Metadata(publisher=tidy(titles.pop(0).text)))
    if not titles:
        return
    head = titles.pop(0)
    end = head.end
    start = head.start
    if not known:
        start, end = _trim_title(draft, head)
    if known and fold(known) != fold(draft.text[start:end]):
        story[:0] = [head, *titles]
        return
    draft.learn(Metadata(headline=tidy(draft.text[start:end])))
    draft.add("headline", start, end)
    for line in titles:
        if outlets.is_section(line.text):
            draft.learn(Metadata(section=tidy(line.text)))
        else:
            story.insert(titles.index(line), line)


def _trim_title(draft: Draft, head: Line) -> tuple[int, int]:
    """Cut what pages put around a headline: ` | Outlet`, ` - World - Outlet`, `Outlet - `, a date of publication."""
    start, end = head.start, head.end
    words = head.text
    if (stamp := _TITLE_STAMP.search(words)) and margins.is_stamp(words[stamp.end() :]):
        margins.take_stamp(draft, words[stamp.end() :])
        return start, start + stamp.start()
    if tail := _TAIL_OUTLET.search(words):
        draft.learn(Metadata(publisher=tidy(tail["outlet"])))
        return start, start + tail.start()
    first, _, rest = words.partition(" - ")
    if len(rest.split()) > 3 and re.search(r"\b(?:News|Agency)\b", first) and outlets.is_name_like(first):
        draft.learn(Metadata(publisher=tidy(first)))
        return start + len(first) + 3, end
    if chain := _CHAIN.search(words):
        names = [name.strip() for name in chain[0].split(" - ") if name.strip()]
        if (outlets.WORD.search(names[-1]) or len(names) > 1) and outlets.is_name_like(names[-1]):
            draft.learn(Metadata(publisher=tidy(names[-1]), section=names[0] if len(names) > 1 else None))
            return start, start + chain.start()
    return start, end
