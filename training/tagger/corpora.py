"""The corpora of names as documents with coarse labels; learns nothing.

Three sources, all beside the checkout and none in it: `annotated` (our own types, gold), `worldwide_newswire` (gold of another
scheme) and the Groningen extract (silver). Every fifth annotated document, by the hash of its name, is kept for development.
"""

from __future__ import annotations

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kg.extract.language.document import Document, analyse
from kg.extract.language.lexicon import word_lists
from kg.extract.language.sentences import country_names
from kg.extract.names.pages import STATE_WORDS
from kg.model import Article, Block, Metadata, View

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"
COARSE = {
    "Person": "PER", "Organization": "ORG", "ArmedGroup": "ORG", "StateForce": "ORG", "Government": "ORG", "Media": "ORG",
    "Place": "LOC", "Facility": "FAC", "Nationality": "NAT", "Other": "OTH",
    "Location": "LOC", "NORP": "NAT", "Misc": "OTH", "Product": "OTH",
    "per": "PER", "org": "ORG", "geo": "LOC", "gpe": "LOC", "nat": "OTH", "eve": "OTH", "art": "OTH",
}  # fmt: skip
Spans = list[tuple[int, int, str]]


def article(name: str, text: str) -> Article:
    """Make an article of plain text: a blank line, or a line of its own, ends a block."""
    blocks = []
    for match in re.finditer(r"[^\n]+(?:\n(?!\n)[^\n]+)*", text):
        start = match.start()
        lines = match[0].split("\n")
        wrapped = sum(len(line) for line in lines) / len(lines) < 90 and len(lines) > 2
        for line in [match[0]] if wrapped else lines:
            if line.strip():
                blocks.append(Block("paragraph", start, start + len(line)))
            start += len(line) + 1
    return Article("0" * 16, name, text, View(text, ((0, 0, len(text)),)), tuple(blocks), Metadata(), name)


def is_development(name: str) -> bool:
    """Say whether this document is never learned from."""
    return int(sha256(name.encode()).hexdigest(), 16) % 5 == 0


def annotated(*, development: bool) -> Iterator[tuple[str, str, Spans]]:
    """Yield (name, text, mention spans with our fine types)."""
    for path in sorted((CORPORA / "annotated").glob("*.json")):
        if is_development(path.stem) is development:
            gold = json.loads(path.read_text(encoding="utf-8"))
            with path.with_suffix(".txt").open(encoding="utf-8", newline="") as stream:
                text = stream.read()
            yield (
                path.stem,
                text,
                sorted((m["start"], m["end"], e["type"]) for e in gold["entities"] for m in e["mentions"]),
            )


def newswire() -> Iterator[tuple[str, str, Spans]]:
    """Yield the newswire documents, written as running text, without those that are among the annotated ones."""
    taken = {path.stem for path in (CORPORA / "annotated").glob("ww_*.json")}
    for path in sorted((CORPORA / "worldwide_newswire").glob("*.tsv")):
        if f"ww_{path.name.removesuffix('.txt.tsv')}" in taken:
            continue
        text, spans, inside = "", [], None
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[1:]]
        for row in rows:
            if len(row) < 2 or not row[0].strip():
                text += "" if not text or text.endswith("\n") else "\n"
                continue
            text = _write(text, row[0])
            start, label = len(text) - len(row[0]), row[1]
            if label.startswith("I-") and inside == label[2:] and spans:
                spans[-1] = (spans[-1][0], len(text), label[2:])
            elif label[0] in "BI":
                spans.append((start, len(text), label[2:]))
            inside = label[2:] if label[0] in "BI" else None
        yield path.name, text, [span for span in spans if span[2] in COARSE or span[2] == "Facility"]


def groningen() -> Iterator[tuple[str, str, Spans]]:
    """Yield the silver corpus in runs of twelve sentences, as it has no documents."""
    from train import sentences  # noqa: PLC0415 - the scripts share one reader

    text, spans = "", []
    for count, rows in enumerate(sentences(), start=1):
        inside, opened = None, False
        for word, _, label in rows:
            opened ^= word == '"'
            shown = ("“" if opened else "”") if word == '"' else word
            text = _write(text, shown)
            start = len(text) - len(shown)
            if label.startswith("I-") and inside == label[2:]:
                spans[-1] = (spans[-1][0], len(text), label[2:])
            elif label[0] in "BI" and label[2:] != "tim":
                spans.append((start, len(text), label[2:]))
            inside = label[2:] if label[0] in "BI" and label[2:] != "tim" else None
        text += "\n"
        if count % 12 == 0:
            yield f"gmb {count}", text, spans
            text, spans = "", []


_GLUED_LEFT = frozenset(
    {".", ",", ";", ":", "?", "!", "%", ")", "”", "’", "'s", "’s", "n't", "n’t", "'re", "’re", "'", "''", "]"}
)


def _write(text: str, word: str) -> str:
    bare = not text or text[-1] in "\n(“‘[$#@" or word in _GLUED_LEFT
    hyphen = (word == "-" and text[-1:].isalnum()) or (
        text.endswith("-") and text[-2:-1].isalnum() and word[0].isalnum()
    )
    clitic = word[0] in "'’" and len(word) < 4
    return text + ("" if bare or hyphen or clitic else " ") + word


@cache
def _demonyms() -> frozenset[str]:
    return frozenset(name for name, kind in country_names().items() if kind == "demonym")


def settle(text: str, spans: Spans) -> Spans:
    """Bring the spans of another scheme nearer to ours: no titles, no articles, countries are places, demonyms are not."""
    lists, found = word_lists(), []
    for start, end, label in spans:
        words = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
        kind = COARSE[label]
        while len(words) > 1 and text[slice(*words[0])].lower() in ("the", "a", "an"):
            words.pop(0)
        while kind == "PER" and len(words) > 1 and text[slice(*words[0])].lower() in lists["title"]:
            words.pop(0)
        first, last = words[0][0], end
        name = text[first:last]
        if label in ("gpe", "geo", "NORP", "per", "org"):
            kind = "NAT" if name in _demonyms() else kind
        if (
            label == "gpe"
            and kind == "LOC"
            and country_names().get(name) != "country"
            and name.endswith(("an", "ese", "ish", "ans", "is", "i"))
        ):
            kind = "NAT"
        if label == "NORP" and country_names().get(name) == "country":
            kind = "LOC"
        found.append((first, last, kind))
    return _with_institutions(text, found)


def _with_institutions(text: str, spans: list[tuple[int, int, str]]) -> Spans:
    """Let a demonym and the state institution behind it be one mention, as our decisions say."""
    merged = []
    for start, end, kind in spans:
        match = STATE_WORDS.match(text, end) if kind == "NAT" or text[start:end] in ("US", "U.S.", "UK") else None
        if match and not any(end < span[0] < match.end() for span in spans):
            merged.append((start, match.end(), "ORG"))
        else:
            merged.append((start, end, kind))
    return merged


def labelled(name: str, text: str, spans: Spans) -> tuple[Document, list[list[str]]]:
    """Analyse the text and give every token its label."""
    document = analyse(article(name, text))
    labels, at, spans = [], 0, sorted(spans)
    for sentence in document.sentences:
        row, before = [], -1
        for token in sentence.tokens:
            while at < len(spans) and spans[at][1] <= token.start:
                at += 1
            if at < len(spans) and spans[at][0] < token.end:
                row.append(f"{'I' if before == at else 'B'}-{spans[at][2]}")
                before = at
            else:
                row.append("O")
                before = -1
        labels.append(row)
    return document, labels
