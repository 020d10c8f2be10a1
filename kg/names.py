"""Names compared: one folding for look-ups in every room; knows no index and no article."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’‘ʼʿʾ`´ʻ]")
_BREAKS = re.compile(r"[^\w]+")
_INITIALS = re.compile(r"\b((?:\w\.){2,})(?=\W|$)")


def fold(name: str) -> str:
    """Fold a name for look-up: accents, case, punctuation and apostrophes gone, `U.S.` as `us`, words by one blank.

    `Kata'ib Hezbollah` → `kataib hezbollah`; `al-Muhandis` → `al muhandis`; letters of other scripts stay.
    """
    name = _INITIALS.sub(lambda match: match[1].replace(".", ""), name)
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name))
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return _BREAKS.sub(" ", kept.casefold()).strip().replace("_", " ")
