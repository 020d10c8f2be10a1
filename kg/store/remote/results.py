"""Answers of foreign engines turned into the media type that was asked for, checked on the way; asks nobody.

Whatever comes is parsed, so that half an answer is an error and never an answer.
"""

from __future__ import annotations

import io
import json
import os
from threading import Thread
from traceback import clear_frames
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kg.errors import KgError, QueryError, StoreError
from kg.store.forms.commas import write_csv
from kg.store.forms.formats import GRAPHS, RESULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.store.query.guard import Kind
    from kg.store.remote.endpoint import Incoming

_ASKED = {
    "select": "application/sparql-results+json, application/sparql-results+xml;q=0.5",
    "ask": "application/sparql-results+json, application/sparql-results+xml;q=0.5",
    "graph": "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5",
}
_READ_RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
_READ_GRAPHS = {**GRAPHS, "text/plain": ox.RdfFormat.N_TRIPLES, "application/x-turtle": ox.RdfFormat.TURTLE}
_PREFIXED = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)
_ASK_COLUMN = "__ASK_RETVAL"  # Virtuoso answers an ASK with one row
_PIECE = 65_536


class CutError(QueryError):
    """The endpoint gives no more than `rows` rows of any answer, and says so in a header only."""

    def __init__(self, address: str, rows: int) -> None:
        super().__init__(
            f"{address}: cuts its answers at {rows:,} rows; ask for fewer with LIMIT, or raise its bound "
            f"(Virtuoso: ResultSetMaxRows in virtuoso.ini)",
            status=507,
        )
        self.rows = rows


def accepted(kind: Kind) -> str:
    """Return the Accept header for an answer of this kind: what is read fastest and most surely."""
    return _ASKED[kind]


def converted(
    incoming: Incoming, kind: Kind, media_type: str, *, prefixes: Mapping[str, str], limit: int | None
) -> Iterator[bytes]:
    """Yield an answer in another media type, as it comes; `limit` is the LIMIT of the query.

    Raises `QueryError` 406 for a media type that this kind has not, and `StoreError` for an answer that is none.
    """
    known = GRAPHS if kind == "graph" else RESULTS
    if media_type not in known:
        incoming.close()
        raise QueryError(f"{media_type} holds no such answer; ask for one of {', '.join(known)}", status=406)
    if incoming.headers.get("X-SQL-State"):
        incoming.close()
        raise QueryError(f"{incoming.address}: gave only a part of the answer, for it ran out of time", status=503)
    most = _most(incoming.headers, limit)
    if kind == "graph":
        return flow(lambda out: _graph(incoming, media_type, prefixes, most, out), incoming.close)
    if kind == "ask":
        return iter((_boolean(incoming, media_type),))
    if most is not None:
        whole = incoming.whole()
        if _rows(incoming, io.BytesIO(whole.body)) >= most:
            raise CutError(incoming.address, most)
        return flow(lambda out: _solutions(incoming, io.BytesIO(whole.body), media_type, out), incoming.close)
    return flow(lambda out: _solutions(incoming, Reading.of(incoming.pieces()), media_type, out), incoming.close)


def _most(headers: Mapping[str, str], limit: int | None) -> int | None:
    """Return the rows from which an answer may have been cut in silence, `None` where it is whole for sure."""
    said = headers.get("X-SPARQL-MaxRows", "")
    if not said.isdigit() or (limit is not None and limit <= int(said)):
        return None
    return int(said)


def _boolean(incoming: Incoming, media_type: str) -> bytes:
    found = _parsed(incoming, io.BytesIO(incoming.whole().body))
    try:
        if isinstance(found, ox.QuerySolutions):
            value = any(str(getattr(row[_ASK_COLUMN], "value", "")) in ("1", "true") for row in found)
        else:
            value = bool(found)
    except (SyntaxError, ValueError, KeyError) as error:
        raise StoreError(f"{incoming.address}: its answer cannot be read: {error}") from error
    given = json.dumps({"head": {}, "boolean": value}).encode()
    if media_type == "application/sparql-results+json":
        return given
    answer = ox.parse_query_results(given, format=ox.QueryResultsFormat.JSON)
    try:
        return answer.serialize(format=RESULTS[media_type]) or b""
    except ValueError as error:
        raise QueryError(f"{media_type} holds no such answer: {error}", status=406) from error


