"""Who took which part in an event and where it was, from the grammar around its trigger; finds no triggers.

Grammar is read into agents, patients, partners and places (`syntax`); a table says what these are called for each event type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.events.actors import ACTOR_NOUNS, MEANS, acts, is_means, is_party, is_people, may_act, may_suffer
from kg.extract.events.drafts import DraftParticipant
from kg.extract.events.places import find_places, is_place, located, owner_place
from kg.extract.language.phrases import NounPhrase
from kg.extract.language.syntax import clause, find_subject, head_of_chain, prepositional
from kg.model import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.events.drafts import DraftPlace
    from kg.extract.events.scene import Name, Scene
    from kg.extract.events.triggers import Trigger
    from kg.extract.language.phrases import VerbGroup
    from kg.extract.language.syntax import Prepositional
    from kg.model import EventType, RoleName

# what agent, patient and partner (`with`, `between`, `to`) are called; "" where the type has no such part
_NAMES: dict[str, tuple[RoleName | None, RoleName | None, RoleName | None]] = {
    "ArmedClash": ("participant", "participant", "participant"),
    "Negotiation": ("participant", "participant", "participant"),
    "Agreement": ("participant", None, "participant"),
    "Protest": ("participant", None, "participant"),
    "Riot": ("participant", "target", None),
    "Strike": ("participant", None, None),
    "Deployment": ("participant", "participant", None),
    "Withdrawal": ("participant", "participant", None),
    "Arrest": ("perpetrator", "detainee", None),
    "Abduction": ("perpetrator", "victim", None),
    "Displacement": ("victim", "victim", None),
    "HandoverOfControl": ("giver", None, "receiver"),
    "AidDelivery": ("giver", None, "receiver"),
    "Threat": ("speaker", "addressee", "addressee"),
    "Demand": ("speaker", "addressee", "addressee"),
    "Condemnation": ("speaker", "target", None),
    "Accusation": ("speaker", "target", None),
    "Denial": ("speaker", None, None),
    "ResponsibilityClaim": ("speaker", None, None),
    "Statement": ("speaker", None, "addressee"),
    "Killing": ("perpetrator", "victim", None),
    "TargetedKilling": ("perpetrator", "victim", None),
    "HumanRightsAbuse": ("perpetrator", "victim", None),
}
# verbs that carry a noun: `launched an attack`; `is blamed for` is left to the claims
_SUPPORT = frozenset(
    "carry carried carries carrying launch launched launches launching conduct conducted conducts conducting mount mounted mounting"
    " stage staged staging lead led leading execute executed perpetrate perpetrated make made making commit committed start started"
    " wage waged waging begin began resume resumed intensify intensified step stepped plan planned planning plotting plotted prepare preparing hold held holding sign signed"
    " reach reached continue continued do did initiate initiated undertake undertook impose imposed imposes deliver delivered issue issued"
    " unleash unleashed claim claimed join joined attend attended inflict inflicts"
    " inflicted inflicting announced brokered agreed negotiated concluded".split()
)
_HARMS = frozenset(
    "kill killed kills killing wound wounded wounds wounding injure injured injures injuring leave left leaves leaving hurt claim claimed"
    " maim maimed displace displaced martyr martyred".split()
)
_BEING = frozenset("is are was were be been come came remain remains remained".split())
_BYSTANDERS = frozenset(
    "civilian civilians people child children woman women villagers residents journalist journalists others".split()
)
_TAKES = frozenset("arrested detained captured seized nabbed held abducted kidnapped".split())
_STRIKES = frozenset(
    "hit hits hitting target targeted targets targeting destroy destroyed destroys destroying damage damaged damages damaging rip ripped"
    " struck strike strikes rocked rock tore devastated flattened levelled leveled engaged demolished".split()
)
# `suspected`, `alleged`: a doer of whom it is only thought; who says so is left to the claims
_HEDGES = frozenset("suspected alleged presumed apparent possible accused supposed".split())
_HEDGING = frozenset(
    "suspected alleged accused believed thought blamed charged said reported presumed allegedly reportedly apparently".split()
)
_INSTIGATES = frozenset(
    "order ordered orders authorize authorized authorizes authorise authorised approve approved approves".split()
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the grammar around one trigger gives: participants in order, and places."""

    participants: tuple[DraftParticipant, ...] = ()
    places: tuple[DraftPlace, ...] = ()


