"""The W3C's recorded exchanges (protocol, graph store, service description), put to the services as plain requests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, Graph, Namespace

from kg.config import Config
from kg.service.exchange import Answer, Request
from kg.service.graph_store import GraphStoreService
from kg.service.sparql import SparqlService
from kg.store import open_store

from ..running import TOKEN, serving  # noqa: TID252 - tests are no package with a name
from .compare import same_quads
from .suites import BASE, MF, ROOT, UT, path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rdflib.term import Node

    from kg.store import Store

    from ..running import Running  # noqa: TID252

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
SITE = "http://www.example/"
MANIFESTS = {
    "protocol": "protocol/manifest.ttl",
    "graph store": "graph-store-protocol/manifest-indirect.ttl",
    "graph store, direct": "graph-store-protocol/manifest-direct.ttl",
}
LEAST = {"protocol": 34, "graph store": 9, "graph store, direct": 4}
STATUS = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
# the properties of the vocabulary (SPARQL 1.1 Service Description, section 3.4)
SD_PROPERTIES = frozenset(
    "endpoint feature defaultEntailmentRegime entailmentRegime defaultSupportedEntailmentProfile supportedEntailmentProfile "
    "extensionFunction extensionAggregate languageExtension supportedLanguage propertyFeature defaultDataset "
    "availableGraphs resultFormat inputFormat defaultGraph namedGraph name graph".split()
)
FORMATS = {
    "boolean": "application/sparql-results+json",
    "tabular": "application/sparql-results+json",
    "RDF": "text/turtle",
}


@dataclass(frozen=True)
class Exchange:
    """One test: requests in their order, each with what must come back."""

    name: str
    graph: Graph
    node: Node

    def steps(self) -> list[Node]:
        action = self.graph.value(self.node, MF.action)
        return list(self.graph.items(self.graph.value(action, HT.requests)))


@cache
def exchanges() -> tuple[Exchange, ...]:
    found = []
    for suite, file in MANIFESTS.items():
        if (ROOT / file).is_file():
            graph = Graph().parse(ROOT / file, format="turtle", publicID=f"{BASE}{file}")
            manifest = graph.value(predicate=RDF.type, object=MF.Manifest)
            entries = graph.items(graph.value(manifest, MF.entries))
            found += [Exchange(f"{suite}: {str(entry).rpartition('#')[2]}", graph, entry) for entry in entries]
    return tuple(found)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("protocols") / "store"
    with open_store(folder, base=SITE, config=Config(readers=1)) as opened:
        yield opened


def test_the_recorded_exchanges_are_there(shared: Path) -> None:
    assert (shared / "w3c-tests").is_dir()
    for suite, least in LEAST.items():
        assert sum(exchange.name.startswith(f"{suite}:") for exchange in exchanges()) == least


@pytest.mark.parametrize("exchange", exchanges(), ids=lambda exchange: exchange.name)
def test_an_exchange(exchange: Exchange, store: Store) -> None:
    store.update("DROP ALL")
    graph = exchange.graph
    for data in graph.objects(exchange.node, UT.graphData):
        file = path(str(graph.value(data, UT.graph)))
        store.load_graph(str(graph.value(data, RDFS.label)), file.read_bytes(), media_type="application/n-triples")
    config = Config(timeout_s=10)
    services = SparqlService(store, config), GraphStoreService(store, config, path="/gsp")
    location = ""
    for step in exchange.steps():
        request = _request(graph, step, location)
        service = services[0] if request.path.startswith("/sparql") else services[1]
        answer = service.answer(request)
        _check(graph, graph.value(step, HT.resp), answer)
        location = dict(answer.headers).get("Location", location)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("protocols-over-http") / "store"
    with open_store(folder, base=SITE):
        pass
    with serving(folder, readers=1) as running:
        yield running


@pytest.mark.parametrize("exchange", exchanges(), ids=lambda exchange: exchange.name)
def test_an_exchange_over_http(exchange: Exchange, server: Running) -> None:
    """The same against the real server, which has its own addresses: `/sparql`, `/graphs`, and `/graph/…` directly."""
    server.update("DROP ALL")
    graph = exchange.graph
    for data in graph.objects(exchange.node, UT.graphData):
        body = path(str(graph.value(data, UT.graph))).read_bytes()
        where = f"/graphs?graph={quote(str(graph.value(data, RDFS.label)), safe='')}"
        reply = server.send("PUT", where, body=body, headers={"Content-Type": "application/n-triples"}, token=TOKEN)
        assert reply.status in (201, 204)
    location = ""
    for step in exchange.steps():
        request = _request(graph, step, location)
        where = _own_address(request.path) + (f"?{request.query_string}" if request.query_string else "")
        headers = {"Content-Type": request.content_type, "Accept": request.accept}
        reply = server.send(
            request.method,
            where,
            body=request.body or None,
            headers={name: value for name, value in headers.items() if value},
            token=TOKEN,
        )
        named = {name.title(): value for name, value in reply.headers.items()}
        _check(graph, graph.value(step, HT.resp), Answer(reply.status, tuple(named.items()), (reply.body,)))
        location = named.get("Location", location)


def _own_address(recorded: str) -> str:
    if recorded.startswith("/gsp/"):
        return recorded.replace("/gsp/", "/graph/", 1)
    return {"/sparql/": "/sparql", "/gsp": "/graphs"}.get(recorded, recorded)


def test_the_service_description_over_http_is_about_the_service_and_its_graphs(server: Running) -> None:
    """The three tests of the suite against the real server: RDF comes back, fits the schema, names one endpoint."""
    server.update("DROP ALL ; INSERT DATA { GRAPH <http://www.example/g> { <x:a> <x:b> 1 } }")
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    for accept, form in (("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")):
        reply = server.send("GET", "/sparql", headers={"Accept": accept})
        assert reply.status == 200
        assert reply.media_type == accept
        graph = Graph().parse(data=reply.body, format=form)
        (service,) = graph.subjects(RDF.type, sd.Service)
        assert len(list(graph.objects(service, sd.endpoint))) == 1
        for property_ in graph.predicates():
            assert not str(property_).startswith(str(sd)) or str(property_).rpartition("#")[2] in SD_PROPERTIES
        names = {str(name) for name in graph.objects(None, sd.name)}
        assert names == {"http://www.example/g"}


def _request(graph: Graph, step: Node, location: str) -> Request:
    address = urlsplit(str(graph.value(step, HT.absolutePath)).replace("$LOCATION$", quote(location, safe="")))
    headers = _headers(graph, step)
    body = graph.value(step, HT.body)
    encoding = str(graph.value(body, CNT.characterEncoding) or "utf-8")
    text = str(graph.value(body, CNT.chars) or "")
    if headers.get("content-type", "").startswith("multipart/"):
        text = "\r\n".join(line.strip() for line in text.strip().splitlines())
    return Request(
        str(graph.value(step, HT.methodName)),
        address.query,
        content_type=headers.get("content-type", ""),
        body=text.encode(encoding),
        accept=headers.get("accept", ""),
        path=address.path,
        may_write=True,
    )


def _headers(graph: Graph, node: Node | None) -> dict[str, str]:
    return {
        str(graph.value(header, HT.fieldName)).lower(): str(graph.value(header, HT.fieldValue))
        for each in graph.objects(node, HT.headers)
        for header in graph.items(each)
    }


def _check(graph: Graph, expected: Node | None, answer: Answer) -> None:
    body = b"".join(answer.body)
    names = [
        str(status).rpartition("#")[2].removeprefix("StatusCode")
        for status in graph.objects(expected, MF.expectedStatus)
    ]
    assert names
    found = str(answer.status)
    assert any(found == STATUS.get(name, name) or (name.endswith("xx") and found[0] == name[0]) for name in names), (
        names,
        found,
        body,
    )
    headers = dict(answer.headers)
    kind = headers.get("Content-Type", "").partition(";")[0]
    if (form := graph.value(expected, MF.expectedFormat)) is not None:
        assert kind == FORMATS[str(form)]
    if (boolean := graph.value(expected, MF.expectedBoolean)) is not None:
        assert json.loads(body)["boolean"] is boolean.toPython()
    if (wanted := _headers(graph, expected).get("content-type")) is not None:
        assert kind == wanted.partition(";")[0]
    chars = graph.value(graph.value(expected, HT.body), CNT.chars)
    if chars is not None:
        turtle = ox.RdfFormat.TURTLE
        assert same_quads(
            list(ox.parse(str(chars), format=turtle, base_iri=SITE)), list(ox.parse(body, format=turtle, base_iri=SITE))
        ), body


def test_the_service_description_is_rdf_about_a_service_and_its_endpoint(store: Store) -> None:
    """The three tests of the suite, which it states in words: RDF is returned, conforms to the schema, has an endpoint."""
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    answer = SparqlService(store, Config()).answer(Request("GET", accept="application/rdf+xml"))
    assert answer.status == 200
    graph = Graph().parse(data=b"".join(answer.body), format="xml")
    service = graph.value(predicate=RDF.type, object=sd.Service)
    assert service is not None
    assert len(list(graph.objects(service, sd.endpoint))) == 1
    assert graph.value(service, sd.defaultDataset) is not None


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("mf:expectedStatus hts:OK", Answer(404)),
        ("mf:expectedStatus hts:StatusCode4xx", Answer(200)),
        ("mf:expectedStatus hts:OK ; mf:expectedBoolean true", Answer(200, (), (b'{"boolean": false}',))),
        ('mf:expectedStatus hts:OK ; mf:expectedFormat "RDF"', Answer(200, (("Content-Type", "text/csv"),))),
        ('mf:expectedStatus hts:OK ; ht:body [ cnt:chars "<x:a> <x:b> 1 ." ]', Answer(200, (), (b"<x:a> <x:b> 2 .",))),
    ],
)
def test_an_answer_that_is_wrong_is_noticed(expected: str, answer: Answer) -> None:
    prefixes = f"PREFIX mf: <{MF}> PREFIX ht: <{HT}> PREFIX cnt: <{CNT}> PREFIX hts: <http://www.w3.org/2011/http-statusCodes#>"
    graph = Graph().parse(data=f"{prefixes} <x:expected> {expected} .", format="turtle")
    with pytest.raises(AssertionError):
        _check(graph, next(graph.subjects(MF.expectedStatus)), answer)
