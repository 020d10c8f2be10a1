"""Where endpoints of other makes answer is found by their usual layout: a go-between has their paths, Oxigraph stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import StoreError
from kg.iris import Iris
from kg.store import open_store

from ..endpoints import GoBetween, oxigraph  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import Contribution

    from ..endpoints import Elsewhere  # noqa: TID252

IRIS = Iris()
LAYOUTS = {
    "Oxigraph": ("", {"/query": "/query", "/update": "/update", "/store": "/store"}),
    "Fuseki by its data set": (
        "ds",
        {"/ds/query": "/query", "/ds/sparql": "/query", "/ds/update": "/update", "/ds/data": "/store"},
    ),
    "Fuseki by its query address": (
        "ds/query",
        {"/ds/query": "/query", "/ds/update": "/update", "/ds/data": "/store"},
    ),
    "Fuseki by its data set alone": ("ds", {"/ds": "/query", "/ds/update": "/update", "/ds/data": "/store"}),
    "GraphDB and RDF4J": (
        "repositories/news",
        {
            "/repositories/news": "/query",
            "/repositories/news/statements": "/update",
            "/repositories/news/rdf-graphs/service": "/store",
        },
    ),
    "Virtuoso that lets everybody write": (
        "",
        {"/sparql": "/query", "/sparql-auth": "/update", "/sparql-graph-crud-auth": "/store"},
    ),
    "a server without a graph store": ("sparql", {"/sparql": "/query", "/update": "/update"}),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        yield running


@pytest.fixture
def between(server: Elsewhere) -> Iterator[GoBetween]:
    found = GoBetween(server.address)
    yield found
    found.close()
    with open_store(server.address) as store:
        store.update("DROP ALL")


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_usual_places_of_an_endpoint_are_found(
    between: GoBetween, name: str, make: Callable[..., Contribution]
) -> None:
    path, between.paths = LAYOUTS[name]
    with open_store(f"{between.address}{path}", config=Config(remote_timeout_s=10)) as store:
        store.put(make(1, "Q1"))
        store.replace_graph(IRIS.graph("ontology"), b'<http://a> <http://b> "c" .\n')
        assert store.fingerprints() == {IRIS.article(f"{1:016x}"): "one-1"}
        assert store.ask("ASK { ?a cn:mentions ?e . ?e rdfs:label ?name }")
        assert store.has_graph(IRIS.graph("ontology"))
    wrote = [seen for seen in between.seen if seen.startswith("PUT") and "ontology" in seen]
    assert bool(wrote) == any("store" in real for real in between.paths.values())


@pytest.mark.parametrize("union", ["urn%3Ax-arq%3AUnionGraph", "tag%3Astardog%3Aapi%3Acontext%3Aall"])
def test_the_union_of_all_graphs_is_asked_for_by_the_name_that_an_engine_knows(
    between: GoBetween, union: str, make: Callable[..., Contribution]
) -> None:
    between.without = "union-default-graph"
    between.exchanged = {f"default-graph-uri={union}": "union-default-graph=true"}
    between.exchanged["&named-graph-uri=tag%3Astardog%3Aapi%3Acontext%3Anamed"] = ""
    with open_store(between.address, config=Config(remote_timeout_s=10)) as store:
        store.put(make(1, "Q1"))
        assert store.ask("ASK { ?a cn:mentions ?e . ?e rdfs:label ?name . GRAPH ?g { ?e rdfs:label ?name } }")
    # the go-between notes what it passes on: the name was understood, and no graph was named one by one
    assert any("union-default-graph=true" in seen for seen in between.seen)
    assert not any("default-graph-uri=http" in seen for seen in between.seen)


def test_an_endpoint_that_takes_no_updates_is_read_and_says_so_when_it_is_written(
    between: GoBetween, make: Callable[..., Contribution]
) -> None:
    between.paths = {"/sparql": "/query"}
    with open_store(between.address, config=Config(remote_timeout_s=10), create=False) as store:
        assert store.ask("ASK {}")
        with pytest.raises(StoreError, match=r"takes updates \(tried .*KG_REMOTE_UPDATE"):
            store.put(make(1))
