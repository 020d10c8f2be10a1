"""Writes what follows from the ontology and the gold annotations: its context, documentation, examples, answers.

Run `python ontology/derive.py` after a change of the ontology, the mapping or the gold; `--check` only says what is stale.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import XSD

from kg.iris import ONTOLOGY, Iris
from kg.mapping import ontology_triples
from kg.mapping.sheet import new_graph
from kg.store import open_store
from kg.vocab import CLASSES, CN, PREFIXES, ancestors, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "gold"))

from closure import closure, turtle  # noqa: E402 - both lie beside the gold, which is no package
from mapped import contributions  # noqa: E402
from pages import documentation  # noqa: E402

BASE = "https://example.org/"
INCIDENTS = HERE / "gold" / "incidents.ttl"
BY_HAND = {"Incident"}
"""Examples that somebody wrote: they are never overwritten."""


@cache
def gold_graph() -> Graph:
    """Return everything that the gold articles add to a store, and their incidents, as one graph."""
    return (new_graph() + mapped_graph()).parse(INCIDENTS)


@cache
def mapped_graph() -> Graph:
    """Return everything that the mapping makes of the gold articles, as one graph."""
    graph, seen = new_graph(), set()
    for contribution in contributions(Iris(BASE)):
        graph.parse(data=contribution.triples, format="nt")
        for facts in contribution.entities:
            if facts.iri not in seen:
                seen.add(facts.iri)
                graph.parse(data=facts.triples, format="nt")
    return graph


# --- the context -------------------------------------------------------------------------------------------------------

_PLAIN = {"@version": 1.1, **{p: PREFIXES[p] for p in ("cn", "cnv", "oa", "prov", "rdfs", "schema", "wd", "xsd")}}
_DATATYPES = {
    "countMax": "xsd:integer",
    "countMin": "xsd:integer",
    "earliestDate": "xsd:date",
    "latestDate": "xsd:date",
}


def context() -> str:
    """Return the JSON-LD context: every term by its own name, with the kind of value that it takes."""
    ontology = Graph().parse(HERE / "conflict.ttl")
    terms: dict[str, Any] = {
        **_PLAIN,
        "id": "@id",
        "type": "@type",
        "label": "rdfs:label",
        "name": "schema:name",
        "sameAs": {"@id": "schema:sameAs", "@type": "@id"},
    }
    for name in sorted(CLASSES, key=str.lower):
        terms[name] = f"cn:{name}"
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for prop in ontology.subjects(RDF.type, kind):
            name = str(prop).removeprefix(ONTOLOGY)
            datatype = "@id" if kind == OWL.ObjectProperty else _datatype(ontology, prop, name)
            terms[name] = {"@id": f"cn:{name}", "@type": datatype} if datatype else f"cn:{name}"
    head = [name for name in terms if not str(_identifier(terms[name])).startswith("cn:")]
    rest = sorted(terms.keys() - set(head), key=lambda name: (name[0].islower(), name.lower()))
    return json.dumps({"@context": {name: terms[name] for name in (*head, *rest)}}, indent=2) + "\n"


def _identifier(entry: Any) -> Any:
    return entry["@id"] if isinstance(entry, dict) else entry


def _datatype(ontology: Graph, prop: Any, name: str) -> str | None:
    if name in _DATATYPES:
        return _DATATYPES[name]
    found = ontology.value(prop, RDFS.range)
    return None if found == XSD.string else shorten(found)


# --- the examples ------------------------------------------------------------------------------------------------------

_TRIED = 25  # nodes of a class among which the best example is looked for


def examples() -> Iterator[tuple[str, str]]:
    """Yield the name of each class and an example of it in Turtle, taken out of the gold graph."""
    graph = gold_graph()
    for name in sorted(set(CLASSES) - BY_HAND):
        nodes = sorted(node for node in set(graph.subjects(RDF.type, CN[name])) if isinstance(node, URIRef))[:_TRIED]
        if not nodes:
            raise LookupError(f"the gold has no cn:{name}: annotate one")
        found = min((closure(graph, node) for node in nodes), key=lambda each: _merit(graph, name, each))
        yield name, turtle(found, comment=f"An example of cn:{name}, taken out of the gold annotations.")


def _merit(graph: Graph, name: str, nodes: dict[URIRef, Graph]) -> tuple[int, int, int, str]:
    """Rank an example: of exactly this class before a narrower one, telling before bare, then short before long."""
    focus = next(iter(nodes))
    narrower = sum(name in ancestors(str(kind).removeprefix(ONTOLOGY)) for kind in graph.objects(focus, RDF.type))
    told = (CN.reportedParticipation, CN.place, CN.earliestDate)
    missing = sum((focus, each, None) not in graph for each in told) if (focus, CN.actuality, None) in graph else 0
    return (narrower, missing, sum(map(len, nodes.values())), str(focus))


# --- the answers -------------------------------------------------------------------------------------------------------


def answers() -> Iterator[tuple[str, str]]:
    """Yield the name of each question and its answer in CSV, asked of a store that holds the gold and the ontology."""
    with TemporaryDirectory() as folder, open_store(Path(folder) / "store", base=BASE) as store:
        fill(store)
        for path in questions():
            query = path.read_text(encoding="utf-8")
            if store.kind(query) == "ask":
                yield path.stem, f"answer\n{'true' if store.ask(query) else 'false'}\n"
            else:
                yield path.stem, store.select(query).to_csv()


def fill(store: Store) -> None:
    """Put the gold articles, their incidents and the ontology into an empty store."""
    for contribution in contributions(store.iris):
        store.put(contribution)
    store.replace_graph(store.iris.graph("ontology"), ontology_triples())
    store.load_graph(store.iris.graph("incidents"), INCIDENTS.read_bytes(), media_type="text/turtle")


def questions() -> list[Path]:
    """Return the competency questions, in order."""
    return sorted((HERE / "questions").glob("[0-9][0-9]-*.rq"))


# --- writing -----------------------------------------------------------------------------------------------------------


def derived() -> Iterator[tuple[Path, str]]:
    """Yield every derived file with what it must hold."""
    yield HERE / "context.jsonld", context()
    yield HERE / "documentation.html", documentation(HERE / "conflict.ttl")
    for name, text in examples():
        yield HERE / "examples" / f"{name}.ttl", text
    for name, text in answers():
        yield HERE / "questions" / f"{name}.csv", text


def main() -> int:
    """Write what is stale, or with `--check` name it and fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is stale")
    check = parser.parse_args().check
    stale = 0
    for path, text in derived():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale += 1
            print(path.relative_to(HERE.parent))
            if not check:
                path.write_text(text, encoding="utf-8")
    print(f"{stale} {'stale' if check else 'written'}", file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
