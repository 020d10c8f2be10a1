"""`/sparql` over HTTP: the page for browsers, the protocol for programs, updates with the token only."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph

from kg.config import Config
from kg.store import open_store
from kg.web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

SECRET = "s3cret"  # noqa: S105 - the tests' own
QUERY = "SELECT ?l WHERE { ?e a cn:IndirectFireAttack ; rdfs:label ?l }"
UPDATE = "INSERT DATA { GRAPH <http://x.example/g> { <http://x.example/s> rdfs:label 'new' } }"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}


def test_a_browser_gets_the_query_page_with_its_query_loaded(client: FlaskClient) -> None:
    assert "Query the graph" in client.get("/sparql", headers=BROWSER).text
    loaded = client.get("/sparql", query_string={"query": "ASK { ?karst ?p ?o }"}, headers=BROWSER)
    assert loaded.mimetype == "text/html"
    assert "ASK { ?karst ?p ?o }" in loaded.text


def test_programs_are_answered_by_get_and_by_both_forms_of_post(client: FlaskClient) -> None:
    json = {"Accept": "application/sparql-results+json"}
    answers = [
        client.get("/sparql", query_string={"query": QUERY}, headers=json),
        client.post("/sparql", data={"query": QUERY}, headers=json),
        client.post("/sparql", data=QUERY, content_type="application/sparql-query", headers=json),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.mimetype == "application/sparql-results+json"
        assert len(answer.get_json(force=True)["results"]["bindings"]) == 1


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("*/*", "application/sparql-results+json"),
    ],
)
def test_results_come_in_the_accepted_format(client: FlaskClient, accept: str, media: str) -> None:
    answer = client.get("/sparql", query_string={"query": QUERY}, headers={"Accept": accept})
    assert answer.mimetype == media
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_graph_query_answers_rdf(client: FlaskClient) -> None:
    answer = client.post(
        "/sparql", data={"query": "CONSTRUCT WHERE { ?s a cn:Claim }"}, headers={"Accept": "text/turtle"}
    )
    assert len(Graph().parse(data=answer.data, format="turtle")) == 5


def test_format_in_the_address_wins_also_for_browsers(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": QUERY, "format": "csv"}, headers=BROWSER)
    assert answer.mimetype == "text/csv"
    assert len(list(csv.reader(io.StringIO(answer.text)))) == 2


def test_a_query_that_does_not_parse_is_400_with_the_reason(client: FlaskClient) -> None:
    answer = client.post("/sparql", data={"query": "SELECT ?x WHERE { ?x "})
    assert answer.status_code == 400
    assert answer.text.startswith("line 1, column 22")


def test_a_wrong_content_type_is_415_and_an_impossible_format_406(client: FlaskClient) -> None:
    assert client.post("/sparql", data="x", content_type="text/plain").status_code == 415
    answer = client.get("/sparql", query_string={"query": QUERY}, headers={"Accept": "image/png"})
    assert answer.status_code == 406


def test_nothing_is_written_without_the_token(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        closed = create_app(store, Config()).test_client()
        assert closed.post("/sparql", data={"update": UPDATE}).status_code in (401, 403)
        assert closed.post("/sparql", data={"update": UPDATE}, headers={"Authorization": "Bearer "}).status_code in (
            401,
            403,
        )
        app = create_app(store, Config(token=SECRET), token=SECRET).test_client()
        assert app.post("/sparql", data={"update": UPDATE}).status_code in (401, 403)
        wrong = app.post("/sparql", data={"update": UPDATE}, headers={"Authorization": "Bearer s3cre"})
        assert wrong.status_code in (401, 403)
        assert len(store) == 0
        right = app.post("/sparql", data={"update": UPDATE}, headers={"Authorization": "Bearer s3cret"})
        assert right.status_code in (200, 204)
        assert len(store) == 1


def test_service_and_load_are_refused(client: FlaskClient) -> None:
    for query in ("SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",):
        assert client.post("/sparql", data={"query": query}).status_code in (400, 403)


def test_graphs_are_read_by_anybody_and_written_with_the_token_only(tmp_path: Path) -> None:
    triple = b"<http://x.example/s> <http://x.example/p> 1 .\n"
    key = {"Authorization": f"Bearer {SECRET}"}
    with open_store(tmp_path / "store") as store:
        app = create_app(store, Config(token=SECRET), token=SECRET).test_client()
        for address in ("/graphs?graph=http%3A%2F%2Fx.example%2Fg", "/graph/mine"):
            assert app.put(address, data=triple, content_type="text/turtle").status_code in (401, 403)
            assert app.get(address, headers={"Accept": "text/turtle"}).status_code == 404
            assert app.put(address, data=triple, content_type="text/turtle", headers=key).status_code == 201
            assert b"x.example/p" in app.get(address, headers={"Accept": "text/turtle"}).data
            assert app.delete(address, headers=key).status_code in (200, 204)
            assert app.get(address, headers={"Accept": "text/turtle"}).status_code == 404
