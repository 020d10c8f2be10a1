"""JSON and JSON Lines to articles, one record each; every offset points into the record's text field as it stands.

A title that the text does not repeat is metadata only.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kg.errors import ReadError
from kg.read import dates, fields, pressreader, text
from kg.read.decoding import MAX_TEXT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.read.layout import Draft


def load(words: str, item: str) -> list[Any]:
    """Parse a JSON document into its records: one object, an array of them, or an object that holds such an array."""
    try:
        value = json.loads(words.removeprefix("\ufeff"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReadError(item, f"is not JSON ({error})") from error
    if isinstance(value, list):
        if not value:
            raise ReadError(item, "is an empty JSON array: no article in it")
        return value
    if isinstance(value, dict):
        for key in ("articles", "items", "records", "results", "data"):
            if isinstance(value.get(key), list) and value[key] and fields.pick(value, "text") is None:
                return list(value[key])
        return [value]
    raise ReadError(item, "is JSON, but neither an object nor an array of objects")


def split_lines(words: str) -> Iterator[tuple[int, str]]:
    """Yield `(line number, line)` for each line of JSON Lines that is not blank."""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", words.removeprefix("\ufeff")), start=1):
        if line.strip():
            yield number, line


def load_line(line: str, item: str) -> Any:
    """Parse one line of JSON Lines."""
    if len(line) > 2 * MAX_TEXT_BYTES:
        raise ReadError(item, f"is longer than the {2 * MAX_TEXT_BYTES:,} characters of one record")
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReadError(item, f"is not JSON ({error})") from error


def read(record: Any, item: str) -> tuple[Draft, str | None]:
    """Read one record into a draft; return it with the name that the record gives itself."""
    if not isinstance(record, dict):
        raise ReadError(item, "is not a JSON object")
    words = fields.pick(record, "text")
    if isinstance(words, list) and all(isinstance(piece, str) for piece in words):
        words = "\n\n".join(words)
    if not isinstance(words, str) or not words.strip():
        raise ReadError(item, f"has no text; looked for {', '.join(fields.SYNONYMS['text'][:5])}")
    if len(words.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        raise ReadError(item, f"has more than the {MAX_TEXT_BYTES:,} bytes of text of one article")
    try:
        words.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ReadError(item, f"holds half a character (a lone surrogate) at {error.start:,}") from error
    stated = fields.metadata(record)
    draft = pressreader.read(words) if pressreader.is_dump(words) else text.read(words, stated)
    if stated.url:
        draft.suppose(1, dates.in_url(stated.url))
    if pressreader.is_dump(words):
        draft.learn(stated)
    name = fields.pick(record, "id")
    return draft, str(name) if isinstance(name, (str, int)) and not isinstance(name, bool) else None
