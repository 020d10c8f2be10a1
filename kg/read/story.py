"""Paragraphs to parts: the header, the story, captions and datelines of a text; shared by all formats, reads no bytes.

What a line states about the article goes to the draft's metadata; what is no part of the story goes nowhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import Image, Metadata
from kg.names import fold
from kg.read import bylines, datelines, dates, furniture
from kg.read.layout import Draft, Line, ends_sentence, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_HEADLINE = 220
_LONGEST_OUTLET = 60
_OPENING = 3
_PUBLISHED = (
    r"(?:date\s+of\s+publication|first\s+published|published|posted|issued|date)(?:\s+(?:on|at|duration))?\s*[:,]?\s*"
)
_UPDATED = r"(?:last\s+)?(?:updated|modified)(?:\s+(?:on|at))?\s*[:,]?\s*"
_STAMP = re.compile(rf"(?:(?P<published>{_PUBLISHED})|(?P<updated>{_UPDATED}))?", re.IGNORECASE)
_STAMP_BY = re.compile(r"\s*(?:[-–—|,]\s*)?by\s+(?=[A-Z])", re.IGNORECASE)
_DATED_BYLINE = re.compile(
    r"\s*(?:[-–—|]\s*)?(?:(?P<section>[A-Z][A-Za-z/& ]{1,40}?)\s*[-–—|]\s*)?(?=by\s)", re.IGNORECASE
)
_TAIL_AGENCY = re.compile(rf"(?:\s*[-–—]\s*|\s+\(|\s*/)(?P<agency>{bylines.AGENCY_PATTERN})[/)]?\.?$", re.IGNORECASE)
_TAIL_SIGNED = re.compile(
    r"\s*\(?(?:Additional reporting|Reporting|Compiled|Writing|Editing) by [A-Z].{3,250}$", re.DOTALL
)
_TITLE_STAMP = re.compile(r"\s+(?=(?:last\s+)?(?:published|posted|updated)\b)", re.IGNORECASE)
_CHAIN = re.compile(r"(?:\s+-\s+[A-Z][\w&' ]{2,30})+$")
_TAIL_OUTLET = re.compile(r"\s+\|\s+(?P<outlet>[A-Z][^|]{2,50})$")
_OUTLET_WORD = re.compile(
    r"\b(?:times|post|herald|gazette|news|daily|tribune|journal|guardian|telegraph|courier|chronicle|observer|mail|star|sun|globe"
    r"|press|standard|independent|express|record|review|examiner|sentinel|dispatch|monitor|mirror|bulletin|weekly|today|echo|argus"
    r"|register|inquirer|enquirer|advertiser|wire|world|online|magazine|ledger|mercury|republic|nation|citizen)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset("a al an and at by de del des for in la le of on the to und y".split())
_SECTIONS = frozenset(
    "world news nation national international local region regional middle east africa asia europe americas politics opinion front page "
    "sport sports business metro city section top stories editorial analysis comment features letters foreign abroad a b c d main".split()
)
_NUMBERED_SECTION = re.compile(r"^(?:page\s+)?[A-Z]?\d{1,3}$", re.IGNORECASE)


def stands_alone(line: str) -> bool:
    """Tell whether a line is a thing of its own that no broken line runs into: byline, date, address, label, button."""
    return (
        furniture.is_furniture(line)
        or furniture.label(line) is not None
        or furniture.credit_line(line) is not None
        or bylines.is_byline(line)
        or _is_stamp(line)
        or "??" in line[:3]
    )


def read_header(draft: Draft, lines: Sequence[Line], *, outlet_first: bool = False) -> list[Line]:
    """Read the lines before the story; return those that are left: the story.

    `outlet_first` says that the format puts the publication's name on top. A headline that is already known is only located.
    """
    titles: list[Line] = []
    rest = list(lines)
    signed = False
    while rest:
        line = rest[0]
        if read_furniture(draft, line):
            signed = signed or bylines.is_byline(line.text) or "by " in line.text[:40].lower()
        elif not signed and len(titles) < 4 and _may_be_title(draft, line, following=rest[1:], before=titles):
            titles.append(line)
        else:
            break
        rest.pop(0)
    if not rest and titles:
        # nothing but short lines: the first is the headline at most, the others are the story
        titles, rest = titles[:1], titles[1:] or titles
        if rest == titles:
            return rest
    _resolve(draft, titles, rest, outlet_first=outlet_first)
    return rest


def read_furniture(draft: Draft, line: Line) -> bool:
    """Take what a line outside the story states; tell whether the line is one."""
    words = tidy(line.text)
    if furniture.is_url(words):
        address = re.sub(r"\s+", "", words.strip("<>")) if "=" in words else words.strip("<>")
        draft.learn(Metadata(url=address))
        draft.suppose(1, dates.in_url(address))
        return True
    if (labelled := furniture.label(words)) is not None and _take_label(draft, line, *labelled):
        return True
    if bylines.is_byline(words):
        _take_byline(draft, words)
        return True
    if (who := furniture.credit_line(words)) is not None:
        _take_credit(draft, who)
        return True
    if _take_stamp(draft, words):
        return True
    if names := furniture.signed_by(words):
        draft.learn(Metadata(authors=bylines.people(names)))
    known = bylines.agency(words)
    if known is not None:
        draft.learn(Metadata(agency=known))
    return known is not None or furniture.is_furniture(words)


def read_story(draft: Draft, lines: Sequence[Line]) -> None:
    """Read the paragraphs of the story into parts."""
    read = 0
    said: set[str] = set()
    last = len(lines) - 1
    for number, line in enumerate(lines):
        if _is_repeated_caption(line, said) or (number == last and _take_tail(draft, line) is None):
            continue
        if read_caption(draft, line, said):
            continue
        if furniture.label(tidy(line.text)) is None and not _speaks(line.text) and read_furniture(draft, line):
            continue
        end = (_take_tail(draft, line) or line.end) if number >= last - 1 else line.end
        if number == last and furniture.signed_by(line.text):
            continue
        read_paragraph(draft, line.start, end, opening=read < _OPENING)
        read += 1


def read_paragraph(draft: Draft, start: int, end: int, *, opening: bool) -> None:
    """Read one paragraph: a date stamp and a repeated headline before it, a dateline, and the words."""
    text = draft.text
    if opening:
        start = _skip_stamps(draft, start, end)
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
    add_image(draft, Image(tidy(labelled[1])))
    return True


def add_image(draft: Draft, image: Image) -> None:
    """Add a photo to the metadata; one of the same caption is not added twice."""
    if all(fold(image.caption) != fold(known.caption) for known in draft.metadata.images):
        draft.metadata = replace(draft.metadata, images=(*draft.metadata.images, image))


# --- the header -------------------------------------------------------------------------------------------------------


def _may_be_title(draft: Draft, line: Line, *, following: Sequence[Line], before: Sequence[Line]) -> bool:
    words = tidy(line.text)
    if draft.metadata.headline and fold(words) == fold(draft.metadata.headline):
        return True
    if len(words) > _LONGEST_HEADLINE or datelines.at(draft.text, line.start, line.end, opening=False):
        return False
    if dates.match(words) is not None and not _is_stamp(words):
        return False
    if not ends_sentence(words):
        return True
    if words.endswith((":", ";", "…")) or before:
        return words.endswith(("?", "!")) and len(before) == 1 and _outlet_like(before[0].text)
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
    if len(titles) > 1 and not known and _is_outlet(titles[0].text, titles[1].text, outlet_first=outlet_first):
        draft.learn(Metadata(publisher=tidy(titles.pop(0).text)))
    if len(titles) > 1 and not known and _is_section(titles[0].text):
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
        if _is_section(line.text):
            draft.learn(Metadata(section=tidy(line.text)))
        else:
            story.insert(titles.index(line), line)


def _trim_title(draft: Draft, head: Line) -> tuple[int, int]:
    """Cut what pages put around a headline: ` | Outlet`, ` - World - Outlet`, `Outlet - `, a date of publication."""
    start, end = head.start, head.end
    words = head.text
    if (stamp := _TITLE_STAMP.search(words)) and _is_stamp(words[stamp.end() :]):
        _take_stamp(draft, words[stamp.end() :])
        return start, start + stamp.start()
    if tail := _TAIL_OUTLET.search(words):
        draft.learn(Metadata(publisher=tidy(tail["outlet"])))
        return start, start + tail.start()
    first, _, rest = words.partition(" - ")
    if len(rest.split()) > 3 and re.search(r"\b(?:News|Agency)\b", first) and _outlet_like(first):
        draft.learn(Metadata(publisher=tidy(first)))
        return start + len(first) + 3, end
    if chain := _CHAIN.search(words):
        names = [name.strip() for name in chain[0].split(" - ") if name.strip()]
        if (_OUTLET_WORD.search(names[-1]) or len(names) > 1) and _outlet_like(names[-1]):
            draft.learn(Metadata(publisher=tidy(names[-1]), section=names[0] if len(names) > 1 else None))
            return start, start + chain.start()
    return start, end


def _outlet_like(words: str) -> bool:
    tokens = words.split()
    return (
        len(tokens) <= 6
        and len(words) <= _LONGEST_OUTLET
        and not ends_sentence(words)
        and all(token[:1].isupper() or token.lower() in _SMALL_WORDS or token[:1].isdigit() for token in tokens)
    )


def _is_outlet(first: str, second: str, *, outlet_first: bool) -> bool:
    if not _outlet_like(first) or len(second.split()) < 3:
        return False
    if _OUTLET_WORD.search(first) and not _is_section(first) and len(second) > len(first):
        return True
    return outlet_first and len(second.split()) > len(first.split())


def _is_section(words: str) -> bool:
    tokens = re.findall(r"\w+", words.lower())
    if _NUMBERED_SECTION.match(words):
        return True
    return 0 < len(tokens) <= 3 and all(t in _SECTIONS or t in _SMALL_WORDS or t.isdigit() for t in tokens)


def _take_label(draft: Draft, line: Line, label: str, value: str) -> bool:
    """Take a labelled line's value; false where the value does not fit its label and the line is but prose."""
    if label in ("headline", "title"):
        if not draft.metadata.headline:
            start = line.end - len(value)
            draft.learn(Metadata(headline=tidy(value)))
            draft.add("headline", start, line.end)
    elif label.startswith(("date", "published", "publication date")) and label != "dateline":
        day = dates.parse(value)
        draft.learn(Metadata(published=day))
        return day is not None
    elif label in ("publication", "publisher", "source", "outlet", "newspaper"):
        if len(value) > _LONGEST_OUTLET or ends_sentence(value):
            return False
        known = bylines.agency(value)
        draft.learn(Metadata(agency=known) if known else Metadata(publisher=value))
    elif label in ("author", "authors", "byline"):
        _take_byline(draft, f"By {value}" if not value.lower().startswith("by ") else value)
    elif label in ("section", "category"):
        draft.learn(Metadata(section=value))
    elif label in ("url", "link"):
        draft.learn(Metadata(url=value))
        draft.suppose(1, dates.in_url(value))
    elif label == "dateline":
        draft.learn(Metadata(dateline=value))
    else:
        return False
    return True


