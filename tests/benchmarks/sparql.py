"""The SPARQL service against `oxigraph serve` and rdflib-endpoint, all in one run on one store; prints ratios, asserts nothing.

    python tests/benchmarks/sparql.py --quads 200000 --oxigraph PATH --rdflib-endpoint PATH

The store is synthetic: the invented articles of `tests/newsroom` with numbers and entities varied, put through the
project's own mapping. The rivals are commands of the PyPI packages `oxigraph` and `rdflib-endpoint`; one that is not
found is left out. Every figure is requests a second of one client on one connection.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from kg.jsonl import from_json
from kg.mapping import map_article, ontology_triples
from kg.model import Article, Candidate, Link, Links, Metadata, View
from kg.store import open_store
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import Contribution
    from kg.store import Store

TESTS = Path(__file__).resolve().parents[1]
ENTITIES = 997  # distinct ones per name: enough for joins to have work, few enough to repeat
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items() if prefix in ("cn", "rdfs", "schema"))
BATCH = 200


@dataclass(frozen=True)
class Rival:
    name: str
    port: int
    path: str


@dataclass(frozen=True)
class Line:
    """One kind of request: how the text of the n-th is made."""

    name: str
    query: Callable[[int], str]


def contribution(store: Store, source: str, number: int) -> Contribution:
    """Map the n-th variation of an invented article."""
    found = json.loads(source)
    text = "\n\n".join([*found["paragraphs"], f"Report {number}."])
    _place(found, text)
    known = found["metadata"]
    published = date.fromordinal(date(2015, 1, 1).toordinal() + number % 3000)
    headline = f"{known.get('headline')} ({number})"
    metadata = Metadata(headline=headline, publisher=known.get("publisher"), published=published, language="en")
    digest = sha256(text.encode()).hexdigest()[:16]
    article = Article(digest, f"synthetic-{number}", text, View(text, ((0, 0, len(text)),)), (), metadata, "synthetic")
    choices = {
        entity["id"]: Candidate(
            f"Q{int(entity['qid'][1:]) * ENTITIES + number % ENTITIES}",
            entity["name"],
            0.9,
            entity["type"],
            source="synthetic",
            **entity["facts"],
        )
        for entity in found["entities"]
        if entity.get("qid")
    }
    annotations = from_json(found)
    links = Links(tuple(Link(entity.id, choices.get(entity.id)) for entity in annotations.entities))
    return map_article(article, annotations, links, iris=store.iris, fingerprint="synthetic")


def _place(value: object, text: str) -> None:
    if isinstance(value, list):
        for item in value:
            _place(item, text)
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and "start" not in value:
            start = -1
            for _ in range(value.get("nth", 1)):
                start = text.index(value["text"], start + 1)
            value["start"], value["end"] = start, start + len(value["text"])
        for item in value.values():
            _place(item, text)


def fill(store: Store, quads: int) -> list[str]:
    """Map variations until the store holds that many quads; return the articles' IRIs."""
    sources = [path.read_text(encoding="utf-8") for path in sorted((TESTS / "newsroom").glob("*.json"))]
    store.replace_graph(store.iris.graph("ontology"), ontology_triples())
    numbers, articles = count(), []
    while len(store) < quads:
        made = [contribution(store, sources[number % len(sources)], number) for number, _ in zip(numbers, range(BATCH))]  # noqa: B905
        store.put_many(made)
        articles += [store.iris.article(each.article.rpartition("/")[2]) for each in made]
    return articles


def mix(articles: list[str]) -> tuple[Line, ...]:
    """Return the kinds of requests; a number in the text keeps every cache out, except where it is meant to help."""

    def article(number: int) -> str:
        return articles[(number * 7919) % len(articles)]

    by_type = "SELECT ?t (COUNT(?e) AS ?n) { ?e a ?t ; cn:reportedIn ?a FILTER(%d >= 0) } GROUP BY ?t ORDER BY DESC(?n)"
    return (
        Line("lookup", lambda n: f"SELECT ?p ?o {{ <{article(n)}> ?p ?o FILTER({n} >= 0) }}"),
        Line("ask", lambda n: f"ASK {{ ?e cn:reportedIn <{article(n)}> FILTER({n} >= 0) }}"),
        Line(
            "join",
            lambda n: (
                f"SELECT ?e ?l ?h {{ <{article(n)}> schema:headline ?h . "
                f"?e cn:reportedIn <{article(n)}> ; rdfs:label ?l FILTER({n} >= 0) }}"
            ),
        ),
        Line("aggregate, new each time", lambda n: by_type % n),
        Line("aggregate, repeated", lambda _: by_type % 0),
    )


