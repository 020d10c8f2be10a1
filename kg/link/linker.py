"""One decision for each entity of an article, and look-ups of single names; finds and weighs nothing itself.

Offline: only the packaged index is asked. The same annotations give the same links.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from kg.link import choose
from kg.link.candidates import Found, candidates
from kg.link.index import PACKAGED, Index, packaged
from kg.link.pack import KIND_TYPES
from kg.link.towns import packaged_towns
from kg.model import Link, Links
from kg.names import fold, without_titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kg.link.choose import Ranker, Setting
    from kg.link.towns import Towns
    from kg.model import Annotations, Article, Candidate, Entity, EntityType, Metadata

# Candidates that a link carries for people to look at.
_SHOWN = 5
# A candidate must hold out against this many namesakes at most; more are all villages.
_MOST_WEIGHED = 40
_COUNTRY_KINDS = frozenset({"country"})
_STRONG = frozenset({"usual", "label", "alias"})
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
# How much a place in a country says about where the article plays, against the country's own name or its demonym.
_TOWN_WEIGHT = 0.5
_SURE_FAME = 60
_MONONYM_FAME = 70
# `Deir az-Zour` and `Deir ez-Zor` share 0.72 of their letter pairs; `Ibrahim Habbash` and `Ibrahim Pasha` 0.73, and are two people.
_CLOSE, _CLOSE_PERSON = 0.7, 0.78
# Institutions and sides that every country has: bare, they are named by what the article is about, not by an item.
_GENERIC = frozenset(
    "alliance army assembly authority cabinet coalition command commission council court forces front government justice "
    "military militia ministry movement navy opposition parliament party police regime republic resistance union".split()
)
# Only with these may the first words of a name be somebody's title ("President Biden" typed as the White House).
_TITLED = frozenset({"Person", "Government", "Place", "Other"})
# What is often called after its founder.
_LIKE_SURNAMES = frozenset({"Organization", "Media"})
# The field says that a name in the metadata is an outlet, which the ranker was not trained to know ("AFP").
_SURE_NAME = 0.2


class OfflineLinker:
    """A `model.Linker` on the packaged index. Opens nothing before the first article; may be shared and forked."""

    def __init__(
        self,
        index: Index | None = None,
        ranker: Ranker | None = None,
        *,
        unlinked: Path | None = None,
        towns: Towns | None = None,
    ) -> None:
        self._given_index, self._given_ranker, self._given_towns = index, ranker, towns
        self.unlinked = unlinked

    @property
    def index(self) -> Index:
        """The index that is asked."""
        return self._given_index or packaged()

    def __call__(self, article: Article, annotations: Annotations) -> Links:
        ranker = self._given_ranker or choose.packaged_ranker()
        setting = self.setting(annotations, article.metadata)
        unnamed = _unnamed_only(annotations)
        decided = [self._decide(entity, setting, ranker, skip=entity.id in unnamed) for entity in annotations.entities]
        return Links(tuple(decided), tuple(self._names(article.metadata, setting, ranker)), self.index.version)

    def setting(self, annotations: Annotations, metadata: Metadata | None = None) -> Setting:
        """Weigh the countries that the article names, by their names, demonyms, well-known places, the dateline and the publisher."""
        votes: dict[str, float] = defaultdict(float)
        for entity in annotations.entities:
            self._vote(votes, entity.name, entity.type, 1 + len(entity.mentions))
        if metadata and metadata.dateline:
            for part in re.split(r"[,/(]", metadata.dateline):
                self._vote(votes, part.strip(), "Place", 2)
        if metadata and metadata.publisher:
            home = next((self.index.country(one.entity) for one in self._media_called(metadata.publisher)), None)
            if home:
                votes[home] += 1
        names = frozenset(fold(entity.name) for entity in annotations.entities)
        return _setting(votes, names)

    def _vote(self, votes: dict[str, float], name: str, type: EntityType | None, count: int) -> None:  # noqa: A002
        if type not in ("Place", "Nationality", None):
            return
        for entity, how in self.index.exact(name)[:3]:
            country = self.index.country(entity)
            if country and (self.index.kind(entity) in _COUNTRY_KINDS and how != "variant"):
                votes[country] += count
                return
            if country and type == "Place" and how in _STRONG and self.index.popularity(entity) >= _SURE_FAME:
                votes[country] += count * _TOWN_WEIGHT
                return

    def _decide(self, entity: Entity, setting: Setting, ranker: Ranker, *, skip: bool) -> Link:
        scored = self.rank(entity, setting, ranker)
        shown = tuple(self.index.facts(one.entity).candidate(value) for one, value in scored[:_SHOWN])
        best = shown[0] if shown and not skip and scored[0][1] >= ranker.threshold else None
        located = (
            self._towns.located(entity.name, setting.countries) if self._towns and _may_be_town(entity, best) else None
        )
        return Link(entity.id, best, shown, located=located)

    @property
    def _towns(self) -> Towns | None:
        return self._given_towns or (
            None if self._given_index is not None and self.unlinked is None else packaged_towns()
        )

    def rank(self, entity: Entity, setting: Setting, ranker: Ranker) -> list[tuple[Found, float]]:
        """Rank the items that an entity may be; empty where a rule says that nothing may be linked."""
        found = find(self.index, entity, self._known_unlinked())
        return choose.score(self.index, entity.name, found, type=entity.type, setting=setting, ranker=ranker)

    def _media_called(self, name: str) -> list[Found]:
        """Names in metadata are publishers and agencies, whatever else bears the name."""
        return [one for one in candidates(self.index, name) if _type(self.index, one) in ("Media", "Organization")]

    def _known_unlinked(self) -> frozenset[tuple[str, str]]:
        if self._given_index is not None and self.unlinked is None:
            return frozenset()
        return _read_unlinked(self.unlinked or PACKAGED / "unlinked.tsv")

    def _names(self, metadata: Metadata, setting: Setting, ranker: Ranker) -> Iterable[Link]:
        """Link the publisher, the agency and the photo agencies under the names that stand in the metadata."""
        credits_ = (image.credit for image in metadata.images)
        for name in dict.fromkeys(name for name in (metadata.publisher, metadata.agency, *credits_) if name):
            found = self._media_called(name)
            scored = choose.score(self.index, name, found, type="Media", setting=setting, ranker=ranker)
            shown = tuple(self.index.facts(one.entity).candidate(value) for one, value in scored[:_SHOWN])
            yield Link(name, shown[0] if shown and scored[0][1] >= _SURE_NAME else None, shown)


def _may_be_town(entity: Entity, choice: Candidate | None) -> bool:
    return choice is None and entity.type == "Place"


def find(index: Index, entity: Entity, unlinked: frozenset[tuple[str, str]] = frozenset()) -> list[Found]:
    """Return the candidates that the rules leave an entity: by its name first, by its other mentions where that finds nothing."""
    names = [
        entity.name,
        *sorted({m.text for m in entity.mentions} - {entity.name}, key=lambda text: (-len(text), text)),
    ]
    own = set(fold(entity.name).split())
    if fold(without_titles(entity.name)) in _GENERIC:
        return []
    if (fold(entity.name), entity.type) in unlinked:
        # nobody knew an item when the index was made; only what the user has fetched since may be one
        found = candidates(index, entity.name, fuzzy=False)
        return _allowed(index, entity.name, entity, [one for one in found if index.is_fetched(one.entity)])
    for name in names:
        fuzzy = name == entity.name
        words = fold(name).split()
        # a part of a name that nobody knows says less than the whole, but for a full name behind a calling ("Educator Ben Chavis")
        full = entity.type == "Person" and len(words) > 1 and fold(entity.name).split()[-len(words) :] == words
        if not fuzzy and set(words) <= own and not full:
            continue
        titled = entity.type in _TITLED
        if found := _allowed(index, name, entity, candidates(index, name, fuzzy=fuzzy, titled=titled)):
            return found[:_MOST_WEIGHED]
    return []


def worth_asking(annotations: Annotations) -> list[Entity]:
    """Return the entities whose names may be somebody's outside the index: no unnamed sources, no generic words, no lone surnames."""
    unnamed = _unnamed_only(annotations)
    found = []
    for entity in annotations.entities:
        words = fold(without_titles(entity.name)).split()
        lone = entity.type == "Person" and len(words) < 2
        if entity.id not in unnamed and entity.type != "Nationality" and not lone and " ".join(words) not in _GENERIC:
            found.append(entity)
    return found


