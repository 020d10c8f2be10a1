"""Life with processes: hostile queries, kills, two openers, writes beside readers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import QueryError, StoreError
from kg.store import open_store
from kg.store.embedded.client import WriterClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import Contribution
    from kg.store import Store

    Make = Callable[..., Contribution]

DEADLINE_S = 2.0
LATEST_S = 3.0  # the deadline, and what a loaded machine may add

HOSTILE = {
    "a cartesian count": "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i FILTER(?c1 != ?f && ?i != ?f) }",
    "a cartesian sort": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i ?a",
    "a product of VALUES": "SELECT (COUNT(DISTINCT ?all) AS ?n) { "
    + " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9))
    + " BIND(CONCAT("
    + ", ".join(f"STR(?v{n})" for n in range(9))
    + ") AS ?all) }",
    "a deep property path": "SELECT (COUNT(*) AS ?c) { ?a (<http://next>*/^<http://next>*)* ?b . ?c <http://next>* ?d . ?e <http://next>+ ?f }",
    "alternating paths": "SELECT (COUNT(*) AS ?c) { ?a (<http://next>|!<http://x>|^<http://next>)+ ?b . ?b (!<http://y>)* ?d . ?d !<http://z>+ ?e }",
    "a doubling string": 'SELECT (STRLEN(?z) AS ?n) { VALUES ?a0 { "0123456789" } '
    + " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(40))
    + " BIND(?a40 AS ?z) }",
    "a concatenation of everything": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a regular expression over a product": 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), "(a*)*(b*)*(c*)*$") }',
    "a wide join of 20,000 patterns": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(20_000))
    + " }",
    "a hundred thousand negations": "ASK { FILTER(" + "!" * 100_000 + "true) }",
    "a sum of a hundred thousand ones": "SELECT (" + "+".join(["1"] * 100_000) + " AS ?x) {}",
    "brackets without end": "ASK { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }",
    "a service": "SELECT * { SERVICE <http://127.0.0.1:5000/> { ?s ?p ?o } }",
}
EXPECTED = {"brackets without end": {400}, "a service": {403}}
TRIPLES = " ".join(f"<http://n{n}> <http://next> <http://n{(n * 7 + 1) % 1500}> ." for n in range(1500))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    config = Config(readers=2, memory_mb=400, timeout_s=DEADLINE_S)
    with open_store(tmp_path_factory.mktemp("hostile") / "store", serving=True, config=config) as store:
        store.update(f"INSERT DATA {{ {TRIPLES} }}")
        yield store


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_with_its_status_and_its_neighbour_is_served(busy: Store, name: str) -> None:
    outcome: list[QueryError | bytes] = []

    def attack() -> None:
        try:
            answer = busy.query(HOSTILE[name], media_type="application/sparql-results+json", timeout_s=DEADLINE_S)
            outcome.append(b"".join(answer.body))
        except QueryError as error:
            outcome.append(error)

    started = time.monotonic()
    thread = threading.Thread(target=attack)
    thread.start()
    time.sleep(0.3)
    assert busy.ask(f"ASK {{ <http://n1> ?p ?o FILTER('{name}' != '') }}", timeout_s=DEADLINE_S)
    thread.join(LATEST_S + 5)
    assert not thread.is_alive()
    assert time.monotonic() - started < LATEST_S
    (found,) = outcome
    if isinstance(found, QueryError):
        assert found.status in EXPECTED.get(name, {400, 503, 507})
    else:
        assert name not in EXPECTED, "a query that must be refused was answered"
    deadline = time.monotonic() + 1
    while busy.standing.busy and time.monotonic() < deadline:
        time.sleep(0.02)
    assert busy.standing.busy == 0


def test_many_hostile_queries_at_once_do_not_shut_out_a_neighbour(busy: Store) -> None:
    def attack(query: str) -> None:
        with pytest.raises(QueryError):
            b"".join(busy.query(query, media_type="text/csv", timeout_s=DEADLINE_S).body)

    names = ("a cartesian count", "a deep property path", "alternating paths", "a regular expression over a product")
    threads = [threading.Thread(target=attack, args=(HOSTILE[name],)) for name in names]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    started = time.monotonic()
    assert busy.ask("ASK { <http://n2> ?p ?o }", timeout_s=DEADLINE_S)
    assert time.monotonic() - started < 1.5
    for thread in threads:
        thread.join()


def test_a_reader_whose_client_goes_away_is_freed_at_once(busy: Store) -> None:
    answer = busy.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", media_type="text/csv", timeout_s=30)
    assert next(iter(answer.body))
    assert busy.standing.busy == 1
    answer.body.close()  # type: ignore[attr-defined]
    assert busy.standing.busy == 0


def test_a_body_that_is_cut_off_raises_and_never_looks_whole(busy: Store) -> None:
    answer = busy.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", media_type="text/csv", timeout_s=1)
    with pytest.raises(QueryError) as raised:
        for _ in answer.body:
            pass
    assert raised.value.status == 503


def test_a_repeated_query_comes_from_the_cache_until_something_is_written(serving: Store) -> None:
    serving.update("INSERT DATA { <http://a> <http://b> 1 }")
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    def ask() -> str:
        return str(serving.select(query, timeout_s=5).rows[0][0])

    assert ask() == "1"
    answered = dict(serving.standing.outcomes)["answered"]
    assert ask() == "1"
    assert dict(serving.standing.outcomes)["answered"] == answered
    serving.update("INSERT DATA { <http://a> <http://b> 2 }")
    assert ask() == "2"


def test_what_changes_by_itself_is_not_cached(serving: Store) -> None:
    first, second = (str(serving.select("SELECT (UUID() AS ?u) {}").rows[0][0]) for _ in range(2))
    assert first != second


def test_a_hostile_update_is_stopped_and_changes_nothing(serving: Store) -> None:
    serving.update(f"INSERT DATA {{ {TRIPLES} }}")
    size = len(serving)
    slow = "?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i FILTER(?c1 != ?f && ?i != ?f)"
    update = f"INSERT DATA {{ <http://half> <http://done> 1 }} ; INSERT {{ <http://n> <http://m> ?c }} WHERE {{ SELECT (COUNT(*) AS ?c) {{ {slow} }} }}"
    with pytest.raises(QueryError) as raised:
        serving.update(update, timeout_s=1)
    assert raised.value.status == 503
    serving.update("INSERT DATA { <http://still> <http://works> 1 }")
    assert len(serving) == size + 1
    assert not serving.ask("ASK { <http://half> ?p ?o }")


def test_a_killed_writer_loses_nothing_that_was_acknowledged(serving: Store, make: Make) -> None:
    for number in range(1, 9):
        serving.put(make(number, "Q1"))
        if number % 3 == 0:
            os.kill(_writer_of(serving), signal.SIGKILL)
    prints = serving.fingerprints()
    assert len(prints) == 8
    found = serving.select(
        "SELECT ?a (COUNT(*) AS ?n) { GRAPH ?g { ?a ?p ?o } FILTER(CONTAINS(STR(?g), 'article')) } GROUP BY ?a"
    )
    assert {str(row["n"]) for row in found} == {"3"}


def _writer_of(store: Store) -> int:
    assert isinstance(store._writer, WriterClient)
    assert store._writer._process is not None
    return store._writer._process.pid


def test_killed_readers_are_replaced(serving: Store) -> None:
    serving.update("INSERT DATA { <http://a> <http://b> 1 }")
    assert serving.ask("ASK { ?s ?p 1 }")
    for reader in list(serving._pool._idle):
        os.kill(reader.pid, signal.SIGKILL)
    assert serving.ask("ASK { ?s ?p ?o . FILTER(true) }")


def test_a_build_writes_beside_a_running_server(serving: Store, folder: Path, make: Make) -> None:
    with open_store(folder) as builder:
        builder.put(make(1, "Q1"))
        assert builder.fingerprints()
    deadline = time.monotonic() + 1
    while not serving.ask("ASK { ?a cn:mentions ?e }"):
        assert time.monotonic() < deadline, "a write must be seen within a second"
        time.sleep(0.02)


def test_a_server_takes_over_when_the_builder_that_held_the_store_ends(folder: Path, make: Make) -> None:
    with open_store(folder) as builder:
        builder.put(make(1, "Q1"))
        serving = open_store(folder, serving=True)
        serving.put(make(2, "Q1"))
        assert len(builder.fingerprints()) == 2
    with serving:
        serving.put(make(3, "Q1"))
        assert len(serving.fingerprints()) == 3


def test_a_strangers_lock_is_one_clear_line(folder: Path) -> None:
    with open_store(folder) as store:
        store.update("INSERT DATA { <http://a> <http://b> 1 }")
    stranger = "import pyoxigraph, sys; s = pyoxigraph.Store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", stranger, str(folder / "oxigraph")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        for serving in (False, True):
            with pytest.raises(StoreError, match="another process has this store open"):
                open_store(folder, serving=serving)
        process.kill()


def test_a_front_that_is_killed_takes_its_readers_and_its_writer_along(folder: Path) -> None:
    front = (
        "import sys, threading\n"
        "from kg.store import open_store\n"
        "store = open_store(sys.argv[1], serving=True)\n"
        "store.update('INSERT DATA { <http://a> <http://b> 1 }')\n"
        "store.ask('ASK {}')\n"
        "readers = [r.pid for r in store._pool._idle]\n"
        "print(store._writer._process.pid, *readers, flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", front, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) >= 2
        process.kill()
    deadline = time.monotonic() + 5
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < deadline, "orphans are left"
        time.sleep(0.05)
    with open_store(folder) as store:
        assert len(store) == 1


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_folder_with_a_very_long_path_works(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name-for-a-folder"] * 6)
    with open_store(deep, serving=True) as store:
        store.update("INSERT DATA { <http://a> <http://b> 1 }")
        assert store.ask("ASK { ?s ?p ?o }")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_missing_permission_is_one_clear_line(folder: Path) -> None:
    with open_store(folder):
        pass
    folder.chmod(0o500)
    with pytest.raises(StoreError, match="permission"):
        open_store(folder)
    folder.chmod(0o700)


@pytest.mark.parametrize("module", ["reader", "writer"])
def test_the_helper_processes_have_no_network(module: str) -> None:
    program = (
        f"import kg.store.embedded.{module}, socket\n"
        "from kg.store.embedded.confine import take_network_away\n"
        "done = take_network_away()\n"
        "socket.socketpair()\n"
        "try:\n    socket.socket(socket.AF_INET)\n    print('open')\n"
        "except PermissionError:\n    print('closed')\n"
        "print(done)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert said in (["closed", "True"], ["open", "False"])


def test_helper_processes_start_without_rdflib() -> None:
    program = "import kg.store.embedded.reader, kg.store.embedded.writer, sys; print('rdflib' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "False\n"


def test_readers_that_answered_are_used_again(serving: Store) -> None:
    """Starting a process for each question would make every lookup a hundred times slower."""
    serving.update("INSERT DATA { <http://a> <http://b> 1 }")
    for number in range(12):
        assert serving.ask(f"ASK {{ ?s ?p 1 FILTER({number} >= 0) }}", timeout_s=20)
    assert serving.standing.started <= 5
