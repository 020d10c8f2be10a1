"""Tokens to coarse name labels (PER, ORG, LOC, FAC, NAT, OTH in BIO); joins no labels to mentions and refines no type.

The weights (`data/names.npz`) come from `training/tagger/train_names.py`, the known names (`data/names_gazetteer.npz`) from
`training/tagger/gazetteer.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from kg.extract.language.lexicon import word_classes
from kg.extract.language.perceptron import attribute, load
from kg.extract.language.sentences import country_names
from kg.extract.language.tagger import sentence_case, shape
from kg.extract.model.labels import NAME_LABELS, OUTSIDE
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kg.extract.language.document import Document, Token
    from kg.extract.language.perceptron import Hashes, Perceptron, Template
    from kg.extract.model import Judgements

LONGEST = 6  # words of a known name

_LOWER, _SHAPE, _SUFFIX2, _SUFFIX3, _SUFFIX4, _PREFIX3, _CUE, _PART, _CLUSTER, _TAG, _KNOWN, _SEEN, _CASE, _FIRST = (
    range(14)
)
_WORDWISE = 9

TEMPLATES: tuple[Template, ...] = (
    *(((_LOWER, distance),) for distance in (-2, -1, 0, 1, 2)),
    *(((_SHAPE, distance), (_CASE, 0)) for distance in (-2, -1, 0, 1, 2)),
    *(((_CUE, distance),) for distance in (-2, -1, 0, 1, 2)),
    *(((_CLUSTER, distance),) for distance in (-2, -1, 0, 1, 2)),
    *(((_TAG, distance),) for distance in (-2, -1, 0, 1, 2)),
    *(((_KNOWN, distance),) for distance in (-1, 0, 1)),
    *(((_PART, distance),) for distance in (-1, 0, 1)),
    *(((at, 0),) for at in (_SUFFIX2, _SUFFIX3, _SUFFIX4, _PREFIX3, _SEEN)),
    ((_LOWER, 0), (_SHAPE, 0)),
    ((_LOWER, -1), (_LOWER, 0)),
    ((_LOWER, 0), (_LOWER, 1)),
    ((_LOWER, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_LOWER, 1)),
    ((_SUFFIX3, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_SUFFIX3, 1)),
    ((_SHAPE, -1), (_SHAPE, 0), (_SHAPE, 1)),
    ((_TAG, -1), (_TAG, 0), (_TAG, 1)),
    ((_SHAPE, 0), (_FIRST, 0), (_CASE, 0)),
    ((_KNOWN, 0), (_SHAPE, 0), (_FIRST, 0)),
    ((_KNOWN, 0), (_PART, 0), (_SEEN, 0)),
    ((_KNOWN, 0), (_LOWER, 0)),
    ((_KNOWN, 0), (_CUE, 1)),
    ((_CUE, -1), (_KNOWN, 0)),
    ((_CUE, -1), (_SHAPE, 0), (_CUE, 1)),
    ((_PART, 0), (_PART, 1)),
    ((_PART, -1), (_PART, 0)),
    ((_CUE, -2), (_CUE, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_CUE, 1), (_CUE, 2)),
    ((_SEEN, 0), (_FIRST, 0), (_CASE, 0)),
    ((_LOWER, -1), (_SEEN, 0)),
    ((_SEEN, 0), (_LOWER, 1)),
    ((_CLUSTER, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_CLUSTER, 1)),
    ((_CLUSTER, -1), (_KNOWN, 0), (_CLUSTER, 1)),
)


def label_names(document: Document, judgements: Judgements | None = None) -> list[list[str]]:
    """Return one label for each token of each sentence: `O`, `B-PER`, `I-PER` and so on.

    With the encoder's judgements both vote; each knows what the other does not: this one names and what the article repeats,
    the encoder the meaning of the words around.
    """
    beside = None if judgements is None else _votes(judgements)
    return _model()(describe(document), TEMPLATES, beside=beside)


def _votes(judgements: Judgements) -> NDArray[np.float32]:
    """Return the logarithms of the encoder's probabilities under the labels of this tagger."""
    labels = _model().labels
    summed = np.zeros((len(judgements.names), len(labels)), np.float32)
    for number, fine in enumerate(NAME_LABELS):
        summed[:, labels.index(fine[:2] + COARSE[fine[2:]] if fine != OUTSIDE else OUTSIDE)] += judgements.names[
            :, number
        ]
    return np.float32(_ENCODER) * np.log(np.maximum(summed, np.float32(_LEAST)))


_ENCODER = 20.0  # what the encoder's word counts beside the weights here; best on the development fifth
_LEAST = 1e-4
COARSE: dict[str, str] = {
    "Person": "PER", "Organization": "ORG", "ArmedGroup": "ORG", "StateForce": "ORG", "Government": "ORG", "Media": "ORG",
    "Place": "LOC", "Facility": "FAC", "Nationality": "NAT", "Other": "OTH",
}  # fmt: skip


def describe(document: Document) -> list[Hashes]:
    """Return the attributes of the tokens, one array for each sentence."""
    seen = _Seen.of(document)
    return [_rows(sentence.tokens, seen) for sentence in document.sentences]


@cache
def _model() -> Perceptron:
    return load("names")


