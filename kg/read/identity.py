"""The identity of an article: the same words give the same id wherever they were found; knows no metadata."""

from __future__ import annotations

import unicodedata
from hashlib import sha256

_LENGTH = 16


def article_id(text: str) -> str:
    """Return 16 hex digits of the SHA-256 of the normalised text: NFC, white space runs as one blank, none at the ends.

    A byte order mark is no part of the text.
    """
    normal = " ".join(unicodedata.normalize("NFC", text.removeprefix("\ufeff")).split())
    return sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
