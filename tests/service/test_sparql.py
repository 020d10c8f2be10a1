"""The SPARQL 1.1 Protocol on plain requests."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from rdflib import RDF, Graph, URIRef

from kg.config import Config
from kg.errors import QueryError
from kg.service.exchange import FORM, Request
from kg.service.sparql import QUERY, UPDATE, SparqlService
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.service.exchange import Answer
    from kg.store import Store

TOKEN = "of the tests"  # noqa: S105 - guards nothing
DATA = "INSERT DATA { <http://a> <http://b> 1 . GRAPH <http://g> { <http://a> <http://b> 2 } GRAPH <http://h> { <http://a> <http://b> 3 } }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("sparql") / "store", config=Config(readers=1)) as opened:
        opened.update(DATA)
        yield opened


@pytest.fixture
def service(store: Store) -> SparqlService:
    return SparqlService(store, Config(token=TOKEN, timeout_s=5))


def get(accept: str = "", **parameters: str) -> Request:
    return Request("GET", urlencode(parameters), accept=accept)


def body(answer: Answer) -> bytes:
    return b"".join(answer.body)


def header(answer: Answer, name: str) -> str:
    return dict(answer.headers).get(name, "")


def numbers(answer: Answer) -> set[str]:
    assert answer.status == 200, body(answer)
    return {row["o"]["value"] for row in json.loads(body(answer))["results"]["bindings"]}


@pytest.mark.parametrize(
    "request_",
    [
        get(query="SELECT ?o { ?s ?p ?o }"),
        Request("POST", content_type=FORM, body=urlencode({"query": "SELECT ?o { ?s ?p ?o }"}).encode()),
        Request("POST", content_type=f"{QUERY}; charset=UTF-8", body=b"SELECT ?o { ?s ?p ?o }"),
        Request("POST", content_type=f"{FORM}; charset=utf-8", body=b"query=SELECT+?o+%7B+?s+?p+?o+%7D&unknown=1"),
    ],
)
def test_a_query_comes_by_get_by_form_and_directly(service: SparqlService, request_: Request) -> None:
    answer = service.answer(request_)
    assert header(answer, "Content-Type") == "application/sparql-results+json"
    assert numbers(answer) == {"1", "2", "3"}


def test_the_dataset_of_the_request_counts(service: SparqlService) -> None:
    query = urlencode({"query": "SELECT ?o { ?s ?p ?o }"})
    assert numbers(
        service.answer(Request("GET", f"{query}&default-graph-uri=http://g&default-graph-uri=http://h"))
    ) == {"2", "3"}
    query = urlencode({"query": "SELECT ?o FROM <http://h> { GRAPH ?g { ?s ?p ?o } }"})
    assert numbers(service.answer(Request("GET", f"{query}&named-graph-uri=http://g"))) == {"2"}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get(query="SELECT * {"), 400),
        (get(query=""), 400),
        (get(query="INSERT DATA { <a> <b> <c> }"), 400),
        (get(update="CLEAR ALL"), 400),
        (Request("GET", "query=ASK{}&query=ASK{}"), 400),
        (Request("GET", "query=%ff"), 400),
        (Request("POST", content_type=QUERY, body=b"ASK { ?s ?p '\xff' }"), 400),
        (Request("POST", "query=ASK{}", content_type=QUERY, body=b"ASK {}"), 400),
        (Request("POST", content_type=FORM, body=b""), 400),
        (Request("POST", content_type=FORM, body=b"query=ASK{}&update=CLEAR+ALL", may_write=True), 400),
        (Request("POST", content_type="text/plain", body=b"ASK {}"), 415),
        (Request("POST", body=b"query=ASK{}"), 415),
        (Request("POST", content_type=f"{QUERY}; charset=utf-16", body=b"ASK {}"), 415),
        (Request("PUT", "query=ASK{}"), 405),
        (Request("DELETE"), 405),
        (get("image/png", query="ASK {}"), 406),
        (get("text/turtle", query="ASK {}"), 406),
        (get(query="ASK {}", format="docx"), 406),
        (get(query="ASK {} #" + "x" * 1_000_001), 413),
        (Request("POST", content_type=QUERY, body=b"x" * 16_000_001), 413),
        (get(query="SELECT * { SERVICE <http://127.0.0.1/> {} }"), 403),
        (get(query="ASK {}", timeout="soon"), 400),
        (get(query="ASK {}", timeout="-1"), 400),
        (get(query="SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9)) + "}", timeout="0.2"), 503),
    ],
)  # fmt: skip
def test_what_is_wrong_gets_its_status_and_a_plain_reason(
    service: SparqlService, request_: Request, status: int
) -> None:
    answer = service.answer(request_)
    assert answer.status == status
    assert body(answer).strip()
    assert header(answer, "Content-Type").startswith("text/plain")
    assert header(answer, "Cache-Control") == "no-store"


def test_405_names_the_methods_and_503_says_when_to_come_back(service: SparqlService) -> None:
    assert "POST" in header(service.answer(Request("PATCH")), "Allow")
    slow = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?w{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9)) + "}"
    assert header(service.answer(get(query=slow, timeout="0.2")), "Retry-After")


def test_an_entity_tag_answers_304_until_something_is_written(service: SparqlService, store: Store) -> None:
    request = get(query="ASK { ?s ?p 1 }")
    first = service.answer(request)
    tag = header(first, "ETag")
    assert tag.startswith('"')
    assert body(first)
    again = service.answer(replace(request, if_none_match=f'"other", W/{tag}'))
    assert (again.status, header(again, "ETag"), body(again)) == (304, tag, b"")
    assert service.answer(replace(request, if_none_match=tag, accept="text/csv")).status == 200
    store.update("INSERT DATA { <http://new> <http://b> 1 }")
    assert service.answer(replace(request, if_none_match=tag)).status == 200
    store.update("DELETE DATA { <http://new> <http://b> 1 }")


def test_what_changes_by_itself_is_not_for_caches(service: SparqlService) -> None:
    answer = service.answer(get(query="SELECT (NOW() AS ?n) {}"))
    assert header(answer, "Cache-Control") == "no-store"
    assert not header(answer, "ETag")


def test_a_bare_get_describes_the_service(service: SparqlService) -> None:
    answer = service.answer(Request("GET", accept="text/turtle"))
    assert answer.status == 200
    graph = Graph().parse(data=body(answer), format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    endpoint = graph.value(predicate=RDF.type, object=URIRef(f"{sd}Service"))
    assert graph.value(endpoint, URIRef(f"{sd}endpoint")) == URIRef("http://localhost:5000/sparql")
    assert URIRef(f"{sd}UnionDefaultGraph") in set(graph.objects(endpoint, URIRef(f"{sd}feature")))
    assert {str(name) for name in graph.objects(predicate=URIRef(f"{sd}name"))} == {"http://g", "http://h"}
    assert service.answer(Request("GET", accept="image/png")).status == 406
    assert service.answer(Request("GET", accept="text/csv")).status == 400


def test_an_update_needs_the_token(service: SparqlService, store: Store) -> None:
    request = Request("POST", content_type=UPDATE, body=b"INSERT DATA { <http://u> <http://b> 1 }")
    refused = service.answer(request)
    assert (refused.status, header(refused, "WWW-Authenticate")) == (401, 'Bearer realm="kg"')
    assert SparqlService(store, Config()).answer(request).status == 403
    generation = store.generation
    done = service.answer(replace(request, may_write=True))
    assert done.status == 204
    assert int(header(done, "X-KG-Generation")) > generation
    form = Request(
        "POST",
        content_type=FORM,
        body=urlencode({"update": "DELETE WHERE { <http://u> ?p ?o }"}).encode(),
        may_write=True,
    )
    assert service.answer(form).status == 204
    assert not store.ask("ASK { <http://u> ?p ?o }")


def test_the_dataset_of_an_update_counts(service: SparqlService, store: Store) -> None:
    update = urlencode(
        {"update": "INSERT { <http://copy> ?p ?o } WHERE { <http://a> ?p ?o }", "using-graph-uri": "http://g"}
    )
    request = Request("POST", content_type=FORM, body=update.encode(), may_write=True)
    assert service.answer(request).status == 204
    assert [str(row["o"]) for row in store.select("SELECT ?o { <http://copy> ?p ?o }")] == ["2"]
    store.update("DELETE WHERE { <http://copy> ?p ?o }")
    clash = urlencode(
        {"update": "WITH <http://g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "using-graph-uri": "http://g"}
    )
    assert service.answer(Request("POST", content_type=FORM, body=clash.encode(), may_write=True)).status == 400


def test_a_body_that_breaks_off_raises_instead_of_ending(service: SparqlService) -> None:
    rows = " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9))
    answer = service.answer(get("text/csv", query=f"SELECT * {{ {rows} }}", timeout="0.5"))
    assert answer.status == 200
    with pytest.raises(QueryError):
        body(answer)


def test_closing_a_body_frees_the_reader(service: SparqlService, store: Store) -> None:
    rows = " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9))
    answer = service.answer(get("text/csv", query=f"SELECT * {{ {rows} }}"))
    next(iter(answer.body))
    assert store.standing.busy == 1
    answer.body.close()  # type: ignore[attr-defined]
    assert store.standing.busy == 0


def test_a_store_that_fails_is_503(tmp_path: Path) -> None:
    opened = open_store(tmp_path / "store")
    opened.close()
    assert SparqlService(opened, Config()).answer(get(query="ASK {}")).status == 503


def test_an_answer_names_its_own_address_whichever_way_its_format_was_chosen(service: SparqlService) -> None:
    negotiated = Request("GET", "query=ASK+%7B%7D", accept="text/csv", path="/sparql")
    assert header(service.answer(negotiated), "Content-Location") == "/sparql?query=ASK+%7B%7D&format=csv"
    named = Request("GET", "format=xml&query=ASK+%7B%7D", path="/sparql")
    assert header(service.answer(named), "Content-Location") == "/sparql?format=xml&query=ASK+%7B%7D"
    posted = Request("POST", content_type=QUERY, body=b"ASK {}", path="/sparql")
    assert not header(service.answer(posted), "Content-Location")
    long = Request("GET", "query=ASK+%7B%7D+%23" + "x" * 5_000, path="/sparql")
    assert not header(service.answer(long), "Content-Location")


@pytest.mark.parametrize(
    ("query", "asked", "there", "not_there"),
    [
        ("SELECT * { ?s ?p ?o }", "image/png", ["text/csv (format=csv)", "(format=geojson)"], ["text/turtle"]),
        ("ASK {}", "application/geo+json", ["(format=json)"], ["geojson)"]),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv", ["text/turtle (format=ttl)", "application/trig"], ["format=csv"]),
    ],
)
def test_a_format_that_cannot_be_had_is_answered_with_those_that_can(
    service: SparqlService, query: str, asked: str, there: list[str], not_there: list[str]
) -> None:
    for answer in (service.answer(get(asked, query=query)), service.answer(get(query=query, format=asked))):
        assert answer.status == 406
        said = body(answer).decode()
        assert f"cannot be answered as {asked}" in said
        assert all(name in said for name in there)
        assert not any(name in said for name in not_there)


def test_an_ask_is_not_taken_for_places(service: SparqlService) -> None:
    answer = service.answer(get("application/geo+json, application/sparql-results+xml;q=0.5", query="ASK {}"))
    assert header(answer, "Content-Type") == "application/sparql-results+xml"


@pytest.mark.parametrize(
    ("query", "where", "prefix"),
    [
        ("SELECT * { ?s foo:bar ?o }", "line 1, column 15", "foo"),
        ("SELECT *\n{ ?s a cn:Attack ; :here ?o }", "line 2, column 20", ""),
        ("SELECT * { ?s ?p ?o FILTER(fn:x(?s)) }", "line 1, column 28", "fn"),
        ("PREFIX a: <http://a> SELECT * { ?s a:b 'x'^^b:c }", "line 1, column 45", "b"),
    ],
)
def test_an_undeclared_prefix_is_named_with_its_place_and_the_known_ones(
    service: SparqlService, query: str, where: str, prefix: str
) -> None:
    answer = service.answer(get(query=query))
    assert answer.status == 400
    said = body(answer).decode()
    assert said.startswith(f"{where}: the prefix {prefix}: is not declared; known without a declaration are ")
    for known in ("cn:", "cnv:", "schema:", "rdfs:", "xsd:"):
        assert f" {known}" in said


def test_the_projects_prefixes_need_no_declaration_and_may_have_one(service: SparqlService) -> None:
    for query in ("ASK { ?x a cn:Attack ; rdfs:label ?l }", "PREFIX cn: <http://mine/> ASK { ?x a cn:Attack }"):
        assert service.answer(get(query=query)).status == 200


def test_an_update_may_ask_for_less_time_and_changes_nothing_when_it_runs_out(tmp_path: Path) -> None:
    digits = " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9))
    update = f"INSERT DATA {{ <x:a> <x:p> 1 }} ; INSERT {{ <x:a> <x:q> ?n }} WHERE {{ {{ SELECT (COUNT(*) AS ?n) {{ {digits} }} }} }}"
    with open_store(tmp_path / "store", serving=True) as served:
        service = SparqlService(served, Config(token=TOKEN))
        asked = Request("POST", "timeout=0.5", content_type=UPDATE, body=update.encode(), may_write=True)
        answer = service.answer(asked)
        assert answer.status == 503, body(answer)
        assert len(served) == 0


def test_a_query_that_takes_too_long_is_told_its_deadline(service: SparqlService) -> None:
    digits = " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(9))
    answer = service.answer(get(query=f"SELECT (COUNT(*) AS ?n) {{ {digits} }}", timeout="0.3"))
    assert answer.status == 503
    assert "longer than the 0.3 s it may" in body(answer).decode()


@pytest.mark.parametrize(
    ("kind", "text", "status", "said"),
    [
        (QUERY, b"SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403, "SERVICE is not allowed"),
        (QUERY, b"SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p } }", 400, "line 1, column "),
        (QUERY, b"ASK { SERVICE SILENT ?x { ?s nope:p ?o } }", 400, "the prefix nope: is not declared"),
        (UPDATE, b"LOAD <http://127.0.0.1/> INTO GRAPH <http://g>", 403, "LOAD is not allowed"),
        (UPDATE, b"LOAD <http://127.0.0.1/> INTO <http://g>", 400, "line 1"),
        (UPDATE, b"LOAD SILENT <http://127.0.0.1/> ; LOAD <http://127.0.0.1/>", 403, "LOAD is not allowed"),
        (UPDATE, b"LOAD SILENT <http://127.0.0.1/> ; INSERT DATA {", 400, "line 1"),
        (UPDATE, b"L\\u004FAD SILENT <http://127.0.0.1/>", 403, "LOAD is not allowed"),
    ],
)
def test_a_text_that_may_not_reach_out_is_parsed_before_it_is_refused(
    service: SparqlService, kind: str, text: bytes, status: int, said: str
) -> None:
    answer = service.answer(Request("POST", content_type=kind, body=text, may_write=True))
    assert (answer.status, body(answer).decode().find(said) >= 0) == (status, True), body(answer)


def test_a_silent_load_fails_in_silence_and_the_rest_is_done(service: SparqlService, store: Store) -> None:
    update = b"LOAD SILENT <http://127.0.0.1:1/> INTO GRAPH <http://l> ; INSERT DATA { GRAPH <http://m> { <http://a> <http://b> 9 } }"
    answer = service.answer(Request("POST", content_type=UPDATE, body=update, may_write=True))
    assert answer.status == 204
    assert not store.has_graph("http://l")
    assert store.has_graph("http://m")
    store.drop_graph("http://m")
