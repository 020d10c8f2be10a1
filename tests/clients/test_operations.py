"""What runs, and who may stop it, over HTTP; a client that leaves frees its reader."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from ..running import TOKEN  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from ..running import Reply, Running  # noqa: TID252

ENDLESS = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i FILTER(?c1 != ?f && ?i != ?f) }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def request_of(query: str, *, port: int, timeout_s: float, accept: str = "text/csv") -> bytes:
    address = f"/sparql?{urlencode({'query': query, 'timeout': timeout_s})}"
    return f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {accept}\r\n\r\n".encode()


def until_it_runs(server: Running, mark: str) -> int:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for found in server.running():
            if mark in found["query"]:
                return int(found["id"])
        time.sleep(0.02)
    pytest.fail("the query does not run")


def test_running_queries_are_listed_and_stopped_by_the_tokens_holder(server: Running) -> None:
    replies: list[Reply] = []
    asking = threading.Thread(target=lambda: replies.append(server.query(f"# the long one\n{ENDLESS}")))
    asking.start()
    number = until_it_runs(server, "the long one")
    (listed,) = [found for found in server.running() if found["id"] == number]
    assert 0 <= listed["seconds"] < 5
    started = time.monotonic()
    assert server.send("DELETE", f"/queries/{number}", token=TOKEN).status == 204
    asking.join(5)
    assert time.monotonic() - started < 1
    assert replies[0].status == 503
    assert "cancelled" in replies[0].text
    assert server.send("DELETE", f"/queries/{number}", token=TOKEN).status == 404
    server.wait_until_free(1)
    assert 'kg_queries_total{outcome="cancelled"}' in server.send("GET", "/metrics").text


@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/queries"), ("DELETE", "/queries/1")])
def test_nobody_else_sees_or_stops_them(server: Running, method: str, path: str, token: str) -> None:
    reply = server.send(method, path, token=token)
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("query", [ENDLESS, STREAM], ids=["before the first byte", "amid the body"])
def test_a_client_that_leaves_frees_its_reader_at_once(server: Running, query: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(request_of(f"# leaving\n{query}", port=server.port, timeout_s=8))
        if query is STREAM:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        until_it_runs(server, "leaving")
    started = time.monotonic()
    server.wait_until_free(1)
    assert time.monotonic() - started < 1, "it must not run on to its deadline"


def test_a_client_that_waits_for_a_reader_and_leaves_is_forgotten(server: Running) -> None:
    clients = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(10)]
    for number, client in enumerate(clients):
        client.sendall(request_of(f"# crowd {number}\n{ENDLESS}", port=server.port, timeout_s=8))
    until_it_runs(server, "crowd")
    for client in clients:
        client.close()
    server.wait_until_free(1.5)
    assert json.loads(server.query("ASK { ?s ?p 3 }").body)["boolean"] is True
