"""Updates and loads have limits: time, memory, length. What is stopped has changed nothing, and who stands in line is served."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import QueryError
from kg.store import open_store
from kg.store.embedded.client import WriterClient
from kg.store.query.guard import LONGEST, LONGEST_UPDATE
from tests.durability.mayhem import article
from tests.processes import memory_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store

MEMORY_MB = 150
SEEDS = " ".join(f"<urn:n{n}> <urn:next> <urn:n{(n * 7 + 1) % 1200}> ." for n in range(1200))
SLOW = (
    "INSERT DATA { <urn:half> <urn:done> 1 } ; INSERT { <urn:n> <urn:m> ?c } WHERE { SELECT (COUNT(*) AS ?c) "
    "{ ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i FILTER(?c1 != ?f && ?i != ?f) } }"
)
HUGE = (
    "INSERT DATA { <urn:half> <urn:done> 1 } ; INSERT { ?a <urn:m> ?x } WHERE "
    '{ ?a <urn:next> ?b . ?c <urn:next> ?d BIND(CONCAT(STR(?a), " and ", STR(?c), " and more words") AS ?x) }'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with open_store(folder, serving=True, config=Config(readers=1, memory_mb=MEMORY_MB)) as opened:
        opened.update(f"INSERT DATA {{ {SEEDS} }}")
        yield opened


def check_untouched(store: Store) -> None:
    assert not store.ask("ASK { <urn:half> ?p ?o }", timeout_s=60)
    assert len(store) == 1200
    store.update("INSERT DATA { <urn:still> <urn:works> 1 }")
    assert store.ask("ASK { <urn:still> ?p ?o }", timeout_s=60)


def test_an_update_that_takes_too_long_is_stopped(store: Store) -> None:
    with pytest.raises(QueryError, match=r"longer than the 0.5 s it may.*changed nothing") as raised:
        store.update(SLOW, timeout_s=0.5)
    assert raised.value.status == 503
    check_untouched(store)


def test_an_update_that_needs_too_much_memory_is_stopped(store: Store) -> None:
    writer = store._writer  # type: ignore[attr-defined]
    assert isinstance(writer, WriterClient)
    assert writer._process is not None
    pid, most = writer._process.pid, 0
    done = threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, memory_of(pid))

    looking = threading.Thread(target=look)
    looking.start()
    before = memory_of(pid)
    try:
        with pytest.raises(QueryError, match=f"more than {MEMORY_MB} MB.*changed nothing") as raised:
            store.update(HUGE, timeout_s=120)
    finally:
        done.set()
        looking.join()
    assert raised.value.status == 507
    assert before < most < before + (MEMORY_MB + 60) * 1_000_000
    check_untouched(store)


def test_an_update_is_cancelled_by_its_number(store: Store) -> None:
    outcome: list[BaseException] = []

    def attack() -> None:
        try:
            store.update(SLOW, timeout_s=120)
        except QueryError as error:
            outcome.append(error)

    thread = threading.Thread(target=attack)
    thread.start()
    deadline = time.monotonic() + 30
    while not (running := store.running()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (work,) = running
    assert work.text == SLOW
    time.sleep(0.3)
    assert store.cancel(work.number)
    thread.join(30)
    assert not thread.is_alive()
    assert "cancelled" in str(outcome[0])
    assert not store.cancel(work.number)
    check_untouched(store)


def test_those_in_line_behind_a_hostile_update_are_served_when_it_is_stopped(store: Store) -> None:
    def attack() -> None:
        with pytest.raises(QueryError):
            store.update(SLOW, timeout_s=1)

    hostile = threading.Thread(target=attack)
    hostile.start()
    time.sleep(0.3)
    others = [
        threading.Thread(target=store.update, args=(f"INSERT DATA {{ <urn:other{n}> <urn:p> {n} }}",)) for n in range(4)
    ]
    for other in others:
        other.start()
    for thread in (hostile, *others):
        thread.join(60)
        assert not thread.is_alive()
    assert len(store) == 1204


def test_a_builder_that_writes_itself_is_not_held_up_by_a_servers_hostile_update(folder: Path) -> None:
    with open_store(folder) as builder:
        builder.update(f"INSERT DATA {{ {SEEDS} }}")
        with open_store(folder, serving=True, config=Config(readers=1)) as server:
            with pytest.raises(QueryError) as raised:
                server.update(SLOW, timeout_s=1)
            assert raised.value.status == 503
            builder.put(article(1))
            server.update("INSERT DATA { <urn:fine> <urn:p> 1 }", timeout_s=60)
        assert builder.ask("ASK { <urn:fine> ?p 1 }")
        assert not builder.ask("ASK { <urn:half> ?p ?o }")


def test_an_update_may_be_longer_than_a_query_but_not_without_measure(store: Store) -> None:
    padding = "#" + "x" * LONGEST + "\n"
    with pytest.raises(QueryError, match="the query is longer") as raised:
        store.ask(f"{padding}ASK {{}}")
    assert raised.value.status == 413
    store.update(f"{padding}INSERT DATA {{ <urn:long> <urn:p> 1 }}")
    assert store.ask("ASK { <urn:long> ?p 1 }")
    with pytest.raises(QueryError, match="the update is longer than 16,000,000 characters") as raised:
        store.update("#" + "x" * LONGEST_UPDATE)
    assert raised.value.status == 413
    with pytest.raises(QueryError) as raised:
        store.update(f"{padding}LOAD <http://127.0.0.1/>")
    assert raised.value.status == 403


def test_a_large_file_is_loaded_in_bounded_memory_and_blank_nodes_keep_together(store: Store) -> None:
    lines = (
        f'_:b{n % 5} <urn:p{n % 9}> "line number {n} of an upload, and a few words more to make it long" .\n'.encode()
        for n in range(150_000)
    )
    body = io.BytesIO(b"".join(lines))
    writer = store._writer  # type: ignore[attr-defined]
    assert writer._process is not None
    pid = writer._process.pid
    before = memory_of(pid)
    store.load_graph("urn:big", body, media_type="application/n-triples")
    assert len(store) == 1200 + 150_000
    assert writer._process.pid == pid, "the writer lives"
    assert memory_of(pid) - before < 300_000_000
    found = store.select("SELECT (COUNT(DISTINCT ?s) AS ?n) { GRAPH <urn:big> { ?s ?p ?o } }")
    assert str(found.rows[0][0]) == "5"


def test_a_large_file_with_a_mistake_in_it_changes_nothing(store: Store) -> None:
    good = b'<urn:s> <urn:p> "a line of an upload that is long enough to count for something" .\n' * 60_000
    with pytest.raises(QueryError, match="cannot be read") as raised:
        store.load_graph("urn:big", io.BytesIO(good + b"nonsense\n"), media_type="application/n-triples")
    assert raised.value.status == 400
    assert not store.has_graph("urn:big")
    check_untouched(store)


def test_a_dump_takes_no_more_memory_for_more_quads(store: Store) -> None:
    row = b'<urn:s%d> <urn:p> "a line of a dump that is long enough to count for something" .\n'
    body = b"".join(row % n for n in range(100_000))
    store.load_graph("urn:big", body, media_type="application/n-triples")
    pieces = store.dump(format="nq")
    size, most = 0, 0
    readers = [reader.pid for reader in store._pool._busy]  # type: ignore[attr-defined]
    for piece in pieces:
        size += len(piece)
        most = max(most, *(memory_of(pid) for pid in readers))
        store.update("INSERT DATA { <urn:while> <urn:dumping> 1 }") if size == len(piece) else None
    assert size > 8_000_000
    assert 0 < most < 150_000_000
