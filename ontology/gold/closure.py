"""The smallest part of a graph that tells all about one node, and how it is written as Turtle for people; maps nothing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import PROV, SDO, XSD

from kg.mapping.sheet import new_graph
from kg.vocab import CN, PREFIXES

if TYPE_CHECKING:
    from rdflib.term import Node

# on whom a node hangs that means nothing alone
_HOLDERS = (CN.reportedParticipation, CN.participant, CN.claimant, CN.place, CN.mentions, CN.reportOf)
# what an article says besides has no part in an example of one node
_LEFT_OUT = {SDO.mentions, CN.fingerprint, PROV.wasGeneratedBy, PROV.used, CN.linkScore, SDO.alternateName}


def closure(graph: Graph, focus: URIRef) -> dict[URIRef, Graph]:
    """Return the statements about a node and about all that these lead to, node by node, the focus first."""
    found: dict[URIRef, Graph] = {}
    waiting: list[URIRef] = [focus, *_holders(graph, focus)]
    while waiting:
        node = waiting.pop(0)
        if node in found:
            continue
        about = new_graph()
        for _, predicate, value in graph.triples((node, None, None)):
            if predicate not in _LEFT_OUT:
                about.add((node, predicate, value))
        found[node] = about
        for predicate, value in sorted(about.predicate_objects(node)):
            if isinstance(value, URIRef) and predicate != RDF.type and (value, None, None) in graph:
                waiting.append(value)
        if (node, RDF.type, CN.Incident) in graph:  # an incident without its reports would rest on nothing
            waiting += sorted(s for s in graph.subjects(CN.reportOf, node) if isinstance(s, URIRef))
    return {node: about for node, about in found.items() if len(about)}


def _holders(graph: Graph, focus: URIRef) -> list[URIRef]:
    """Return the shortest chain of nodes that the focus hangs on."""
    for predicate in _HOLDERS:
        above = sorted(s for s in graph.subjects(predicate, focus) if isinstance(s, URIRef))
        if above:
            return [above[0], *([] if predicate != CN.participant else _holders(graph, above[0]))]
    return []


def turtle(nodes: dict[URIRef, Graph], *, comment: str) -> str:
    """Write the nodes in their order, types first, then predicates and values sorted: the same nodes, the same text."""
    used = "\n".join(about.serialize(format="nt") for about in nodes.values())
    prefixes = [f"@prefix {p}: <{iri}> ." for p, iri in sorted(PREFIXES.items()) if iri in used and p not in _UNBOUND]
    blocks = [_block(node, about) for node, about in nodes.items()]
    return f"# {comment}\n" + "\n".join((*prefixes, "", "\n\n".join(blocks))) + "\n"


_UNBOUND = {"wdt", "rdf", "dct", "dc", "void", "owl", "geof"}


def _block(node: URIRef, about: Graph) -> str:
    pairs = sorted(
        about.predicate_objects(node), key=lambda pair: (pair[0] != RDF.type, _write(pair[0]), _write(pair[1]))
    )
    lines = []
    for predicate, group in groupby(pairs, key=lambda pair: pair[0]):
        values = " , ".join(_write(value) for _, value in group)
        lines.append(f"    {'a' if predicate == RDF.type else _write(predicate)} {values}")
    return f"{_write(node)}\n" + " ;\n".join(lines) + " ."


_NAMES = new_graph().namespace_manager


def _write(term: Node) -> str:
    if isinstance(term, Literal) and term.datatype in {XSD.boolean, XSD.integer}:
        return str(term)
    return term.n3(_NAMES)  # type: ignore[attr-defined,no-any-return]
