"""Several front processes on one address, and how a server ends: in order, with nothing left behind."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..processes import below  # noqa: TID252 - tests are no package with a name
from ..running import TOKEN, serving  # noqa: TID252

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..running import Reply, Running  # noqa: TID252

CHAIN = " ".join(f"<http://n{n}> <http://next> <http://n{(n * 7 + 1) % 1500}> ." for n in range(1500))
ENDLESS = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i FILTER(?c1 != ?f && ?i != ?f) }"
A_WHILE = "SELECT (COUNT(*) AS ?c) { { SELECT ?a { ?a ?b ?c1 } LIMIT 15 } ?d ?e ?f FILTER(?a != ?f) }"  # under a second


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def asked(server: Running, query: str, replies: list[Reply]) -> threading.Thread:
    """Put a query in a thread of its own, and wait until it runs."""
    thread = threading.Thread(target=lambda: replies.append(server.query(query)))
    thread.start()
    until = time.monotonic() + 10
    while not any(found["query"] == query for found in server.running()):
        assert time.monotonic() < until, "the query does not run"
        time.sleep(0.02)
    return thread


def wait_until_gone(pids: list[int], within_s: float) -> None:
    until = time.monotonic() + within_s
    while left := [pid for pid in pids if is_alive(pid)]:
        assert time.monotonic() < until, left
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture(params=[1, 2])
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[Running]:
    with serving(folder, readers=1, timeout_s=60, workers=request.param, shutdown_s=20) as running:
        running.update(f"INSERT DATA {{ {CHAIN} }}")
        yield running


def test_what_runs_when_the_server_is_told_to_end_is_finished(server: Running) -> None:
    replies: list[Reply] = []
    asking = asked(server, A_WHILE, replies)
    processes = [server.pid, *below(server.pid)]
    os.kill(server.pid, signal.SIGTERM)
    asking.join(30)
    assert replies[0].status == 200, replies[0].text
    wait_until_gone(processes, 20)
    assert not (server.folder / "writer.sock").exists()
    assert not list(Path(tempfile.gettempdir()).glob("kg-workers-*/*.sock"))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_not_done_in_time_is_stopped_and_told_so(folder: Path, workers: int) -> None:
    with serving(folder, readers=1, timeout_s=60, workers=workers, shutdown_s=1) as server:
        server.update(f"INSERT DATA {{ {CHAIN} }}")
        replies: list[Reply] = []
        asking = asked(server, ENDLESS, replies)
        processes = [server.pid, *below(server.pid)]
        started = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        asking.join(30)
        assert time.monotonic() - started < 10
        assert replies[0].status == 503, replies[0].text
        assert "shutting down" in replies[0].text
        wait_until_gone(processes, 20)
        assert not (server.folder / "writer.sock").exists()


def test_workers_share_one_store_and_answer_for_one_another(folder: Path) -> None:
    with serving(folder, readers=1, timeout_s=60, workers=2) as server:
        server.update(f"INSERT DATA {{ {CHAIN} }}")
        for _ in range(10):  # whichever of them answers has the write
            assert server.query("ASK { <http://n1> <http://next> ?o }").text.count("true") == 1
        replies: list[Reply] = []
        threads = [asked(server, f"# {number}\n{ENDLESS}", replies) for number in range(3)]
        for _ in range(5):
            found = server.running()
            assert len({each["id"] for each in found}) == len(found) == 3
        for each in found:
            assert server.send("DELETE", f"/queries/{each['id']}", token=TOKEN).status == 204
        for thread in threads:
            thread.join(10)
        assert [reply.status for reply in replies] == [503] * 3
        counted = server.send("GET", "/metrics").text
        assert 'kg_queries_total{outcome="cancelled"} 3' in counted


def test_a_worker_that_dies_is_replaced_and_one_whose_master_dies_ends(folder: Path) -> None:
    with serving(folder, readers=1, workers=2) as server:
        workers = [pid for pid in below(server.pid) if b"kg.web.workers" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert len(workers) == 2
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 20
        while True:
            with suppress(OSError):
                if server.query("ASK {}").status == 200:
                    break
            assert time.monotonic() < until, "no worker took the place of those that died"
            time.sleep(0.1)
        processes = below(server.pid)
        os.kill(server.pid, signal.SIGKILL)
        wait_until_gone(processes, 20)
