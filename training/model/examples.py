"""Annotated texts as training windows with the targets of every head; learns nothing.

A target of -100 is not learned from. Documents are read by the product's own reader, sentences and windows, so that training and
running see the same words.
"""

from __future__ import annotations

import json
import math
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "training" / "tagger"), str(Path(__file__).resolve().parent)]

from corpora import CORPORA, _write, article, newswire, settle  # noqa: E402
from targets import NAME_TARGETS  # noqa: E402

from kg.extract.language.document import analyse  # noqa: E402
from kg.extract.model.labels import (  # noqa: E402
    ACTUALITY_LABELS,
    NAME_LABELS,
    PART_LABELS,
    SPEECH_LABELS,
    STANCE_LABELS,
    TRIGGER_LABELS,
)
from kg.extract.model.windows import OWN_PIECES, Window, cut  # noqa: E402
from kg.model import Article  # noqa: E402
from kg.read.reader import read  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.language.document import Document

SKIP = -100
MUC_LABELS = ("O", "PerpInd", "PerpOrg", "Target", "Victim", "Weapon")
WIKI_ROLES = {
    **dict.fromkeys("Attacker Killer Injurer Jailer Perpetrator Destroyer DamagerDestroyer Damager Abductor".split(), "perpetrator"),
    **dict.fromkeys("Participant Demonstrator".split(), "participant"),
    **dict.fromkeys("Instrument ExplosiveDevice".split(), "weapon"),
    "Target": "target", "Victim": "victim", "Place": "place", "Communicator": "speaker", "Detainee": "detainee",
}  # fmt: skip
WIKI_EVENTS = (
    "Conflict", "Life.Die", "Life.Injure", "Justice.ArrestJailDetain", "Contact.ThreatenCoerce", "Contact.RequestCommand",
    "ArtifactExistence.DamageDestroy",
)  # fmt: skip
RAMS_ROLES = {
    **dict.fromkeys("attacker killer injurer jailer destroyer damagerdestroyer damager detainer kidnapper preventer".split(), "perpetrator"),
    **dict.fromkeys("participant demonstrator".split(), "participant"),
    "instrument": "weapon", "target": "target", "victim": "victim", "place": "place", "communicator": "speaker",
    "detainee": "detainee", "giver": "giver", "recipient": "addressee",
}  # fmt: skip


@dataclass
class Deed:
    """A trigger and what the words around it are to it; `scope` holds a weight for the words that are no part."""

    trigger: tuple[int, int]
    parts: list[tuple[int, int, str]]
    scope: list[tuple[int, int, float]]
    unknown: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Saying:
    """A cue, its claimants and contents, and the stance where it is known."""

    cue: int
    claimants: list[tuple[int, int]]
    contents: list[tuple[int, int]]
    scope: tuple[int, int]
    stance: str | None = None


