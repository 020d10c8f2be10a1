"""Gold annotations against found ones: precision, recall and F1 for each layer; extracts nothing and tunes nothing.

Events are aligned one to one, best first: shared trigger sentences, same type or family, overlapping triggers. What an
event holds (roles, place, time) is scored on aligned pairs; tolls are compared over the whole document, because a toll
that stands on the sister event is not wrong.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ReadError
from kg.jsonl import from_json, read_lines
from kg.model import ATTACKS, SPEECH
from kg.rooms import callable_room

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from kg.model import Annotations, Claim, Event, Participant, Span

_COARSE = {
    "Person": "person",
    "Place": "location",
    "Facility": "location",
    "Nationality": "nationality",
    "Other": "other",
}
_SENTENCE_END = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"‘])|\n+")
_CONTENT_OVERLAP = 0.5  # intersection over union from which two contents count as the same claim


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one layer, and the ratios they give (0–1; 0 where nothing was found or wanted)."""

    layer: str
    right: int = 0
    found: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        """Right among the found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Found among the gold."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0

    def __add__(self, other: Score) -> Score:
        """Add the counts of the same layer of another document."""
        return Score(self.layer, self.right + other.right, self.found + other.found, self.gold + other.gold)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of all layers, the documents that were compared, and what was missing."""

    scores: tuple[Score, ...]
    documents: int
    missing: tuple[str, ...]
    false_events: int
    without_conflict: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One document: its text, its gold and its found annotations, and the QIDs of the entities of both."""

    text: str
    gold: Annotations
    found: Annotations
    gold_qids: dict[str, str]
    found_qids: dict[str, str]


def evaluate(gold: Path, found: Path) -> Evaluation:
    """Score the JSON Lines file `found` against the folder `gold` (NAME.json beside NAME.txt).

    Raises `ReadError` for a folder without gold, a file that is not in the exchange format, or offsets that do not fit
    the text.
    """
    results = _found(found)
    wanted = sorted(gold.glob("*.json"))
    if not wanted:
        raise ReadError(str(gold), "no NAME.json beside NAME.txt in this folder: nothing to score against")
    totals: dict[str, Score] = {}
    missing: list[str] = []
    false_events = without_conflict = 0
    for path in wanted:
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        expected = json.loads(path.read_text(encoding="utf-8"))
        if (result := results.get(path.stem)) is None:
            missing.append(path.stem)
            result = {"doc": path.stem, "entities": [], "events": [], "claims": []}
        pair = _pair(text, expected, result, str(found))
        if not pair.gold.about_conflict:
            without_conflict += 1
            false_events += len(pair.found.events)
        for score in score_pair(pair):
            totals[score.layer] = totals[score.layer] + score if score.layer in totals else score
    return Evaluation(tuple(totals.values()), len(wanted), tuple(missing), false_events, without_conflict)


def _found(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as stream:
            return {Path(str(record["doc"])).name.removesuffix(".txt"): record for _, record in read_lines(stream)}
    except (OSError, ValueError, KeyError) as error:
        raise ReadError(str(path), f"not annotations in JSON Lines ({error})") from error


def _pair(text: str, expected: dict[str, Any], result: dict[str, Any], source: str) -> Pair:
    try:
        gold, found = from_json(expected), from_json(result)
    except ValueError as error:
        raise ReadError(source, str(error)) from error
    for entity in found.entities:
        for mention in entity.mentions:
            if text[mention.start : mention.end] != mention.text:
                raise ReadError(
                    source, f"{found.article}: offsets {mention.start}–{mention.end} are not “{mention.text}”"
                )
    return Pair(text, gold, found, _qids(expected), _qids(result))


def _qids(record: dict[str, Any]) -> dict[str, str]:
    return {entity["id"]: entity["qid"] for entity in record["entities"] if entity.get("qid")}


# --- layers ----------------------------------------------------------------------------------------------------------


def score_pair(pair: Pair) -> Iterator[Score]:
    """Score every layer of one document."""
    yield from _score_mentions(pair)
    yield from _score_events(pair)
    yield from _score_claims(pair)


def _score_mentions(pair: Pair) -> Iterator[Score]:
    gold = {(m.start, m.end): e for e in pair.gold.entities for m in e.mentions}
    found = {(m.start, m.end): e for e in pair.found.entities for m in e.mentions}
    both = gold.keys() & found.keys()
    yield Score("mention", len(both), len(found), len(gold))
    exact = sum(gold[key].type == found[key].type for key in both)
    yield Score("mention and type", exact, len(found), len(gold))
    coarse = sum(_coarse(gold[key].type) == _coarse(found[key].type) for key in both)
    yield Score("mention and coarse type", coarse, len(found), len(gold))
    wanted = {key: qid for key, e in gold.items() if (qid := pair.gold_qids.get(e.id))}
    linked = {key: qid for key, e in found.items() if (qid := pair.found_qids.get(e.id))}
    right = sum(linked.get(key) == qid for key, qid in wanted.items())
    # an entity that the gold leaves without item may have one: only links on wanted or on unknown spans count as found
    yield Score("mention and QID", right, sum(key in wanted or key not in gold for key in linked), len(wanted))


def _coarse(kind: str) -> str:
    return _COARSE.get(kind, "organisation")


def _score_events(pair: Pair) -> Iterator[Score]:
    bounds = _sentence_starts(pair.text)
    aligned = _align(pair.gold.events, pair.found.events, bounds)
    gold, found = len(pair.gold.events), len(pair.found.events)
    yield Score("event", len(aligned), found, gold)
    yield Score("event and type", sum(a.type == b.type for a, b in aligned), found, gold)
    right = sum(a.actuality == b.actuality for a, b in aligned)
    yield Score("actuality of aligned events", right, len(aligned), len(aligned))
    roles = sum(_matching(a.participants, b.participants, _same_role) for a, b in aligned)
    wanted = sum(len(event.participants) for event in pair.gold.events)
    yield Score("role", roles, sum(len(event.participants) for event in pair.found.events), wanted)
    places = [(a, b) for a, b in aligned if a.places and b.places]
    right = sum(any(_overlap(x.span, y.span) for x in a.places for y in b.places) for a, b in places)
    found_places, gold_places = (sum(bool(side.places) for side in sides) for sides in _unzip(aligned))
    yield Score("place of aligned events", right, found_places, gold_places)
    yield _score_times(aligned)
    yield _score_tolls(pair)


def _unzip(aligned: list[tuple[Event, Event]]) -> tuple[list[Event], list[Event]]:
    return [b for _, b in aligned], [a for a, _ in aligned]


def _score_times(aligned: list[tuple[Event, Event]]) -> Score:
    anchored = [(a.time, b.time) for a, b in aligned if a.time and a.time.earliest]
    right = sum(b is not None and (a.earliest, a.latest) == (b.earliest, b.latest) for a, b in anchored)
    return Score("time of aligned events", right, sum(bool(b and b.earliest) for _, b in anchored), len(anchored))


def _score_tolls(pair: Pair) -> Score:
    def tolls(events: Iterable[Event]) -> Counter[Hashable]:
        return Counter(
            toll for event in events for toll in {(c.outcome, c.minimum, c.maximum) for c in event.casualties}
        )

    gold, found = tolls(pair.gold.events), tolls(pair.found.events)
    return Score("casualties", (gold & found).total(), found.total(), gold.total())


def _score_claims(pair: Pair) -> Iterator[Score]:
    gold_names = {e.id: e.name.split()[-1:] for e in pair.gold.entities}
    found_names = {e.id: e.name.split()[-1:] for e in pair.found.entities}

    def same_claimant(a: Claim, b: Claim) -> bool:
        if _overlap(a.claimant.span, b.claimant.span):
            return True
        name = gold_names.get(a.claimant.entity or "")
        return bool(name) and name == found_names.get(b.claimant.entity or "")

    free, matched = list(pair.found.claims), []
    for claim in pair.gold.claims:
        fitting = [(_union_ratio(claim.content, b.content), b) for b in free if same_claimant(claim, b)]
        ratio, best = max(fitting, key=lambda pair_: pair_[0], default=(0.0, None))
        if best is not None and ratio >= _CONTENT_OVERLAP:
            free.remove(best)
            matched.append((claim, best))
    yield Score("claim", len(matched), len(pair.found.claims), len(pair.gold.claims))
    yield Score("stance of matched claims", sum(a.stance == b.stance for a, b in matched), len(matched), len(matched))


# --- alignment -------------------------------------------------------------------------------------------------------


def _sentence_starts(text: str) -> list[tuple[int, int]]:
    ends = [(match.start(), match.end()) for match in _SENTENCE_END.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    return list(zip(starts, [*(start for start, _ in ends), len(text)], strict=True))


def _sentences_of(event: Event, bounds: list[tuple[int, int]]) -> set[int]:
    spans = (event.trigger, *event.also)
    return {i for i, (start, end) in enumerate(bounds) for span in spans if start <= span.start < max(end, start + 1)}


def _family(kind: str) -> str:
    return "attack" if kind in ATTACKS else "speech" if kind in SPEECH else kind


def _align(
    gold: tuple[Event, ...], found: tuple[Event, ...], bounds: list[tuple[int, int]]
) -> list[tuple[Event, Event]]:
    gold_at = [_sentences_of(event, bounds) for event in gold]
    found_at = [_sentences_of(event, bounds) for event in found]
    weights = []
    for i, a in enumerate(gold):
        for j, b in enumerate(found):
            shared = gold_at[i] & found_at[j]
            triggers = any(_overlap(x, y) for x in (a.trigger, *a.also) for y in (b.trigger, *b.also))
            if shared and (_family(a.type) == _family(b.type) or _overlap(a.trigger, b.trigger)):
                share = len(shared) / len(gold_at[i] | found_at[j])
                same = 2 * (a.type == b.type) + (_family(a.type) == _family(b.type)) + 2 * triggers
                weights.append((share + same, i, j))
    pairs, used_gold, used_found = [], set(), set()
    for _, i, j in sorted(weights, reverse=True):
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            pairs.append((gold[i], found[j]))
    return pairs


def _matching(
    gold: Iterable[Participant], found: Iterable[Participant], same: Callable[[Participant, Participant], bool]
) -> int:
    free, right = list(found), 0
    for wanted in gold:
        if (hit := next((each for each in free if same(wanted, each)), None)) is not None:
            free.remove(hit)
            right += 1
    return right


def _same_role(a: Participant, b: Participant) -> bool:
    # targets and victims are one role here: the guide leaves the border between them open
    roles = {("victim" if role == "target" else role) for role in (a.role, b.role)}
    return len(roles) == 1 and _overlap(a.span, b.span)


def _overlap(a: Span, b: Span) -> bool:
    return min(a.end, b.end) > max(a.start, b.start)


def _union_ratio(a: Span, b: Span) -> float:
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared / (max(a.end, b.end) - min(a.start, b.start)) if shared > 0 else 0.0


callable_room(__name__, evaluate)
