"""Names compared: one folding for look-ups in every room, sound keys, acronyms and titles; knows no index and no article."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_APOSTROPHES = re.compile(r"['’‘ʼʿʾ`´ʻ]")
_BREAKS = re.compile(r"[^\w]+")
_INITIALS = re.compile(r"\b((?:\w\.){2,})(?=\W|$)")


def fold(name: str) -> str:
    """Fold a name for look-up: accents, case, punctuation and apostrophes gone, `U.S.` as `us`, words by one blank.

    `Kata'ib Hezbollah` → `kataib hezbollah`; `al-Muhandis` → `al muhandis`; letters of other scripts stay.
    """
    if "." in name:
        name = _INITIALS.sub(lambda match: match[1].replace(".", ""), name)
    kept = _APOSTROPHES.sub("", name)
    if not kept.isascii():
        plain = unicodedata.normalize("NFKD", kept)
        kept = "".join(character for character in plain if not unicodedata.combining(character))
    return _BREAKS.sub(" ", kept.casefold()).strip().replace("_", " ")


# Spellings of one sound in names carried over from other scripts, applied to a folded name in this order.
_SOUNDS: tuple[tuple[str, str], ...] = (
    (r"\b(?:al|el|ul|as|ash|ad|adh|ar|an|at|az|ez|es|ed|er|en|the)\b", " "),
    (r"kh|gh|ch|q|x|g|c(?![eiy])", "k"),
    (r"dh|z(?=h)|th", "d"),
    (r"zh|j|dj|dzh", "j"),
    (r"ph|v|w(?=[aeiou])", "f"),
    (r"sh|sch|c(?=[eiy])|ss|z", "s"),
    (r"tz|ts", "s"),
    (r"p", "b"),
    (r"[aeiouyhw]", ""),
    (r"(.)\1+", r"\1"),
)
_SOUND_RULES = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)
_LATIN = re.compile(r"[a-z0-9 ]+")
_SHORTEST_KEY = 4
_SHORTEST_ACRONYM = 3


def sound_key(name: str) -> str:
    """Reduce a name in Latin letters to what its transliterations share: `Qasim Suleymany` and `Qasem Soleimani` → `ksmslmn`.

    Word breaks, vowels and doubled letters go, so missing hyphens do not matter. Empty when fewer than three
    consonants stay or the name is in another script.
    """
    key = fold(name)
    if not _LATIN.fullmatch(key):
        return ""
    for rule, sound in _SOUND_RULES:
        key = rule.sub(sound, key)
    key = key.replace(" ", "")
    return key if len(key) >= _SHORTEST_KEY else ""


_TITLES = frozenset(
    "president vice prime minister premier chancellor king queen prince princess sheikh sheik shaykh sultan emir ayatollah grand "
    "imam mullah mawlawi hajji haji sayyid pope cardinal bishop archbishop patriarch rabbi reverend rev father sister general gen "
    "lieutenant lt colonel col major maj brigadier brig captain capt commander cmdr sergeant sgt corporal cpl private pvt admiral "
    "adm marshal field staff chief first second warrant officer foreign defense defence interior secretary state senator sen "
    "representative rep congressman congresswoman governor gov mayor ambassador envoy judge justice attorney dr doctor prof "
    "professor mr mrs ms miss sir dame lord lady baron former ex then acting deputy late militant leader warlord spokesman "
    "spokeswoman spokesperson".split()
)


def without_titles(name: str) -> str:
    """Drop leading titles and ranks as long as a name stays: `Gen. Qassem Soleimani` → `Qassem Soleimani`."""
    words = name.split()
    while len(words) > 1 and fold(words[0]) in _TITLES:
        words = words[1:]
    return " ".join(words)


_SMALL = frozenset("of the and for in on al el de la du des di da y und".split())


def acronyms(name: str) -> tuple[str, ...]:
    """Build the acronyms that a name of three words or more may have, folded, with and without its small words."""
    words = fold(name).split()
    short = "".join(word[0] for word in words if word not in _SMALL)
    long = "".join(word[0] for word in words)
    return tuple(dict.fromkeys(made for made in (short, long) if len(made) >= _SHORTEST_ACRONYM))


def similarity(one: str, other: str) -> float:
    """Compare two names letter by letter after folding, 0–1 (twice the shared pairs of letters over all pairs)."""
    first, second = _pairs(fold(one)), _pairs(fold(other))
    total = sum(first.values()) + sum(second.values())
    return 2 * sum((first & second).values()) / total if total else 0.0


def _pairs(folded: str) -> Counter[str]:
    padded = f" {folded} "
    return Counter(padded[at : at + 2] for at in range(len(padded) - 1))
