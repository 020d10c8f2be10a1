"""Which items a name may mean: exact, then rewritten, then by sound or with one slip; weighs nothing.

A later way is only tried where the earlier ones found nothing, so a well-spelt name never meets its look-alikes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.names import fold, similarity, without_titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.link.index import Index

# Look-alikes below this share of common letter pairs are other names (`Qasim Suleymany` and `Qasem Soleimani` have 0.56).
_LEAST_SIMILAR = 0.5
# Fuzzy ways bring noise with them, so only items with some renown may be met by accident.
_MOST_FUZZY = 12
_ARTICLE = re.compile(r"^(the|a|an)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_AFFIX = re.compile(
    r"[-–](led|backed|based|allied|aligned|occupied|controlled|held|born|linked|run|funded|supported)\b.*$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^(?:(?:the )?(?:city|town|village|province|governorate|state|district|region) of )|\s+(?:city|town|village)$",
    re.IGNORECASE,
)
_PROVINCE = re.compile(
    r"\s+(governorate|province|region|oblast|district|county|state|department|prefecture)$", re.IGNORECASE
)
_COMPANY = re.compile(
    r"(?:,?\s+(?:Inc|Corp|Corporation|Co|Company|Ltd|Limited|Plc|PLC|LLC|SA|S\.A|AG|NV|N\.V|GmbH|SpA|and Co|& Co)\.?)+$",
    re.IGNORECASE,
)
# `JK Rowling`, `HG Wells`: initials that a paper writes without points
_INITIALS = re.compile(r"^([A-Z])([A-Z])([A-Z])?(?= [A-Z][a-z])")
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One item that a name may mean. `how`: how the name stands to it (`pack.NAME_KINDS`), or `rewritten`, `slip`, `sound`."""

    entity: int
    how: str
    similarity: float = 1.0


def candidates(index: Index, name: str, *, fuzzy: bool = True, titled: bool = True) -> list[Found]:
    """Return the items that `name` may mean, each once, by its best way; the better known first within one way.

    `titled`: its first words may be somebody's title. In the name of a company they are not (`General Motors Corp`).
    """
    found = [Found(entity, how) for entity, how in index.exact(name)]
    if found:
        return found
    for other in _rewritten(name, titled=titled):
        if bearers := index.exact(other):
            return [Found(entity, how if how in ("demonym", "surname") else "rewritten") for entity, how in bearers]
    return list(_alike(index, without_titles(name))) if fuzzy else []


def _rewritten(name: str, *, titled: bool) -> Iterator[str]:
    whole = _ARTICLE.sub("", _POSSESSIVE.sub("", name.strip()))
    bare = without_titles(whole) if titled else whole
    yield bare
    if joined := _INITIALS.sub(_spelt_out, bare):
        yield joined
    if (main := _AFFIX.sub("", bare)) != bare:
        yield main
    if (main := _UNIT.sub("", bare)) != bare:
        yield main
    if (main := _PROVINCE.sub("", bare)) != bare:
        yield from (f"{main} Governorate", f"{main} Province", f"{main} Oblast", f"{main} District")
    if (main := _COMPANY.sub("", bare).rstrip(" ,")) not in (bare, ""):
        yield main
        yield _AND.sub(" ", main)
    if _AND.search(bare):
        yield _AND.sub(" ", bare)
    if "," in bare:
        yield bare.split(",", maxsplit=1)[0]
    if titled and (main := _after_title(bare)) != bare:
        yield main
    if "-" in bare or "’" in bare or "'" in bare:
        yield re.sub(r"[-'’]", "", bare)
    words = fold(bare).split()
    if words and words[0] in ("al", "el", "as", "ash", "an", "ar", "az") and len(words) > 1:
        yield " ".join(words[1:])
        yield "al " + " ".join(words[1:])
    elif len(words) == 1 and len(words[0]) > 4:
        yield "al " + words[0]


def _spelt_out(initials: re.Match[str]) -> str:
    return " ".join(f"{letter}." for letter in initials.groups() if letter)


def _after_title(name: str) -> str:
    """Cut to what follows the last title inside: `French President Emmanuel Macron` → `Emmanuel Macron`."""
    words = name.split()
    for at in range(len(words) - 2, 0, -1):
        if words[at - 1] and without_titles(" ".join(words[at - 1 : at + 1])) == words[at]:
            return " ".join(words[at:])
    return name


def _alike(index: Index, name: str) -> Iterator[Found]:
    seen: set[int] = set()
    slips = [Found(entity, "slip", similarity(name, other)) for entity, other in index.slipped(name)]
    for found in slips[:_MOST_FUZZY]:
        seen.add(found.entity)
        yield found
    sounds = []
    for entity in index.sounding(name)[: 4 * _MOST_FUZZY]:
        if entity not in seen:
            close = max(similarity(name, other) for other in index.facts(entity).names)
            if close >= _LEAST_SIMILAR:
                sounds.append(Found(entity, "sound", close))
    sounds.sort(key=lambda found: (-found.similarity, found.entity))
    yield from sounds[:_MOST_FUZZY]
