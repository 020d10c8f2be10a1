"""Where an event was: the place names before its noun, in the phrases after `in`, `at`, `near`, and behind commas.

Says also which place names act as governments do; finds no roles.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from kg.extract.drafts import DraftPlace
from kg.extract.sentences import country_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.extract.phrases import NounPhrase
    from kg.extract.scene import Name, Scene
    from kg.extract.triggers import Trigger

_SPATIAL = frozenset(("Place", "Facility"))
_PLACE_NOUNS = frozenset(
    "village town city province district area region base airbase airport camp checkpoint neighborhood neighbourhood border suburb"
    " suburbs outskirts countryside market street road highway town capital square crossing mosque church school hospital hotel"
    " embassy station building compound valley mountains territory governorate enclave coast port".split()
)
_APPOSITION = 12  # words that tell what a place is
_ACTING_PLACES = frozenset("us uk usa u.s. u.k. u.s.a. uae eu nato un".split())


@cache
def _countries() -> frozenset[str]:
    return frozenset(name.lower() for name, kind in country_names().items() if kind == "country")


def is_country(name: str) -> bool:
    """Tell whether a place name is a country's: it acts as its government does."""
    lower = name.lower()
    return lower in _countries() or lower in _ACTING_PLACES or lower.removeprefix("the ") in _countries()


def find_places(
    scene: Scene, premodifiers: Iterable[Name], located: Iterable[NounPhrase], trigger: Trigger
) -> tuple[DraftPlace, ...]:
    """Return the places named before the noun and in the phrases that tell where, else the nearest of the sentence."""
    found: dict[tuple[int, int], DraftPlace] = {}
    for name in premodifiers:
        if name.mention.type in _SPATIAL:
            _put(found, scene, name)
    for phrase in located:
        for name in scene.names_in(phrase.first, phrase.full):
            if name.mention.type in _SPATIAL:
                _put(found, scene, name)
                _follow(found, scene, name.last)
    if not found:
        for name in _nearest(scene, trigger):
            _put(found, scene, name)
            _follow(found, scene, name.last)
    return tuple(found.values())


def _put(found: dict[tuple[int, int], DraftPlace], scene: Scene, name: Name) -> None:
    start, end = scene.offsets(name.first, name.last)
    found.setdefault((start, end), DraftPlace(start, end, name.entity.id))


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
            if name.mention.type == "Place":
                _put(found, scene, name)


def is_place(scene: Scene, phrase: NounPhrase) -> bool:
    """Tell whether the phrase names or means a place: `Tokhar`, `two villages`."""
    name = scene.name_at(phrase.head)
    if name is not None:
        return name.mention.type in ("Place", "Facility")
    return scene.phrases.lower[phrase.head] in _PLACE_NOUNS


def _nearest(scene: Scene, trigger: Trigger) -> list[Name]:
    """Return the place name after `in`, `at` or `near` that stands nearest in the sentence."""
    held = [
        name
        for name in scene.names
        if name.mention.type in ("Place", "Facility")
        and _before(scene, name.first) in ("in", "at", "near", "outside", "inside", "around", "of")
    ]
    return sorted(held, key=lambda name: abs(name.first - trigger.head))[:1]


def _before(scene: Scene, at: int) -> str:
    at -= 1
    while at >= 0 and scene.phrases.tokens[at].tag in ("DT", "JJ", "NN", "NNP", "VBN", "NNS"):
        at -= 1
    return scene.phrases.lower[at] if at >= 0 else ""
