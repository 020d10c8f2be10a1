"""`python server.py` as a newcomer starts it: builds and serves, and says in one line what is wrong."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import KgError
from kg.store import open_store
from kg.web.serve import describe, listen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]


def environment(store: Path, port: int, host: str = "127.0.0.1") -> dict[str, str]:
    return {**os.environ, "KG_STORE": str(store), "KG_PORT": str(port), "KG_HOST": host, "PYTHONPATH": str(ROOT)}


def start(tmp_path: Path, port: int, **options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "server.py")],
        cwd=tmp_path,
        env=environment(tmp_path / "store", port, **options),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def busy_port() -> Iterator[int]:
    with listen("127.0.0.1", 0) as taken:
        yield int(taken.getsockname()[1])


def test_a_busy_port_is_one_line_and_exit_2_before_anything_is_built(tmp_path: Path, busy_port: int) -> None:
    ended = start(tmp_path, busy_port)
    assert ended.returncode == 2
    assert ended.stderr.strip().splitlines() == [
        f"kg: port {busy_port} on 127.0.0.1 is in use; stop the other server or choose another with --port or KG_PORT"
    ]
    assert not (tmp_path / "store").exists()


def test_an_address_of_another_machine_is_one_line_and_exit_2(tmp_path: Path, free_port: int) -> None:
    ended = start(tmp_path, free_port, host="192.0.2.1")
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "cannot listen on 192.0.2.1" in ended.stderr


def test_a_broken_store_is_one_line_and_exit_2(tmp_path: Path, free_port: int) -> None:
    with open_store(tmp_path / "store"):
        pass
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file():
            path.write_bytes(b"not a store")
    ended = start(tmp_path, free_port)
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stderr.startswith("kg: ")


def test_a_setting_that_does_not_fit_is_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text('port = "many"')
    ended = subprocess.run(
        [sys.executable, str(ROOT / "server.py")],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if not k.startswith("KG_")} | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_first_start_builds_the_examples_and_the_second_reuses_them(tmp_path: Path, free_port: int) -> None:
    counts = []
    for _ in range(2):
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py")],
            cwd=tmp_path,
            env=environment(tmp_path / "store", free_port),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            health = wait_for(f"http://127.0.0.1:{free_port}/healthz", server)
            assert health["status"] == "ok"
            query = "SELECT (COUNT(*) AS ?n) { ?a a schema:NewsArticle }"
            counts.append(ask(f"http://127.0.0.1:{free_port}/sparql", query))
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=30)
        assert "Traceback" not in said
        assert f"http://127.0.0.1:{free_port}/" in said
    assert counts[0] >= 15
    assert counts[1] == counts[0]


def wait_for(address: str, server: subprocess.Popen[str]) -> dict[str, str]:
    until = time.monotonic() + 110
    while time.monotonic() < until:
        if server.poll() is not None:
            assert server.stderr is not None
            pytest.fail(f"the server ended: {server.stderr.read()}")
        try:
            with urllib.request.urlopen(address, timeout=100) as answer:  # noqa: S310 - loopback
                found: dict[str, str] = json.load(answer)
                return found
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")


def ask(endpoint: str, query: str) -> int:
    request = urllib.request.Request(  # noqa: S310 - loopback
        endpoint, query.encode(), {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        return int(answer.read().decode().split()[1])


def test_importing_the_module_opens_nothing_and_app_is_made_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_STORE", str(tmp_path / "store"))
    spec = importlib.util.spec_from_file_location("server", ROOT / "server.py")
    assert spec is not None
    assert spec.loader is not None
    server = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(server)
    assert not (tmp_path / "store").exists()
    app = server.app
    assert app is server.app
    assert app.test_client().get("/healthz").status_code == 200
    assert (tmp_path / "store").exists()
    app.extensions["kg"].store.close()
    with pytest.raises(AttributeError):
        _ = server.nothing


def test_an_empty_store_is_described_with_its_ontology(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        describe(store)
        assert store.ask("ASK { GRAPH ?g { cn:ConflictEvent a owl:Class } }")
        before = len(store)
        describe(store)
        assert len(store) == before


def test_a_port_without_permission_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: socket.socket, address: object) -> None:
        raise PermissionError(13, "Permission denied", address)

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(KgError, match=r"no permission to listen on 127\.0\.0\.1:80"):
        listen(Config().host, 80)
