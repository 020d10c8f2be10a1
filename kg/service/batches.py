"""Tables over the whole store, a batch of articles at a time, so that no store size needs more memory.

Exports write them out, the search index reads them in.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from kg.iris import CODES, ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.store import Store

_BATCH = 200  # articles a query: some thousand rows
_LIMIT_S = 600.0  # for one batch; an export may take its time
LICENCE = (
    "Statements read out of news by machine; the words quoted belong to their publishers. Check a statement against its"
    " sentence before relying on it. Facts about entities come from Wikidata (CC0 1.0)."
)
_PLACED = ("places", "latitude", "longitude")
_NOWHERE = dict.fromkeys(_PLACED, "")
_ARTICLES = "SELECT ?article { ?article a schema:NewsArticle } ORDER BY ?article"
_MENTIONED = "SELECT DISTINCT ?entity { ?article schema:mentions ?entity } ORDER BY ?entity"


def columns(store: Store, name: str) -> tuple[str, ...]:
    """Return the columns of a named query, in order."""
    return (*next(_answer(store, _bound(name, ()))), *(_PLACED if name == "events" else ()))


def rows(store: Store, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a named query over the whole store, ordered by article (`entities`: by entity)."""
    for batch in batches(store, name):
        yield from rows_of(store, name, batch)


def rows_of(store: Store, name: str, iris: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a named query about these articles (`entities`: about these entities).

    Values are strings as SPARQL's CSV writes them, our classes and codes by their names (`Protest`, `happened`); an
    unbound one is empty. `events` also tell their places, and the coordinates of the first that has any.
    """
    # the places are asked for apart: a second optional step inside the query would be tried against the whole store
    where = _places(store, iris) if name == "events" else {}
    for row in _rows(store, name, iris):
        yield row | where.get(row["event"], _NOWHERE) if name == "events" else row


def _rows(store: Store, name: str, batch: Iterable[str]) -> Iterator[dict[str, str]]:
    answer = _answer(store, _bound(name, batch))
    names = next(answer)
    for row in answer:
        yield dict(zip(names, map(_short, row), strict=True))


def _places(store: Store, batch: Iterable[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for event, group in groupby(_rows(store, "places", batch), key=lambda row: row["event"]):
        places = list(group)
        spot = next((p for p in places if p["latitude"] and p["longitude"]), _NOWHERE)
        labels = " | ".join(dict.fromkeys(place["label"] for place in places))
        found[event] = {"places": labels, "latitude": spot["latitude"], "longitude": spot["longitude"]}
    return found


def batches(store: Store, name: str) -> Iterator[Sequence[str]]:
    """Yield the IRIs that a named query is asked about, some at a time."""
    answer = _answer(store, _MENTIONED if name == "entities" else _ARTICLES)
    next(answer)
    held: list[str] = []
    for (iri,) in answer:
        held.append(iri)
        if len(held) == _BATCH:
            yield tuple(held)
            held.clear()
    if held:
        yield tuple(held)


def _short(value: str) -> str:
    for namespace in (CODES, ONTOLOGY):
        if value.startswith(namespace):
            return value.removeprefix(namespace)
    return value


def _bound(name: str, iris: Iterable[str]) -> str:
    variable = "?entity" if name == "entities" else "?article"
    values = " ".join(f"<{iri}>" for iri in iris)
    return query_text(name).replace("WHERE {", f"WHERE {{\n  VALUES {variable} {{ {values} }}", 1)


def _answer(store: Store, query: str) -> Iterator[list[str]]:
    answer = store.query(query, media_type="text/csv", timeout_s=_LIMIT_S)
    lines = io.TextIOWrapper(io.BufferedReader(_Stream(answer.body)), encoding="utf-8", newline="")
    yield from csv.reader(lines)


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = bytes(chunk)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


@cache
def query_text(name: str) -> str:
    """Return the text of a named query."""
    return (files("kg.service") / "tables" / f"{name}.rq").read_text(encoding="utf-8")
