"""SERVICE clauses are answered as SPARQL 1.1 Federated Query says, by allowed endpoints only: Oxigraph's own answers are the measure."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kg.config import Config
from kg.errors import ConfigError, KgError, QueryError
from kg.service.exchange import FORM, Request
from kg.service.federation import Asked, Federation
from kg.service.pattern import clauses, joined, needed, terms_of
from kg.service.sparql import SparqlService
from kg.store import open_store

from ..endpoints import GoBetween  # noqa: TID252 - tests are no package with a name
from ..running import Running, serving  # noqa: TID252

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

JSON = "application/sparql-results+json"
HERE = """
@prefix : <http://x/> .
:a :knows :b , :c ; :same :A . :b :same :B . :c :knows :d . :d :same :D , :DD ; :age 7 . :e :name "E" .
"""
THERE = """
@prefix : <http://x/> .
:A :name "Anna"@en ; :age 41 . :B :name "Ben \\"B\\" O'Hara\\n" ; :age 7 ; :knows :A . :D :name "Dora" ; :height 1.5 .
:E :knows :A , :B . :F :age "x" .
"""
IN_A_GRAPH = "@prefix : <http://x/> . :a :in :A . :b :in :B ."
PREFIX = "PREFIX : <http://x/> "


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A second server of ours."""
    folder = tmp_path_factory.mktemp("there") / "store"
    with open_store(folder) as store:
        store.load_graph("http://g/there", THERE.encode(), media_type="text/turtle")
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def between(there: Running) -> Iterator[GoBetween]:
    found = GoBetween(there.address)
    yield found
    found.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("here") / "store", serving=True, config=Config(readers=1)) as opened:
        opened.load_graph("http://g/here", HERE.encode(), media_type="text/turtle")
        opened.load_graph("http://g/in", IN_A_GRAPH.encode(), media_type="text/turtle")
        yield opened


@pytest.fixture
def endpoint(between: GoBetween) -> Iterator[str]:
    between.seen.clear()
    yield f"{between.address}sparql"
    between.fault, between.faults, between.only = "", -1, ""


@pytest.fixture
def service(store: Store, endpoint: str) -> SparqlService:
    return SparqlService(store, Config(federation=f"{endpoint} http://127.0.0.1:1/down", timeout_s=10))


def ask(service: SparqlService, query: str, *, accept: str = JSON) -> tuple[int, str, dict[str, str]]:
    request = Request("POST", content_type="application/sparql-query", body=(PREFIX + query).encode(), accept=accept)
    answer = service.answer(request)
    return answer.status, b"".join(answer.body).decode(), dict(answer.headers)


def rows(text: str) -> Counter[str]:
    """Rows as a multiset, whatever their order and the order of their columns."""
    found: list[dict[str, Any]] = json.loads(text)["results"]["bindings"]
    return Counter(json.dumps(row, sort_keys=True) for row in found)


