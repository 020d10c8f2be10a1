"""A store of any size that the project's own mapping makes of the invented articles of `tests/newsroom`.

Numbers, dates and entities vary from article to article; nothing is read from a text, so that a million quads take minutes.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

from kg.jsonl import from_json
from kg.mapping import map_article, ontology_triples
from kg.model import Article, Candidate, Link, Links, Metadata, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import Contribution
    from kg.store import Store

NEWSROOM = Path(__file__).resolve().parents[1] / "newsroom"
ENTITIES = 997  # distinct ones per name: enough for joins to have work, few enough to repeat
BATCH = 100


def fill(store: Store, quads: int, *, progress: Callable[[int], None]) -> None:
    """Map variations until the store holds that many quads; `progress` hears how many it holds."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(NEWSROOM.glob("*.json"))]
    store.replace_graph(store.iris.graph("ontology"), ontology_triples())
    made = _variations(store, sources)
    while (held := len(store)) < quads:
        progress(held)
        store.put_many(list(islice(made, BATCH)))


def _variations(store: Store, sources: list[str]) -> Iterator[Contribution]:
    return (contribution(store, sources[number % len(sources)], number) for number in count())


def contribution(store: Store, source: str, number: int) -> Contribution:
    """Map the n-th variation of an invented article."""
    found = json.loads(source)
    text = "\n\n".join([*found["paragraphs"], f"Report {number}."])
    _place(found, text)
    known = found["metadata"]
    published = date.fromordinal(date(2015, 1, 1).toordinal() + number % 3000)
    headline = f"{known.get('headline')} ({number})"
    metadata = Metadata(headline=headline, publisher=known.get("publisher"), published=published, language="en")
    digest = sha256(text.encode()).hexdigest()[:16]
    article = Article(digest, f"synthetic-{number}", text, View(text, ((0, 0, len(text)),)), (), metadata, "synthetic")
    choices = {
        entity["id"]: Candidate(
            f"Q{int(entity['qid'][1:]) * ENTITIES + number % ENTITIES}",
            entity["name"],
            0.9,
            entity["type"],
            source="synthetic",
            **entity["facts"],
        )
        for entity in found["entities"]
        if entity.get("qid")
    }
    annotations = from_json(found)
    links = Links(tuple(Link(entity.id, choices.get(entity.id)) for entity in annotations.entities))
    return map_article(article, annotations, links, iris=store.iris, fingerprint="synthetic")


def _place(value: object, text: str) -> None:
    """Give every span its place: fixtures name their words and which occurrence they mean."""
    if isinstance(value, list):
        for item in value:
            _place(item, text)
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and "start" not in value:
            start = -1
            for _ in range(value.get("nth", 1)):
                start = text.index(value["text"], start + 1)
            value["start"], value["end"] = start, start + len(value["text"])
        for item in value.values():
            _place(item, text)
