"""CSV results, cell by cell."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox

from kg.store.forms.commas import write_csv


def cells(query: str) -> list[list[str]]:
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    out = io.BytesIO()
    write_csv(found, out)
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))


def test_an_iri_with_a_comma_stays_one_cell() -> None:
    span = "http://a.example/id/article/1#char=61,280"
    assert cells(f"SELECT ?s ?n {{ VALUES (?s ?n) {{ (<{span}> 3) }} }}") == [["s", "n"], [span, "3"]]


def test_quotes_and_line_ends_in_words_survive() -> None:
    assert cells('SELECT ?w { VALUES ?w { "he said \\"no\\",\\nthen left" } }')[1:] == [['he said "no",\nthen left']]


def test_what_is_unbound_is_an_empty_cell() -> None:
    assert cells("SELECT ?a ?b { VALUES (?a ?b) { (UNDEF 1) } }")[1:] == [["", "1"]]


def test_more_rows_than_one_write_come_whole() -> None:
    rows = cells("SELECT ?n { VALUES ?n {" + " ".join(map(str, range(1000))) + "} }")
    assert [row[0] for row in rows[1:]] == [str(n) for n in range(1000)]


def test_an_answer_without_rows_has_its_header() -> None:
    assert cells("SELECT ?a ?b { FILTER(false) }") == [["a", "b"]]


def test_a_literal_loses_its_language_and_its_type_and_keeps_its_signs() -> None:
    query = """SELECT ?a ?b ?c ?d { VALUES (?a ?b ?c ?d) {
      ("caf\\u00e9"@fr "2016-03-28"^^<http://www.w3.org/2001/XMLSchema#date> 1.50 true)
      ("a\\tb\\\\n" "" "<x>" "\\r") } }"""
    assert cells(query)[1:] == [["café", "2016-03-28", "1.5", "true"], ["a\tb\\n", "", "<x>", "\r"]]


def test_every_row_has_as_many_cells_as_the_engine_s_own_json() -> None:
    query = (
        'SELECT ?s ?p ?o { VALUES (?s ?p ?o) { (<http://a.example/x?q=1> "?s" "a, \\"b\\" <c>") (UNDEF UNDEF UNDEF) } }'
    )
    assert cells(query)[1:] == [["http://a.example/x?q=1", "?s", 'a, "b" <c>'], ["", "", ""]]