def send(connection: HTTPConnection, rival: Rival, query: str, accept: str) -> bytes:
    """Ask one query by POST; anything but 200 ends the run."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    connection.request("POST", rival.path, urlencode({"query": HEAD + query}), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{rival.name}: {answer.status} for {query}: {body[:300]!r}")
    return body


def rate(rival: Rival, line: Line, seconds: float) -> float:
    """Return requests a second, after three that warm up."""
    connection = HTTPConnection("127.0.0.1", rival.port, timeout=120)
    accept = "application/sparql-results+json"
    for number in range(3):
        send(connection, rival, line.query(-number), accept)
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds or done < 2:
        done += 1
        send(connection, rival, line.query(done), accept)
    elapsed = time.perf_counter() - started
    connection.close()
    return done / elapsed


def stream(rival: Rival) -> tuple[float, float, int]:
    """Read every triple as CSV; return rows a second, milliseconds to the first byte, and the rows."""
    connection = HTTPConnection("127.0.0.1", rival.port, timeout=300)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/csv"}
    started = time.perf_counter()
    connection.request("POST", rival.path, urlencode({"query": "SELECT ?s ?p ?o { ?s ?p ?o }"}), headers)
    answer = connection.getresponse()
    rows = answer.read(1).count(b"\n")
    first = time.perf_counter() - started
    while piece := answer.read(1 << 16):
        rows += piece.count(b"\n")
    elapsed = time.perf_counter() - started
    connection.close()
    return rows / elapsed, first * 1000, rows


@contextmanager
def process(name: str, path: str, port: int, command: list[str], folder: Path) -> Iterator[Rival]:
    """Run a server until the block ends."""
    with (folder / f"{name}.log".replace(" ", "-")).open("wb") as log:
        environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)} if command[0] == sys.executable else None
        started = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment)
    try:
        rival = Rival(name, port, path)
        until = time.monotonic() + 180
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    pass
                connection = HTTPConnection("127.0.0.1", port, timeout=60)
                send(connection, rival, "ASK {}", "application/sparql-results+json")
                connection.close()
                break
            except OSError:
                if started.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{name} does not start; see {log.name}") from None
                time.sleep(0.2)
        yield rival
    finally:
        started.send_signal(signal.SIGINT)
        try:
            started.wait(15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def contestants(arguments: argparse.Namespace, folder: Path, dump: Path) -> Iterator[tuple[str, str, int, list[str]]]:
    """Yield name, path, port and command of ourselves and of the rivals that are installed."""
    port = free_port()
    ours = [sys.executable, "-m", "kg", "serve", "--store", str(folder / "store"), "--port", str(port)]
    yield "kg", "/sparql", port, ours
    if oxigraph := shutil.which(arguments.oxigraph):
        location = str(folder / "oxigraph")
        subprocess.run([oxigraph, "load", "--location", location, "--file", str(dump)], check=True, capture_output=True)
        port = free_port()
        bind = f"127.0.0.1:{port}"
        yield (
            "oxigraph serve",
            "/query",
            port,
            [oxigraph, "serve", "--location", location, "--bind", bind, "--union-default-graph"],
        )
    if endpoint := shutil.which(arguments.rdflib_endpoint):
        port = free_port()
        command = [endpoint, "serve", "--store", "Oxigraph", "--host", "127.0.0.1", "--port", str(port), str(dump)]
        yield "rdflib-endpoint", "/", port, command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quads", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each kind of request")
    parser.add_argument("--oxigraph", default="oxigraph")
    parser.add_argument("--rdflib-endpoint", default="rdflib-endpoint")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, ExitStack() as servers:
        folder = Path(place)
        with open_store(folder / "store") as store:
            articles = fill(store, arguments.quads)
            dump = folder / "dump.nq"
            with dump.open("wb") as file:
                file.writelines(store.dump(format="nq"))
            click.echo(f"{len(store):,} quads of {len(articles):,} articles", err=True)
        figures: dict[str, list[float]] = {}
        for name, path, port, command in contestants(arguments, folder, dump):
            # one after another: idle servers cost little, and a run sees the same machine for all
            rival = servers.enter_context(process(name, path, port, command, folder))
            figures[name] = [rate(rival, line, arguments.seconds) for line in mix(articles)]
            rows, first_ms, total = stream(rival)
            figures[name] += [rows, first_ms]
            click.echo(f"{name}: {total:,} rows streamed", err=True)
    show(figures, [*(line.name for line in mix(articles)), "stream, rows a second", "stream, first byte (ms)"])


def show(figures: dict[str, list[float]], names: list[str]) -> None:
    """Print our figures and the ratio to each rival's, as a table in Markdown."""
    rivals = [name for name in figures if name != "kg"]
    click.echo("| request | kg | " + " | ".join(f"kg ÷ {name}" for name in rivals) + " |")
    click.echo("|---|--:|" + "--:|" * len(rivals))
    for row, name in enumerate(names):
        ours = figures["kg"][row]
        ratios = " | ".join(f"{ours / figures[rival][row]:.2f}" for rival in rivals)
        click.echo(f"| {name} | {ours:,.0f} | {ratios} |")


if __name__ == "__main__":
    main()
