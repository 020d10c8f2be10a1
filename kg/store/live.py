"""rdflib's window on an open Oxigraph, by oxrdflib; counts writes so that caches and readers learn of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from oxrdflib import OxigraphStore

from kg.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyoxigraph as ox


class _Closed:
    """Stands where the quads were: what is left of a live graph must not keep the store open."""

    def __getattr__(self, name: str) -> Any:
        raise StoreError("the store that this graph lives in is closed")


class LiveStore(OxigraphStore):
    """An oxrdflib store that calls `wrote` after each write."""

    def __init__(self, quads: ox.Store, wrote: Callable[[], None]) -> None:
        super().__init__(store=quads)
        self._wrote = wrote

    def cut(self) -> None:
        """Let go of the quads."""
        self._store = cast("ox.Store", _Closed())

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        super().add(triple, context, quoted)
        self._wrote()

    def addN(self, quads: Iterable[Any]) -> None:  # noqa: N802 - rdflib's name
        super().addN(list(quads))
        self._wrote()

    def remove(self, triple: Any, context: Any = None) -> None:
        super().remove(triple, context)
        self._wrote()

    def add_graph(self, graph: Any) -> None:
        super().add_graph(graph)
        self._wrote()

    def remove_graph(self, graph: Any) -> None:
        super().remove_graph(graph)
        self._wrote()

    def update(self, *arguments: Any, **options: Any) -> None:
        super().update(*arguments, **options)
        self._wrote()