def _allowed(index: Index, name: str, entity: Entity, found: list[Found]) -> list[Found]:
    """Keep to the rules that hold whatever the weights say.

    A surname alone is no celebrity; a demonym is neither its country nor a town: only a people may bear it; a look-alike must be
    of the very type that the text asks for.
    """
    one_word = len(fold(without_titles(name)).split()) == 1
    if entity.type == "Nationality" and any(one.how == "demonym" for one in found):
        return []
    kept = []
    for one in found:
        facts_type = _type(index, one)
        if one.how in ("demonym", "surname"):
            continue
        if entity.type == "Nationality" and facts_type != "Nationality":
            continue
        if (entity.type == "Person") != (facts_type == "Person") and not _mistyped(one, facts_type, one_word=one_word):
            continue
        if one_word and facts_type == "Person" and not _is_mononym(index, one):
            continue
        if one.how in ("slip", "sound") and not _is_close(one, facts_type, entity.type, one_word=one_word):
            continue
        kept.append(one)
    return kept


def _mistyped(one: Found, found: EntityType, *, one_word: bool) -> bool:
    """Tell whether the text's type may be wrong: a company's lone name taken for a surname, a full name for a company's."""
    if one.how not in ("usual", "label", "rewritten"):
        return False
    return not one_word if found == "Person" else one_word and found in _LIKE_SURNAMES


