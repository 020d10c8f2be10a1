"""Events as the finders of `kg.extract` hand them on, in view offsets; the extractor turns them into `kg.model.Event`.

Only values: `dataclasses.replace` makes a changed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.extract.events.weapons import WeaponSpan
    from kg.extract.quantities.times import TimeSpan
    from kg.model import Actuality, EventType, Outcome, RoleName


@dataclass(frozen=True, slots=True)
class DraftParticipant:
    """Who took which part; `entity` is a `NamedEntity.id`, `claimed_by` a claim's id where only a claimant says so."""

    role: RoleName
    start: int
    end: int
    entity: str | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Words that say where, and the entity they name."""

    start: int
    end: int
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class DraftCasualties:
    """One toll of the event; `according_to` is a claim's id, `None` for the outlet's own voice."""

    outcome: Outcome
    start: int
    end: int
    minimum: int | None = None
    maximum: int | None = None
    group: str | None = None
    according_to: str | None = None


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """One event. `trigger` and `also` are `(start, end)` ranges of the view; `part_of` and `in_response_to` are event ids."""

    id: str
    type: EventType
    trigger: tuple[int, int]
    actuality: Actuality
    also: tuple[tuple[int, int], ...] = ()
    participants: tuple[DraftParticipant, ...] = ()
    weapon: WeaponSpan | None = None
    places: tuple[DraftPlace, ...] = ()
    time: TimeSpan | None = None
    casualties: tuple[DraftCasualties, ...] = ()
    part_of: str | None = None
    in_response_to: str | None = None
    score: float = 0.5

    @property
    def triggers(self) -> tuple[tuple[int, int], ...]:
        """All triggers, the main one first."""
        return (self.trigger, *self.also)