@dataclass(frozen=True, slots=True)
class _Seen:
    """How the whole article writes a word: capitals inside running text, and small letters."""

    capital: Counter[str]
    small: Counter[str]

    @classmethod
    def of(cls, document: Document) -> _Seen:
        capital, small = Counter[str](), Counter[str]()
        for sentence in document.sentences:
            texts = [token.text for token in sentence.tokens]
            if not texts or sentence_case(texts) != "text":
                continue
            for at, text in enumerate(texts):
                if text[0].islower():
                    small[text] += 1
                elif at and text[0].isupper() and texts[at - 1] not in ("“", '"', "‘", ":", "``", "-", "."):
                    capital[text.lower()] += 1
        return cls(capital, small)

    def __call__(self, word: str) -> int:
        lower = word.lower()
        return _SEEN_AS[min(self.capital[lower], 2), min(self.small[lower], 2), word[0].isupper()]


_SEEN_AS = {
    (a, b, c): attribute(f"seen {a} {b} {c}") for a in range(3) for b in range(3) for c in (False, True)
}  # fmt: skip
_CASES = {case: attribute(f"case {case}") for case in ("text", "title", "upper")}
_LATER, _BEGINS = attribute("later"), attribute("first")


def _rows(tokens: Sequence[Token], seen: _Seen) -> Hashes:
    texts = [token.text for token in tokens]
    rows = np.empty((len(tokens), 14), dtype=np.uint64)
    for at, token in enumerate(tokens):
        rows[at, :_WORDWISE] = _wordwise(token.text)
        rows[at, _TAG] = _hashed(token.tag)
        rows[at, _SEEN] = seen(token.text)
    rows[:, _KNOWN] = [_hashed(f"known {value}") for value in known(texts)]
    rows[:, _CASE] = _CASES[sentence_case(texts)] if texts else 0
    rows[:, _FIRST] = _LATER
    rows[:1, _FIRST] = _BEGINS
    return rows


@lru_cache(maxsize=2000)
def _hashed(text: str) -> int:
    return attribute(text)


@lru_cache(maxsize=50_000)
def _wordwise(word: str) -> Hashes:
    lower = "".join("0" if c.isdigit() else c for c in word.lower().replace("’", "'").replace("ʼ", "'"))
    if lower in ("s", "`s", "' s"):
        lower = "'s"
    table = _gazetteer()
    part = table.parts.get(attribute(fold(word)), 0) if word[0].isalpha() else 0
    cluster = f"cluster {_clusters().get(attribute(lower), -1)}"
    cue = word_classes().get(lower, "")
    values = (lower, shape(word), lower[-2:], lower[-3:], lower[-4:], lower[:3], f"cue {cue}", f"part {part}", cluster)
    return np.array([attribute(f"{at} {value}") for at, value in enumerate(values)], dtype=np.uint64)


@cache
def _clusters() -> dict[int, int]:
    with files("kg.extract").joinpath("data", "names_clusters.npz").open("rb") as stream, np.load(stream) as arrays:
        return _table(arrays["steps"], arrays["clusters"])


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    names: dict[int, int]
    parts: dict[int, int]


@cache
def _gazetteer() -> _Gazetteer:
    with files("kg.extract").joinpath("data", "names_gazetteer.npz").open("rb") as stream, np.load(stream) as arrays:
        names, parts = (_table(arrays[f"{key}_steps"], arrays[f"{key}_bits"]) for key in ("names", "parts"))
    for name, kind in country_names().items():
        key = attribute(fold(name))
        names[key] = names.get(key, 0) | (1 if kind == "country" else 256)
    return _Gazetteer(names, parts)


def _table(steps: NDArray[np.uint32], values: NDArray[np.uint8] | NDArray[np.uint16]) -> dict[int, int]:
    return dict(zip(np.cumsum(steps, dtype=np.uint32).tolist(), values.tolist(), strict=True))


def known(texts: Sequence[str]) -> list[str]:
    """Return for each word what the longest known name over it may mean: `B2` begins a town, `I2` goes on with it."""
    found = ["0"] * len(texts)
    names = _gazetteer().names
    at = 0
    while at < len(texts):
        step = 1
        if texts[at][0].isupper() or texts[at][:3].lower() in ("al-", "ash"):
            for size in range(min(LONGEST, len(texts) - at), 0, -1):
                last = texts[at + size - 1]
                if not (last[0].isupper() or last[0].isdigit() or "-" in last):
                    continue
                if bits := names.get(attribute(_folded(tuple(texts[at : at + size]))), 0):
                    found[at : at + size] = [f"B{bits}", *[f"I{bits}"] * (size - 1)]
                    step = size
                    break
        at += step
    return found


def is_first_name(word: str) -> bool:
    """Say whether persons of the gazetteer have this first name."""
    return bool(_gazetteer().parts.get(attribute(fold(word)), 0) & 1)


def is_last_name(word: str) -> bool:
    """Say whether persons of the gazetteer have this surname."""
    return bool(_gazetteer().parts.get(attribute(fold(word)), 0) & 2)


def known_kinds(folded: str) -> frozenset[str]:
    """Return the types that the gazetteer knows for this folded name, by the bits of `training/tagger/gazetteer.py`."""
    bits = _gazetteer().names.get(attribute(folded), 0)
    return frozenset(kind for bit, kind in _KINDS.items() if bits & bit)


_KINDS = {
    1: "Place", 2: "Place", 4: "Place", 8: "Organization", 16: "ArmedGroup", 32: "Media", 64: "Person", 128: "Facility",
    256: "Nationality", 512: "StateForce",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def _folded(words: tuple[str, ...]) -> str:
    return fold(" ".join(words))
