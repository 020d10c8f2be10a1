"""The store as everybody else sees it: asks readers or the engine at hand, writes through the writer; speaks no HTTP.

Four ways to stand: alone (this process holds the writer, and evaluates itself what has no deadline); beside a server
(its writer process carries out our writes); serving (a writer process and reader processes, nothing in this one); shut
(the folder cannot be written, and is only read).
"""

from __future__ import annotations

import io
import time
from dataclasses import replace
from typing import IO, TYPE_CHECKING
from weakref import WeakSet

import pyoxigraph as ox
from rdflib import Dataset, Graph, URIRef

from kg.config import Config
from kg.errors import QueryError, StoreError
from kg.iris import Iris
from kg.store.embedded.cache import Answers, Checkpoints, Kept
from kg.store.embedded.client import WriterClient
from kg.store.embedded.engine import write_triples
from kg.store.embedded.folder import ClosedError, Folder, Generation, HeldError, held, why
from kg.store.embedded.pool import Pool, Task
from kg.store.embedded.shut import Shut
from kg.store.embedded.writer import Writer
from kg.store.forms.answer import QueryAnswer
from kg.store.forms.bodies import to_triples
from kg.store.forms.formats import graph_format
from kg.store.forms.geojson import MEDIA_TYPE as GEOJSON
from kg.store.forms.geojson import to_geojson
from kg.store.forms.terms import to_oxigraph
from kg.store.live import LiveStore
from kg.store.query.guard import LONGEST, LONGEST_UPDATE, check, has_escapes
from kg.store.query.network import stand_in
from kg.store.query.question import Question
from kg.store.record import Running, Standing
from kg.store.store import Store, read_table
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from rdflib.term import Identifier

    from kg.model import Contribution
    from kg.store.embedded.folder import Checkpoint
    from kg.store.query.guard import Kind, Outline

_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"
_PREFIXES = tuple(PREFIXES.items())
_PIECE = 65_536
_IN_MEMORY = 4_000_000  # bytes of an upload
_SWEPT = 410  # what a reader answers whose checkpoint has gone
_SWEPT_AT_MOST = 3  # times that newer checkpoints may push one out before it is held


