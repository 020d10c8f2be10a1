"""The order of the finders, and the way back from the view to the verbatim text; finds nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.caution import keep_accusations_attributed
from kg.extract.claims import attach, find_claims
from kg.extract.events import find_events, find_weapons
from kg.extract.language.document import analyse
from kg.extract.model import judge
from kg.extract.names import find_mentions, group_mentions
from kg.extract.quantities import find_casualties, find_times
from kg.model import (
    Annotations,
    Casualties,
    Claim,
    Claimant,
    Entity,
    Event,
    EventPlace,
    EventTime,
    Participant,
    Weapon,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.claims.find import ClaimDraft
    from kg.extract.events.drafts import DraftEvent
    from kg.extract.language.document import NamedEntity
    from kg.model import Article

# part of every article's fingerprint: raise it with each change that alters annotations
EXTRACTOR_VERSION = "3"


class RuleExtractor:
    """The `Extractor` made of taggers, lexicons and grammar; needs no network and keeps no state."""

    def __call__(self, article: Article, /) -> Annotations:
        """Read one article; the same article gives the same annotations."""
        document = analyse(article)
        judgements = judge(document)
        entities = group_mentions(document, find_mentions(document, judgements))
        events = find_events(
            document,
            entities,
            times=find_times(document),
            weapons=find_weapons(document),
            casualties=find_casualties(document, entities),
            judgements=judgements,
        )
        claims, events = attach(document, find_claims(document, entities, judgements), events)
        events = keep_accusations_attributed(document, claims, events)
        return Annotations(
            article.id,
            bool(events),
            tuple(article.span(sentence.start, sentence.end) for sentence in document.sentences),
            _entities(article, entities),
            tuple(_event(article, event) for event in events),
            tuple(_claim(article, claim) for claim in claims),
        )


def extract(article: Article) -> Annotations:
    """Read one article with the packaged models."""
    return RuleExtractor()(article)


def _entities(article: Article, entities: Sequence[NamedEntity]) -> tuple[Entity, ...]:
    return tuple(
        Entity(entity.id, entity.name, entity.type, tuple(article.span(m.start, m.end) for m in entity.mentions))
        for entity in entities
    )


def _event(article: Article, draft: DraftEvent) -> Event:
    weapon, time = draft.weapon, draft.time
    return Event(
        draft.id,
        draft.type,
        article.span(*draft.trigger),
        draft.actuality,
        tuple(article.span(*trigger) for trigger in draft.also),
        tuple(Participant(p.role, article.span(p.start, p.end), p.entity, p.claimed_by) for p in draft.participants),
        Weapon(article.span(weapon.start, weapon.end), weapon.code) if weapon else None,
        tuple(EventPlace(article.span(place.start, place.end), place.entity) for place in draft.places),
        EventTime(article.span(time.start, time.end), time.earliest, time.latest) if time else None,
        tuple(
            Casualties(c.outcome, article.span(c.start, c.end), c.minimum, c.maximum, c.group, c.according_to)
            for c in draft.casualties
        ),
        draft.part_of,
        draft.in_response_to,
        draft.score,
    )


def _claim(article: Article, draft: ClaimDraft) -> Claim:
    return Claim(
        draft.id,
        Claimant(article.span(*draft.claimant), draft.entity, draft.unnamed),
        draft.stance,
        article.span(*draft.content),
        draft.about_events,
        draft.direct,
    )
