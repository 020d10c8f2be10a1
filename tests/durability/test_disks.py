"""Full, read-only, damaged, taken: each is one clear error that names the folder, and nothing is lost.

A full disk is a file size limit (RLIMIT_FSIZE) on the processes that write, which every machine allows, and a small tmpfs
where the tests may mount one.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.config import Config
from kg.errors import StoreError
from kg.store import open_store
from kg.store.embedded.client import WriterClient
from tests.durability.mayhem import Server, article
from tests.running import ROOT, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store

LARGE = 6_000  # triples of an article: about 5 MB of the engine's log


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


# --- full -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file that this process or its children write grow beyond this size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(store: Store) -> int:
    """Put articles until no more fit; return how many were acknowledged."""
    for number in range(1, 100):
        try:
            store.put(article(number, triples=LARGE))
        except StoreError as error:
            if "full" not in str(error):
                raise
            return number - 1
    raise AssertionError("the disk never got full")


def check_filled(store: Store, folder: Path, acknowledged: int) -> None:
    """All that was acknowledged is there, nothing half, and with room again the store takes more."""
    assert acknowledged > 0
    assert len(store.fingerprints()) == acknowledged
    store.put(article(500, triples=LARGE))
    assert len(store.fingerprints()) == acknowledged + 1
    counts = store.select("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?a cn:mentions ?e ; ?p ?o } } GROUP BY ?g")
    assert {int(str(row["n"])) for row in counts} == {LARGE}
    assert str(folder)


@pytest.mark.parametrize("serving", [False, True])
def test_a_full_disk_fails_the_write_at_hand_and_loses_nothing(folder: Path, serving: bool) -> None:
    with files_up_to(8_000_000):
        store = open_store(folder, serving=serving, config=Config(readers=1))
        acknowledged = fill(store)
        with pytest.raises(StoreError, match=str(folder)):
            store.put(article(400, triples=LARGE * 10))
        if not serving:
            assert store.ask("ASK { ?a cn:fingerprint ?f }"), "what is there can still be asked"
    with store:
        check_filled(store, folder, acknowledged)
    with open_store(folder) as again:
        assert len(again.fingerprints()) == acknowledged + 1


@pytest.fixture
def tmpfs(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no tmpfs may be mounted here; the file size limit above stands for the full disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_small_disk_is_never_filled_to_the_brim(tmpfs: Path) -> None:
    folder = tmpfs / "store"
    with open_store(folder, serving=True, config=Config(readers=1)) as store:
        acknowledged = fill(store)
        assert len(store.fingerprints()) == acknowledged
        with pytest.raises(StoreError, match=r"nearly full.*nothing was changed"):
            store.put(article(400, triples=LARGE))
        assert shutil.disk_usage(tmpfs).free > 1_000_000
        subprocess.run(["mount", "-o", "remount,size=256m", str(tmpfs)], check=True)
        check_filled(store, folder, acknowledged)


def test_a_write_that_does_not_fit_is_refused_before_anything_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = namedtuple("room", ["f_bavail", "f_frsize"])  # noqa: PYI024 - stands for what the system returns
    with open_store(folder) as store:
        store.put(article(1))
        monkeypatch.setattr(os, "statvfs", lambda _: room(5_000, 4096))
        with pytest.raises(
            StoreError, match=rf"{folder}: the disk is nearly full \(20 MB left, this write needs 33 MB\)"
        ):
            store.put(article(2))
        monkeypatch.undo()
        assert len(store.fingerprints()) == 1


# --- read-only --------------------------------------------------------------------------------------------------------


# file permissions hold for what this runs, also where the tests run as root
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def unprivileged(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*UNPRIVILEGED, *command], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def kg(*arguments: str) -> subprocess.CompletedProcess[str]:
    return unprivileged(sys.executable, "-m", "kg", *arguments)


@pytest.fixture
def read_only(folder: Path) -> Iterator[Path]:
    """A store whose folder nobody may write to."""
    with open_store(folder) as store:
        for number in range(3):
            store.put(article(number))
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_folder_that_cannot_be_written_can_be_asked_exported_and_copied(read_only: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in read_only.rglob("*"))
    where = ("--store", str(read_only))
    asked = kg("query", "SELECT (COUNT(*) AS ?n) { ?a cn:fingerprint ?f }", "--format", "csv", *where)
    assert asked.stdout.split() == ["n", "3"], asked.stderr
    exported = kg("export", "--format", "nq", *where)
    assert exported.stdout.count("\n") == 3 * 40 + 3 + 3, exported.stderr
    copied = kg("backup", str(tmp_path / "copy"), *where)
    assert copied.returncode == 0, copied.stderr
    assert sorted(path.name for path in read_only.rglob("*")) == before
    with open_store(tmp_path / "copy") as copy:
        copy.put(article(9))
        assert len(copy.fingerprints()) == 4


def test_a_write_into_such_a_folder_is_one_clear_line(read_only: Path) -> None:
    refused = kg("remove", "0" * 16, "--store", str(read_only))
    assert refused.returncode != 0
    (line,) = refused.stderr.splitlines()
    assert "reading only" in line
    assert str(read_only) in line
    assert "no permission to write" in line


def test_such_a_folder_can_be_served_and_refuses_writes(read_only: Path) -> None:
    server = Server(read_only, before=UNPRIVILEGED)
    server.start()
    try:
        server.wait()
        assert server.ask("SELECT (COUNT(*) AS ?n) { ?a cn:fingerprint ?f }") == [{"n": "3"}]
        kind = {"Content-Type": "application/sparql-update"}
        reply = server.door.send("POST", "/sparql", body=b"CLEAR ALL", headers=kind, token=TOKEN)
        assert reply.status == 403
        assert "reading only" in reply.text
    finally:
        server.end()


def test_such_a_folder_can_be_read_while_its_owner_writes(folder: Path) -> None:
    with open_store(folder, serving=True, config=Config(readers=1)) as owner:
        owner.put(article(1))
        assert len(owner.fingerprints()) == 1  # which freezes a state
        (folder / "writer.sock").chmod(0o000)
        folder.chmod(0o555)
        (folder / "writer.lock").chmod(0o444)
        try:
            asked = kg(
                "query", "SELECT (COUNT(*) AS ?n) { ?a cn:fingerprint ?f }", "--format", "csv", "--store", str(folder)
            )
        finally:
            folder.chmod(0o755)
            (folder / "writer.lock").chmod(0o644)
        assert asked.stdout.split() == ["n", "1"], asked.stderr


# --- damaged ----------------------------------------------------------------------------------------------------------


def spoil_current(folder: Path) -> None:
    (folder / "oxigraph" / "CURRENT").unlink()


def spoil_all(folder: Path) -> None:
    shutil.rmtree(folder / "oxigraph")


def spoil_tables(folder: Path) -> None:
    for path in (folder / "oxigraph").glob("*.sst"):
        path.write_bytes(os.urandom(path.stat().st_size))


def spoil_one_table(folder: Path) -> None:
    max((folder / "oxigraph").glob("*.sst"), key=lambda path: path.stat().st_size).unlink()


def spoil_manifest(folder: Path) -> None:
    for path in (folder / "oxigraph").glob("MANIFEST-*"):
        path.write_bytes(path.read_bytes()[:20] + b"\x00" * 40)


@pytest.mark.parametrize("serving", [False, True])
@pytest.mark.parametrize("spoil", [spoil_current, spoil_all, spoil_tables, spoil_one_table, spoil_manifest])
def test_a_damaged_store_is_one_clear_line_and_is_not_overwritten(folder: Path, spoil: object, serving: bool) -> None:
    with open_store(folder) as store:
        store.put(article(1))
        store.backup(folder.with_name("copy"))  # which writes the tables
    spoil(folder)  # type: ignore[operator]
    before = sorted(path.name for path in (folder / "oxigraph").glob("*.sst"))
    with pytest.raises(StoreError) as raised, open_store(folder, serving=serving, config=Config(readers=1)) as store:
        store.fingerprints()
    message = str(raised.value)
    assert str(folder) in message
    assert "damaged" in message
    assert "restore" in message
    assert "\n" not in message
    assert sorted(path.name for path in (folder / "oxigraph").glob("*.sst")) == before
    with open_store(folder.with_name("copy")) as copy:
        assert len(copy.fingerprints()) == 1


@pytest.mark.parametrize("left", [b"", b"\xff" * 8, b"12"])
def test_a_spoilt_generation_is_made_good(folder: Path, left: bytes) -> None:
    with open_store(folder) as store:
        store.put(article(1))
        last = store.generation
    (folder / "generation").write_bytes(left)
    with open_store(folder) as store:
        assert store.generation > last
        assert len(store.fingerprints()) == 1


# --- taken ------------------------------------------------------------------------------------------------------------


def test_a_second_server_on_the_same_store_is_told_of_the_first(folder: Path) -> None:
    server = Server(folder)
    server.start()
    try:
        server.wait()
        second = kg("serve", "--store", str(folder), "--port", str(server.port + 1 if server.port < 65535 else 1024))
        assert second.returncode == 2
        (line,) = second.stderr.splitlines()
        assert f"{folder}: another server serves this store (process {server.pid})" in line
        assert server.ask("SELECT ?x { VALUES ?x { 1 } }") == [{"x": "1"}]
    finally:
        server.end()


def test_a_builder_beside_a_server_is_no_second_server(folder: Path) -> None:
    with open_store(folder, serving=True) as server:
        result = CliRunner().invoke(main, ["remove", "0" * 16, "--store", str(folder)])
        assert "another server" not in result.output
        server.put(article(1))


def test_a_writer_that_hangs_up_is_replaced_while_it_is_asked(folder: Path) -> None:
    with open_store(folder, serving=True) as store:
        store.put(article(1))
        writer = store._writer  # type: ignore[attr-defined]
        assert isinstance(writer, WriterClient)
        assert writer._process is not None
        os.kill(writer._process.pid, signal.SIGKILL)
        started = time.monotonic()
        store.put(article(2))
        assert time.monotonic() - started < 30
        assert len(store.fingerprints()) == 2
