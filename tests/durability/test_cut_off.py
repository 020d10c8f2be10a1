"""One thing is cut off by a kill: a large article, a load, a checkpoint, a backup. It is whole afterwards, or not there."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import StoreError
from kg.store import open_store
from kg.store.embedded.client import WriterClient
from tests.durability.mayhem import HALF, article
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.store import Store

LARGE = 12_000  # triples of one article
_COUNT = "SELECT ?p (COUNT(*) AS ?n) { GRAPH ?g { ?a cn:fingerprint ?p ; ?q ?o } } GROUP BY ?p"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with open_store(folder, serving=True, config=Config(readers=1)) as opened:
        yield opened


def writer_of(store: Store) -> int:
    writer = store._writer  # type: ignore[attr-defined]
    assert isinstance(writer, WriterClient)
    deadline = time.monotonic() + 30
    while writer._process is None or writer._process.poll() is not None:
        assert time.monotonic() < deadline, "no writer came back"
        # killed after its work was done: the next write is what brings another
        store.update("DELETE DATA { <urn:nothing> <urn:nothing> 0 }")
        time.sleep(0.005)
    return writer._process.pid


def struck(store: Store, work: Callable[[], object], *, after_s: float) -> None:
    """Kill the writer while it works; the work itself must come to its end all the same."""
    trouble: list[BaseException] = []

    def do() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            trouble.append(error)

    victim = writer_of(store)
    thread = threading.Thread(target=do)
    thread.start()
    time.sleep(after_s)
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    thread.join(60)
    assert not thread.is_alive()
    if trouble:
        raise trouble[0]


def test_a_large_article_is_whole_whenever_its_writer_is_killed(store: Store) -> None:
    for edition, after_s in enumerate((0.0, 0.05, 0.15, 0.3)):
        struck(store, lambda edition=edition: store.put(article(7, edition, triples=LARGE)), after_s=after_s)
        (row,) = store.select(_COUNT)
        assert (str(row["p"]), int(str(row["n"]))) == (f"{edition}-7", LARGE)


def test_an_update_is_done_once_whenever_its_writer_is_killed(store: Store) -> None:
    store.update("INSERT DATA { <urn:c> <urn:n> 0 }")
    data = " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(3_000))
    add = f"DELETE {{ <urn:c> <urn:n> ?n }} INSERT {{ <urn:c> <urn:n> ?m . {data} }} WHERE {{ <urn:c> <urn:n> ?n BIND(?n + 1 AS ?m) }}"
    for after_s in (0.0, 0.02, 0.05, 0.1, 0.2):
        struck(store, lambda: store.update(add), after_s=after_s)
    assert store.ask("ASK { <urn:c> <urn:n> 5 }")
    assert not store.ask("ASK { <urn:kg:write> ?p ?o }"), "a mark was left behind"


def test_a_load_in_pieces_is_whole_or_not_there(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = b'<urn:s%d> <urn:p> "a line of an upload that is long enough to count for something, number %d" .\n'
    body = b"".join(line % (n, n) for n in range(100_000))
    assert len(body) > 8_000_000
    store.update("INSERT DATA { GRAPH <urn:g> { <urn:old> <urn:p> 1 } }")
    client = store._writer  # type: ignore[attr-defined]
    # a client that does not try again shows what a load that was cut off leaves behind
    monkeypatch.setattr("kg.store.embedded.client._MOST_DEATHS", 1)
    victim = writer_of(store)
    thread = threading.Thread(target=_kill_when, args=(folder / "undo", victim))
    thread.start()
    with pytest.raises(StoreError, match="changed nothing"):
        store.load_graph("urn:g", body, media_type="application/n-triples", replace=True)
    thread.join()
    assert client.waiting() >= 0
    assert store.ask("ASK { GRAPH <urn:g> { <urn:old> <urn:p> 1 } }", timeout_s=60)
    assert len(store) == 1
    assert not list((folder / "incoming").iterdir())
    store.load_graph("urn:g", body, media_type="application/n-triples", replace=True)
    assert len(store) == 100_000
    assert not (folder / "undo").exists()


def _kill_when(path: Path, pid: int) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)


def test_a_checkpoint_that_is_cut_off_leaves_no_rubbish(store: Store, folder: Path) -> None:
    for number in range(4):
        store.put(article(number))
        victim = writer_of(store)
        drafts = threading.Thread(target=_kill_at_draft, args=(folder / "checkpoints", victim))
        drafts.start()
        assert store.select(HALF, timeout_s=60).rows == ()
        drafts.join()
    assert len(store.fingerprints()) == 4
    store.put(article(9))
    assert len(store.fingerprints()) == 5
    left = [path.name for path in (folder / "checkpoints").iterdir() if path.is_dir()]
    assert all(name.isdigit() for name in left), left
    assert len(left) <= 4


def _kill_at_draft(folder: Path, pid: int) -> None:
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        if any(path.name.endswith(".tmp") for path in folder.iterdir()):
            break
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_a_backup_that_is_killed_leaves_the_name_free(store: Store, folder: Path, tmp_path: Path) -> None:
    store.put(article(1, triples=LARGE))
    target = tmp_path / "copies" / "one"
    command = [sys.executable, "-m", "kg", "backup", str(target), "--store", str(folder)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not (target.parent.exists() and any(target.parent.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.0005)
        process.kill()
    if target.exists():  # it was quicker than we: then it must be whole
        with open_store(target) as copy:
            assert len(copy) == len(store)
        target = target.with_name("two")
    store.backup(target)
    assert [path.name for path in target.parent.iterdir() if path.name.startswith(f".{target.name}")] == []
    with open_store(target) as copy:
        assert len(copy) == len(store)


def test_a_backup_goes_on_when_the_writer_is_killed_amid_it(store: Store, tmp_path: Path) -> None:
    store.put(article(1, triples=LARGE))
    for number, after_s in enumerate((0.0, 0.05)):
        struck(store, lambda number=number: store.backup(tmp_path / f"copy-{number}"), after_s=after_s)
        with open_store(tmp_path / f"copy-{number}") as copy:
            assert len(copy) == len(store)
