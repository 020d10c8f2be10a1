"""How an endpoint is made to see all its graphs as one default graph: tried out on a triple that is known; asks by a function.

Many see the union by themselves. Oxigraph does for a parameter of its own, Jena and Stardog for the name of a graph that
stands for the union. For all others the graphs are named one by one (SPARQL 1.1 Protocol, section 2.1.4).
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from kg.errors import KgError, StoreError
from kg.store.forms.lines import checked

if TYPE_CHECKING:
    from collections.abc import Callable

Fields = list[tuple[str, str]]

_WAYS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("union-default-graph", "true"),),
    (("default-graph-uri", "urn:x-arq:UnionGraph"),),
    (("default-graph-uri", "tag:stardog:api:context:all"), ("named-graph-uri", "tag:stardog:api:context:named")),
)
_EXAMPLE = "SELECT ?g ?s ?p WHERE { GRAPH ?g { ?s ?p ?o FILTER(isIRI(?s)) } } LIMIT 1"
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
_MOST_GRAPHS = 2000  # that are named with every question; beyond that the endpoint should see the union itself
_FRESH_S = 5.0


class Union:
    """Finds out once, and keeps it; the list of graphs is read again after a while, and after a write."""

    def __init__(self, ask: Callable[[str, Fields], bytes], address: str) -> None:
        self._ask = ask
        self._address = address
        self._way: Fields | None = None
        self._is_listed = False
        self._listed: Fields | None = None
        self._listed_until = 0.0

    def forget(self) -> None:
        """Take note that there may be other graphs now."""
        self._listed = None

    def fields(self) -> Fields:
        """Return what is sent beside a question so that it sees all graphs as one."""
        if self._is_listed:
            return self._list()
        if self._way is None:
            self._find()
        return self._list() if self._is_listed else list(self._way or ())

    def _find(self) -> None:
        found = json.loads(self._ask(_EXAMPLE, []))["results"]["bindings"]
        if not found:
            return  # an empty store answers the same whichever way it is asked
        graph, subject, predicate = (f"<{checked(found[0][name]['value'])}>" for name in ("g", "s", "p"))
        pattern = f"{subject} {predicate} ?o"
        probe = f"ASK {{ {pattern} . GRAPH {graph} {{ {pattern} }} }}"
        for way in _WAYS:
            try:
                if json.loads(self._ask(probe, list(way)))["boolean"]:
                    self._way = list(way)
                    return
            except KgError:  # an endpoint may refuse what it does not know
                continue
        self._is_listed = True

    def _list(self) -> Fields:
        if self._listed is None or time.monotonic() > self._listed_until:
            found = json.loads(self._ask(_GRAPHS, []))["results"]["bindings"]
            names = [row["g"]["value"] for row in found]
            if len(names) > _MOST_GRAPHS:
                raise StoreError(
                    f"{self._address}: does not see its {len(names):,} graphs as one, and they are too many to be named "
                    "with every question; turn on its union default graph"
                )
            self._listed = [(kind, name) for kind in ("default-graph-uri", "named-graph-uri") for name in names]
            self._listed_until = time.monotonic() + _FRESH_S
        return self._listed
