"""The values that flow from a file to the graph, and the contracts of the stages; no RDF and no I/O.

Values are frozen and never edited: `Article` → `Annotations` → `Links` → quads. The shapes of `Annotations` are those
of the exchange format on disk. Offsets are Unicode code points, half-open; in `Article.blocks` and inside `kg.extract`
they point into the cleaned view, everywhere else into the verbatim text.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - tools resolve the hints of these values at run time
from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.errors import ReadError

BlockKind = Literal["headline", "byline", "dateline", "paragraph", "caption"]
EntityType = Literal[
    "Person",
    "Organization",
    "ArmedGroup",
    "StateForce",
    "Government",
    "Media",
    "Place",
    "Facility",
    "Nationality",
    "Other",
]
EventType = Literal[
    "AerialAttack", "IndirectFireAttack", "BombingAttack", "SuicideAttack", "ArmedAssault", "ChemicalAttack",
    "Attack", "ArmedClash", "TargetedKilling", "Killing", "Abduction", "Arrest", "Protest", "Riot", "Strike",
    "Sanction", "Deployment", "Withdrawal", "HandoverOfControl", "TerritorialGain", "Negotiation", "Agreement",
    "Displacement", "HumanRightsAbuse", "AidDelivery", "Threat", "Demand", "Condemnation", "Accusation", "Denial",
    "ResponsibilityClaim", "Statement", "PoliticalViolenceOther",
]  # fmt: skip
RoleName = Literal[
    "perpetrator",
    "target",
    "victim",
    "participant",
    "speaker",
    "addressee",
    "giver",
    "receiver",
    "detainee",
    "instigator",
]
Actuality = Literal["happened", "ongoing", "planned", "hypothetical", "did-not-happen"]
Stance = Literal[
    "asserts", "blames", "denies", "condemns", "threatens", "demands", "claims-responsibility", "supports", "doubts"
]
WeaponCode = Literal[
    "rocket", "missile", "drone", "aircraft-bomb", "artillery", "mortar", "ied", "vehicle-bomb", "suicide-vest",
    "firearm", "grenade", "chemical", "mine", "blade", "arson", "other",
]  # fmt: skip
Outcome = Literal["killed", "injured", "missing", "displaced", "captured"]

ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
ROLES: tuple[RoleName, ...] = get_args(RoleName)
ACTUALITIES: tuple[Actuality, ...] = get_args(Actuality)
STANCES: tuple[Stance, ...] = get_args(Stance)
WEAPON_CODES: tuple[WeaponCode, ...] = get_args(WeaponCode)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

# the families of event types that are confused among themselves rather than with others
ATTACKS: frozenset[str] = frozenset(
    (
        "AerialAttack",
        "IndirectFireAttack",
        "BombingAttack",
        "SuicideAttack",
        "ArmedAssault",
        "ChemicalAttack",
        "Attack",
        "TargetedKilling",
        "Killing",
    )
)
SPEECH: frozenset[str] = frozenset(
    ("Threat", "Demand", "Condemnation", "Accusation", "Denial", "ResponsibilityClaim", "Statement")
)


# --- the article -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the verbatim text: `text == document[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A photo that comes with the article, as the page credits it."""

    caption: str
    creator: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the source says about the article. What it does not say is `None` or empty, never a guess.

    `published` is a date, or an aware datetime where the source gives the time of day with its offset.
    """

    headline: str | None = None
    url: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    dateline: str | None = None
    published: date | datetime | None = None
    section: str | None = None
    images: tuple[Image, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A run of the view with one part to play; the blocks are in order, do not overlap, and hold all that is read."""

    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """The cleaned text, with the way back to the verbatim one.

    `pieces` are `(view_start, source_start, length)`: runs that stand in both texts letter by letter, in order.
    Characters of the view that stand in no run map to where the next run begins; a blank may stand for a line break or another space.
    """

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(piece[0] for piece in self.pieces))

    def source_offset(self, offset: int) -> int:
        """Return where the view's character `offset` stands in the verbatim text."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return self.pieces[0][1] if self.pieces else 0
        view_start, source_start, length = self.pieces[at]
        if offset < view_start + length:
            return source_start + offset - view_start
        return self.pieces[at + 1][1] if at + 1 < len(self.pieces) else source_start + length

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Map a half-open range of the view to the verbatim text; an empty range stays empty."""
        first = self.source_offset(start)
        return (first, self.source_offset(end - 1) + 1) if end > start else (first, first)


@dataclass(frozen=True, slots=True)
class Article:
    """One news article: its verbatim text, what the source says about it, and the view that the extractors read.

    `id` is 16 hex digits of the SHA-256 of the normalised text (`kg.read.identity`); `name` is the file name without
    suffix, or a record's own name; `source` is the path or address that it came from, as the user gave it.
    """

    id: str
    name: str
    text: str
    view: View
    blocks: tuple[Block, ...]
    metadata: Metadata
    source: str

    def span(self, start: int, end: int) -> Span:
        """Turn a range of the view into a span of the verbatim text."""
        first, last = self.view.source_range(start, end)
        return Span(first, last, self.text[first:last])


