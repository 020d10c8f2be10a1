"""Where an event was: the place names before its noun, in the phrases after `in`, `at`, `near`, and behind commas.

Says also which place names act as governments do; finds no roles.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from kg.extract.events.drafts import DraftPlace
from kg.extract.language.sentences import country_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.events.scene import Name, Scene
    from kg.extract.events.triggers import Trigger
    from kg.extract.language.phrases import NounPhrase
    from kg.extract.language.syntax import Prepositional
    from kg.model import EventType

_SPATIAL = frozenset(("Place", "Facility"))
_PLACE_NOUNS = frozenset(
    "village villages town towns city cities province provinces district districts area areas region regions base bases airbase airport"
    " airfield camp camps checkpoint checkpoints neighborhood neighborhoods neighbourhood neighbourhoods border suburb suburbs outskirts"
    " countryside market markets street streets road highway capital square crossing mosque church school hospital hotel embassy"
    " station building compound valley mountains territory governorate governorates enclave coast port island country republic castle"
    " prison restaurant monastery consulate headquarters side part parts sector sectors".split()
)
_VAGUE = frozenset(
    "area areas region regions country city streets street part parts side republic road province".split()
)
_PREPOSITIONS = frozenset(
    "in at near outside inside around across along within throughout on off over into beside beyond behind above opposite".split()
)
_LOCATING = frozenset(
    ("in", "at", "near", "outside", "inside", "around", "across", "along", "within", "throughout", "off")
)
_DIRECTIONS = frozenset(
    "north south east west northeast northwest southeast southwest north-east north-west south-east south-west northern southern eastern"
    " western outskirts suburbs centre center heart edge city town village province district region governorate capital port state"
    " island suburb neighborhood neighbourhood area countryside".split()
)
_APPOSITION = 12  # words that tell what a place is
_ACTING_PLACES = frozenset("us uk usa u.s. u.k. u.s.a. uae eu nato un".split())
# these send planes abroad: `Israel air strike`; before other nouns and for other countries the name tells where: `Syria air raid`
_SENDERS = frozenset(
    "us u.s. usa u.s.a. uk u.k. america britain france russia israel turkey iran nato china india pakistan ethiopia eritrea rwanda"
    " ukraine azerbaijan armenia".split()
) | {"united states", "united kingdom", "saudi arabia", "united arab emirates", "north korea", "south korea"}
_STRUCK = frozenset(
    ("BombingAttack", "SuicideAttack", "Killing", "Protest", "Riot", "PoliticalViolenceOther", "Displacement")
)
# `Syria's civil war`: the owner is where it is fought
_OWNED = _STRUCK | {"ArmedClash", "AerialAttack", "IndirectFireAttack", "HumanRightsAbuse", "Abduction", "ArmedAssault"}
# saying has no place of its own in the words around it
_PLACELESS = frozenset(
    ("Threat", "Demand", "Condemnation", "Accusation", "Denial", "ResponsibilityClaim", "Statement", "Sanction")
)


@cache
def _countries() -> frozenset[str]:
    return frozenset(name.lower() for name, kind in country_names().items() if kind == "country")


def is_country(name: str) -> bool:
    """Tell whether a place name is a country's: it acts as its government does."""
    lower = _plain(name)
    return lower in _countries() or lower in _ACTING_PLACES or lower.removeprefix("the ") in _countries()


def acts_before(name: str, kind: EventType) -> bool:
    """Tell whether a place name before the noun is who does it: `U.S. strike`; `Syria air raid`, `Iraq bombing` tell where."""
    if not is_country(name) or kind in _STRUCK:
        return False
    return _plain(name) in _SENDERS


def _plain(name: str) -> str:
    return name.lower().replace(". ", ".")  # some sources part `U. S.`


def find_places(
    scene: Scene, premodifiers: Iterable[Name], located: Sequence[NounPhrase], trigger: Trigger, kind: EventType
) -> tuple[DraftPlace, ...]:
    """Return the places before the noun and in the phrases that tell where, else the nearest of the sentence.

    The most specific come first; a phrase without a name (`a village`) counts where no name does.
    """
    if kind in _PLACELESS:
        return ()
    found: dict[tuple[int, int], DraftPlace] = {}
    for name in premodifiers:
        if name.mention.type in _SPATIAL and not _compound(scene, name):
            _put(found, scene, name)
    for phrase in located:
        for name in _names(scene, phrase):
            _put(found, scene, name)
            _follow(found, scene, name.last)
    if not found:
        for phrase in located:
            bare = phrase.last - phrase.first == 1 and scene.phrases.lower[phrase.head] in _VAGUE
            if not bare and scene.phrases.lower[phrase.head] in _PLACE_NOUNS and scene.name_at(phrase.head) is None:
                start, end = scene.offsets(phrase.first, phrase.last)
                found.setdefault((start, end), DraftPlace(start, end))
    if not found:
        for name in _nearest(scene, trigger):
            _put(found, scene, name)
            _follow(found, scene, name.last)
    words = {scene.offsets(name.first, name.last): name.mention.text for name in scene.names}
    return tuple(sorted(found.values(), key=lambda place: is_country(words.get((place.start, place.end), ""))))


