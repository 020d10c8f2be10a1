"""Matched words of time to days: `last week`, `28 March`, `two days later`; finds no words itself."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from kg.extract.quantities.numbers import read_number

Interval = tuple[date | None, date | None]

_DAY = timedelta(days=1)
_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
# parts of a year and of a month as the gold annotations read them; "late" begins a month after two thirds of the year
_YEAR_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (10, 12)}
_MONTH_PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
MONTH = (
    r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?!\w)"
)
WEEKDAY = (
    r"(?P<weekday>mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?"
    r"|mon\.|tues?\.|wed\.|thurs?\.|fri\.|sat\.|sun\.)(?!\w)"
)
YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d,]\d|\w)"
DAY_NUMBER = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:.]\d|\w|%)"
_FUTURE = re.compile(
    r"\b(?:will|shall|upcoming|scheduled|plans?\s+to|set\s+to|expected\s+to|to\s+be\s+held|deadline)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?:{MONTH}\s+{DAY_NUMBER}|(?P<day_>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s+)(?:,?\s+{YEAR})?", re.IGNORECASE
)
_ONE_WEEKDAY = re.compile(WEEKDAY, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a reading may lean on: the publication date, the last full date the text gave, and the words before."""

    published: date | None
    told: date | None
    before: str

    @property
    def future(self) -> bool:
        """Whether the words before speak of what is still to come."""
        return bool(_FUTURE.search(self.before))


def _month_number(match: re.Match[str]) -> int:
    word = match["month"].lower()[:3]
    return next(number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word))


def _year_of(month: int, day: int, anchor: Anchor) -> int | None:
    """Return the year of a date told without one: the last such day before publication, or soon after for what is to come."""
    if anchor.published is None:
        told = anchor.told
        return told.year if told and (month, day) >= (told.month, told.day) else None
    published = anchor.published
    candidate = date(published.year, month, min(day, monthrange(published.year, month)[1]))
    if anchor.future:
        return published.year if candidate >= published else published.year + 1
    # a day just ahead is the paper's own clock running behind, a day far ahead is last year's
    return published.year if candidate <= published + 14 * _DAY else published.year - 1


