"""Quads in and out: the embedded Oxigraph behind its writer and readers; builds no quads itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.store.answer import QueryAnswer
from kg.store.embedded import Store
from kg.store.table import Table

if TYPE_CHECKING:
    from kg.config import Config

__all__ = ["QueryAnswer", "Store", "Table", "open_store"]


def open_store(
    location: str | Path, *, base: str | None = None, create: bool = True, config: Config | None = None
) -> Store:
    """Open the store in a folder, made if missing.

    `base` is written into a new store and must agree with an old one's. Raises `StoreError` with one line that says
    what is wrong: no permission, another process has it, damaged, another base.
    """
    del config  # the readers' settings matter to the server, which starts them
    if str(location).startswith(("http://", "https://")):
        raise ConfigError(f"{location}: remote stores are not supported yet; ask it with: kg query --endpoint URL")
    return Store(Path(location), base=base, create=create)
