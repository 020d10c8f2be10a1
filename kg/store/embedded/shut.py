"""A store whose folder cannot be written: its quads as they lie there, or its owner's newest checkpoint; writes nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, NoReturn

from kg.errors import QueryError, StoreError
from kg.store.embedded.folder import Checkpoint, Generation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.model import Contribution
    from kg.store.embedded.folder import Folder


class Shut:
    """Stands where the writer would: hands out what can be read, and refuses every write with the reason."""

    def __init__(self, folder: Folder, reason: str) -> None:
        self._folder = folder
        self._reason = reason
        self._held = self._keep_writers_out()
        self.checkpoint()

    def _keep_writers_out(self) -> int | None:
        """Hold the writer's lock together with other readers; `None` while somebody writes."""
        try:
            held = os.open(self._folder.path / "writer.lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            held = os.open(self._folder.path, os.O_RDONLY | os.O_CLOEXEC)  # never written to
        except OSError as error:
            raise StoreError(f"{self._folder.path}: no permission to read here") from error
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        return held

    def checkpoint(self) -> Checkpoint:
        """Return the state to read: the quads themselves where nobody writes, else the newest one that is frozen."""
        if self._held is not None:
            if self._folder.undo.is_dir():
                return Checkpoint(str(self._folder.undo), 1)  # a load was cut off: this is the state before it
            if not (self._folder.quads / "CURRENT").is_file():
                raise StoreError(f"{self._folder.path}: damaged (the files of the database are gone); restore a backup")
            return Checkpoint(str(self._folder.quads), 1)
        found = [path for path in self._folder.checkpoints.glob("[0-9]*") if path.name.isdigit()]
        if not found:
            raise StoreError(
                f"{self._folder.path}: another user's process has this store open and has frozen no state yet, and "
                "nothing can be written here; ask its server, or wait until it ends"
            )
        newest = max(found, key=lambda path: int(path.name))
        return Checkpoint(str(newest), int(newest.name))

    @property
    def generation(self) -> int:
        """The number of the state that is handed out."""
        if self._held is not None:
            with contextlib.suppress(OSError, ValueError, StoreError):
                number = Generation(self._folder, frozen=True)
                try:
                    return number.get()
                finally:
                    number.close()
        return self.checkpoint().generation

    def waiting(self) -> int:
        return 0

    def close(self) -> None:
        """Let writers in again."""
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    # --- what cannot be done --------------------------------------------------------------------------------------

    def _refuse(self) -> NoReturn:
        raise QueryError(f"this store is open for reading only: {self._reason}", status=403)

    def put_many(self, contributions: Iterable[Contribution]) -> int:  # noqa: ARG002 - the writer's shape
        self._refuse()

    def remove(self, article: str) -> bool:  # noqa: ARG002
        self._refuse()

    def update(
        self,
        update: str,  # noqa: ARG002
        using: tuple[str, ...] = (),  # noqa: ARG002
        using_named: tuple[str, ...] = (),  # noqa: ARG002
        timeout_s: float | None = None,  # noqa: ARG002
    ) -> int:
        self._refuse()

    def replace_graph(self, iri: str, triples: bytes) -> int:  # noqa: ARG002
        self._refuse()

    def load_graph(self, iri: str, triples: bytes, *, replace: bool) -> int:  # noqa: ARG002
        self._refuse()

    def load_file(self, iri: str, path: Path, *, replace: bool) -> int:  # noqa: ARG002
        self._refuse()
