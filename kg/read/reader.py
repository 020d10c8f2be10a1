"""Bytes of any known format to articles; knows no files and no addresses."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.errors import ReadError
from kg.read import decoding, html, pressreader, records, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kg.model import Article, Metadata
    from kg.read.layout import Draft


def read(
    data: bytes, name: str, *, overrides: Metadata | None = None, published: date | None = None
) -> Iterator[Article | ReadError]:
    """Detect the format and yield the articles; a record that cannot be read is yielded as its `ReadError`, and the next follow.

    `name` is the path or address as the user gave it. `overrides` (a sidecar) win over what the source says, `published` only
    fills a gap. Raises nothing for bad input.
    """
    try:
        decoding.check(data, name, name)
        words = decoding.decode(data, name)
        form = decoding.detect(words, name)
        if form in ("text", "html"):
            yield _article(words, form, name, overrides=overrides, published=published)
            return
        found = _loaded(words, form, name)
    except ReadError as error:
        yield error
        return
    yield from _records(found, name, overrides=overrides, published=published)


def _article(words: str, form: str, name: str, *, overrides: Metadata | None, published: date | None) -> Article:
    draft: Draft
    if form == "html":
        draft = html.read(words, name)
    else:
        draft = pressreader.read(words) if pressreader.is_dump(words) else text.read(words)
    return draft.article(_stem(name), name, overrides=overrides, published=published)


def _loaded(words: str, form: str, name: str) -> Iterator[tuple[str, object]]:
    """Return `(item, record or line)` pairs; lines are parsed one by one, so that a bad one spoils no other."""
    if form == "json":
        found = records.load(words, name)
        many = len(found) > 1
        return ((f"{name} record {number}" if many else name, record) for number, record in enumerate(found, start=1))
    return ((f"{name} line {number}", line) for number, line in records.split_lines(words))


def _records(
    found: Iterator[tuple[str, object]], name: str, *, overrides: Metadata | None, published: date | None
) -> Iterator[Article | ReadError]:
    stem = _stem(name)
    for item, raw in found:
        try:
            record = records.load_line(raw, item) if isinstance(raw, str) and item != name else raw
            draft, own_name = records.read(record, item)
            number = item.removeprefix(name).split()[-1:] or [""]
            fallback = f"{stem}-{number[0]}" if number[0] else stem
            yield draft.article(own_name or fallback, name, overrides=overrides, published=published)
        except ReadError as error:
            yield ReadError(item, error.reason)


def _stem(name: str) -> str:
    if name == "-":
        return "stdin"
    path = urlsplit(name).path if "://" in name else name
    stem = PurePath(path.rstrip("/")).name
    return PurePath(stem).stem if decoding.by_suffix(stem) else stem or name
