"""The example queries: they parse, stay small, name only known terms, and answer over the invented article."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.mapping import map_article, ontology_triples
from kg.vocab import CN, CNV, CONCEPTS, PREFIXES

if TYPE_CHECKING:
    from kg.iris import Iris
    from kg.model import Annotations, Article, Links

QUERIES = sorted((Path(__file__).resolve().parents[2] / "examples" / "queries").glob("*.rq"))
VIEWS = {"table", "map", "timeline", "network", "chart"}
ELSEWHERE = {"14-attacks-in-one-country-and-year"}  # asks for a country that the invented article does not have
IN_TARSK = """SELECT ?event WHERE {
  ?event a cn:Attack ; cn:place ?place ; cn:earliestDate ?day . ?place schema:name "Tarsk" . FILTER(YEAR(?day) = 2020) }"""


@pytest.fixture(scope="module")
def store(article: Article, annotations: Annotations, links: Links, iris: Iris) -> pyoxigraph.Store:
    found = map_article(article, annotations, links, iris=iris, fingerprint="f")
    store = pyoxigraph.Store()
    for triples in (ontology_triples(), found.triples, *(facts.triples for facts in found.entities)):
        store.load(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return store


def patterns(node: object) -> int:
    """Count the triple patterns of a parsed query; a property path is one."""
    if isinstance(node, CompValue):
        own = len(node.triples) if node.name == "BGP" else 0
        return own + sum(patterns(part) for key, part in node.items() if key not in {"triples", "_vars"})
    return sum(map(patterns, node)) if isinstance(node, (list, tuple)) else 0


def answers(store: pyoxigraph.Store, query: str) -> list[object]:
    return list(store.query(query, prefixes=dict(PREFIXES)))


def test_there_are_at_least_ten_queries() -> None:
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_opens_with_its_question_and_names_a_known_view(path: Path) -> None:
    first, second = path.read_text(encoding="utf-8").splitlines()[:2]
    assert first.startswith("# ")
    assert first.rstrip(")").endswith(("?", "(map", "(timeline", "(network", "(chart"))
    assert second.removeprefix("#view: ") in VIEWS


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_parses_in_both_engines(path: Path, store: pyoxigraph.Store) -> None:
    text = path.read_text(encoding="utf-8")
    prepareQuery(text, initNs=dict(PREFIXES))
    answers(store, text)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_has_at_most_six_patterns(path: Path) -> None:
    query = prepareQuery(path.read_text(encoding="utf-8"), initNs=dict(PREFIXES))
    assert 2 <= patterns(query.algebra) <= 6


def test_the_median_query_has_at_most_five_patterns() -> None:
    queries = (prepareQuery(path.read_text(encoding="utf-8"), initNs=dict(PREFIXES)) for path in QUERIES)
    assert median(patterns(query.algebra) for query in queries) <= 5


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_names_only_terms_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"\bcn:(\w+)", text):
        assert CN[name]
    for name in re.findall(r"\bcnv:([\w-]+)", text):
        assert name in CONCEPTS
        assert CNV[name]


@pytest.mark.parametrize("path", [p for p in QUERIES if p.stem not in ELSEWHERE], ids=lambda path: path.stem)
def test_a_query_has_an_answer(path: Path, store: pyoxigraph.Store) -> None:
    assert answers(store, path.read_text(encoding="utf-8"))


def test_attacks_at_a_place_in_a_year_need_four_patterns(store: pyoxigraph.Store, article: Article, iris: Iris) -> None:
    assert patterns(prepareQuery(IN_TARSK, initNs=dict(PREFIXES)).algebra) == 4
    found = {str(row["event"].value) for row in answers(store, IN_TARSK)}  # type: ignore[index]
    assert found == {iris.part("event", article.id, number) for number in ("2", "3")}
