"""Texts made fit for other engines say the same there: checked against our own engine, which takes values beside the text."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import BNode, Literal, URIRef

from kg.errors import QueryError
from kg.store.query.portable import declared, last_limit, prologue, with_values
from kg.store.query.tokens import closing, tokens
from kg.vocab import PREFIXES

A, B = URIRef("http://x/a"), URIRef("http://x/b")
DATA = """
@prefix : <http://x/> .
:a :p :b, :c ; :name "A" . :b :p :c ; :name "it's \\"B\\"" . :c :name "C" ; :p :a .
"""


def _rows(text: str, **values: URIRef | Literal) -> list[str]:
    store = ox.Store()
    store.load(DATA, ox.RdfFormat.TURTLE)
    given = {
        ox.Variable(name): ox.NamedNode(value) if isinstance(value, URIRef) else ox.Literal(str(value))
        for name, value in values.items()
    }
    found = store.query(text, substitutions=given or None)
    if isinstance(found, ox.QuerySolutions):
        names = [variable.value for variable in found.variables]
        return sorted(str([(name, str(row[name])) for name in names]) for row in found)
    if isinstance(found, ox.QueryTriples):
        return sorted(str(triple) for triple in found)
    return [str(bool(found))]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x ?y { ?x <http://x/p> ?y }",
        "SELECT * { ?x <http://x/p> ?y }",
        "SELECT ?x (COUNT(?y) AS ?n) { ?x <http://x/p> ?y } GROUP BY ?x",
        "SELECT ?x (COUNT(?y) AS ?n) { ?x <http://x/p> ?y } GROUP BY ?x ORDER BY ?x DESC(?n) LIMIT 3",
        "SELECT ?x ?y { { SELECT ?x ?y { ?x <http://x/p> ?y } ORDER BY ?y LIMIT 1 } }",
        "SELECT ?x ?n { ?x <http://x/p> ?y { SELECT (COUNT(?x) AS ?n) { ?x <http://x/p> ?any } } }",
        "SELECT ?x ?y { { ?x <http://x/p> ?y } UNION { ?y <http://x/p> ?x } FILTER(?x != <http://x/z>) }",
        "SELECT ?x ?y { ?y <http://x/p>* ?x OPTIONAL { ?x <http://x/p> ?z FILTER(?z = ?x) } }",
        "ASK { ?x <http://x/p> <http://x/b> }",
        "CONSTRUCT { ?x <http://x/q> ?y } { ?y <http://x/p> ?x }",
        "DESCRIBE ?x { ?x <http://x/p> ?y }",
        "SELECT ?x ('?x' AS ?s) { ?x <http://x/p> ?y } # ?x",
    ],
)
def test_a_value_in_the_text_gives_what_a_value_beside_it_gives(query: str) -> None:
    inside = with_values(query, {"x": A})
    assert inside != query
    if "SELECT *" in query:
        assert [row for row in _rows("SELECT ?y { ?x <http://x/p> ?y }") if row] != _rows(inside)
        assert _rows(inside) == _rows("SELECT ?y { <http://x/a> <http://x/p> ?y }")
    elif query.startswith(("ASK", "CONSTRUCT", "DESCRIBE")):
        assert _rows(inside) == _rows(query.replace("?x", "<http://x/a>"))
    else:
        assert _rows(inside) == _rows(query, x=A)
        assert _rows(inside)


def test_words_are_given_as_literals_that_cannot_end_their_string() -> None:
    evil = Literal('it\'s "B"')
    assert _rows(with_values("SELECT ?s ?n { ?s <http://x/name> ?n }", {"n": evil})) == [
        "[('s', '<http://x/b>'), ('n', '\"it\\'s \\\\\"B\\\\\"\"')]"
    ]
    text = with_values("SELECT ?n { FILTER(?n = 1) }", {"n": Literal('x" } DROP ALL #')})
    assert _rows(text) == []


@pytest.mark.parametrize(
    "query", ["SELECT ?x { BIND(1 AS ?x) }", "SELECT ?x { VALUES ?x { 1 } }", "SELECT * { VALUES (?x) { (1) } }"]
)
def test_a_variable_that_the_query_sets_itself_cannot_be_given(query: str) -> None:
    with pytest.raises(QueryError, match=r"\?x cannot be given"):
        with_values(query, {"x": A})


def test_only_iris_and_literals_can_be_given() -> None:
    assert "_:b" in with_values("SELECT ?y { ?x ?p ?y }", {"x": BNode("b")})
    with pytest.raises(QueryError):
        with_values("SELECT ?y { ?x ?p ?y }", {"x": "no term"})  # type: ignore[dict-item]


def test_known_prefixes_are_declared_on_the_first_line_and_only_those_that_are_used() -> None:
    text = declared("SELECT *\n{ ?a cn:mentions ?b . # schema:x\n ?c <http://rdf:x> 'wd:y' }", prefixes=PREFIXES)
    assert text.splitlines()[0] == f"PREFIX cn: <{PREFIXES['cn']}> SELECT *"
    assert "schema: <" not in text
    assert "wd: <" not in text


def test_prefixes_of_the_query_itself_stay_as_they_are() -> None:
    text = "PREFIX cn: <http://other/> PREFIX x: <http://x/> SELECT * { ?a cn:b x:c }"
    assert declared(text, prefixes=PREFIXES) == text


def test_a_base_is_declared_where_there_are_relative_iris() -> None:
    assert declared("ASK { <a> ?p ?o }", prefixes={}, base="http://b/") == "BASE <http://b/> ASK { <a> ?p ?o }"
    assert declared("ASK { <x:a> ?p ?o }", prefixes={}, base="http://b/") == "ASK { <x:a> ?p ?o }"
    assert declared("BASE <http://c/> ASK { <a> ?p ?o }", prefixes={}, base="http://b/").count("BASE") == 1


def test_the_limit_of_the_whole_query_is_found() -> None:
    assert last_limit("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 5 } } LIMIT 7 OFFSET 2") == 7
    assert last_limit("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 5 } } # LIMIT 3") is None


def test_the_prologue_ends_where_the_query_begins() -> None:
    assert (
        prologue("BASE <http://b/> PREFIX a: <http://a/>\n# no\nSELECT * {}")
        == "BASE <http://b/> PREFIX a: <http://a/>\n# no\n"
    )
    assert prologue("SELECT * {}") == ""


def test_tokens_keep_words_in_strings_iris_and_comments_apart() -> None:
    found = tokens('SELECT ?x { <http://service/> a \'SERVICE\' ; b:service """SERVICE "x" """ } # SERVICE')
    assert [token.text for token in found if token.word] == ["SELECT", "a"]
    assert found[closing(found, 2)].text == "}"
    with pytest.raises(QueryError):
        closing(tokens("{ ( }"), 0)