def _take_byline(draft: Draft, words: str) -> None:
    authors, agency, outlet = bylines.byline(words)
    draft.learn(Metadata(authors=authors, agency=agency, publisher=outlet))


def _take_credit(draft: Draft, who: str) -> None:
    """Give a credit line to the last photo that has none."""
    images = draft.metadata.images
    if images and not (images[-1].creator or images[-1].credit):
        images = (*images[:-1], bylines.image(images[-1].caption, who))
    else:
        images = (*images, bylines.image("", who))
    draft.metadata = replace(draft.metadata, images=images)


# --- dates and tails --------------------------------------------------------------------------------------------------


def _is_stamp(words: str) -> bool:
    stamp = _read_stamp(words)
    return stamp is not None and not re.search(r"\w", re.sub(r"\b(?:by|at|GMT|UTC|am|pm)\b", "", stamp[2])[:1])


def _read_stamp(words: str) -> tuple[re.Match[str], tuple[object, int], str] | None:
    begin = _STAMP.match(words)
    if begin is None or (found := dates.match(words, begin.end())) is None:
        return None
    rest = words[found[1] :].strip(" -–—|,.;:()")
    return begin, found, rest


def _take_stamp(draft: Draft, words: str) -> bool:
    """Take a line that holds a date and at most a byline: `2020-03-28 - By A`, `Updated: 5 May 2020`."""
    if len(words) > 160 or (stamp := _read_stamp(words)) is None:
        return False
    begin, (day, end), rest = stamp
    signed = _DATED_BYLINE.match(words, end)
    if signed is not None and bylines.is_byline(words[signed.end() :]):
        _take_byline(draft, words[signed.end() :])
        if signed["section"]:
            draft.learn(Metadata(section=tidy(signed["section"])))
    elif rest and (known := bylines.agency(rest)) is not None:
        draft.learn(Metadata(agency=known))
    elif rest and _read_stamp(rest) is not None:
        _take_stamp(draft, rest)
    elif rest and _is_section(rest):
        draft.learn(Metadata(section=rest))
    elif rest:
        return False
    _keep_date(draft, day, updated=bool(begin["updated"]))
    return True


