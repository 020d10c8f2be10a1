"""The grammar of datelines (`BAGHDAD, March 28 (Reuters) -`) and of what may stand before a story; finds no events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.read import bylines, dates

if TYPE_CHECKING:
    from datetime import date, datetime

_CAPITALS = r"(?:(?:ST|MT|FT)\.|[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’\-]+)"
_SHOUTED = rf"{_CAPITALS}(?:[ /]{_CAPITALS}){{0,4}}"
_WORD = r"(?:[A-ZÀ-ÖØ-Þ][\w'’\-]*\.?|al-[A-Z]\w+|of|the|de|du|and)"
_SPOKEN = rf"[A-ZÀ-ÖØ-Þ][\w'’]*(?:-[\w'’]+)*(?: {_WORD}){{0,3}}"
_REGION = rf"(?:\s*\([A-ZÀ-ÖØ-Þ][\w .'’-]{{2,30}}\)(?=,)|,\s*(?!{bylines.AGENCY_PATTERN}\b)(?:(?:[A-Z]\.){{2,4}}|[A-ZÀ-ÖØ-Þ][\w'’.-]*(?: {_WORD}){{0,3}}))?"
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Za-z]*\.?"
)
_WEEKDAY = r"(?:(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thurs|Fri|Sat|Satur|Sun)(?:day)?\.?,?\s+)?"
_YEAR = r"(?:,?\s+(?:(?:19|20)\d\d|\d\d(?!\d)))?"
_DATE = rf"(?:[,.]?\s+(?P<date>{_WEEKDAY}(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH}){_YEAR}))?"
_AGENCY = r"(?:[,.]?\s*\((?P<agency>[A-Z][^()\n]{1,45})\)|[,.]?\s+(?P<bare>{names})(?=\s*[-–—]))?".replace(
    "{names}", bylines.AGENCY_PATTERN
)
_DASH = r"\s*(?:—|–|--|- -|―)\s*|\s+-\s+|\s*-\s+"
_STAMP = r"(?:\[[A-Z][A-Z .,'-]{2,40}\]\s*)*"
_SHOUTED_LINE = re.compile(
    rf"(?P<place>{_SHOUTED}{_REGION}){_DATE}{_AGENCY}(?:(?P<dash>{_DASH})|(?P<colon>\s*:\s+)|(?P<stop>(?<=\d{{4}})\.\s+)|$){_STAMP}"
)
_SPOKEN_LINE = re.compile(
    rf"(?P<place>{_SPOKEN}{_REGION}){_DATE}{_AGENCY}(?:(?P<dash>\s*(?:—|–|--|―)\s*|\s+-\s+)|(?P<colon>\s*:\s+)|(?P<stop>(?<=\d{{4}})\.\s+)|$)"
)
_AGENCY_LINE = re.compile(rf"\(?(?P<agency>{bylines.AGENCY_PATTERN})\)?(?P<dash>\s*(?:—|–|--)\s*|\s+-\s+)(?=[“\"'A-Z])")
_INNER = re.compile(
    rf"(?<=\S )(?P<place>{_SHOUTED}(?:,\s*[A-Z][\w.]*(?: [A-Z][\w.]*)?)?){_DATE}(?:\s*\((?P<agency>[A-Z][^()\n]{{1,30}})\))?"
    rf"\s*(?:—|–|--|-)\s+(?=[“\"'A-Z])"
)
# Words that editors put before a dash or a colon where a place would stand.
_NO_PLACE = frozenset(
    (
        "analysis", "background", "breaking", "brief", "comment", "correction", "editorial", "exclusive",
        "explainer", "factbox", "feature", "interview", "live", "note", "opinion", "photo", "profile", "q&a",
        "recap", "report", "review", "special", "timeline", "update", "updated", "urgent", "video", "watch",
        "written", "yes", "no", "but", "and", "president", "minister", "police", "officials", "reporter", "question",
        "answer", "moderator", "summary", "highlights", "nato", "unicef", "unesco", "unhcr", "isis", "isil", "hamas",
        "osce", "ecowas", "asean", "opec", "fifa", "nasa",
    )
)  # fmt: skip
_LONGEST = 110
_SHORTEST_SHOUT = 4


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline found: where it ends in the text (the story begins there), and what it states."""

    end: int
    place: str | None
    agency: str | None
    outlet: str | None
    published: date | datetime | None


def at(text: str, start: int, end: int, *, opening: bool) -> Dateline | None:
    """Read the dateline that begins at `start` of the paragraph that ends at `end`.

    Places in capitals count in every paragraph; in `opening` paragraphs also places as they are commonly written, and an agency
    that stands alone.
    """
    limit = min(end, start + _LONGEST)
    if (found := _SHOUTED_LINE.match(text, start, limit)) and _is_dateline(found, end, shouted=True):
        return _dateline(found)
    if not opening:
        return None
    if (found := _AGENCY_LINE.match(text, start, limit)) is not None:
        return Dateline(found.end(), None, found["agency"], None, None)
    if (found := _SPOKEN_LINE.match(text, start, limit)) and _is_dateline(found, end, shouted=False):
        return _dateline(found)
    return None


def inside(text: str, start: int, end: int) -> tuple[int, Dateline] | None:
    """Find the dateline of a story whose headline stands in the same line; return where it begins, and the dateline."""
    found = _INNER.search(text, start, min(end, start + 2 * _LONGEST + 60))
    if found is None or re.search(r"[a-z0-9)][.!?]\s", text[start : found.start()]):
        return None
    if not found["agency"] and len(found["place"].split(",")[0]) < 4:
        return None
    return found.start(), Dateline(found.end(), *_facts(found))


def _is_dateline(found: re.Match[str], end: int, *, shouted: bool) -> bool:
    place = found["place"]
    stated = bool(found["date"] or found["agency"] or found["bare"])
    after = found.string[found.end() : found.end() + 1]
    # "MANILA, 24 July 2000. The military said": a stop ends a dateline that gives a whole date; "Bologna, August 2, 1980. It
    # was a hot Saturday" tells a story
    whole = bool(found["stop"] and found["date"] and re.search(r"\d{4}$", found["date"]))
    dated = whole and (shouted or found.string.startswith("By ", found.end()))
    if not (found["dash"] or dated or (found["colon"] and found.end() != end) or (stated and found.end() == end)):
        return False
    if place.split()[0].lower().strip(",.:") in _NO_PLACE or bylines.agency(place):
        return False
    if found.end() != end and not (after.isupper() or after.isdigit() or after in "“\"'‘[«(" or stated):
        return False
    if shouted:
        # a short word in capitals before a colon or a lone hyphen is an acronym that speaks
        return stated or len(place.split(",")[0]) >= _SHORTEST_SHOUT or ("," in place and bool(found["dash"]))
    if found["colon"] or len(place) < _SHORTEST_SHOUT:
        return stated
    return stated or (found.end() != end and len(place.split()) <= 5 and "and" not in place.split())


def _dateline(found: re.Match[str]) -> Dateline:
    return Dateline(found.end(), *_facts(found))


def _facts(found: re.Match[str]) -> tuple[str, str | None, str | None, date | datetime | None]:
    groups = found.groupdict()
    named = groups.get("agency") or groups.get("bare")
    known = bylines.agency(named) if named else None
    day = dates.parse(found["date"]) if found["date"] else None
    return " ".join(found["place"].split()), known, named if named and not known else None, day
