"""The W3C's SPARQL 1.1 suites over HTTP against the real server; every deviation is pinned by name and cause."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.service.sparql import QUERY, UPDATE

from ..running import TOKEN, serving  # noqa: TID252 - tests are no package with a name
from .compare import rows_of, rows_of_graph, same_quads, same_rows
from .elsewhere import elsewhere
from .suites import BASE, Case, State, cases, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..running import Reply, Session  # noqa: TID252
    from .elsewhere import Elsewhere

PINNED = Path(__file__).parent / "deviations.tsv"
LEAST = {"query": 242, "update": 94, "syntax": 169}
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


def _is_federated(case: Case) -> bool:
    return case.name.startswith("service/")


def deviations() -> dict[str, str]:
    """Return the cause of each known deviation by the test's name."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One real server for all cases; each begins by emptying its store."""
    folder = tmp_path_factory.mktemp("w3c") / "store"
    with serving(folder, readers=1, timeout_s=10) as running, running.session() as session:
        yield session


@pytest.fixture(scope="module")
def proxy() -> Iterator[Elsewhere]:
    with elsewhere() as running:
        yield running


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory, proxy: Elsewhere) -> Iterator[Session]:
    """A server that may ask the endpoints of the federation suite, which it finds behind a proxy."""
    folder = tmp_path_factory.mktemp("w3c-federated") / "store"
    allowed = " ".join(
        f"http://{host}/sparql" for host in ("example.org", "example1.org", "example2.org", "invalid.endpoint.org")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", proxy.address)
        patch.setenv("no_proxy", "127.0.0.1")
        with (
            serving(folder, readers=1, timeout_s=10, federation=allowed) as running,
            running.session() as session,
        ):
            yield session


def test_the_suites_are_there_and_none_is_empty(shared: Path) -> None:
    assert (shared / "w3c-tests").is_dir()
    counts = {kind: sum(case.kind == kind for case in cases()) for kind in LEAST}
    assert all(counts[kind] >= least for kind, least in LEAST.items()), counts


def test_every_pinned_deviation_names_a_test_and_a_cause(shared: Path) -> None:
    assert shared.is_dir()
    known = {case.name for case in cases()}
    assert not deviations().keys() - known
    assert all(cause.strip() for cause in deviations().values())


@pytest.mark.parametrize("case", [case for case in cases() if not _is_federated(case)], ids=lambda case: case.name)
def test_a_case_of_the_suites(case: Case, server: Session) -> None:
    _judge(case, _problem(case, server))


@pytest.mark.parametrize("case", [case for case in cases() if _is_federated(case)], ids=lambda case: case.name)
def test_a_case_of_the_federation_suite(case: Case, federated: Session, proxy: Elsewhere) -> None:
    proxy.asked.clear()
    proxy.endpoints = {endpoint: ox.Store() for endpoint, _ in case.elsewhere}
    for endpoint, file in case.elsewhere:
        proxy.endpoints[endpoint].load(path=path(file), format=ox.RdfFormat.TURTLE, base_iri=file)
    problem = _problem(case, federated)
    _judge(case, problem)
    assert problem or proxy.asked, "nobody was asked"


def _judge(case: Case, problem: str) -> None:
    cause = deviations().get(case.name)
    if cause is None:
        assert not problem, problem
    else:
        assert problem, f"{case.name} passes now: strike it out of {PINNED.name} ({cause})"


def _problem(case: Case, server: Session) -> str:
    """Run one case; return what is wrong, or nothing."""
    text = path(case.request).read_text(encoding="utf-8")
    if case.kind == "syntax":
        return _syntax(case, text, server)
    # the protocol has no parameter for the base, and files of the suite name one another by relative addresses
    text = f"BASE <{case.request}> {text}"
    if case.kind == "update":
        return _update(case, text, server)
    return _query(case, text, server)


def _post(server: Session, text: str, *, is_update: bool = False, accept: str = "", query_string: str = "") -> Reply:
    headers = {"Content-Type": UPDATE if is_update else QUERY, "Accept": accept or "*/*"}
    token = TOKEN if is_update else ""
    return server.send("POST", f"/sparql?{query_string}", body=text.encode(), headers=headers, token=token)


def _syntax(case: Case, text: str, server: Session) -> str:
    is_update = case.request.endswith(".ru")
    if "BASE" not in text:
        text = f"BASE <{BASE}> {text}"
    reply = _post(server, text, is_update=is_update)
    # what parses may still fail: on a store without that graph, by an unknown function, or because it may not reach the
    # network; the answer says which. Bad syntax is told as such, nearly always with its place.
    is_refused = reply.status == 403 or (reply.status == 400 and not reply.text.startswith(("line ", "syntax error")))
    return "" if (reply.status < 300 or is_refused) == case.is_good else f"{reply.status}: {reply.text}"


def _update(case: Case, text: str, server: Session) -> str:
    _fill(server, case.before)
    reply = _post(server, text, is_update=True)
    if reply.status >= 300:
        return f"{reply.status}: {reply.text}"
    found = _quads(server)
    expected = _expected(case.after)
    return "" if same_quads(expected, found) else f"expected {expected}, found {found}"


def _query(case: Case, text: str, server: Session) -> str:
    has_named = bool(case.before.named)
    # our default graph is the union of all: a test that has named graphs says its dataset in the request
    _fill(server, case.before, is_default_named=has_named)
    parameters = [("default-graph-uri", file) for file in case.before.data if has_named]
    parameters += [("named-graph-uri", graph) for graph, _ in case.before.named]
    suffix = Path(case.result).suffix
    media_type = RESULTS.get(suffix, ("", None))[0] or ("text/csv" if suffix == ".csv" else "")
    is_graph = suffix in TYPES and "ResultSet" not in path(case.result).read_text(encoding="utf-8")
    accept = media_type or ("application/n-triples" if is_graph else "application/sparql-results+json")
    reply = _post(server, text, accept=accept, query_string=urlencode(parameters))
    if reply.status != 200:
        return f"{reply.status}: {reply.text}"
    assert reply.media_type == accept
    if is_graph:
        expected = list(ox.parse(path=path(case.result), base_iri=case.result))
        return "" if same_quads(expected, list(ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES))) else reply.text
    return _compare(case, suffix, reply.body)


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


