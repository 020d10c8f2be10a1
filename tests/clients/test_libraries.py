"""Clients that people use, against the running server: rdflib's stores, SPARQLWrapper, requests, curl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import requests
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, Unauthorized

from ..running import TOKEN, serving  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..running import Running  # noqa: TID252

X = "http://x.example/"
COUNT = URIRef(f"{X}count")
SELECT = "SELECT ?s ?n ?place WHERE { ?s <http://x.example/count> ?n OPTIONAL { ?s <http://x.example/wkt> ?place } } ORDER BY ?n"
CONSTRUCT = "CONSTRUCT WHERE { ?s <http://x.example/count> ?n }"
READER = "who reads"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

SELECT_ACCEPTS = [
    ("", "application/sparql-results+json"),
    ("*/*", "application/sparql-results+json"),
    ("application/sparql-results+json", "application/sparql-results+json"),
    ("application/json", "application/sparql-results+json"),
    ("application/sparql-results+xml", "application/sparql-results+xml"),
    ("application/xml", "application/sparql-results+xml"),
    ("text/csv", "text/csv"),
    ("text/tab-separated-values", "text/tab-separated-values"),
    ("application/geo+json", "application/geo+json"),
    ("text/*", "text/csv"),
    ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
    ("text/csv;q=0.9, application/sparql-results+xml;q=0.2", "text/csv"),
    ("text/turtle, text/csv;q=0.1", "text/csv"),
    ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
    ("TEXT/CSV ; Q=1.0", "text/csv"),
]
GRAPH_ACCEPTS = [
    ("", "text/turtle"),
    ("*/*", "text/turtle"),
    ("text/turtle", "text/turtle"),
    ("application/n-triples", "application/n-triples"),
    ("application/n-quads", "application/n-quads"),
    ("application/trig", "application/trig"),
    ("application/ld+json", "application/ld+json"),
    ("application/json", "application/ld+json"),
    ("application/rdf+xml", "application/rdf+xml"),
    ("text/n3", "text/turtle"),
    ("application/rdf+xml;q=0.3, application/n-triples;q=0.8", "application/n-triples"),
    ("text/turtle;q=0, */*;q=0.1", "application/n-triples"),
]


def test_rdflibs_store_reads(server: Running) -> None:
    graph = Graph(SPARQLStore(f"{server.address}/sparql"))
    assert [int(str(row[1])) for row in graph.query(SELECT)] == [3, 4, 5]
    assert (URIRef(f"{X}a"), COUNT, Literal(3)) in graph
    assert graph.value(URIRef(f"{X}b"), COUNT) == Literal(4)
    assert bool(graph.query("ASK { ?s <http://x.example/count> 5 }"))
    assert len(graph.query(CONSTRUCT).graph or ()) == 3
    named = Graph(SPARQLStore(f"{server.address}/sparql", context_aware=True), URIRef(f"{X}g"))
    assert {int(str(value)) for value in named.objects(None, COUNT)} == {4, 5}


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflibs_store_reads_by_every_method(server: Running, method: str) -> None:
    graph = Graph(SPARQLStore(f"{server.address}/sparql", method=method))
    assert len(list(graph.query(SELECT))) == 3


def test_rdflibs_update_store_writes_with_the_token_and_not_without(server: Running) -> None:
    address = f"{server.address}/sparql"
    store = SPARQLUpdateStore(address, address, headers=BEARER, autocommit=True)
    name = URIRef(f"{X}written")
    graph = Dataset(store).graph(name)
    graph.add((name, COUNT, Literal(7)))
    assert (name, COUNT, Literal(7)) in graph
    graph.update("INSERT DATA { <http://x.example/written> <http://x.example/count> 8 }")
    assert {int(str(value)) for value in graph.objects(name, COUNT)} == {7, 8}
    graph.remove((name, COUNT, None))
    assert len(list(graph.objects(name, COUNT))) == 0
    store.remove_graph(graph)
    stranger = Dataset(SPARQLUpdateStore(address, address, autocommit=True))
    with pytest.raises(Exception, match="401"):
        stranger.update("INSERT DATA { <http://x.example/b> <http://x.example/c> 1 }")


@pytest.mark.parametrize(("asked", "kind"), [(JSON, dict), (XML, object), (CSV, bytes), (TSV, bytes)])
def test_sparqlwrapper_selects_in_every_format(server: Running, asked: str, kind: type) -> None:
    wrapper = SPARQLWrapper(f"{server.address}/sparql", returnFormat=asked)
    wrapper.setQuery(SELECT)
    found = wrapper.queryAndConvert()
    assert isinstance(found, kind)
    if asked == JSON:
        assert [int(row["n"]["value"]) for row in found["results"]["bindings"]] == [3, 4, 5]


@pytest.mark.parametrize("asked", [TURTLE, N3, RDFXML])
def test_sparqlwrapper_constructs(server: Running, asked: str) -> None:
    wrapper = SPARQLWrapper(f"{server.address}/sparql", returnFormat=asked)
    wrapper.setQuery(CONSTRUCT)
    found = wrapper.queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert len(graph) == 3


def test_sparqlwrapper_updates_with_the_token_and_reports_what_does_not_parse(server: Running) -> None:
    wrapper = SPARQLWrapper(f"{server.address}/sparql")
    wrapper.setMethod(POST)
    wrapper.addCustomHttpHeader("Authorization", BEARER["Authorization"])
    wrapper.setQuery("INSERT DATA { GRAPH <http://x.example/w> { <http://x.example/w> <http://x.example/c> 1 } }")
    wrapper.query()
    wrapper.setQuery("DROP GRAPH <http://x.example/w>")
    wrapper.query()
    wrapper.setQuery("SELECT * {")
    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapper.query()


@pytest.mark.parametrize(
    ("query", "accept", "wanted"),
    [(SELECT, *each) for each in SELECT_ACCEPTS] + [(CONSTRUCT, *each) for each in GRAPH_ACCEPTS],
)
def test_requests_gets_what_it_accepts(server: Running, query: str, accept: str, wanted: str) -> None:
    answer = requests.get(f"{server.address}/sparql", {"query": query}, headers={"Accept": accept or None}, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == wanted
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in answer.headers["Vary"]
    again = {"Accept": accept or None, "If-None-Match": answer.headers["ETag"]}
    assert requests.get(f"{server.address}/sparql", {"query": query}, headers=again, timeout=10).status_code == 304


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "text/html;q=0, image/*", "*/*;q=0", "nonsense"])
def test_requests_is_told_what_cannot_be_had(server: Running, accept: str) -> None:
    answer = requests.get(f"{server.address}/sparql", {"query": SELECT}, headers={"Accept": accept}, timeout=10)
    assert answer.status_code == 406


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv", "geojson", "srj", "text/csv"])
def test_a_link_may_name_its_format(server: Running, name: str) -> None:
    answer = requests.get(f"{server.address}/sparql", {"query": SELECT, "format": name}, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0].rpartition("/")[2]


def curl(*arguments: str) -> str:
    command = shutil.which("curl")
    if command is None and os.environ.get("CI") == "true":
        pytest.fail("CI=true, but curl is not installed")
    if command is None:
        pytest.skip("curl is not installed")
    return subprocess.run(
        [command, "-sS", "--max-time", "10", *arguments], capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize(
    ("query", "accept", "wanted"),
    [(SELECT, *each) for each in SELECT_ACCEPTS] + [(CONSTRUCT, *each) for each in GRAPH_ACCEPTS],
)
def test_curl_gets_what_it_accepts_by_every_method(server: Running, query: str, accept: str, wanted: str) -> None:
    address = f"{server.address}/sparql"
    header = ("-H", f"Accept: {accept}" if accept else "Accept;")
    only_kind = ("-o", "/dev/null", "-w", "%{http_code} %{content_type}")
    kind = "Content-Type: application/sparql-query"
    asked = [("-G", "--data-urlencode", f"query={query}"), ("--data-urlencode", f"query={query}")]
    asked += [("-H", kind, "--data-binary", query), ("--compressed", "-G", "--data-urlencode", f"query={query}")]
    for arguments in asked:
        assert curl(*header, *only_kind, *arguments, address).partition(";")[0] == f"200 {wanted}"


@pytest.mark.parametrize(
    ("accept", "start"),
    [
        ("text/csv", "s,n,place"),
        ("text/tab-separated-values", "?s\t?n\t?place"),
        ("application/sparql-results+xml", "<?xml"),
        ("application/sparql-results+json", '{"head"'),
        ("application/geo+json", '{"type":"FeatureCollection"'),
    ],
)
def test_curl_reads_the_same_packed_and_plain(server: Running, accept: str, start: str) -> None:
    asked = ("-G", "-H", f"Accept: {accept}", "--data-urlencode", f"query={SELECT}", f"{server.address}/sparql")
    assert curl(*asked).startswith(start)
    assert curl("--compressed", *asked) == curl(*asked)


def test_curl_writes_and_reads_graphs(server: Running) -> None:
    graph = f"{server.address}/graphs?graph={quote(f'{X}curl', safe='')}"
    status = ("-o", "/dev/null", "-w", "%{http_code}")
    turtle = ("-H", "Content-Type: text/turtle", "--data-binary", "<http://x.example/s> <http://x.example/p> 'ü' .")
    bearer = ("-H", f"Authorization: Bearer {TOKEN}")
    assert curl(*status, "-X", "PUT", *turtle, graph) == "401"
    assert curl(*status, "-X", "PUT", *turtle, *bearer, graph) == "201"
    assert curl(*status, "-X", "PUT", *turtle, *bearer, graph) == "204"
    assert "ü" in curl("-H", "Accept: application/n-triples", graph)
    assert curl("-I", *status, graph) == "200"
    assert curl(*status, "-X", "DELETE", *bearer, graph) == "204"
    assert curl(*status, graph) == "404"


def test_geojson_and_csv_hold_what_was_stored(server: Running) -> None:
    query = "SELECT ?s ?wkt { ?s <http://x.example/wkt> ?wkt }"
    collection = json.loads(server.query(query, accept="application/geo+json").body)
    assert collection["features"][0]["geometry"]["coordinates"] == [44.4, 33.3]
    label = server.query("SELECT ?l { <http://x.example/b> rdfs:label ?l }", accept="text/csv").text
    assert label.splitlines()[1] == '"comma, ""quote"""'


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that only the holders of a token may read."""
    folder = tmp_path_factory.mktemp("closed") / "store"
    with serving(folder, readers=1, read_token=READER) as running:
        running.update("INSERT DATA { <http://x.example/a> <http://x.example/count> 3 , 4 , 5 }")
        yield running


def test_clients_read_a_closed_server_each_in_its_own_way(closed: Running) -> None:
    address = f"{closed.address}/sparql"
    assert len(Graph(SPARQLStore(address, auth=("anybody", READER))).query(SELECT)) == 3
    assert len(Graph(SPARQLStore(address, headers={"Authorization": f"Bearer {READER}"})).query(SELECT)) == 3
    wrapper = SPARQLWrapper(address, returnFormat=JSON)
    wrapper.setCredentials("anybody", READER)
    wrapper.setQuery(SELECT)
    assert len(wrapper.queryAndConvert()["results"]["bindings"]) == 3
    ask = ("-G", "--data-urlencode", f"query={SELECT}", "-H", "Accept: text/csv", address)
    assert len(curl("-u", f"anybody:{READER}", *ask).splitlines()) == 4
    assert len(curl("--oauth2-bearer", READER, *ask).splitlines()) == 4


def test_clients_without_the_token_read_nothing_from_a_closed_server(closed: Running) -> None:
    address = f"{closed.address}/sparql"
    with pytest.raises(Exception, match="wrong formulating"):  # rdflib says this of every refusal
        Graph(SPARQLStore(address)).query(SELECT)
    wrapper = SPARQLWrapper(address, returnFormat=JSON)
    wrapper.setQuery(SELECT)
    with pytest.raises(Unauthorized):
        wrapper.query()
    assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{closed.address}/graphs?default") == "401"
    assert closed.send("GET", "/healthz").status == 200