@dataclass(slots=True)
class _Cast:
    """The parts gathered so far."""

    agents: list[NounPhrase]
    patients: list[NounPhrase]
    partners: list[NounPhrase]
    victims: list[NounPhrase]
    premodifiers: list[Name]
    places: list[NounPhrase]
    instigators: list[NounPhrase] = field(default_factory=list)


def find_parts(scene: Scene, trigger: Trigger, kind: EventType) -> Parts:
    """Return participants and places of the event that this trigger tells of, as an event of this type."""
    group = scene.phrases.verb(trigger.head)
    cast = (
        _of_verb(scene, group, trigger, kind)
        if group is not None and group.head == trigger.head
        else _of_noun(scene, trigger, kind)
    )
    return Parts(
        _participants(scene, cast, kind),
        find_places(
            scene,
            [name for name in cast.premodifiers if not acts(name, kind)],
            [*cast.places, *(phrase for phrase in cast.patients if is_place(scene, phrase))],
            trigger,
            kind,
        ),
    )


def has_doer(scene: Scene, trigger: Trigger) -> bool:
    """Tell whether the verb names someone who can have done it, and someone or something else it was done to."""
    group = scene.phrases.verb(trigger.head)
    if group is None or group.head != trigger.head or group.negated:
        return False
    found = clause(scene.phrases, group)
    return bool(found.patients) and any(may_act(scene, phrase) for phrase in found.agents)


def _of_verb(scene: Scene, group: VerbGroup, trigger: Trigger, kind: EventType) -> _Cast:
    found = clause(scene.phrases, group)
    pps = found.prepositional
    cast = _Cast(list(found.agents), list(found.patients), [], [], [], [])
    if scene.phrases.tokens[group.head].tag == "VBG" and group.first and scene.phrases.verb_at[group.first - 1] >= 0:
        cast.agents = []  # "to escape fighting": the one who escapes does not fight
    if trigger.last > trigger.head + 1 and not found.passive:  # the pattern holds its own object: "opened fire"
        closing = scene.phrases.tokens[trigger.last - 1].tag in ("IN", "TO")  # "fired on" holds the preposition itself
        rest = prepositional(scene.phrases, trigger.last - closing)
        cast.patients = [
            p for pp in rest if pp.preposition in ("on", "at", "against", "upon", "over") for p in pp.phrases
        ]
        pps = rest
    elif not found.passive and all(is_means(scene, phrase) for phrase in cast.patients):
        cast.patients = [
            p for pp in pps if pp.preposition in ("on", "at", "against", "upon", "into") for p in pp.phrases
        ]
    if trigger.entry.lemma in ("blame", "attribute"):  # "blamed the attack on X", "attributed to X"
        cast.patients = list(found.after("on", "to")) or cast.patients
    if _doubted(scene, group, cast.agents):
        cast.agents = []
    cast.partners = [p for pp in pps if pp.preposition in ("with", "to", "between", "against") for p in pp.phrases]
    cast.places = located(pps, scene, kind)
    cast.places += _fronted(scene, group.first)
    return cast


def _of_noun(scene: Scene, trigger: Trigger, kind: EventType) -> _Cast:
    phrases = scene.phrases
    phrase = phrases.noun(trigger.head)
    end = phrase.last if phrase is not None else trigger.last
    pps = prepositional(phrases, end)
    cast = _Cast([], [], [], [], [], located(pps, scene, kind))
    for pp in pps:
        if pp.preposition in ("by", "from"):
            if (pp.preposition == "by" and _carried(scene, end, pp.at)) or (
                pp.preposition == "from" and trigger.entry.type == "HandoverOfControl"
            ):
                cast.agents += pp.phrases
        elif pp.preposition in ("on", "against", "targeting", "upon", "at") or (
            pp.preposition == "of" and pp.at == end
        ):
            cast.patients += pp.phrases
        elif pp.preposition in ("between", "with", "among", "to"):
            cast.partners += pp.phrases
    if phrase is not None:
        if phrase.owner is not None:
            owner = phrases.nouns[phrase.owner]
            where = owner_place(scene, owner, kind)
            (cast.agents if where is None else cast.places).append(owner)
        cast.premodifiers = scene.names_in(phrase.first, trigger.first)
        if trigger.first > phrase.first and phrases.lower[trigger.first - 1] in ACTOR_NOUNS:
            cast.agents.append(NounPhrase(phrase.first, trigger.first, trigger.first - 1, trigger.first))
            cast.premodifiers = []
        _add_governor(scene, cast, phrase, pps, kind)
        cast.places += _fronted(scene, phrase.first)
    return cast


