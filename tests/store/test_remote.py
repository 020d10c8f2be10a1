"""A store behind an endpoint is what a store in a folder is: against a real Oxigraph, a real Virtuoso and our own server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Literal, URIRef

from kg.errors import ConfigError, QueryError, StoreError
from kg.iris import Iris
from kg.store import open_store

from ..endpoints import SERVERS, GoBetween, virtuoso  # noqa: TID252 - tests are no package with a name
from .test_store import (  # noqa: F401 - what holds for a store in a folder is run here against endpoints
    test_a_contribution_that_is_no_rdf_changes_nothing,
    test_a_country_stays_while_a_kept_town_lies_in_it,
    test_an_article_that_was_put_is_found_with_its_text_and_its_entities,
    test_an_entity_that_an_article_no_longer_names_goes,
    test_putting_an_article_again_replaces_all_of_it,
    test_removing_an_article_leaves_what_others_name_and_nothing_else,
    test_removing_an_unknown_article_says_so,
    test_words_with_quotes_and_escapes_come_back_as_they_were,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.model import Contribution
    from kg.store import Store

    from ..endpoints import Elsewhere  # noqa: TID252

    Make = Callable[..., Contribution]

IRIS = Iris()
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module", params=list(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def elsewhere(server: Elsewhere) -> Iterator[Elsewhere]:
    """A server with nothing of ours in it, and nothing of a test's."""
    yield server
    with open_store(server.address, config=server.config) as store:
        for graph in {str(row["g"]) for row in store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}:
            if "openlinksw" not in graph and "w3.org" not in graph and "localuri" not in graph:
                store.drop_graph(graph)
        if server.name != "virtuoso":
            store.update("DROP DEFAULT")


