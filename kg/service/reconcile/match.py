"""Candidates for one question: found in store and index, all weighed, then cut; writes no JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.link import weigh
from kg.names import fold, similarity
from kg.service.reconcile.words import entity_type, lineage, type_id

if TYPE_CHECKING:
    from kg.service.reconcile.entities import Directory, Known
    from kg.service.reconcile.question import Condition, Question

# A score of at least so much, and so much more than the next one's, is taken for certain. Measured by `training/index/reconcile.py`:
# the lowest score from which nine of ten names taken are right, where one that the annotators left without item counts as wrong
# (.91, and .99 where there is an item; it takes 86 % of the names with one). The margin only matters between like candidates.
SURE, MARGIN = 80.0, 20.0
# How a name that was found in this way stands to the entity's own; look-alikes bring their similarity with them.
_NAME_AGREEMENT = {"variant": 0.95, "acronym": 0.9, "rewritten": 0.9, "demonym": 0.3, "surname": 0.4}
# Odds are multiplied by these: who reconciles against a store means what the store speaks of; a wrong type is a wrong thing.
_STORE_ODDS, _PROPERTY_ODDS, _TYPE_ODDS = 8.0, 12.0, 1 / 30
_UNLINKED_PROBABILITY = 0.8
_NEVER, _ALWAYS = 0.0001, 0.9999
_FEWEST_SHARED = 0.6  # look-alikes among the store's own names: share of letter pairs


@dataclass(frozen=True, slots=True)
class Match:
    """One candidate. `score` is 0–100; `certain` says that it may be taken without asking."""

    entity: Known
    score: float
    similarity: float
    probability: float
    share: float = 1.0
    popularity: int = 0
    type_match: bool = True
    property_match: float = 0.0
    certain: bool = False

    def features(self) -> dict[str, float | bool]:
        """Return what the score is made of, by the identifiers of `FEATURES`."""
        return {
            "name_similarity": round(self.similarity, 4),
            "probability": round(self.probability, 4),
            "share": round(self.share, 4),
            "popularity": self.popularity,
            "in_store": self.entity.in_store,
            "type_match": self.type_match,
            "property_match": round(self.property_match, 4),
        }


def match(directory: Directory, question: Question) -> tuple[Match, ...]:
    """Return the candidates for a question, best first, no more than its limit."""
    asked = [*question.ids, *([question.name] if question.name else [])]
    named = dict.fromkeys(told for one in asked if (told := directory.named_by(one)) is not None)
    if named:
        certain = len(named) == 1
        return tuple(_told(directory, one, certain=certain) for one in named)[: question.limit]
    if not question.name and (question.ids or not question.conditions):
        return ()
    found = _by_name(directory, question) if question.name else _by_property(directory, question)
    weighed = [each for one in found if (each := _weighed(directory, one, question)) is not None]
    return _ranked(weighed)[: question.limit]


def _told(directory: Directory, entity: Known, *, certain: bool) -> Match:
    return Match(entity, 100.0, 1.0, 1.0, popularity=_popularity(directory, entity), certain=certain)


def _popularity(directory: Directory, entity: Known) -> int:
    return 0 if entity.number is None else directory.index.popularity(entity.number)


# --- retrieval --------------------------------------------------------------------------------------------------------


def _by_name(directory: Directory, question: Question) -> list[Match]:
    kinds = [kind for kind in map(type_id, question.types) if kind]
    scored = weigh(
        question.name,
        context=" ".join(value for one in question.conditions if one.property == "context" for value in one.values),
        countries=_countries(directory, question),
        type=entity_type(kinds[0]) if len(kinds) == 1 else None,
        strict=False,
        index=directory.index,
    )
    found: dict[str, Match] = {}
    for one, probability in scored:
        entity = directory.numbered(one.entity)
        agreement = _NAME_AGREEMENT.get(one.how, one.similarity)
        found[entity.id] = Match(entity, 0.0, agreement, probability, popularity=_popularity(directory, entity))
    for entity in _in_store(directory, question.name, fuzzy=not scored):
        agreement = max(similarity(question.name, name) for name in entity.names)
        if (other := found.get(entity.id)) is not None:
            found[entity.id] = replace(other, similarity=max(agreement, other.similarity))
        else:
            fame = _popularity(directory, entity)
            found[entity.id] = Match(entity, 0.0, agreement, _UNLINKED_PROBABILITY * agreement, popularity=fame)
    return list(found.values())


def _in_store(directory: Directory, name: str, *, fuzzy: bool) -> tuple[Known, ...]:
    """Find the store's own entities, which no index knows: by the name, else by names that begin like it and resemble it."""
    exact = directory.called(name)
    if exact or not fuzzy:
        return exact
    begin = fold(name)[:3]
    near = directory.starting(begin, limit=200) if len(begin) == 3 else ()
    return tuple(one for one in near if max(similarity(name, other) for other in one.names) >= _FEWEST_SHARED)