def _carried(scene: Scene, start: int, by: int) -> bool:
    """Tell whether `by` names the doer of the noun: not in `attacks attributed to militias by the Pentagon`."""
    between = {scene.phrases.verb_at[at] for at in range(start, by)} - {-1}
    return all(scene.phrases.lower[scene.phrases.verbs[number].head] in _SUPPORT for number in between)


def _add_governor(scene: Scene, cast: _Cast, phrase: NounPhrase, pps: Sequence[Prepositional], kind: EventType) -> None:
    """Read the verb whose subject or object the noun is: `the blast killed five`, `they launched an attack`."""
    phrases = scene.phrases
    end = max((pp.phrases[-1].full for pp in pps), default=phrase.full)
    for start in sorted({phrase.full, phrase.full + 1, end, end + 1}):
        at = _past_adverbs(scene, start)
        group = phrases.verb(at)
        if group is None or group.first != at or any(word in MEANS for word in phrases.lower[phrase.last : at]):
            continue
        _read_governor(scene, cast, group, kind)
        break
    _add_wager(scene, cast, end)
    before = head_of_chain(phrases, phrase).first - 1
    while before >= 0 and phrases.tokens[before].tag in ("DT", "RP", "PRP$"):
        before -= 1
    governor = phrases.verb(before)
    if governor is not None and phrases.lower[governor.head] in _SUPPORT:
        subject = find_subject(phrases, governor)
        if not _doubted(scene, governor, subject):
            cast.agents += subject
    elif governor is not None and phrases.lower[governor.head] in _INSTIGATES and not governor.passive:
        cast.instigators += find_subject(phrases, governor)
    elif before >= 0 and phrases.lower[before] in ("in", "by", "during", "after", "when", "under", "on"):
        _add_result(scene, cast, before, kind)


def _past_adverbs(scene: Scene, at: int) -> int:
    while at < len(scene.phrases.lower) and scene.phrases.tokens[at].tag == "RB" and scene.phrases.verb_at[at] < 0:
        at += 1
    return at


def _read_governor(scene: Scene, cast: _Cast, group: VerbGroup, kind: EventType) -> None:
    """Read what the noun's verb tells, and the verbs joined to it: `the strike hit a tank and destroyed two buildings`."""
    phrases = scene.phrases
    while True:
        found = clause(phrases, group)
        word = phrases.lower[group.head]
        if word in _HARMS:
            cast.victims += found.object
        elif word in _STRIKES and not found.passive:
            cast.patients += found.object
        elif word in _SUPPORT and found.passive:
            cast.agents += found.agents
        cast.partners += found.after("between", "with")
        cast.places += located(found.prepositional, scene, kind)
        end = found.object[-1].full if found.object else group.head + 1
        following = next(
            (phrases.verb(at) for at in range(end, min(end + 3, len(phrases.lower))) if phrases.verb(at)), None
        )
        if following is None or phrases.lower[following.head] not in _HARMS | _STRIKES or following.first <= group.head:
            return
        if not set(phrases.lower[end : following.first]) & {"and", ";", ","}:
            return
        group = following


def _add_wager(scene: Scene, cast: _Cast, end: int) -> None:
    """Read the clause that hangs on the noun: `the war the regime has waged against civilians`, `attacks that rebels launched`."""
    phrases = scene.phrases
    at = end + (phrases.lower[end : end + 1] in (("that",), ("which",)))
    while at < len(phrases.lower) and phrases.tokens[at].tag in ("DT", "PRP$"):
        at += 1
    subject = phrases.noun(at)
    group = phrases.verb(subject.full) if subject is not None and subject.first == at else None
    if subject is not None and group is not None and phrases.lower[group.head] in _SUPPORT and not group.passive:
        cast.agents.append(subject)
        cast.patients += clause(phrases, group).after("against", "on")


def _doubted(scene: Scene, group: VerbGroup, agents: Sequence[NounPhrase]) -> bool:
    """Tell whether it is only thought that these did it: `suspected militants attacked`, `rebels accused of bombing`."""
    lower = scene.phrases.lower
    for phrase in agents:
        start = max(0, phrase.first - 1)
        if set(lower[start : phrase.last]) & _HEDGES:
            return True
        if phrase.full <= group.first and set(lower[phrase.full : group.head]) & _HEDGING:
            return True
    return False


