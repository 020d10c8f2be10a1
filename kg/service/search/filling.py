"""What the search index holds, and how it follows the store: article by article, by fingerprint; answers no search."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kg.service.batches import rows_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from kg.store import Store

VERSION = 1  # raise it when the tables or what stands in them change
SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
  id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, article TEXT, type TEXT, actuality TEXT, outlet TEXT, place TEXT,
  first TEXT, last TEXT, weight REAL);
CREATE INDEX IF NOT EXISTS item_of ON item (article);
CREATE INDEX IF NOT EXISTS item_day ON item (kind, first);
CREATE TABLE IF NOT EXISTS mention (article TEXT, entity TEXT, PRIMARY KEY (article, entity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS print (article TEXT PRIMARY KEY, print TEXT) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, body, tokenize = 'porter unicode61 remove_diacritics 2');
"""
_BATCH = 100  # articles a transaction
_HEADER = 400  # characters in which a headline stands
_WELL_KNOWN = 0.02  # what one more article that names an entity weighs in its rank


def fill(link: sqlite3.Connection, store: Store) -> None:
    """Take in what is new or changed, and drop what is gone; one transaction a batch, so that a break loses little."""
    now = store.fingerprints()
    known = dict(link.execute("SELECT article, print FROM print"))
    stale = [article for article, mark in known.items() if now.get(article) != mark]
    fresh = [article for article, mark in now.items() if known.get(article) != mark]
    for batch in _cut(stale):
        with _transaction(link):
            _drop(link, store, batch)
    for batch in _cut(fresh):
        with _transaction(link):
            _take(link, store, batch, now)


class _transaction:  # noqa: N801 - reads as a statement
    def __init__(self, link: sqlite3.Connection) -> None:
        self._link = link

    def __enter__(self) -> None:
        self._link.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self._link.execute("COMMIT" if kind is None else "ROLLBACK")


def _cut(iris: Iterable[str]) -> Iterator[Sequence[str]]:
    held = iter(iris)
    while batch := tuple(islice(held, _BATCH)):
        yield batch


def _drop(link: sqlite3.Connection, store: Store, articles: Sequence[str]) -> None:
    named: set[str] = set()
    for article in articles:
        named |= {entity for (entity,) in link.execute("SELECT entity FROM mention WHERE article = ?", (article,))}
        link.execute("DELETE FROM words WHERE rowid IN (SELECT id FROM item WHERE article = ?)", (article,))
        for table in ("item", "mention", "print"):
            link.execute(f"DELETE FROM {table} WHERE article = ?", (article,))
    _renew_entities(link, store, named)


def _take(link: sqlite3.Connection, store: Store, articles: Sequence[str], prints: dict[str, str]) -> None:
    texts = {row["article"]: row["text"] for row in rows_of(store, "texts", articles)}
    outlets: dict[str, str] = {}
    for row in rows_of(store, "articles", articles):
        article, day = row["article"], row["published"][:10]
        outlets[article] = row["publisher"]
        known = {"article": article, "outlet": row["publisher"], "first": day, "last": day}
        _put(link, "articles", article, row["headline"], _story(texts.get(article, ""), row["headline"]), **known)
    for row in rows_of(store, "events", articles):
        known = {
            "article": row["article"], "type": row["type"], "actuality": row["actuality"], "place": row["places"],
            "outlet": outlets.get(row["article"], ""), "first": row["earliest"] or row["latest"], "last": row["latest"] or row["earliest"],
        }  # fmt: skip
        body = " ".join(filter(None, (row["places"], row["weapon_words"], row["time_words"])))
        _put(link, "events", row["event"], row["label"], body, **known)
    mentions = [(row["article"], row["entity"]) for row in rows_of(store, "mentions", articles)]
    link.executemany("INSERT OR IGNORE INTO mention VALUES (?, ?)", mentions)
    _renew_entities(link, store, {entity for _, entity in mentions})
    link.executemany("INSERT OR REPLACE INTO print VALUES (?, ?)", [(a, prints[a]) for a in articles])


def _story(text: str, headline: str) -> str:
    """Leave out what stands before a story: publication, address and the headline, which is the title already."""
    before, found, after = text.partition(headline)
    return after if headline and found and len(before) < _HEADER else text


def _renew_entities(link: sqlite3.Connection, store: Store, entities: set[str]) -> None:
    for batch in _cut(sorted(entities)):
        marks = ", ".join("?" * len(batch))
        link.execute(f"DELETE FROM words WHERE rowid IN (SELECT id FROM item WHERE iri IN ({marks}))", batch)
        link.execute(f"DELETE FROM item WHERE iri IN ({marks})", batch)
        for row in rows_of(store, "entities", batch):
            body = " ".join(filter(None, (row["aliases"], row["description"])))
            weight = min(int(row["articles"] or 0), 100) * _WELL_KNOWN
            kind = row["type"].rsplit("/", 1)[-1]
            _put(link, "entities", row["entity"], row["label"], body, type=kind, place=row["country"], weight=weight)


def _put(link: sqlite3.Connection, kind: str, iri: str, title: str, body: str, **known: str | float) -> None:
    columns = ("article", "type", "actuality", "outlet", "place", "first", "last", "weight")
    values = [known.get(column, 0.0 if column == "weight" else "") for column in columns]
    at = link.execute(
        f"INSERT OR REPLACE INTO item (iri, kind, {', '.join(columns)}) VALUES (?, ?{', ?' * len(columns)})",
        (iri, kind, *values),
    ).lastrowid
    link.execute("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", (at, title, body))
