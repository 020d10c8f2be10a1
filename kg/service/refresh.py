"""Facts of entities pulled anew from Wikidata: into a store's `graph/entities` and into the folder of what was fetched.

Links and articles stay as they are; an item that was merged keeps its node, one that was deleted is named and left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kg.errors import FetchError
from kg.iris import WIKIDATA
from kg.link.pack import KIND_TYPES
from kg.link.wikidata import fetch_records
from kg.link.wikidata.api import BATCH
from kg.mapping.entities import item_facts
from kg.model import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.link.home import Home
    from kg.link.pack import Record
    from kg.link.wikidata import Fetched, Wikidata
    from kg.store import Store

_SAVED_EVERY = 20  # batches; a run that is cut off loses no more than these, and their answers are kept on disk
_ITEMS = (
    f"""SELECT DISTINCT ?entity WHERE {{ ?entity schema:sameAs ?item FILTER(STRSTARTS(STR(?item), "{WIKIDATA}")) }}"""
)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run did. `moved` leads from merged items to what they are now; `unasked` are left for another run, because of `trouble`."""

    asked: int = 0
    changed: int = 0
    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    unasked: int = 0
    trouble: str = ""


def items_of(store: Store) -> list[str]:
    """Return the items that the entities of a store are linked to, lowest number first."""
    base = store.iris.entity("")
    found = {str(row["entity"]).removeprefix(base) for row in store.select(_ITEMS)}
    return sorted((qid for qid in found if qid[:1] == "Q" and qid[1:].isdigit()), key=lambda qid: int(qid[1:]))


def refresh(
    wikidata: Wikidata,
    qids: Iterable[str],
    home: Home,
    *,
    store: Store | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Refreshed:
    """Pull the facts of items anew, 50 at a time; what is fetched is kept although a later batch fails."""
    wanted = list(dict.fromkeys(qids))
    in_store = frozenset(items_of(store)) if store else frozenset()
    holdings, today = home.read(), datetime.now(UTC).date().isoformat()
    changed, trouble, done = 0, "", 0
    moved: dict[str, str] = {}
    gone: list[str] = []
    for number, start in enumerate(range(0, len(wanted), BATCH), start=1):
        batch = wanted[start : start + BATCH]
        try:
            fetched = fetch_records(wikidata, batch)
        except FetchError as error:
            trouble = str(error)
            break
        holdings = holdings.with_fetched(fetched, date=today)
        moved |= fetched.moved
        gone += sorted(fetched.gone)
        if store:
            changed += _write(store, fetched, [qid for qid in batch if qid in in_store], today)
        done = min(start + BATCH, len(wanted))
        progress(done)
        if number % _SAVED_EVERY == 0:
            home.write(holdings)
    if done:
        home.write(holdings)
    return Refreshed(done, changed, tuple(moved.items()), tuple(gone), len(wanted) - done, trouble)


def _write(store: Store, fetched: Fetched, qids: list[str], today: str) -> int:
    """Put the facts of items in the place of the old ones, all at once; return how many entities have other facts now."""
    graph, nodes, triples = store.iris.graph("entities"), [], []
    for qid in qids:
        now = fetched.moved.get(qid, qid)
        record = fetched.records.get(now)
        if record is not None:
            facts = item_facts(candidate(record, today), store.iris, known_as=qid if now != qid else "")
            nodes += [facts.iri, store.iris.geometry(facts.iri)]
            triples.append(facts.triples.decode())
    if not nodes:
        return 0
    subjects = " ".join(f"<{node}>" for node in nodes)
    store.update(
        f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{graph}> {{ VALUES ?s {{ {subjects} }} ?s ?p ?o }} }} ;\n"
        f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(triples)}\n}} }}"
    )
    return len(triples)


def candidate(record: Record, date: str) -> Candidate:
    """Give a record as the facts of a link that is certain."""
    label, *aliases = [name for name, how in record.names if how in ("label", "alias")]
    return Candidate(
        qid=record.qid,
        label=label,
        score=1.0,
        type=KIND_TYPES[record.kind],
        aliases=tuple(aliases),
        description=record.description or None,
        country=record.country or None,
        latitude=record.latitude,
        longitude=record.longitude,
        source="+".join(record.sources),
        as_of=date,
    )
