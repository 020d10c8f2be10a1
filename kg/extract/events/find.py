"""Conflict events: triggers judged in their sentence, typed, given their parts, and joined into events; knows no claims.

The document is judged first: an article without signs of political conflict gives no events.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from kg.extract.events.actuality import judge
from kg.extract.events.drafts import DraftEvent
from kg.extract.events.judgement import about_conflict, believe
from kg.extract.events.learned import add_triggers, join_parts, learned_belief, settle_type
from kg.extract.events.places import is_country, is_place
from kg.extract.events.relations import EventMention, merge
from kg.extract.events.roles import find_parts, has_doer
from kg.extract.events.scene import set_scenes
from kg.extract.events.tolls import with_tolls, with_victims
from kg.extract.events.triggers import find_triggers
from kg.extract.events.when import reaching, time_of
from kg.extract.language.syntax import clause
from kg.model import ATTACKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.events.scene import Scene
    from kg.extract.events.triggers import Trigger
    from kg.extract.events.weapons import WeaponSpan
    from kg.extract.language.document import Document, NamedEntity
    from kg.extract.model import Judgements
    from kg.extract.quantities.casualties import Toll
    from kg.extract.quantities.times import TimeSpan
    from kg.model import EventType, WeaponCode

_BY_WEAPON: dict[WeaponCode, EventType] = {
    "drone": "AerialAttack",
    "aircraft-bomb": "AerialAttack",
    "rocket": "IndirectFireAttack",
    "missile": "IndirectFireAttack",
    "artillery": "IndirectFireAttack",
    "mortar": "IndirectFireAttack",
    "ied": "BombingAttack",
    "vehicle-bomb": "BombingAttack",
    "mine": "BombingAttack",
    "suicide-vest": "SuicideAttack",
    "firearm": "ArmedAssault",
    "blade": "ArmedAssault",
    "chemical": "ChemicalAttack",
}
_AIR_WORDS = frozenset(
    "air aerial airstrike airstrikes warplane warplanes jets jet aircraft helicopter helicopters drone drones planes".split()
)
_LABOUR_WORDS = frozenset(
    "union unions workers wage wages salary salaries lecturers teachers doctors nurses employees industrial".split()
)
_GUN_WORDS = frozenset("gunmen gunman shot shooting gunfire ambush".split())
_BELIEVED = 0.5  # best F1 of event sentences on the training documents
_RESULTS = frozenset("kill death fatality claim put".split())
_SPEECHES = frozenset(("Threat", "Demand", "Condemnation", "Accusation", "Denial", "ResponsibilityClaim", "Statement"))
_ANSWER = 14  # words from an event to what it answers
_RETALIATES = frozenset("response retaliation revenge reprisal avenge retaliate retaliated answer".split())
_FROM_AIR = frozenset("strike raid target hit pound bombardment destroy campaign bomb".split())


@dataclass(frozen=True, slots=True)
class _Found:
    """A believed trigger with what its sentence gives."""

    scene: Scene
    trigger: Trigger
    belief: float
    kind: EventType


def find_events(
    document: Document,
    entities: Sequence[NamedEntity],
    *,
    times: Sequence[TimeSpan] = (),
    weapons: Sequence[WeaponSpan] = (),
    casualties: Sequence[Toll] = (),
    judgements: Judgements | None = None,
) -> tuple[DraftEvent, ...]:
    """Return the article's events in text order, with ids `v1`, `v2`, …; none when the article is not about conflict.

    Without the model's `judgements` lexicon, weights and grammar decide alone.
    """
    scenes = set_scenes(document, entities)
    triggers = [find_triggers(number, scene.phrases) for number, scene in enumerate(scenes)]
    if not about_conflict(scenes, triggers, judgements):
        return ()
    if judgements is not None:
        triggers = [add_triggers(scene, row, judgements) for scene, row in zip(scenes, triggers, strict=True)]
    in_sentence = _by_sentence(document, weapons)
    airborne = any(t.entry.type == "AerialAttack" for row in triggers for t in row)
    found: list[_Found] = []
    for scene, candidates in zip(scenes, triggers, strict=True):
        near = in_sentence.get(scene.sentence.index, [])
        typed = [
            _Found(
                scene,
                t,
                _belief(scene, t, candidates, judgements),
                settle_type(scene, t, _type(scene, t, near, airborne=airborne), judgements),
            )
            for t in candidates
        ]
        found += _without_results([f for f in typed if f.belief >= _BELIEVED])
    when = _by_sentence(document, times)
    mentions = [_mention(document, f, found, in_sentence, when, judgements) for f in found]
    events = merge(with_tolls(mentions, casualties, document), document.text)
    return with_victims(events, casualties, entities, document.text)


def _belief(scene: Scene, trigger: Trigger, candidates: Sequence[Trigger], judgements: Judgements | None) -> float:
    """Believe a killing that has a doer and no other attack beside it: `rebels killed four policemen`.

    Elsewhere such verbs mostly tell what another trigger did, and the weights doubt them.
    """
    belief = believe(scene, trigger, candidates) if trigger.entry.words else trigger.entry.prior
    if judgements is not None:
        belief = learned_belief(scene, trigger, belief, judgements)
    if belief >= _BELIEVED or not trigger.entry.verb or trigger.entry.type != "Killing":
        return belief
    others = any(t is not trigger and (t.entry.type in ATTACKS or t.entry.type == "ArmedClash") for t in candidates)
    return _BELIEVED if not others and has_doer(scene, trigger) else belief


class _Ranged(Protocol):
    @property
    def start(self) -> int: ...


_Span = TypeVar("_Span", bound=_Ranged)


def _by_sentence(document: Document, spans: Sequence[_Span]) -> dict[int, list[_Span]]:
    held: dict[int, list[_Span]] = defaultdict(list)
    for span in spans:
        if (sentence := document.sentence_at(span.start)) is not None:
            held[sentence.index].append(span)
    return held


# --- types -----------------------------------------------------------------------------------------------------------


def _type(scene: Scene, trigger: Trigger, weapons: Sequence[WeaponSpan], *, airborne: bool) -> EventType:
    """Let the means decide where the trigger leaves it open: `a drone … strike` → AerialAttack.

    `airborne` tells that the article speaks of air attacks: its bare `raids` and `bombing` are theirs.
    """
    kind, lemma = trigger.entry.type, trigger.entry.lemma
    words = set(scene.phrases.lower)
    if lemma == "strike" and words & _LABOUR_WORDS and not airborne:
        return "Strike"
    if lemma == "capture" and trigger.entry.verb:
        return "TerritorialGain" if _takes_place(scene, trigger) else "Arrest"
    if kind in ("BombingAttack", "Attack") and "suicide" in words:
        return "SuicideAttack"
    if lemma == "bombing":
        return "AerialAttack" if words & _AIR_WORDS or airborne else kind
    if kind == "Attack" or (kind == "Killing" and trigger.entry.verb):
        return _by_means(scene, trigger, weapons, airborne=airborne)
    return kind


def _free(
    scene: Scene, trigger: Trigger, candidates: Sequence[Trigger], weapons: Sequence[WeaponSpan]
) -> list[WeaponSpan]:
    """Leave out the weapons that stand inside another trigger of the sentence."""
    taken = [scene.offsets(other.first, other.last) for other in candidates if other is not trigger]
    return [w for w in weapons if not any(first <= w.start < last for first, last in taken)]


def _by_means(scene: Scene, trigger: Trigger, weapons: Sequence[WeaponSpan], *, airborne: bool) -> EventType:
    kind, lemma = trigger.entry.type, trigger.entry.lemma
    words = set(scene.phrases.lower)
    start, end = _phrase_range(scene, trigger)
    inside = [w for w in weapons if start <= w.start < end]
    means = next(
        (_BY_WEAPON[w.code] for w in (*inside, *(w for w in weapons if w.code != "chemical")) if w.code in _BY_WEAPON),
        None,
    )
    if means is not None and not (kind == "Killing" and means == "ArmedAssault"):
        return means
    if kind == "Killing":
        return kind
    if lemma in _FROM_AIR and (words & _AIR_WORDS or (airborne and lemma in ("strike", "raid", "bombardment"))):
        return "AerialAttack"
    if words & _GUN_WORDS or (lemma == "raid" and not trigger.entry.verb):
        return "ArmedAssault"
    return "AerialAttack" if lemma == "strike" and not trigger.entry.verb else kind


def _takes_place(scene: Scene, trigger: Trigger) -> bool:
    group = scene.phrases.verb(trigger.head)
    patients = clause(scene.phrases, group).patients if group is not None else ()
    return any(is_place(scene, phrase) for phrase in patients)


def _phrase_range(scene: Scene, trigger: Trigger) -> tuple[int, int]:
    phrase = scene.phrases.noun(trigger.head)
    first, last = (
        (min(phrase.first, trigger.first), max(phrase.last, trigger.last)) if phrase else (trigger.first, trigger.last)
    )
    return scene.offsets(first, last)


def _without_results(found: list[_Found]) -> list[_Found]:
    """Drop verbs that only tell what another trigger did: `the blast killed five`, `the raids hit a school` are one event."""
    causes = [
        f for f in found if f.trigger.entry.lemma not in _RESULTS and (f.kind in ATTACKS or f.kind == "ArmedClash")
    ]
    heads = {f.trigger.head for f in causes if not f.trigger.entry.verb}
    return [
        f for f in found if not (causes and f.trigger.entry.lemma in _RESULTS) and not (heads and _is_effect(f, heads))
    ]


def _is_effect(found: _Found, causes: set[int]) -> bool:
    """Tell whether the verb's subject is itself an attack."""
    group = found.scene.phrases.verb(found.trigger.head)
    if not found.trigger.entry.verb or group is None or found.kind not in ATTACKS:
        return False
    subject = clause(found.scene.phrases, group).subject
    return any(phrase.first <= head < phrase.full for phrase in subject[:1] for head in causes)


