"""What runs, and who may stop it, over HTTP; a client that leaves frees its reader."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from ..running import TOKEN, serving  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from pathlib import Path

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


SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[-+]\d+)?)')


def metrics(server: Running) -> dict[str, float]:
    reply = server.send("GET", "/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, float] = {}
    declared: set[str] = set()
    for line in reply.text.splitlines():
        if line.startswith("# TYPE "):
            declared.add(line.split()[2])
        if line.startswith("#"):
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        assert match[1] in declared or re.sub(r"_(bucket|sum|count)$", "", match[1]) in declared, line
        found[f"{match[1]}{{{match[2]}}}" if match[2] else match[1]] = float(match[3])
    return found


def test_the_metrics_count_queries_by_outcome_and_time(server: Running) -> None:
    before = metrics(server)
    query = f"SELECT * {{ ?s <http://x.example/count> ?n FILTER({time.monotonic_ns()} > 0) }}"
    for _ in range(2):
        assert server.query(query).status == 200
    assert server.query("SELECT * { ?s ?p").status == 400
    assert server.query(ENDLESS, timeout="0.3").status == 503
    after = metrics(server)
    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    assert grown['kg_queries_total{outcome="answered"}'] >= 1
    assert grown['kg_queries_total{outcome="cached"}'] >= 1
    assert grown['kg_queries_total{outcome="refused"}'] >= 1
    assert grown['kg_queries_total{outcome="deadline"}'] == 1
    assert grown["kg_query_seconds_count"] >= 4
    assert grown["kg_query_seconds_sum"] > 0.25
    buckets = [value for name, value in after.items() if name.startswith("kg_query_seconds_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == after["kg_query_seconds_count"]
    assert 'kg_query_seconds_bucket{le="+Inf"}' in after
    assert after["kg_readers_started_total"] >= 2
    assert {'kg_readers{state="idle"}', 'kg_readers{state="busy"}', "kg_quads", "kg_uptime_seconds"} <= after.keys()


def test_the_metrics_tell_the_generation_and_the_writers_queue(server: Running) -> None:
    before = metrics(server)
    assert before["kg_writer_queue"] == 0
    server.update("INSERT DATA { <http://x.example/metric> <http://x.example/p> 1 }")
    assert metrics(server)["kg_generation"] == before["kg_generation"] + 1
    product = "GRAPH ?x { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i && ?c != ?i) }"
    long = f"INSERT {{ ?a <http://x.example/product> ?f }} WHERE {{ {product} }}"
    kind = {"Content-Type": "application/sparql-update"}
    writes = [
        threading.Thread(
            target=server.send,
            args=("POST", "/sparql"),
            kwargs={"body": long.encode(), "headers": kind, "token": TOKEN},
        )
        for _ in range(2)
    ]
    for write in writes:
        write.start()
    seen = set()
    until = time.monotonic() + 5
    while 2 not in seen and time.monotonic() < until:
        seen.add(metrics(server)["kg_writer_queue"])
        time.sleep(0.05)
    assert 2 in seen
    for write in writes:
        write.join()
    until = time.monotonic() + 5
    while left := metrics(server)["kg_writer_queue"]:
        assert time.monotonic() < until, left
        time.sleep(0.05)


def test_a_slow_query_is_logged_with_its_text_and_a_quick_one_is_not(tmp_path: Path) -> None:
    with serving(tmp_path / "store", timeout_s=5, slow_s=0.2, log="json") as server:
        server.update(f"INSERT DATA {{ {' '.join(f'<http://n{n}> <http://p> {n} .' for n in range(300))} }}")
        assert server.query("# quick one\nASK { ?s ?p 3 }").status == 200
        assert server.query(f"# slow one\n{ENDLESS}", timeout="0.5").status == 503
    lines = [json.loads(line) for line in (tmp_path / "store.log").read_text().splitlines() if line.startswith("{")]
    slow = [line for line in lines if line.get("event") == "slow query"]
    assert [line["query"].splitlines()[0] for line in slow] == ["# slow one"]
    assert slow[0]["query"].endswith(ENDLESS)
    assert slow[0]["outcome"] == "deadline"
    assert 0.5 <= slow[0]["seconds"] < 2
    asked = [(line["method"], line["path"], line["status"]) for line in lines if line.get("event") == "request"]
    assert ("POST", "/sparql", 503) in asked
    assert ("POST", "/sparql", 204) in asked
    assert all(datetime.fromisoformat(line["time"]).tzinfo for line in lines)


def test_the_log_for_people_is_one_line_a_slow_query(tmp_path: Path) -> None:
    with serving(tmp_path / "store", timeout_s=5, slow_s=0.2) as server:
        server.update(f"INSERT DATA {{ {' '.join(f'<http://n{n}> <http://p> {n} .' for n in range(300))} }}")
        assert server.query(ENDLESS, timeout="0.5").status == 503
    (line,) = [line for line in (tmp_path / "store.log").read_text().splitlines() if "slow query" in line]
    assert re.match(r"kg: slow query: 0\.\d+ s, deadline: SELECT \(COUNT", line)
