"""SPARQL servers that are not ours, as they really run, and a go-between that makes them fail; all on loopback."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import pytest

from kg.config import Config

from .running import TOKEN, free_port, running, serving

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ServerThreads = 10
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 6
MaxClientConnections = 6
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True)
class Elsewhere:
    """A server of somebody else's: where it is, and what settings let us write there."""

    name: str
    address: str
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Config:
        return Config(remote_timeout_s=30, **self.settings)  # type: ignore[arg-type]

    @property
    def environment(self) -> dict[str, str]:
        return {f"KG_{name.upper()}": value for name, value in self.settings.items()}


def _program(name: str, package: str) -> str:
    """Find a program; skip without it, but not in CI, where a skipped check is no check."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        reason = f"{name} is not installed ({package})"
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI=true, but {reason}")
        pytest.skip(reason)
    return found


@contextmanager
def oxigraph(folder: Path, *, port: int = 0) -> Iterator[Elsewhere]:
    """Run `oxigraph serve`; anybody may write to it, and its default graph is not the union of all graphs."""
    program, port = _program("oxigraph", "pip install oxigraph"), port or free_port()
    command = [program, "serve", "--location", str(folder / "oxigraph"), "--bind", f"127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}"
    with running(command, folder, f"{address}/query?query=ASK%7B%7D") as process:
        yield Elsewhere("oxigraph", f"{address}/", {}, process)


@contextmanager
def virtuoso(folder: Path, *, rows: int = 100_000, buffers: int = 5000, sql: int = 0) -> Iterator[Elsewhere]:
    """Run Virtuoso with a database of its own; only its user dba may write, by Digest.

    `buffers` are 8 KB each; `sql` is the port for its own tool.
    """
    program, port = _program("virtuoso-t", "apt-get install virtuoso-opensource-7-bin"), free_port()
    settings = {"sql": sql or free_port(), "http": port, "rows": rows, "buffers": buffers, "dirty": buffers * 3 // 5}
    (folder / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(**settings))
    address = f"http://127.0.0.1:{port}"
    command = [program, "-f", "+configfile", "virtuoso.ini"]
    with running(command, folder, f"{address}/sparql?query=ASK%7B%7D") as process:
        yield Elsewhere("virtuoso", f"{address}/", {"remote_user": "dba", "remote_password": "dba"}, process)


@contextmanager
def our_own(folder: Path) -> Iterator[Elsewhere]:
    """Run our own server."""
    with serving(folder / "store") as running:
        yield Elsewhere("own", f"{running.address}/", {"remote_token": TOKEN})


SERVERS = {"oxigraph": oxigraph, "virtuoso": virtuoso, "own": our_own}


class GoBetween:
    """Stands before a server and passes requests on, but for what a test makes it do."""

    def __init__(self, address: str) -> None:
        self._host = address.removeprefix("http://").rstrip("/")
        self.fault = ""
        self.faults = -1  # how many requests it still strikes; all, below zero
        self.only = ""  # a word that the request's body must hold to be struck
        self.without = ""  # a parameter that is taken out of every request
        self.exchanged: dict[str, str] = {}  # texts of the body that mean something else to the server behind
        self.paths: dict[str, str] = {}  # where a server of another kind would have them; all others are 404 then
        self.seen: list[str] = []
        self.held = threading.Event()
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def _pass_on(self) -> None:
                between._pass_on(self)

            do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - the library's names

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _pass_on(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0)))
        path, body = asked.path, self._meant(body)
        self.seen.append(f"{asked.command} {path} {body.decode(errors='replace')}")
        strikes = bool(self.fault) and self.faults != 0 and self.only in body.decode(errors="replace")
        if strikes:
            self.faults -= 1
        fault = self.fault if strikes else ""
        place, mark, query = path.partition("?")
        if self.paths and place not in self.paths:
            self._say(asked, 404, {"Content-Type": "text/plain"}, b"nothing here")
            return
        path = f"{self.paths.get(place, place)}{mark}{query}"
        if fault == "hangs up":
            asked.close_connection = True
            asked.connection.close()
            return
        if fault == "stalls":
            self.held.wait(30)
            asked.close_connection = True
            return
        if fault.isdigit():
            self._say(asked, int(fault), {"Content-Type": "text/plain"}, b"not today")
            return
        status, headers, answer = self._forward(asked.command, path, dict(asked.headers), body)
        if fault == "forgets":  # the write is done, and nobody learns of it
            asked.close_connection = True
            asked.connection.close()
        elif fault == "half":
            self._say(asked, status, headers, answer[: len(answer) // 2], length=len(answer))
        elif fault == "half without a length":
            asked.protocol_version = "HTTP/1.0"
            self._say(asked, status, headers, answer[: len(answer) // 2], length=-1)
        elif fault == "stalls amid the body":
            self._say(asked, status, headers, answer[: len(answer) // 2], length=len(answer), hold=True)
        elif fault == "talks nonsense":
            self._say(asked, 200, headers, b"<html>Welcome</html>")
        else:
            self._say(asked, status, headers, answer)

    def _forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self._host, timeout=30)
        kept = {
            name: value
            for name, value in headers.items()
            if name.lower() not in ("host", "connection", "accept-encoding", "content-length")
        }
        kept["Content-Length"] = str(len(body))
        try:
            connection.request(method, path, body or None, kept)
            answer = connection.getresponse()
            dropped = ("transfer-encoding", "content-length", "connection")
            told = {name: value for name, value in answer.getheaders() if name.lower() not in dropped}
            return answer.status, told, answer.read()
        finally:
            connection.close()

    def _say(
        self,
        asked: BaseHTTPRequestHandler,
        status: int,
        headers: dict[str, str],
        body: bytes,
        *,
        length: int | None = None,
        hold: bool = False,
    ) -> None:
        asked.send_response_only(status)
        for name, value in headers.items():
            asked.send_header(name, value)
        length = len(body) if length is None else length
        if length >= 0:
            asked.send_header("Content-Length", str(length))
        if length != len(body):
            asked.close_connection = True
            asked.send_header("Connection", "close")
        asked.end_headers()
        asked.wfile.write(body)
        asked.wfile.flush()
        if hold:
            self.held.wait(30)

    def _meant(self, body: bytes) -> bytes:
        if self.without and (pairs := parse_qsl(body.decode(), keep_blank_values=True)):
            body = urlencode([(name, value) for name, value in pairs if name != self.without]).encode()
        for known, meant in self.exchanged.items():
            body = body.replace(known.encode(), meant.encode())
        return body
