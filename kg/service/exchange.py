"""Requests and answers as plain values, and what every endpoint does with them; knows no Flask and no store."""

from __future__ import annotations

import re
from binascii import a2b_qp
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FORM = "application/x-www-form-urlencoded"
_ESCAPES = re.compile("%[0-9A-Fa-f]{2}")
_MOST_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. `query_string` is undecoded; header values are empty strings where the header is missing.

    `may_write` says that the caller has checked the token; `gone` tells at any time whether the client has left;
    `at_least` is the generation that the client has seen or made, and the answer's state must not be older.
    """

    method: str
    query_string: str = ""
    content_type: str = ""
    body: bytes = b""
    accept: str = ""
    if_none_match: str = ""
    path: str = ""
    may_write: bool = False
    gone: Callable[[], bool] | None = None
    at_least: int = 0

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()

    def parameters(self) -> Parameters:
        """Decode the query string, and the body of a form; raises `QueryError` 400 for bytes that are no UTF-8."""
        pairs = _decode(self.query_string)
        if self.method == "POST" and self.media_type == FORM:
            pairs += _decode(text_of(self.body))
        return Parameters(tuple(pairs))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Decoded parameters in their order; a name may come more than once."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter."""
        return tuple(value for key, value in self.pairs if key == name)

    def one(self, name: str) -> str | None:
        """Return the only value of a parameter; raises `QueryError` 400 when it comes twice."""
        values = self.all(name)
        if len(values) > 1:
            raise QueryError(f"the parameter {name} may come only once")
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. The body may have to be closed: whoever stops reading early calls its `close` where it has one."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: Iterable[bytes] = field(default=(b"",))


class Body:
    """A body of which the first piece has been read, so that an error before it can still get its own status."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._first: bytes | None = next(pieces, b"")

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._pieces)

    def close(self) -> None:
        """Stop: whatever still computes the rest is freed."""
        if (close := getattr(self._pieces, "close", None)) is not None:
            close()


def _decode(text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    try:
        if text.isascii() and text.count("%") == len(_ESCAPES.findall(text)) and text.count("&") < _MOST_FIELDS:
            fields = (field.partition("=") for field in text.split("&") if field)
            return [(_plain(name), _plain(value)) for name, _, value in fields]
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise QueryError("the parameters are not UTF-8") from error
    except ValueError as error:
        raise QueryError(f"the parameters cannot be read: {error}") from error


def _plain(text: str) -> str:
    """Undo percent escapes, of which each is whole: those of quoted-printable are theirs but for the sign, and C undoes them."""
    text = text.replace("+", " ")
    if "%" not in text:
        return text
    return a2b_qp(text.replace("=", "=3D").replace("%", "=").encode("ascii")).decode("utf-8")


def text_of(body: bytes) -> str:
    """Decode a body that must be UTF-8; raises `QueryError` 400 where it is not."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"the body is not UTF-8 (byte {error.start})") from error


def generation_of(header: str) -> int:
    """Read `X-KG-Generation`, as a client sends it back; what is no number asks for nothing."""
    return int(header) if header.isascii() and header.isdigit() and len(header) < 20 else 0


def failure(error: QueryError) -> Answer:
    """Answer a refusal in plain text."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    if error.status == 503:
        headers.append(("Retry-After", "5"))
    return Answer(error.status, tuple(headers), (f"{error}\n".encode(),))


def refusal(status: int, message: str, *headers: tuple[str, str]) -> Answer:
    """Answer a request that is wrong before any question was asked."""
    answer = failure(QueryError(message, status=status))
    return Answer(status, (*answer.headers, *headers), answer.body)


def tag_matches(header: str, tag: str) -> bool:
    """Say whether an `If-None-Match` header names this entity tag (weak comparison, RFC 9110 section 13.1.2)."""
    return any(entry.strip().removeprefix("W/") in (tag, "*") for entry in header.split(",") if entry.strip())
