"""JSON Lines between stages and on disk: annotations in the exchange format, records in and out; knows no stage.

`to_json` and `from_json` are the only place that knows the exchange format's field names.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kg.model import (
    Annotations,
    Article,
    Candidate,
    Casualties,
    Claim,
    Claimant,
    Entity,
    Event,
    EventPlace,
    EventTime,
    Link,
    Links,
    Participant,
    Span,
    Weapon,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

Json = dict[str, Any]


def read_lines(stream: TextIO) -> Iterator[tuple[int, Json]]:
    """Yield `(line number, object)` for each line that is not blank; raise `ValueError` naming the first bad line."""
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"line {number}: {error}") from error
        if not isinstance(value, dict):
            raise ValueError(f"line {number}: not a JSON object")  # noqa: TRY004 - one error type for every bad line
        yield number, value


def dumps(value: Json) -> str:
    """One line of JSON: letters of every script stay readable, keys keep their order."""
    return json.dumps(value, ensure_ascii=False)


# --- annotations ------------------------------------------------------------------------------------------------------


def to_json(article: Article, annotations: Annotations, links: Links | None = None) -> Json:
    """Write one article's annotations, and its links where they were asked for, as an object of the exchange format."""
    linked = {link.entity: link for link in links.entities} if links else {}
    return {
        "doc": article.name,
        "about_conflict": annotations.about_conflict,
        "metadata": _metadata(article),
        "sentences": [_span(span) for span in annotations.sentences],
        "entities": [_entity(entity, linked.get(entity.id)) for entity in annotations.entities],
        "events": [_event(event) for event in annotations.events],
        "claims": [_claim(claim) for claim in annotations.claims],
    }


def _metadata(article: Article) -> Json:
    found = article.metadata
    return {
        "headline": found.headline,
        "url": found.url,
        "publisher": found.publisher,
        "authors": list(found.authors),
        "agency": found.agency,
        "dateline": found.dateline,
        "datePublished": _iso(found.published),
        "section": found.section,
        "images": [{"caption": i.caption, "creator": i.creator, "credit": i.credit} for i in found.images],
    }


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _span(span: Span) -> Json:
    return {"start": span.start, "end": span.end, "text": span.text}


def _entity(entity: Entity, link: Link | None) -> Json:
    choice = link.choice if link else None
    return {
        "id": entity.id,
        "name": entity.name,
        "type": entity.type,
        "qid": choice.qid if choice else None,
        "qid_score": round(choice.score, 4) if choice else None,
        "candidates": [_candidate(candidate) for candidate in (link.candidates if link else ())],
        "mentions": [_span(mention) for mention in entity.mentions],
    }


def _candidate(candidate: Candidate) -> Json:
    return {"qid": candidate.qid, "label": candidate.label, "score": round(candidate.score, 4)}


def _event(event: Event) -> Json:
    return {
        "id": event.id,
        "type": event.type,
        "trigger": _span(event.trigger),
        "also": [_span(span) for span in event.also],
        "actuality": event.actuality,
        "participants": [
            {"role": p.role, "entity": p.entity, **_span(p.span), "claimed_by": p.claimed_by}
            for p in event.participants
        ],
        "weapon": {**_span(event.weapon.span), "code": event.weapon.code} if event.weapon else None,
        "place": [{**_span(place.span), "entity": place.entity} for place in event.places],
        "time": (
            {**_span(event.time.span), "earliest": _iso(event.time.earliest), "latest": _iso(event.time.latest)}
            if event.time
            else None
        ),
        "casualties": [
            {
                "outcome": toll.outcome,
                "min": toll.minimum,
                "max": toll.maximum,
                "group": toll.group,
                **_span(toll.span),
                "according_to": toll.according_to,
            }
            for toll in event.casualties
        ],
        "part_of": event.part_of,
        "in_response_to": event.in_response_to,
        "score": round(event.score, 4),
    }


def _claim(claim: Claim) -> Json:
    return {
        "id": claim.id,
        "claimant": {"entity": claim.claimant.entity, **_span(claim.claimant.span), "unnamed": claim.claimant.unnamed},
        "stance": claim.stance,
        "about_events": list(claim.about_events),
        "content": _span(claim.content),
        "direct_quote": claim.direct_quote,
    }


def from_json(found: Json) -> Annotations:
    """Read one object of the exchange format; raise `ValueError` naming the field that is missing or odd.

    Links, candidates and metadata are not part of `Annotations`: read them from the object itself where they are
    needed.
    """
    try:
        return Annotations(
            article=str(found["doc"]),
            about_conflict=bool(found.get("about_conflict", True)),
            sentences=tuple(_read_span(span) for span in found.get("sentences") or ()),
            entities=tuple(
                Entity(e["id"], e["name"], e["type"], tuple(_read_span(m) for m in e["mentions"]))
                for e in found["entities"]
            ),
            events=tuple(_read_event(event) for event in found["events"]),
            claims=tuple(_read_claim(claim) for claim in found["claims"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{found.get('doc', 'annotations')}: not in the exchange format ({error!r})") from error


def _read_span(found: Json) -> Span:
    return Span(found["start"], found["end"], found["text"])


def _read_event(found: Json) -> Event:
    weapon, time = found.get("weapon"), found.get("time")
    return Event(
        id=found["id"],
        type=found["type"],
        trigger=_read_span(found["trigger"]),
        actuality=found["actuality"],
        also=tuple(_read_span(span) for span in found.get("also") or ()),
        participants=tuple(
            Participant(p["role"], _read_span(p), p.get("entity"), p.get("claimed_by"))
            for p in found.get("participants") or ()
        ),
        weapon=Weapon(_read_span(weapon), weapon["code"]) if weapon else None,
        places=tuple(EventPlace(_read_span(p), p.get("entity")) for p in found.get("place") or ()),
        time=EventTime(_read_span(time), _read_date(time.get("earliest")), _read_date(time.get("latest")))
        if time
        else None,
        casualties=tuple(
            Casualties(c["outcome"], _read_span(c), c.get("min"), c.get("max"), c.get("group"), c.get("according_to"))
            for c in found.get("casualties") or ()
        ),
        part_of=found.get("part_of"),
        in_response_to=found.get("in_response_to"),
        score=found.get("score", 1.0),
    )


def _read_date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _read_claim(found: Json) -> Claim:
    by = found["claimant"]
    return Claim(
        id=found["id"],
        claimant=Claimant(_read_span(by), by.get("entity"), bool(by.get("unnamed"))),
        stance=found["stance"],
        content=_read_span(found["content"]),
        about_events=tuple(found.get("about_events") or ()),
        direct_quote=bool(found.get("direct_quote")),
    )
