"""The W3C's SPARQL 1.1 suites against the engine, through the protocol's service; every deviation is pinned by name."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.config import Config
from kg.service.exchange import Request
from kg.service.sparql import QUERY, UPDATE, SparqlService
from kg.store import open_store

from .compare import rows_of, rows_of_graph, same_quads, same_rows
from .suites import BASE, Case, State, cases, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

PINNED = Path(__file__).parent / "deviations.tsv"
LEAST = {"query": 225, "update": 90, "syntax": 160}
TYPES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
}
RESULTS = {
    ".srx": ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
    ".srj": ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
    ".tsv": ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
}


def deviations() -> dict[str, str]:
    """Return the cause of each known deviation by the test's name."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("w3c") / "store", config=Config(readers=1)) as opened:
        yield opened


@pytest.fixture(scope="module")
def service(store: Store) -> SparqlService:
    return SparqlService(store, Config(timeout_s=10))


def test_the_suites_are_there_and_none_is_empty(shared: Path) -> None:
    assert (shared / "w3c-tests").is_dir()
    counts = {kind: sum(case.kind == kind for case in cases()) for kind in LEAST}
    assert all(counts[kind] >= least for kind, least in LEAST.items()), counts


def test_every_pinned_deviation_names_a_test_and_a_cause(shared: Path) -> None:
    assert shared.is_dir()
    known = {case.name for case in cases()}
    assert not deviations().keys() - known
    assert all(cause.strip() for cause in deviations().values())


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_case_of_the_suites(case: Case, store: Store, service: SparqlService) -> None:
    problem = _problem(case, store, service)
    cause = deviations().get(case.name)
    if cause is None:
        assert not problem, problem
    else:
        assert problem, f"{case.name} passes now: strike it out of {PINNED.name} ({cause})"


def _problem(case: Case, store: Store, service: SparqlService) -> str:
    """Run one case; return what is wrong, or nothing."""
    text = path(case.request).read_text(encoding="utf-8")
    if case.kind == "syntax":
        return _syntax(case, text, service)
    store.update("DROP ALL")
    # the protocol has no parameter for the base, and files of the suite name one another by relative addresses
    text = f"BASE <{case.request}> {text}"
    if case.kind == "update":
        return _update(case, text, store, service)
    return _query(case, text, store, service)


def _syntax(case: Case, text: str, service: SparqlService) -> str:
    is_update = "Update" in case.type
    kind = UPDATE if is_update else QUERY
    if "BASE" not in text:
        text = f"BASE <{BASE}> {text}"
    answer = service.answer(Request("POST", content_type=kind, body=text.encode(), may_write=True))
    said = b"".join(answer.body).decode()
    # an update that parses may still fail on an empty store (DROP of a graph that is not there)
    accepted = answer.status < 300 or (is_update and answer.status == 400 and not said.startswith("line "))
    return "" if accepted == case.is_good else f"{answer.status}: {said}"


def _update(case: Case, text: str, store: Store, service: SparqlService) -> str:
    for graph, file in _contents(case.before):
        _load(store, graph, file)
    answer = service.answer(Request("POST", content_type=UPDATE, body=text.encode(), may_write=True))
    if answer.status >= 300:
        return f"{answer.status}: {b''.join(answer.body).decode()}"
    found = list(ox.parse(b"".join(store.dump(format="nq")), format=ox.RdfFormat.N_QUADS))
    store.update("DROP ALL")
    for graph, file in _contents(case.after):
        _load(store, graph, file)
    expected = list(ox.parse(b"".join(store.dump(format="nq")), format=ox.RdfFormat.N_QUADS))
    return "" if same_quads(expected, found) else f"expected {expected}, found {found}"


def _query(case: Case, text: str, store: Store, service: SparqlService) -> str:
    parameters: list[tuple[str, str]] = []
    for graph, file in _contents(case.before):
        # our default graph is the union of all: a test that has named graphs says its dataset in the request
        name = file if case.before.named and not graph else graph
        _load(store, name, file)
        if case.before.named:
            parameters.append(("named-graph-uri" if graph else "default-graph-uri", name))
    suffix = Path(case.result).suffix
    media_type = RESULTS.get(suffix, ("", None))[0] or ("text/csv" if suffix == ".csv" else "")
    is_graph = suffix in TYPES and "ResultSet" not in path(case.result).read_text(encoding="utf-8")
    accept = media_type or ("application/n-triples" if is_graph else "application/sparql-results+json")
    answer = service.answer(
        Request("POST", urlencode(parameters), content_type=QUERY, body=text.encode(), accept=accept)
    )
    body = b"".join(answer.body)
    if answer.status != 200:
        return f"{answer.status}: {body.decode()}"
    if is_graph:
        expected = list(ox.parse(path=path(case.result), base_iri=case.result))
        return "" if same_quads(expected, list(ox.parse(body, format=ox.RdfFormat.N_TRIPLES))) else body.decode()
    return _compare(case, suffix, body)


def _compare(case: Case, suffix: str, body: bytes) -> str:
    file = path(case.result)
    if suffix == ".csv":
        expected, found = (_table(text) for text in (file.read_text(encoding="utf-8"), body.decode()))
        return "" if expected == found else f"expected {expected}, found {found}"
    if suffix in RESULTS:
        wanted = ox.parse_query_results(file.read_bytes(), format=RESULTS[suffix][1])
        answer = ox.parse_query_results(body, format=RESULTS[suffix][1])
    else:
        wanted = rows_of_graph(Graph().parse(file, publicID=case.result))
        answer = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(answer, ox.QueryBoolean):
        return (
            ""
            if isinstance(wanted, (bool, ox.QueryBoolean)) and bool(answer) == bool(wanted)
            else f"found {bool(answer)}"
        )
    if isinstance(wanted, (bool, ox.QueryBoolean)):
        return "expected true or false, found rows"
    wanted_rows = rows_of(wanted) if isinstance(wanted, ox.QuerySolutions) else wanted
    found_rows = rows_of(answer)
    return "" if same_rows(wanted_rows, found_rows) else f"expected {sorted(wanted_rows)}, found {sorted(found_rows)}"


def _table(text: str) -> list[list[tuple[str, str]]]:
    """Read CSV; the order of columns is free for `SELECT *`, and so are the names of blank nodes."""
    rows = csv.DictReader(io.StringIO(text))
    return sorted(
        sorted((name, "_:" if value.startswith("_:") else value) for name, value in row.items()) for row in rows
    )


def _contents(state: State) -> list[tuple[str, str]]:
    return [("", file) for file in state.data] + list(state.named)


def _load(store: Store, graph: str, file: str) -> None:
    where = path(file)
    store.load_graph(graph, where.read_bytes(), media_type=TYPES[where.suffix], base=file)


def test_the_comparison_tells_rows_and_graphs_apart() -> None:
    one, other = (("x", "_:a"), ("y", "_:b")), (("x", "_:a"), ("y", "_:a"))
    assert same_rows([one], [(("x", "_:q"), ("y", "_:p"))])
    assert not same_rows([one], [other])
    assert not same_rows([(("x", '"1"'),)], [(("x", '"2"'),)])
    assert not same_rows([(("x", '"1"'),)], [(("x", '"1"'),), (("x", '"1"'),)])
    quads = [
        list(ox.parse(text, format=ox.RdfFormat.TURTLE))
        for text in ("_:a <x:p> _:b .", "_:c <x:p> _:d .", "_:a <x:p> _:a .")
    ]
    assert same_quads(quads[0], quads[1])
    assert not same_quads(quads[0], quads[2])
