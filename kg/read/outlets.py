"""Names of publications and sections as they stand alone on a line; reads no layout."""

from __future__ import annotations

import re

from kg.read.layout import ends_sentence

LONGEST = 60
WORD = re.compile(
    r"\b(?:times|post|herald|gazette|news|daily|tribune|journal|guardian|telegraph|courier|chronicle|observer|mail|star|sun|globe"
    r"|press|standard|independent|express|record|review|examiner|sentinel|dispatch|monitor|mirror|bulletin|weekly|today|echo|argus"
    r"|register|inquirer|enquirer|advertiser|wire|world|online|magazine|ledger|mercury|republic|nation|citizen)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset(
    (
        "a", "al", "an", "and", "at", "by", "de", "del", "des", "for", "in", "la", "le", "of", "on", "the", "to",
        "und", "y",
    )
)  # fmt: skip
_SECTIONS = frozenset(
    (
        "world", "news", "nation", "national", "international", "local", "region", "regional", "middle", "east",
        "africa", "asia", "europe", "americas", "politics", "opinion", "front", "page", "sport", "sports",
        "business", "metro", "city", "section", "top", "stories", "editorial", "analysis", "comment", "features",
        "letters", "foreign", "abroad", "a", "b", "c", "d", "main",
    )
)  # fmt: skip
_NUMBERED_SECTION = re.compile(r"^(?:page\s+)?[A-Z]?\d{1,3}$", re.IGNORECASE)


def is_name_like(words: str) -> bool:
    """Tell whether words are few and capitalised as a publication's name is."""
    tokens = words.split()
    return (
        len(tokens) <= 6
        and len(words) <= LONGEST
        and not ends_sentence(words)
        and all(token[:1].isupper() or token.lower() in _SMALL_WORDS or token[:1].isdigit() for token in tokens)
    )


def is_outlet(first: str, second: str, *, outlet_first: bool) -> bool:
    """Tell whether the first of two lines names the publication of the second; `outlet_first` formats put it on top."""
    if not is_name_like(first) or len(second.split()) < 3:
        return False
    if WORD.search(first) and not is_section(first) and len(second) > len(first):
        return True
    return outlet_first and len(second.split()) > len(first.split())


def is_section(words: str) -> bool:
    """Tell whether words name a part of a newspaper: `World`, `Middle East`, `A12`."""
    tokens = re.findall(r"\w+", words.lower())
    if _NUMBERED_SECTION.match(words):
        return True
    return 0 < len(tokens) <= 3 and all(t in _SECTIONS or t in _SMALL_WORDS or t.isdigit() for t in tokens)
