"""Words that say when, and the days they may mean; attaches nothing to events.

A day is anchored on the publication date where the source gives one, on the year where the words give it, else it stays open.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extract.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.extract.document import Document, Sentence

Interval = tuple[date | None, date | None]

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_DAY = timedelta(days=1)
# parts of a year and of a month as the gold annotations read them; "late" begins a month after two thirds of the year
_YEAR_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (10, 12)}
_MONTH_PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}

_MONTH = (
    r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?!\w)"
)
_WEEKDAY = (
    r"(?P<weekday>mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?"
    r"|mon\.|tues?\.|wed\.|thurs?\.|fri\.|sat\.|sun\.)(?!\w)"
)
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d,]\d|\w)"
_DAYNUM = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:.]\d|\w|%)"
_PART = r"(?:(?P<part>early|mid|late)(?:\s+in|\s+on)?[\s-]+)?"
_TIME_OF_DAY = r"(?:morning|afternoon|evening|night|dawn|midday|noon|midnight|overnight)"
_NUMBER = (
    r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|several|few|\d{1,3})"
)
_UNIT = r"(?P<unit>hours?|days?|weeks?|months?|years?|decades?)"
_CLOCK = (
    r"\d{1,2}(?::\s?|\.\s?)\d\d\s?(?:[ap]\.?\s?m\.?|gmt|local\s+time|hours)?(?:\s+local\s+time|\s+gmt)?"
    r"|\d{1,2}\s?[ap]\.?\s?m\.?(?!\w)(?:\s+local\s+time|\s+gmt)?"
)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Words that say when; `earliest` and `latest` are the days they may mean, inclusive, `None` while open."""

    start: int
    end: int
    text: str
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What a reading may lean on: the publication date, the last full date the text gave, and the words before."""

    published: date | None
    told: date | None
    before: str

    @property
    def future(self) -> bool:
        """Whether the words before speak of what is still to come."""
        return bool(_FUTURE.search(self.before))


_FUTURE = re.compile(
    r"\b(?:will|shall|upcoming|scheduled|plans?\s+to|set\s+to|expected\s+to|to\s+be\s+held|deadline)\b[^.;]{0,60}$",
    re.IGNORECASE,
)


def find_times(document: Document) -> tuple[TimeSpan, ...]:
    """Return every time expression of the article, in order, without overlap.

    With publication on Thursday 12 March 2020: `on Tuesday` → 10 March; `last week` → 2 to 8 March; `in 2014` → the whole year.
    Without a publication date only what carries its own year is anchored, and days told after a full date nearby.
    """
    found: list[TimeSpan] = []
    told: tuple[int, date] | None = None
    for sentence in document.sentences:
        for span in _in_sentence(document, sentence, told):
            found.append(span)
            if span.earliest is not None and span.earliest == span.latest:
                told = (sentence.index, span.earliest)
    return tuple(found)


# how many sentences a full date goes on anchoring "the following day" and bare month days
_REACH = 10


def _in_sentence(document: Document, sentence: Sentence, told: tuple[int, date] | None) -> Iterator[TimeSpan]:
    text = document.text[sentence.start : sentence.end]
    last = told[1] if told and sentence.index - told[0] <= _REACH else None
    position = 0
    while best := _next_match(text, position):
        match, reading = best
        anchor = _Anchor(document.published, last, text[max(0, match.start() - 80) : match.start()])
        try:
            earliest, latest = reading(match, anchor)
        except (ValueError, OverflowError):
            earliest = latest = None
        start, end = sentence.start + match.start(), sentence.start + match.end()
        span = TimeSpan(start, end, document.text[start:end], earliest, latest)
        yield _since(span, match, document.published)
        if earliest is not None and earliest == latest:
            last = earliest
        position = match.end()


def _next_match(text: str, position: int) -> tuple[re.Match[str], Callable[[re.Match[str], _Anchor], Interval]] | None:
    best: tuple[int, int, re.Match[str], Callable[[re.Match[str], _Anchor], Interval]] | None = None
    for pattern, reading in _grammar():
        match = pattern.search(text, position)
        if match and (best is None or (match.start(), -match.end()) < best[:2]):
            best = (match.start(), -match.end(), match, reading)
    return (best[2], best[3]) if best else None


def _since(span: TimeSpan, match: re.Match[str], published: date | None) -> TimeSpan:
    """`Since Tuesday` runs to the publication date, or on without an end where none is known."""
    words = match.string[max(0, match.start() - 12) : match.end()].lower()
    if not re.search(r"\bsince\s+(?:about\s+|late\s+|early\s+|mid-?\s*)?$|^since\b", words[: -len(span.text)] or words):
        return span
    if span.earliest is None:
        return span
    return replace(span, latest=published)


# --- readings --------------------------------------------------------------------------------------------------------


def _month_number(match: re.Match[str]) -> int:
    word = match["month"].lower()[:3]
    return next(number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word))


def _year_of(month: int, day: int, anchor: _Anchor) -> int | None:
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


def _full_date(match: re.Match[str], anchor: _Anchor) -> Interval:
    month, day = _month_number(match), int(match["day"])
    found = match.groupdict()
    year = int(found["year"]) if found.get("year") else _year_of(month, day, anchor)
    if year is None:
        return None, None
    first = date(year, month, day)
    if found.get("day2"):
        return first, date(year, month, int(found["day2"]))
    return first, first


def _date_range(match: re.Match[str], anchor: _Anchor) -> Interval:
    ends = [_full_date(m, anchor) for m in _MONTH_DAY.finditer(match[0])]
    if len(ends) != 2:
        return None, None
    (first, _), (last, _) = ends
    if last and not first:
        first = _full_date(next(_MONTH_DAY.finditer(match[0])), _Anchor(last, None, ""))[0]
    return first, last


def _iso_date(match: re.Match[str], _anchor: _Anchor) -> Interval:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return day, day


def _month(match: re.Match[str], anchor: _Anchor) -> Interval:
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


def _year(match: re.Match[str], anchor: _Anchor) -> Interval:
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


def _season(match: re.Match[str], anchor: _Anchor) -> Interval:
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


def _decade(match: re.Match[str], _anchor: _Anchor) -> Interval:
    year = int(match["decade"])
    return date(year, 1, 1), date(year + (99 if year % 100 == 0 else 9), 12, 31)


def _century(match: re.Match[str], _anchor: _Anchor) -> Interval:
    number = int(match["century"])
    return date(number * 100 - 99, 1, 1), date(number * 100, 12, 31)


def _weekday(match: re.Match[str], anchor: _Anchor) -> Interval:
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


def _weekdays(match: re.Match[str], anchor: _Anchor) -> Interval:
    ends = [_weekday(m, anchor) for m in _ONE_WEEKDAY.finditer(match[0])]
    return ends[0][0], ends[-1][1]


_NEAR_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}


def _near_day(match: re.Match[str], anchor: _Anchor) -> Interval:
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


def _period(match: re.Match[str], anchor: _Anchor) -> Interval:
    """`last week`, `this month`, `earlier this year`, `next week`."""
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


def _ago(match: re.Match[str], anchor: _Anchor) -> Interval:
    if anchor.published is None:
        return None, None
    return _shift(anchor.published, _count(match), match["unit"].lower(), -1)


def _past(match: re.Match[str], anchor: _Anchor) -> Interval:
    """`in the past two weeks`: from that long before publication until then."""
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


def _recent(_match: re.Match[str], anchor: _Anchor) -> Interval:
    return None, anchor.published


def _later(match: re.Match[str], anchor: _Anchor) -> Interval:
    """`the next day`, `three days later`: counted from the last full date the text told."""
    if anchor.told is None:
        return None, None
    found = match.groupdict()
    sign = -1 if re.search(r"earlier|before|previous", match[0], re.IGNORECASE) else 1
    return _shift(anchor.told, (found.get("count") or "one").lower(), match["unit"].lower(), sign)


def _same_day(_match: re.Match[str], anchor: _Anchor) -> Interval:
    return anchor.told, anchor.told


def _since_then(_match: re.Match[str], anchor: _Anchor) -> Interval:
    return (anchor.told, anchor.published) if anchor.told else (None, None)


def _open(_match: re.Match[str], _anchor: _Anchor) -> Interval:
    return None, None


def _count(match: re.Match[str]) -> str:
    return (match.groupdict().get("count") or "one").lower()


# --- grammar ---------------------------------------------------------------------------------------------------------

_LEAD = rf"(?:(?:early|late|later|the\s+{_TIME_OF_DAY}\s+of|{_TIME_OF_DAY}(?:\s+(?:of|on))?|around\s+{_TIME_OF_DAY})\s+(?:on\s+)?)?"
_TAIL = rf"(?:\s+{_TIME_OF_DAY})?(?:\s+(?:at|around|about)\s+(?:{_CLOCK}))?"
_MONTH_DAY = re.compile(
    rf"(?:{_MONTH}\s+{_DAYNUM}|(?P<day_>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s+)(?:,?\s+{_YEAR})?", re.IGNORECASE
)
_ONE_WEEKDAY = re.compile(_WEEKDAY, re.IGNORECASE)


@lru_cache(maxsize=1)
def _grammar() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Anchor], Interval]], ...]:
    weekday_lead = rf"(?:{_WEEKDAY},?\s+)?".replace("?P<weekday>", "?:")
    day_two = r"(?:\s*(?:-|–|to|and|through)\s*(?P<day2>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:.]\d|\w))?"
    month_day = rf"{_MONTH}\s+{_DAYNUM}"
    plain_month_day = re.sub(r"\?P<\w+>", "?:", month_day)
    plain_year = re.sub(r"\?P<\w+>", "?:", _YEAR)
    unit_word = r"(?P<unit>weekend|week|month|year)"
    weekday_plain = _WEEKDAY.replace("?P<weekday>", "?:")
    table: tuple[tuple[str, Callable[[re.Match[str], _Anchor], Interval]], ...] = (
        (r"(?P<y>(?:19|20)\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?!\d)", _iso_date),
        (
            rf"{_LEAD}{weekday_lead}(?:the\s+night\s+of\s+)?(?:{plain_month_day})(?:,?\s+{plain_year})?\s*(?:to|until|and|-|–)\s*"
            rf"(?:{plain_month_day})(?:,?\s+{plain_year})?",
            _date_range,
        ),
        (rf"{_LEAD}{weekday_lead}{_MONTH}\s+{_DAYNUM}{day_two}(?:,?\s+{_YEAR})?{_TAIL}", _full_date),
        (
            rf"{_LEAD}{weekday_lead}(?:the\s+)?{_DAYNUM}{day_two}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?{_TAIL}",
            _full_date,
        ),
        (rf"{_PART}{_MONTH},?\s+(?:of\s+)?{_YEAR}", _month),
        (rf"{_PART}(?:(?P<which>last|next|this)\s+)?{_MONTH}(?=\W|$)", _month),
        (
            rf"{_PART}(?:(?<=in\s)|(?<=since\s)|(?<=from\s)|(?<=of\s)|(?<=until\s)|(?<=by\s)|(?<=during\s)|(?<=before\s)"
            rf"|(?<=after\s)|(?<=early\s)|(?<=late\s)|(?<=mid\s)|(?<=mid-)|(?<=between\s)|(?<=the\s)|(?<=and\s)|(?<=to\s)|(?<=\())"
            rf"{_YEAR}(?:\s?[-–/]\s?(?P<year2>\d\d(?:\d\d)?)(?!\d))?",
            _year,
        ),
        (rf"(?P<part>early|mid|late)(?:\s+in)?[\s-]+{_YEAR}", _year),
        (rf"{_YEAR}\s?[-–/]\s?(?P<year2>\d\d(?:\d\d)?)(?!\d)", _year),
        (r"(?P<decade>(?:1[5-9]|20)\d0)['’]?s(?!\w)", _decade),
        (r"(?P<century>1\d|20|21)(?:st|th)[\s-]century", _century),
        (
            rf"(?:(?P<which>last|this|next)\s+)?(?<!\w)(?P<season>spring|summer|autumn|winter)(?:\s+(?:of\s+|in\s+)?{_YEAR})"
            rf"|(?P<which_>last|this|next)\s+(?P<season_>summer|winter|autumn)(?!\w)",
            _season,
        ),
        (
            rf"{_LEAD}{weekday_plain}\s*(?:to|and|through|until|or|-|–)\s*{weekday_plain}{_TAIL}",
            _weekdays,
        ),
        (rf"{_LEAD}(?:(?P<which>last|next|this\s+coming|coming|this)\s+)?{_WEEKDAY}{_TAIL}", _weekday),
        (
            r"the\s+day\s+before\s+yesterday|(?:earlier\s+|later\s+|early\s+|late\s+)?(?:today|yesterday|tomorrow)"
            rf"(?:\s+{_TIME_OF_DAY})?|(?:dawn|night|morning|midnight)\s+(?:yesterday|today)|tonight|overnight"
            r"|this\s+(?:morning|afternoon|evening)|last\s+(?:night|evening)|earlier\s+in\s+the\s+day",
            _near_day,
        ),
        (
            r"(?:(?P<lead>earlier|later|early|late|mid|at\s+the\s+end\s+of|the\s+end\s+of|(?:the\s+)?beginning\s+of)\s+)?"
            rf"(?P<which>last|this|next|previous|coming)\s+{unit_word}(?!\w)",
            _period,
        ),
        (
            rf"(?:about\s+|around\s+|more\s+than\s+|over\s+|nearly\s+|almost\s+|just\s+|a\s+(?=few|couple))?"
            rf"(?P<count>{_NUMBER})\s+{_UNIT}\s+ago",
            _ago,
        ),
        (
            rf"(?:(?:in|over|during|for|within)\s+)?(?:the\s+)?(?:past|last|previous)\s+(?:(?P<count>{_NUMBER})\s+)?{_UNIT}(?!\w)",
            _past,
        ),
        (
            r"(?:the\s+)?(?P<lead>beginning|start|end)\s+of\s+(?P<which>this|last|next|the)\s+(?P<unit>week|month|year)(?!\w)",
            _period,
        ),
        (
            rf"(?<=for\s)(?:more\s+than\s+|over\s+|nearly\s+|almost\s+|about\s+|at\s+least\s+)?{_NUMBER}\s+(?:weeks|months|years|decades)"
            rf"|(?:more\s+than|over)\s+{_NUMBER}\s+years(?!\s+(?:old|ago|later|in\s+prison))",
            _recent,
        ),
        (r"since\s+then", _since_then),
        (r"(?:in\s+|over\s+)?(?:the\s+)?recent\s+(?:days|weeks|months|years)|recently", _recent),
        (
            rf"(?P<count>{_NUMBER})\s+{_UNIT}\s+(?:later|earlier|after(?:wards?)?|before(?:hand)?)(?!\w)",
            _later,
        ),
        (r"the\s+(?:next|following|previous)\s+(?P<unit>day|week|month|year)(?!\w)", _later),
        (
            rf"(?:later\s+)?(?:that|the\s+same)\s+(?:same\s+)?(?:day|{_TIME_OF_DAY})",
            _same_day,
        ),
        (
            r"(?:the\s+)?(?:(?:first|last)\s+(?:day|night)\s+of\s+)?(?:holy\s+month\s+of\s+)?(?:Ramadan|Eid(?:\s+al-\w+)?|Easter(?:\s+Sunday)?|Christmas(?:\s+(?:Day|Eve))?|Ashura|Arbaeen|New\s+Year['’]?s?\s+(?:Eve|Day))",
            _open,
        ),
        (
            rf"(?:around\s+|about\s+|at\s+)?(?:{_CLOCK})(?!\w)|(?:shortly\s+(?:after|before)\s+)?(?:midnight|dawn|noon)(?!\w)",
            _open,
        ),
    )
    return tuple((re.compile(rf"(?<![\w-])(?:{words})", re.IGNORECASE), reading) for words, reading in table)
