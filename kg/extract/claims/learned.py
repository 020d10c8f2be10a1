"""Attributions as the trained model hears them, in the terms of the grammar's; runs no model itself.

The grammar's reading of a cue stands unless the model takes the cue for none; where the model is sure of a cue that the grammar
could not read, its claimant and content stand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, cast

import numpy as np

from kg.extract.claims.cues import Attribution, cue_verbs
from kg.extract.model.labels import SPEECH_LABELS, STANCE_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kg.extract.language.document import Document, Sentence, Token
    from kg.extract.model import Judgements
    from kg.model import Stance

# thresholds: best on the development fifth of the annotated reports
_NEW = 0.5
_KEPT = 0.02
_PART = 0.5
_SHORTEST = 2  # words of a content
_CLAIMANT, _CONTENT = SPEECH_LABELS.index("claimant"), SPEECH_LABELS.index("content")
_OPENING, _CLOSING = frozenset("“\"‘'``"), frozenset("”\"’''")


def join_attributions(
    document: Document, found: Sequence[Attribution], judgements: Judgements
) -> tuple[Attribution, ...]:
    """Return the grammar's attributions that the model believes, and those that only the model hears."""
    tokens = [token for sentence in document.sentences for token in sentence.tokens]
    kept = [a for a in found if _belief(tokens, a, judgements) >= _KEPT]
    for number, chance in enumerate(judgements.cues.tolist()):
        if chance < _NEW:
            continue
        token = tokens[number]
        if any(a.cue[0] < token.end and token.start < a.cue[1] for a in kept):
            continue
        kept.extend(
            a
            for a in _heard(document, tokens, number, judgements)
            if not any(_overlap(a.content, b.content) > _SAME and _overlap(a.source, b.source) > 0 for b in kept)
        )
    return tuple(kept)


_SAME = 0.5


def _belief(tokens: Sequence[Token], attribution: Attribution, judgements: Judgements) -> float:
    """Return how sure the model is of the likeliest cue word of an attribution."""
    first, last = attribution.cue
    held = [c for t, c in _between(tokens, judgements.cues, first, last)]
    return max(held, default=1.0)


def _between(
    tokens: Sequence[Token], values: NDArray[np.float32], start: int, end: int
) -> Iterator[tuple[Token, float]]:
    at = bisect_left(tokens, start, key=lambda token: token.end - 1)
    while at < len(tokens) and tokens[at].start < end:
        yield tokens[at], float(values[at])
        at += 1


def _heard(document: Document, tokens: Sequence[Token], cue: int, judgements: Judgements) -> Iterator[Attribution]:
    home = document.sentence_at(tokens[cue].start)
    if home is None:
        return
    begin, rows = judgements.speech(home.index, cue - judgements.bases[home.index])
    low, high = _scope(document, home.index, judgements)
    low, high = max(low - begin, 0), min(high - begin, len(rows))
    labels = rows.argmax(1)
    claimants = [
        run for run in _runs(labels == _CLAIMANT, low, high) if rows[run[0] : run[1], _CLAIMANT].max() >= _PART
    ]
    contents = _whole(_joined(_runs(labels == _CONTENT, low, high)), judgements, begin)
    contents = [
        run for run in contents if run[1] - run[0] >= _SHORTEST and _belongs(document, home, tokens, begin + run[0])
    ]
    if not claimants or not contents:
        return
    at = cue - begin
    claimants = sorted(claimants, key=lambda run: min(abs(run[0] - at), abs(run[1] - 1 - at)))[:1]
    content = max(contents, key=lambda run: run[1] - run[0])
    where, direct = _trim(tokens, begin + content[0], begin + content[1])
    if where[1] <= where[0]:
        return
    words = range(begin + content[0], begin + content[1])
    stance = judgements.stance(home.index, cue - judgements.bases[home.index], words)
    kind = cast("Stance", STANCE_LABELS[int(stance.argmax())])
    known = cue_verbs().get(tokens[cue].text.lower())
    for first, last in claimants:
        source = (tokens[begin + first].start, tokens[begin + last - 1].end)
        yield Attribution(
            source,
            (tokens[cue].start, tokens[cue].end),
            where,
            known[0] if known else kind,
            known[1] if known else "say",
            direct,
        )


def _scope(document: Document, home: int, judgements: Judgements) -> tuple[int, int]:
    last = min(home + 1, len(document.sentences) - 1)
    return judgements.bases[max(home - 1, 0)], judgements.bases[last] + len(document.sentences[last].tokens)


def _joined(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs that only a mark or a word parts."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] <= 2:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _whole(runs: Sequence[tuple[int, int]], judgements: Judgements, begin: int) -> list[tuple[int, int]]:
    """Cut runs where a sentence ends: nobody's statement goes on from a headline into the text."""
    cut: list[tuple[int, int]] = []
    bases = judgements.bases
    for first, last in runs:
        while first < last:
            end = min(last, bases[bisect_right(bases, begin + first)] - begin)
            cut.append((first, end))
            first = end  # noqa: PLW2901 - what is left of the run
    return cut


def _belongs(document: Document, home: Sentence, tokens: Sequence[Token], first: int) -> bool:
    """Tell whether a content may hang on a cue of this sentence: it stands there, or is a quotation beside it.

    What merely follows, as a report follows its headline, is the outlet's own.
    """
    where = document.sentence_at(tokens[first].start)
    if where is None or where.block != home.block:
        return False
    return where.index == home.index or tokens[first].text in _OPENING


def _trim(tokens: Sequence[Token], first: int, last: int) -> tuple[tuple[int, int], bool]:
    direct = tokens[first].text in _OPENING or (first > 0 and tokens[first - 1].text in _OPENING)
    while first < last and not any(c.isalnum() for c in tokens[first].text):
        first += 1
    while last > first and not any(c.isalnum() for c in tokens[last - 1].text):
        last -= 1
    if first < last and tokens[first].text.lower() == "that":
        first += 1
    return ((tokens[first].start, tokens[last - 1].end) if first < last else (0, 0)), direct


def _runs(held: NDArray[np.bool_], low: int, high: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held[low:high], [False]]).astype(np.int8)))
    return [(low + int(first), low + int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _overlap(one: tuple[int, int], two: tuple[int, int]) -> float:
    shared = min(one[1], two[1]) - max(one[0], two[0])
    return max(shared, 0) / max(max(one[1], two[1]) - min(one[0], two[0]), 1)