def oracle(query: str) -> Counter[str]:
    """What Oxigraph answers by itself: it follows SERVICE to any address."""
    here = ox.Store()
    here.load(HERE, ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://g/here"))
    here.load(IN_A_GRAPH, ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://g/in"))
    found = here.query(PREFIX + query, use_default_graph_as_union="FROM" not in query)
    assert isinstance(found, ox.QuerySolutions)
    return rows((found.serialize(format=ox.QueryResultsFormat.JSON) or b"").decode())


JOINS = [
    "SELECT ?x ?name { ?x :same ?y . SERVICE <E> { ?y :name ?name } }",
    "SELECT ?x ?name { SERVICE <E> { ?y :name ?name } ?x :same ?y }",
    "SELECT * { ?x :same ?y SERVICE <E> { ?y :name ?name ; :age ?age } }",
    "SELECT ?name { SERVICE <E> { ?y :name ?name } }",
    "SELECT ?x ?name { ?x :knows ?z . OPTIONAL { ?x :same ?y . SERVICE <E> { ?y :name ?name } } }",
    "SELECT ?x ?y ?name { ?x :same ?y . OPTIONAL { SERVICE <E> { ?y :age ?age } } ?x ?p ?age2 FILTER(?x != :zzz) }",
    "SELECT ?x ?age { ?x :same ?y . OPTIONAL { SERVICE <E> { ?y :age ?age } } ?x :age ?age }",
    "SELECT ?x ?n { { ?x :name ?n } UNION { ?x :same ?y . SERVICE <E> { ?y :name ?n } } }",
    "SELECT ?x ?n { ?x :same ?y { SERVICE <E> { ?y :name ?n } } UNION { ?x :age ?n } }",
    "SELECT ?x { ?x :same ?y MINUS { SERVICE <E> { ?y :age ?age } } }",
    "SELECT ?x { ?x :same ?y FILTER EXISTS { SERVICE <E> { ?y :age ?age } } }",
    "SELECT ?x { ?x :same ?y FILTER NOT EXISTS { ?x :age 3 } SERVICE <E> { ?y :age ?age } FILTER(?age > 10) }",
    "SELECT ?x ?age { FILTER(?age > 10) ?x :same ?y SERVICE <E> { ?y :age ?age } }",
    "SELECT ?y ?n { SERVICE <E> { SELECT ?y (COUNT(?z) AS ?n) { ?y :knows ?z } GROUP BY ?y } }",
    "SELECT ?x ?y { ?x :same ?y SERVICE <E> { SELECT ?y { ?y :age ?age } ORDER BY ?age LIMIT 1 } }",
    "SELECT (COUNT(*) AS ?n) { SERVICE <E> { ?s ?p ?o } }",
    "SELECT (COUNT(?x) AS ?n) { ?x :same ?y SERVICE <E> { ?y ?p ?o } }",
    "SELECT ?p { SERVICE <E> { ?s ?p ?o } }",
    "SELECT ?x ?n FROM <http://g/in> { ?x :in ?y . SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?n FROM <http://g/in> { ?x :same ?y . SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?n FROM NAMED <http://g/in> { GRAPH ?g { ?x :in ?y } SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?n { VALUES ?y { :A :B } ?x :same ?y SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?n { { SELECT ?x ?y { ?x :same ?y } ORDER BY ?x LIMIT 2 } SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?n { { SELECT ?x ?n { ?x :same ?y SERVICE <E> { ?y :name ?n } } } ?x ?p ?o }",
    "SELECT ?x ?n ?k { ?x :same ?y SERVICE <E> { ?y :name ?n } SERVICE <E> { ?y :knows ?k } }",
    "SELECT ?x ?n { ?x :same ?y BIND(?y AS ?z) SERVICE <E> { ?z :name ?n } }",
    "SELECT ?x ?n { OPTIONAL { ?x :same ?y } SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?v { ?x :age ?v SERVICE <E> { ?s :age ?w FILTER(?w = ?v) } }",
    "SELECT ?x ?s { ?x :age ?v SERVICE <E> { ?s :age ?v } }",
    "SELECT ?x ?n { ?x :same ?y SERVICE <E> { OPTIONAL { ?y :height ?h } ?y :name ?n } }",
    "SELECT ?x ?n { ?x :same ?y SERVICE <E> { { ?y :name ?n } UNION { ?y :knows ?n } } }",
    "SELECT ?x ?n { ?x :same ?y SERVICE <E> { ?y :knows/:name ?n } }",
    "SELECT ?x ?n { ?x :same ?y SERVICE <E> { ?y :name ?n # }\n } }",
    "SELECT ?x ?n { ?x :nothing ?y SERVICE <E> { ?y :name ?n } }",
    "SELECT ?x ?n { ?x :same ?y OPTIONAL { ?x :age ?v FILTER(?v > 100) } SERVICE <E> { ?y :name ?n OPTIONAL { ?y :age ?v } } }",
    "SELECT * { { ?x :same ?y } { SERVICE <E> { ?y :name ?n } } }",
    "SELECT ?x ?m { ?x :same ?y . SERVICE SILENT <http://127.0.0.1:1/down> { ?y :name ?n } OPTIONAL { ?x :age ?m } }",
    "SELECT ?s { ?x :same [] ; :age -7 . SERVICE <E> { ?s :age 7 } }",
    "SELECT ?s ?x { ?x :age ?v SERVICE <E> { ?s :age ?v } ?x :same ?y . FILTER(?y = :D) }",
]


@pytest.mark.parametrize("query", JOINS)
def test_a_query_with_service_answers_what_oxigraph_answers(service: SparqlService, endpoint: str, query: str) -> None:
    query = query.replace("<E>", f"<{endpoint}>")
    status, text, headers = ask(service, query)
    assert status == 200, text
    assert rows(text) == oracle(query)
    assert headers["Cache-Control"] == "no-store"
    assert "ETag" not in headers


@pytest.mark.parametrize("inside", ["SERVICE <E> { ?y :name ?n }", "{ SERVICE <E> { ?y :name ?n } }"])
def test_the_graph_around_a_clause_means_nothing_elsewhere(service: SparqlService, endpoint: str, inside: str) -> None:
    """Oxigraph looks for the graph elsewhere too; by the specification a clause has the dataset of its own endpoint."""
    query = f"SELECT ?x ?g ?n {{ GRAPH ?g {{ ?x :in ?y . {inside.replace('<E>', f'<{endpoint}>')} }} }}"
    status, text, _ = ask(service, query)
    assert status == 200
    found = json.loads(text)["results"]["bindings"]
    assert {(row["x"]["value"], row["g"]["value"], row["n"]["value"][:3]) for row in found} == {
        ("http://x/a", "http://g/in", "Ann"),
        ("http://x/b", "http://g/in", "Ben"),
    }


def test_most_of_these_queries_have_an_answer(endpoint: str) -> None:
    answered = [query for query in JOINS if oracle(query.replace("<E>", f"<{endpoint}>"))]
    assert len(answered) >= len(JOINS) - 6


def test_only_what_can_be_joined_is_fetched(service: SparqlService, between: GoBetween, endpoint: str) -> None:
    ask(service, f"SELECT ?x ?name {{ ?x :same ?y . SERVICE <{endpoint}> {{ ?y :name ?name }} }}")
    (seen,) = between.seen
    assert "VALUES" in seen
    for name in ("A", "B", "D", "DD"):
        assert f"x%2F{name}%3E" in seen
    between.seen.clear()
    ask(service, f"SELECT ?x ?n {{ ?x :nothing ?y SERVICE <{endpoint}> {{ ?y :name ?n }} }}")
    assert between.seen == []


def test_construct_describe_and_ask_may_use_service_too(service: SparqlService, endpoint: str) -> None:
    where = f"{{ ?x :same ?y . SERVICE <{endpoint}> {{ ?y :name ?n }} }}"
    status, text, _ = ask(service, f"CONSTRUCT {{ ?x :called ?n }} WHERE {where}", accept="application/n-triples")
    assert (status, len(text.splitlines())) == (200, 3)
    assert json.loads(ask(service, f"ASK {where}")[1])["boolean"] is True
    assert ask(service, f"DESCRIBE ?x {where}", accept="application/n-triples")[0] == 200


def test_an_endpoint_may_be_named_by_a_prefix(service: SparqlService, endpoint: str) -> None:
    head, tail = endpoint.rsplit("/", 1)
    status, text, _ = ask(service, f"PREFIX e: <{head}/> SELECT ?n {{ SERVICE e:{tail} {{ :A :name ?n }} }}")
    assert status == 200
    assert len(rows(text)) == 1


def test_known_prefixes_need_no_declaration_elsewhere_either(service: SparqlService, endpoint: str) -> None:
    status, _, _ = ask(service, f"SELECT * {{ SERVICE <{endpoint}> {{ ?s rdfs:label ?o ; cn:place/schema:name ?p }} }}")
    assert status == 200


def test_blank_nodes_of_elsewhere_come_under_names_of_their_own(
    service: SparqlService, there: Running, endpoint: str
) -> None:
    there.update("INSERT DATA { GRAPH <http://g/blank> { [] <http://x/inside> 1 . [] <http://x/inside> 2 } }")
    try:
        status, text, _ = ask(service, f"SELECT ?s ?o {{ SERVICE <{endpoint}> {{ ?s :inside ?o }} }}")
        assert status == 200
        found = json.loads(text)["results"]["bindings"]
        assert len({row["s"]["value"] for row in found}) == 2
        assert all(row["s"]["value"].startswith("urn:kg:blank:") for row in found)
    finally:
        there.update("DROP GRAPH <http://g/blank>")


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <http://127.0.0.1:9/sparql>",
        "SERVICE SILENT <http://127.0.0.1:9/sparql>",
        "SERVICE <http://169.254.169.254/latest>",
        "SERVICE <file:///etc/passwd>",
        "SERVICE <{endpoint}/../other>",
        "SERVICE <{endpoint}?query=x>",
        "SERV\\u0049CE <{endpoint}>",
    ],
)
def test_an_endpoint_that_is_not_on_the_list_is_refused_and_not_asked(
    service: SparqlService, between: GoBetween, endpoint: str, clause: str
) -> None:
    status, text, _ = ask(service, f"SELECT * {{ {clause.replace('{endpoint}', endpoint)} {{ ?s ?p ?o }} }}")
    assert status == 403
    assert "not allowed" in text
    assert between.seen == []


