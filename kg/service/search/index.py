"""The index: what is found for words and filters, best first; reads the store in `filling`.

An SQLite file (FTS5) that can be thrown away at any time: it is filled again from the store.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from kg.errors import KgError
from kg.service.search.filling import SCHEMA, VERSION, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store

_log = logging.getLogger(__name__)
_PATIENCE_S = 0.4  # a search waits so long for the index to be brought up to date, else it is done beside
_FIRST_ARTICLES = 200  # so many are taken in at once before the first answer
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_MARKED = ("\x02", "\x03")  # around found words in snippets; never in a text


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; what is empty asks for nothing. `first` and `last` are days, `kind` is one of the lists.

    `types` are names of classes of events (`Attack`), any of which will do.
    """

    text: str = ""
    kind: str = ""
    types: tuple[str, ...] = ()
    actuality: str = ""
    outlet: str = ""
    place: str = ""
    first: str = ""
    last: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether more than words and a kind is asked for."""
        return any((self.types, self.actuality, self.outlet, self.place, self.first, self.last))


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `snippet` is pieces of its words, each with whether it was searched for."""

    iri: str
    kind: str
    snippet: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to filter by, each with its number, the most frequent first."""

    types: tuple[tuple[str, int], ...] = ()
    actualities: tuple[tuple[str, int], ...] = ()
    outlets: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _State:
    generation: int = -1
    seconds: float = 0.0
    busy: threading.Lock = field(default_factory=threading.Lock)


class SearchIndex:
    """The index of one store. Safe to share between threads and processes.

    `path` is its file; it is made where none is, and made anew where another version of this code left one.
    """

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._path = path
        self._state = _State()
        with closing(self._connect()) as found:
            if found.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
        with closing(self._connect()) as fresh:
            fresh.executescript(SCHEMA)
            fresh.execute(f"PRAGMA user_version = {VERSION:d}")

    def _connect(self) -> sqlite3.Connection:
        link = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("PRAGMA synchronous = NORMAL")
        return link

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as link:
            yield link

    def refresh(self) -> bool:
        """Bring the index up to date; false when that goes on beside and answers may lag behind."""
        state = self._state
        if state.generation == self._store.generation:
            return True
        if not state.busy.acquire(blocking=False):
            return False
        if state.seconds < _PATIENCE_S and (state.generation >= 0 or len(self._missing()) <= _FIRST_ARTICLES):
            self._fill()
            return state.generation >= 0
        threading.Thread(target=self._fill, name="search index", daemon=True).start()
        return False

    def _missing(self) -> set[str]:
        with self._reading() as link:
            known = {iri for (iri,) in link.execute("SELECT article FROM print")}
        return self._store.fingerprints().keys() - known

    def _fill(self) -> None:
        state = self._state
        try:
            generation, begun = self._store.generation, monotonic()
            with closing(self._connect()) as link:
                fill(link, self._store)
            state.generation, state.seconds = generation, monotonic() - begun
        except KgError as error:
            # the store is busy or has been closed: the next search tries again
            _log.warning("the search index could not be brought up to date: %s", error)
        finally:
            state.busy.release()

    def find(self, wanted: Wanted, *, limit: int, offset: int = 0) -> tuple[Hit, ...]:
        """Return what holds all the words and fits the filters, best first; without words the latest first."""
        conditions, values = _conditions(wanted)
        query = _fts(wanted.text)
        if query:
            # a word in the name of a thing weighs more than one in its text
            rows = (  # the conditions are of our own words, all values are bound
                "SELECT item.iri, item.kind, snippet(words, 1, ?, ?, ' … ', 24) FROM words JOIN item ON item.id = words.rowid"
                f" WHERE words MATCH ? {conditions} ORDER BY bm25(words, 6.0, 1.0) - item.weight, item.iri LIMIT ? OFFSET ?"
            )
            bound: tuple[object, ...] = (*_MARKED, query, *values, limit, offset)
        else:
            rows = (
                "SELECT item.iri, item.kind, '' FROM item WHERE 1"
                f" {conditions} ORDER BY item.first DESC, item.iri LIMIT ? OFFSET ?"
            )
            bound = (*values, limit, offset)
        with self._reading() as link:
            return tuple(Hit(iri, kind, _pieces(marked)) for iri, kind, marked in link.execute(rows, bound))

    def facets(self) -> Facets:
        """Return what events and articles can be filtered by."""
        with self._reading() as link:

            def counted(column: str, kind: str) -> tuple[tuple[str, int], ...]:
                rows = link.execute(
                    f"SELECT {column}, COUNT(*) FROM item WHERE kind = ? AND {column} != '' GROUP BY 1"
                    " ORDER BY 2 DESC, 1 LIMIT 60",
                    (kind,),
                )
                return tuple(rows.fetchall())

            return Facets(counted("type", "events"), counted("actuality", "events"), counted("outlet", "articles"))


def _conditions(wanted: Wanted) -> tuple[str, tuple[str, ...]]:
    """Say the filters as SQL with its values. A span of days fits where the two overlap."""
    tests = [
        ("item.kind = ?", wanted.kind),
        ("item.actuality = ?", wanted.actuality),
        ("item.outlet = ?", wanted.outlet),
        ("item.place LIKE '%' || ? || '%'", wanted.place),
        ("item.last >= ? AND item.last != ''", wanted.first),
        # `2016` is all of the year: what follows it in a day sorts before the tilde
        ("item.first <= ? AND item.first != ''", wanted.last and f"{wanted.last}~"),
    ]
    used = [(test, value) for test, value in tests if value]
    if wanted.types:
        used.append((f"item.type IN ({', '.join('?' * len(wanted.types))})", ""))
    values = [value for _, value in used if value]
    return "".join(f" AND {test}" for test, _ in used), (*values, *wanted.types)


def _fts(text: str) -> str:
    """Turn a person's words into an FTS5 query: all of them, the last as a beginning, phrases in their quotation marks."""
    terms = []
    for phrase, word in _WORD.findall(text.replace("“", '"').replace("”", '"')):
        plain = " ".join(re.findall(r"\w+", phrase or word))
        if plain:
            terms.append(f'"{plain}"')
    if terms and not text.rstrip().endswith('"'):
        terms[-1] += "*"
    return " ".join(terms)


def _pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for part in marked.split(_MARKED[0]):
        found, mark, rest = part.partition(_MARKED[1])
        pieces += [(found, True), (rest, False)] if mark else [(found, False)]
    return tuple((re.sub(r"\s+", " ", words), is_found) for words, is_found in pieces if words)
