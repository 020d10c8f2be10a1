"""Words that say when, and the days they may mean; attaches nothing to events.

A day is anchored on the publication date where the source gives one, on the year where the words give it, else it stays
open. What the words mean is read in `dates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extract.quantities import dates
from kg.extract.quantities.dates import DAY_NUMBER, MONTH, WEEKDAY, YEAR, Anchor, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from kg.extract.language.document import Document, Sentence


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
        anchor = Anchor(document.published, last, text[max(0, match.start() - 80) : match.start()])
        try:
            earliest, latest = reading(match, anchor)
        except (ValueError, OverflowError):
            earliest = latest = None
        start, end = sentence.start + match.start(), sentence.start + match.end()
        span = TimeSpan(start, end, document.text[start:end], earliest, latest)
        yield _ordered(_since(span, match, document.published))
        if earliest is not None and earliest == latest:
            last = earliest
        position = match.end()


def _next_match(text: str, position: int) -> tuple[re.Match[str], Callable[[re.Match[str], Anchor], Interval]] | None:
    best: tuple[int, int, re.Match[str], Callable[[re.Match[str], Anchor], Interval]] | None = None
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


def _ordered(span: TimeSpan) -> TimeSpan:
    """Leave open what would end before it begins: the text tells of a day after its own publication."""
    if span.earliest is not None and span.latest is not None and span.earliest > span.latest:
        return replace(span, earliest=None, latest=None)
    return span


_LEAD = rf"(?:(?:early|late|later|the\s+{_TIME_OF_DAY}\s+of|{_TIME_OF_DAY}(?:\s+(?:of|on))?|around\s+{_TIME_OF_DAY})\s+(?:on\s+)?)?"
_TAIL = rf"(?:\s+{_TIME_OF_DAY})?(?:\s+(?:at|around|about)\s+(?:{_CLOCK}))?"


@lru_cache(maxsize=1)
def _grammar() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Anchor], Interval]], ...]:
    weekday_lead = rf"(?:{WEEKDAY},?\s+)?".replace("?P<weekday>", "?:")
    day_two = r"(?:\s*(?:-|–|to|and|through)\s*(?P<day2>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:.]\d|\w))?"
    month_day = rf"{MONTH}\s+{DAY_NUMBER}"
    plain_month_day = re.sub(r"\?P<\w+>", "?:", month_day)
    plain_year = re.sub(r"\?P<\w+>", "?:", YEAR)
    unit_word = r"(?P<unit>weekend|week|month|year)"
    weekday_plain = WEEKDAY.replace("?P<weekday>", "?:")
    table: tuple[tuple[str, Callable[[re.Match[str], Anchor], Interval]], ...] = (
        (r"(?P<y>(?:19|20)\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?!\d)", dates.read_iso_date),
        (
            (
                rf"{_LEAD}{weekday_lead}(?:the\s+night\s+of\s+)?(?:{plain_month_day})(?:,?\s+{plain_year})?\s*(?:to|until|and|-|–)\s*"
                rf"(?:{plain_month_day})(?:,?\s+{plain_year})?"
            ),
            dates.read_date_range,
        ),
        (rf"{_LEAD}{weekday_lead}{MONTH}\s+{DAY_NUMBER}{day_two}(?:,?\s+{YEAR})?{_TAIL}", dates.read_full_date),
        (
            rf"{_LEAD}{weekday_lead}(?:the\s+)?{DAY_NUMBER}{day_two}(?:\s+of)?\s+{MONTH}(?:,?\s+{YEAR})?{_TAIL}",
            dates.read_full_date,
        ),
        (rf"{_PART}{MONTH},?\s+(?:of\s+)?{YEAR}", dates.read_month),
        # a bare month has its capital: `march` and `may` are other words
        (rf"{_PART}(?:(?P<which>last|next|this)\s+)?(?=(?-i:[A-Z])){MONTH}(?=\W|$)", dates.read_month),
        (
            (
                rf"{_PART}(?:(?<=in\s)|(?<=since\s)|(?<=from\s)|(?<=of\s)|(?<=until\s)|(?<=by\s)|(?<=during\s)|(?<=before\s)"
                rf"|(?<=after\s)|(?<=early\s)|(?<=late\s)|(?<=mid\s)|(?<=mid-)|(?<=between\s)|(?<=the\s)|(?<=and\s)|(?<=to\s)|(?<=\())"
                rf"{YEAR}(?:\s?[-–/]\s?(?P<year2>\d\d(?:\d\d)?)(?!\d))?"
            ),
            dates.read_year,
        ),
        (rf"(?P<part>early|mid|late)(?:\s+in)?[\s-]+{YEAR}", dates.read_year),
        (rf"{YEAR}\s?[-–/]\s?(?P<year2>\d\d(?:\d\d)?)(?!\d)", dates.read_year),
        (r"(?P<decade>(?:1[5-9]|20)\d0)['’]?s(?!\w)", dates.read_decade),
        (r"(?P<century>1\d|20|21)(?:st|th)[\s-]century", dates.read_century),
        (
            (
                rf"(?:(?P<which>last|this|next)\s+)?(?<!\w)(?P<season>spring|summer|autumn|winter)(?:\s+(?:of\s+|in\s+)?{YEAR})"
                rf"|(?P<which_>last|this|next)\s+(?P<season_>summer|winter|autumn)(?!\w)"
            ),
            dates.read_season,
        ),
        (
            rf"{_LEAD}{weekday_plain}\s*(?:to|and|through|until|or|-|–)\s*{weekday_plain}{_TAIL}",
            dates.read_weekdays,
        ),
        (rf"{_LEAD}(?:(?P<which>last|next|this\s+coming|coming|this)\s+)?{WEEKDAY}{_TAIL}", dates.read_weekday),
        (
            (
                r"the\s+day\s+before\s+yesterday|(?:earlier\s+|later\s+|early\s+|late\s+)?(?:today|yesterday|tomorrow)"
                rf"(?:\s+{_TIME_OF_DAY})?|(?:dawn|night|morning|midnight)\s+(?:yesterday|today)|tonight|overnight"
                r"|this\s+(?:morning|afternoon|evening)|last\s+(?:night|evening)|earlier\s+in\s+the\s+day"
            ),
            dates.read_near_day,
        ),
        (
            (
                r"(?:(?P<lead>earlier|later|early|late|mid|at\s+the\s+end\s+of|the\s+end\s+of|(?:the\s+)?beginning\s+of)\s+)?"
                rf"(?P<which>last|this|next|previous|coming)\s+{unit_word}(?!\w)"
            ),
            dates.read_period,
        ),
        (
            (
                rf"(?:about\s+|around\s+|more\s+than\s+|over\s+|nearly\s+|almost\s+|just\s+|a\s+(?=few|couple))?"
                rf"(?P<count>{_NUMBER})\s+{_UNIT}\s+ago"
            ),
            dates.read_ago,
        ),
        (
            rf"(?:(?:in|over|during|for|within)\s+)?(?:the\s+)?(?:past|last|previous)\s+(?:(?P<count>{_NUMBER})\s+)?{_UNIT}(?!\w)",
            dates.read_past,
        ),
        (
            r"(?:the\s+)?(?P<lead>beginning|start|end)\s+of\s+(?P<which>this|last|next|the)\s+(?P<unit>week|month|year)(?!\w)",
            dates.read_period,
        ),
        (
            (
                rf"(?<=for\s)(?:more\s+than\s+|over\s+|nearly\s+|almost\s+|about\s+|at\s+least\s+)?{_NUMBER}\s+(?:weeks|months|years|decades)"
                rf"|(?:more\s+than|over)\s+{_NUMBER}\s+years(?!\s+(?:old|ago|later|in\s+prison))"
            ),
            dates.read_recent,
        ),
        (r"since\s+then", dates.read_since_then),
        (r"(?:in\s+|over\s+)?(?:the\s+)?recent\s+(?:days|weeks|months|years)|recently", dates.read_recent),
        (
            rf"(?P<count>{_NUMBER})\s+{_UNIT}\s+(?:later|earlier|after(?:wards?)?|before(?:hand)?)(?!\w)",
            dates.read_later,
        ),
        (r"the\s+(?:next|following|previous)\s+(?P<unit>day|week|month|year)(?!\w)", dates.read_later),
        (
            rf"(?:later\s+)?(?:that|the\s+same)\s+(?:same\s+)?(?:day|{_TIME_OF_DAY})",
            dates.read_same_day,
        ),
        (
            r"(?:the\s+)?(?:(?:first|last)\s+(?:day|night)\s+of\s+)?(?:holy\s+month\s+of\s+)?(?:Ramadan|Eid(?:\s+al-\w+)?|Easter\b(?:\s+Sunday)?|Christmas(?:\s+(?:Day|Eve))?|Ashura|Arbaeen|New\s+Year['’]?s?\s+(?:Eve|Day))",
            dates.read_open,
        ),
        (
            rf"(?:around\s+|about\s+|at\s+)?(?:{_CLOCK})(?!\w)|(?:shortly\s+(?:after|before)\s+)?(?:midnight|dawn|noon)(?!\w)",
            dates.read_open,
        ),
    )
    return tuple((re.compile(rf"(?<![\w-])(?:{words})", re.IGNORECASE), reading) for words, reading in table)
