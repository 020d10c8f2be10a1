"""Kills at random amid a build and updates: the server, its clients, the kills, and what must hold all the while."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from kg.iris import Iris
from kg.model import Contribution, EntityFacts
from tests.processes import below, seconds_of
from tests.running import ROOT, TOKEN, Running, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Victim = Literal["writer", "reader", "front", "all"]
IRIS = Iris()
TRIPLES = 40  # in the graph of every article of the build; one of them is its fingerprint
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_COUNTER = "<urn:test:counter> <urn:test:is>"
NEWEST = 10**19 - 1
_ARTICLES = 300  # then come new editions of them
_LOOK_S = 0.5
_PAUSE_S = 0.02
_BREATH_S = 0.01  # between two articles: extraction takes longer, and a machine has only so many cores
_PATIENCE_S = 240.0  # for what a loaded machine may take until it is called dead

# an article that is there has all its triples, its text, and the facts of the entity that it names
HALF = f"""SELECT ?article ?n ?text ?fact {{
  {{ SELECT ?article (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?article ?p ?o }} FILTER(CONTAINS(STR(?g), "graph/article")) }}
    GROUP BY ?article }}
  OPTIONAL {{ GRAPH <{IRIS.graph("text")}> {{ ?article ?q ?text }} }}
  OPTIONAL {{ GRAPH ?a {{ ?article cn:mentions ?entity }} GRAPH <{IRIS.graph("entities")}> {{ ?entity rdfs:label ?fact }} }}
  FILTER(?n != {TRIPLES} || !BOUND(?text) || !BOUND(?fact))
}}"""


def article(number: int, edition: int = 0, *, triples: int = TRIPLES) -> Contribution:
    """An article that names one of seven entities; another edition of it has other words."""
    name = f"{number:016x}"
    about, graph, entity = IRIS.article(name), IRIS.article_graph(name), IRIS.entity(f"Q{number % 7}")
    lines = [f'<{about}> <urn:test:line> "line {line} of edition {edition}" .' for line in range(triples - 2)]
    lines.append(f"<{about}> <https://w3id.org/conflict-news/ontology#mentions> <{entity}> .")
    facts = EntityFacts(entity, f'<{entity}> <{_LABEL}> "entity {number % 7}" .\n'.encode())
    text = f'<{about}> <https://schema.org/articleBody> "words of edition {edition}" .\n'
    return Contribution(name, graph, "\n".join(lines).encode(), text.encode(), (facts,), f"{edition}-{number}")


class Server:
    """A `kg serve` that may be killed and started again on the same port."""

    def __init__(self, folder: Path, *, before: Sequence[str] = (), **settings: object) -> None:
        self.folder = folder
        self._before = tuple(before)  # a command that runs the server
        self.port = free_port()
        self._log = folder.with_suffix(".log")
        named = {f"KG_{name.upper()}": str(value) for name, value in settings.items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        self._environment = {**kept, "KG_TOKEN": TOKEN, **named, "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; whether it answers is for others to see."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self._before,
                    sys.executable,
                    "-m",
                    "kg",
                    "serve",
                    "--store",
                    str(self.folder),
                    "--port",
                    str(self.port),
                ],
                cwd=self.folder.parent,
                env=self._environment,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def door(self) -> Running:
        return Running(self.port, self.folder, self.pid)

    def says(self) -> str:
        return self._log.read_text(errors="replace")

    def processes(self, module: str) -> list[int]:
        """The writer of the folder, whoever started it, or the readers of this server."""
        pids = below(self.pid) if module == "reader" else _all()
        return [
            pid
            for pid in pids
            if f"kg.store.embedded.{module}" in (said := _command(pid)) and self._is_ours(said, module)
        ]

    def _is_ours(self, command: str, module: str) -> bool:
        return module == "reader" or json.dumps(str(self.folder)) in command

    def _alive(self, module: str) -> list[int]:
        """Wait for such processes: the last ones may just have died."""
        until = time.monotonic() + _PATIENCE_S
        while not (found := self.processes(module)):
            assert time.monotonic() < until, f"no {module} came back"
            time.sleep(_PAUSE_S)
        return found

    def kill(self, victim: Victim) -> int:
        """Kill, start a front again that was killed; return how many processes died."""
        fronts = [self.pid] if victim in ("front", "all") else []
        writers = self._alive("writer") if victim in ("writer", "all") else []
        readers = self._alive("reader") if victim in ("reader", "all") else []
        if victim == "reader":
            readers = readers[:1]
        for pid in (*fronts, *writers, *readers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if fronts:
            assert self._process is not None
            self._process.wait()
            self.start()
        return len(fronts) + len(writers) + len(readers)

    def ask(self, query: str, *, at_least: int = 0) -> list[dict[str, str]] | None:
        """Return the rows of an answer from a state that holds at least this write, `None` where there was no answer."""
        headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
        if at_least:  # a number from ahead of all means: from the newest state
            headers["X-KG-Generation"] = str(at_least)
        try:
            reply = self.door.send("POST", "/sparql", body=query.encode(), headers=headers)
        except (OSError, HTTPException):
            return None
        if reply.status != 200:
            return None
        rows = json.loads(reply.body)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]

    def wait(self) -> float:
        """Wait until a question is answered; return how long it took."""
        started = time.monotonic()
        while self.ask("SELECT ?x { VALUES ?x { 1 } }") is None:
            assert time.monotonic() - started < _PATIENCE_S, self.says()
            time.sleep(_PAUSE_S)
        return time.monotonic() - started

    def computed(self) -> dict[int, float]:
        """The seconds of computing time that each process of this server has taken."""
        return {pid: seconds_of(pid) for pid in {self.pid, *below(self.pid), *self.processes("writer")}}

    def end(self) -> None:
        """Stop in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)