def test_without_a_list_every_service_is_refused(store: Store, endpoint: str, between: GoBetween) -> None:
    closed = SparqlService(store, Config())
    assert ask(closed, f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}")[0] == 403
    assert between.seen == []


def test_service_in_an_update_is_refused(service: SparqlService, endpoint: str, between: GoBetween) -> None:
    body = f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}".encode()
    answer = service.answer(Request("POST", content_type="application/sparql-update", body=body, may_write=True))
    assert answer.status == 403
    assert between.seen == []


def test_a_variable_as_endpoint_is_refused(service: SparqlService, between: GoBetween) -> None:
    status, text, _ = ask(service, "SELECT * { ?x :same ?e SERVICE ?e { ?s ?p ?o } }")
    assert (status, "must be named" in text) == (400, True)
    assert between.seen == []


def test_service_inside_service_is_answered_by_us_and_no_endpoint_asks_a_third(
    service: SparqlService, endpoint: str, between: GoBetween
) -> None:
    inner = f"SERVICE <{endpoint}> {{ ?y :age ?age }}"
    query = f"SELECT ?x ?name ?age {{ ?x :same ?y SERVICE <{endpoint}> {{ ?y :name ?name OPTIONAL {{ {inner} }} }} }}"
    status, text, _ = ask(service, query)
    assert status == 200
    found = json.loads(text)["results"]["bindings"]
    assert {(row["name"]["value"][:2], row.get("age", {}).get("value")) for row in found} == {
        ("An", "41"),
        ("Be", "7"),
        ("Do", None),
    }
    assert len(between.seen) == 2
    assert not any("SERVICE" in seen for seen in between.seen)
    refused = query.replace(inner, inner.replace(endpoint, "http://127.0.0.1:9/sparql"))
    between.seen.clear()
    assert ask(service, refused)[0] == 403
    assert between.seen == []


