"""What everybody may expect of a store, whichever way it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, Literal, URIRef

from kg.errors import QueryError, StoreError
from kg.iris import Iris
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.model import Contribution
    from kg.store import Store

    Make = Callable[..., Contribution]

IRIS = Iris()


def test_an_article_that_was_put_is_found_with_its_text_and_its_entities(store: Store, make: Make) -> None:
    store.put(make(1, "Q796"))
    assert store.ask("ASK { ?a cn:mentions ?e . ?a schema:articleBody ?text . ?e rdfs:label ?name }")
    assert store.fingerprints() == {IRIS.article(f"{1:016x}"): "one-1"}
    assert len(store) == 7


def test_putting_an_article_again_replaces_all_of_it(store: Store, make: Make) -> None:
    store.put(make(1, "Q796", words="First"))
    size = len(store)
    store.put(make(1, "Q796", words="Second", mark="two"))
    assert len(store) == size
    assert [str(row["t"]) for row in store.select("SELECT ?t { ?a schema:articleBody ?t }")] == ["Second"]
    assert store.fingerprints() == {IRIS.article(f"{1:016x}"): "two-1"}


def test_putting_the_same_contribution_twice_changes_nothing(store: Store, make: Make) -> None:
    store.put(make(1, "Town"))
    generation = store.generation
    store.put(make(1, "Town"))
    assert store.generation == generation
    store.put(make(1, "Town", words="New"))
    assert store.generation > generation


def test_an_entity_that_an_article_no_longer_names_goes(store: Store, make: Make) -> None:
    store.put(make(1, "Q1", "Q2"))
    store.put(make(1, "Q2", words="Shorter"))
    labels = {
        str(row["n"])
        for row in store.select("SELECT ?n { GRAPH ?g { ?e rdfs:label ?n } FILTER(STRENDS(STR(?g), 'entities')) }")
    }
    assert labels == {"Q2"}


def test_removing_an_article_leaves_what_others_name_and_nothing_else(store: Store, make: Make) -> None:
    store.put_many([make(1, "Q1", "Town"), make(2, "Q1")])
    assert store.remove(IRIS.article(f"{1:016x}"))
    names = {str(row["n"]) for row in store.select("SELECT ?n { ?e rdfs:label ?n }")}
    assert names == {"Q1", "Article 2, Guns fell silent."}
    assert store.remove(f"{2:016x}")
    assert len(store) == 0


def test_a_country_stays_while_a_kept_town_lies_in_it(store: Store, make: Make) -> None:
    store.put_many([make(1, "Town", "Land"), make(2, "Town")])
    store.remove(f"{1:016x}")
    assert store.ask("ASK { ?e rdfs:label 'Land' }")
    store.remove(f"{2:016x}")
    assert not store.ask("ASK { ?e rdfs:label 'Land' }")


def test_removing_an_unknown_article_says_so(store: Store) -> None:
    assert store.remove("00000000000000ff") is False


def test_words_with_quotes_and_escapes_come_back_as_they_were(store: Store, make: Make) -> None:
    words = 'He said: \\"go\\", \\u0022} ; DROP ALL ; INSERT DATA { \\\\ \\n end'
    store.put(make(1, words="first"))
    store.put(make(1, words=words))
    (row,) = store.select("SELECT ?t { ?a schema:articleBody ?t }")
    assert str(row["t"]) == 'He said: "go", "} ; DROP ALL ; INSERT DATA { \\ \n end'
    assert store.fingerprints()


def test_a_contribution_that_is_no_rdf_changes_nothing(store: Store, make: Make) -> None:
    store.put(make(1, "Q1"))
    bad = make(1, "Q2")
    object.__setattr__(bad, "triples", b'<http://a> <http://b> "open .\n')
    size = len(store)
    with pytest.raises((StoreError, QueryError)):
        store.put(bad)
    assert len(store) == size


def test_an_update_is_whole_or_nothing(store: Store) -> None:
    with pytest.raises(QueryError):
        store.update("INSERT DATA { <http://a> <http://b> 1 } ; CREATE GRAPH <http://g> ; CREATE GRAPH <http://g>")
    assert len(store) == 0
    store.update("INSERT DATA { <http://a> <http://b> 1 }")
    assert len(store) == 1


def test_the_default_graph_is_the_union_unless_the_query_chooses(store: Store) -> None:
    store.update(
        "INSERT DATA { GRAPH <http://g> { <http://a> <http://b> 1 } GRAPH <http://h> { <http://a> <http://b> 2 } }"
    )
    assert len(store.select("SELECT ?o { ?s ?p ?o }")) == 2
    assert len(store.select("SELECT ?o FROM <http://g> { ?s ?p ?o }")) == 1
    assert len(store.select("SELECT ?o FROM <http://not-fetched.invalid/> { ?s ?p ?o }")) == 0
    answer = store.query("SELECT ?o { ?s ?p ?o }", media_type="text/csv", default_graphs=("http://h",))
    assert b"".join(answer.body).split() == [b"o", b"2"]
    answer = store.query("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", media_type="text/csv", named_graphs=("http://g",))
    assert b"".join(answer.body).split() == [b"o", b"1"]


def test_user_values_are_bound_not_written_into_the_query(store: Store) -> None:
    store.update('INSERT DATA { <http://a> <http://b> "x\\"} DROP ALL #" }')
    evil = Literal('x"} DROP ALL #')
    assert len(store.select("SELECT ?s ?o { ?s ?p ?o }", substitutions={"o": evil})) == 1
    assert store.ask("ASK { ?s ?p ?o }", substitutions={"o": Literal("y")}) is False


def test_construct_gives_a_graph_with_known_prefixes(store: Store) -> None:
    store.update("INSERT DATA { <http://a> rdfs:label 'x'@en }")
    graph = store.construct("CONSTRUCT WHERE { ?s ?p ?o }")
    assert (URIRef("http://a"), URIRef("http://www.w3.org/2000/01/rdf-schema#label"), Literal("x", lang="en")) in graph
    assert "@prefix rdfs:" in graph.serialize(format="turtle")


@pytest.mark.parametrize(
    ("media_type", "query", "start"),
    [
        ("application/sparql-results+json", "SELECT ?o { ?s ?p ?o }", b'{"head"'),
        ("application/sparql-results+xml", "ASK {}", b"<?xml"),
        ("text/tab-separated-values", "SELECT ?o { ?s ?p ?o }", b"?o\n"),
        ("application/n-triples", "DESCRIBE <http://a>", b"<http://a> "),
        ("text/turtle", "CONSTRUCT WHERE { ?s ?p ?o }", b"@prefix"),
        ("application/rdf+xml", "CONSTRUCT WHERE { ?s ?p ?o }", b"<?xml"),
        ("application/ld+json", "CONSTRUCT WHERE { ?s ?p ?o }", b"[{"),
        ("application/trig", "CONSTRUCT WHERE { ?s ?p ?o }", b"@prefix"),
        ("application/n-quads", "CONSTRUCT WHERE { ?s ?p ?o }", b"<http://a> "),
    ],
)
def test_answers_come_in_the_media_type_asked_for(store: Store, media_type: str, query: str, start: bytes) -> None:
    store.update("INSERT DATA { <http://a> <http://b> 1 }")
    answer = store.query(query, media_type=media_type)
    body = b"".join(answer.body)
    assert body.startswith(start) or media_type == "application/ld+json"
    assert answer.generation <= store.generation
    if media_type.endswith("json"):
        json.loads(body)


def test_a_media_type_that_fits_no_such_answer_is_406(store: Store) -> None:
    with pytest.raises(QueryError) as raised:
        store.query("ASK {}", media_type="text/turtle")
    assert raised.value.status == 406


def test_solutions_with_places_become_geojson(store: Store) -> None:
    store.update(
        'INSERT DATA { <http://a> <http://wkt> "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(33.3 44.4)" ; rdfs:label "Baghdad" }'
    )
    answer = store.query(
        "SELECT ?where ?name { ?s <http://wkt> ?where ; rdfs:label ?name }", media_type="application/geo+json"
    )
    found = json.loads(b"".join(answer.body))
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [44.4, 33.3]}
    assert found["features"][0]["properties"] == {"name": "Baghdad"}
    answer = store.query("SELECT (1.5 AS ?lat) (2 AS ?long) {}", media_type="application/geo+json")
    assert json.loads(b"".join(answer.body))["features"][0]["geometry"]["coordinates"] == [2, 1.5]
    with pytest.raises(QueryError, match="GeoJSON"):
        b"".join(store.query("SELECT (1 AS ?x) {}", media_type="application/geo+json").body)


def test_the_wrong_kind_of_query_and_a_bad_one_are_refused_with_their_place(store: Store) -> None:
    for call, query in ((store.select, "ASK {}"), (store.ask, "SELECT * {}"), (store.construct, "ASK {}")):
        with pytest.raises(QueryError):
            call(query)
    with pytest.raises(QueryError, match="line 2, column"):
        store.select("SELECT *\n{ ?s ?p }")
    with pytest.raises(QueryError, match="nope: is not declared"):
        store.select("SELECT *\n{ ?s nope:x ?o }")


def test_a_whole_graph_is_replaced(store: Store) -> None:
    store.replace_graph(IRIS.graph("void"), b'<http://a> <http://b> "1" .\n<http://a> <http://b> "2" .\n')
    generation = store.generation
    store.replace_graph(IRIS.graph("void"), b'<http://a> <http://b> "2" .\n<http://a> <http://b> "1" .\n')
    assert store.generation == generation
    store.replace_graph(IRIS.graph("void"), b'<http://a> <http://b> "3" .\n')
    assert len(store) == 1


def test_a_dump_loads_again_and_leaves_the_text_out_when_asked(store: Store, make: Make) -> None:
    store.put(make(1, "Q1"))
    whole = Graph().parse(data=b"".join(store.dump(format="nt")), format="nt")
    assert len(whole) == len(store)
    assert b"Guns fell silent" in b"".join(store.dump(format="trig"))
    assert b"articleBody" not in b"".join(store.dump(format="nq", without_text=True))
    assert b"articleBody" in b"".join(store.dump(format="nt", graph=IRIS.graph("text")))
    with pytest.raises(QueryError):
        store.dump(format="docx")


def test_rdflib_sees_the_graphs(store: Store, make: Make) -> None:
    store.put(make(1, "Q1"))
    assert len(store.graph(IRIS.article_graph(f"{1:016x}"))) == 3
    assert len(list(store.dataset().quads((None, None, None, None)))) == len(store)


def test_what_rdflib_adds_to_a_live_graph_is_in_the_store(folder: Path) -> None:
    with open_store(folder) as store:
        generation = store.generation
        graph = store.graph("http://g")
        graph.add((URIRef("http://a"), URIRef("http://b"), Literal(1)))
        assert store.generation > generation
        assert store.ask("ASK { GRAPH <http://g> { <http://a> <http://b> 1 } }")
    with open_store(folder) as store:
        assert len(store) == 1
    with pytest.raises(StoreError, match="closed"):
        graph.add((URIRef("http://a"), URIRef("http://b"), Literal(2)))


def test_the_base_is_fixed_when_the_store_is_made(folder: Path) -> None:
    with open_store(folder, base="https://example.org/kg/") as store:
        assert store.iris.article("ab") == "https://example.org/kg/id/article/ab"
    with open_store(folder) as store:
        assert store.base == "https://example.org/kg/"
    with pytest.raises(StoreError, match="cannot be changed"):
        open_store(folder, base="https://other.org/")
    with pytest.raises(StoreError, match="ends with a slash"):
        open_store(folder.parent / "other", base="https://other.org")


def test_what_is_no_store_is_named_in_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store here"):
        open_store(folder, create=False)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"")
    with pytest.raises(StoreError, match="neither a store nor an empty folder"):
        open_store(tmp_path / "photos")
    with open_store(folder) as store:
        store.update("INSERT DATA { <http://a> <http://b> 1 }")
    (folder / "kg-store.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="damaged"):
        open_store(folder)
    (folder / "kg-store.json").write_text('{"format": 99, "base": "http://x/"}', encoding="utf-8")
    with pytest.raises(StoreError, match="another version"):
        open_store(folder)


@pytest.mark.parametrize("serving", [False, True])
def test_a_broken_database_is_one_clear_line(folder: Path, serving: bool) -> None:
    with open_store(folder) as store:
        store.update("INSERT DATA { <http://a> <http://b> 1 }")
    (folder / "oxigraph" / "CURRENT").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(StoreError) as raised:
        open_store(folder, serving=serving)
    assert "\n" not in str(raised.value)