class _Uncounted:
    """A store that does not count the one triple by which it knows itself again, so that it counts like one in a folder."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def __len__(self) -> int:
        marks = self._store.select("SELECT ?d { GRAPH ?g { ?d <http://rdfs.org/ns/void#uriSpace> ?space } }")
        return len(self._store) - len(marks)


@pytest.fixture
def remote(elsewhere: Elsewhere) -> Iterator[Store]:
    with open_store(elsewhere.address, config=elsewhere.config) as opened:
        opened.drop_graph(opened.iris.graph("ontology"))
        opened.replace_graph(
            opened.iris.graph("void"),
            f'<{opened.base}.well-known/void#dataset> <http://rdfs.org/ns/void#uriSpace> "{opened.base}id/" .\n'.encode(),
        )
        yield opened


@pytest.fixture
def store(remote: Store) -> _Uncounted:
    return _Uncounted(remote)


def test_a_store_knows_its_base_when_it_is_opened_again(elsewhere: Elsewhere) -> None:
    base = "http://news.example/" if elsewhere.name != "own" else None
    with open_store(elsewhere.address, base=base, config=elsewhere.config) as store:
        graph = store.iris.graph("entities")
        store.replace_graph(graph, b'<http://a> <http://b> "c" .\n')
    with open_store(elsewhere.address, config=elsewhere.config, create=False) as store:
        assert store.iris.graph("entities") == graph
        assert len(store) >= 2
    with pytest.raises(StoreError, match="cannot be changed"):
        open_store(elsewhere.address, base="http://other.example/", config=elsewhere.config)


def test_to_ask_writes_nothing(elsewhere: Elsewhere) -> None:
    between = GoBetween(elsewhere.address)
    try:
        with open_store(between.address, config=elsewhere.config, create=False) as store:
            store.select("SELECT * { ?s ?p ?o } LIMIT 1")
            list(store.dump(format="nq"))
        assert between.seen
        assert not any("update=" in seen or seen.startswith(("PUT", "DELETE")) for seen in between.seen)
    finally:
        between.close()


def test_an_article_lands_by_one_update(elsewhere: Elsewhere, make: Make) -> None:
    between = GoBetween(elsewhere.address)
    try:
        with open_store(between.address, config=elsewhere.config) as store:
            between.seen.clear()
            store.put(make(1, "Q1", "Town"))
        updates = [seen for seen in between.seen if "INSERT" in seen]
        assert len({update.partition(" ")[2] for update in updates}) == 1
    finally:
        between.close()


def test_a_default_graph_that_is_no_union_is_made_one(remote: Store) -> None:
    remote.update(
        "INSERT DATA { GRAPH <http://g/1> { <http://a> <http://b> 1 } } ;"
        "INSERT DATA { GRAPH <http://g/2> { <http://a> <http://b> 2 } }"
    )
    assert len(remote.select("SELECT ?o { <http://a> <http://b> ?o }")) == 2
    assert len(remote.select("SELECT ?g { GRAPH ?g { <http://a> <http://b> ?o } }")) == 2
    assert len(remote.select("SELECT ?o FROM <http://g/1> { ?s ?p ?o }")) == 1
    answer = remote.query("SELECT ?o { ?s <http://b> ?o }", media_type="text/csv", default_graphs=("http://g/2",))
    assert b"".join(answer.body).split() == [b"o", b"2"]


@pytest.mark.parametrize(
    ("media_type", "query", "start"),
    [
        (JSON, "SELECT ?o { <http://a> <http://b> ?o }", b'{"head"'),
        (JSON, "ASK { <http://a> <http://b> ?o }", b'{"head"'),
        ("application/sparql-results+xml", "ASK { <http://a> ?p ?o }", b"<?xml"),
        ("text/csv", "SELECT ?o { <http://a> <http://b> ?o }", b"o\r\n1"),
        ("text/tab-separated-values", "SELECT ?o { <http://a> <http://b> ?o }", b"?o\n1\n"),
        ("application/n-triples", "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://g> { ?s ?p ?o } }", b"<http://a> "),
        ("text/turtle", "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://g> { ?s ?p ?o } }", b"@prefix"),
        ("application/ld+json", "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://g> { ?s ?p ?o } }", b""),
        ("application/rdf+xml", "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://g> { ?s ?p ?o } }", b"<?xml"),
        ("application/n-quads", "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://g> { ?s ?p ?o } }", b"<http://a> "),
    ],
)
def test_answers_come_in_the_media_type_asked_for(remote: Store, media_type: str, query: str, start: bytes) -> None:
    remote.update("INSERT DATA { GRAPH <http://g> { <http://a> <http://b> 1 } }")
    answer = remote.query(query, media_type=media_type)
    body = b"".join(answer.body)
    assert body.startswith(start)
    if media_type.endswith("json"):
        assert json.loads(body)
    if query.startswith("ASK") and media_type == JSON:
        assert json.loads(body)["boolean"] is True


def test_a_kind_of_answer_that_a_media_type_cannot_hold_is_406(remote: Store) -> None:
    for query, media_type in (
        ("ASK {}", "text/turtle"),
        ("SELECT * {}", "text/turtle"),
        ("DESCRIBE <http://a>", "text/csv"),
    ):
        with pytest.raises(QueryError) as raised:
            remote.query(query, media_type=media_type)
        assert raised.value.status == 406


def test_places_become_geojson(remote: Store) -> None:
    answer = remote.query("SELECT (1.5 AS ?lat) (2 AS ?long) {}", media_type="application/geo+json")
    assert json.loads(b"".join(answer.body))["features"][0]["geometry"]["coordinates"] == [2, 1.5]


def test_user_values_are_written_so_that_they_cannot_leave_their_string(remote: Store) -> None:
    evil = 'x"} DROP ALL #'
    remote.replace_graph("http://g", f"<http://a> <http://b> {ox.Literal(evil)} .\n".encode())
    assert len(remote.select("SELECT ?s ?o { ?s <http://b> ?o }", substitutions={"o": Literal(evil)})) == 1
    assert remote.ask("ASK { ?s <http://b> ?o }", substitutions={"o": Literal("y")}) is False
    assert remote.ask("ASK { ?s <http://b> ?o }", substitutions={"s": URIRef("http://a")}) is True


def test_construct_gives_a_graph_with_known_prefixes(remote: Store) -> None:
    remote.update("INSERT DATA { GRAPH <http://g> { <http://a> rdfs:label 'x'@en } }")
    graph = remote.construct("CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }")
    assert (URIRef("http://a"), URIRef("http://www.w3.org/2000/01/rdf-schema#label"), Literal("x", lang="en")) in graph
    assert "@prefix rdfs:" in graph.serialize(format="turtle")


def test_a_whole_graph_is_written_read_and_dropped(remote: Store) -> None:
    remote.load_graph("http://g", b"<http://a> <http://b> 'x', 'y' .", media_type="text/turtle")
    remote.load_graph("http://g", b"<http://a> <http://b> 'z' .", media_type="text/turtle")
    assert len(remote.graph("http://g")) == 3
    remote.load_graph("http://g", b"<http://a> <http://b> 'w' .", media_type="text/turtle", replace=True)
    assert len(remote.graph("http://g")) == 1
    assert remote.has_graph("http://g")
    remote.drop_graph("http://g")
    assert not remote.has_graph("http://g")
    with pytest.raises(QueryError, match="cannot be read"):
        remote.load_graph("http://g", b"<http://a> <http://b> 'w", media_type="text/turtle")


def test_an_export_holds_what_was_put_and_nothing_of_others(remote: Store, make: Make, folder: Path) -> None:
    remote.update("INSERT DATA { GRAPH <http://somebody/else> { <http://a> <http://b> 'mine' } }")
    with open_store(folder) as local:
        for number in (1, 2):
            local.put(make(number, "Q1", "Town"))
            remote.put(make(number, "Q1", "Town"))
        expected = set(b"".join(local.dump(format="nq")).splitlines())
    found = {line for line in b"".join(remote.dump(format="nq")).splitlines() if b"uriSpace" not in line}
    assert found == expected
    assert b"articleBody" not in b"".join(remote.dump(format="nq", without_text=True))
    assert b"Article 1" in b"".join(remote.dump(format="trig", graph=IRIS.article_graph(f"{1:016x}")))
    assert len(remote.dataset()) == len(found) + 1
    for form in ("ttl", "nt", "jsonld", "rdf"):
        assert b"Article 2" in b"".join(remote.dump(format=form))


def test_a_dump_of_which_nobody_reads_the_rest_lets_go(remote: Store, make: Make) -> None:
    remote.put(make(1, "Q1"))
    dump = remote.dump(format="nq")
    assert next(dump)
    dump.close()  # type: ignore[attr-defined]
    assert remote.ask("ASK {}")


def test_what_the_endpoint_refuses_is_a_query_error_with_its_words(remote: Store, elsewhere: Elsewhere) -> None:
    with pytest.raises(QueryError, match=r"400.*\S") as raised:
        remote.select("SELECT * { ?s ?p }")
    assert raised.value.status == 400
    assert elsewhere.address in str(raised.value)
    for query in ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "LOAD <http://127.0.0.1/>"):
        with pytest.raises(QueryError):
            remote.update(query)


def test_a_remote_store_is_not_backed_up_from_here(remote: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg export"):
        remote.backup(tmp_path / "copy")


def test_a_question_is_counted_and_shown_while_it_runs(remote: Store) -> None:
    answer = remote.query("SELECT ?s { ?s ?p ?o }", media_type=JSON)
    (running,) = remote.running()
    assert running.text.startswith("SELECT ?s")
    assert remote.cancel(running.number)
    with pytest.raises(QueryError, match="cancelled"):
        b"".join(answer.body)
    assert remote.running() == ()
    assert not remote.cancel(running.number)
    assert remote.standing.busy == 0


def test_an_address_of_another_kind_is_refused_before_anything_is_done() -> None:
    with pytest.raises(ConfigError, match="folder, or the http"):
        open_store("sftp://host/store")
    with pytest.raises(ConfigError, match="KG_REMOTE_PASSWORD"):
        open_store("http://me:secret@127.0.0.1:1/")


def test_virtuoso_that_cuts_its_answers_is_found_out_and_its_articles_are_still_known(
    tmp_path: Path, make: Make
) -> None:
    with virtuoso(tmp_path, rows=6) as server, open_store(server.address, config=server.config) as store:
        for number in range(1, 9):
            store.put(make(number))
        assert len(store.fingerprints()) == 8
        with pytest.raises(QueryError, match="6 rows") as raised:
            store.select("SELECT ?s { ?s ?p ?o }")
        assert raised.value.status == 507
        assert len(store.select("SELECT ?s { ?s ?p ?o } LIMIT 6")) == 6
        assert {
            quad.graph_name.value for quad in ox.parse(b"".join(store.dump(format="nq")), format=ox.RdfFormat.N_QUADS)
        } >= {IRIS.article_graph(f"{number:016x}") for number in range(1, 9)}


def test_an_article_too_large_for_one_update_of_virtuoso_lands_in_pieces_its_fingerprint_last(
    tmp_path: Path, make: Make
) -> None:
    with virtuoso(tmp_path) as server, open_store(server.address, config=server.config) as store:
        large = make(1, "Q1")
        lines = b"".join(f'<http://s/{n}> <http://p> "{n}" .\n'.encode() for n in range(9000))
        object.__setattr__(large, "triples", large.triples + lines)
        store.put(make(2))
        store.put(large)
        assert len(store.fingerprints()) == 2
        assert len(store) > 9000