# --- mentions --------------------------------------------------------------------------------------------------------


def _mention(
    document: Document,
    found: _Found,
    siblings: Sequence[_Found],
    weapons: dict[int, list[WeaponSpan]],
    times: dict[int, list[TimeSpan]],
    judgements: Judgements | None,
) -> EventMention:
    scene, trigger = found.scene, found.trigger
    sentence = scene.sentence
    parts = find_parts(scene, trigger, found.kind)
    if judgements is not None:
        parts = join_parts(scene, trigger, found.kind, parts, judgements)
    start, end = scene.offsets(trigger.first, trigger.last)
    phrase = scene.phrases.noun(trigger.head) if not trigger.entry.verb else None
    others = [other.trigger for other in siblings if other.scene is scene and other.trigger is not trigger]
    actuality = judge(scene.phrases, trigger)
    time = time_of(scene, trigger, times.get(sentence.index, []), others)
    if time is not None:
        time = reaching(scene, trigger, time, document.published, goes_on=actuality == "ongoing")
    event = DraftEvent(
        "",
        found.kind,
        (start, end),
        actuality,
        participants=parts.participants,
        weapon=_weapon(scene, found, weapons.get(sentence.index, [])),
        places=parts.places,
        time=time,
        score=found.belief,
    )
    return EventMention(
        event,
        sentence.index,
        trigger.entry.lemma,
        determiner=phrase.determiner if phrase else "",
        plural=scene.phrases.tokens[trigger.head].tag in ("NNS", "NNPS"),
        counted=bool(phrase and any(scene.phrases.tokens[at].tag == "CD" for at in range(phrase.first, trigger.first))),
        headline=sentence.block == "headline",
        caption=sentence.block == "caption",
        verb=trigger.entry.verb,
        rank=_rank(scene, trigger, siblings) if found.kind in ATTACKS else "",
        after=_answers(scene, trigger, siblings),
        place_names=frozenset(
            document.text[p.start : p.end].lower()
            for p in parts.places
            if p.entity and not is_country(document.text[p.start : p.end])
        ),
    )


