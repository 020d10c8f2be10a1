"""A store behind any SPARQL 1.1 endpoint, asked and written over HTTP; holds no quads and starts no process.

Every article lands by one update where the endpoint carries out an update whole or not at all (all but Virtuoso do); in any
case its fingerprint lands last, so that what was left half done is done again by the next build.
"""

from __future__ import annotations

import json
import threading
import time
from typing import IO, TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
from rdflib import Dataset, Graph, URIRef

from kg.config import Config
from kg.errors import QueryError, StoreError
from kg.iris import Iris
from kg.store.articles import FINGERPRINT
from kg.store.forms.answer import QueryAnswer
from kg.store.forms.bodies import to_triples
from kg.store.forms.formats import graph_format
from kg.store.forms.geojson import MEDIA_TYPE as GEOJSON
from kg.store.forms.geojson import to_geojson
from kg.store.forms.lines import Lines, checked, read
from kg.store.forms.terms import from_oxigraph
from kg.store.live import LiveStore
from kg.store.query.guard import check, with_using
from kg.store.query.portable import declared, last_limit, with_values
from kg.store.query.union import Union
from kg.store.remote.discovery import Addresses, Named
from kg.store.remote.endpoint import FORM, Credentials, Endpoint
from kg.store.remote.results import CutError, accepted, converted, flow, read_graph
from kg.store.store import Store, read_table
from kg.store.tally import Tally, Watched
from kg.store.updates import put_updates, removal
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from rdflib.term import Identifier

    from kg.model import Contribution
    from kg.store.forms.table import Table
    from kg.store.query.guard import Kind
    from kg.store.record import Running, Standing

_JSON = "application/sparql-results+json"
# how long what was read of a store that others may write to is taken for its present state: pages may be so old
_FRESH_S = 30
_COUNTED_S = 60.0  # and its size, for which most engines look at everything
_SPACE = "http://rdfs.org/ns/void#uriSpace"
_VIRTUOSO_MOST = 4000  # triples in one update; its compiler runs out of memory at 4,990 of ours
_DEEPEST = 8  # entities that only orphans name, that only orphans name, …
_PREFIXED = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)
_TRIPLES_ONLY = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML)


