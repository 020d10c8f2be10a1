"""The one process that writes: carries out whole writes one after another and freezes checkpoints; answers no queries.

Runs inside a builder's process, or as `python -m kg.store.embedded.writer` for a server; either way it listens on the folder's
Unix socket, so that builds work beside a running server.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import KgError, StoreError
from kg.iris import Iris
from kg.store import articles
from kg.store.embedded import undo
from kg.store.embedded.client import WriterClient
from kg.store.embedded.confine import take_network_away
from kg.store.embedded.engine import BrokenError, Engine
from kg.store.embedded.folder import Checkpoint, Folder, Generation, HeldError, why
from kg.store.embedded.listener import Listener
from kg.store.embedded.turn import Turn
from kg.store.embedded.watch import Watch
from kg.store.forms.lines import Lines
from kg.store.query.guard import with_using

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import Contribution

_ONE_TRANSACTION = 8_000_000  # bytes of N-Triples: more than this is loaded in pieces, with the way back kept open
_LOG_BYTES = 16_000_000  # of the engine's log, which is read again after a crash: about a second's worth
_LOOK_AT_LOG = 16  # small writes between two looks at its size


class Writer:
    """The quads of a folder, open for writing. Safe to share between threads: writes wait for one another, in order.

    With `memory_mb` this process serves nothing else, and is ended to stop a write that needs more or takes too long.
    """

    def __init__(
        self, folder: Folder, base: str, *, prefixes: dict[str, str], durable: bool = False, memory_mb: int = 0
    ) -> None:
        held = folder.lock()
        if held is None:
            raise HeldError(f"{folder.path}: another process has this store open; stop it, or write through its server")
        self._held = held
        self._folder = folder
        self._prefixes = prefixes
        self._durable = durable
        self.turn = Turn()
        self.iris = Iris(base)
        self.is_ill = False
        self.recovered: frozenset[str] = frozenset()
        self._since_look = 0
        try:
            self.engine, self.recovered = self._open()
            folder.checkpoints.mkdir(exist_ok=True)
            folder.tidy()
            folder.sweep()
            self._generation = Generation(folder, owner=True)
        except OSError as error:
            os.close(held)
            raise StoreError(f"{folder.path}: {why(error)}") from error
        except KgError:
            os.close(held)
            raise
        self._watch = Watch(memory_mb=memory_mb, log_bytes=folder.log_bytes) if memory_mb else None
        self._listener: Listener | None = None

    def _open(self) -> tuple[Engine, frozenset[str]]:
        """Open the quads as the last whole write left them; also return the numbers of writes cut off behind their end."""
        undo.recover(self._folder)
        if self._folder.is_ruined():
            raise StoreError(
                f"{self._folder.path}: damaged (the files of the database are gone); restore a backup, or build the "
                "store anew in another folder"
            )
        engine = Engine(self._folder.quads)
        return engine, engine.take_marks()

    @property
    def generation(self) -> int:
        return self._generation.get()

    # --- writes -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def numbered(self, number: str) -> Iterator[None]:
        """Mark the write inside with a number, by which it is known to be done even if this process dies behind it."""
        self.engine.mark = number
        try:
            yield
        finally:
            self.engine.mark = ""
            if number and not self.is_ill:
                self.engine.take_marks()

    @contextlib.contextmanager
    def _writing(self, size: int) -> Iterator[None]:
        with self.turn:
            if self.is_ill:
                self._reopen()
            self._folder.require_room(size)
            try:
                yield
            except BrokenError:
                self.is_ill = True
                raise

    def _reopen(self) -> None:
        """Open an engine anew that failed to write: it takes nothing more, however much room there is again."""
        path, mark = self.engine.path, self.engine.mark
        del self.engine
        gc.collect()
        try:
            self.engine, self.recovered = self._open()
        except StoreError as error:
            raise StoreError(f"{path}: a write failed; close this store and open it again ({error})") from error
        self.engine.mark = mark
        self.is_ill = False

    def put_many(self, contributions: Iterable[Contribution]) -> int:
        """Replace what these articles contributed, each as one transaction; return the generation."""
        for contribution in contributions:
            size = len(contribution.triples) + len(contribution.text_triples)
            with self._writing(size):
                leaving, coming = articles.exchange(self.engine, self.iris, contribution)
                self._wrote(size, changed=self.engine.replace(leaving, coming))
        return self.generation

    def remove(self, article: str) -> bool:
        """Drop an article and what only it mentions; return whether the store had it."""
        with self._writing(0):
            leaving = articles.withdrawal(self.engine, self.iris, article)
            self._wrote(changed=self.engine.replace(leaving, Lines()))
            return bool(leaving)

    def update(
        self,
        update: str,
        using: tuple[str, ...] = (),
        using_named: tuple[str, ...] = (),
        *,
        timeout_s: float | None = None,
    ) -> int:
        """Carry out a SPARQL update whole or not at all; return the generation.

        With `timeout_s` it is first tried on a copy by a process that can be stopped, as this one cannot.
        """
        with self._writing(len(update)):
            if timeout_s is not None:
                self._rehearse(update, using, using_named, timeout_s)
            if using or using_named:
                update = with_using(update, using, using_named)
            self.engine.update(update, base=self.iris.base, prefixes=self._prefixes)
            self._wrote(len(update))
            return self.generation

    def _rehearse(self, update: str, using: tuple[str, ...], using_named: tuple[str, ...], timeout_s: float) -> None:
        stage = Folder(self._folder.checkpoints / "rehearsal.tmp")
        shutil.rmtree(stage.path, ignore_errors=True)
        try:
            stage.path.mkdir()
            shutil.copyfile(self._folder.about, stage.about)
            self.engine.backup(stage.quads)
            client = WriterClient(stage, self.iris.base, prefixes=self._prefixes, durable=False)
            try:
                client.update(update, using, using_named, timeout_s)
            finally:
                client.close()
        except OSError as error:
            raise StoreError(f"{self._folder.path}: {why(error)}") from error
        finally:
            shutil.rmtree(stage.path, ignore_errors=True)

    def replace_graph(self, iri: str, triples: bytes) -> int:
        """Make a graph hold exactly these N-Triples; return the generation."""
        with self._writing(len(triples)):
            self._wrote(len(triples), changed=self.engine.replace_graph(iri, triples))
            return self.generation

    def load_graph(self, iri: str, triples: bytes, *, replace: bool) -> int:
        """Add N-Triples to a graph (no name: the default graph), or replace it by them; return the generation."""
        with self._writing(len(triples)):
            self.engine.load_graph(iri, triples, replace=replace)
            self._wrote(len(triples))
            return self.generation

    def load_file(self, iri: str, path: Path, *, replace: bool) -> int:
        """Add a file of N-Triples as `load_graph` does, in bounded memory however long it is."""
        size = path.stat().st_size
        if size <= _ONE_TRANSACTION:
            return self.load_graph(iri, path.read_bytes(), replace=replace)
        with self._writing(size):
            if self._watch is not None:
                self._watch.undoable()
            undo.begin(self._folder, self.engine)
            try:
                self.engine.load_in_pieces(iri, path, replace=replace)
            except BaseException:
                self.is_ill = True  # opening it anew undoes what was loaded
                raise
            if self._watch is not None:
                self._watch.settled()
            undo.done(self._folder)
            self._wrote(size)
            return self.generation

    def wrote(self) -> None:
        """Count a write that was made on the engine itself."""
        with self.turn:
            self._wrote()

    def _wrote(self, size: int = 0, *, changed: bool = True) -> None:
        if not changed:
            return
        if self._durable:
            self.engine.flush()
        self._generation.set(self.generation + 1)
        self._since_look += 1
        if self._since_look >= _LOOK_AT_LOG or size > _LOG_BYTES // 16:
            self._since_look = 0
            if self._folder.log_bytes() > _LOG_BYTES:
                with contextlib.suppress(StoreError):  # the write is done, and that is what counts
                    self.checkpoint()  # which empties the log

    def waiting(self) -> int:
        """Return how many writes of other processes are at work or in line."""
        return self._listener.waiting if self._listener is not None else 0

    def checkpoint(self, timeout_s: float | None = None) -> Checkpoint:
        """Freeze the present state, unless it is frozen already; raises `TimeoutError` where writes take longer."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        with self.turn.within(until) as had:
            if not had:
                raise TimeoutError
            path = self._folder.checkpoints / str(self.generation)
            if not path.is_dir():
                draft = path.with_suffix(".tmp")
                shutil.rmtree(draft, ignore_errors=True)
                self.engine.backup(draft)
                draft.rename(path)
                self._folder.sweep()
            return Checkpoint(str(path), self.generation)

    # --- other processes --------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Let other processes of ours write through this one."""
        self._listener = Listener(self, self._folder.socket, watch=self._watch)

    def close(self) -> None:
        """Finish the write at hand, put everything on the disk, let the folder go."""
        if self._listener is not None:
            self._listener.close()
        with self.turn:
            with contextlib.suppress(StoreError):  # an ill engine has nothing left to put there
                self.engine.flush()
            with contextlib.suppress(AttributeError):
                del self.engine
            self._folder.sweep(keep=0)
            self._generation.close()
            os.close(self._held)


def main() -> None:
    """Be the writer of a folder until standard input closes; say on standard output whether it worked."""
    path, base, durable, prefixes, memory_mb = json.loads(sys.argv[1])
    try:
        take_network_away()
        writer = Writer(Folder(Path(path)), base, prefixes=prefixes, durable=durable, memory_mb=memory_mb)
        writer.listen()
    except KgError as error:
        sys.stdout.write(json.dumps({"error": str(error), "held": isinstance(error, HeldError)}) + "\n")
        sys.exit(1)
    sys.stdout.write(json.dumps({"ready": os.getpid()}) + "\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()  # ends when the process that started this one does, however it ends
    writer.close()


if __name__ == "__main__":
    main()
