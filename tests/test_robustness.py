"""Real texts of many outlets, spellings and shapes, right through extract, link and map: nothing breaks and nothing lies about where it stands."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from kg import pipeline
from kg.iris import Iris
from kg.jsonl import from_json, to_json
from kg.model import Article, Participant, Span
from kg.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.errors import ItemError
    from kg.jsonl import Json
    from kg.model import Annotations

pytestmark = pytest.mark.shared

IRIS = Iris()
REAL = ("happened", "ongoing")
# measured over the sample; nearly every one of them would be a wrong accusation
MOST_ACCUSED = 0
# of each corpus: enough for every shape of text that it holds, few enough for a minute on one core
SAMPLE = {"fa_kes": 25, "newswire": 15, "muc": 12, "re3d": 12, "polnear": 4, "geowebnews": 8, "el_bench": 8}


# --- the corpora as JSON Lines ----------------------------------------------------------------------------------------


def fa_kes(corpora: Path) -> Iterator[Json]:
    """Unpunctuated Syrian war news: apostrophes and commas are lost."""
    with (corpora / "fa_kes" / "fa_kes.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            yield {"title": row["article_title"], "text": row["article_content"], "source": row["source"]}


def newswire(corpora: Path) -> Iterator[Json]:
    """World news given as one token per line: blanks stand before marks."""
    for file in sorted((corpora / "worldwide_newswire").glob("*.tsv")):
        sentences = [
            " ".join(line.split("\t")[0] for line in block.splitlines() if not line.startswith("http"))
            for block in file.read_text(encoding="utf-8").split("\n\n")
        ]
        yield {"title": next(filter(None, sentences), ""), "text": "\n".join(filter(None, sentences[1:]))}


def muc(corpora: Path) -> Iterator[Json]:
    """Cables in capitals, wrapped by hand."""
    for file in sorted((corpora / "muc4" / "dev").glob("dev-muc3-*")):
        for cable in re.split(r"(?m)^DEV-MUC3-\d+ .*$", file.read_text(encoding="latin-1"))[1:]:
            yield {"text": cable.strip()}


def re3d(corpora: Path) -> Iterator[Json]:
    """Press releases, encyclopedia pages and reports with curly quotes and footnote marks."""
    for file in sorted((corpora / "re3d").glob("*/documents.json")):
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            found = json.loads(line)
            yield {"title": found["title"], "text": found["text"], "url": found.get("sourceUrl")}


def polnear(corpora: Path) -> Iterator[Json]:
    """Long political news, full of quotations."""
    for file in sorted((corpora / "polnear" / "data").glob("*/text/*.txt")):
        yield {"text": file.read_text(encoding="utf-8")}


def geowebnews(corpora: Path) -> Iterator[Json]:
    """Local news from all over the web."""
    whole = (corpora / "geowebnews" / "data" / "GWN.xml").read_text(encoding="utf-8")
    for title, text in re.findall(r"<title>(.*?)</title>.*?<text>(.*?)</text>", whole, re.DOTALL):
        yield {"title": title, "text": text}


def el_bench(corpora: Path) -> Iterator[Json]:
    """News of a linking benchmark."""
    file = corpora.parent / "el-bench" / "elevant" / "news-fair-no-coref.benchmark.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        yield {"text": json.loads(line)["text"]}


CORPORA: tuple[Callable[[Path], Iterator[Json]], ...] = (fa_kes, newswire, muc, re3d, polnear, geowebnews, el_bench)


def records(corpora: Path) -> str:
    """The same sample each time, as JSON Lines."""
    chosen = []
    for corpus in CORPORA:
        found = [record for record in corpus(corpora) if len(record["text"]) > 200]
        assert len(found) >= SAMPLE[corpus.__name__], f"{corpus.__name__} has only {len(found)} texts"
        drawn = random.Random(2024).sample(found, SAMPLE[corpus.__name__])  # noqa: S311 - a sample, not a secret
        chosen += [{**record, "id": f"{corpus.__name__}-{number}"} for number, record in enumerate(drawn)]
    return "".join(json.dumps(record) + "\n" for record in chosen)


def articles_of(lines: str) -> Iterator[Article | ItemError]:
    return read(lines.encode(), "sample.jsonl")


def trace(article: Article) -> str:
    """All bytes that an article brings to the store, as one number."""
    contribution = pipeline.contribute(article, iris=IRIS)
    parts = (contribution.triples, contribution.text_triples, *(facts.triples for facts in contribution.entities))
    return f"{article.name} {sha256(b''.join(parts)).hexdigest()}"


# --- what was read, once ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lines(shared: Path) -> str:
    return records(shared / "corpora")


@pytest.fixture(scope="module")
def results(lines: str) -> list[tuple[Article, Annotations]]:
    found = []
    for article in articles_of(lines):
        assert isinstance(article, Article), article
        found.append((article, pipeline.extractor()(article)))
    return found


def spans(found: Annotations) -> Iterator[Span]:
    yield from found.sentences
    for entity in found.entities:
        yield from entity.mentions
    for event in found.events:
        yield from (event.trigger, *event.also)
        yield from (participant.span for participant in event.participants)
        yield from (place.span for place in event.places)
        yield from (toll.span for toll in event.casualties)
        yield from (part.span for part in (event.weapon, event.time) if part)
    for claim in found.claims:
        yield from (claim.claimant.span, claim.content)


def references(found: Annotations) -> Iterator[tuple[str, set[str]]]:
    """Each id that something points to, with the ids that it must be one of."""
    entities, events = {entity.id for entity in found.entities}, {event.id for event in found.events}
    claims = {claim.id for claim in found.claims}
    for event in found.events:
        pointed = [
            *((participant.entity, entities) for participant in event.participants),
            *((participant.claimed_by, claims) for participant in event.participants),
            *((place.entity, entities) for place in event.places),
            *((toll.according_to, claims) for toll in event.casualties),
            (event.part_of, events - {event.id}),
            (event.in_response_to, events - {event.id}),
        ]
        yield from ((target, known) for target, known in pointed if target is not None)
    for claim in found.claims:
        if claim.claimant.entity is not None:
            yield claim.claimant.entity, entities
        yield from ((event, events) for event in claim.about_events)


def faults(article: Article, found: Annotations) -> list[str]:
    """What no extractor may ever write; empty when all is well."""
    text = article.text
    wrong = [
        f"no such words at {span.start}-{span.end}: {span.text!r}"
        for span in spans(found)
        if not 0 <= span.start < span.end <= len(text) or text[span.start : span.end] != span.text
    ]
    ids = [each.id for group in (found.entities, found.events, found.claims) for each in group]
    wrong += [f"{name} is given twice" for name in sorted({name for name in ids if ids.count(name) > 1})]
    wrong += [
        f"{target} is pointed at and does not exist" for target, known in references(found) if target not in known
    ]
    for kind, ranges in (("sentences", found.sentences), ("mentions", [m for e in found.entities for m in e.mentions])):
        ordered = sorted((span.start, span.end) for span in ranges)
        wrong += [f"{kind} overlap at {b[0]}" for a, b in pairwise(ordered) if b[0] < a[1]]
    return wrong


HEDGE = re.compile(
    r"\b(?:alleged(?:ly)?|reportedly|suspected|purported(?:ly)?|presumed|accused|blamed)\b", re.IGNORECASE
)


def accused(found: Annotations) -> Iterator[tuple[str, str]]:
    """Perpetrators in the outlet's own voice who cannot be: the source of a claim, or named right beside a word of doubt."""
    sources = [claim.claimant.span for claim in found.claims if claim.stance != "claims-responsibility"]
    for event in found.events:
        for participant in event.participants:
            at = participant.span
            if participant.role != "perpetrator" or participant.claimed_by or event.actuality not in REAL:
                continue
            sentence = next((s for s in found.sentences if s.start <= at.start < s.end), at)
            near = sentence.text[max(0, at.start - sentence.start - 30) : at.start - sentence.start]
            if any(source.start < at.end and at.start < source.end for source in sources) or HEDGE.search(near):
                yield event.type, at.text


