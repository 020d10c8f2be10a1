"""The SPARQL service beside `oxigraph serve`, rdflib-endpoint and Virtuoso: one run, the same quads, ratios as a table.

    python -m tests.benchmarks.sparql [--small] [--cache build/benchmark]

The quads are what the project's own mapping makes of synthetic annotations (`synthetic`). They and the rivals' databases
are built once, into the cache: minutes for a million. Every round asks every server in turn, and a ratio is the median
over the rounds of (our figure / theirs), so that a machine which slows down slows all. `oxigraph` and `virtuoso-t` are
found on the PATH or beside Python; rdflib-endpoint (`pip install rdflib-endpoint oxrdflib`) in this Python or in
`rivals/` in the cache, a virtual environment. What is not installed is left out, and said. Asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from kg.iris import DEFAULT_BASE
from kg.store import open_store
from kg.vocab import PREFIXES
from tests.benchmarks.client import Client
from tests.benchmarks.synthetic import fill
from tests.endpoints import virtuoso
from tests.running import free_port, running, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OURS = "kg"
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items() if prefix in ("cn", "rdfs", "schema"))
ROWS = 1_000_000
ONLY_QUICK = ("rdflib-endpoint",)  # a pass over the store takes it minutes, and nothing stops it
FEWER = {"rdflib-endpoint": 10_000, "Virtuoso": 50_000}  # rows; a million would take the one half an hour
PROBE = "query=ASK%7B%7D"
VIRTUOSO_BUFFERS = 60_000  # of 8 KB; what its own documentation gives a machine with 1 GB to spare
RDFLIB_ENDPOINT = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
quads = Dataset(store="Oxigraph", default_union=True)
quads.open(sys.argv[1])
uvicorn.run(SparqlEndpoint(graph=quads, path="/"), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
"""


@dataclass(frozen=True)
class Line:
    """One kind of request: how the text of the n-th is made."""

    name: str
    query: Callable[[int], str]
    is_quick: bool = True


@dataclass
class Server:
    """A server at work, and what was measured of it: figures by line and round."""

    client: Client
    pid: int
    figures: dict[str, list[float]] = field(default_factory=dict)


# --- the quads, built once -----------------------------------------------------------------------------------------------


def prepare(cache: Path, quads: int, oxigraph: str) -> Path:
    """Return the folder with the N-Quads and the databases that are loaded from them; build what is missing."""
    home = cache / f"{quads}"
    home.mkdir(parents=True, exist_ok=True)
    dump = home / "quads.nq"
    if not dump.exists():
        _write(home, quads, dump)
    if not (home / "oxigraph").exists():
        click.echo("loading Oxigraph", err=True)
        part = home / "oxigraph.part"
        shutil.rmtree(part, ignore_errors=True)
        command = [oxigraph, "load", "--location", str(part), "--file", str(dump)]
        subprocess.run(command, check=True, capture_output=True)
        part.rename(home / "oxigraph")
    isql = shutil.which("isql-vt")
    if isql and shutil.which("virtuoso-t") and not (home / "virtuoso").exists():
        click.echo("loading Virtuoso", err=True)
        _load_virtuoso(isql, home, dump)
    return home


def _write(home: Path, quads: int, dump: Path) -> None:
    with TemporaryDirectory(dir=home) as folder, open_store(Path(folder) / "store") as store:
        with tqdm(total=quads, desc="Mapping", unit=" quads", file=sys.stderr) as bar:
            fill(store, quads, progress=lambda held: bar.update(held - bar.n))
        part = dump.with_suffix(".part")
        with part.open("wb") as file:
            file.writelines(store.dump(format="nq"))
    part.rename(dump)


def _load_virtuoso(isql: str, home: Path, dump: Path) -> None:
    part, port = home / "virtuoso.part", free_port()
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    (part / dump.name).symlink_to(dump.resolve())
    with virtuoso(part, buffers=VIRTUOSO_BUFFERS, sql=port):
        steps = f"ld_dir('.', '{dump.name}', 'http://none'); rdf_loader_run(); checkpoint;"
        subprocess.run([isql, f"127.0.0.1:{port}", "dba", "dba", f"exec={steps}"], check=True, capture_output=True)
    (part / dump.name).unlink()
    part.rename(home / "virtuoso")


# --- the servers -------------------------------------------------------------------------------------------------------


