"""The W3C's test suites as values: reads their manifests, runs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from rdflib import RDF, RDFS, Graph, Namespace, URIRef

if TYPE_CHECKING:
    from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[3] / "shared" / "w3c-tests" / "sparql" / "sparql11"
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

# entailment regimes are not claimed by the service description; protocols are exchanges of HTTP, not queries
LEFT_OUT = ("entailment", "protocol", "graph-store-protocol", "http-rdf-update", "service-description")
KINDS = {
    "QueryEvaluationTest": "query",
    "CSVResultFormatTest": "query",
    "UpdateEvaluationTest": "update",
    "PositiveSyntaxTest11": "syntax",
    "NegativeSyntaxTest11": "syntax",
    "PositiveUpdateSyntaxTest11": "syntax",
    "NegativeUpdateSyntaxTest11": "syntax",
}


@dataclass(frozen=True)
class State:
    """Files that fill the default graph, and those that fill graphs by name."""

    data: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """One test: `kind` is query, update or syntax; `is_good` says whether the request must be accepted."""

    name: str
    kind: str
    type: str
    request: str
    before: State
    after: State
    result: str
    is_good: bool
    elsewhere: tuple[tuple[str, str], ...] = ()  # other endpoints and the files that they hold


def path(address: str) -> Path:
    """Return the file that stands for an address of the suite."""
    return ROOT / unquote(urlsplit(address).path).removeprefix(urlsplit(BASE).path)


@cache
def cases() -> tuple[Case, ...]:
    """Read every manifest; without the suites there are none."""
    found: list[Case] = []
    for manifest in sorted(ROOT.glob("*/manifest.ttl")):
        folder = manifest.parent.name
        if folder in LEFT_OUT:
            continue
        graph = Graph().parse(manifest, format="turtle", publicID=f"{BASE}{folder}/manifest.ttl")
        entries = graph.value(predicate=RDF.type, object=MF.Manifest)
        for entry in graph.items(graph.value(entries, MF.entries)):
            name = str(graph.value(entry, RDF.type)).rpartition("#")[2]
            if name in KINDS:
                found.append(_case(graph, entry, folder, name))
    return tuple(found)


def _case(graph: Graph, entry: Node, folder: str, name: str) -> Case:
    action, result = graph.value(entry, MF.action), graph.value(entry, MF.result)
    kind = KINDS[name]
    request: Node | None = action
    before = after = State()
    elsewhere: tuple[tuple[str, str], ...] = ()
    if kind == "query":
        request = graph.value(action, QT.query)
        before = State(_all(graph, action, QT.data), tuple((g, g) for g in _all(graph, action, QT.graphData)))
        elsewhere = tuple(
            (str(graph.value(each, QT.endpoint)), str(graph.value(each, QT.data)))
            for each in graph.objects(action, QT.serviceData)
        )
    elif kind == "update":
        request = graph.value(action, UT.request)
        before, after = _state(graph, action), _state(graph, result)
    return Case(
        f"{folder}/{str(entry).rpartition('#')[2]}",
        kind,
        name,
        str(request),
        before,
        after,
        str(result) if isinstance(result, URIRef) else "",
        not name.startswith("Negative"),
        elsewhere,
    )


def _state(graph: Graph, node: Node | None) -> State:
    named = tuple(
        (str(graph.value(each, RDFS.label)), str(graph.value(each, UT.graph)))
        for each in graph.objects(node, UT.graphData)
    )
    return State(_all(graph, node, UT.data), named)


def _all(graph: Graph, node: Node | None, predicate: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in graph.objects(node, predicate)))
