"""What is asked of an engine, as a value that travels between processes; evaluates nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from kg.store.guard import check

if TYPE_CHECKING:
    from kg.store.guard import Outline


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the media type of its answer, its dataset, and terms for its variables in N-Triples."""

    query: str
    media_type: str
    base: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()

    def outline(self) -> Outline:
        """Check the query's tokens; raises `QueryError` for what is refused."""
        return check(self.query)

    def giving(self, media_type: str) -> Question:
        """Return the same question for an answer in another media type."""
        return self if media_type == self.media_type else replace(self, media_type=media_type)

    def to_json(self) -> dict[str, Any]:
        """Write it for the wire."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Question:
        """Read it from the wire."""
        return cls(
            found["query"],
            found["media_type"],
            found["base"],
            tuple(found["default_graphs"]),
            tuple(found["named_graphs"]),
            tuple((name, term) for name, term in found["terms"]),
            tuple((prefix, iri) for prefix, iri in found["prefixes"]),
        )