def located(pps: Iterable[Prepositional], scene: Scene, kind: EventType) -> list[NounPhrase]:
    """Return the phrases that tell where: `in Mosul`, `north of Baghdad`, for a withdrawal also `from Afrin`."""
    found: list[NounPhrase] = []
    for pp in pps:
        away = pp.preposition in ("from", "out") and kind in ("Withdrawal", "Displacement")
        if pp.preposition in _PREPOSITIONS or away or (pp.preposition == "of" and _directed(scene, pp.at)):
            found += pp.phrases
    return found


def _directed(scene: Scene, at: int) -> bool:
    return at > 0 and scene.phrases.lower[at - 1] in _DIRECTIONS


def owner_place(scene: Scene, owner: NounPhrase, kind: EventType) -> Name | None:
    """Return the place that owns the noun and tells where: `Syria's civil war`, `Kabul's bombings`; not `Turkey's attack`."""
    name = scene.name_at(owner.head)
    if name is None or name.mention.type not in _SPATIAL:
        return None
    if is_country(name.mention.text):
        return name if kind in _STRUCK or kind == "ArmedClash" else None
    return name if kind in _OWNED else None


def _put(found: dict[tuple[int, int], DraftPlace], scene: Scene, name: Name) -> None:
    start, end = scene.offsets(name.first, name.last)
    found.setdefault((start, end), DraftPlace(start, end, name.entity.id))


def _compound(scene: Scene, name: Name) -> bool:
    """Tell whether a hyphen binds the name to what it modifies: `Iran-backed militias`."""
    tokens = scene.sentence.tokens
    if name.last >= len(tokens):
        return False
    following = tokens[name.last]
    return following.text[:1] in ("-", "–") and following.start == tokens[name.last - 1].end


def _names(scene: Scene, phrase: NounPhrase) -> list[Name]:
    """Return the places a locative phrase names: `Raqqa province`, `the outskirts of Damascus`; not `Aleppo's residents`."""
    held = []
    for name in scene.names_in(phrase.first, phrase.full):
        if name.mention.type not in _SPATIAL or _compound(scene, name):
            continue
        inner = scene.phrases.noun(name.first)
        head = inner.head if inner is not None else name.last - 1
        if name.first <= head < name.last or scene.phrases.lower[head] in _PLACE_NOUNS or _is_spatial(scene, head):
            held.append(name)
    return held


def _is_spatial(scene: Scene, at: int) -> bool:
    name = scene.name_at(at)
    return name is not None and name.mention.type in _SPATIAL


def _follow(found: dict[tuple[int, int], DraftPlace], scene: Scene, at: int) -> None:
    """Take the larger places that follow after a comma: `Mosul, Iraq`, `Camp Taji, a base north of Baghdad`."""
    lower = scene.phrases.lower
    while at + 1 < len(lower) and lower[at] in (",", "(") and (name := scene.name_at(at + 1)) is not None:
        if name.mention.type != "Place":
            return
        _put(found, scene, name)
        at = name.last
    if at + 1 < len(lower) and lower[at] == "," and lower[at + 1] in ("a", "an", "the"):
        end = next(
            (
                i
                for i in range(at + 1, min(at + _APPOSITION, len(lower)))
                if lower[i] == "," or scene.phrases.verb_at[i] >= 0
            ),
            0,
        )
        for name in scene.names_in(at + 1, end):
            if name.mention.type == "Place" and not _compound(scene, name):
                _put(found, scene, name)


def is_place(scene: Scene, phrase: NounPhrase) -> bool:
    """Tell whether the phrase names or means a place: `Tokhar`, `two villages`."""
    name = scene.name_at(phrase.head)
    if name is not None:
        return name.mention.type in _SPATIAL
    return scene.phrases.lower[phrase.head] in _PLACE_NOUNS


def _nearest(scene: Scene, trigger: Trigger) -> list[Name]:
    """Return the place name after `in`, `at` or `near` that stands nearest in the sentence."""
    held = [
        name
        for name in scene.names
        if name.mention.type in _SPATIAL and not _compound(scene, name) and _before(scene, name) in _LOCATING
    ]
    return sorted(held, key=lambda name: abs(name.first - trigger.head))[:1]


def _before(scene: Scene, name: Name) -> str:
    """Return the preposition that governs a name, over `the city of`."""
    at = name.first - 1
    while at >= 0 and scene.phrases.tokens[at].tag in ("DT", "JJ", "NN", "NNP", "VBN", "NNS", "HYPH"):
        at -= 1
    if at > 1 and scene.phrases.lower[at] == "of":
        return "in" if _directed(scene, at) else ""
    return scene.phrases.lower[at] if at >= 0 else ""