def _keep_date(draft: Draft, day: object, *, updated: bool) -> None:
    value = dates.parse(day)
    if updated:
        draft.suppose(3, value)
    else:
        draft.learn(Metadata(published=value))


def _skip_stamps(draft: Draft, start: int, end: int) -> int:
    """Step over a date stamp (and the headline and agency that some dumps put around it) at the head of a paragraph."""
    text = draft.text
    at = _skip_headline(draft, start, end)
    named = re.compile(rf"(?P<agency>{bylines.AGENCY_PATTERN})\s+(?=\w)").match(text, at, end)
    begin = _STAMP.match(text, named.end() if named else at, end)
    found = dates.match(text, begin.end()) if begin else None
    if begin is None or found is None or found[1] >= end:
        return start
    after = re.compile(r"[\s.,;:|–—-]*").match(text, found[1], end)
    following = after.end() if after else found[1]
    if _STAMP_BY.match(text, found[1], end):
        following = _skip_source(draft, found[1], end)
    if not (text[following].isupper() or text[following].isdigit() or text[following] in "“\"'‘(["):
        return start
    if following == found[1]:
        return start
    if named:
        draft.learn(Metadata(agency=named["agency"]))
    _keep_date(draft, found[0], updated=bool(begin["updated"]))
    if at > start:
        draft.add("paragraph", start, at)
    again = _skip_headline(draft, following, end)
    if again > following:
        draft.add("paragraph", following, again)
        while again < end and text[again] in ". \n":
            again += 1
        return again
    return following