def _by_property(directory: Directory, question: Question) -> list[Match]:
    """Without a name, look through the store for what agrees with every condition."""
    found = []
    for condition in question.conditions:
        if condition.property == "wikidata":
            found += [entity for value in condition.values if (entity := directory.named_by(value))]
    found += [
        entity
        for entity in directory.all()
        if all(agreement(directory, entity, condition) == 1.0 for condition in question.conditions)
    ]
    return [Match(entity, 0.0, 1.0, 0.5, popularity=_popularity(directory, entity)) for entity in dict.fromkeys(found)]


def _countries(directory: Directory, question: Question) -> tuple[str, ...]:
    found = dict.fromkeys(
        country
        for condition in question.conditions
        if condition.property == "country" and condition.quantifier != "none"
        for value in condition.values
        if (country := _country(directory, value))
    )
    return tuple(found)


def _country(directory: Directory, value: str) -> str:
    """Read a country as people write it: an identifier, a name, a demonym."""
    if (entity := directory.named_by(value)) is not None:
        return entity.id
    for number, _ in directory.index.exact(value):
        if directory.index.kind(number) == "country":
            return directory.index.country(number) or ""
    return next((entity.id for entity in directory.called(value) if entity.kind == "country"), "")


# --- weighing ---------------------------------------------------------------------------------------------------------


def _weighed(directory: Directory, one: Match, question: Question) -> Match | None:
    """Weigh one candidate by type, properties and store; `None` when a hard condition forbids it."""
    # nothing bears a type that nobody knows: a hard filter finds nothing then, a soft one has nothing to weigh
    kinds = [kind for name in question.types if (kind := type_id(name)) or question.strict != "should"]
    agreeing = [kind in lineage(one.entity.kind) for kind in kinds]
    fits = not kinds or (all(agreeing) if question.strict == "all" else any(agreeing))
    if not fits and question.strict != "should":
        return None
    judged = [(condition, agreement(directory, one.entity, condition)) for condition in question.conditions]
    if any(condition.required and value != 1.0 for condition, value in judged):
        return None
    known = [value for _, value in judged if value is not None]
    balance = sum(2 * value - 1 for value in known) / len(known) if known else 0.0
    probability = min(max(one.probability, _NEVER), _ALWAYS)
    odds = probability / (1 - probability) * _PROPERTY_ODDS**balance
    odds *= (_STORE_ODDS if one.entity.in_store and one.entity.number is not None else 1.0) * (
        1.0 if fits else _TYPE_ODDS
    )
    return replace(one, probability=odds / (1 + odds), type_match=fits, property_match=balance)


def agreement(directory: Directory, entity: Known, condition: Condition) -> float | None:
    """Compare one property, 0–1; `None` when nothing is known to compare."""
    own = _own_values(directory, entity, condition.property)
    if not own or not condition.values:
        return None
    wanted = condition.values
    if condition.property == "country":
        wanted = tuple(_country(directory, value) or value for value in wanted)
    if condition.property == "wikidata":
        wanted = tuple(found.id if (found := directory.named_by(value)) else value for value in wanted)
    if condition.property == "type":
        wanted = tuple(type_id(value) or value for value in wanted)
    hits = [_agrees(value, own, condition.property) for value in wanted]
    if condition.quantifier == "all":
        return min(hits)
    return 1.0 - max(hits) if condition.quantifier == "none" else max(hits)


def _own_values(directory: Directory, entity: Known, name: str) -> tuple[str, ...]:
    if name in ("events", "articles"):
        return (str(getattr(directory.counts(entity.id), name)),)
    values: dict[str, tuple[str, ...]] = {
        "country": (entity.country,),
        "type": lineage(entity.kind),
        "wikidata": (entity.id,) if entity.id.startswith("Q") else (),
        "description": (entity.description,),
        "alias": entity.names,
        "latitude": (str(entity.latitude),) if entity.latitude is not None else (),
        "longitude": (str(entity.longitude),) if entity.longitude is not None else (),
    }
    return tuple(value for value in values.get(name, ()) if value)


def _agrees(value: str, own: tuple[str, ...], name: str) -> float:
    if name in ("latitude", "longitude"):
        return float(any(abs(float(mine) - _number(value)) <= 0.25 for mine in own))  # degrees: the same town
    if name in ("description", "alias"):
        words = set(fold(value).split())
        return max(len(words & set(fold(mine).split())) / len(words) for mine in own) if words else 0.0
    return float(fold(value) in {fold(mine) for mine in own})


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")


def _ranked(found: list[Match]) -> tuple[Match, ...]:
    """Score and sort: half the probability, half the likeness of the name as far as no rival has it too."""
    total = sum(one.probability for one in found) or 1.0
    scored = []
    for one in found:
        share = one.probability / total
        value = round(100 * (0.5 * one.probability + 0.5 * one.similarity * share), 2)
        scored.append(replace(one, share=share, score=min(100.0, value)))
    scored.sort(key=lambda one: (-one.score, not one.entity.in_store, -one.popularity, one.entity.id))
    if scored:
        lead = scored[0].score - (scored[1].score if len(scored) > 1 else 0.0)
        sure = scored[0].score >= SURE and lead >= MARGIN and scored[0].type_match
        scored[0] = replace(scored[0], certain=sure)
    return tuple(scored)
