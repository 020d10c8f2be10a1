"""Triggers and participants as the trained model sees them, in the terms of the grammar's finders; runs no model itself.

The lexicon proposes and the model judges; where the model is sure of a word that the lexicon does not know, it proposes too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from kg.extract.events.drafts import DraftParticipant, DraftPlace
from kg.extract.events.roles import Parts
from kg.extract.events.triggers import Entry, Trigger
from kg.extract.model.labels import PART_LABELS, TRIGGER_LABELS
from kg.model import ATTACKS, ROLES, SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kg.extract.events.scene import Scene
    from kg.extract.model import Judgements
    from kg.model import EventType, RoleName

# thresholds: best on the development fifth of the annotated reports
_NEW = 0.6  # a trigger that the lexicon does not know
_PART = 0.65  # a participant that the grammar does not see
_KEPT = 0.15  # one that it does see
_WHERE, _WHERE_KEPT = 0.3, 0.05  # a place, likewise
_SELF, _BIAS = 0.5, 1.3  # the model's share of a belief, and what makes up for the doubts of two judges
_TYPE, _BETTER = 0.7, 0.2  # how sure of a type, and how much surer than of the grammar's
_SPATIAL = ("Place", "Facility")


def add_triggers(scene: Scene, candidates: Sequence[Trigger], judgements: Judgements) -> list[Trigger]:
    """Return the candidates and, in order between them, the words that only the model takes for triggers."""
    rows = _rows(scene, judgements)
    told = 1 - rows[:, 0]
    taken = {at for trigger in candidates for at in range(trigger.first, trigger.last)}
    found = list(candidates)
    for first, last in _runs(told >= _NEW):
        if taken.isdisjoint(range(first, last)):
            found.append(_trigger(scene, first, last, rows))
    return sorted(found, key=lambda trigger: trigger.first)


def _trigger(scene: Scene, first: int, last: int, rows: NDArray[np.float32]) -> Trigger:
    tokens = scene.phrases.tokens
    verb = next((at for at in range(first, last) if tokens[at].tag.startswith("VB")), None)
    head = verb if verb is not None else last - 1
    kind = _likeliest(rows[first:last])
    lemma = " ".join(scene.phrases.lower[first:last])
    entry = Entry(lemma, verb is not None, kind, float((1 - rows[first:last, 0]).max()), ())
    return Trigger(scene.sentence.index, first, last, head, entry)


def learned_belief(scene: Scene, trigger: Trigger, weighed: float, judgements: Judgements) -> float:
    """Return how likely the trigger tells of a conflict event, 0–1: the model's belief and that of the weights, as logits."""
    sure = float((1 - _rows(scene, judgements)[trigger.first : trigger.last, 0]).max())
    return _logistic(_SELF * _logit(sure) + (1 - _SELF) * _logit(weighed) + _BIAS)


def settle_type(scene: Scene, trigger: Trigger, kind: EventType, judgements: Judgements | None) -> EventType:
    """Return the model's type where it is surer than the grammar's means and words."""
    if judgements is None:
        return kind
    sums = _rows(scene, judgements)[trigger.first : trigger.last, 1:].sum(0)
    shares = sums / sums.sum()
    best = int(shares.argmax())
    if kind in ATTACKS and (kind != "Attack" or TRIGGER_LABELS[1 + best] not in ATTACKS):
        return (
            kind  # the means are told, and "rebels killed four policemen" is no clash, whatever else the article tells
        )
    if shares[best] < _TYPE or shares[TRIGGER_LABELS.index(kind) - 1] > shares[best] - _BETTER:
        return kind
    return cast("EventType", TRIGGER_LABELS[1 + best])


def _logit(chance: float) -> float:
    held = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held))


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def join_parts(scene: Scene, trigger: Trigger, kind: EventType, parts: Parts, judgements: Judgements) -> Parts:
    """Return what grammar and model agree on, and what the model is sure of alone."""
    begin, whole = judgements.parts(scene.sentence.index, trigger.first, trigger.last)
    base = judgements.bases[scene.sentence.index]
    low = base - begin
    rows = whole[max(low, 0) : low + len(scene.sentence.tokens)]
    if low < 0 or len(rows) != len(scene.sentence.tokens):  # a sentence that no window holds whole
        return parts
    kept = [p for p in (_judged(scene, p, rows) for p in parts.participants) if p is not None]
    for participant in _participants(scene, trigger, rows, kind):
        if not any(p.start < participant.end and participant.start < p.end for p in kept):
            kept.append(participant)
    return Parts(tuple(sorted(kept, key=lambda p: p.start)), _places(scene, parts.places, rows, kind))


def _judged(scene: Scene, participant: DraftParticipant, rows: NDArray[np.float32]) -> DraftParticipant | None:
    """Return a participant of the grammar unless the model rules it out."""
    held = rows[_tokens(scene, participant.start, participant.end)]
    best = held[(1 - held[:, 0]).argmax()]
    return participant if 1 - best[0] >= _KEPT else None


def _participants(
    scene: Scene, trigger: Trigger, rows: NDArray[np.float32], kind: EventType
) -> Iterator[DraftParticipant]:
    labels = rows.argmax(1)
    for number in range(1, len(ROLES) + 1):
        role = cast("RoleName", PART_LABELS[number])
        for first, last in _runs(labels == number):
            if rows[first:last, number].max() < _PART or (first < trigger.last and trigger.first < last):
                continue
            if kind not in SPEECH and role in ("speaker", "addressee"):
                continue
            if not any(c.isalpha() for word in scene.phrases.lower[first:last] for c in word):
                continue  # a bare number is nobody
            yield _participant(scene, role, first, last)


def _participant(scene: Scene, role: RoleName, first: int, last: int) -> DraftParticipant:
    lower = scene.phrases.lower
    while last - first > 1 and not lower[first][0].isalnum():
        first += 1
    while last - first > 1 and not (lower[last - 1][0].isalnum() or lower[last - 1][-1].isalnum()):
        last -= 1
    start, end = scene.offsets(first, last)
    phrase = scene.phrases.noun(last - 1)
    entity = scene.entity_of(phrase) if phrase is not None else None
    if entity is None and (inside := scene.names_in(first, last)):
        entity = inside[-1].entity
    return DraftParticipant(role, start, end, entity.id if entity else None)


def _places(
    scene: Scene, found: Sequence[DraftPlace], rows: NDArray[np.float32], kind: EventType
) -> tuple[DraftPlace, ...]:
    if kind in SPEECH:
        return tuple(found)
    column = rows[:, PART_LABELS.index("place")]
    kept = [p for p in found if column[_tokens(scene, p.start, p.end)].max() >= _WHERE_KEPT]
    for name in scene.names:
        start, end = scene.offsets(name.first, name.last)
        sure = column[name.first : name.last].max() >= _WHERE and name.mention.type in _SPATIAL
        if sure and not any(p.start < end and start < p.end for p in kept):
            kept.append(DraftPlace(start, end, name.entity.id))
    return tuple(kept)


def _tokens(scene: Scene, start: int, end: int) -> list[int]:
    return [at for at, token in enumerate(scene.sentence.tokens) if token.start < end and start < token.end] or [0]


def _rows(scene: Scene, judgements: Judgements) -> NDArray[np.float32]:
    base = judgements.bases[scene.sentence.index]
    return judgements.triggers[base : base + len(scene.sentence.tokens)]


def _likeliest(rows: NDArray[np.float32]) -> EventType:
    return cast("EventType", TRIGGER_LABELS[1 + int(rows[:, 1:].sum(0).argmax())])


def _runs(held: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