def _rows(incoming: Incoming, body: IO[bytes]) -> int:
    found = _parsed(incoming, body)
    return sum(1 for _ in found) if isinstance(found, ox.QuerySolutions) else 0


def _solutions(incoming: Incoming, body: IO[bytes], media_type: str, out: IO[bytes]) -> None:
    found = _parsed(incoming, body)
    if not isinstance(found, ox.QuerySolutions):
        raise StoreError(f"{incoming.address}: answered a SELECT with something else")
    try:
        if media_type == "text/csv":
            write_csv(found, out)
        else:
            found.serialize(out, RESULTS[media_type])
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{incoming.address}: its answer cannot be read: {error}") from error


def _parsed(incoming: Incoming, body: IO[bytes]) -> ox.QuerySolutions | ox.QueryBoolean:
    form = _READ_RESULTS.get(incoming.media_type)
    if form is None:
        raise StoreError(
            f"{incoming.address}: answered with {incoming.media_type or 'no media type'}, which is no result of a query"
        )
    try:
        return ox.parse_query_results(body, format=form)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{incoming.address}: its answer cannot be read: {error}") from error


def _graph(incoming: Incoming, media_type: str, prefixes: Mapping[str, str], most: int | None, out: IO[bytes]) -> None:
    form = GRAPHS[media_type]
    triples = (quad.triple for quad in read_graph(incoming, most=most))
    ox.serialize(triples, out, form, prefixes=dict(prefixes) if form in _PREFIXED else None)


def read_graph(incoming: Incoming, *, most: int | None = None) -> Iterator[ox.Quad]:
    """Yield the triples of a graph that is on its way; raises `StoreError` for what is none."""
    form = _READ_GRAPHS.get(incoming.media_type)
    if form is None:
        raise StoreError(
            f"{incoming.address}: answered with {incoming.media_type or 'no media type'}, which is no RDF graph"
        )
    count = 0
    try:
        for quad in ox.parse(
            Reading.of(incoming.pieces()), format=form, base_iri=incoming.address, rename_blank_nodes=True
        ):
            count += 1
            yield quad
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{incoming.address}: its answer cannot be read: {error}") from error
    if most is not None and count >= most:
        raise CutError(incoming.address, most)


class Reading(io.RawIOBase):
    """Pieces as a file that a parser can read. An error among them is kept for whoever called the parser."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> IO[bytes]:
        """Return pieces as a file."""
        return cast("IO[bytes]", cls(pieces))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, no more than `size`; nothing at the end."""
        if size < 0:
            rest, self._rest = self._rest, b""
            return rest + b"".join(self._pieces)
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def flow(write: Callable[[IO[bytes]], None], close: Callable[[], None] = lambda: None) -> Iterator[bytes]:
    """Yield what `write` writes while it writes it, in bounded memory; its error is raised behind what it wrote.

    `close` is called when the reader has had enough.
    """
    return _Flow(write, close)


class _Flow:
    """A thread that writes into a pipe, and the reader's end of that pipe."""

    def __init__(self, write: Callable[[IO[bytes]], None], close: Callable[[], None]) -> None:
        self._write, self._close = write, close
        self._error: BaseException | None = None
        self._ended = False
        inlet, self._sink = os.pipe()
        self._source = os.fdopen(inlet, "rb", buffering=0)
        self._thread = Thread(target=self._run, name="kg-answer", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with os.fdopen(self._sink, "wb", buffering=_PIECE) as out:
                self._write(out)
        except BrokenPipeError:
            pass  # nobody reads any more
        except BaseException as error:  # noqa: BLE001 - handed to the thread that reads
            _bare(error)
            self._error = error

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        if piece := self._source.read(_PIECE):
            return piece
        self._ended = True
        self._source.close()
        self._thread.join()
        self._close()
        if self._error is None:
            raise StopIteration
        if isinstance(self._error, (KgError, OSError)):
            raise self._error
        raise StoreError(f"the answer could not be written: {self._error}") from self._error

    def close(self) -> None:
        """Stop: the writer finds nobody at the other end."""
        if not self._ended:
            self._ended = True
            self._source.close()
            self._close()

    def __del__(self) -> None:
        self.close()


def _bare(error: BaseException) -> None:
    """Let go of what an error's frames hold: Oxigraph's answers may not be dropped by another thread."""
    one: BaseException | None = error
    while one is not None:
        clear_frames(one.__traceback__)
        one.__traceback__ = None
        one = one.__cause__ or one.__context__
