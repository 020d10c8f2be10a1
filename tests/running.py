"""A server as it really runs: a process of its own on a free port, started and stopped as a user would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "of the tests"  # noqa: S105 - guards nothing
_STARTING_S = 60
_OTHERS_START_S = 90


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Running:
    """A server on loopback that lets `TOKEN` write."""

    port: int
    folder: Path
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str = "",
        timeout_s: float = 60,
    ) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            return _sent(connection, method, path, body=body, headers=headers, token=token)
        finally:
            connection.close()

    def session(self) -> Session:
        """Open a connection that is kept for many requests."""
        return Session(self.port)

    def query(self, query: str, *, accept: str = "application/sparql-results+json", **parameters: str) -> Reply:
        form = urlencode({"query": query, **parameters}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.send("POST", "/sparql", body=form, headers={"Content-Type": kind, "Accept": accept})

    def update(self, update: str) -> None:
        kind = {"Content-Type": "application/sparql-update"}
        reply = self.send("POST", "/sparql", body=update.encode(), headers=kind, token=TOKEN)
        assert reply.status == 204, reply.text

    def running(self) -> list[dict[str, Any]]:
        """The queries at work right now."""
        reply = self.send("GET", "/queries", token=TOKEN)
        assert reply.status == 200, reply.text
        found: list[dict[str, Any]] = json.loads(reply.body)["queries"]
        return found

    def wait_until_free(self, within_s: float) -> float:
        """Wait until no query runs any more; return how long it took."""
        started = time.monotonic()
        while found := self.running():
            assert time.monotonic() - started < within_s, found
            time.sleep(0.02)
        return time.monotonic() - started


class Session:
    """One kept-alive connection to a server, for many small requests after one another."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str = "",
    ) -> Reply:
        return _sent(self._connection, method, path, body=body, headers=headers, token=token)


def _sent(
    connection: HTTPConnection,
    method: str,
    path: str,
    *,
    body: bytes | None,
    headers: Mapping[str, str] | None,
    token: str,
) -> Reply:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request(method, path, body, {**(headers or {}), **bearer})
    answer = connection.getresponse()
    return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], folder: Path, probe: str, *, name: str = "said") -> Iterator[subprocess.Popen[bytes]]:
    """Run any server until the block ends; it is there when the probed address answers."""
    log = folder / f"{name}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
    try:
        until = time.monotonic() + _OTHERS_START_S
        while True:
            try:
                with urllib.request.urlopen(probe, timeout=10):  # noqa: S310 - our own loopback address
                    break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"{command[0]} does not answer: {log.read_text()}")
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Running]:
    """Serve the store in a folder; settings are those of `kg.toml`."""
    with _served(str(folder), folder, settings) as running:
        yield running


@contextmanager
def serving_at(address: str, beside: Path, **settings: object) -> Iterator[Running]:
    """Serve the store behind an endpoint; the log goes into the folder `beside`."""
    with _served(address, beside / "front", settings) as running:
        yield running


@contextmanager
def _served(location: str, folder: Path, settings: Mapping[str, object]) -> Iterator[Running]:
    port = free_port()
    named = {f"KG_{name.upper()}": str(value) for name, value in settings.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment = {**kept, "KG_TOKEN": TOKEN, **named, "PYTHONPATH": str(ROOT)}
    said = folder.parent / f"{folder.name}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kg", "serve", "--store", location, "--port", str(port)],
            cwd=folder.parent,
            env=environment,
            stderr=log,
        )
    try:
        _wait(process, port, said)
        yield Running(port, folder, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert b"Traceback" not in said.read_bytes(), said.read_text()


def _wait(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    until = time.monotonic() + _STARTING_S
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the server ended: {said.read_text()}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the server did not answer: {said.read_text()}")
