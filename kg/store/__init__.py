"""Quads in and out: the embedded Oxigraph behind its writer and readers; builds no quads itself."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigError

if TYPE_CHECKING:
    from kg.config import Config
    from kg.store.answer import QueryAnswer
    from kg.store.store import Store
    from kg.store.table import Table

__all__ = ["QueryAnswer", "Store", "Table", "open_store"]

# reader processes import this package too, and must not wait for rdflib
_HOMES = {"QueryAnswer": "kg.store.answer", "Store": "kg.store.store", "Table": "kg.store.table"}


def open_store(
    location: str | Path,
    *,
    base: str | None = None,
    create: bool = True,
    config: Config | None = None,
    serving: bool = False,
) -> Store:
    """Open the store in a folder, made if missing.

    `base` is written into a new store and must agree with an old one's. `serving` puts the writer into a process of its
    own and keeps this one free of Oxigraph; where a server already has the folder, writes go through its writer. Raises
    `StoreError` with one line that says what is wrong: no permission, a stranger has it, damaged, another base.
    """
    from kg.store.embedded import EmbeddedStore  # noqa: PLC0415 - rdflib and Oxigraph load only to open a store

    if "://" in str(location):
        scheme = str(location).partition("://")[0]
        raise ConfigError(
            f"{location}: {scheme} stores are not supported yet; name a folder, or ask an endpoint with: kg query --endpoint URL"
        )
    return EmbeddedStore(Path(location), base=base, create=create, config=config, serving=serving)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