class RemoteStore(Store):
    """The quads of one endpoint. The store is what lies in graphs under its base; questions see all that is there.

    `generation` moves with our own writes and every few seconds, for nobody tells us of the writes of others.
    """

    is_remote = True

    def __init__(
        self, address: str, *, base: str | None = None, create: bool = True, config: Config | None = None
    ) -> None:
        config = config or Config()
        credentials = Credentials(config.remote_token, config.remote_user, config.remote_password)
        self._endpoint = Endpoint(
            address, credentials, timeout_s=config.remote_timeout_s, max_bytes=config.remote_max_mb * 1_000_000
        )
        self._addresses = Addresses(
            self._endpoint, Named(config.remote_query, config.remote_update, config.remote_graphs)
        )
        self._tally = Tally(address, slow_s=config.slow_s)
        self._turn = threading.Lock()
        self._written = 0
        self._size = (-1, 0.0, 0)
        self._union = Union(self._fields_answer, address)
        try:
            self.base = self._prepare(base, default=config.base, create=create)
        except BaseException:
            self._endpoint.close()
            raise
        self.iris = Iris(self.base)

    def close(self) -> None:
        """Let the connections go."""
        self._endpoint.close()

    @property
    def generation(self) -> int:
        return (int(time.time() / _FRESH_S) << 20) + self._written

    def __len__(self) -> int:
        written, until, size = self._size
        if written != self._written or time.monotonic() > until:
            written, size = self._written, self._count()
            self._size = (written, time.monotonic() + _COUNTED_S, size)
        return size

    def _count(self) -> int:
        ours = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {_quoted(self.iris.graph(''))}))"
        return int(str(self._own(f"SELECT (COUNT(*) AS ?n) WHERE {{ {ours} }}").rows[0][0]))

    def _prepare(self, base: str | None, *, default: str, create: bool) -> str:
        """Return the base of the graph that the endpoint holds; mark the endpoint with it where there is none yet."""
        spaces = self._own(f"SELECT DISTINCT ?g ?space WHERE {{ GRAPH ?g {{ ?d <{_SPACE}> ?space }} }}")
        found = {
            str(row["space"]).removesuffix("id/")
            for row in spaces
            if str(row["g"]) == f"{str(row['space']).removesuffix('id/')}graph/void"
        }
        if base and found and base not in found:
            raise StoreError(
                f"{self._endpoint.address}: was made with the base {min(found)}, which cannot be changed to {base}"
            )
        if len(found) > 1 and not base:
            raise StoreError(
                f"{self._endpoint.address}: holds graphs with several bases ({', '.join(sorted(found))}); name one with --base"
            )
        chosen = base or next(iter(found), default)
        if not chosen.startswith(("http://", "https://")) or not chosen.endswith("/"):
            raise StoreError(f"the base {chosen} must be an http(s) IRI that ends with a slash")
        if not found and create:
            mark = f'<{chosen}.well-known/void#dataset> <{_SPACE}> "{chosen}id/" .'
            self._send(f"INSERT DATA {{ GRAPH <{checked(f'{chosen}graph/void')}> {{ {mark} }} }}", repeatable=True)
        return chosen

    # --- asking ---------------------------------------------------------------------------------------------------

    def query(
        self,
        query: str,
        *,
        media_type: str,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
        substitutions: Mapping[str, Identifier] | None = None,
        timeout_s: float | None = None,
        gone: Callable[[], bool] | None = None,
        at_least: int = 0,  # noqa: ARG002 - an endpoint answers from its newest state
    ) -> QueryAnswer:
        """Answer any query in a media type; without a dataset the default graph is the union of all graphs.

        `timeout_s` bounds the whole answer, to its last byte. Raises `QueryError` for what the endpoint refuses, 503 for a
        missed deadline, and `StoreError` for an endpoint that does not answer or answers nonsense.
        """
        outline = check(query)
        if outline.kind is None:
            raise QueryError("this is no query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing")
        if media_type == GEOJSON:
            if outline.kind != "select":
                raise QueryError("GeoJSON needs a SELECT query", status=406)
            found = read_table(self._whole(query, _JSON, substitutions, timeout_s))
            return QueryAnswer("select", GEOJSON, to_geojson(found), self.generation)
        text = declared(with_values(query, substitutions or {}), prefixes=PREFIXES, base=getattr(self, "base", ""))
        dataset = [("default-graph-uri", iri) for iri in default_graphs if iri]
        dataset += [("named-graph-uri", iri) for iri in named_graphs]
        if not dataset and not outline.has_dataset and "" not in default_graphs:
            dataset = self._union.fields()
        return self._answer(text, outline.kind, media_type, dataset, timeout_s, gone)

    def _answer(
        self,
        text: str,
        kind: Kind,
        media_type: str,
        dataset: list[tuple[str, str]],
        timeout_s: float | None,
        gone: Callable[[], bool] | None,
    ) -> QueryAnswer:
        question = self._tally.begin(text, gone)
        generation = self.generation
        try:
            fields = [("query", text), *dataset]
            incoming = self._endpoint.form(self._addresses.query, fields, accept=accepted(kind), timeout_s=timeout_s)
            body = converted(incoming, kind, media_type, prefixes=PREFIXES, limit=last_limit(text))
        except QueryError as error:
            self._tally.end(question, "deadline" if error.status == 503 else "refused")
            raise
        except BaseException:
            self._tally.end(question, "lost")
            raise
        return QueryAnswer(kind, media_type, Watched(body, question, self._tally.end), generation)

    def _fields_answer(self, text: str, dataset: list[tuple[str, str]]) -> bytes:
        """Answer a question of our own about the endpoint itself, with these fields beside it."""
        kind = check(text).kind or "select"
        return b"".join(self._answer(text, kind, _JSON, dataset, None, None).body)

    def _own(self, text: str) -> Table:
        """Answer a SELECT of this room, which names its graphs itself and uses no prefix."""
        return read_table(self._fields_answer(text, []))

    def has_graph(self, iri: str) -> bool:
        """Say whether a named graph holds anything; most engines know no empty graphs."""
        found = json.loads(self._fields_answer(f"ASK {{ GRAPH <{checked(iri)}> {{ ?s ?p ?o }} }}", []))
        return bool(found["boolean"])

    @property
    def standing(self) -> Standing:
        return self._tally.standing()

    def running(self) -> tuple[Running, ...]:
        return self._tally.running()

    def cancel(self, number: int) -> bool:
        """Stop a running question when its next piece arrives: nothing can stop the endpoint itself."""
        return self._tally.cancel(number)

    # --- writing --------------------------------------------------------------------------------------------------

    def update(
        self,
        update: str,
        *,
        using_graphs: tuple[str, ...] = (),
        using_named_graphs: tuple[str, ...] = (),
        timeout_s: float | None = None,
    ) -> None:
        """Send an update, once: whether it is carried out whole or not at all is the endpoint's doing."""
        check(update)
        if using_graphs or using_named_graphs:
            update = with_using(update, using_graphs, using_named_graphs)
        self._send(declared(update, prefixes=PREFIXES, base=self.base), repeatable=False, timeout_s=timeout_s)

    def _send(self, update: str, *, repeatable: bool, timeout_s: float | None = None) -> None:
        body = urlencode({"update": update}).encode()
        self._endpoint.send(
            self._addresses.update, "POST", {"Content-Type": FORM}, body, repeatable=repeatable, timeout_s=timeout_s
        )
        self._wrote()

    def _wrote(self) -> None:
        with self._turn:
            self._written += 1
        self._union.forget()

    def put_many(self, contributions: Iterable[Contribution]) -> None:
        """Put several articles, each by an update of its own."""
        for contribution in contributions:
            lost = self._leaving(contribution.graph, {entity.iri for entity in contribution.entities})
            most = _VIRTUOSO_MOST if self._endpoint.server.startswith("Virtuoso") else None
            for update in put_updates(contribution, self.iris, lost, most=most):
                self._send(update, repeatable=True)

    def remove(self, article: str) -> bool:
        number = article.rstrip("/").rpartition("/")[2]
        graph = self.iris.article_graph(number)
        if not self.has_graph(graph):
            return False
        self._send(removal(article, self.iris, self._leaving(graph, set())), repeatable=True)
        return True

    def _leaving(self, graph: str, kept: set[str]) -> list[set[str]]:
        """Return the entities that only this graph may name: those it names itself, then those that these name, and so on."""
        begin = self.iris.entity("")
        named = self._own(
            f"SELECT DISTINCT ?e WHERE {{ GRAPH <{checked(graph)}> {{ ?s ?p ?e }} "
            f"FILTER(isIRI(?e) && STRSTARTS(STR(?e), {_quoted(begin)})) }}"
        )
        levels = [{_whole_entity(str(row["e"]), begin) for row in named} - kept]
        while levels[-1] and len(levels) < _DEEPEST:
            seen = set().union(*levels) | kept
            levels.append(self._named_by(levels[-1], begin) - seen)
        return [level for level in levels if level]

    def _named_by(self, entities: set[str], begin: str) -> set[str]:
        values = " ".join(f"<{checked(entity)}>" for entity in sorted(entities))
        found = self._own(
            f"SELECT DISTINCT ?e WHERE {{ VALUES ?of {{ {values} }} GRAPH <{self.iris.graph('entities')}> {{ ?of ?p ?e }} "
            f"FILTER(isIRI(?e) && STRSTARTS(STR(?e), {_quoted(begin)})) }}"
        )
        return {_whole_entity(str(row["e"]), begin) for row in found}

    def replace_graph(self, iri: str, triples: bytes) -> None:
        self._load(iri, triples, replace=True)

    def load_graph(
        self, iri: str, body: bytes | IO[bytes], *, media_type: str, replace: bool = False, base: str = ""
    ) -> None:
        whole = body if isinstance(body, bytes) else body.read()
        self._load(iri, to_triples(whole, media_type, base), replace=replace)

    def _load(self, iri: str, triples: bytes, *, replace: bool) -> None:
        """Write a whole graph by the graph store protocol, or by an update where the endpoint has no such thing."""
        if place := self._addresses.graphs:
            address = self._addresses.graph(place, iri)
            headers = {"Content-Type": "text/turtle"}  # N-Triples are Turtle, which everybody reads
            self._endpoint.send(address, "PUT" if replace else "POST", headers, triples, repeatable=replace)
            self._wrote()
            return
        where = f"GRAPH <{checked(iri)}>" if iri else "DEFAULT"
        drop = f"DROP SILENT {where} ;\n" if replace else ""
        self._send(f"{drop}INSERT DATA {{\n{Lines({iri: read(triples)}).data()}}}", repeatable=replace)

    # --- whole graphs ---------------------------------------------------------------------------------------------

    def backup(self, target: Path) -> int:
        raise StoreError(
            f"{target}: a store behind an endpoint is backed up where it lies; kg export writes it to a file"
        )

    def fingerprints(self) -> dict[str, str]:
        pattern = f"GRAPH ?g {{ ?article <{FINGERPRINT}> ?print }}"
        try:
            found = self._own(f"SELECT ?article ?print WHERE {{ {pattern} }}")
            return {str(row["article"]): str(row["print"]) for row in found}
        except CutError as error:
            return self._fingerprints_in_pages(pattern, max(1, error.rows // 2))

    def _fingerprints_in_pages(self, pattern: str, size: int) -> dict[str, str]:
        """Read them page by page where the endpoint gives only so many rows at once."""
        known: dict[str, str] = {}
        last = ""
        while True:
            page = self._own(
                f"SELECT ?article ?print WHERE {{ {pattern} FILTER(STR(?article) > {_quoted(last)}) }} "
                f"ORDER BY STR(?article) LIMIT {size}"
            )
            known |= {str(row["article"]): str(row["print"]) for row in page}
            if len(page) < size:
                return known
            last = str(page.rows[-1][0])

    def graph(self, iri: str) -> Graph:
        """Return a copy of one named graph."""
        graph = Graph(identifier=URIRef(iri), bind_namespaces="none")
        for quad in self._quads((iri,)):
            graph.add((from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object)))
        return graph

    def dataset(self) -> Dataset:
        """Return a copy of the whole store as an rdflib dataset; its default graph is the union of all."""
        copy = ox.Store()
        copy.bulk_extend(self._quads(self._graphs()))
        return Dataset(store=LiveStore(copy, lambda: None), default_union=True)

    def dump(self, *, format: str, graph: str | None = None, without_text: bool = False) -> Iterator[bytes]:  # noqa: A002
        """Yield the graphs under the store's base, or one graph, in `nq`, `trig`, `ttl`, `nt`, `jsonld` or `rdf`.

        A format that holds one graph gets the union of all graphs unless one is named. Each graph is one state; others may
        write between one graph and the next.
        """
        form = graph_format(format)
        left_out = self.iris.graph("text") if without_text else ""
        graphs = (graph,) if graph else tuple(iri for iri in self._graphs() if iri != left_out)
        prefixes = dict(PREFIXES) if form in _PREFIXED else None

        def write(out: IO[bytes]) -> None:
            quads = self._quads(graphs)
            if form in _TRIPLES_ONLY:
                ox.serialize((quad.triple for quad in quads), out, form, prefixes=prefixes)
            else:
                ox.serialize(quads, out, form, prefixes=prefixes)

        return flow(write)

    def _graphs(self) -> tuple[str, ...]:
        """Return the graphs under the store's base, in the order of their names."""
        begin = _quoted(self.iris.graph(""))
        pattern = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {begin}))"
        try:
            found = self._own(f"SELECT DISTINCT ?g WHERE {{ {pattern} }}")
            return tuple(sorted(str(row["g"]) for row in found))
        except CutError:
            articles = (self.iris.article_graph(iri.rpartition("/")[2]) for iri in self.fingerprints())
            corpus = (self.iris.graph(name) for name in ("entities", "incidents", "ontology", "text", "void"))
            return tuple(sorted((*articles, *filter(self.has_graph, corpus))))

    def _quads(self, graphs: Iterable[str]) -> Iterator[ox.Quad]:
        for iri in graphs:
            name = ox.NamedNode(iri)
            text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{checked(iri)}> {{ ?s ?p ?o }} }}"
            incoming = self._endpoint.form(self._addresses.query, [("query", text)], accept=accepted("graph"))
            try:
                most = incoming.headers.get("X-SPARQL-MaxRows", "")
                for quad in read_graph(incoming, most=int(most) if most.isdigit() else None):
                    yield ox.Quad(quad.subject, quad.predicate, quad.object, name)
            finally:
                incoming.close()


def _quoted(text: str) -> str:
    """Write a text of our own making as a literal."""
    return str(ox.Literal(text))


def _whole_entity(iri: str, begin: str) -> str:
    """Return the entity that a node under it belongs to."""
    return begin + iri[len(begin) :].partition("/")[0]