def test_a_mistake_in_the_syntax_is_told_before_anybody_is_asked(
    service: SparqlService, endpoint: str, between: GoBetween
) -> None:
    for query in (
        f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p }} }}",
        f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?o }}",
        f"SELECT * {{ SERVICE <{endpoint}> }}",
        f"SELECT ?x {{ ?x nope:x ?y SERVICE <{endpoint}> {{ ?s ?p ?o }} }}",
    ):
        assert ask(service, query)[0] == 400
    assert between.seen == []


@pytest.mark.parametrize("fault", ["hangs up", "half", "500", "401", "talks nonsense"])
def test_an_endpoint_that_fails_is_named_and_silent_makes_nothing_of_it(
    service: SparqlService, between: GoBetween, endpoint: str, fault: str
) -> None:
    between.fault = fault
    clause = f"{{ ?x :same ?y SERVICE <{endpoint}> {{ ?y :name ?n }} }}"
    status, text, _ = ask(service, f"SELECT ?x ?n {clause}")
    assert status == 502
    assert endpoint in text
    silent = f"SELECT ?x ?n {clause.replace('SERVICE', 'SERVICE SILENT')}"
    status, text, _ = ask(service, silent)
    assert status == 200
    assert sum(rows(text).values()) == 4


def test_an_endpoint_that_stalls_ends_with_the_deadline_of_the_query(
    store: Store, between: GoBetween, endpoint: str
) -> None:
    between.fault = "stalls"
    service = SparqlService(store, Config(federation=endpoint, timeout_s=1))
    for silent, expected in (("", 503), ("SILENT", 200)):
        started = time.monotonic()
        status, _, _ = ask(service, f"SELECT * {{ ?x :same ?y SERVICE {silent} <{endpoint}> {{ ?s ?p ?o }} }}")
        assert time.monotonic() - started < 2.5
        assert status == expected


