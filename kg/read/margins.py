"""What stands around a story and states something about it: bylines, labels, credits, date stamps, signatures.

What is stated goes to the draft's metadata; the story itself is read elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import Metadata
from kg.names import fold
from kg.read import bylines, dates, furniture, outlets
from kg.read.layout import ends_sentence, tidy

if TYPE_CHECKING:
    from kg.model import Image
    from kg.read.layout import Draft, Line

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
_SIGNATURE = re.compile(r"\s*(?:[,|–—]|\s-\s)\s*(?=\w)|\s+(?=(?:19|20)\d\d[ -]\d\d[ -]\d\d\b)")


def stands_alone(line: str) -> bool:
    """Tell whether a line is a thing of its own that no broken line runs into: byline, date, address, label, button."""
    return (
        furniture.is_furniture(line)
        or furniture.label(line) is not None
        or furniture.credit_line(line) is not None
        or bylines.is_byline(line)
        or is_stamp(line)
        or "??" in line[:3]
    )


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
    if take_stamp(draft, words) or _take_signature(draft, words):
        return True
    if names := furniture.signed_by(words):
        draft.learn(Metadata(authors=bylines.people(names)))
    known = bylines.agency(words)
    if known is not None:
        draft.learn(Metadata(agency=known))
    return known is not None or furniture.is_furniture(words)


def is_stamp(words: str) -> bool:
    """Tell whether a line is a date of publication, perhaps with a byline."""
    stamp = _read_stamp(words)
    return stamp is not None and not re.search(r"\w", re.sub(r"\b(?:by|at|GMT|UTC|am|pm)\b", "", stamp[2])[:1])


def take_stamp(draft: Draft, words: str) -> bool:
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
        take_stamp(draft, rest)
    elif rest and outlets.is_section(rest):
        draft.learn(Metadata(section=rest))
    elif rest:
        return False
    _keep_date(draft, day, updated=bool(begin["updated"]))
    return True


def skip_stamps(draft: Draft, start: int, end: int) -> int:
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
    if following == found[1] and text[following] != "(":
        return start
    if named:
        draft.learn(Metadata(agency=bylines.agency(named["agency"])))
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


def take_tail(draft: Draft, line: Line) -> int | None:
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
    draft.learn(Metadata(agency=bylines.agency(name)))
    return line.start + found.start() if found.start() else None


def add_image(draft: Draft, image: Image) -> None:
    """Add a photo to the metadata; one of the same caption is not added twice."""
    if all(fold(image.caption) != fold(known.caption) for known in draft.metadata.images):
        draft.metadata = replace(draft.metadata, images=(*draft.metadata.images, image))


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
        if len(value) > outlets.LONGEST or ends_sentence(value):
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


def _read_stamp(words: str) -> tuple[re.Match[str], tuple[object, int], str] | None:
    begin = _STAMP.match(words)
    if begin is None or (found := dates.match(words, begin.end())) is None:
        return None
    rest = words[found[1] :].strip(" -–—|,.;:()")
    return begin, found, rest


def _take_signature(draft: Draft, words: str) -> bool:
    """Take a line that names an outlet, an issue or a desk and ends with a day: `The Example Courier, 28 March 2020`."""
    if len(words) > 2 * outlets.LONGEST:
        return False
    for found in _SIGNATURE.finditer(words):
        day = dates.match(words, found.end())
        rest = words[day[1] :].strip(" .)-–") if day else ""
        if day is None or (rest and not outlets.is_section(rest)):
            continue
        named = words[: found.start()]
        if not _is_signature(named):
            return False
        outlet = outlets.WORD.search(named) and outlets.is_name_like(named) and not re.search(r"\d", named)
        known = Metadata(publisher=named if outlet else None, published=dates.parse(day[0]), section=rest or None)
        draft.learn(known)
        return True
    return False


def _is_signature(named: str) -> bool:
    """Tell whether the words before a day name who publishes: mostly capitalised, no sentence."""
    names = [word for word in re.findall(r"[^\W\d_]{3,}", named) if word.lower() not in ("and", "for", "the", "from")]
    capitals = sum(word[0].isupper() for word in names)
    return bool(names) and 2 * capitals >= len(names) and (bool(outlets.WORD.search(named)) or len(names) <= 6)


def _keep_date(draft: Draft, day: object, *, updated: bool) -> None:
    value = dates.parse(day)
    if updated:
        draft.suppose(3, value)
    else:
        draft.learn(Metadata(published=value))


def _skip_source(draft: Draft, at: int, end: int) -> int:
    """Step over `by Outlet` between a date and the headline said again."""
    signed = _STAMP_BY.match(draft.text, at, end)
    headline = draft.metadata.headline
    if signed is None or not headline:
        return at
    where = draft.text.find(headline, signed.end(), min(end, signed.end() + outlets.LONGEST + len(headline)))
    if where < 0:
        return at
    _take_source(draft, draft.text[signed.end() : where].strip(" -|,"))
    return where


def _take_source(draft: Draft, words: str) -> None:
    if (name := bylines.people(words)) and not outlets.WORD.search(words):
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
