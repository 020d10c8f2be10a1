"""Quads in and out: the embedded Oxigraph behind its writer and readers, or any SPARQL endpoint; builds no quads itself."""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.config import Config
    from kg.store.forms.answer import QueryAnswer
    from kg.store.forms.table import Table
    from kg.store.store import Store

__all__ = ["QueryAnswer", "Store", "Table", "alone_serving", "is_address", "open_store"]

# reader processes import this package too, and must not wait for rdflib
_HOMES = {"QueryAnswer": "kg.store.forms.answer", "Store": "kg.store.store", "Table": "kg.store.forms.table"}


def open_store(
    location: str | Path,
    *,
    base: str | None = None,
    create: bool = True,
    config: Config | None = None,
    serving: bool = False,
) -> Store:
    """Open the store in a folder, made if missing, or behind the address of a SPARQL endpoint (http:// or https://).

    `base` is written into a new store and must agree with an old one's. `serving` puts the writer into a process of its
    own and keeps this one free of Oxigraph; where a server already has the folder, writes go through its writer. Raises
    `StoreError` with one line that says what is wrong: no permission, a stranger has it, damaged, another base; an endpoint
    that does not answer or refuses us. Raises `ConfigError` for an address of another kind.
    """
    from kg.store.embedded.store import EmbeddedStore  # noqa: PLC0415 - rdflib and Oxigraph load only to open a store

    if is_address(location):
        from kg.store.remote.store import RemoteStore  # noqa: PLC0415 - only who names an address waits for the network's library

        return RemoteStore(str(location), base=base, create=create and not serving, config=config)
    return EmbeddedStore(Path(location), base=base, create=create, config=config, serving=serving)


def is_address(location: str | Path) -> bool:
    """Say whether a store is named by an address, not by a folder; raises `ConfigError` for an address of another kind."""
    scheme, found, _ = str(location).partition("://")
    if found and scheme.lower() not in ("http", "https"):
        raise ConfigError(f"{location}: a store is a folder, or the http(s) address of a SPARQL endpoint")
    return bool(found)


@contextmanager
def alone_serving(location: str | Path) -> Iterator[None]:
    """Be the one server of a store meanwhile; raises `StoreError` that names the folder and the other server.

    A store behind an endpoint may have many.
    """
    from kg.store.embedded.folder import Folder  # noqa: PLC0415 - see above

    held = None
    if "://" not in str(location) and Path(location).is_dir():
        held = Folder(Path(location)).serve()
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
