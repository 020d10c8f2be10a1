"""Linked data: redirects by Accept, every format of every kind of thing, graphs, description, dumps."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from rdflib import XSD, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.store import Store
    from tests.web.conftest import Links

FORMATS = {
    "ttl": ("text/turtle", "turtle"),
    "nt": ("application/n-triples", "nt"),
    "jsonld": ("application/ld+json", "json-ld"),
    "rdf": ("application/rdf+xml", "xml"),
    "trig": ("application/trig", "trig"),
    "nq": ("application/n-quads", "nquads"),
}
KINDS = ("article", "event", "claim", "entity", "count")


def parsed(data: bytes, form: str) -> Graph:
    graph = Dataset(default_union=True) if form in ("trig", "nquads") else Graph()
    graph.parse(data=data, format=form)
    flat = Graph()
    for subject, predicate, value in graph.triples((None, None, None)):
        # Turtle writes the decimal 1 as 1.0: the same value in other letters
        same = Literal(value.toPython().normalize()) if getattr(value, "datatype", None) == XSD.decimal else value
        flat.add((subject, predicate, same))
    return flat


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("", "/page/{}"),
        ("*/*", "/page/{}"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "/page/{}"),
        ("text/turtle", "/data/{}.ttl"),
        ("text/html;q=0.3, application/rdf+xml;q=0.9", "/data/{}.rdf"),
        ("application/ld+json, text/html;q=0.9", "/data/{}.jsonld"),
        ("application/n-triples", "/data/{}.nt"),
    ],
)
def test_a_thing_redirects_to_the_page_or_the_data_by_what_is_accepted(
    client: FlaskClient, links: Links, accept: str, target: str
) -> None:
    answer = client.get(f"/id/{links.event}", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(target.format(links.event))
    assert "Accept" in answer.headers["Vary"]


def test_a_format_that_nobody_has_is_406(client: FlaskClient, links: Links) -> None:
    assert client.get(f"/id/{links.event}", headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"/data/{links.event}", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_of_a_thing_holds_the_same_triples(client: FlaskClient, links: Links, kind: str) -> None:
    path = getattr(links, kind)
    graphs = []
    for suffix, (media, form) in FORMATS.items():
        answer = client.get(f"/data/{path}.{suffix}")
        assert answer.status_code == 200
        assert answer.mimetype == media
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        graphs.append(parsed(answer.data, form))
    assert len(graphs[0]) > 3
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_of_a_thing_are_statements_of_the_store(
    client: FlaskClient, newsroom: Store, links: Links, kind: str
) -> None:
    path = getattr(links, kind)
    graph = parsed(client.get(f"/data/{path}.nt").data, "nt")
    node = URIRef(f"{newsroom.base}id/{path}")
    assert (node, None, None) in graph
    for triple in Graph().parse(data=client.get(f"/data/{path}.nt").data, format="nt"):
        bound = dict(zip("spo", triple, strict=True))
        assert newsroom.ask("ASK { ?s ?p ?o }", substitutions=bound) or _is_label_of_another(triple)


def _is_label_of_another(triple: tuple[object, object, object]) -> bool:
    return str(triple[1]) == "http://www.w3.org/2000/01/rdf-schema#label"  # names of what a thing points to


def test_a_suffix_of_html_leads_to_the_page(client: FlaskClient, links: Links) -> None:
    assert client.get(f"/data/{links.event}.html").headers["Location"].endswith(f"/page/{links.event}")
    assert client.get(f"/page/{links.event}.html").headers["Location"].endswith(f"/page/{links.event}")


def test_unknown_things_are_404(client: FlaskClient) -> None:
    assert client.get("/data/event/none.ttl").status_code == 404
    assert client.get("/graph/none", headers={"Accept": "text/turtle"}).status_code == 404


def test_a_named_graph_comes_whole(client: FlaskClient, newsroom: Store, links: Links) -> None:
    name = links.article.rpartition("/")[2]
    answer = client.get(f"/graph/article/{name}.nt")
    expected = newsroom.select(
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
        substitutions={"g": URIRef(newsroom.iris.article_graph(name))},
    )
    assert len(parsed(answer.data, "nt")) == int(str(next(iter(expected))["n"]))


def test_the_ontology_is_a_page_and_a_graph(client: FlaskClient) -> None:
    answer = client.get("/ontology", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert answer.mimetype == "text/turtle"
    assert len(parsed(answer.data, "turtle")) > 300


@pytest.mark.parametrize("path", ["/void.ttl", "/.well-known/void"])
def test_the_dataset_is_described(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "*/*"})
    assert answer.mimetype == "text/turtle"
    graph = parsed(answer.data, "turtle")
    assert (None, URIRef("http://rdfs.org/ns/void#sparqlEndpoint"), None) in graph


def test_a_dump_holds_the_store_and_one_without_texts_does_not_hold_them(client: FlaskClient, newsroom: Store) -> None:
    whole = gzip.decompress(client.get("/dump/graph.nq.gz").data).decode()
    assert len(whole.splitlines()) == len(newsroom)
    without = gzip.decompress(client.get("/dump/graph-without-text.nq.gz").data).decode()
    assert 0 < len(without.splitlines()) < len(whole.splitlines())
    assert newsroom.iris.graph("text") not in without
    assert client.get("/dump/secret.nq.gz").status_code == 404
    assert client.get("/dump/graph.exe.gz").status_code == 404


def test_preflight_requests_of_browsers_are_answered(client: FlaskClient) -> None:
    answer = client.options("/sparql", headers={"Origin": "http://x.example", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unchanged_document_is_not_sent_again(client: FlaskClient, links: Links) -> None:
    first = client.get(f"/data/{links.event}.ttl")
    again = client.get(f"/data/{links.event}.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_data_and_graphs_name_the_address_of_the_chosen_format(client: FlaskClient, links: Links) -> None:
    turtle = {"Accept": "text/turtle"}
    answer = client.get(f"/data/{links.event}", headers=turtle)
    assert answer.headers["Content-Location"] == f"/data/{links.event}.ttl"
    assert client.get(answer.headers["Content-Location"]).data == answer.data
    graph = client.get("/graph/ontology", headers=turtle)
    assert graph.headers["Content-Location"] == "/graph/ontology.ttl"
    assert client.get("/graph/ontology.ttl").data == graph.data
    assert not graph.headers["ETag"].startswith("W/")