# --- annotations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity and every mention of its name in the article. `id` is local to the article (`e1`)."""

    id: str
    name: str
    type: EntityType
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Participant:
    """Who took which part in an event. `claimed_by` is a claim's id where only a claimant says so, not the outlet."""

    role: RoleName
    span: Span
    entity: str | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Weapon:
    """The words that name the means, and the code they stand for."""

    span: Span
    code: WeaponCode


@dataclass(frozen=True, slots=True)
class EventPlace:
    """The words that say where, and the entity they name."""

    span: Span
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class EventTime:
    """The words that say when, and the days they may mean (inclusive; `None` while the text cannot be anchored)."""

    span: Span
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Casualties:
    """One toll as one source gives it. `according_to` is a claim's id, `None` for the outlet's own voice."""

    outcome: Outcome
    span: Span
    minimum: int | None = None
    maximum: int | None = None
    group: str | None = None
    according_to: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One real or feared event; `also` are its further triggers. `score` is the extractor's confidence, 0–1."""

    id: str
    type: EventType
    trigger: Span
    actuality: Actuality
    also: tuple[Span, ...] = ()
    participants: tuple[Participant, ...] = ()
    weapon: Weapon | None = None
    places: tuple[EventPlace, ...] = ()
    time: EventTime | None = None
    casualties: tuple[Casualties, ...] = ()
    part_of: str | None = None
    in_response_to: str | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who says it; `unnamed` when the text never names the claimant (`entity` may still be the institution)."""

    span: Span
    entity: str | None = None
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """That one source takes a stance on what `content` says; nothing in it is asserted as fact."""

    id: str
    claimant: Claimant
    stance: Stance
    content: Span
    about_events: tuple[str, ...] = ()
    direct_quote: bool = False


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that was read out of one article. `sentences` cover every span, in order: the evidence of what they hold."""

    article: str
    about_conflict: bool
    sentences: tuple[Span, ...] = ()
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()


# --- links -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item that a name may mean. `score` is a probability, 0–1; facts the index does not have are `None` or empty.

    `country` is the QID of the country; `latitude` and `longitude` are WGS 84 degrees; `source` names the origins of
    the facts, and `as_of` (ISO date) when they were fetched, where one date holds for all.
    """

    qid: str
    label: str
    score: float
    type: EntityType = "Other"
    aliases: tuple[str, ...] = ()
    description: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    source: str = ""
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a place without item lies: WGS 84 degrees, QID of the country, who says so, and the place's own address there."""

    latitude: float
    longitude: float
    country: str
    source: str
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A link that a person set right: `name` is `value` (`set`: an item, `same`: another name) or nothing (`unlink`, `reset`).

    `when` is an ISO date and time, `who` whoever said so.
    """

    name: str
    verb: Literal["set", "unlink", "same", "reset"]
    value: str = ""
    who: str = ""
    when: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The decision for one entity of one article: an item, or `None` for NIL; `candidates` are ranked, best first.

    `correction` is what a person said about it, who then decided and not the linker. `located`: where a place without item lies.
    """

    entity: str
    choice: Candidate | None
    candidates: tuple[Candidate, ...] = ()
    correction: Correction | None = None
    located: Located | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """The decisions for one article, one for each entity, and for the names that stand in its metadata.

    `index` is the version of the index that was asked. `names` are links of metadata names (publisher, agency, an
    image's agency) under the name as it stands there.
    """

    entities: tuple[Link, ...] = ()
    names: tuple[Link, ...] = ()
    index: str = ""

    def of(self, entity: str) -> Candidate | None:
        """Return the item chosen for the entity with this id, or `None`."""
        return next((link.choice for link in self.entities if link.entity == entity), None)


# --- what reaches the store ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """One entity node of `graph/entities`: its IRI and its triples as sorted N-Triples lines (UTF-8)."""

    iri: str
    triples: bytes


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one article adds to a store; replacing it replaces all of it at once.

    `graph` is the IRI of the article's own named graph and `triples` its content, sorted N-Triples; `text_triples` go
    to `graph/text`. `fingerprint` changes when the input or the code that read it does: equal fingerprints need no
    rebuild.
    """

    article: str
    graph: str
    triples: bytes
    text_triples: bytes
    entities: tuple[EntityFacts, ...]
    fingerprint: str


# --- contracts of the stages -----------------------------------------------------------------------------------------


class Reader(Protocol):
    """Bytes to articles; an item that cannot be read is yielded as its error, and the next ones follow."""

    def __call__(self, data: bytes, name: str, /) -> Iterator[Article | ReadError]: ...


class Extractor(Protocol):
    """An article to its annotations. Pure: the same article gives the same annotations."""

    def __call__(self, article: Article, /) -> Annotations: ...


class Linker(Protocol):
    """Annotations to links, one decision for each entity. Raises `LinkError` when it could not ask."""

    def __call__(self, article: Article, annotations: Annotations, /) -> Links: ...