@contextmanager
def contestants(home: Path, cache: Path, oxigraph: str) -> Iterator[dict[str, Server]]:
    """Run ourselves and every rival that is installed, each on a copy of its database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=home)))
        servers = {OURS: stack.enter_context(_ours(home, folder))}
        port = free_port()
        location = shutil.copytree(home / "oxigraph", folder / "oxigraph")
        bind = f"127.0.0.1:{port}"
        command = [oxigraph, "serve", "--location", str(location), "--bind", bind, "--union-default-graph"]
        probe = f"http://{bind}/query?{PROBE}"
        process = stack.enter_context(running(command, folder, probe, name="oxigraph-serve"))
        servers["oxigraph serve"] = Server(Client("oxigraph serve", port, "/query"), process.pid)
        if python := _with_rdflib_endpoint(cache):
            port = free_port()
            location = shutil.copytree(home / "oxigraph", folder / "rdflib-endpoint")
            command = [python, "-c", RDFLIB_ENDPOINT, str(location), str(port)]
            probe = f"http://127.0.0.1:{port}/?{PROBE}"
            process = stack.enter_context(running(command, folder, probe, name="rdflib"))
            servers["rdflib-endpoint"] = Server(Client("rdflib-endpoint", port, "/"), process.pid)
        else:
            click.echo("rdflib-endpoint is not installed and left out", err=True)
        if (home / "virtuoso").exists():
            place = shutil.copytree(home / "virtuoso", folder / "virtuoso")
            found = stack.enter_context(virtuoso(place, rows=2 * ROWS, buffers=VIRTUOSO_BUFFERS))
            assert found.process is not None  # it runs while the block does
            port = int(found.address.rstrip("/").rpartition(":")[2])
            servers["Virtuoso"] = Server(Client("Virtuoso", port, "/sparql"), found.process.pid)
        else:
            click.echo("Virtuoso is not installed and left out", err=True)
        yield servers


@contextmanager
def _ours(home: Path, folder: Path) -> Iterator[Server]:
    store = folder / "store"
    store.mkdir()
    (store / "kg-store.json").write_text(json.dumps({"format": 1, "base": DEFAULT_BASE}))
    shutil.copytree(home / "oxigraph", store / "oxigraph")
    with serving(store, timeout_s=300) as found:
        yield Server(Client(OURS, found.port, "/sparql"), found.pid)


def _with_rdflib_endpoint(cache: Path) -> str | None:
    for python in (sys.executable, str((cache / "rivals" / "bin" / "python").absolute())):
        asked = [python, "-c", "import rdflib_endpoint, oxrdflib, uvicorn"]
        if shutil.which(python) and subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return python
    return None


# --- the measuring -------------------------------------------------------------------------------------------------------


def mix(articles: list[str]) -> tuple[Line, ...]:
    """Return the kinds of requests, the quick ones first.

    A number in the text keeps every cache out, except where it is meant to help.
    """

    def article(number: int) -> str:
        return articles[(number * 7919) % len(articles)]

    by_type = "SELECT ?t (COUNT(?e) AS ?n) { ?e a ?t ; cn:reportedIn ?a FILTER(%d >= 0) } GROUP BY ?t ORDER BY DESC(?n)"
    return (
        Line("lookup", lambda n: f"SELECT ?p ?o {{ <{article(n)}> ?p ?o FILTER({n} >= 0) }}"),
        Line("ASK", lambda n: f"ASK {{ ?e cn:reportedIn <{article(n)}> FILTER({n} >= 0) }}"),
        Line(
            "join",
            lambda n: (
                f"SELECT ?e ?l ?h {{ <{article(n)}> schema:headline ?h . "
                f"?e cn:reportedIn <{article(n)}> ; rdfs:label ?l FILTER({n} >= 0) }}"
            ),
        ),
        Line(
            "long join",
            lambda n: (
                f"SELECT ?e ?who ?name {{ ?e cn:reportedIn <{article(n)}> ; cn:reportedParticipation ?p . "
                f"?p cn:participant ?who . ?who rdfs:label ?name FILTER({n} >= 0) }}"
            ),
        ),
        Line("aggregate", lambda n: by_type % n, is_quick=False),
        Line(
            "search",
            lambda n: f'SELECT (COUNT(?e) AS ?n) {{ ?e cn:reportedIn ?a ; rdfs:label ?l FILTER(CONTAINS(?l, "{n}")) }}',
            is_quick=False,
        ),
        Line("aggregate, repeated", lambda _: by_type % 0, is_quick=False),
    )


def measure(servers: dict[str, Server], lines: tuple[Line, ...], *, rounds: int, seconds: float) -> None:
    """Ask every server for some seconds each, in turn, and note requests a second."""
    numbers = count(1)
    with tqdm(total=rounds * len(lines) * len(servers), desc="Asking", file=sys.stderr) as bar:
        for _ in range(rounds):
            for line in lines:
                start = next(numbers) * 1_000_000
                for name, server in servers.items():
                    if line.is_quick or name not in ONLY_QUICK:
                        server.figures.setdefault(line.name, []).append(_rate(server.client, line, start, seconds))
                    bar.update()


def _rate(client: Client, line: Line, start: int, seconds: float) -> float:
    client.ask(HEAD + line.query(start))
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds or done < 2:
        done += 1
        client.ask(HEAD + line.query(start + done))
    elapsed = time.perf_counter() - started
    client.close()  # some hang up on a connection that rests
    return done / elapsed


def measure_streams(servers: dict[str, Server], *, rounds: int) -> None:
    """Read a million rows in two formats, and note rows a second and milliseconds to the first byte.

    Those in `FEWER` are asked once and for less: they hold the whole answer back until they have it.
    """
    for number in range(rounds):
        for accept, name in (("application/sparql-results+json", "JSON"), ("text/csv", "CSV")):
            for who, server in servers.items():
                if number and who in FEWER:
                    continue
                wanted = FEWER.get(who, ROWS)
                query = f"SELECT ?s ?p ?o {{ ?s ?p ?o FILTER({number} >= 0) }} LIMIT {wanted}"
                got = server.client.stream(query, accept)
                server.client.close()
                rows = got.lines if name == "CSV" else wanted  # rows are not lines in JSON
                server.figures.setdefault(f"stream, {name}", []).append(rows / got.all_s)
                server.figures.setdefault(f"first byte, {name}", []).append(got.first_s * 1000)
                click.echo(f"{who}: {name} in {got.all_s:.1f} s, first byte {got.first_s * 1000:.0f} ms", err=True)


def peaks(pid: int) -> dict[str, int]:
    """Return the largest memory that each process of a server has held, in MB; the largest of a kind counts."""
    found: dict[str, int] = {}
    waiting = [pid]
    while waiting:
        each = Path(f"/proc/{waiting.pop()}")
        try:
            words = (each / "cmdline").read_bytes().split(b"\0")
            status = (each / "status").read_text()
            for task in (each / "task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
        kind = next((w.decode().rpartition(".")[2] for w in words if w.startswith(b"kg.store.")), "front")
        megabytes = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM")) // 1000
        found[kind] = max(found.get(kind, 0), megabytes)
    return found


# --- the table ---------------------------------------------------------------------------------------------------------


def table(servers: dict[str, Server], quads: int) -> str:
    """Lay the ratios out in Markdown."""
    rivals = [name for name in servers if name != OURS]
    ours = servers[OURS].figures
    rows = [
        f"{quads:,} quads, one client; our requests (or rows) a second ÷ theirs, median of the rounds.",
        "",
        "| request | " + " | ".join(f"÷ {name}" for name in rivals) + " |",
        "|---|" + "--:|" * len(rivals),
    ]
    for name in ours:
        if not name.startswith("first byte"):
            cells = [_ratio(ours[name], servers[rival].figures.get(name, [])) for rival in rivals]
            rows.append(f"| {name} | " + " | ".join(cells) + " |")
    rows += ["", "| server | first byte, JSON | first byte, CSV | peak memory of each process |", "|---|--:|--:|---|"]
    for name, server in servers.items():
        firsts = [f"{median(server.figures[f'first byte, {kind}']):.0f} ms" for kind in ("JSON", "CSV")]
        held = peaks(server.pid)
        memory = ", ".join(f"{kind} {size} MB" if len(held) > 1 else f"{size} MB" for kind, size in held.items())
        rows.append(f"| {name} | {' | '.join(firsts)} | {memory} |")
    return "\n".join(rows)


def _ratio(ours: list[float], theirs: list[float]) -> str:
    if not theirs:
        return "–"
    found = median(mine / other for mine, other in zip(ours, theirs, strict=False))
    return f"{found:.2f}" if found < 10 else f"{found:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path("build/benchmark"), help="where the databases are kept")
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each kind of request, server and round")
    parser.add_argument("--small", action="store_true", help="a quick look: 50,000 quads, one round")
    arguments = parser.parse_args()
    if arguments.small:
        arguments.quads, arguments.rounds, arguments.seconds = 50_000, 1, 0.5
    beside = Path(sys.executable).with_name("oxigraph")
    oxigraph = str(beside) if beside.exists() else shutil.which("oxigraph")
    if oxigraph is None:
        raise SystemExit("oxigraph is missing: pip install oxigraph")
    home = prepare(arguments.cache, arguments.quads, oxigraph)
    with contestants(home, arguments.cache, oxigraph) as servers:
        found = json.loads(servers[OURS].client.ask(f"{HEAD}SELECT ?a {{ ?a a schema:NewsArticle }}"))
        lines = mix(sorted(row["a"]["value"] for row in found["results"]["bindings"]))
        measure(servers, lines, rounds=arguments.rounds, seconds=arguments.seconds)
        measure_streams(servers, rounds=min(arguments.rounds, 2))
        click.echo(table(servers, arguments.quads))


if __name__ == "__main__":
    main()
