"""Quantities in running text: digits, number words, ranges and hedges; knows nothing of what is counted.

Reads how many, never whether the number is a toll, a date or a distance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True),
)
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "lakh": 100_000}
# ANNOTATIONS.md, "Numbers": what a vague plural promises at the least
_VAGUE = {
    "dozens": 12,
    "scores": 40,
    "hundreds": 100,
    "thousands": 1000,
    "millions": 1_000_000,
    "several": 3,
    "tens": 20,
}
_VAGUE_SCALES = {"hundreds": 100, "thousands": 1000, "millions": 1_000_000}

_WORD = "|".join([*_UNITS, *_TENS])
_SCALE = "|".join(_SCALES)
_DIGITS = r"\d{1,3}(?:,\s?\d{3})+(?!\d)|\d+(?:\.\d+)?"
_CARDINAL = (
    r"(?:half\s+a|one|two|three|four|five|six|several|\d{1,2})\s+dozens?(?![\w])"
    rf"|(?:{_DIGITS})(?:[\s-]+(?:{_SCALE})s?(?=\W|$))*"
    rf"|(?:{_WORD})(?:[\s-]+(?:and[\s-]+)?(?:{_WORD}|{_SCALE}))*(?![\w])"
    rf"|(?:a|an)\s+(?:{_SCALE}|dozen)(?![\w])"
    rf"|(?:several|a\s+few|many)\s+(?:{_SCALE}|dozen)(?![\w])"
    r"|dozen(?![\w])"
)
_VAGUELY = (
    r"(?:dozens|tens|hundreds|scores)\s+of\s+(?:hundreds|thousands|millions)(?![\w])"
    r"|(?:many\s+)?(?:dozens|scores|tens|hundreds|thousands|millions|several)(?![\w])"
    r"|a\s+(?:couple|handful|few)(?![\w])(?:\s+of(?=\s))?"
)
_AT_LEAST = (
    r"at\s+least|more\s+than|over|no\s+(?:fewer|less)\s+than|not\s+(?:fewer|less)\s+than|upwards\s+of|in\s+excess\s+of"
    r"|above|exceed(?:s|ed|ing)?|a\s+minimum\s+of|greater\s+than"
)
_AT_MOST = (
    r"up\s+to|as\s+many\s+as|as\s+high\s+as|as\s+much\s+as|at\s+most|fewer\s+than|less\s+than|under|a\s+maximum\s+of"
)
_ABOUT = (
    r"about|around|some|approximately|roughly|nearly|almost|close\s+to|an\s+estimated|estimated|just\s+over|just\s+under"
    r"|exactly|only|just|a\s+total\s+of|a\s+reported|or\s+so"
)
_FURTHER = r"another|an\s+additional|additional|a\s+further|further|the\s+other|other|all|the|those|these"
_QUANTITY = re.compile(
    rf"(?<![\w.,$€£])(?:(?:{_FURTHER})\s+)?"
    rf"(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<about>{_ABOUT}))?\s*(?:(?:{_FURTHER}|{_ABOUT})\s+)?"
    rf"(?:(?P<between>between\s+)?(?P<low>(?>{_CARDINAL}))\s*(?:-|–|—|\bto\b|\bor\b|(?(between)\band\b|\bto\b))\s*(?P<high>(?>{_CARDINAL}))"
    rf"|(?P<one>(?>{_CARDINAL}))|(?P<vague>{_VAGUELY}))"
    r"(?P<plus>\s+or\s+more|\+)?(?![\w%]|[.,:]\d|-(?:year|month|day|mile|foot|hour|km|kilomet|metre|meter|millimet|mm)\w*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many: `start`/`end` hold the hedge too (`at least 12`); `minimum`/`maximum` are inclusive, `None` is open."""

    start: int
    end: int
    minimum: int | None
    maximum: int | None


def find_quantities(text: str, start: int = 0, end: int | None = None) -> tuple[Quantity, ...]:
    """Return the quantities in `text[start:end]`, in order, without overlap; offsets count in `text`.

    `at least nine` → 9 and open; `dozens` → 12 and open; `up to 20` → open and 20; `40 to 50` → 40 and 50.
    """
    limit = len(text) if end is None else end
    return tuple(_read(match) for match in _QUANTITY.finditer(text, start, limit))


def read_number(words: str) -> int | None:
    """Read one plain number: `1,800`, `2.5 million`, `twenty-six`, `two hundred and five`, `a dozen`; `None` if it is none."""
    rest = re.sub(r"(?<=\d),\s?(?=\d{3})", "", words.strip().lower())
    total, current, seen = 0.0, 0.0, False
    for word in re.split(r"[\s-]+", rest):
        bare = word.rstrip("s") if word.rstrip("s") in _SCALES or word == "dozens" else word
        if bare in ("and", "of"):
            continue
        if bare in ("a", "an"):
            current = 1
        elif bare in ("several", "few", "many"):
            current = 3
        elif bare == "half":
            current = 0.5
        elif bare in _UNITS or bare in _TENS:
            current += _UNITS.get(bare, 0) + _TENS.get(bare, 0)
        elif bare == "dozen":
            current = (0.5 if "half" in rest else current or 1) * 12
        elif bare == "hundred":
            current = (current or 1) * 100
        elif bare in _SCALES:
            total += (current or 1) * _SCALES[bare]
            current = 0
        elif re.fullmatch(r"\d+(?:\.\d+)?", bare):
            current += float(bare)
        else:
            return None
        seen = True
    return round(total + current) if seen else None


def _read(match: re.Match[str]) -> Quantity:
    found = match.groupdict()
    if found["low"]:
        low, high = read_number(found["low"]), read_number(found["high"])
        if low is not None and high is not None and low < high:
            return Quantity(match.start(), match.end(), low, high)
        return Quantity(match.start(), match.end(), high, high)
    if found["vague"]:
        value: int | None = _vague(found["vague"])
        return Quantity(match.start(), match.end(), value, None)
    value = read_number(found["one"])
    many = bool(re.match(r"(?:several|many|a\s+few)\b", found["one"], re.IGNORECASE))
    if found["least"] or found["plus"] or many:
        return Quantity(match.start(), match.end(), value, None)
    if found["most"]:
        return Quantity(match.start(), match.end(), None, value)
    return Quantity(match.start(), match.end(), value, value)


def _vague(words: str) -> int:
    parts = words.lower().split()
    if parts[0] == "many":
        parts = parts[1:]
    if parts[0] == "a":
        return 2 if parts[1] == "couple" else 3
    value = _VAGUE[parts[0]]
    if len(parts) == 3:
        return (10 if parts[0] == "tens" else value) * _VAGUE_SCALES[parts[2]]
    return value
