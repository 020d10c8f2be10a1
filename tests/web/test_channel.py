"""Connections as bytes: kept open behind every kind of answer, read in order, closed when they ought to be."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from ..running import serving  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..running import Running  # noqa: TID252

ASK = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: application/sparql-results+json\r\n\r\n"
ROWS = (
    "SELECT%20*%20%7B%20VALUES%20%3Fa%20%7B"
    + "%20".join(map(str, range(60)))
    + "%7D%20"
    + "%20".join(f"VALUES%20%3F{name}%20%7B" + "%20".join(map(str, range(30))) + "%7D" for name in "bc")
    + "%7D"
)
STREAM = f"GET /sparql?query={ROWS} HTTP/1.1\r\nHost: x\r\nAccept: application/sparql-results+json\r\n\r\n".encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("channel") / "store", readers=1) as running:
        yield running


class Connection:
    def __init__(self, server: Running) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.held = b""

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Read one answer off the connection."""
        while b"\r\n\r\n" not in self.held:
            self._more()
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        status = int(first.split()[1])
        if fields.get("transfer-encoding") == "chunked":
            return status, fields, self._chunks()
        length = 0 if status in (204, 304) else int(fields.get("content-length", 0))
        while len(self.held) < length:
            self._more()
        body, self.held = self.held[:length], self.held[length:]
        return status, fields, body

    def _chunks(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self.held:
                self._more()
            size, _, self.held = self.held.partition(b"\r\n")
            while len(self.held) < int(size, 16) + 2:
                self._more()
            body += self.held[: int(size, 16)]
            self.held = self.held[int(size, 16) + 2 :]
            if not int(size, 16):
                return body

    def _more(self) -> None:
        piece = self.socket.recv(65536)
        assert piece, "the server hung up"
        self.held += piece


@pytest.fixture
def connection(server: Running) -> Iterator[Connection]:
    found = Connection(server)
    yield found
    found.socket.close()


def test_one_connection_carries_answers_of_every_kind(connection: Connection) -> None:
    connection.socket.sendall(ASK)
    status, fields, body = connection.answer()
    assert (status, body) == (200, b'{"head":{},"boolean":true}')
    connection.socket.sendall(ASK.replace(b"Host: x", f"Host: x\r\nIf-None-Match: {fields['etag']}".encode()))
    assert connection.answer()[0] == 304
    connection.socket.sendall(STREAM)
    status, fields, body = connection.answer()
    assert fields["transfer-encoding"] == "chunked"
    assert body.count(b'"type":"literal"') == 60 * 30 * 30 * 3
    connection.socket.sendall(b"HEAD" + ASK[3:])
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.socket.recv(65536)
    assert head.endswith(b"\r\n\r\n")
    assert b"Content-Length: 26" in head
    connection.socket.sendall(ASK.replace(b"ASK%20%7B%7D", b"ASK%20%7B"))
    assert connection.answer()[0] == 400
    connection.socket.sendall(ASK)
    assert connection.answer()[0] == 200


@pytest.mark.parametrize("pause_s", [0, 0.001, 0.05])
def test_requests_that_follow_quickly_or_slowly_are_answered(connection: Connection, pause_s: float) -> None:
    for _ in range(20):
        connection.socket.sendall(ASK)
        assert connection.answer()[0] == 200
        time.sleep(pause_s)


def test_requests_in_line_are_answered_in_their_order(connection: Connection) -> None:
    connection.socket.sendall(ASK + STREAM + ASK.replace(b"ASK%20%7B%7D", b"nonsense") + ASK)
    assert [connection.answer()[0] for _ in range(4)] == [200, 200, 400, 200]


def test_a_request_that_comes_in_crumbs_is_read(connection: Connection) -> None:
    connection.socket.sendall(ASK)
    assert connection.answer()[0] == 200
    for at in range(0, len(ASK), 7):
        connection.socket.sendall(ASK[at : at + 7])
        time.sleep(0.002)
    assert connection.answer()[0] == 200


def test_a_client_that_waits_for_our_word_sends_its_body_then(connection: Connection) -> None:
    connection.socket.sendall(ASK)
    assert connection.answer()[0] == 200
    kind = b"Content-Type: application/sparql-query\r\nExpect: 100-continue\r\nContent-Length: 6"
    connection.socket.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + kind + b"\r\n\r\n")
    assert connection.socket.recv(65536).startswith(b"HTTP/1.1 100 ")
    connection.socket.sendall(b"ASK {}")
    assert connection.answer()[0] == 200


def test_a_connection_ends_where_the_client_asks_for_it(connection: Connection) -> None:
    connection.socket.sendall(ASK.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    status, fields, _ = connection.answer()
    assert (status, fields["connection"]) == (200, "close")
    assert connection.socket.recv(1) == b""


def test_more_clients_than_threads_are_all_answered_at_once(server: Running) -> None:
    connections = [Connection(server) for _ in range(60)]
    for _ in range(3):
        for found in connections:
            found.socket.sendall(ASK)
        assert {found.answer()[0] for found in connections} == {200}
    for found in connections:
        found.socket.close()
