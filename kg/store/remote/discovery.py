"""Where an endpoint answers queries, takes updates and keeps whole graphs: tried out, in the order of what is usual.

Oxigraph has `/query`, `/update`, `/store`; Fuseki `/DATASET/query`, `/update`, `/data`; Virtuoso `/sparql`, `/sparql-auth`,
`/sparql-graph-crud-auth`; GraphDB and RDF4J `/repositories/NAME`, `/statements`, `/rdf-graphs/service`; our own server
`/sparql` for both and `/graphs`. What the settings name is taken as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from kg.errors import QueryError, StoreError
from kg.store.remote.endpoint import FORM, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.store.remote.endpoint import Endpoint, Reply

_RESULTS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
# asked of an update address to see whether it takes updates: it changes nothing, and needs the right to write
_TOUCH = "DELETE DATA { GRAPH <urn:kg:nothing> { <urn:kg:nothing> <urn:kg:nothing> <urn:kg:nothing> } }"
_PROBE_S = 15.0


@dataclass(frozen=True, slots=True)
class Named:
    """The addresses that the settings give; what is empty is found out."""

    query: str = ""
    update: str = ""
    graphs: str = ""


class Addresses:
    """The addresses of one endpoint, each found out when it is first needed, for what is only read may not be writable."""

    def __init__(self, endpoint: Endpoint, named: Named) -> None:
        self._endpoint = endpoint
        self._named = named
        self._query = named.query
        self._update = named.update
        self._graphs: str | None = named.graphs or None

    @property
    def query(self) -> str:
        """Where queries are answered; raises `StoreError` where none of the usual places does."""
        if not self._query:
            self._query = self._first(_query_places(self._endpoint.address), self._answers, "answers queries")
        return self._query

    @property
    def update(self) -> str:
        """Where updates are taken; raises `StoreError` where none of the usual places does, or all refuse us."""
        if not self._update:
            self._update = self._first(_update_places(self.query), self._takes, "takes updates")
        return self._update

    @property
    def graphs(self) -> str:
        """Where whole graphs are written, empty where there is no such place; needs a right to write."""
        if self._graphs is None:
            found = (place for place in _graph_places(self.query, self.update) if self._keeps(place))
            self._graphs = next(found, "")
        return self._graphs

    def graph(self, place: str, iri: str) -> str:
        """Return the address of one graph by the graph store protocol; an empty IRI is the default graph."""
        query = urlencode({"graph": iri}) if iri else "default"
        return f"{place}{'&' if urlsplit(place).query else '?'}{query}"

    def _first(self, places: tuple[str, ...], fits: Callable[[str], bool], does: str) -> str:
        refused: RefusedError | None = None
        for place in places:
            try:
                if fits(place):
                    return place
            except RefusedError as error:
                refused = refused or error
        if refused is not None:
            raise refused
        raise StoreError(
            f"{self._endpoint.address}: nothing here {does} (tried {', '.join(places)}); name the address in "
            f"KG_REMOTE_{'QUERY' if 'quer' in does else 'UPDATE'}"
        )

    def _answers(self, place: str) -> bool:
        address = f"{place}{'&' if urlsplit(place).query else '?'}{urlencode({'query': 'ASK {}'})}"
        reply = self._try(address, "GET", {"Accept": _RESULTS})
        return reply is not None and "sparql-results" in reply.media_type

    def _takes(self, place: str) -> bool:
        body = urlencode({"update": _TOUCH}).encode()
        return self._try(place, "POST", {"Content-Type": FORM}, body) is not None

    def _keeps(self, place: str) -> bool:
        """Say whether a graph can be written here, by writing no triple into one and taking it away again."""
        address = self.graph(place, "urn:kg:nothing")
        try:
            put = self._try(address, "PUT", {"Content-Type": "text/turtle"}, b"<urn:kg:nothing> a <urn:kg:nothing> .\n")
        except StoreError:
            return False
        if put is None:
            return False
        self._try(address, "DELETE", {})
        return True

    def _try(self, address: str, method: str, headers: dict[str, str], body: bytes | None = None) -> Reply | None:
        """Return the answer, `None` where this is not the place; raises `StoreError` where nobody answers or we are refused."""
        try:
            reply = self._endpoint.send(
                address,
                method,
                headers,
                body,
                expected=(301, 302, 400, 404, 405, 406, 415, 500, 501),
                timeout_s=_PROBE_S,
            )
        except QueryError:
            return None
        return reply if reply.status < 300 else None


def _query_places(address: str) -> tuple[str, ...]:
    if _path(address) == "":
        return (_at(address, "/sparql"), _at(address, "/query"), address)
    return (address, _at(address, f"{_path(address)}/sparql"), _at(address, f"{_path(address)}/query"))


def _update_places(query: str) -> tuple[str, ...]:
    path = _path(query)
    parent, _, last = path.rpartition("/")
    if "/repositories/" in path:
        return (_at(query, f"{path}/statements"),)
    if last == "query":
        return (_at(query, f"{parent}/update"), query)
    if last == "sparql":
        return (query, _at(query, f"{parent}/sparql-auth"), _at(query, f"{parent}/update"))
    if last == "sparql-auth":
        return (query,)
    return (query, _at(query, f"{path}/update"), _at(query, f"{parent}/update"))


def _graph_places(query: str, update: str) -> tuple[str, ...]:
    path = _path(query)
    parent, _, last = path.rpartition("/")
    if "/repositories/" in path:
        return (_at(query, f"{path}/rdf-graphs/service"),)
    if update.endswith("/sparql-auth"):
        return (_at(query, f"{parent}/sparql-graph-crud-auth"),)
    if last == "query":
        return (_at(query, f"{parent}/store"), _at(query, f"{parent}/data"))
    if last == "sparql":
        usual = ("graphs", "sparql-graph-crud", "data", "store")
        return tuple(_at(query, f"{parent}/{name}") for name in usual)
    return (_at(query, f"{path}/data"), _at(query, f"{parent}/data"))


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/")


def _at(address: str, path: str) -> str:
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