# --- checks -----------------------------------------------------------------------------------------------------------


def test_the_sample_holds_something_of_every_kind(results: list[tuple[Article, Annotations]]) -> None:
    assert len(results) == sum(SAMPLE.values())
    read_out = [found for _, found in results]
    assert sum(len(found.entities) for found in read_out) > 1000
    assert sum(len(found.events) for found in read_out) > 200
    assert sum(len(found.claims) for found in read_out) > 300
    assert any(participant.claimed_by for f in read_out for event in f.events for participant in event.participants)


def test_nothing_read_out_of_real_texts_has_a_fault(results: list[tuple[Article, Annotations]]) -> None:
    assert {article.name: wrong for article, found in results if (wrong := faults(article, found))} == {}
    assert sum(1 for _, found in results for _ in references(found)) > 500


@pytest.mark.parametrize("fault", ["no such words", "given twice", "does not exist", "overlap"])
def test_the_check_finds_each_fault(results: list[tuple[Article, Annotations]], fault: str) -> None:
    article, found = next((a, f) for a, f in results if f.events and f.claims and len(f.entities) > 1)
    event, entity = found.events[0], found.entities[0]
    there, here = Participant("perpetrator", event.trigger, claimed_by="c999"), entity.mentions[0]
    broken = {
        "no such words": replace(found, events=(replace(event, trigger=Span(0, 3, "???")), *found.events[1:])),
        "given twice": replace(found, claims=(*found.claims, found.claims[0])),
        "does not exist": replace(found, events=(replace(event, participants=(there,)), *found.events[1:])),
        "overlap": replace(found, entities=(*found.entities, replace(entity, id="e999", mentions=(here,)))),
    }
    assert any(fault in wrong for wrong in faults(article, broken[fault]))


