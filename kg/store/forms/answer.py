"""The answer of the protocol's door: a kind, a media type, and a body that streams; opens no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store.query.guard import Kind


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """`body` yields bytes in `media_type`; an error while it streams is raised out of it, never written into it.

    `generation` is the state of the store that was asked. `length` is the number of bytes where it is known, as for small
    and for kept answers. Whoever stops reading early closes the body.
    """

    kind: Kind
    media_type: str
    body: Iterator[bytes]
    generation: int = 0
    length: int | None = None
