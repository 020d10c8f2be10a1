"""What all tests share: the way to the data that lies beside the checkout."""

from __future__ import annotations

import json
import os
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.jsonl import from_json
from kg.mapping import map_article, ontology_triples, void_triples
from kg.model import Article, Candidate, Image, Link, Links, Metadata, View
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Contribution
    from kg.store import Store

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; skips without it, but not in CI, where a skipped check is no check."""
    if not SHARED.is_dir():
        reason = f"{SHARED.name}/ does not lie beside this checkout, so the real corpora cannot be read"
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI=true, but {reason}")
        pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with two invented articles on one incident, the ontology, and nothing that an extractor guessed."""
    folder = Path(__file__).parent / "newsroom"
    with open_store(tmp_path_factory.mktemp("newsroom") / "store") as store:
        for source in sorted(folder.glob("*.json")):
            store.put(_contribution(store, source))
        store.replace_graph(store.iris.graph("ontology"), ontology_triples())
        store.replace_graph(store.iris.graph("void"), void_triples(store.iris, quads=len(store), articles=2))
        yield store


def _contribution(store: Store, source: Path) -> Contribution:
    """Read an article and its annotations in the exchange format; a span may be given by its words and a place."""
    found = json.loads(source.read_text(encoding="utf-8"))
    text = "\n\n".join(found["paragraphs"])
    place_spans(found, text)
    known = found["metadata"]
    metadata = Metadata(
        headline=known.get("headline"),
        url=known.get("url"),
        publisher=known.get("publisher"),
        authors=tuple(known.get("authors", ())),
        published=date.fromisoformat(known["datePublished"]) if known.get("datePublished") else None,
        images=tuple(Image(**image) for image in known.get("images", ())),
        language="en",
    )
    number = sha256(text.encode()).hexdigest()[:16]
    article = Article(number, source.stem, text, View(text, ((0, 0, len(text)),)), (), metadata, source.name)
    annotations = from_json(found)
    choices = {
        entity["id"]: Candidate(entity["qid"], entity["name"], 0.9, entity["type"], source="test", **entity["facts"])
        for entity in found["entities"]
        if entity.get("qid")
    }
    links = Links(tuple(Link(entity.id, choices.get(entity.id)) for entity in annotations.entities))
    return map_article(article, annotations, links, iris=store.iris, fingerprint="test")


def place_spans(value: object, text: str) -> None:
    """Give every `{"text": …, "nth": …}` in an annotation its offsets; words that do not stand there are an error."""
    if isinstance(value, list):
        for item in value:
            place_spans(item, text)
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and "start" not in value:
            start = -1
            for _ in range(value.get("nth", 1)):
                start = text.index(value["text"], start + 1)
            value["start"], value["end"] = start, start + len(value["text"])
        for item in value.values():
            place_spans(item, text)
