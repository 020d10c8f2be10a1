"""What is asked of an engine, as a value that travels between processes; evaluates nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kg.store.query.guard import check

if TYPE_CHECKING:
    from kg.store.query.guard import Outline


Prefixes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the media type of its answer, its dataset, and terms for its variables in N-Triples."""

    query: str
    media_type: str
    base: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    prefixes: Prefixes = ()

    def outline(self) -> Outline:
        """Check the query's tokens; raises `QueryError` for what is refused."""
        return check(self.query)

    def giving(self, media_type: str) -> Question:
        """Return the same question for an answer in another media type."""
        return self if media_type == self.media_type else replace(self, media_type=media_type)

    def to_json(self, *, known: Prefixes = ()) -> list[Any]:
        """Write it for the wire; prefixes that the other side knows are left out."""
        prefixes = None if self.prefixes == known else self.prefixes
        return [
            self.query,
            self.media_type,
            self.base,
            self.default_graphs,
            self.named_graphs,
            self.terms,
            prefixes,
        ]

    @classmethod
    def from_json(cls, found: list[Any], *, known: Prefixes = ()) -> Question:
        """Read it from the wire; `known` are the prefixes of a question that names none."""
        query, media_type, base, default_graphs, named_graphs, terms, prefixes = found
        return cls(
            query,
            media_type,
            base,
            tuple(default_graphs),
            tuple(named_graphs),
            tuple((name, term) for name, term in terms),
            known if prefixes is None else tuple((prefix, iri) for prefix, iri in prefixes),
        )
