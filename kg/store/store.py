"""What every store can do, wherever its quads lie: the questions and writes that the other rooms put; holds no quads."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import IO, TYPE_CHECKING, Self

import pyoxigraph as ox
from rdflib import Dataset, Graph, URIRef

from kg.errors import QueryError
from kg.store.articles import FINGERPRINT
from kg.store.forms.bodies import to_triples
from kg.store.forms.lines import checked
from kg.store.forms.table import Table
from kg.store.forms.terms import from_oxigraph
from kg.store.query.guard import check
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from rdflib.term import Identifier

    from kg.iris import Iris
    from kg.model import Contribution
    from kg.store.forms.answer import QueryAnswer
    from kg.store.query.guard import Kind
    from kg.store.record import Running, Standing

_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"


class Store(ABC):
    """Quads, in a folder or behind an endpoint. A context manager; safe to share between threads.

    Every write is one transaction. `generation` grows with each; what this object has written, its own later questions
    see. `base` is the store's base IRI, `iris` mints under it. `is_remote`: others may write to it at any time, unseen.
    """

    base: str
    iris: Iris
    is_remote = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let everything go; a closed store answers nothing more."""

    @property
    def is_writable(self) -> bool:
        """Whether writes are accepted at all: not where the folder's disk is read-only, or its permissions are."""
        return True

    @property
    @abstractmethod
    def generation(self) -> int:
        """A number that is another one when the store may have changed."""

    @abstractmethod
    def __len__(self) -> int:
        """Count the quads."""

    # --- asking ---------------------------------------------------------------------------------------------------

    def kind(self, query: str) -> Kind:
        """Say what a query answers with; raises `QueryError` for what is no query."""
        if kind := check(query).kind:
            return kind
        raise QueryError("this is no query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing")

    def select(
        self, query: str, *, substitutions: Mapping[str, Identifier] | None = None, timeout_s: float | None = None
    ) -> Table:
        """Answer a SELECT as a table of rdflib terms; a variable that is substituted must be projected."""
        if self.kind(query) != "select":
            raise QueryError("select needs a SELECT query")
        return read_table(self._whole(query, _JSON, substitutions, timeout_s))

    def ask(
        self, query: str, *, substitutions: Mapping[str, Identifier] | None = None, timeout_s: float | None = None
    ) -> bool:
        """Answer an ASK."""
        if self.kind(query) != "ask":
            raise QueryError("ask needs an ASK query")
        return bool(json.loads(self._whole(query, _JSON, substitutions, timeout_s))["boolean"])

    def construct(
        self, query: str, *, substitutions: Mapping[str, Identifier] | None = None, timeout_s: float | None = None
    ) -> Graph:
        """Answer a CONSTRUCT or DESCRIBE as an rdflib graph with the known prefixes bound."""
        if self.kind(query) != "graph":
            raise QueryError("construct needs a CONSTRUCT or DESCRIBE query")
        graph = Graph(bind_namespaces="none")
        for prefix, iri in PREFIXES.items():
            graph.bind(prefix, iri)
        triples = self._whole(query, _N_TRIPLES, substitutions, timeout_s)
        for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False):
            graph.add((from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object)))
        return graph

    @abstractmethod
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
        at_least: int = 0,
    ) -> QueryAnswer:
        """Answer any query in a media type; without a dataset the default graph is the union of all graphs.

        `timeout_s` bounds the whole answer, to its last byte; the evaluation also ends when `gone` says that nobody waits
        for it; `at_least` is the generation that it must see. Raises `QueryError`: 400 for a query that does not parse,
        403 for SERVICE, 406 for a media type that its kind does not have, 413, 503 deadline or busy, 507 memory.
        """

    def parse(self, text: str, *, is_update: bool = False, timeout_s: float | None = None) -> None:  # noqa: B027 - may be left out
        """Raise `QueryError` 400 for what is no SPARQL; SERVICE and LOAD are looked at, but not followed.

        A store that cannot parse by itself lets everything pass: it is refused when it is asked.
        """

    def _whole(
        self, query: str, media_type: str, values: Mapping[str, Identifier] | None, timeout_s: float | None
    ) -> bytes:
        return b"".join(self.query(query, media_type=media_type, substitutions=values, timeout_s=timeout_s).body)

    @property
    @abstractmethod
    def standing(self) -> Standing:
        """What is at work right now, and what became of the questions before."""

    def rest(self) -> None:  # noqa: B027 - a store without processes of its own has none to end
        """End what only waits for questions; the next question starts it again."""

    @abstractmethod
    def running(self) -> tuple[Running, ...]:
        """Return the questions that are at work right now, the oldest first."""

    @abstractmethod
    def cancel(self, number: int) -> bool:
        """Stop a running question by its number; whoever waits for it gets `QueryError` 503. Returns whether it ran."""

    # --- writing --------------------------------------------------------------------------------------------------

    @abstractmethod
    def update(
        self,
        update: str,
        *,
        using_graphs: tuple[str, ...] = (),
        using_named_graphs: tuple[str, ...] = (),
        timeout_s: float | None = None,
    ) -> None:
        """Carry out a SPARQL update whole or not at all."""

    def put(self, contribution: Contribution) -> None:
        """Replace an article's graph, its text and the facts of its entities: one transaction."""
        self.put_many((contribution,))

    @abstractmethod
    def put_many(self, contributions: Iterable[Contribution]) -> None:
        """Put several articles, each in a transaction of its own."""

    @abstractmethod
    def remove(self, article: str) -> bool:
        """Drop what an article contributed, by IRI or 16 hex digits; entities that nothing names any more go too.

        Returns whether the store had it.
        """

    @abstractmethod
    def replace_graph(self, iri: str, triples: bytes) -> None:
        """Make a corpus-level graph hold exactly these N-Triples."""

    @abstractmethod
    def load_graph(
        self, iri: str, body: bytes | IO[bytes], *, media_type: str, replace: bool = False, base: str = ""
    ) -> None:
        """Add a graph in any RDF format to the one named (an empty name: the default graph), or replace it.

        Relative IRIs in the body are resolved against `base`. Raises `QueryError` 415 for no RDF format, 400 for bad RDF.
        """

    def check_graph(self, body: bytes, *, media_type: str, base: str = "") -> None:
        """Raise what `load_graph` would raise for this body, and write nothing."""
        to_triples(body, media_type, base)

    def drop_graph(self, iri: str) -> None:
        """Take a named graph out of the store."""
        self.update(f"DROP SILENT GRAPH <{checked(iri)}>")

    def has_graph(self, iri: str) -> bool:
        """Say whether a named graph exists, be it empty."""
        return self.ask("ASK { GRAPH ?graph {} }", substitutions={"graph": URIRef(iri)})

    # --- whole graphs ---------------------------------------------------------------------------------------------

    @abstractmethod
    def backup(self, target: Path) -> int:
        """Copy the store as it stands into a new folder; return the generation copied."""

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of every article, by its IRI: what needs no rebuild."""
        found = self.select(f"SELECT ?article ?print {{ ?article <{FINGERPRINT}> ?print }}")
        return {str(row["article"]): str(row["print"]) for row in found}

    def graph(self, iri: str) -> Graph:
        """Return one named graph as an rdflib graph: live where this process writes, else a copy."""
        return self.dataset().graph(URIRef(iri))

    @abstractmethod
    def dataset(self) -> Dataset:
        """Return the whole store as an rdflib dataset: live where this process writes, else a copy."""

    @abstractmethod
    def dump(self, *, format: str, graph: str | None = None, without_text: bool = False) -> Iterator[bytes]:  # noqa: A002
        """Yield the store, or one graph of it, in `nq`, `trig`, `ttl`, `nt`, `jsonld` or `rdf`.

        A format that holds one graph gets the union of all graphs unless one is named.
        """


def read_table(results: bytes) -> Table:
    """Read JSON results as a table of rdflib terms."""
    found = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QuerySolutions):
        raise QueryError("select needs a SELECT query")
    names = tuple(variable.value for variable in found.variables)
    rows = (tuple(None if term is None else from_oxigraph(term) for term in row) for row in found)
    return Table(names, tuple(rows))
