"""The SPARQL 1.1 Graph Store HTTP Protocol on plain requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.config import Config
from kg.service.exchange import Request
from kg.service.graph_store import GraphStoreService
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.service.exchange import Answer
    from kg.store import Store

TURTLE = b"@prefix x: <http://x/> . <#me> x:knows [ x:name 'Ann' , 'Bob' ] ."
TOKEN = "of the tests"  # noqa: S105 - guards nothing
NAMED = "graph=http%3A%2F%2Fg"


@pytest.fixture(params=["alone", "serving"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store", config=Config(readers=1), serving=request.param == "serving") as opened:
        yield opened


@pytest.fixture
def service(store: Store) -> GraphStoreService:
    return GraphStoreService(store, Config(token=TOKEN))


def ask(
    service: GraphStoreService,
    method: str,
    where: str = NAMED,
    body: bytes = b"",
    kind: str = "text/turtle",
    path: str = "/graphs",
) -> Answer:
    return service.answer(Request(method, where, content_type=kind, body=body, path=path, may_write=True))


def content(answer: Answer, base: str = "http://g") -> Graph:
    assert answer.status == 200
    return Graph().parse(data=b"".join(answer.body), format="turtle", publicID=base)


def test_a_graph_is_made_read_replaced_added_to_and_dropped(service: GraphStoreService) -> None:
    assert ask(service, "GET").status == 404
    assert ask(service, "PUT", body=TURTLE).status == 201
    expected = Graph().parse(data=TURTLE, format="turtle", publicID="http://g")
    assert isomorphic(content(ask(service, "GET")), expected)
    assert ask(service, "PUT", body=TURTLE).status == 204
    assert isomorphic(content(ask(service, "GET")), expected)
    assert ask(service, "POST", body=b"<http://a> <http://b> 1 .").status == 204
    assert len(content(ask(service, "GET"))) == 4
    assert ask(service, "HEAD").status == 200
    assert ask(service, "DELETE").status == 204
    assert ask(service, "GET").status == 404
    assert ask(service, "DELETE").status == 404


def test_the_default_graph_is_its_own(service: GraphStoreService) -> None:
    assert ask(service, "PUT", body=TURTLE).status == 201
    assert ask(service, "PUT", "default", b"<http://a> <http://b> 1 .").status == 204
    assert len(content(ask(service, "GET", "default"))) == 1
    assert ask(service, "DELETE", "default").status == 204
    assert len(content(ask(service, "GET", "default"))) == 0
    assert len(content(ask(service, "GET"))) == 3


def test_an_empty_graph_exists(service: GraphStoreService) -> None:
    assert ask(service, "PUT", body=b"").status == 201
    assert len(content(ask(service, "GET"))) == 0


def test_a_graph_is_named_directly_by_its_address(service: GraphStoreService) -> None:
    assert ask(service, "PUT", "", TURTLE, path="/graph/mine").status == 201
    assert ask(service, "GET", "graph=http%3A%2F%2Flocalhost%3A5000%2Fgraph%2Fmine").status == 200
    assert len(content(ask(service, "GET", "", path="/graph/mine"))) == 3


def test_a_post_to_the_store_itself_makes_a_graph(service: GraphStoreService) -> None:
    answer = ask(service, "POST", "", TURTLE)
    assert answer.status == 201
    made = dict(answer.headers)["Location"]
    assert ask(service, "GET", "", path=made.removeprefix("http://localhost:5000")).status == 200


def test_a_form_with_several_files_fills_one_graph_or_nothing(service: GraphStoreService) -> None:
    def form(second: bytes) -> bytes:
        return (
            b'--cut\r\nContent-Disposition: form-data; name="a"; filename="a.ttl"\r\nContent-Type: text/turtle\r\n\r\n'
            b"<http://a> <http://b> 1 .\r\n"
            b'--cut\r\nContent-Disposition: form-data; name="b"; filename="b.nt"\r\n\r\n' + second + b"\r\n--cut--\r\n"
        )

    kind = "multipart/form-data; boundary=cut"
    assert ask(service, "POST", body=form(b"no triples"), kind=kind).status == 400
    assert ask(service, "GET").status == 404
    assert ask(service, "POST", body=form(b"<http://c> <http://d> <http://e> ."), kind=kind).status == 201
    assert len(content(ask(service, "GET"))) == 2
    assert ask(service, "POST", body=b"nothing", kind="multipart/form-data").status == 400


def test_patch_changes_its_own_graph_and_no_other(service: GraphStoreService, store: Store) -> None:
    ask(service, "PUT", body=b"<http://a> <http://b> 1 .")
    ask(service, "PUT", "graph=http%3A%2F%2Fh", b"<http://a> <http://b> 1 .")
    update = b"INSERT DATA { <http://c> <http://d> 2 } ; DELETE { ?s ?p 1 } INSERT { ?s ?p 5 } WHERE { ?s ?p 1 } ; DELETE WHERE { ?s ?p 2 }"
    answer = ask(service, "PATCH", body=update, kind="application/sparql-update")
    assert answer.status == 204, b"".join(answer.body)
    rows = store.select("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }")
    assert {(str(row["g"]), str(row["o"])) for row in rows} == {("http://g", "5"), ("http://h", "1")}
    for bad in (
        b"DROP GRAPH <http://h>",
        b"INSERT DATA { GRAPH <http://h> { <http://a> <http://b> 9 } }",
        b"WITH <http://h> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ):
        assert ask(service, "PATCH", body=bad, kind="application/sparql-update").status == 400
    assert ask(service, "PATCH", body=b"x", kind="text/turtle").status == 415


@pytest.mark.parametrize(
    ("method", "where", "body", "kind", "status"),
    [
        ("GET", "", b"", "", 400),
        ("GET", "graph=a&default", b"", "", 400),
        ("GET", "graph=relative", b"", "", 400),
        ("GET", "graph=http://a&graph=http://b", b"", "", 400),
        ("PUT", "", TURTLE, "text/turtle", 405),
        ("DELETE", "", b"", "", 405),
        ("PUT", NAMED, b"no turtle at all", "text/turtle", 400),
        ("PUT", NAMED, b"<http://s> <http://p> 1 .", "image/png", 415),
        ("PUT", NAMED, b"<http://s> <http://p> 1 .", "", 415),
        ("PUT", NAMED, b"<http://h> { <http://s> <http://p> 1 }", "application/trig", 400),
        ("PUT", NAMED, b"x" * 16_000_001, "text/turtle", 413),
        ("TRACE", NAMED, b"", "", 405),
    ],
)
def test_what_is_wrong_gets_its_status_and_changes_nothing(
    service: GraphStoreService, store: Store, method: str, where: str, body: bytes, kind: str, status: int
) -> None:
    generation = store.generation
    assert ask(service, method, where, body, kind).status == status
    assert store.generation == generation


def test_writing_needs_the_token_and_reading_does_not(service: GraphStoreService) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        assert service.answer(Request(method, NAMED, content_type="text/turtle", body=TURTLE)).status == 401
    assert service.answer(Request("GET", "default")).status == 200


def test_a_graph_comes_in_the_format_asked_for_with_a_tag(service: GraphStoreService) -> None:
    ask(service, "PUT", body=b"<http://a> <http://b> 1 .")
    request = Request("GET", NAMED, accept="application/n-triples")
    answer = service.answer(request)
    assert b"".join(answer.body) == b'<http://a> <http://b> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    tag = dict(answer.headers)["ETag"]
    assert service.answer(replace(request, if_none_match=tag)).status == 304
    assert service.answer(replace(request, accept="text/csv")).status == 406
