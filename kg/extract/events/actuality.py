"""Whether an event happened, goes on, is planned, is only thought of, or did not happen; from the words around its trigger.

Decides on grammar and cue words alone; whether the saying is true is left to the claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.events.triggers import Trigger
    from kg.extract.language.phrases import Phrases, VerbGroup
    from kg.model import Actuality

_PLANS = frozenset(
    "plan plans planned planning prepare prepares preparing prepared intend intends intended vow vows vowed pledge pledged plot plotted"
    " plotting aim aims aimed ready readying set scheduled imminent impending upcoming looming planned expected foiled thwarted averted"
    " prevented foil thwart disrupted plans order ordered agreed agree promised due propose proposed".split()
)
_MAYBES = frozenset(
    "if unless whether risk risks fear fears feared possible potential possibly prospect prospects danger threat threats could would"
    " might may should further any future avoid prevent deter threaten threatened threatens threatening likely unlikely eventual"
    " warn warned warns warning renewed capable able case event allow averting stop preventing calls call called demand"
    " demanded demanding urge urged urging need option options consider considering considered weigh weighing want wants wanted"
    " tried try trying hope hopes hoped seek seeks seeking alert".split()
)
_NOT = frozenset(
    "no not n't never without none neither nor absence lack failed halt end ending rule ruled-out denied".split()
)
_GOES_ON = frozenset(
    "ongoing continuing continue continues continued continuous near-daily daily repeated increasingly underway intensifying escalating rages raging raged".split()
)
_FUTURE = frozenset(("will", "'ll", "shall", "wo"))
_MAY = frozenset(("may", "might", "could", "would", "should", "can", "must", "'d"))
_ONGOING_NOUNS = frozenset(("war", "fighting", "conflict", "siege", "insurgency", "blockade", "occupation"))
_LASTING = frozenset(("fight", "besiege", "battle", "clash", "advance", "flee"))
_PLANNED = frozenset(("imminent", "planned", "impending", "upcoming", "foiled"))
_IMAGINED = frozenset(("possible", "potential", "future", "further", "any"))
# what governs `to attack`, the first that fits
_INFINITIVES: tuple[tuple[frozenset[str], Actuality], ...] = (
    (frozenset(("failed", "refused", "unable", "refuse", "refuses")), "did-not-happen"),
    (frozenset(("continue", "continued", "continues", "continuing")), "ongoing"),
    (frozenset(("managed", "able", "began", "started", "helped", "used", "forced")), "happened"),
    (_MAYBES, "hypothetical"),
)
_REACH = 4  # words before the trigger that may govern it


def judge(phrases: Phrases, trigger: Trigger) -> Actuality:
    """Return the actuality of the event that this trigger tells of: `plans to attack` → planned; `could attack` → hypothetical."""
    group = phrases.verb(trigger.head) if trigger.entry.verb else None
    return _of_verb(phrases, trigger, group) if group is not None else _of_noun(phrases, trigger)


def _of_verb(phrases: Phrases, trigger: Trigger, group: VerbGroup) -> Actuality:
    if group.negated:
        return "did-not-happen"
    if group.modal in _FUTURE:
        return "planned"
    if group.modal in _MAY or _conditional(phrases, group.first):
        return "hypothetical"
    if group.infinitive:
        return _of_infinitive(phrases.lower[max(0, group.first - _REACH) : group.first])
    present = phrases.tokens[group.first].tag in ("VBP", "VBZ") and group.first == group.head
    lasting = present and trigger.entry.lemma in _LASTING
    return "ongoing" if lasting or (group.progressive and not _past_be(phrases, group)) else "happened"


def _of_infinitive(before: Sequence[str]) -> Actuality:
    near = set(before)
    return next((actuality for cues, actuality in _INFINITIVES if near & cues), "planned")


def _past_be(phrases: Phrases, group: VerbGroup) -> bool:
    return any(word in ("was", "were", "been") for word in phrases.lower[group.first : group.head])


def _conditional(phrases: Phrases, first: int) -> bool:
    return any(word in ("if", "unless", "whether") for word in phrases.lower[max(0, first - 8) : first])


def _of_noun(phrases: Phrases, trigger: Trigger) -> Actuality:
    phrase = phrases.noun(trigger.head)
    first = phrase.first if phrase else trigger.first
    inside = {*phrases.lower[first : trigger.last], phrase.determiner if phrase else ""}
    before = phrases.lower[max(0, first - _REACH) : first]
    if "no" in inside or set(before[-2:]) & {"without", "no"}:
        return "did-not-happen"
    if (
        inside & _PLANNED
        or phrases.lower[trigger.last : trigger.last + 1] == ("planned",)
        or _governed_by(before, _PLANS)
    ):
        return "planned"
    if inside & _IMAGINED or _governed_by(before, _MAYBES):
        return "hypothetical"
    return _of_governor(phrases, trigger, first, inside | set(before))


def _of_governor(phrases: Phrases, trigger: Trigger, first: int, near: set[str]) -> Actuality:
    governor = _governor(phrases, first, trigger.last)
    if governor is not None and governor.modal:
        return "planned" if governor.modal in _FUTURE else "hypothetical"
    if governor is not None and governor.negated:
        return "did-not-happen"
    if near & _GOES_ON or set(phrases.lower[trigger.last : trigger.last + 3]) & {
        "continue",
        "continues",
        "rages",
        "goes",
    }:
        return "ongoing"
    past = governor is not None and phrases.tokens[governor.head].tag == "VBD"
    return "ongoing" if phrases.lower[trigger.head] in _ONGOING_NOUNS and not past else "happened"


def _governed_by(before: Sequence[str], cues: frozenset[str]) -> bool:
    return any(word in cues for word in before[-3:])


def _governor(phrases: Phrases, first: int, last: int) -> VerbGroup | None:
    """Return the verb whose subject or object the noun is: directly before, else directly after it."""
    at = first - 1
    while at >= 0 and phrases.tokens[at].tag in ("DT", "PRP$", "JJ", "RP"):
        at -= 1
    if at >= 0 and (group := phrases.verb(at)) is not None and group.head == at:
        return group
    return phrases.verb(last) if last < len(phrases.lower) else None