def _fill(server: Session, state: State, *, is_default_named: bool = False) -> None:
    """Make the store hold exactly this, by the Graph Store Protocol; the default graph's files may be graphs of their own."""
    assert _post(server, "DROP ALL", is_update=True).status == 204
    for file in state.data:
        _load(server, file if is_default_named else "", file)
    for graph, file in state.named:
        _load(server, graph, file)


def _expected(state: State) -> list[ox.Quad]:
    """Read a dataset through a store of the same engine, which keeps numbers by value."""
    store = ox.Store()
    contents = [(ox.DefaultGraph(), file) for file in state.data]
    for graph, file in [*contents, *((ox.NamedNode(graph), file) for graph, file in state.named)]:
        where = path(file)
        store.load(path=where, format=ox.RdfFormat.from_extension(where.suffix[1:]), base_iri=file, to_graph=graph)
    return list(store)


def _load(server: Session, graph: str, file: str) -> None:
    where = path(file)
    body = where.read_bytes()
    if where.suffix == ".ttl":
        body = f"@base <{file}> .\n".encode() + body
    elif where.suffix == ".rdf":  # its relative addresses would be resolved against the graph's
        body = ox.serialize(ox.parse(body, format=ox.RdfFormat.RDF_XML, base_iri=file), format=ox.RdfFormat.N_QUADS)
    kind = "application/n-triples" if where.suffix == ".rdf" else TYPES[where.suffix]
    place = f"graph={quote(graph, safe='')}" if graph else "default"
    reply = server.send("POST", f"/graphs?{place}", body=body, headers={"Content-Type": kind}, token=TOKEN)
    assert reply.status in (201, 204), reply.text


def _quads(server: Session) -> list[ox.Quad]:
    reply = server.send("GET", "/dump/graph.nq.gz")
    assert reply.status == 200, reply.text
    return list(ox.parse(gzip.decompress(reply.body), format=ox.RdfFormat.N_QUADS))


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