def _rank(scene: Scene, trigger: Trigger, siblings: Sequence[_Found]) -> str:
    """Return the word that makes the event one of several: `the second blast`, `one of the attacks`, `In the first, …`."""
    lower = scene.phrases.lower
    phrase = scene.phrases.noun(trigger.head) if not trigger.entry.verb else None
    if phrase is not None:
        if set(lower[trigger.last : trigger.last + 6]) & {"since", "ever", "years", "months", "decade", "decades"}:
            return ""
        inside = [word for word in lower[phrase.first : trigger.first] if word in _RANKS]
        if inside:
            return inside[0]
        if lower[max(0, phrase.first - 3) : phrase.first] == ("one", "of", "the"):
            return "one"
    first = min((other.trigger.first for other in siblings if other.scene is scene), default=-1)
    opening = next((word for word in lower[:4] if word in _RANKS), "")
    elliptic = (
        opening and lower[0] in ("in", "during") and lower[lower.index(opening) + 1 : lower.index(opening) + 2] in _ENDS
    )
    return opening if elliptic and first == trigger.first else ""


_RANKS = ("first", "second", "third", "fourth", "fifth", "sixth", "deadliest", "bloodiest", "worst")
_ENDS = ((",",), ("incident",), ("case",), ("one",), ("instance",))


def _weapon(scene: Scene, found: _Found, weapons: Sequence[WeaponSpan]) -> WeaponSpan | None:
    if found.kind not in ATTACKS and found.kind != "ArmedClash":
        return None
    start, end = _phrase_range(scene, found.trigger)
    inside = [w for w in weapons if start <= w.start < end]
    fitting = [w for w in weapons if _BY_WEAPON.get(w.code) == found.kind]
    return next(iter(inside or fitting), None)


def _answers(scene: Scene, trigger: Trigger, siblings: Sequence[_Found]) -> tuple[int, int] | None:
    """Return the trigger that this one answers: after `in response to`, `to avenge`; before a bare `in response`."""
    if trigger.entry.type in _SPEECHES:
        return None
    lower = scene.phrases.lower
    cue = next(
        (at for at in range(trigger.last, min(trigger.last + _ANSWER, len(lower))) if lower[at] in _RETALIATES), None
    )
    if cue is None:
        return None
    others = [o for o in siblings if o.kind in ATTACKS or o.kind == "ArmedClash"]
    later = [o for o in others if o.scene is scene and cue < o.trigger.head <= cue + _ANSWER]
    bare = lower[cue] in ("response", "retaliation") and lower[cue + 1 : cue + 2] not in (
        ("to",),
        ("for",),
        ("against",),
    )
    earlier = [o for o in others if o.scene.sentence.index < scene.sentence.index]
    cause = later[0] if later and not bare else earlier[-1] if earlier and bare else None
    return cause.scene.offsets(cause.trigger.first, cause.trigger.last) if cause is not None else None