def test_too_many_rows_are_an_error_and_not_a_part_of_them(
    service: SparqlService, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.service.federation.MOST_ROWS", 5)
    status, text, _ = ask(service, f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}")
    assert status == 507
    assert "more than 5 rows" in text


def test_more_clauses_than_are_sensible_are_refused(service: SparqlService, endpoint: str, between: GoBetween) -> None:
    many = f"SERVICE <{endpoint}> {{ ?s ?p ?o }} " * 9
    assert ask(service, f"SELECT * {{ {many} }}")[0] == 413
    assert between.seen == []


def test_queries_that_wait_for_other_endpoints_leave_room_for_others(
    service: SparqlService, endpoint: str, between: GoBetween
) -> None:
    query = f"SELECT * {{ SERVICE <{endpoint}> {{ ?s :name ?o }} }}"
    places = service._federation._places
    for _ in range(8):
        assert places.acquire(blocking=False)
    status, text, headers = ask(service, query)
    assert (status, "Retry-After" in headers) == (503, True), text
    assert between.seen == []
    for _ in range(8):
        places.release()
    assert ask(service, query)[0] == 200


def test_the_bindings_are_sent_in_pieces_and_the_rows_are_the_same(
    service: SparqlService, endpoint: str, between: GoBetween, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.service.federation._BOUND_AT_ONCE", 1)
    query = f"SELECT ?x ?name {{ ?x :same ?y . SERVICE <{endpoint}> {{ ?y :name ?name }} }}"
    status, text, _ = ask(service, query)
    assert status == 200
    assert len(between.seen) == 4
    assert rows(text) == oracle(query)


def test_too_many_bindings_are_not_sent_along(
    service: SparqlService, endpoint: str, between: GoBetween, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.service.federation._MOST_BOUND", 2)
    query = f"SELECT ?x ?name {{ ?x :same ?y . SERVICE <{endpoint}> {{ ?y :name ?name }} }}"
    assert rows(ask(service, query)[1]) == oracle(query)
    (seen, _) = between.seen
    assert "VALUES" not in seen


def test_the_protocols_dataset_holds_for_the_rest_of_the_query(service: SparqlService, endpoint: str) -> None:
    query = f"{PREFIX}SELECT ?x ?n {{ ?x :same ?y . SERVICE <{endpoint}> {{ ?y :name ?n }} }}"
    for graph, expected in (("http://g/here", 3), ("http://g/in", 0)):
        body = f"query={_quoted(query)}&default-graph-uri={_quoted(graph)}".encode()
        answer = service.answer(Request("POST", content_type=FORM, body=body, accept=JSON))
        assert answer.status == 200
        assert sum(rows(b"".join(answer.body).decode()).values()) == expected


def _quoted(text: str) -> str:
    return quote(text, safe="")


def test_the_list_must_hold_web_addresses(store: Store) -> None:
    with pytest.raises((ConfigError, KgError), match="not an http or https address"):
        Federation(store, "file:///etc/passwd")


# --- the text ---------------------------------------------------------------------------------------------------------


def test_clauses_are_found_where_they_stand_and_nowhere_else() -> None:
    text = "SELECT * { ?s :service 'SERVICE <http://a> {' . # SERVICE <http://a> {}\n SERVICE SILENT <http://b> { ?s ?p '}' } }"
    (clause,) = clauses(text)
    assert (clause.endpoint, clause.is_silent) == ("http://b", True)
    assert text[clause.start : clause.end] == "SERVICE SILENT <http://b> { ?s ?p '}' }"
    assert clauses("SELECT * { ?s ?p ?o }") == ()


def test_only_variables_that_the_rest_speaks_of_are_fetched() -> None:
    text = "SELECT ?a { ?a ?b ?c SERVICE <http://e> { ?a ?x ?c . ?c ?y ?z } FILTER(?z > 1) }"
    assert needed(text, clauses(text)[0]) == ("a", "c", "z")
    text = "SELECT * { SERVICE <http://e> { ?a ?x ?c } }"
    assert needed(text, clauses(text)[0]) == ("a", "x", "c")


def test_nothing_is_sent_along_where_the_conclusion_would_be_wrong() -> None:
    for text in (
        "SELECT * { ?x ?p ?q SERVICE <http://e> { ?a ?b ?c } }",
        "SELECT * { ?a ?p ?q MINUS { SERVICE <http://e> { ?a ?b ?c } } }",
        "SELECT * { ?a ?p ?q { SELECT (COUNT(*) AS ?n) { SERVICE <http://e> { ?a ?b ?c } } } }",
        "SELECT * { OPTIONAL { SERVICE <http://e> { ?a ?b ?c } } ?a ?p ?q }",
    ):
        assert joined(text, clauses(text)[0]) is None, text


def test_what_is_no_term_is_never_written_into_a_query() -> None:
    assert terms_of({"type": "literal", "value": 'a"} DROP\n\\'}, "x") == '"a\\"} DROP\\n\\\\"'
    assert terms_of({"type": "literal", "value": "a", "xml:lang": "en> }"}, "x") == '"a"'
    for value in (
        {"type": "uri", "value": "http://a> } DROP"},
        {"type": "triple", "value": {}},
        {"type": "bnode", "value": "a b"},
    ):
        with pytest.raises((ValueError, KeyError)):
            terms_of(value, "x")


def test_a_resolved_query_holds_no_service_any_more(store: Store, endpoint: str) -> None:
    federation = Federation(store, endpoint)
    query = f"{PREFIX}SELECT ?n {{ SERVICE <{endpoint}> {{ :A :name ?n }} }}"
    assert federation.concerns(query)
    resolved = federation.resolve(query, Asked())
    assert not clauses(resolved)
    assert '"Anna"@en' in resolved
    with pytest.raises(QueryError, match="longer than it may"):
        federation.resolve(query, Asked(timeout_s=0))
