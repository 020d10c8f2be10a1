"""The names that records, sidecars and page metadata give to what a source says, and their values as metadata.

Reads no text: only fields.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kg.model import Image, Metadata
from kg.read import bylines, dates
from kg.read.layout import tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]

SYNONYMS: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article", "articlebody", "fulltext", "articletext", "story", "maintext", "bodytext"),
    "headline": ("title", "headline", "articletitle", "name"),
    "published": (
        "datepublished", "date", "published", "pubdate", "publisheddate", "publishedat", "publicationdate", "datepublish", "publishdate",
        "datetime", "timestamp", "created", "datecreated",
    ),
    "url": ("url", "link", "canonicalurl", "uri", "weburl", "href", "mainentityofpage"),
    "publisher": ("publisher", "source", "outlet", "newspaper", "publication", "sitename", "sourcename", "sourcedomain"),
    "authors": ("authors", "author", "byline", "creator", "by"),
    "section": ("section", "articlesection", "category", "desk"),
    "agency": ("agency", "newsagency", "wire"),
    "dateline": ("dateline", "locationcreated"),
    "language": ("language", "lang", "inlanguage"),
    "images": ("images", "image", "photos", "photo"),
    "id": ("id", "identifier", "articleid", "guid", "docid", "doc"),
}  # fmt: skip


def pick(record: Mapping[str, Any], field: str) -> Any:
    """Return the first value that is not empty under any name of the field; names are compared without case and marks."""
    folded = {re.sub(r"[^a-z]", "", key.lower()): value for key, value in record.items() if isinstance(key, str)}
    return next((folded[name] for name in SYNONYMS[field] if folded.get(name) not in (None, "", [], {})), None)


def metadata(record: Mapping[str, Any]) -> Metadata:
    """Read what a record says about its article; a value that does not fit its field is left out."""
    publisher = _name(pick(record, "publisher"))
    agency = _name(pick(record, "agency"))
    authors, signed, outlet = _authors(pick(record, "authors"))
    url = _name(pick(record, "url"), key="@id")
    return Metadata(
        headline=_name(pick(record, "headline")),
        url=url if url and re.match(r"https?://", url) else None,
        publisher=publisher or outlet,
        authors=authors,
        agency=agency or signed,
        dateline=_name(pick(record, "dateline")),
        published=dates.parse(pick(record, "published")),
        section=_name(pick(record, "section")),
        images=images(pick(record, "images")),
        language=_name(pick(record, "language")),
    )


def _name(value: Any, key: str = "name") -> str | None:
    """Return a plain name of what may be a string, an object with a name, or a list of them."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get(key) or value.get("name")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return tidy(str(value)) or None


def _authors(value: Any) -> tuple[tuple[str, ...], str | None, str | None]:
    if isinstance(value, str):
        return _signed(value)
    names: list[str] = []
    agency: str | None = None
    for item in value if isinstance(value, list) else [value]:
        name = _name(item)
        if name is None:
            continue
        if (known := bylines.agency(name)) is not None:
            agency = agency or known
        elif not (isinstance(item, dict) and item.get("@type") in ("Organization", "NewsMediaOrganization")):
            names.append(re.sub(r"^by\s+", "", name, flags=re.IGNORECASE))
    return tuple(dict.fromkeys(names)), agency, None


def _signed(words: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """Read a byline field; a single word or a post (`Staff`) counts as given, for a field says that it is an author."""
    words = tidy(words)
    authors, agency, outlet = bylines.byline(words)
    if not (authors or agency or outlet) and words:
        authors = (re.sub(r"^by\s+", "", words, flags=re.IGNORECASE),)
    return authors, agency, outlet


def images(value: Any) -> tuple[Image, ...]:
    """Read images with a caption or a credit; an address alone says nothing."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        caption = _name(item.get("caption")) or _name(item.get("description")) or ""
        creator = _name(item.get("creator")) or _name(item.get("author"))
        named = _name(item.get("creditText")) or _name(item.get("credit")) or _name(item.get("copyrightHolder"))
        if named and not creator:
            creator, named = bylines.credit(named)
        if caption or creator or named:
            found.append(Image(caption, creator, bylines.corrected(named) if named else None))
    return tuple(found)
