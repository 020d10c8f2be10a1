"""How a store's folder is laid out, and who holds it; opens no Oxigraph.

kg-store.json   base and format version        generation    8 bytes, the number of the last write, shared by mapping
oxigraph/       the quads                      writer.lock   held by the one process that may write
checkpoints/    <generation>/ and its .lock    writer.sock   where that process listens
undo/           the state before a large load  server.lock   held by `kg serve`
incoming/       uploads on their way in
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import mmap
import os
import secrets
import shutil
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import QueryError, StoreError
from kg.iris import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
_KEPT_CHECKPOINTS = 3  # a reader may be handed one just before two newer ones are made
SPARE_BYTES = 32_000_000  # of the disk that no write may take: twice what a checkpoint may have to put on it
_GROWTH = 20  # bytes on the disk for one of N-Triples: nine sorted tables, and the log before them (measured: 8 to 19)
_OLD_S = 3600
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NUMBER = struct.Struct("<Q")
_FAR_NS = 10 * 365 * 86_400 * 10**9


class HeldError(StoreError):
    """A writer of ours holds the store, and may be asked."""


class ClosedError(StoreError):
    """Nothing can be written here: no permission, or a disk that is read-only."""


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

    @property
    def undo(self) -> Path:
        return self.path / "undo"

    @property
    def incoming(self) -> Path:
        return self.path / "incoming"

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
        """Become the one writer; return the descriptor that holds the lock, `None` when another process holds it.

        Raises `ClosedError` where nothing can be written.
        """
        return self._lock("writer.lock")

    def serve(self) -> int | None:
        """Become the one server; return the descriptor that holds the lock, `None` where nothing can be written anyway.

        Raises `StoreError` that names the other server.
        """
        try:
            held = self._lock("server.lock")
        except ClosedError:
            return None
        if held is None:
            number = (self.path / "server.lock").read_text(encoding="ascii", errors="replace").strip()
            raise StoreError(
                f"{self.path}: another server serves this store (process {number or 'unknown'}); stop it, "
                "or make a copy with `kg backup DIR` and serve that"
            )
        os.ftruncate(held, 0)
        os.write(held, f"{os.getpid()}\n".encode())
        return held

    def _lock(self, name: str) -> int | None:
        try:
            held = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            kind = ClosedError if error.errno in _CLOSED else StoreError
            raise kind(f"{self.path}: {why(error)}") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        return held

    def is_ruined(self) -> bool:
        """Say whether quads were here and have gone: opened now, they would seem never to have been written."""
        return (self.path / "generation").exists() and not (self.quads / "CURRENT").is_file()

    @contextlib.contextmanager
    def arriving(self) -> Iterator[Path]:
        """Give an upload a place to lie in until it is loaded."""
        path = self.incoming / secrets.token_hex(8)
        try:
            self.require_room(0)
            self.incoming.mkdir(exist_ok=True)
            yield path
        except OSError as error:
            raise StoreError(f"{self.path}: {why(error)}") from error
        finally:
            path.unlink(missing_ok=True)

    def log_bytes(self) -> int:
        """Return the size of the engine's log: what has to be read again after a crash."""
        size = 0
        with os.scandir(self.quads) as found:
            for each in found:
                if each.name.endswith(".log"):
                    with contextlib.suppress(FileNotFoundError):
                        size += each.stat().st_size
        return size

    def require_room(self, size: int) -> None:
        """Raise `StoreError` where the disk is too full for a write of so many bytes.

        What is left is needed to freeze checkpoints, and to open the store again.
        """
        at_hand = os.statvfs(self.path)
        free = at_hand.f_bavail * at_hand.f_frsize
        wanted = SPARE_BYTES + _GROWTH * size
        if free < wanted:
            raise StoreError(
                f"{self.path}: the disk is nearly full ({free // 1_000_000} MB left, this write needs "
                f"{-(-wanted // 1_000_000)} MB); nothing was changed; free some space and write again"
            )

    def tidy(self) -> None:
        """Take away what processes left behind that were killed at work. Only for the holder of the writer's lock."""
        for path in self.incoming.glob("*"):
            if time.time() - path.stat().st_mtime > _OLD_S:  # younger ones may be on their way in
                path.unlink(missing_ok=True)
        for path in self.checkpoints.iterdir():
            if path.is_dir() and not path.name.isdigit():
                shutil.rmtree(path, ignore_errors=True)
            elif path.suffix == ".lock" and not path.with_suffix("").is_dir():
                path.unlink(missing_ok=True)

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
            (draft / self.quads.name).mkdir(parents=True)
            for path in Path(checkpoint.path).iterdir():  # contents only: a copy of what is read-only may be written
                shutil.copyfile(path, draft / self.quads.name / path.name)
            shutil.copyfile(self.about, draft / self.about.name)
            for path in (*draft.rglob("*"), draft):
                to_disk(path)
            draft.rename(target)
            to_disk(target.parent)
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
                    gone = self.checkpoints / f"{number}.gone"
                    with contextlib.suppress(OSError):  # renamed first: half a checkpoint must not look like one
                        (self.checkpoints / str(number)).rename(gone)
                    shutil.rmtree(gone, ignore_errors=True)
                    lock.unlink(missing_ok=True)
                finally:
                    os.close(held)
            except OSError:  # held, or nothing can be made here just now
                continue


