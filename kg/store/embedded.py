"""The embedded store: one Oxigraph in a folder, opened by one process; speaks no HTTP and maps no articles."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Self

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset, Graph, URIRef

from kg.errors import QueryError, StoreError
from kg.iris import DEFAULT_BASE, Iris
from kg.store.answer import QueryAnswer
from kg.store.formats import GRAPHS, RESULTS, graph_format
from kg.store.guard import check, with_using
from kg.store.table import Table
from kg.store.terms import from_oxigraph, substitutions
from kg.vocab import CN, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from rdflib.term import Identifier

    from kg.model import Contribution
    from kg.store.guard import Kind


_ABOUT = "kg-store.json"
_FORMAT = 1
_CHUNK = 65_536


class Store:
    """Quads in a folder. A context manager; every write is one transaction, and `generation` grows with it."""

    def __init__(self, folder: Path, *, base: str | None = None, create: bool = True) -> None:
        self.folder = folder
        self.base = _about(folder, base, create=create)
        self.iris = Iris(self.base)
        # starts at the clock, so that an answer that was cached before a restart is never taken for a fresh one
        self.generation = time.time_ns()
        try:
            self._quads = ox.Store(str(folder / "oxigraph"))
        except OSError as error:
            raise StoreError(f"{folder}: {_why(error)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._quads)

    def close(self) -> None:
        """Write everything to disk and let the folder go; a closed store answers nothing more."""
        self._quads.flush()
        del self._quads

    # --- asking ---------------------------------------------------------------------------------------------------

    def kind(self, query: str) -> Kind:
        """Say what a query answers with; raises `QueryError` for what is no query."""
        if kind := check(query).kind:
            return kind
        raise QueryError("this is no query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing")

    def select(
        self, query: str, *, substitutions: Mapping[str, Identifier] | None = None, timeout_s: float | None = None
    ) -> Table:
        """Answer a SELECT as a table of rdflib terms."""
        found = self._run(query, substitutions)
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("select needs a SELECT query")
        names = tuple(variable.value for variable in found.variables)
        rows = (tuple(None if term is None else from_oxigraph(term) for term in row) for row in found)
        return Table(names, tuple(rows))

    def ask(
        self, query: str, *, substitutions: Mapping[str, Identifier] | None = None, timeout_s: float | None = None
    ) -> bool:
        """Answer an ASK."""
        found = self._run(query, substitutions)
        if not isinstance(found, ox.QueryBoolean):
            raise QueryError("ask needs an ASK query")
        return bool(found)

    def construct(
        self, query: str, *, substitutions: Mapping[str, Identifier] | None = None, timeout_s: float | None = None
    ) -> Graph:
        """Answer a CONSTRUCT or DESCRIBE as an rdflib graph with the known prefixes bound."""
        found = self._run(query, substitutions)
        if not isinstance(found, ox.QueryTriples):
            raise QueryError("construct needs a CONSTRUCT or DESCRIBE query")
        graph = Graph(bind_namespaces="none")
        for prefix, iri in PREFIXES.items():
            graph.bind(prefix, iri)
        for triple in found:
            graph.add((from_oxigraph(triple.subject), from_oxigraph(triple.predicate), from_oxigraph(triple.object)))
        return graph

    def _run(
        self,
        query: str,
        values: Mapping[str, Identifier] | None,
        *,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        outline = check(query)
        chosen = bool(default_graphs or named_graphs)
        try:
            return self._quads.query(
                query,
                prefixes=dict(PREFIXES),
                base_iri=self.base,
                use_default_graph_as_union=not (chosen or outline.has_dataset),
                default_graph=[ox.NamedNode(iri) for iri in default_graphs] if chosen else None,
                named_graphs=[ox.NamedNode(iri) for iri in named_graphs] if chosen else None,
                substitutions=substitutions(values),
            )
        except SyntaxError as error:
            raise QueryError(str(error.msg)) from error
        except (ValueError, RuntimeError) as error:  # RuntimeError: a substituted variable is not projected
            raise QueryError(str(error)) from error

    def query(
        self,
        query: str,
        *,
        media_type: str,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
        substitutions: Mapping[str, Identifier] | None = None,
        timeout_s: float | None = None,
    ) -> QueryAnswer:
        """Answer any query in a media type; without a dataset the default graph is the union of all graphs.

        Raises `QueryError` 400 for a query that does not parse and 406 for a media type that its kind does not have.
        """
        found = self._run(query, substitutions, default_graphs=default_graphs, named_graphs=named_graphs)
        if isinstance(found, ox.QueryTriples):
            if media_type not in GRAPHS:
                raise QueryError(f"{media_type} holds no graph; ask for one of {', '.join(GRAPHS)}", status=406)
            form = GRAPHS[media_type]
            named = form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)
            body = ox.serialize(found, format=form, prefixes=dict(PREFIXES) if named else None)
            return QueryAnswer("graph", media_type, _chunks(body or b""))
        kind: Kind = "ask" if isinstance(found, ox.QueryBoolean) else "select"
        if media_type not in RESULTS:
            raise QueryError(f"{media_type} holds no results; ask for one of {', '.join(RESULTS)}", status=406)
        return QueryAnswer(kind, media_type, _chunks(found.serialize(format=RESULTS[media_type]) or b""))

    # --- writing --------------------------------------------------------------------------------------------------

    def update(
        self, update: str, *, using_graphs: tuple[str, ...] = (), using_named_graphs: tuple[str, ...] = ()
    ) -> None:
        """Carry out a SPARQL update whole or not at all."""
        check(update)
        if using_graphs or using_named_graphs:
            update = with_using(update, using_graphs, using_named_graphs)
        self._write(update)

    def put(self, contribution: Contribution) -> None:
        """Replace an article's graph, its text and the facts of its entities: one transaction."""
        text, entities = self.iris.graph("text"), self.iris.graph("entities")
        changed = [facts for facts in contribution.entities if not self._has(facts.triples, entities)]
        facts = b"".join(each.triples for each in changed)
        self._write(
            f"DROP SILENT GRAPH <{contribution.graph}> ;\n"
            + _delete_subjects(contribution.text_triples, text)
            + _delete_subjects(facts, entities)
            + "INSERT DATA {\n"
            + _in_graph(contribution.triples, contribution.graph)
            + _in_graph(contribution.text_triples, text)
            + _in_graph(facts, entities)
            + "}"
        )

    def remove(self, article: str) -> bool:
        """Drop what an article contributed, by IRI or 16 hex digits; entities that nothing mentions any more go too.

        Returns whether the store had it.
        """
        number = article.rstrip("/").rpartition("/")[2]
        graph = ox.NamedNode(self.iris.article_graph(number))
        if not self._quads.contains_named_graph(graph):
            return False
        mentioned = {
            quad.object.value
            for quad in self._quads.quads_for_pattern(None, None, None, graph)
            if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(f"{self.base}id/entity/")
        }
        self._write(
            f"DROP SILENT GRAPH <{graph.value}> ;\n"
            f"DELETE WHERE {{ GRAPH <{self.iris.graph('text')}> {{ <{self.iris.article(number)}> ?p ?o }} }} ;\n"
            + "".join(self._delete_if_orphan(entity, graph) for entity in sorted(mentioned))
            + "INSERT DATA {}"
        )
        return True

    def _delete_if_orphan(self, entity: str, leaving: ox.NamedNode) -> str:
        facts = ox.NamedNode(self.iris.graph("entities"))
        for quad in self._quads.quads_for_pattern(None, None, ox.NamedNode(entity), None):
            if quad.graph_name not in (leaving, facts):
                return ""
        return "".join(
            f"DELETE WHERE {{ GRAPH <{facts.value}> {{ <{subject}> ?p ?o }} }} ;\n"
            for subject in (entity, f"{entity}/geometry")
        )

    def replace_graph(self, iri: str, triples: bytes) -> None:
        """Replace a corpus-level graph by these N-Triples."""
        if not self._has(triples, iri, whole=True):
            self._write(f"DROP SILENT GRAPH <{iri}> ;\nINSERT DATA {{\n{_in_graph(triples, iri)}}}")

    def _write(self, update: str) -> None:
        try:
            self._quads.update(update, prefixes=dict(PREFIXES), base_iri=self.base)
        except SyntaxError as error:
            raise QueryError(str(error.msg)) from error
        except OSError as error:
            raise StoreError(f"{self.folder}: the write failed and changed nothing: {_why(error)}") from error
        self.generation += 1

    def _has(self, triples: bytes, graph: str, *, whole: bool = False) -> bool:
        """Say whether exactly these triples stand in the graph for their subjects (`whole`: and nothing else)."""
        wanted = {(t.subject, t.predicate, t.object) for t in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)}
        where = ox.NamedNode(graph)
        subjects = [None] if whole else {subject for subject, _, _ in wanted}
        found = {
            (quad.subject, quad.predicate, quad.object)
            for subject in subjects
            for quad in self._quads.quads_for_pattern(subject, None, None, where)
        }
        return wanted == found

    # --- whole graphs ---------------------------------------------------------------------------------------------

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of every article, by its IRI: what needs no rebuild."""
        predicate = ox.NamedNode(str(CN.fingerprint))
        found = self._quads.quads_for_pattern(None, predicate, None, None)
        return {
            quad.subject.value: quad.object.value
            for quad in found
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
        }

    def graph(self, iri: str) -> Graph:
        """Return one named graph as a live rdflib graph: what is added to it is added to the store."""
        return self.dataset().graph(URIRef(iri))

    def dataset(self) -> Dataset:
        """Return the whole store as a live rdflib dataset on oxrdflib; its default graph is the union of all."""
        return Dataset(store=OxigraphStore(store=self._quads), default_union=True)

    def dump(self, *, format: str, graph: str | None = None, without_text: bool = False) -> Iterator[bytes]:  # noqa: A002
        """Yield the store, or one graph of it, in `nq`, `trig`, `ttl`, `nt`, `jsonld` or `rdf`.

        A format that holds one graph gets the union of all graphs unless one is named.
        """
        form = graph_format(format)
        text = ox.NamedNode(self.iris.graph("text"))
        quads: Iterable[ox.Quad] = self._quads.quads_for_pattern(
            None, None, None, ox.NamedNode(graph) if graph else None
        )
        if without_text:
            quads = (quad for quad in quads if quad.graph_name != text)
        prefixes = None if form in (ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES) else dict(PREFIXES)
        out = io.BytesIO()
        if form in (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD):
            ox.serialize(quads, out, form, prefixes=prefixes)
        else:
            ox.serialize((quad.triple for quad in quads), out, form, prefixes=prefixes)
        yield from _chunks(out.getvalue())


def _about(folder: Path, base: str | None, *, create: bool) -> str:
    """Return the base that the store was made with, making the folder and its description where there is none."""
    about = folder / _ABOUT
    try:
        if about.is_file():
            return _checked(about, base)
        if not create:
            raise StoreError(f"{folder}: no store here")
        if folder.is_dir() and any(folder.iterdir()):
            raise StoreError(f"{folder}: neither a store nor an empty folder; name another one")
        folder.mkdir(parents=True, exist_ok=True)
        chosen = base or DEFAULT_BASE
        if not chosen.startswith(("http://", "https://")) or not chosen.endswith("/"):
            raise StoreError(f"the base {chosen} must be an http(s) IRI that ends with a slash")
        about.write_text(json.dumps({"format": _FORMAT, "base": chosen}) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder}: {_why(error)}") from error
    return chosen


def _checked(about: Path, base: str | None) -> str:
    try:
        found = json.loads(about.read_text(encoding="utf-8"))
        kept, version = str(found["base"]), found["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{about}: damaged; restore it or build the store anew in another folder") from error
    if version != _FORMAT:
        raise StoreError(f"{about.parent}: made by another version of kg (format {version}); build it anew")
    if base and base != kept:
        raise StoreError(f"{about.parent}: was made with the base {kept}, which cannot be changed to {base}")
    return kept


def _why(error: OSError) -> str:
    said = str(error.strerror or error)
    if "lock" in said.lower():
        return "another process has this store open; stop it, or name another folder"
    if isinstance(error, PermissionError):
        return "no permission to write here"
    return f"the store cannot be used ({said})"


def _in_graph(triples: bytes, graph: str) -> str:
    return f"GRAPH <{graph}> {{\n{triples.decode()}}}\n" if triples else ""


def _delete_subjects(triples: bytes, graph: str) -> str:
    subjects = sorted({line.partition(b" ")[0].decode() for line in triples.splitlines() if line})
    if not subjects:
        return ""
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    return f"DELETE {{ {pattern} }} WHERE {{ VALUES ?s {{ {' '.join(subjects)} }} {pattern} }} ;\n"


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]