def test_hardly_any_source_or_suspect_is_made_a_perpetrator(results: list[tuple[Article, Annotations]]) -> None:
    wrong = [each for _, found in results for each in accused(found)]
    told = sum(
        participant.role == "perpetrator" and not participant.claimed_by
        for _, found in results
        for event in found.events
        for participant in event.participants
    )
    assert told > 30
    assert len(wrong) <= MOST_ACCUSED, wrong


def test_annotations_survive_the_exchange_format(results: list[tuple[Article, Annotations]]) -> None:
    for article, found in results:
        again = from_json(json.loads(json.dumps(to_json(article, found))))
        assert (again.entities, again.claims) == (found.entities, found.claims), article.name
        assert [event.participants for event in again.events] == [event.participants for event in found.events]


def test_every_iri_that_reaches_the_store_is_one(results: list[tuple[Article, Annotations]]) -> None:
    seen: set[str] = set()
    for article, _ in results[::4]:
        contribution = pipeline.contribute(article, iris=IRIS)
        for triples in (contribution.triples, *(facts.triples for facts in contribution.entities)):
            bare = re.sub(rb'"(?:[^"\\]|\\.)*"', b'""', triples)
            seen.update(iri.decode() for iri in re.findall(rb"<([^>]*)>", bare))
    assert len(seen) > 1000
    assert not [iri for iri in seen if re.search(r"[\s<>\"{}|\\^`]", iri) or not urlsplit(iri).scheme]


def test_another_process_with_another_hash_seed_gives_the_same_bytes(
    results: list[tuple[Article, Annotations]], tmp_path: Path, lines: str
) -> None:
    chosen = lines.splitlines(keepends=True)[::6]
    sample = tmp_path / "sample.jsonl"
    sample.write_text("".join(chosen), encoding="utf-8")
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(Path(__file__)), str(sample)]
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    here = [trace(article) for article, _ in results[::6]]
    assert len(here) > 10
    assert there == here


if __name__ == "__main__":
    for each in articles_of(Path(sys.argv[1]).read_text(encoding="utf-8")):
        assert isinstance(each, Article), each
        print(trace(each))  # noqa: T201 - the other process of the test above