class EmbeddedStore(Store):
    """Quads in a folder. A context manager; safe to share between threads.

    Every write is one transaction. `generation` grows with each and never repeats; what this object has written, its own
    later questions see. `base` is the store's base IRI, `iris` mints under it.
    """

    def __init__(
        self,
        path: Path,
        *,
        base: str | None = None,
        create: bool = True,
        config: Config | None = None,
        serving: bool = False,
    ) -> None:
        self._config = config or Config()
        self._folder = Folder(path)
        self.base = self._folder.prepare(base, create=create)
        self.iris = Iris(self.base)
        self._writer = _open_writer(self._folder, self.base, self._config, serving=serving)
        try:
            self._generation = self._writer if isinstance(self._writer, Shut) else Generation(self._folder)
        except OSError as error:
            self._writer.close()
            raise StoreError(f"{path}: {why(error)}") from error
        self._written = 0
        self._checkpoints = Checkpoints(self._freeze, lambda: self.generation)
        self._answers = Answers()
        self._pool = Pool(readers=self._config.readers, memory_mb=self._config.memory_mb, slow_s=self._config.slow_s)
        if serving:
            self._pool.warm()
        self._size = (-1, 0)
        self._live: WeakSet[LiveStore] = WeakSet()
        self._closed = False

    def close(self) -> None:
        """Stop the readers, put everything on the disk and let the folder go; a closed store answers nothing more."""
        if not self._closed:
            self._closed = True
            self._pool.close()
            for live in self._live:
                live.cut()
            self._writer.close()
            if isinstance(self._generation, Generation):
                self._generation.close()

    @property
    def is_writable(self) -> bool:
        return not isinstance(self._writer, Shut)

    @property
    def generation(self) -> int:
        return self._generation.get() if isinstance(self._generation, Generation) else self._generation.generation

    @property
    def standing(self) -> Standing:
        """What the reader processes do right now."""
        return replace(self._pool.standing(), writes=self._writer.waiting())

    def rest(self) -> None:
        """End the reader processes that wait for questions; the next question starts others."""
        self._pool.rest()

    def running(self) -> tuple[Running, ...]:
        """Return the questions and updates that processes of this object work on right now, the oldest first."""
        if not isinstance(self._writer, WriterClient):
            return self._pool.running()
        now = time.monotonic()
        updates = (Running(work.number, work.text, now - work.started) for work in self._writer.running())
        return (*self._pool.running(), *updates)

    def cancel(self, number: int) -> bool:
        """Stop a running question or update by its number; whoever waits for it gets `QueryError` 503.

        Returns whether it ran. An update that is stopped has changed nothing.
        """
        return self._pool.cancel(number) or (isinstance(self._writer, WriterClient) and self._writer.cancel(number))

    def __len__(self) -> int:
        if isinstance(self._writer, Writer):
            return len(self._writer.engine.quads)
        generation = self.generation
        if self._size[0] != generation:
            checkpoint = self._checkpoints.newest(self._written)
            stream = self._pool.ask(checkpoint, {"what": "len"}, timeout_s=None)
            self._size = (checkpoint.generation, int(stream.head))
            for _ in stream:
                pass
        return self._size[1]

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
        at_least: int = 0,
    ) -> QueryAnswer:
        """Answer any query in a media type; without a dataset the default graph is the union of all graphs.

        `timeout_s` bounds the whole answer, to its last byte; the evaluation also ends when `gone` says that nobody waits
        for it. Raises `QueryError`: 400 for a query that does not parse,
        403 for SERVICE, 406 for a media type that its kind does not have, 413, 503 deadline or busy, 507 memory.
        """
        outline = check(query)
        question = Question(
            query,
            media_type,
            self.base,
            default_graphs,
            named_graphs,
            tuple((name, str(to_oxigraph(term))) for name, term in sorted((substitutions or {}).items())),
            _PREFIXES,
        )
        if media_type == GEOJSON:
            if outline.kind != "select":
                raise QueryError("GeoJSON needs a SELECT query", status=406)
            found = self._at_last(question.giving(_JSON), outline, timeout_s, gone, at_least)
            body = to_geojson(read_table(b"".join(found.body)))
            return QueryAnswer("select", GEOJSON, body, found.generation)
        return self._at_last(question, outline, timeout_s, gone, at_least)

    def parse(self, text: str, *, is_update: bool = False, timeout_s: float | None = None) -> None:
        if has_escapes(text):  # Oxigraph knows no keyword that is written so, and would call it a mistake
            return
        options = {"text": stand_in(text), "is_update": is_update, "base": self.base, "prefixes": dict(PREFIXES)}
        asked = {"what": "parse", "options": options}
        for _ in self._pool.ask(self._checkpoints.newest(), asked, timeout_s=timeout_s, task=Task(text)):
            pass

    def _at_last(
        self,
        question: Question,
        outline: Outline,
        timeout_s: float | None,
        gone: Callable[[], bool] | None,
        at_least: int,
    ) -> QueryAnswer:
        """Answer from a state that is still there: a writer that starts again may have swept the one at hand."""
        for _ in range(_SWEPT_AT_MOST):
            try:
                return self._answer(question, outline, timeout_s, gone, at_least)
            except QueryError as error:
                if error.status != _SWEPT:
                    raise
            self._checkpoints.forget()
        raise StoreError(f"{self._folder.path}: no state could be held still for the query; try again")

    def _answer(
        self,
        question: Question,
        outline: Outline,
        timeout_s: float | None,
        gone: Callable[[], bool] | None,
        at_least: int = 0,
    ) -> QueryAnswer:
        media_type = question.media_type
        if isinstance(self._writer, Writer) and timeout_s is None:
            generation = self.generation
            found = self._writer.engine.evaluate(question)
            out = io.BytesIO()
            found.write(out)
            return QueryAnswer(found.kind, media_type, _pieces(out.getbuffer()), generation)
        # a number from the future, of another store perhaps, is not waited for
        at_least = max(self._written, min(at_least, self.generation) if at_least else 0)
        checkpoint = self._checkpoints.newest(at_least, timeout_s)
        key = (checkpoint.generation, question)
        if not outline.is_fickle and (kept := self._answers.get(key)) is not None:
            self._pool.record.note(question.query, 0.0, "cached")
            return QueryAnswer(kept[0], media_type, iter((kept[1],)), checkpoint.generation, len(kept[1]))
        asked = {"what": "query", "question": question, "has_dataset": outline.has_dataset}
        stream = self._pool.ask(checkpoint, asked, timeout_s=timeout_s, task=Task(question.query, gone))
        kind: Kind = stream.head
        if (whole := stream.whole()) is not None:
            if not outline.is_fickle:
                self._answers.keep(key, kind, whole)
            return QueryAnswer(kind, media_type, iter((whole,)), checkpoint.generation, len(whole))
        if outline.is_fickle:
            return QueryAnswer(kind, media_type, stream, checkpoint.generation)
        body = Kept(stream, lambda whole: self._answers.keep(key, kind, whole))
        return QueryAnswer(kind, media_type, body, checkpoint.generation)

    # --- writing --------------------------------------------------------------------------------------------------

    def update(
        self,
        update: str,
        *,
        using_graphs: tuple[str, ...] = (),
        using_named_graphs: tuple[str, ...] = (),
        timeout_s: float | None = None,
    ) -> None:
        """Carry out a SPARQL update whole or not at all, within `timeout_s`.

        Raises `QueryError`: 400 for what does not parse, 403 for LOAD and SERVICE and where the store is only read, 413,
        503 when it takes too long or is cancelled, 507 when it needs too much memory.
        """
        if len(update) <= LONGEST or not isinstance(self._writer, WriterClient):
            check(update, longest=LONGEST_UPDATE)  # a longer one is read by the writer alone: that takes seconds
        self._wrote(self._writer.update(update, using_graphs, using_named_graphs, timeout_s=timeout_s))

    def _wrote(self, generation: int) -> None:
        self._written = max(self._written, generation)

    def put_many(self, contributions: Iterable[Contribution]) -> None:
        """Put several articles, each in a transaction of its own."""
        self._wrote(self._writer.put_many(contributions))

    def remove(self, article: str) -> bool:
        """Drop what an article contributed, by IRI or 16 hex digits; entities that nothing names any more go too.

        Returns whether the store had it.
        """
        done = self._writer.remove(article)
        self._wrote(self.generation)
        return done

    def replace_graph(self, iri: str, triples: bytes) -> None:
        """Make a corpus-level graph hold exactly these N-Triples."""
        self._wrote(self._writer.replace_graph(iri, triples))

    def load_graph(
        self, iri: str, body: bytes | IO[bytes], *, media_type: str, replace: bool = False, base: str = ""
    ) -> None:
        """Add a graph in any RDF format to the one named (an empty name: the default graph), or replace it.

        A body that is long, or a file, is read in constant memory. Relative IRIs in it are resolved against `base`.
        Raises `QueryError` 415 for no RDF format, 400 for bad RDF; nothing is changed then.
        """
        if isinstance(body, bytes) and len(body) <= _IN_MEMORY:
            triples = to_triples(body, media_type, base)
            self._wrote(self._writer.load_graph(iri, triples, replace=replace))
            return
        if isinstance(self._writer, Shut):
            self._wrote(self._writer.load_graph(iri, b"", replace=replace))
        with self._folder.arriving() as path:
            write_triples(body, media_type, base, path)
            self._wrote(self._writer.load_file(iri, path, replace=replace))

    def _freeze(self, timeout_s: float | None) -> Checkpoint:
        if isinstance(self._writer, Shut):
            return self._writer.checkpoint()
        return self._writer.checkpoint(timeout_s)

    # --- whole graphs ---------------------------------------------------------------------------------------------

    def backup(self, target: Path) -> int:
        """Copy the store as it stands into a new folder, beside readers and writers; return the generation copied.

        The copy shares nothing with the original. To restore it is to open or serve its folder. Raises `StoreError` when
        the target holds something already, and when the disk is full or closed; nothing is left behind then.
        """
        for _ in range(_SWEPT_AT_MOST):
            checkpoint = self._checkpoints.newest(max(self._written, self.generation))
            with held(checkpoint) as is_there:
                if is_there:
                    self._folder.copy(checkpoint, target)
                    return checkpoint.generation
            self._checkpoints.forget()
        raise StoreError(f"{self._folder.path}: no state could be held still for a backup; try again")

    def dataset(self) -> Dataset:
        """Return the whole store as an rdflib dataset on oxrdflib: live where this process writes, else a copy.

        Its default graph is the union of all. What is added to a live one is added to the store.
        """
        if isinstance(self._writer, Writer):
            live = LiveStore(self._writer.engine.quads, self._writer.wrote)
            self._live.add(live)
            return Dataset(store=live, default_union=True)
        return self._copy("")

    def graph(self, iri: str) -> Graph:
        """Return one named graph as an rdflib graph: live where this process writes, else a copy of that graph alone."""
        whole = self.dataset() if isinstance(self._writer, Writer) else self._copy(iri)
        return whole.graph(URIRef(iri))

    def _copy(self, graph: str) -> Dataset:
        copy = ox.Store()
        copy.load(b"".join(self.dump(format="nq", graph=graph)), ox.RdfFormat.N_QUADS)
        return Dataset(store=LiveStore(copy, lambda: None), default_union=True)

    def dump(self, *, format: str, graph: str | None = None, without_text: bool = False) -> Iterator[bytes]:  # noqa: A002
        """Yield the store, or one graph of it, in `nq`, `trig`, `ttl`, `nt`, `jsonld` or `rdf`.

        A format that holds one graph gets the union of all graphs unless one is named. The whole dump is one state.
        """
        graph_format(format)
        options = {
            "suffix": format,
            "prefixes": dict(PREFIXES),
            "graph": graph or "",
            "without": self.iris.graph("text") if without_text else "",
        }
        checkpoint = self._checkpoints.newest(max(self._written, self.generation))
        return self._pool.ask(checkpoint, {"what": "dump", "options": options}, timeout_s=None)


def _open_writer(folder: Folder, base: str, config: Config, *, serving: bool) -> Writer | WriterClient | Shut:
    durable = config.durability == "power"
    client = WriterClient(folder, base, prefixes=dict(PREFIXES), durable=durable, memory_mb=config.memory_mb)
    try:
        if serving or WriterClient.answers(folder):
            client.start()
            return client
        writer = Writer(folder, base, prefixes=dict(PREFIXES), durable=durable)
    except ClosedError as error:
        return Shut(folder, str(error))
    except HeldError:  # somebody else was faster, or is just going
        client.start()
        return client
    writer.listen()
    return writer


def _pieces(body: memoryview) -> Iterator[bytes]:
    for start in range(0, len(body), _PIECE):
        yield bytes(body[start : start + _PIECE])
