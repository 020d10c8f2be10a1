"""Two indexes as one: the packaged one, and above it what the user has fetched, which wins; reads and writes no file."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kg.link.index import Index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kg.link.index import Facts


class Layered(Index):
    """Answers as one index. An item that both have is the upper one's; entities of the upper one are numbered after the lower's.

    `moved` leads from merged items to what they are now, where the upper index has that; `gone` items are not found any more.
    """

    def __init__(
        self, lower: Index, upper: Index, *, moved: Mapping[str, str] | None = None, gone: Collection[str] = ()
    ) -> None:
        self._lower, self._upper, self._shift = lower, upper, len(lower)
        self.version = f"{lower.version}+{upper.version}"
        self._raised: dict[int, int] = {}
        for above in range(len(upper)):
            shadowed = lower.number(upper.qid(above))
            if shadowed is not None:
                self._raised[shadowed] = above + self._shift
        for old, new in (moved or {}).items():
            merged, now = lower.number(old), upper.number(new)
            if merged is not None and now is not None:
                self._raised[merged] = now + self._shift
        self._gone = frozenset(found for qid in gone if (found := lower.number(qid)) is not None)

    def __len__(self) -> int:
        return self._shift + len(self._upper)

    def exact(self, name: str) -> list[tuple[int, str]]:
        found: dict[int, str] = {}
        for entity, how in (*self._up(self._lower.exact(name)), *self._shifted(self._upper.exact(name))):
            found.setdefault(entity, how)
        return sorted(found.items(), key=lambda pair: (-self.popularity(pair[0]), pair[0]))

    def starting(self, text: str, *, limit: int = 10, scan: int = 1000) -> list[tuple[int, str]]:
        upper = self._shifted(self._upper.starting(text, limit=limit, scan=scan))
        lower = self._up(self._lower.starting(text, limit=limit, scan=scan))
        found: dict[int, str] = {}
        for entity, name in (*upper, *lower):
            found.setdefault(entity, name)
        return list(islice(found.items(), limit))

    def slipped(self, name: str) -> list[tuple[int, str]]:
        found = dict(self._shifted(self._upper.slipped(name)))
        for entity, other in self._up(self._lower.slipped(name)):
            found.setdefault(entity, other)
        return sorted(found.items(), key=lambda pair: (-self.popularity(pair[0]), pair[0]))

    def sounding(self, name: str) -> list[int]:
        upper = (entity + self._shift for entity in self._upper.sounding(name))
        lower = (entity for entity, _ in self._up((entity, "") for entity in self._lower.sounding(name)))
        return sorted({*upper, *lower}, key=lambda entity: (-self.popularity(entity), entity))

    def number(self, qid: str) -> int | None:
        above = self._upper.number(qid)
        if above is not None:
            return above + self._shift
        below = self._lower.number(qid)
        return None if below is None or below in self._gone else self._raised.get(below, below)

    def is_fetched(self, entity: int) -> bool:
        return entity >= self._shift

    def qid(self, entity: int) -> str:
        index, number = self._at(entity)
        return index.qid(number)

    def popularity(self, entity: int) -> int:
        index, number = self._at(entity)
        return index.popularity(number)

    def kind(self, entity: int) -> str:
        index, number = self._at(entity)
        return index.kind(number)

    def country(self, entity: int) -> str | None:
        index, number = self._at(entity)
        return index.country(number)

    def facts(self, entity: int) -> Facts:
        index, number = self._at(entity)
        return index.facts(number).numbered(entity)

    def _at(self, entity: int) -> tuple[Index, int]:
        return (self._lower, entity) if entity < self._shift else (self._upper, entity - self._shift)

    def _up(self, found: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Lead what the lower index found to where it stands now."""
        for entity, what in found:
            if entity not in self._gone:
                yield self._raised.get(entity, entity), what

    def _shifted(self, found: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        for entity, what in found:
            yield entity + self._shift, what
