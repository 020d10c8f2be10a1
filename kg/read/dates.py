"""Calendar dates as news pages write them, in English and in figures; resolves no relative time ("Tuesday", "last week").

A date without a year, or one in figures that could be read two ways (4/5/2017), is no date: nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY = r"(?P<day{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year{0}>(?:1[89]|20)\d\d|(?<=\s)'?\d\d(?=\s*(?:$|[^\w\s:./-])))"
_TIME = (
    r"(?:\s*(?:,|at|-|–|\||T)?\s*(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?:\.\d+)?|(?<=at )\d{4})\s*(?:[ap]\.?m\.?)?"
    r"(?:\s*(?:Z|GMT|UTC|EST|EDT|BST|CET|CEST|[+-]\d{2}:?\d{2}))?)?"
)
_DATE = re.compile(
    _WEEKDAY
    + r"(?:"
    + r"(?P<year0>(?:1[89]|20)\d\d)-(?P<number0>\d{2})-(?P<day0>\d{2})"
    + rf"|{_DAY.format(1)}(?:\s+of)?[\s-]+{_MONTH.format(1)},?[\s-]+{_YEAR.format(1)}"
    + rf"|{_MONTH.format(2)}\s+{_DAY.format(2)}(?:\s*,\s*|\s+|(?=\d{{4}}\b)){_YEAR.format(2)}"
    + r"|(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year3>(?:1[89]|20)\d\d)"
    + r"|(?P<year4>(?:1[89]|20)\d\d)[/.](?P<number4>\d{1,2})[/.](?P<day4>\d{1,2})"
    # a dump that has lost its hyphens
    + r"|(?P<year5>(?:19|20)\d\d) (?P<number5>0[1-9]|1[0-2]) (?P<day5>[0-2]\d|3[01])(?!\w)"
    + r")(?![\d/])"
    + _TIME,
    re.IGNORECASE,
)
_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?\s*(?P<zone>GMT|UTC)\b", re.IGNORECASE)
_URL_DATES = (
    re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d{1,2}|[a-z]{3})/(?P<d>\d{1,2})(?:/|$)", re.IGNORECASE),
    re.compile(r"/(?P<d>\d{2})/(?P<m>\d{2})/(?P<y>(?:19|20)\d\d)(?:/|$)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"),
    # 8 figures are a day, 12 and 14 a day with a time; other lengths are article numbers
    re.compile(r"/(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?:\d{4}|\d{6})?(?=\D|$)"),
)
# Two figures: news archives on the web begin in the seventies.
_CENTURY_TURN = 70
_MILLISECONDS = 10**11


def match(text: str, at: int = 0) -> tuple[date | datetime, int] | None:
    """Read the date that begins at `at`; return it with the offset where it (and its time of day) ends."""
    found = _DATE.match(text, at)
    if found is None or (value := _value(found)) is None:
        return None
    return value, at + len(text[at : found.end()].rstrip())


def search(text: str) -> date | datetime | None:
    """Return the first whole date that the words hold."""
    for found in _DATE.finditer(text):
        before = text[found.start() - 1 : found.start()]
        if not before.isalnum() and (value := _value(found)) is not None:
            return value
    return None


def parse(value: object) -> date | datetime | None:
    """Read a field's value: ISO 8601, RFC 2822, words, seconds or milliseconds since 1970; `None` when it is no date."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_epoch(float(value))
    return _from_words(value.strip()) if isinstance(value, str) and value.strip() else None


def _from_words(words: str) -> date | datetime | None:
    if words.isdigit() and len(words) in (10, 13):
        return _from_epoch(float(words))
    if re.fullmatch(r"\d{8}", words):
        return _calendar(int(words[:4]), int(words[4:6]), int(words[6:]))
    if _ISO_TIME.match(words) and (moment := _from_iso(words)) is not None:
        return moment
    if words[-1].isdigit() or words.endswith("GMT"):
        try:
            moment = parsedate_to_datetime(words)
        except ValueError:
            pass
        else:
            return moment if moment.tzinfo else moment.date()
    return search(words)


def in_url(url: str) -> date | None:
    """Return the day that an address's path states (`/2016/03/28/`)."""
    path = re.sub(r"^[a-z]+://[^/]*", "", url, flags=re.IGNORECASE).split("?", 1)[0]
    for pattern in _URL_DATES:
        for found in pattern.finditer(path):
            month = found["m"].lower()
            number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if month.isdigit() else 0
            if (day := _calendar(int(found["y"]), number, int(found["d"]))) is not None:
                return day
    return None


def _value(found: re.Match[str]) -> date | datetime | None:
    group = found.groupdict()
    if group["first"]:
        first, second = int(group["first"]), int(group["second"])
        if group["mark"] == ".":  # only written with the day first
            return _calendar(int(group["year3"]), second, first)
        if max(first, second) <= 12 and first != second:
            return None
        day = _calendar(int(group["year3"]), min(first, second), max(first, second))
    else:
        which = next(n for n in "01245" if group[f"day{n}"])
        name = group.get(f"month{which}")
        number = _MONTHS.index(name[:3].lower()) + 1 if name else int(group[f"number{which}"])
        day = _calendar(_year(group[f"year{which}"]), number, int(group[f"day{which}"]))
    if day is None:
        return None
    if _ISO_TIME.match(found[0]) and (moment := _from_iso(found[0])) is not None:
        return moment
    clock = _CLOCK.search(found[0])
    if clock and int(clock["hour"]) < 24 and int(clock["minute"]) < 60:
        return datetime(day.year, day.month, day.day, int(clock["hour"]), int(clock["minute"]), tzinfo=UTC)
    return day


def _year(words: str) -> int:
    number = int(words.lstrip("'"))
    if number >= 100:
        return number
    return number + (1900 if number >= _CENTURY_TURN else 2000)


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_iso(words: str) -> date | datetime | None:
    try:
        moment = datetime.fromisoformat(words.strip().replace(" Z", "Z").replace(" UTC", "Z").replace(" GMT", "Z"))
    except ValueError:
        return None
    offset = moment.utcoffset()
    if offset is None:
        return moment.date()
    return moment.replace(tzinfo=UTC if offset == timedelta(0) else timezone(offset))


def _from_epoch(number: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