@dataclass
class Ledger:
    """What was acknowledged, and what may have been done without."""

    articles: dict[int, int] = field(default_factory=dict)  # number → edition
    puts: int = 0
    updates: set[int] = field(default_factory=set)
    counted: int = 0
    unknown: int = 0
    faults: list[str] = field(default_factory=list)
    seen_s: list[float] = field(default_factory=list)  # from a write's acknowledgement until a query saw it
    asked: int = 0


class Builder:
    """A process that builds beside the server: puts one article after another, and says which were acknowledged."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def lines(self) -> Iterator[tuple[int, int]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            number, edition = line.split()
            yield int(number), int(edition)

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def close(self) -> None:
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None


class Clients:
    """Those who use the store meanwhile: a builder, an updater, one who looks for half articles."""

    def __init__(self, server: Server, ledger: Ledger) -> None:
        self._server = server
        self.ledger = ledger
        self._done = threading.Event()
        self.builder = Builder(server.folder)
        self._threads = [threading.Thread(target=each) for each in (self._build, self._update, self._look)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.builder.end()
        for thread in self._threads:
            thread.join(_PATIENCE_S)
        self.builder.close()

    def _build(self) -> None:
        for number, edition in self.builder.lines():
            self.ledger.articles[number] = edition
            self.ledger.puts += 1

    def _update(self) -> None:
        number = 0
        while not self._done.is_set():
            number += 1
            text = (
                f"INSERT DATA {{ GRAPH <urn:test:updates> {{ <urn:test:u{number}> <urn:test:half> 1, 2 }} }} ;\n"
                f"DELETE {{ {_COUNTER} ?n }} INSERT {{ {_COUNTER} ?m }} "
                f"WHERE {{ OPTIONAL {{ {_COUNTER} ?n }} BIND(COALESCE(?n, 0) + 1 AS ?m) }}"
            )
            try:
                kind = {"Content-Type": "application/sparql-update"}
                reply = self._server.door.send("POST", "/sparql", body=text.encode(), headers=kind, token=TOKEN)
            except (OSError, HTTPException):
                self.ledger.unknown += 1  # the front died over it, or was not there
                time.sleep(_PAUSE_S)
                continue
            if reply.status != 204:
                self.ledger.faults.append(f"update {number}: {reply.status} {reply.text.strip()}")
                self.ledger.unknown += 1
                continue
            self.ledger.updates.add(number)
            self.ledger.counted += 1
            self._watch_for(number, int(reply.headers["x-kg-generation"]))

    def _watch_for(self, number: int, generation: int) -> None:
        """Note how long another client must wait to see it, and that its own generation shows it at once."""
        query = f"SELECT ?n {{ GRAPH <urn:test:updates> {{ <urn:test:u{number}> <urn:test:half> ?n }} }}"
        acknowledged = time.monotonic()
        rows = self._server.ask(query, at_least=generation)
        if rows is not None and len(rows) != 2:
            self.ledger.faults.append(f"update {number} was not seen by its own generation: {rows}")
        rows = self._server.ask(query)
        while rows is not None and len(rows) < 2 and not self._done.is_set():
            if len(rows) == 1:
                self.ledger.faults.append(f"half of update {number} was seen")
            time.sleep(_PAUSE_S)
            rows = self._server.ask(query)
        if rows is not None and len(rows) == 2:
            self.ledger.seen_s.append(time.monotonic() - acknowledged)

    def _look(self) -> None:
        while not self._done.is_set():
            rows = self._server.ask(HALF)
            if rows is not None:
                self.ledger.asked += 1
                self.ledger.faults += [f"half an article: {row}" for row in rows]
            time.sleep(_LOOK_S)


def rounds(kills: int, seed: int) -> Iterator[tuple[Victim, float]]:
    """Yield who dies next, and how long everybody may work before; each kind comes as often as any other."""
    chance = random.Random(seed)  # noqa: S311 - a lottery, not a secret
    kinds: list[Victim] = []
    for _ in range(kills):
        if not kinds:
            kinds = ["writer", "reader", "front", "all"]
            chance.shuffle(kinds)
        yield kinds.pop(), chance.uniform(0.05, 0.6)


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _build(folder: str) -> None:
    """Be the builder: new articles and new editions of old ones, as fast as they are taken."""
    from kg.store import open_store  # noqa: PLC0415 - this is the other process

    with open_store(folder) as store:
        for turn in range(1_000_000):
            store.put(article(turn % _ARTICLES, turn))
            sys.stdout.write(f"{turn % _ARTICLES} {turn}\n")
            sys.stdout.flush()
            time.sleep(_BREATH_S)


if __name__ == "__main__":
    _build(sys.argv[1])
