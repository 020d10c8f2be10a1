"""The W3C's federated query suite, its endpoints stood up on loopback with the data that the suite gives them."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.config import Config
from kg.service.exchange import Request
from kg.service.pattern import clauses
from kg.service.sparql import SparqlService
from kg.store import open_store

from ..running import free_port  # noqa: TID252 - tests are no package with a name
from .compare import rows_of, same_rows
from .suites import BASE, MF, QT, path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESULTS = "application/sparql-results+json"
MANIFEST = f"{BASE}service/manifest.ttl"
NOBODY = "http://invalid.endpoint.org/sparql"
# an endpoint that the data name: whoever writes data would choose whom the server asks
REFUSED = {"service5": "must be named"}


def entries() -> list[str]:
    """The names of the suite's tests; without the suites there are none."""
    if not path(MANIFEST).is_file():
        return []
    graph = Graph().parse(path(MANIFEST), format="turtle", publicID=MANIFEST)
    return sorted(str(entry).rpartition("#")[2] for entry in graph.subjects(MF.action))


@contextmanager
def endpoint(data: str) -> Iterator[str]:
    """A SPARQL endpoint that knows one file; Oxigraph answers, and is given no SERVICE."""
    store = ox.Store()
    store.load(path=str(path(data)), format=ox.RdfFormat.TURTLE)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            assert not clauses(form["query"])
            found = store.query(form["query"])
            assert isinstance(found, ox.QuerySolutions)
            body = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
            self.send_response(200)
            self.send_header("Content-Type", RESULTS)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_suite_is_there(shared: Path) -> None:
    assert shared.is_dir()
    assert len(entries()) >= 7


@pytest.mark.parametrize("name", entries())
def test_a_case_of_the_federated_suite(name: str, tmp_path: Path) -> None:
    graph = Graph().parse(path(MANIFEST), format="turtle", publicID=MANIFEST)
    entry = next(each for each in graph.subjects(MF.action) if str(each).endswith(f"#{name}"))
    action = graph.value(entry, MF.action)
    query = path(str(graph.value(action, QT.query))).read_text(encoding="utf-8")
    given = [
        (str(graph.value(each, QT.endpoint)), str(graph.value(each, QT.data)))
        for each in graph.objects(action, QT.serviceData)
    ]
    expected = ox.parse_query_results(
        path=str(path(str(graph.value(entry, MF.result)))), format=ox.QueryResultsFormat.XML
    )
    assert isinstance(expected, ox.QuerySolutions)
    with open_store(tmp_path / "store") as store:
        for file in graph.objects(action, QT.data):
            store.load_graph("", path(str(file)).read_bytes(), media_type="text/turtle")
        with _endpoints(given) as addresses:
            for meant, real in {**addresses, NOBODY: f"http://127.0.0.1:{free_port()}/"}.items():
                query = query.replace(f"<{meant}>", f"<{real}>")
            allowed = " ".join(
                [*addresses.values(), *(word.strip("<>") for word in query.split() if "127.0.0.1" in word)]
            )
            service = SparqlService(store, Config(federation=allowed))
            answer = service.answer(
                Request("POST", content_type="application/sparql-query", body=query.encode(), accept=RESULTS)
            )
            body = b"".join(answer.body)
    if name in REFUSED:
        assert answer.status == 400
        assert REFUSED[name] in body.decode()
        return
    assert answer.status == 200, body
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    assert same_rows(rows_of(expected), rows_of(found))


@contextmanager
def _endpoints(given: list[tuple[str, str]]) -> Iterator[dict[str, str]]:
    if not given:
        yield {}
        return
    (meant, data), *others = given
    with endpoint(data) as address, _endpoints(others) as found:
        yield {meant: address, **found}