def read_full_date(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `28 March 2016`, `March 28`, `5 to 7 May`."""
    month, day = _month_number(match), int(match["day"])
    found = match.groupdict()
    year = int(found["year"]) if found.get("year") else _year_of(month, day, anchor)
    if year is None:
        return None, None
    first = date(year, month, day)
    if found.get("day2"):
        return first, date(year, month, int(found["day2"]))
    return first, first


def read_date_range(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `Nov. 14 to Nov. 17`."""
    ends = [read_full_date(m, anchor) for m in _MONTH_DAY.finditer(match[0])]
    if len(ends) != 2:
        return None, None
    (first, _), (last, _) = ends
    if last and not first:
        first = read_full_date(next(_MONTH_DAY.finditer(match[0])), Anchor(last, None, ""))[0]
    return first, last


def read_iso_date(match: re.Match[str], _anchor: Anchor) -> Interval:
    """Read `2016-03-28`."""
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return day, day


def read_month(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `March 2011`, `late March`, `last June`."""
    month = _month_number(match)
    found = match.groupdict()
    first_day, last_day = _MONTH_PARTS.get((found.get("part") or "").lower(), (1, 31))
    year = int(found["year"]) if found.get("year") else None
    if year is None and anchor.published is not None:
        if (found.get("which") or "").lower() == "next" or anchor.future:
            year = anchor.published.year + (month < anchor.published.month)
        else:
            year = anchor.published.year - (month > anchor.published.month)
    if year is None:
        return None, None
    latest = date(year, month, min(last_day, monthrange(year, month)[1]))
    if anchor.published and date(year, month, first_day) <= anchor.published < latest:
        latest = anchor.published
    return date(year, month, first_day), latest


def read_year(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `in 2014`, `early 2011`, `1980-88`."""
    year = int(match["year"])
    found = match.groupdict()
    first, last = _YEAR_PARTS.get((found.get("part") or "").lower(), (1, 12))
    if found.get("year2"):
        end = found["year2"]
        return date(year, 1, 1), date(int(str(year)[: 4 - len(end)] + end), 12, 31)
    latest = date(year, last, monthrange(year, last)[1])
    if anchor.published and date(year, first, 1) <= anchor.published < latest:
        latest = anchor.published
    return date(year, first, 1), latest


def read_season(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `summer of 2014`, `last winter`."""
    found = match.groupdict()
    season = (found["season"] or found["season_"]).lower()
    which = (found["which"] or found["which_"] or "").lower()
    first, last = _SEASONS[season]
    if found["year"]:
        year = int(found["year"])
    elif anchor.published and which == "last":
        year = anchor.published.year - (first >= anchor.published.month)
    elif anchor.published and which:
        year = anchor.published.year + (which == "next" and first <= anchor.published.month)
    else:
        return None, None
    until = year + (last < first)
    return date(year, first, 1), date(until, last, monthrange(until, last)[1])


def read_decade(match: re.Match[str], _anchor: Anchor) -> Interval:
    """Read `1990s`."""
    year = int(match["decade"])
    return date(year, 1, 1), date(year + (99 if year % 100 == 0 else 9), 12, 31)


def read_century(match: re.Match[str], _anchor: Anchor) -> Interval:
    """Read `19th century`."""
    number = int(match["century"])
    return date(number * 100 - 99, 1, 1), date(number * 100, 12, 31)


def read_weekday(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `on Friday`, `next Monday`: the last such day, or the next where the words before look ahead."""
    if anchor.published is None:
        return None, None
    word = match["weekday"].lower()[:3]
    number = next(i for i, name in enumerate(_WEEKDAYS) if name.startswith(word))
    which = (match.groupdict().get("which") or "").lower()
    behind = (anchor.published.weekday() - number) % 7
    if which in ("next", "coming", "this coming") or (anchor.future and which != "last"):
        day = anchor.published + ((number - anchor.published.weekday()) % 7 or (7 if which == "next" else 0)) * _DAY
    else:
        day = anchor.published - (behind or (7 if which == "last" else 0)) * _DAY
    return day, day


def read_weekdays(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `Thursday and Friday`."""
    ends = [read_weekday(m, anchor) for m in _ONE_WEEKDAY.finditer(match[0])]
    return ends[0][0], ends[-1][1]


_NEAR_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}


def read_near_day(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `today`, `yesterday`, `overnight`, `last night`."""
    if anchor.published is None:
        return None, None
    words = match[0].lower()
    if "overnight" in words:
        return anchor.published - _DAY, anchor.published
    if re.search(r"\blast\s+(?:night|evening)", words):
        return anchor.published - _DAY, anchor.published - _DAY
    shift = next((days for word, days in _NEAR_DAYS.items() if word in words), 0)
    if "before yesterday" in words:
        shift = -2
    day = anchor.published + shift * _DAY
    return day, day


def read_period(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `last week`, `this month`, `earlier this year`, `next week`."""
    if anchor.published is None:
        return None, None
    published, which, unit = anchor.published, match["which"].lower(), match["unit"].lower()
    step = {"last": -1, "previous": -1, "past": -1, "this": 0, "the": 0, "next": 1, "coming": 1}[which]
    first, latest = _unit_of(unit, published, step)
    lead = (match.groupdict().get("lead") or "").lower()
    if step == 0 and not lead.startswith("later"):
        latest = min(latest, published)
    if lead.startswith("later"):
        first = published
    elif (
        lead.startswith(("early", "mid", "late", "at the end", "the end", "the beginning", "beginning", "start", "end"))
        and "er" not in lead
    ):
        first, latest = _part_of(lead, first, latest)
    return first, latest


def _unit_of(unit: str, published: date, step: int) -> tuple[date, date]:
    if unit.startswith("week"):
        weekend = 5 if unit == "weekend" else 0
        monday = published - published.weekday() * _DAY + 7 * step * _DAY
        if weekend and step == 0 and published.weekday() < 5:
            monday -= 7 * _DAY
        return monday + weekend * _DAY, monday + 6 * _DAY
    if unit.startswith("month"):
        months = published.year * 12 + published.month - 1 + step
        year, month = divmod(months, 12)
        return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])
    year = published.year + step
    return date(year, 1, 1), date(year, 12, 31)


def _part_of(lead: str, first: date, latest: date) -> tuple[date, date]:
    # the beginning and the end of a year are a month each, those of a month a third
    third = 30 * _DAY if lead.endswith(" of") and (latest - first).days > 31 else (latest - first) / 3
    if lead.startswith(("early", "the beginning", "beginning", "start")):
        return first, first + third
    if lead.startswith("mid"):
        return first + third + _DAY, latest - third
    return latest - third, latest


def _shift(day: date, words: str, unit: str, sign: int) -> Interval:
    number = 3 if words in ("few", "several") else read_number(words)
    if number is None or words in ("few", "several"):
        return (None, day) if sign < 0 else (day, None)
    if unit.startswith("hour"):
        return (day - _DAY * ((number + 23) // 24), day) if sign < 0 else (day, day)
    if unit.startswith("day"):
        return (day + sign * number * _DAY,) * 2
    if unit.startswith("week"):
        return (day + sign * 7 * number * _DAY,) * 2
    if unit.startswith("month"):
        year, month = divmod(day.year * 12 + day.month - 1 + sign * number, 12)
        return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])
    year = day.year + sign * number * (10 if unit.startswith("decade") else 1)
    return date(year, 1, 1), date(year, 12, 31)


def read_ago(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `two weeks ago`."""
    if anchor.published is None:
        return None, None
    return _shift(anchor.published, _count(match), match["unit"].lower(), -1)


def read_past(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `in the past two weeks`: from that long before publication until then."""
    if anchor.published is None:
        return None, None
    words, unit = _count(match), match["unit"].lower()
    if words in ("few", "several"):
        return None, anchor.published
    first, _ = _shift(anchor.published, words, unit, -1)
    if first and unit.startswith(("month", "year", "decade")):
        last_day = monthrange(first.year, anchor.published.month if not unit.startswith("month") else first.month)[1]
        month = first.month if unit.startswith("month") else anchor.published.month
        first = date(first.year, month, min(anchor.published.day, last_day))
    return first, anchor.published


def read_recent(_match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `recent weeks`, `for more than two years`: until publication, from an open day."""
    return None, anchor.published


def read_later(match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `the next day`, `three days later`, counted from the last full date the text told."""
    # "three months after the vote" is counted from what the text says next
    if anchor.told is None or re.search(r"\b(?:after|before)$", match[0], re.IGNORECASE):
        return None, None
    found = match.groupdict()
    sign = -1 if re.search(r"earlier|before|previous", match[0], re.IGNORECASE) else 1
    return _shift(anchor.told, (found.get("count") or "one").lower(), match["unit"].lower(), sign)


def read_same_day(_match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `that evening`, `the same day`."""
    return anchor.told, anchor.told


def read_since_then(_match: re.Match[str], anchor: Anchor) -> Interval:
    """Read `since then`."""
    return (anchor.told, anchor.published) if anchor.told else (None, None)


def read_open(_match: re.Match[str], _anchor: Anchor) -> Interval:
    """Leave open what only names an hour or a feast."""
    return None, None


def _count(match: re.Match[str]) -> str:
    return (match.groupdict().get("count") or "one").lower()