@dataclass
class Labelled:
    """A document with targets for its words, numbered through from the first to the last."""

    name: str
    document: Document
    starts: list[int]
    ends: list[int]
    bases: list[int]
    deeds: list[Deed] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    heads: dict[str, np.ndarray] = field(default_factory=dict)
    gate: int = SKIP

    def words(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the words (half-open) that a span of the source touches."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return (first, last) if first < last else None

    def sentence(self, word: int) -> int:
        """Return the number of the sentence that holds the word."""
        return bisect_right(self.bases, word) - 1

    def extent(self, sentence: int) -> tuple[int, int]:
        """Return the words of a sentence."""
        return self.bases[sentence], self.bases[sentence + 1]

    def target(self, head: str, value: int = 0) -> np.ndarray:
        """Return the targets of a head, made where it has none."""
        if head not in self.heads:
            self.heads[head] = np.full(len(self.starts), value, np.int16)
        return self.heads[head]


def label(name: str, read_article: Article) -> Labelled:
    """Read an article for labelling; offsets are those of its source."""
    document = analyse(read_article)
    view = read_article.view
    starts, ends, bases = [], [], [0]
    for sentence in document.sentences:
        for token in sentence.tokens:
            start, end = view.source_range(token.start, token.end)
            starts.append(start)
            ends.append(end)
        bases.append(len(starts))
    return Labelled(name, document, starts, ends, bases)


# --- our own gold -----------------------------------------------------------------------------------------------------


def own(folder: Path, cues: Counter[str], *, development: bool | None = None) -> Iterator[Labelled]:
    """Yield the documents of a folder in the exchange format; `development` keeps every fifth by name, or the others."""
    from corpora import is_development  # noqa: PLC0415

    for path in sorted(folder.glob("*.json")):
        if development is not None and is_development(path.stem) is not development:
            continue
        gold = json.loads(path.read_text(encoding="utf-8"))
        found = next(iter(read(path.with_suffix(".txt").read_bytes(), path.stem + ".txt")))
        if isinstance(found, Article):
            yield _own(label(path.stem, found), gold, cues)


def _own(doc: Labelled, gold: dict[str, Any], cues: Counter[str]) -> Labelled:
    doc.gate = int(gold["about_conflict"])
    names = doc.target("name")
    mentions: dict[str, list[tuple[int, int]]] = {}
    for entity in gold["entities"]:
        for mention in entity["mentions"]:
            if words := doc.words(mention["start"], mention["end"]):
                mentions.setdefault(entity["id"], []).append(words)
                names[words[0] : words[1]] = NAME_LABELS.index(f"I-{entity['type']}")
                names[words[0]] = NAME_LABELS.index(f"B-{entity['type']}")
    triggers, actuality = doc.target("trigger"), doc.target("actuality", SKIP)
    for event in gold["events"]:
        told = [w for t in (event["trigger"], *event["also"]) if (w := doc.words(t["start"], t["end"]))]
        for first, last in told:
            triggers[first:last] = TRIGGER_LABELS.index(event["type"])
            actuality[first:last] = ACTUALITY_LABELS.index(event["actuality"])
        doc.deeds += _deeds(doc, event, told, mentions)
    if gold["claims"] or gold["about_conflict"]:
        _claims(doc, gold["claims"], cues)
    return doc


def _deeds(
    doc: Labelled, event: dict[str, Any], told: list[tuple[int, int]], mentions: dict[str, list[tuple[int, int]]]
) -> Iterator[Deed]:
    spans = [(event[key], key) for key in ("weapon", "time") if event.get(key)]
    spans += [(place, "place") for place in event["place"]] + [(p, p["role"]) for p in event["participants"]]
    parts = [(*words, kind) for span, kind in spans if (words := doc.words(span["start"], span["end"]))]
    bearers = {span.get("entity") for span, _ in spans} - {None}
    again = [words for bearer in sorted(bearers) for words in mentions.get(bearer, ())]
    homes = [doc.sentence(first) for first, _ in told]
    for number, ((first, last), home) in enumerate(zip(told, homes, strict=True)):
        scope, held = [], []
        for near in range(max(home - 1, 0), min(home + 2, len(doc.bases) - 1)):
            begin, end = doc.extent(near)
            here = [part for part in parts if begin <= part[0] < end]
            if near != home and near in homes:
                continue
            held += here
            certain = (number == 0 or bool(here)) if near == home else bool(here)
            scope.append((begin, end, 1.0 if certain and near == home else 0.5 if near != home else 0.2))
        yield Deed((first, last), held, scope, again)


def _claims(doc: Labelled, claims: list[dict[str, Any]], cues: Counter[str]) -> None:
    target = doc.target("cue")
    by_cue: dict[int, Saying] = {}
    for claim in claims:
        claimant = doc.words(claim["claimant"]["start"], claim["claimant"]["end"])
        content = doc.words(claim["content"]["start"], claim["content"]["end"])
        if claimant is None or content is None:
            continue
        cue = find_cue(doc, claimant, content, cues)
        if cue is None:
            continue
        target[cue] = 1
        saying = by_cue.setdefault(cue, Saying(cue, [], [], _around(doc, cue), claim["stance"]))
        saying.claimants.append(claimant)
        saying.contents.append(content)
    doc.sayings += by_cue.values()


def _around(doc: Labelled, cue: int) -> tuple[int, int]:
    home = doc.sentence(cue)
    return doc.extent(max(home - 1, 0))[0], doc.extent(min(home + 1, len(doc.bases) - 2))[1]


def find_cue(doc: Labelled, claimant: tuple[int, int], content: tuple[int, int], cues: Counter[str]) -> int | None:
    """Return the word that attributes the content, which our format does not mark: the likeliest near the claimant."""
    home = doc.sentence(claimant[0])
    begin, end = doc.extent(home)
    tokens = doc.document.sentences[home].tokens
    best: tuple[float, int] | None = None
    for word in range(begin, end):
        token = tokens[word - begin]
        if claimant[0] <= word < claimant[1] or content[0] <= word < content[1]:
            continue
        if token.text.lower() in _AUXILIARIES or not (token.tag.startswith("VB") or token.text.lower() in _NOUN_CUES):
            continue
        away = claimant[0] - word if word < claimant[0] else word - claimant[1] + 1
        score = math.log(1 + cues[token.text.lower()]) - 0.3 * min(away, 12)
        best = max(best, (score, word)) if best else (score, word)
    return best[1] if best and best[0] > -1 else None


_AUXILIARIES = frozenset("have has had having be is are was were been being do does did 's 've 're".split())
_NOUN_CUES = frozenset("according statement claim claims report per accusation accusations allegations view".split())


# --- other corpora ----------------------------------------------------------------------------------------------------


def polnear(limit: int) -> tuple[list[Labelled], Counter[str]]:
    """Return documents of the training part with their attributions, and how often each word is a cue there."""
    folder = CORPORA / "polnear" / "data" / "train"
    found: list[Labelled] = []
    cues: Counter[str] = Counter()
    for number, path in enumerate(sorted((folder / "text").glob("*.txt"))):
        with path.open(encoding="utf-8", newline="") as stream:
            text = stream.read()
        doc = label(f"polnear {path.stem}", article(path.stem, text))
        for annotation in sorted((folder / "attributions").glob(f"{path.stem}*.ann"))[:1]:
            _attributions(doc, annotation.read_text(encoding="utf-8"), cues)
            if number % max(840 // limit, 1) == 0:
                found.append(doc)
    return found, cues


def _attributions(doc: Labelled, annotation: str, cues: Counter[str]) -> None:
    spans: dict[str, list[tuple[int, int]]] = {}
    target = doc.target("attribution")
    for line in annotation.splitlines():
        fields = line.split("\t")
        if line.startswith("T") and len(fields) > 1 and " " in fields[1]:
            ranges = [tuple(map(int, piece.split())) for piece in fields[1].split(" ", 1)[1].split(";")]
            spans[fields[0]] = [w for start, end in ranges if (w := doc.words(start, end))]
    for line in annotation.splitlines():
        if not line.startswith("E") or len(fields := line.split("\t")) < 2:
            continue
        held = [pair.split(":") for pair in fields[1].split() if ":" in pair]
        by_role: dict[str, list[tuple[int, int]]] = {}
        for role, name in held:
            by_role.setdefault(role.rstrip("0123456789"), []).extend(spans.get(name, []))
        if (cue := _main_word(doc, by_role.get("Cue", []))) is None:
            continue
        home = doc.sentence(cue)
        cues[doc.document.sentences[home].tokens[cue - doc.bases[home]].text.lower()] += 1
        target[cue] = 1
        doc.sayings.append(Saying(cue, by_role.get("Source", []), by_role.get("Content", []), _around(doc, cue)))


def _main_word(doc: Labelled, ranges: list[tuple[int, int]]) -> int | None:
    words = [word for first, last in ranges for word in range(first, last)]
    if not words:
        return None
    home = doc.sentence(words[0])
    begin, end = doc.extent(home)
    tokens = doc.document.sentences[home].tokens
    words = [word for word in words if word < end]
    for place, word in enumerate(words):
        if tokens[word - begin].text.lower() == "according":
            return word
        if tokens[word - begin].tag.startswith("VB"):
            group = list(takewhile(lambda w: tokens[w - begin].tag.startswith(("VB", "RB")), words[place:]))
            return max(w for w in group if tokens[w - begin].tag.startswith("VB"))
    return words[0]


def wikievents() -> Iterator[Labelled]:
    """Yield the training part: triggers under its own types, arguments under our roles."""
    taken = {_letters(path.stem) for path in (CORPORA / "annotated").glob("wt_*.json")}
    lines = (CORPORA / "wikievents" / "train-compact.jsonl").read_text(encoding="utf-8").splitlines()
    for record in map(json.loads, lines):
        if _letters(f"wt_{record['docid']}") in taken:
            continue
        doc, ranges = _joined(f"wikievents {record['docid']}", record["tokens"])
        target = doc.target("wiki")
        for event in record["event_mentions"]:
            start, end = event["trigger"]["start_idx"], event["trigger"]["end_idx"]
            words = doc.words(ranges[start][0], ranges[max(end - 1, start)][1])
            if words is None:
                continue
            target[words[0] : words[1]] = wiki_type(event["event_type"])
            if not event["event_type"].startswith(WIKI_EVENTS):
                continue
            home = doc.sentence(words[0])
            parts = []
            for argument in event["arguments"]:
                role = WIKI_ROLES.get(argument["role"]) or (
                    "addressee" if event["event_type"][:7] == "Contact" else None
                )
                place = _nearest(doc, record["tokens"], ranges, argument["text"], words[0])
                if role and place and abs(doc.sentence(place[0]) - home) <= 1:
                    parts.append((*place, role))
            doc.deeds.append(Deed(words, parts, [(*doc.extent(home), 0.3)]))
        yield doc


def _letters(name: str) -> str:
    """Return a name without its marks, which the two sets write differently."""
    return "".join(c for c in name.lower() if c.isalnum())


WIKI_TYPES: list[str] = ["O"]


def wiki_type(name: str) -> int:
    """Return the number of a type of WikiEvents, by their first two parts, in the order in which they come."""
    kind = ".".join(name.split(".")[:2])
    if kind not in WIKI_TYPES:
        WIKI_TYPES.append(kind)
    return WIKI_TYPES.index(kind)


def _joined(name: str, tokens: list[str]) -> tuple[Labelled, list[tuple[int, int]]]:
    text, ranges = "", []
    for token in tokens:
        text = _write(text, token) if token else text
        ranges.append((len(text) - len(token), len(text)))
    return label(name, article(name, text)), ranges


def _nearest(
    doc: Labelled, tokens: list[str], ranges: list[tuple[int, int]], words: str, trigger: int
) -> tuple[int, int] | None:
    wanted = words.split()
    at = [i for i in range(len(tokens) - len(wanted) + 1) if tokens[i : i + len(wanted)] == wanted]
    held = [w for i in at if (w := doc.words(ranges[i][0], ranges[i + len(wanted) - 1][1]))]
    return min(held, key=lambda w: abs(w[0] - trigger), default=None)


def rams() -> Iterator[Labelled]:
    """Yield the development part of RAMS (its training part is not at hand; its test part stays unseen): arguments only."""
    lines = (CORPORA / "rams" / "data" / "rams" / "dev.jsonlines").read_text(encoding="utf-8").splitlines()
    for record in map(json.loads, lines):
        tokens = [token for sentence in record["sentences"] for token in sentence]
        doc, ranges = _joined(f"rams {record['doc_key']}", tokens)
        spans = [(a, b) for a, b, *_ in record["evt_triggers"]]
        for start, end in spans:
            words = doc.words(ranges[start][0], ranges[end][1])
            if words is None:
                continue
            home = doc.sentence(words[0])
            parts = []
            for (a, b), (c, d), role in record["gold_evt_links"]:
                kind = RAMS_ROLES.get(role[11:])
                place = doc.words(ranges[c][0], ranges[d][1])
                if (a, b) == (start, end) and kind and place and abs(doc.sentence(place[0]) - home) <= 1:
                    parts.append((*place, kind))
            doc.deeds.append(Deed(words, parts, [(*doc.extent(home), 0.3)]))
        yield doc


def names(limit: int) -> Iterator[Labelled]:
    """Yield newswire documents with coarse names; every fifth by the hash of its name is never learned from."""
    from corpora import is_development  # noqa: PLC0415

    held = [entry for entry in newswire() if not is_development(entry[0])]
    for name, text, spans in held[:: max(len(held) // limit, 1)]:
        doc = label(f"newswire {name}", article(name, text))
        target = doc.target("name")
        for start, end, kind in settle(text, spans):
            if words := doc.words(start, end):
                target[words[0] : words[1]] = NAME_TARGETS.index(f"I-{kind}", len(NAME_LABELS))
                target[words[0]] = NAME_TARGETS.index(f"B-{kind}", len(NAME_LABELS))
        yield doc


def muc(limit: int) -> Iterator[Labelled]:
    """Yield documents of the MUC-4 training part with the role fillers of the whole document, in capitals as they were sent."""
    path = CORPORA / "muc4" / "grit" / "train.json"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    taken = {p.stem.removeprefix("muc_") for p in (CORPORA / "annotated").glob("muc_*.json")}
    held = [r for r in records if any(r["extracts"].values()) and r["docid"].rpartition("-")[2] not in taken]
    for record in held[:: max(len(held) // limit, 1)]:
        text = record["doctext"].upper()
        if len(text) != len(record["doctext"]):
            continue
        doc = label(f"muc {record['docid']}", article(record["docid"], text))
        target = doc.target("muc")
        for role, fillers in record["extracts"].items():
            for filler in fillers:
                for words_of, *_ in filler:
                    start = text.find(words_of.upper())
                    while start >= 0:
                        if words := doc.words(start, start + len(words_of)):
                            target[words[0] : words[1]] = MUC_LABELS.index(role)
                        start = text.find(words_of.upper(), start + 1)
        yield doc


# --- windows ----------------------------------------------------------------------------------------------------------


def windows(doc: Labelled, *, first_pieces: int = OWN_PIECES) -> Iterator[dict[str, Any]]:
    """Yield the document's windows with their targets."""
    for window in cut(doc.document, first_pieces=first_pieces):
        yield _example(doc, window)


def _example(doc: Labelled, window: Window) -> dict[str, Any]:
    flat = np.array([doc.bases[sentence] + token for sentence, token in window.words])
    place = {int(word): at for at, word in enumerate(flat)}
    own_words = {int(word) for word in flat[window.lead :]}

    def inside(first: int, last: int) -> list[int]:
        return [place[word] for word in range(first, last) if word in place]

    deeds = []
    for deed in doc.deeds:
        first, last = deed.trigger
        if first not in own_words or last - 1 not in own_words:
            continue
        target, weight = np.full(len(flat), SKIP, np.int16), np.zeros(len(flat), np.float32)
        for begin, end, scale in deed.scope:
            target[inside(begin, end)] = 0
            weight[inside(begin, end)] = scale
        for begin, end in deed.unknown:
            target[inside(begin, end)] = SKIP
        for begin, end, kind in deed.parts:
            target[inside(begin, end)] = PART_LABELS.index(kind)
            weight[inside(begin, end)] = 1.0
        deeds.append((place[first], place[last - 1] + 1, target, weight))
    sayings = []
    for saying in doc.sayings:
        if saying.cue not in own_words:
            continue
        target = np.full(len(flat), SKIP, np.int16)
        target[inside(*saying.scope)] = 0
        for kind, ranges in (("content", saying.contents), ("claimant", saying.claimants)):
            for begin, end in ranges:
                target[inside(begin, end)] = SPEECH_LABELS.index(kind)
        stance = STANCE_LABELS.index(saying.stance) if saying.stance else SKIP
        sayings.append((place[saying.cue], target, stance))
    return {
        "doc": doc.name,
        "pieces": np.array(window.pieces, np.int32),
        "firsts": np.array(window.firsts, np.int32),
        "shapes": window.shapes,
        "lead": window.lead,
        "gate": doc.gate,
        "heads": {head: target[flat] for head, target in doc.heads.items()},
        "deeds": deeds,
        "sayings": sayings,
    }
