"""One Oxigraph opened in this process: evaluates, writes, dumps; knows nothing of processes, articles or deadlines."""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.store.embedded.folder import why
from kg.store.forms import lines
from kg.store.forms.bodies import alone
from kg.store.forms.commas import write_csv
from kg.store.forms.formats import GRAPHS, RESULTS, graph_format
from kg.store.forms.lines import Lines, checked
from kg.store.query.complaint import explain
from kg.store.query.guard import LONGEST_UPDATE, Kind, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.store.query.question import Question

_PREFIXED = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)
_TRIPLES_ONLY = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML)
_PIECE = 32_000_000  # bytes of N-Triples that are loaded together: they take about three times as much memory
_QUADS = 10_000
# the number of the write at hand, in the same transaction as the write: who finds it afterwards knows that it was done
_MARK = ox.NamedNode("urn:kg:write")
_NUMBER = ox.NamedNode("urn:kg:number")


class BrokenError(StoreError):
    """A write failed and changed nothing; the engine takes no more until it is opened anew."""


class Engine:
    """Quads under one path, read-write or frozen.

    Each write is one transaction. With a `mark`, updates leave that number in it until `take_marks`.
    """

    def __init__(self, path: Path | str, *, frozen: bool = False) -> None:
        self.path = path
        self.mark = ""
        try:
            self.quads = ox.Store.read_only(str(path)) if frozen else ox.Store(str(path))
        except OSError as error:
            raise StoreError(f"{path}: {why(error)}") from error
        except RuntimeError as error:  # what RocksDB calls corruption
            raise StoreError(f"{path}: {_damage(error)}") from error

    # --- reading --------------------------------------------------------------------------------------------------

    def evaluate(self, question: Question, *, has_dataset: bool | None = None) -> Found:
        """Evaluate a query up to its first result.

        Whoever has checked the tokens of the query already says what they told: whether it names its dataset. Raises `QueryError` 403 for SERVICE, 400 for what does not parse, 406 for a media type that its kind has not.
        """
        if has_dataset is None:
            has_dataset = check(question.query).has_dataset
        chosen = bool(question.default_graphs or question.named_graphs)
        try:
            found = self.quads.query(
                question.query,
                prefixes=dict(question.prefixes),
                base_iri=question.base or None,
                # with this flag Oxigraph passes over the query's own FROM
                use_default_graph_as_union=not (chosen or has_dataset),
                default_graph=[_graph(iri) for iri in question.default_graphs] if chosen else None,
                named_graphs=[ox.NamedNode(iri) for iri in question.named_graphs] if chosen else None,
                substitutions={ox.Variable(name): read_term(term) for name, term in question.terms},
            )
        except SyntaxError as error:
            raise QueryError(
                explain(str(error.msg), question.query, known=[name for name, _ in question.prefixes])
            ) from error
        except (ValueError, RuntimeError) as error:  # RuntimeError: a substituted variable is not projected
            raise QueryError(str(error)) from error
        except OSError as error:
            raise StoreError(f"{self.path}: {why(error)}") from error
        return Found(found, question)

    def dump(
        self, out: IO[bytes], *, suffix: str, prefixes: dict[str, str], graph: str = "", without: str = ""
    ) -> None:
        """Write all quads, or one graph; a format that holds one graph gets the union of all graphs."""
        form = graph_format(suffix)
        quads: Iterable[ox.Quad] = self.quads.quads_for_pattern(
            None, None, None, ox.NamedNode(graph) if graph else None
        )
        if without:
            left_out = ox.NamedNode(without)
            quads = (quad for quad in quads if quad.graph_name != left_out)
        triples = form in _TRIPLES_ONLY
        statements: Iterable[ox.Quad] | Iterable[ox.Triple] = (quad.triple for quad in quads) if triples else quads
        ox.serialize(statements, out, form, prefixes=prefixes if form in _PREFIXED else None)

    # --- writing --------------------------------------------------------------------------------------------------

    def update(self, update: str, *, base: str, prefixes: dict[str, str]) -> None:
        """Carry out an update whole or not at all."""
        check(update, longest=LONGEST_UPDATE)
        try:
            self._carry_out(update, base_iri=base, prefixes=prefixes)
        except SyntaxError as error:
            raise QueryError(explain(str(error.msg), update, known=list(prefixes))) from error

    def _carry_out(self, update: str, *, base_iri: str | None = None, prefixes: dict[str, str] | None = None) -> None:
        options = {"base_iri": base_iri, "prefixes": prefixes}
        try:
            if self.mark:
                with contextlib.suppress(SyntaxError):  # nothing was done; without the mark the true complaint comes
                    mark = f'INSERT DATA {{ {_MARK} {_NUMBER} "{self.mark}" }}'
                    self.quads.update(f"{update}\n; {mark}", **options)  # type: ignore[arg-type]
                    return
            self.quads.update(update, **options)  # type: ignore[arg-type]
        except (ValueError, RuntimeError) as error:
            if _is_damage(error):
                raise BrokenError(f"{self.path}: {_damage(error)}") from error
            raise QueryError(str(error)) from error
        except OSError as error:
            raise self._broken(error) from error

    def _broken(self, error: OSError) -> BrokenError:
        return BrokenError(f"{self.path}: the write failed and changed nothing: {why(error)}")

    def take_marks(self) -> frozenset[str]:
        """Take out the numbers that writes have left, and return them."""
        try:
            found = list(self.quads.quads_for_pattern(_MARK, _NUMBER, None, ox.DefaultGraph()))
            for quad in found:
                self.quads.remove(quad)
        except OSError as error:
            raise self._broken(error) from error
        return frozenset(str(getattr(quad.object, "value", "")) for quad in found)

    def replace(self, leaving: Lines, coming: Lines) -> bool:
        """Exchange triples for others in one transaction; return whether anything changed."""
        gone, new = leaving.without(coming), coming.without(leaving)
        try:
            if gone:
                self._carry_out(f"DELETE DATA {{ {gone.data()} }} ; INSERT DATA {{ {new.data()} }}")
            elif new:
                self.quads.load(new.quads(), ox.RdfFormat.N_QUADS)  # one transaction too, and twice as fast
        except SyntaxError as error:
            raise StoreError(f"these are no N-Triples: {error.msg}") from error
        except OSError as error:
            raise self._broken(error) from error
        return bool(gone or new)

    def replace_graph(self, graph: str, triples: bytes) -> bool:
        """Make a graph hold exactly these N-Triples, in one transaction; return whether anything changed."""
        old, new = self.lines_of(graph), lines.read(triples)
        if not lines.has_blank(old) and not lines.has_blank(new):
            return self.replace(Lines({graph: old}), Lines({graph: new}))
        if _canonical(b"\n".join(old)) == _canonical(triples):
            return False
        self.load_graph(graph, triples, replace=True)
        return True

    def load_graph(self, graph: str, triples: bytes, *, replace: bool) -> None:
        """Add N-Triples to a graph, which may replace all it held; one transaction. No name means the default graph."""
        where = f"GRAPH <{checked(graph)}>" if graph else "DEFAULT"
        inside = Lines({graph: lines.read(triples)}).data()
        make = f"CREATE SILENT {where} ; " if graph else ""
        drop = f"DROP SILENT {where} ; " if replace else ""
        try:
            self._carry_out(f"{drop}{make}INSERT DATA {{ {inside} }}")
        except SyntaxError as error:
            raise QueryError(f"these are no triples: {error.msg}") from error

    def load_in_pieces(self, graph: str, path: Path, *, replace: bool) -> None:
        """Add a file of N-Triples to a graph, or replace it, in bounded memory: many transactions.

        Whoever calls this keeps a way back to the state before.
        """
        where = _graph(graph)
        try:
            if isinstance(where, ox.NamedNode):
                self.quads.add_graph(where)
            while replace and (old := list(islice(self.quads.quads_for_pattern(None, None, None, where), _QUADS))):
                for quad in old:
                    self.quads.remove(quad)
            with path.open("rb") as file:
                while piece := b"".join(file.readlines(_PIECE)):
                    self.quads.bulk_load(piece, ox.RdfFormat.N_TRIPLES, to_graph=where)
        except SyntaxError as error:
            raise QueryError(f"these are no triples: {error.msg}") from error
        except OSError as error:
            raise self._broken(error) from error

    def lines_of(self, graph: str) -> set[bytes]:
        """Return a whole graph as lines of N-Triples."""
        where = ox.NamedNode(graph)
        if not self.quads.contains_named_graph(where):
            return set()
        return self._lines("CONSTRUCT WHERE { ?s ?p ?o }", where)

    def lines_about(self, subjects: Iterable[str], graph: str) -> set[bytes]:
        """Return what one graph says about some nodes."""
        nodes = " ".join(f"<{checked(subject)}>" for subject in subjects)
        if not nodes:
            return set()
        return self._lines(f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ {nodes} }} ?s ?p ?o }}", ox.NamedNode(graph))

    def _lines(self, query: str, graph: ox.NamedNode) -> set[bytes]:
        found = self.quads.query(query, default_graph=graph)
        if not isinstance(found, ox.QueryTriples):
            return set()
        return set((found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").splitlines())

    def naming(self, iri: str) -> Iterator[tuple[str, str]]:
        """Yield subject and graph of all that has this node as object."""
        for quad in self.quads.quads_for_pattern(None, None, ox.NamedNode(iri), None):
            yield str(getattr(quad.subject, "value", "")), str(getattr(quad.graph_name, "value", ""))

    def backup(self, path: Path) -> None:
        """Freeze the present state under another path on the same disk; the files are hard links."""
        try:
            self.quads.backup(str(path))
        except OSError as error:
            raise BrokenError(f"{path}: no checkpoint could be made: {why(error)}") from error

    def flush(self) -> None:
        """Wait until all that was written is on the disk itself."""
        try:
            self.quads.flush()
        except OSError as error:
            raise StoreError(f"{self.path}: {why(error)}") from error


def _is_damage(error: Exception) -> bool:
    return "corruption" in str(error).lower() or "checksum" in str(error).lower()


def _damage(error: Exception) -> str:
    return f"the store is damaged ({error}); restore a backup, or build it anew in another folder"


class Found:
    """The answer of a query, not yet written."""

    def __init__(self, found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, question: Question) -> None:
        self._found = found
        self._question = question
        media_type = question.media_type
        self.kind: Kind = "select"
        if isinstance(found, ox.QueryTriples):
            self.kind = "graph"
        elif isinstance(found, ox.QueryBoolean):
            self.kind = "ask"
        known = GRAPHS if self.kind == "graph" else RESULTS
        if media_type not in known:
            raise QueryError(f"{media_type} holds no such answer; ask for one of {', '.join(known)}", status=406)

    def write(self, out: IO[bytes]) -> None:
        """Evaluate the rest and write it; errors of `out` pass through."""
        media_type = self._question.media_type
        try:
            if isinstance(self._found, ox.QueryTriples):
                form = GRAPHS[media_type]
                # N-Triples and N-Quads need no prefixes, and their rows need not pass through Python
                if form in _PREFIXED:
                    ox.serialize(self._found, out, form, prefixes=dict(self._question.prefixes))
                else:
                    self._found.serialize(out, form)
            elif isinstance(self._found, ox.QuerySolutions) and media_type == "text/csv":
                write_csv(self._found, out)
            else:
                self._found.serialize(out, RESULTS[media_type])
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise QueryError(f"the evaluation failed: {error}") from error


def parse(text: str, *, is_update: bool, base: str, prefixes: dict[str, str]) -> None:
    """Raise `QueryError` 400 for what is no SPARQL. It is evaluated on an empty store, for Oxigraph parses nothing alone."""
    empty = ox.Store()
    try:
        if is_update:
            empty.update(text, prefixes=prefixes, base_iri=base)
        else:
            empty.query(text, prefixes=prefixes, base_iri=base)
    except SyntaxError as error:
        raise QueryError(explain(str(error.msg), text, known=list(prefixes))) from error
    except (ValueError, RuntimeError, OSError):
        pass  # it parses: what it asks for is not there


def write_triples(body: bytes | IO[bytes], media_type: str, base: str, path: Path) -> None:
    """Turn a graph in any RDF format into a file of N-Triples, in constant memory; raises what `to_triples` does."""
    if media_type not in GRAPHS:
        raise QueryError(
            f"{media_type or 'no media type'} is no RDF format; send one of {', '.join(GRAPHS)}", status=415
        )
    try:
        quads = ox.parse(body, format=GRAPHS[media_type], base_iri=base or None, rename_blank_nodes=True)
        with path.open("wb") as file:
            ox.serialize(map(alone, quads), file, ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the body cannot be read as {media_type}: {error}") from error
    except OSError as error:
        raise StoreError(f"{path.parent.parent}: the upload cannot be kept here: {why(error)}") from error


def _graph(iri: str) -> ox.NamedNode | ox.DefaultGraph:
    return ox.NamedNode(iri) if iri else ox.DefaultGraph()


def _canonical(triples: bytes) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def read_term(text: str) -> ox.NamedNode | ox.Literal:
    """Read one term in N-Triples."""
    quad = next(iter(ox.parse(f"<x:x> <x:x> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    term = quad.object
    if not isinstance(term, (ox.NamedNode, ox.Literal)):
        raise QueryError(f"{text} cannot be given for a variable")
    return term
