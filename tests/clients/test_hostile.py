"""Hostile clients and queries against the running server: each ends with its status in time, its neighbour is served."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
import time
from http.client import HTTPException
from itertools import count
from typing import TYPE_CHECKING

import pytest

from .test_operations import ENDLESS, STREAM, request_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..running import Running  # noqa: TID252 - tests are no package with a name

DEADLINE_S = 2.0
LATEST_S = DEADLINE_S + 0.5
LOADED_S = 2.5  # what a machine that does other things may add
NEIGHBOUR_S = 6.0  # a quarter of a second on a machine of its own; readers boot slowly on a loaded one

PRODUCT = "?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i"
DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
STOPPED = {503, 507}

QUERIES: dict[str, tuple[str, set[int]]] = {
    "a cartesian count": (ENDLESS, STOPPED),
    "a cartesian sort": (f"SELECT * {{ {PRODUCT} }} ORDER BY ?c1 ?f ?i ?a", STOPPED),
    "a distinct product": (f"SELECT DISTINCT ?a ?d ?g {{ {PRODUCT} FILTER(?a = ?d && ?d = ?g && ?a != ?g) }}", STOPPED),
    "a product of VALUES": (
        f"SELECT (COUNT(DISTINCT ?all) AS ?n) {{ {' '.join(f'VALUES ?v{n} {DIGITS}' for n in range(9))} BIND(CONCAT({', '.join(f'STR(?v{n})' for n in range(9))}) AS ?all) }}",
        STOPPED,
    ),
    "a deep property path": (
        "SELECT (COUNT(*) AS ?c) { ?a (<http://next>*/^<http://next>*)* ?b . ?c <http://next>* ?d . ?e <http://next>+ ?f }",
        STOPPED,
    ),
    "alternating paths": (
        "SELECT (COUNT(*) AS ?c) { ?a (<http://next>|!<http://x>|^<http://next>)+ ?b . ?b (!<http://y>)* ?d . ?d !<http://z>+ ?e }",
        STOPPED,
    ),
    "a doubling string": (
        'SELECT (STRLEN(?a40) AS ?n) { VALUES ?a0 { "0123456789" } '
        + " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(40))
        + " }",
        STOPPED,
    ),
    "a concatenation of everything": (
        f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) {{ {PRODUCT} }}",
        STOPPED,
    ),
    "a regular expression over a product": (
        f'SELECT (COUNT(*) AS ?n) {{ {PRODUCT} FILTER REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), "(a*)*(b*)*(c*)*$") }}',
        STOPPED,
    ),
    "a regular expression of measureless size": (
        'ASK { ?s ?p ?o FILTER REGEX(STR(?s), "((a{1,500}){1,500}){1,500}") }',
        {200, *STOPPED},  # Oxigraph's engine refuses to build it, which makes the filter an error
    ),
    "a minus over a product": (f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} MINUS {{ ?i ?h ?g . ?c1 ?b ?a }} }}", STOPPED),
    "nested EXISTS": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?x ?y ?z FILTER NOT EXISTS { ?u ?v ?w FILTER(?u = ?a && ?x = ?d && ?w = ?z) } } }",
        STOPPED,
    ),
    "20,000 patterns": (
        f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'?s{n} ?p{n} ?o{n} .' for n in range(20_000))} }}",
        {400, *STOPPED},
    ),
    "100,000 brackets": ("ASK { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }", {400}),
    "100,000 groups": ("ASK " + "{" * 100_000 + "}" * 100_000, {400}),
    "100,000 negations": ("ASK { FILTER(" + "!" * 100_000 + "true) }", {200, 400, *STOPPED}),
    "a query of a million characters": ("ASK {} #" + "x" * 1_000_000, {413}),
    "a service on loopback": ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {403}),
    "a service on a link-local address": ("SELECT * { SERVICE SILENT <http://169.254.169.254/> { ?s ?p ?o } }", {403}),
    "a service behind a variable": ("SELECT * { VALUES ?x { <http://127.0.0.1:1/> } SERVICE ?x { ?s ?p ?o } }", {403}),
    "an escaped keyword": ("SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {403}),
    "a long escaped keyword": ("SELECT * { S\\U00000045RVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {403}),
    "half a character": ("ASK { ?s ?p '\\ud800' }", {400}),
}
_fresh = count()


@contextlib.contextmanager
def neighbour(server: Running) -> object:
    """Ask small new questions all the while; none may fail, and none may be slow."""
    done = threading.Event()
    slowest: list[float] = []
    wrong: list[str] = []

    def ask() -> None:
        while not done.is_set():
            started = time.monotonic()
            reply = server.query(f"SELECT * {{ <http://n1> ?p ?o FILTER({next(_fresh)} >= 0) }}")
            slowest.append(time.monotonic() - started)
            if reply.status != 200 or len(json.loads(reply.body)["results"]["bindings"]) != 1:
                wrong.append(reply.text)
            done.wait(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()
    assert not wrong
    assert slowest
    assert max(slowest) < NEIGHBOUR_S


def processes_of(pid: int) -> set[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:  # noqa: PTH123 - not a real file
        return {int(child) for child in children.read().split()}


def memory_of(pids: set[int]) -> int:
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/statm", encoding="ascii") as statm:  # noqa: PTH123
            total += int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


@pytest.mark.parametrize("name", QUERIES)
def test_a_hostile_query_ends_with_its_status_beside_a_neighbour(server: Running, name: str) -> None:
    query, statuses = QUERIES[name]
    with neighbour(server):
        started = time.monotonic()
        reply = server.query(query, timeout=str(DEADLINE_S))
        took = time.monotonic() - started
    assert reply.status in statuses, reply.text[:300]
    assert took < LATEST_S + LOADED_S
    if reply.status == 503:
        assert "retry-after" in reply.headers
    server.wait_until_free(1)


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/graphs?default", "file:///etc/hostname"])
@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED"])
def test_from_reads_our_own_graphs_and_fetches_nothing(server: Running, clause: str, address: str) -> None:
    source = address.format(port=server.port, timeout_s=DEADLINE_S)
    before = server.send("GET", "/metrics").text
    reply = server.query(f"SELECT * {clause} <{source}> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}")
    assert reply.status == 200
    assert json.loads(reply.body)["results"]["bindings"] == []
    assert 'route="endpoint.graphs"' not in before or before.count("endpoint.graphs") == server.send(
        "GET", "/metrics"
    ).text.count("endpoint.graphs")


@pytest.mark.parametrize("update", ["LOAD <file:///etc/hostname>", "L\\u004FAD SILENT <http://127.0.0.1:1/>"])
def test_load_is_refused_even_with_the_token(server: Running, update: str) -> None:
    kind = {"Content-Type": "application/sparql-update"}
    assert server.send("POST", "/sparql", body=update.encode(), headers=kind, token="of the tests").status == 403  # noqa: S106


def test_an_endless_stream_is_broken_off_at_the_deadline_and_never_looks_whole(server: Running) -> None:
    with neighbour(server):
        started = time.monotonic()
        with pytest.raises((HTTPException, OSError)):
            server.query(STREAM, accept="text/csv", timeout=str(DEADLINE_S))
        assert time.monotonic() - started < LATEST_S + LOADED_S
    server.wait_until_free(1)


def never_reads(server: Running) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", server.port))
    client.sendall(request_of(STREAM, port=server.port, timeout_s=DEADLINE_S))
    return client


def resets(server: Running) -> socket.socket:
    """Send a question, read a little, and leave with a reset instead of a farewell."""
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(request_of(STREAM, port=server.port, timeout_s=DEADLINE_S))
    client.recv(100)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    return client


def half_a_header(server: Running) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
    return client


def half_a_body(server: Running) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port))
    kind = b"Content-Type: application/sparql-query"
    client.sendall(b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\n" + kind + b"\r\nContent-Length: 1000\r\n\r\nASK {")
    return client


def many_at_once(server: Running) -> socket.socket:
    """Send the same endless question over and over on one connection, before any answer."""
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(request_of(ENDLESS, port=server.port, timeout_s=DEADLINE_S) * 50)
    return client


@pytest.mark.parametrize("clients", [1, 3])
@pytest.mark.parametrize("behaviour", [never_reads, resets, half_a_header, half_a_body, many_at_once])
def test_a_hostile_client_holds_nothing_beyond_the_deadline(
    server: Running, behaviour: Callable[[Running], socket.socket], clients: int
) -> None:
    with contextlib.ExitStack() as opened, neighbour(server):
        for _ in range(clients):
            opened.enter_context(behaviour(server))
        time.sleep(0.3)
        if behaviour is not many_at_once:  # its second question begins where the first was stopped
            server.wait_until_free(LATEST_S + LOADED_S)
    server.wait_until_free(1.5)


def test_what_the_hostile_took_is_given_back(server: Running) -> None:
    """Run last in this file: readers are few again, and small."""
    server.wait_until_free(1)
    readers = processes_of(server.pid)
    assert len(readers) <= 10
    assert memory_of(readers) < 1_500_000_000
