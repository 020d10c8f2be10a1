"""Which candidate an entity is, or none: features, a small logistic ranker with trained weights, calibrated probability.

Knows neither the article's text nor how candidates were found; `Setting` carries what the article says around a name.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.link.pack import KIND_TYPES
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.link.candidates import Found
    from kg.link.index import Index
    from kg.model import EntityType

WEIGHTS = Path(__file__).resolve().parent / "data" / "ranker.json"
# Types that annotators and Wikidata's classes mix up: a police force is an organisation there, an air base a place.
_NEAR: dict[EntityType, frozenset[EntityType]] = {
    "Person": frozenset(),
    "Organization": frozenset({"Government", "Media", "ArmedGroup", "StateForce", "Other", "Facility"}),
    "ArmedGroup": frozenset({"Organization", "StateForce"}),
    "StateForce": frozenset({"Organization", "Government", "ArmedGroup"}),
    "Government": frozenset({"Organization", "StateForce", "Facility"}),
    "Media": frozenset({"Organization"}),
    "Place": frozenset({"Facility"}),
    "Facility": frozenset({"Place", "Organization"}),
    "Nationality": frozenset({"Other"}),
    "Other": frozenset({"Nationality", "Organization", "Facility", "Place"}),
}
_UNLIKELY_PLACES = frozenset({"city", "district"})
_FUZZY = frozenset({"slip", "sound"})
_NAMED = frozenset({"usual", "label", "alias"})
_SURE_FAME = 60
_LITTLE_FAME, _SOME_FAME = 8, 30


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a name: the weight of each country in the article (0–1, by QID) and the folded names it has."""

    countries: Mapping[str, float] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trained weights. A candidate's probability is `sigmoid(bias + Σ weight · feature)`; NIL below `threshold`."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the calibrated probability that the candidate is the one meant."""
        total = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def packaged_ranker() -> Ranker:
    """Read the weights that ship with the package, once for each process."""
    return read_ranker(WEIGHTS)


def read_ranker(path: Path) -> Ranker:
    """Read trained weights; raise `ConfigError` where they are missing or odd."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Ranker(dict(found["weights"]), float(found["bias"]), float(found["threshold"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: no usable weights ({error}); reinstall conflict-news-kg") from error


def score(
    index: Index,
    name: str,
    found: Sequence[Found],
    *,
    type: EntityType | None,  # noqa: A002 - the word of the format
    setting: Setting,
    ranker: Ranker,
) -> list[tuple[Found, float]]:
    """Give each candidate its probability, best first. Probabilities of rivals sum to no more than 1."""
    scored = [
        (one, ranker.probability(each))
        for one, each in zip(found, features(index, name, found, type=type, setting=setting), strict=True)
    ]
    scored.sort(key=lambda pair: (-pair[1], pair[0].entity))
    total = sum(value for _, value in scored)
    return [(one, value / total) for one, value in scored] if total > 1 else scored


def features(
    index: Index,
    name: str,
    found: Sequence[Found],
    *,
    type: EntityType | None,  # noqa: A002 - the word of the format
    setting: Setting,
) -> list[dict[str, float]]:
    """Compute the features of all candidates for one name, in their order."""
    words = fold(name).split()
    fitting = [one for one in found if _agreement(index, one, type) != "far"]
    known = sorted((index.popularity(one.entity) for one in fitting or found), reverse=True)
    towns = {index.country(one.entity) for one in found if index.kind(one.entity) == "city"}
    local = _local(index, found, setting)
    made = [_features(index, words, one, known, type, setting, crowd=len(fitting)) for one in found]
    for one, values in zip(found, made, strict=True):
        # "Homs" is the town; its province is called one, and `Homs province` is another name with another list
        if index.kind(one.entity) == "admin" and one.how != "rewritten" and index.country(one.entity) in towns:
            values["province-of-town"] = 1.0
        # Tripoli in a report about Lebanon is not Libya's, however much better known that one is
        if local and KIND_TYPES[index.kind(one.entity)] == "Place":
            at_home = setting.countries.get(index.country(one.entity) or "", 0.0) > 0
            values["at-home" if at_home else "outplaced"] = 1.0
    return made


def _local(index: Index, found: Sequence[Found], setting: Setting) -> bool:
    """Tell whether some namesakes of note lie in the article's countries and others do not."""
    places = [
        one
        for one in found
        if KIND_TYPES[index.kind(one.entity)] == "Place" and index.popularity(one.entity) >= _SOME_FAME
    ]
    homes = {setting.countries.get(index.country(one.entity) or "", 0.0) > 0 for one in places}
    return len(homes) > 1


def _features(
    index: Index,
    words: list[str],
    one: Found,
    known: list[int],
    type: EntityType | None,  # noqa: A002 - the word of the format
    setting: Setting,
    *,
    crowd: int,
) -> dict[str, float]:
    kind = index.kind(one.entity)
    fame = index.popularity(one.entity)
    agreement = _agreement(index, one, type)
    rival = (
        known[1] if known and fame == known[0] and len(known) > 1 else (known[0] if known and fame < known[0] else 0)
    )
    country = index.country(one.entity)
    weight = setting.countries.get(country, 0.0) if country else 0.0
    unlikely = kind in _UNLIKELY_PLACES
    values = {
        f"how={one.how}": 1.0,
        f"type={agreement}": 1.0,
        f"kind={kind}": 1.0,
        "fame": fame / 100,
        "lead": max(-1.0, min(1.0, (fame - rival) / 60)),
        "alone": 1.0 if crowd <= 1 else 0.0,
        "crowd": math.log1p(crowd),
        "country": weight,
        "main-country": 1.0 if country and weight and weight == max(setting.countries.values()) else 0.0,
        "foreign": 1.0 if country and setting.countries and not weight else 0.0,
        "foreign-town": 1.0 if unlikely and setting.countries and not weight else 0.0,
        "unknown-town": 1.0 if unlikely and fame < _LITTLE_FAME else 0.0,
        "one-word": 1.0 if len(words) == 1 else 0.0,
        "long-name": 1.0 if len(words) > 2 else 0.0,
        "short-name": 1.0 if len("".join(words)) <= 4 else 0.0,
    }
    if agreement == "near":
        values[f"near={type}>{KIND_TYPES[kind]}"] = 1.0
    if one.how in _NAMED:
        values["named-fame"] = min(fame, _SURE_FAME) / _SURE_FAME
    if kind == "person":
        values["person-at-home"] = 1.0 if weight else 0.0
        values["person-fame"] = fame / 100
        values["person-one-word"] = values["one-word"]
    if one.how in _FUZZY:
        values["similarity"] = one.similarity - 0.8
        values[f"fuzzy-{agreement}"] = 1.0
    if unlikely and crowd > 1 and _has_region(index, one.entity, words, setting):
        values["region-named"] = 1.0
    return values


def _agreement(index: Index, one: Found, type: EntityType | None) -> str:  # noqa: A002
    if type is None:
        return "open"
    mine = KIND_TYPES[index.kind(one.entity)]
    # what a bare name means to a news reader also holds where a building stands for those who work in it ("the Pentagon said")
    if mine == type or (one.how == "usual" and mine in _NEAR[type]):
        return "same"
    return "near" if mine in _NEAR[type] else "far"


def _has_region(index: Index, entity: int, words: list[str], setting: Setting) -> bool:
    """Tell whether the article names the region that tells this town from its namesakes (`Arlington, Colorado`)."""
    for alias in index.facts(entity).names:
        town, comma, region = alias.partition(", ")
        if comma and fold(town).split() == words and len(region) > 2 and fold(region) in setting.names:
            return True
    return False
