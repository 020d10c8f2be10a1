"""Words that name the means of an attack, and the code they stand for; attaches nothing to events.

The lexicon is `data/weapons.tsv`: a pattern, a code, and the company that an ambiguous word needs in its sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.model import WEAPON_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.language.document import Document
    from kg.model import WeaponCode


@dataclass(frozen=True, slots=True)
class WeaponSpan:
    """Words that name or settle the means of an attack."""

    start: int
    end: int
    text: str
    code: WeaponCode


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: re.Pattern[str]
    code: WeaponCode
    needs: re.Pattern[str] | None


def find_weapons(document: Document) -> tuple[WeaponSpan, ...]:
    """Return the weapons of the article, in order, without overlap: the longest reading at each place.

    `Two mortar rounds hit the market` → `mortar rounds`, mortar. A plain `air strike` names none.
    """
    return tuple(span for s in document.sentences for span in _in_range(document.text, s.start, s.end))


def _in_range(text: str, start: int, end: int) -> Iterator[WeaponSpan]:
    sentence = text[start:end]
    found = sorted(
        (
            (match.start(), -match.end(), rank, entry.code)
            for rank, entry in enumerate(_lexicon())
            for match in entry.pattern.finditer(sentence)
            if _fits(entry, sentence, match)
        )
    )
    position = 0
    for first, minus_last, _, code in found:
        if first >= position:
            position = -minus_last
            yield WeaponSpan(start + first, start + position, sentence[first:position], code)


def _fits(entry: _Entry, sentence: str, match: re.Match[str]) -> bool:
    rest = f"{sentence[: match.start()]} {sentence[match.end() :]}"
    return entry.needs is None or entry.needs.search(rest) is not None


@cache
def _lexicon() -> tuple[_Entry, ...]:
    lines = (files("kg.extract") / "data" / "weapons.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(
        _entry(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")
    )


def _entry(number: int, line: str) -> _Entry:
    words, code, needs = line.split("\t")
    if code not in WEAPON_CODES:
        raise ValueError(f"weapons.tsv line {number}: {code} is no weapon code")
    # a group that is all capitals stays case-sensitive: VX, IED, but not "rocket"
    case = 0 if re.fullmatch(r"[A-Z|0-9-]+", words) else re.IGNORECASE
    spaced = words.replace(" ?", r"\s?").replace(" ", r"\s+")
    pattern = re.compile(rf"(?<![\w-])(?:{spaced})s?(?![\w-]|\.com)", case)
    company = re.compile(rf"\b(?:{needs})", re.IGNORECASE) if needs else None
    return _Entry(pattern, code, company)
