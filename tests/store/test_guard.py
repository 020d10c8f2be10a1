"""The tokenizer's check: nothing that reaches the network gets past it, and nothing harmless is stopped."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.store.query.guard import DEEPEST, check, with_using


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x> {} }",
        "SELECT * { sErViCe SILENT <http://127.0.0.1/> {} }",
        "LOAD <file:///etc/passwd>",
        "PREFIX a:<x>LOAD SILENT <http://169.254.169.254/>",
        "ASK { \\u0053ERVICE <http://x> {} }",
        "ASK { \\U00000053ERVICE <http://x> {} }",
        'ASK { BIND("\\u0022" AS ?x) SERVICE <http://x> {} BIND(1 AS ?y) } # """',
        'ASK { ?s ?p <http://x\\u0041#> . BIND("\\u0022" AS ?x) SERVICE <http://x> {} } # """',
        "ASK { ?s ?p ex:a#'''\n SERVICE <x> {} #'''\n}",
        "ASK { ?s ?p 'a' # '\n SERVICE <x> {} }",
        "ASK { FILTER(1<2) SERVICE ?x {} }",
        "# it's\nSELECT * { SERVICE <http://x> {} }",
    ],
)
def test_every_way_to_write_service_or_load_is_refused(query: str) -> None:
    with pytest.raises(QueryError) as raised:
        check(query)
    assert raised.value.status == 403


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p 'SERVICE' . ?s <http://SERVICE/LOAD> ?service . ?s ex:service ?x # LOAD\n }",
        'ASK { ?s ?p "a \\"LOAD\\" b" , \'\'\'it\'s LOAD\'\'\' , """say "LOAD" twice""" }',
        "PREFIX load: <x> ASK { load:load load:SERVICE ?load ; load:a\\#b $service }",
        'ASK { ?s ?p "load"@en-GB }',
    ],
)
def test_the_same_words_in_strings_names_and_comments_are_fine(query: str) -> None:
    assert check(query).kind == "ask"


def test_brackets_nest_only_so_deep() -> None:
    check("ASK { FILTER(" + "(" * (DEEPEST - 5) + "1" + ")" * (DEEPEST - 5) + ") }")
    with pytest.raises(QueryError, match="brackets"):
        check("ASK { FILTER(" + "(" * DEEPEST + "1" + ")" * DEEPEST + ") }")
    check('ASK { ?s ?p "' + "(" * 10_000 + '" }')


def test_a_string_without_an_end_and_a_text_without_measure_are_refused_at_once() -> None:
    with pytest.raises(QueryError, match="line 2, column 3: this string is not closed"):
        check('ASK {\n  "open }')
    with pytest.raises(QueryError) as raised:
        check("ASK {} #" + "x" * 1_000_000)
    assert raised.value.status == 413
    with pytest.raises(QueryError, match="surrogate"):
        check("ASK { ?s ?p '\ud800' }")


def test_the_outline_tells_kind_dataset_and_fickleness() -> None:
    assert check("PREFIX ask: <x> DESCRIBE <y>").kind == "graph"
    assert check("INSERT DATA {}").kind is None
    assert check("SELECT * FROM <g> {}").has_dataset
    assert not check("SELECT ?from { ?from ?p 'FROM' }").has_dataset
    assert check("SELECT (RAND() AS ?r) {}").is_fickle
    assert not check("SELECT ?now {}").is_fickle


def test_the_protocols_dataset_reaches_every_operation_of_an_update() -> None:
    update = "DELETE WHERE { ?s ?p ?o } ; INSERT { ?s ?p 1 } WHERE { { ?s ?p ?o } }"
    assert with_using(update, ("http://a",), ("http://b",)) == (
        "DELETE { ?s ?p ?o } USING <http://a> USING NAMED <http://b> WHERE { ?s ?p ?o } ; "
        "INSERT { ?s ?p 1 } USING <http://a> USING NAMED <http://b> WHERE { { ?s ?p ?o } }"
    )
    with pytest.raises(QueryError, match="USING or WITH"):
        with_using("WITH <http://g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", ("http://a",), ())
    with pytest.raises(QueryError, match="not an IRI"):
        with_using(update, ("http://a> } ; DROP ALL #",), ())
