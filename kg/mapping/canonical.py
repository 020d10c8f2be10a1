"""Graphs as canonical bytes: the same triples give the same bytes, whoever built them and in whatever order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import BNode

if TYPE_CHECKING:
    from rdflib import Graph


def canonical(graph: Graph) -> bytes:
    """Return the graph as sorted N-Triples lines in UTF-8.

    Raises `ValueError` for a blank node: it has no name that two runs would share.
    """
    for triple in graph:
        if any(isinstance(term, BNode) for term in triple):
            raise ValueError(f"a blank node cannot be written canonically: {triple}")
    lines = graph.serialize(format="nt11", encoding="utf-8").splitlines(keepends=True)
    return b"".join(sorted(set(lines)))
