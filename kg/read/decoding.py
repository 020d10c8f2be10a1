"""Bytes to text, and which format they are in; reads nothing out of the text.

A byte order mark at the head of UTF-8 stays in the verbatim text, as `open(path, encoding="utf-8", newline="")` keeps it.
"""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath
from typing import Literal

from charset_normalizer import from_bytes

from kg.errors import ReadError

Format = Literal["text", "html", "json", "jsonl"]

MAX_TEXT_BYTES = 5_000_000
MAX_PAGE_BYTES = 20_000_000  # markup and scripts weigh several times the words
SUFFIXES: dict[str, Format] = {
    ".txt": "text", ".text": "text", ".md": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".json": "json",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonlines": "jsonl",
}  # fmt: skip
_MAGIC = (
    (b"%PDF-", "a PDF; save its text as .txt first"),
    (b"PK\x03\x04", "a ZIP archive or an office document; save its text as .txt first"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an office document; save its text as .txt first"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"{\\rtf", "an RTF document; save its text as .txt first"),
)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# English prose in cp1252 holds a curly quote every few words; another script would be mostly bytes beyond ASCII.
_MOST_BEYOND_ASCII = 0.2


def by_suffix(name: str) -> Format | None:
    """Return the format that a file name promises."""
    return SUFFIXES.get(PurePath(name).suffix.lower())


def check(data: bytes, name: str, item: str) -> None:
    """Raise `ReadError` for bytes that no article has: none, a known binary format, more than the bound."""
    if not data.strip(b" \t\r\n\f\v\x00\xef\xbb\xbf"):
        raise ReadError(item, "is empty")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise ReadError(item, f"is binary, not text: {what}")
    if by_suffix(name) != "jsonl":
        check_size(len(data), name, item, page=looks_like_page(data[:2000].decode("latin-1")))


def check_size(size: int, name: str, item: str, *, page: bool = False) -> None:
    """Raise `ReadError` when one article's file is larger than the bound, before any work on it."""
    form = by_suffix(name)
    bound = MAX_PAGE_BYTES if form == "html" or page else MAX_TEXT_BYTES
    if form != "jsonl" and size > bound:
        raise ReadError(
            item, f"has {size:,} bytes, more than the {bound:,} of one article; split it, or use JSON Lines (.jsonl)"
        )


def looks_like_page(text: str) -> bool:
    """Tell whether a text begins as an HTML page does."""
    return _PAGE.match(text.removeprefix("\ufeff").removeprefix("ï»¿")) is not None


def decode(data: bytes, item: str) -> str:
    """Read the bytes as UTF-8, UTF-16 with its mark, the charset a page names, or cp1252; else raise `ReadError`."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(_strictly(data, "utf-16", item), item)
    if b"\x00" in data[:4096]:
        raise ReadError(item, "is binary, not text (or UTF-16 without its byte order mark)")
    try:
        return _checked(data.decode("utf-8"), item)
    except UnicodeDecodeError as error:
        where = error.start
    if (charset := _named_charset(data)) is not None:
        return _checked(_strictly(data, charset, item), item)
    if _MULTIBYTE.search(data):
        raise ReadError(item, f"is damaged UTF-8: byte 0x{data[where]:02x} at {where:,} cannot be decoded")
    return _checked(_western(data, where, item), item)


def _western(data: bytes, where: int, item: str) -> str:
    beyond = sum(byte > 0x7F for byte in data)
    if beyond <= _MOST_BEYOND_ASCII * len(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise ReadError(
                item,
                f"is neither UTF-8 nor cp1252: byte 0x{data[error.start]:02x} at {error.start:,} cannot be decoded",
            ) from error
    guess = from_bytes(data).best()
    if guess is None or guess.encoding in ("utf_8", "ascii"):
        raise ReadError(item, f"is in no encoding known here: byte 0x{data[where]:02x} at {where:,} cannot be decoded")
    return str(guess)


def _named_charset(data: bytes) -> str | None:
    found = _CHARSET.search(data[:4096])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    # browsers read ISO 8859-1 as cp1252, and so do the programs that write it
    return None if name == "utf-8" else "cp1252" if name in ("iso8859-1", "ascii") else name


def _strictly(data: bytes, charset: str, item: str) -> str:
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise ReadError(item, f"says that it is {charset}, but cannot be decoded as such ({error})") from error


def _checked(text: str, item: str) -> str:
    if (found := _CONTROLS.search(text)) is not None:
        raise ReadError(item, f"is binary, not text: it holds the control character U+{ord(found[0]):04X}")
    return text


def detect(text: str, name: str) -> Format:
    """Return the format of a text: what it begins with, then what its name promises."""
    promised = by_suffix(name)
    if promised in ("json", "jsonl"):
        return promised
    if looks_like_page(text):
        return "html"
    if promised is not None:
        return promised
    begin = text.lstrip("\ufeff \t\r\n")[:1]
    if begin == "[":
        return "json" if re.match(r"\[\s*[{\]]", text.lstrip("\ufeff \t\r\n")) else "text"
    if begin == "{":
        return "jsonl" if re.search(r"\}\s*[\r\n]+\s*\{", text) else "json"
    return "text"