def _add_result(scene: Scene, cast: _Cast, at: int, kind: EventType) -> None:
    """Read `five people were killed in the blast`: the verb before the preposition gives the victims."""
    phrases = scene.phrases
    for step in range(at - 1, max(-1, at - 8), -1):
        group = phrases.verb(step)
        if group is not None:
            if group.head == at - 1 and phrases.lower[group.head] in _BEING:  # "is in custody", "came under siege"
                (cast.agents if phrases.lower[at] == "on" else cast.patients).extend(find_subject(phrases, group))
            elif phrases.lower[at] in ("under", "on"):
                return
            elif phrases.lower[group.head] in _HARMS:
                harmed = clause(phrases, group).patients
                cast.victims += harmed
                if kind == "ArmedClash":  # "rebels were killed in clashes with the army"
                    cast.partners += [p for p in harmed if not set(phrases.lower[p.first : p.full]) & _BYSTANDERS]
            elif phrases.lower[group.head] in _TAKES:
                cast.patients += clause(phrases, group).patients
            return


def _fronted(scene: Scene, first: int) -> list[NounPhrase]:
    """Return the phrases of a sentence's first words up to the verb that tell where: `In Mosul, gunmen killed …`."""
    tokens = scene.phrases.tokens
    return [
        phrase
        for phrase in scene.phrases.nouns
        if phrase.last <= first
        and phrase.first
        and _lead(scene, phrase) in ("in", "at", "near", "outside", "on", "inside")
        and tokens[phrase.head].tag.startswith("NN")
    ]


def _lead(scene: Scene, phrase: NounPhrase) -> str:
    at = phrase.first - 1
    while at > 0 and scene.phrases.tokens[at].tag in ("DT", "PRP$"):
        at -= 1
    return scene.phrases.lower[at]


# --- participants ----------------------------------------------------------------------------------------------------


def _participants(scene: Scene, cast: _Cast, kind: EventType) -> tuple[DraftParticipant, ...]:
    agent, patient, partner = _NAMES.get(kind, ("perpetrator", "target", None))
    found: list[DraftParticipant] = []
    if agent:
        speaks = kind in SPEECH
        found += [_participant(scene, phrase, agent) for phrase in cast.agents if may_act(scene, phrase, speaks=speaks)]
        found += [_named(scene, name, agent) for name in cast.premodifiers if acts(name, kind)]
    if patient:
        for phrase in cast.patients:
            if may_suffer(scene, phrase, kind):
                role = "victim" if patient == "target" and is_people(scene, phrase) and kind != "Riot" else patient
                found.append(_participant(scene, phrase, role, whole=kind not in SPEECH))
        if kind in ("Arrest", "Abduction", "TargetedKilling"):
            found += [_named(scene, name, patient) for name in cast.premodifiers if name.mention.type == "Person"]
    if kind not in SPEECH:
        found += [_participant(scene, phrase, "victim") for phrase in cast.victims if is_people(scene, phrase)]
        found += [_participant(scene, phrase, "instigator") for phrase in cast.instigators if may_act(scene, phrase)]
    if partner:
        found += [
            _participant(scene, phrase, partner)
            for phrase in cast.partners
            if may_act(scene, phrase) and is_party(scene, phrase)
        ]
    return _distinct(found)


def _participant(scene: Scene, phrase: NounPhrase, role: RoleName, *, whole: bool = True) -> DraftParticipant:
    last = phrase.full if whole and _keeps_of(scene, phrase) else phrase.last
    start, end = scene.offsets(phrase.first, last)
    entity = scene.entity_of(phrase)
    return DraftParticipant(role, start, end, entity.id if entity else None)


def _keeps_of(scene: Scene, phrase: NounPhrase) -> bool:
    return (
        phrase.full > phrase.last and phrase.full - phrase.last <= 10 and scene.phrases.tokens[phrase.head].tag != "NNP"
    )


def _named(scene: Scene, name: Name, role: RoleName) -> DraftParticipant:
    start, end = scene.offsets(name.first, name.last)
    return DraftParticipant(role, start, end, name.entity.id)


def _distinct(found: Iterable[DraftParticipant]) -> tuple[DraftParticipant, ...]:
    kept: dict[tuple[int, int], DraftParticipant] = {}
    for participant in found:
        kept.setdefault((participant.start, participant.end), participant)
    return tuple(kept.values())
