"""Knowledge graphs from news about armed conflict: articles in, RDF with evidence out.

    import kg

    with kg.open_store("build/store") as store:
        report = kg.build(["examples/"], store)
        table = store.select("SELECT ?event WHERE { ?event a cn:Attack }")

The rooms load on first use, so that `import kg` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.evaluate import evaluate
    from kg.extract import extract
    from kg.link import link
    from kg.pipeline import BuildReport, build
    from kg.read import read_article as read
    from kg.store import Store, Table, open_store

__all__ = ["BuildReport", "Store", "Table", "build", "evaluate", "extract", "link", "open_store", "read"]

_ROOM_OF = {
    "BuildReport": "kg.pipeline",
    "Store": "kg.store",
    "Table": "kg.store",
    "build": "kg.pipeline",
    "open_store": "kg.store",
}
_CALLABLE_ROOMS = frozenset({"evaluate", "extract", "link", "read"})


def __getattr__(name: str) -> Any:
    """Load a public name from its room; the rooms in `_CALLABLE_ROOMS` are packages that can be called."""
    if name in _CALLABLE_ROOMS:
        return import_module(f"kg.{name}")
    if name in _ROOM_OF:
        return getattr(import_module(_ROOM_OF[name]), name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
