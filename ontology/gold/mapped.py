"""Annotations made by hand, for articles of `examples/` and for two that stand here; reads no language itself.

`NAME.notes` annotates `examples/NAME.txt`, `NAME.report` brings its own text; both in the notation of `training/corpus`.
`items.tsv` says which Wikidata item a name is. `contributions` maps all of them as the pipeline would.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg
from kg.jsonl import from_json
from kg.mapping import map_article
from kg.model import Article, Candidate, Image, Link, Links, Metadata, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.iris import Iris
    from kg.model import Annotations, Contribution

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# a full stop ends a sentence where a capital or a quotation mark follows, but not after an initial or a short title
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\b(?:St|Mr|Dr|No)\.)(?<!\b(?:Oct|Nov|Feb|Aug|Jan|Gen)\.)(?<=[.!?”])\s+(?=[A-Z“])|\n\n+"
)


@dataclass(frozen=True, slots=True)
class Gold:
    """One article with what a person says stands in it."""

    article: Article
    annotations: Annotations
    links: Links


def read_gold() -> Iterator[Gold]:
    """Yield every article with its annotations and links, by name."""
    sources = sorted((*HERE.glob("*.notes"), *HERE.glob("*.report")), key=lambda path: path.stem)
    for source in sources:
        notes, text = source.read_text(encoding="utf-8"), ""
        if source.suffix == ".notes":
            article = kg.read(ROOT / "examples" / f"{source.stem}.txt")
            text = article.text
            compiled = _compile(source, text, notes)
        else:
            text, _, notes = notes.partition("\n---\n")
            compiled = _compile(source, text, notes)
            article = _article(source.stem, text, compiled["metadata"])
        annotations = from_json({**compiled, "sentences": _sentences(text)})
        yield Gold(article, annotations, _links(article, annotations))


def contributions(iris: Iris) -> Iterator[Contribution]:
    """Yield what every article of the gold adds to a store, by the mapping that the pipeline uses."""
    for gold in read_gold():
        yield map_article(gold.article, gold.annotations, gold.links, iris=iris, fingerprint="0123456789abcdef")


@cache
def _compiler() -> Any:
    path = ROOT / "training" / "corpus" / "compile.py"
    spec = importlib.util.spec_from_file_location("corpus_compile", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus_compile"] = module
    spec.loader.exec_module(module)
    return module


def _compile(source: Path, text: str, notes: str) -> dict[str, Any]:
    found: dict[str, Any] = _compiler().compile_notes(source, text, notes)
    return found


def _article(name: str, text: str, found: dict[str, Any]) -> Article:
    published = found["datePublished"]
    metadata = Metadata(
        headline=found["headline"],
        url=found["url"],
        publisher=found["publisher"],
        authors=tuple(found["authors"]),
        agency=found["agency"],
        dateline=found["dateline"],
        published=date.fromisoformat(published) if published else None,
        section=found["section"],
        images=tuple(Image(**image) for image in found["images"]),
        language="en",
    )
    number = sha256(text.encode()).hexdigest()[:16]
    return Article(number, name, text, View(text, ((0, 0, len(text)),)), (), metadata, f"{name}.txt")


def _sentences(text: str) -> list[dict[str, Any]]:
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    found = []
    for start, end in pairwise(ends):
        words = text[start:end]
        if words.strip():
            first = start + len(words) - len(words.lstrip())
            last = first + len(words.strip())
            found.append({"start": first, "end": last, "text": text[first:last]})
    return found


@cache
def _items() -> dict[tuple[str, str], Candidate]:
    with (HERE / "items.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return {
        (row["name"], row["type"]): Candidate(
            row["qid"],
            row["label"],
            1.0,
            row["type"],  # type: ignore[arg-type]
            description=row["description"] or None,
            country=row["country"] or None,
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
        )
        for row in rows
    }


def _links(article: Article, annotations: Annotations) -> Links:
    items, metadata = _items(), article.metadata
    names = [name for name in (metadata.publisher, metadata.agency) if name]
    return Links(
        tuple(Link(entity.id, items.get((entity.name, entity.type))) for entity in annotations.entities),
        tuple(Link(name, items.get((name, "Media"))) for name in names),
    )
