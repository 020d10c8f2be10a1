"""How a store's folder is laid out, and who holds it; opens no Oxigraph.

kg-store.json   base and format version        generation    8 bytes, the number of the last write, shared by mapping
oxigraph/       the quads                      writer.lock   held by the one process that may write
checkpoints/    <generation>/ and its .lock    writer.sock   where that process listens
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import mmap
import os
import shutil
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.iris import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
_KEPT_CHECKPOINTS = 3  # a reader may be handed one just before two newer ones are made
_NUMBER = struct.Struct("<Q")


class HeldError(StoreError):
    """A writer of ours holds the store, and may be asked."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One frozen state of the quads; never written to."""

    path: str
    generation: int


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one store."""

    path: Path

    @property
    def about(self) -> Path:
        return self.path / "kg-store.json"

    @property
    def quads(self) -> Path:
        return self.path / "oxigraph"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def socket(self) -> Path:
        return self.path / "writer.sock"

    def prepare(self, base: str | None, *, create: bool) -> str:
        """Return the base that the store was made with; make the folder and its description where there is none.

        Raises `StoreError` for a folder that is no store, another base, another format, or a missing permission.
        """
        try:
            if self.about.is_file():
                return self._checked(base)
            if not create:
                raise StoreError(f"{self.path}: no store here")
            if self.path.is_dir() and any(self.path.iterdir()):
                raise StoreError(f"{self.path}: neither a store nor an empty folder; name another one")
            return self._make(base or DEFAULT_BASE)
        except OSError as error:
            raise StoreError(f"{self.path}: {why(error)}") from error

    def _make(self, base: str) -> str:
        if not base.startswith(("http://", "https://")) or not base.endswith("/"):
            raise StoreError(f"the base {base} must be an http(s) IRI that ends with a slash")
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self.about.with_suffix(".tmp")
        draft.write_text(json.dumps({"format": FORMAT, "base": base}) + "\n", encoding="utf-8")
        draft.replace(self.about)  # whole or not at all: a crash here must not leave a damaged store
        return base

    def _checked(self, base: str | None) -> str:
        try:
            found = json.loads(self.about.read_text(encoding="utf-8"))
            kept, version = str(found["base"]), found["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{self.about}: damaged; restore it or build the store anew in another folder") from error
        if version != FORMAT:
            raise StoreError(f"{self.path}: made by another version of kg (format {version}); build it anew")
        if base and base != kept:
            raise StoreError(f"{self.path}: was made with the base {kept}, which cannot be changed to {base}")
        return kept

    def lock(self) -> int | None:
        """Become the one writer; return the descriptor that holds the lock, `None` when another process holds it."""
        try:
            held = os.open(self.path / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{self.path}: {why(error)}") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        return held

    def copy(self, checkpoint: Checkpoint, target: Path) -> None:
        """Write a frozen state as a store of its own, whole or not at all, safe on the disk when this returns.

        Raises `StoreError` for a target that holds something, a missing permission, a full disk.
        """
        draft = target.with_name(f".{target.name}.part")
        try:
            if target.exists() and (not target.is_dir() or any(target.iterdir())):
                raise StoreError(f"{target}: there is something already; name a new folder for the backup")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(checkpoint.path, draft / self.quads.name)
            shutil.copyfile(self.about, draft / self.about.name)
            for path in (*draft.rglob("*"), draft):
                _to_disk(path)
            draft.rename(target)
            _to_disk(target.parent)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise StoreError(f"{target}: the backup failed and left nothing behind: {why(error)}") from error

    def sweep(self, keep: int = _KEPT_CHECKPOINTS) -> None:
        """Delete all checkpoints but the newest few and those that a reader holds open."""
        numbers = sorted(
            (int(path.name) for path in self.checkpoints.glob("[0-9]*") if path.name.isdigit()), reverse=True
        )
        for number in numbers[keep:]:
            lock = self.checkpoints / f"{number}.lock"
            try:
                held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(self.checkpoints / str(number), ignore_errors=True)
                    lock.unlink(missing_ok=True)
                finally:
                    os.close(held)
            except BlockingIOError:
                continue


@contextlib.contextmanager
def held(checkpoint: Checkpoint) -> Iterator[bool]:
    """Keep a checkpoint from being swept; yields whether it is still there."""
    lock = hold(checkpoint.path)
    try:
        yield Path(checkpoint.path).is_dir()
    finally:
        os.close(lock)


def hold(checkpoint: str) -> int:
    """Keep a checkpoint from being swept until the returned descriptor is closed, or this process ends."""
    held = os.open(f"{checkpoint}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Generation:
    """The number of the last write, seen by every process that maps the file, at no cost."""

    def __init__(self, folder: Folder, *, owner: bool = False) -> None:
        path = folder.path / "generation"
        if not path.exists() or path.stat().st_size < _NUMBER.size:
            path.write_bytes(_NUMBER.pack(0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _NUMBER.size)
        if owner:
            # the clock is ahead of every count: an answer cached before a crash is never taken for a fresh one
            self.set(max(self.get() + 1, time.time_ns()))

    def get(self) -> int:
        """Return the number; raises `StoreError` once the store is closed."""
        if self._map.closed:
            raise StoreError("the store is closed")
        return int(_NUMBER.unpack(self._map[:])[0])

    def set(self, number: int) -> None:
        """Publish a write."""
        self._map[:] = _NUMBER.pack(number)

    def close(self) -> None:
        """Let the file go."""
        with contextlib.suppress(BufferError):
            self._map.close()


def why(error: OSError) -> str:
    """Say what an error of the file system or of Oxigraph means for the user."""
    said = str(error.strerror or error)
    if isinstance(error, PermissionError) or "permission denied" in said.lower():
        return "no permission to write here"
    if "lock" in said.lower():
        return "another process has this store open; stop it, or name another folder"
    if "no space left" in said.lower():
        return "the disk is full"
    return f"the store cannot be used ({said})"