def _skip_source(draft: Draft, at: int, end: int) -> int:
    """Step over `by Outlet` between a date and the headline said again."""
    signed = _STAMP_BY.match(draft.text, at, end)
    headline = draft.metadata.headline
    if signed is None or not headline:
        return at
    where = draft.text.find(headline, signed.end(), min(end, signed.end() + _LONGEST_OUTLET + len(headline)))
    if where < 0:
        return at
    _take_source(draft, draft.text[signed.end() : where].strip(" -|,"))
    return where


def _take_source(draft: Draft, words: str) -> None:
    if (name := bylines.people(words)) and not _OUTLET_WORD.search(words):
        draft.learn(Metadata(authors=name))
    elif words:
        draft.learn(Metadata(publisher=words))


def _skip_headline(draft: Draft, start: int, end: int) -> int:
    headline = draft.metadata.headline
    if not headline:
        return start
    pattern = r"\s+".join(re.escape(word) for word in headline.rstrip(". ").split()) + r"\s*\.?\s+"
    found = re.compile(pattern).match(draft.text, start, end)
    return found.end() if found else start


def _speaks(words: str) -> bool:
    return len(words) > 300


def _take_tail(draft: Draft, line: Line) -> int | None:
    """Take the agency that signs the last paragraph; return where the words before it end, `None` when nothing is left."""
    if (signed := _TAIL_SIGNED.search(line.text)) is not None:
        names = furniture.signed_by(signed[0].strip())
        draft.learn(Metadata(authors=bylines.people(names) if names else ()))
        return line.start + signed.start() if signed.start() else None
    found = _TAIL_AGENCY.search(line.text)
    if found is None:
        return line.end
    name = found["agency"]
    if not (name.isupper() or name[:1].isupper()):
        return line.end
    draft.learn(Metadata(agency=name))
    return line.start + found.start() if found.start() else None


def _is_repeated_caption(line: Line, said: set[str]) -> bool:
    return bool(said) and fold(line.text) in said