def _is_mononym(index: Index, one: Found) -> bool:
    """Tell whether a person is known by one word, and widely: not whoever shares it as a first or last name."""
    return len(fold(index.facts(one.entity).label).split()) == 1 and index.popularity(one.entity) >= _MONONYM_FAME


def _is_close(one: Found, found: EntityType, wanted: EntityType, *, one_word: bool) -> bool:
    """Tell whether a look-alike may stand in an article, where nobody checks it: right type, near spelling, no lone first name."""
    if wanted == "Person":
        return found == wanted and one.similarity >= _CLOSE_PERSON and not one_word
    return found == wanted and one.similarity >= _CLOSE


def _type(index: Index, one: Found) -> EntityType:
    return KIND_TYPES[index.kind(one.entity)]


def _setting(votes: Mapping[str, float], names: frozenset[str]) -> Setting:
    total = sum(votes.values())
    return choose.Setting({country: count / total for country, count in votes.items()}, names)


def _unnamed_only(annotations: Annotations) -> frozenset[str]:
    """Collect entities that only stand for a source whom the text never names; an institution that has a name may be linked."""
    unnamed = {
        claim.claimant.entity for claim in annotations.claims if claim.claimant.unnamed and claim.claimant.entity
    }
    people = {entity.id for entity in annotations.entities if entity.type == "Person"}
    return frozenset(unnamed & people)


@cache
def _read_unlinked(path: Path) -> frozenset[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        lines = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return frozenset(
            (fold(name), line["type"]) for line in lines for name in (line["name"], *line["aliases"].split("|")) if name
        )


def link(
    name: str,
    *,
    context: str = "",
    type: EntityType | None = None,  # noqa: A002 - the word of the format
    limit: int = 10,
    index: Index | None = None,
) -> tuple[Candidate, ...]:
    """Return what a name may mean, best first, with probabilities; `context` is any text that it stands in.

    `link("Kataib Hezbollah", context="rocket attack in Iraq")[0].qid` → the Iraqi militia's item. Unlike an article's linker this
    shows countries for demonyms and celebrities for surnames: a person chooses.
    """
    index = index or packaged()
    scored = weigh(name, context=context, type=type, least=limit, index=index)
    return tuple(index.facts(one.entity).candidate(value) for one, value in scored[:limit])


def weigh(
    name: str,
    *,
    context: str = "",
    countries: Iterable[str] = (),
    type: EntityType | None = None,  # noqa: A002 - the word of the format
    least: int = _MOST_WEIGHED,
    strict: bool = True,
    index: Index | None = None,
) -> list[tuple[Found, float]]:
    """Return all that a name may mean, with how it was found and its probability, best first; reads no names or descriptions.

    `countries` are QIDs that the name is known to belong to. Unless `strict`, a type only weighs, and a person may stand where
    none is asked for.
    """
    index = index or packaged()
    found = [
        one
        for one in candidates(index, name)
        if type is None or not strict or (type == "Person") == (_type(index, one) == "Person")
    ][: max(least, _MOST_WEIGHED)]
    setting = _context_setting(index, context)
    if given := dict.fromkeys(countries, 1.0):
        setting = choose.Setting({**setting.countries, **given}, setting.names)
    return choose.score(index, name, found, type=type, setting=setting, ranker=choose.packaged_ranker())


def _context_setting(index: Index, context: str) -> Setting:
    """Weigh the countries named in free text: runs of one to three words that are a country or its demonym."""
    words = _WORD.findall(context)
    votes: dict[str, float] = defaultdict(float)
    names = set()
    for at in range(len(words)):
        for length in (3, 2, 1):
            run = " ".join(words[at : at + length])
            if len(words[at : at + length]) < length or not run[:1].isupper():
                continue
            names.add(fold(run))
            for entity, how in index.exact(run)[:1]:
                country = index.country(entity)
                strong = index.popularity(entity) >= _SURE_FAME and how in _STRONG
                if country and (index.kind(entity) in _COUNTRY_KINDS or strong):
                    votes[country] += 1
    return _setting(votes, frozenset(names))