@contextlib.contextmanager
def held(checkpoint: Checkpoint) -> Iterator[bool]:
    """Keep a checkpoint from being swept; yields whether it is still there."""
    try:
        lock = hold(checkpoint.path)
    except QueryError:
        yield False
        return
    try:
        yield True
    finally:
        os.close(lock)


def hold(checkpoint: str) -> int:
    """Keep a checkpoint from being swept until the returned descriptor is closed, or this process ends.

    Raises `QueryError` 410 when it has been swept already: whoever asks again is given a newer one.
    """
    lock = Path(f"{checkpoint}.lock")
    try:
        try:
            held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            if error.errno not in (*_CLOSED, errno.ENOSPC):
                raise
            # where no file can be made, nobody sweeps either; the folder itself will do
            held = os.open(lock if lock.exists() else checkpoint, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise QueryError(f"{checkpoint}: swept", status=410) from None
    fcntl.flock(held, fcntl.LOCK_SH)
    if not Path(checkpoint).is_dir():
        os.close(held)
        lock.unlink(missing_ok=True)
        raise QueryError(f"{checkpoint}: swept", status=410)
    return held


def to_disk(path: Path) -> None:
    """Wait until a file or a folder is on the disk itself."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Generation:
    """The number of the last write, seen by every process that maps the file, at no cost."""

    def __init__(self, folder: Folder, *, owner: bool = False, frozen: bool = False) -> None:
        path = folder.path / "generation"
        if not frozen and (not path.exists() or path.stat().st_size < _NUMBER.size):
            path.write_bytes(_NUMBER.pack(0))
        with path.open("rb" if frozen else "r+b") as file:
            access = mmap.ACCESS_READ if frozen else mmap.ACCESS_WRITE
            self._map = mmap.mmap(file.fileno(), _NUMBER.size, access=access)
        if owner:
            # the clock is ahead of every count: an answer cached before a crash is never taken for a fresh one
            now = time.time_ns()
            last = self.get()
            self.set(max(last + 1, now) if last < now + _FAR_NS else now)  # a number from far ahead is damage

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
    """Say what an error of the file system or of Oxigraph means for the user, and what to do."""
    said = str(error.strerror or error)
    lower = said.lower()
    if isinstance(error, PermissionError) or "permission denied" in lower:
        return "no permission to write here; write as the owner of the folder, or name another one"
    if "read-only file system" in lower:
        return "the disk is read-only; the store can be queried and exported, not written"
    if "lock" in lower:
        return "another process has this store open; stop it, or name another folder"
    if "no space left" in lower or "file too large" in lower or "quota" in lower:
        return "the disk is full; free some space and try again"
    if "corruption" in lower or "no such file" in lower:
        return f"the store is damaged ({said}); restore a backup, or build it anew in another folder"
    return f"the store cannot be used ({said})"
