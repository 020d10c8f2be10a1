"""Answers kept on disk in one SQLite file, for as long as their reader says, and for replay without a network.

Asks nobody. Processes share the file; a broken one is set aside, not repaired.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from time import time
from typing import TYPE_CHECKING

from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, url TEXT NOT NULL, address TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
  body BLOB NOT NULL, stored REAL NOT NULL) WITHOUT ROWID
"""
# Headers that describe the answer, not the connection that brought it.
_KEPT_HEADERS = frozenset({"content-type", "content-language", "last-modified", "etag", "link"})
_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it was stored; `stored` is a Unix time."""

    address: str
    status: int
    headers: dict[str, str]
    body: bytes
    stored: float

    @property
    def age_s(self) -> float:
        """Seconds since it was stored."""
        return max(0.0, time() - self.stored)


class Cache:
    """Answers by request, in the file `path`, which is made at the first write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, key: str) -> Kept | None:
        """Return what is kept for a request, however old, or `None`."""
        if not self.path.exists():
            return None
        with self._open() as database:
            row = database.execute(
                "SELECT address, status, headers, body, stored FROM answers WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        address, status, headers, body, stored = row
        return Kept(address, status, json.loads(headers), zlib.decompress(body), stored)

    def put(self, key: str, url: str, kept: Kept) -> None:
        """Keep an answer; one that is there is replaced."""
        headers = {name.lower(): value for name, value in kept.headers.items() if name.lower() in _KEPT_HEADERS}
        row = (key, url, kept.address, kept.status, json.dumps(headers), zlib.compress(kept.body, 6), kept.stored)
        with self._open() as database, database:
            database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def drop_older(self, than_s: float) -> int:
        """Forget answers that are older, and say how many."""
        if not self.path.exists():
            return 0
        with self._open() as database, database:
            return database.execute("DELETE FROM answers WHERE stored < ?", (time() - than_s,)).rowcount

    def count(self) -> int:
        """Count the answers that are kept."""
        if not self.path.exists():
            return 0
        with self._open() as database:
            return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open for one statement: cheap, and safe across threads and forks."""
        try:
            database = self._connect()
        except sqlite3.OperationalError as error:
            raise ConfigError(f"{self.path}: the cache of fetched answers cannot be opened ({error})") from error
        except sqlite3.DatabaseError:
            self.path.replace(self.path.with_name(f"{self.path.name}.broken"))
            database = self._connect()
        with closing(database):
            yield database

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(_SCHEMA)
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database


def key(method: str, url: str, headers: Mapping[str, str], body: bytes) -> str:
    """Name a request: equal names ask for the same thing. Only headers that choose the answer count."""
    chosen = {
        name.lower(): value for name, value in headers.items() if name.lower().startswith(("accept", "content-t"))
    }
    text = json.dumps([method, url, chosen, sha256(body).hexdigest()], sort_keys=True)
    return sha256(text.encode()).hexdigest()
