"""The way back from a write that is too large for one transaction: the state before it, kept until it is done.

Knows folders only. A write that was cut off, by a kill or a full disk, is undone when the store is opened next.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.store.embedded.folder import to_disk, why

if TYPE_CHECKING:
    from kg.store.embedded.engine import Engine
    from kg.store.embedded.folder import Folder


def begin(folder: Folder, engine: Engine) -> None:
    """Keep the present state: hard links, so that it costs no room until the files are compacted away."""
    draft = folder.undo.with_suffix(".part")
    shutil.rmtree(draft, ignore_errors=True)
    engine.backup(draft)
    draft.rename(folder.undo)
    to_disk(folder.path)


def done(folder: Folder) -> None:
    """Let the old state go: from here on the write stands."""
    gone = folder.undo.with_suffix(".old")
    shutil.rmtree(gone, ignore_errors=True)
    folder.undo.rename(gone)
    to_disk(folder.path)
    shutil.rmtree(gone, ignore_errors=True)


def recover(folder: Folder) -> None:
    """Put the old state back where a write was cut off. Only for the holder of the folder's lock, before it opens it.

    A kill amid this is made good by the next call: the state to return to is moved last.
    """
    failed = folder.quads.with_suffix(".failed")
    try:
        if folder.undo.is_dir():
            if folder.quads.is_dir():
                shutil.rmtree(failed, ignore_errors=True)
                folder.quads.rename(failed)
            folder.undo.rename(folder.quads)
            to_disk(folder.path)
    except OSError as error:
        raise StoreError(f"{folder.path}: an unfinished load cannot be undone: {why(error)}") from error
    for leftover in (failed, folder.undo.with_suffix(".part"), folder.undo.with_suffix(".old")):
        shutil.rmtree(leftover, ignore_errors=True)
