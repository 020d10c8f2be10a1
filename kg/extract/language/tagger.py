"""Words to Penn Treebank tags; splits no text and finds no names.

The weights (`data/tagger.npz`) come from `training/tagger/train.py`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from kg.extract.language.perceptron import attribute, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.language.perceptron import Hashes, Perceptron, Template

_DIGITS = re.compile(r"\d")
_LOST = {"nt": "n't", "s": "'s", "' s": "'s"}  # clitics whose apostrophe the source lost
_RUNS = re.compile(r"(.)\1{2,}")
_POSSESSIVE = frozenset({"'s", "’s", "'", "’", "`s", "' s", "’ s", "s"})
# marks have one tag each; quotes are told apart by their side
_MARKS = {
    ".": ".", "!": ".", "?": ".", "…": ":", "...": ":", "..": ":", ",": ",", ":": ":", ";": ":", "--": ":", "–": ":", "—": ":",
    "―": ":", "(": "-LRB-", "[": "-LRB-", "{": "-LRB-", ")": "-RRB-", "]": "-RRB-", "}": "-RRB-", "“": "``", "«": "``",
    "``": "``", "‘": "``", "”": "''", "»": "''", "''": "''", "$": "$", "£": "$", "€": "$", "#": "#",
}  # fmt: skip
_LOWER, _SHAPE, _SUFFIX1, _SUFFIX2, _SUFFIX3, _SUFFIX4, _PREFIX2, _PREFIX3, _TAIL, _CASE, _FIRST = range(11)

TEMPLATES: tuple[Template, ...] = (
    *(((_LOWER, distance),) for distance in (-2, -1, 0, 1, 2)),
    *(((_SUFFIX3, distance),) for distance in (-1, 0, 1)),
    *(((_SUFFIX2, distance),) for distance in (-1, 0, 1)),
    *(((_SHAPE, distance), (_CASE, 0)) for distance in (-1, 0, 1)),
    *(((at, 0),) for at in (_SUFFIX1, _SUFFIX4, _PREFIX2, _PREFIX3, _TAIL)),
    ((_LOWER, -1), (_LOWER, 0)),
    ((_LOWER, 0), (_LOWER, 1)),
    ((_LOWER, -1), (_LOWER, 1)),
    ((_LOWER, -2), (_LOWER, -1)),
    ((_LOWER, 1), (_LOWER, 2)),
    ((_LOWER, -1), (_SUFFIX3, 0)),
    ((_SUFFIX3, 0), (_LOWER, 1)),
    ((_SUFFIX2, -1), (_SUFFIX2, 0)),
    ((_SHAPE, 0), (_FIRST, 0)),
    ((_LOWER, 0), (_SHAPE, 0)),
)


def tag(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return one Penn tag for each word of each sentence."""
    found = _model()([describe(words) for words in sentences], TEMPLATES) if any(sentences) else [[] for _ in sentences]
    return [_settle(words, tags) for words, tags in zip(sentences, found, strict=True)]


def describe(words: Sequence[str]) -> Hashes:
    """Return the attributes of a sentence's words, one row each."""
    rows = np.empty((len(words), 11), dtype=np.uint64)
    case = _CASES[sentence_case(words)]
    for at, word in enumerate(words):
        rows[at, :9] = _attributes(word)
    rows[:, _CASE] = case
    rows[:, _FIRST] = _LATER
    rows[:1, _FIRST] = _BEGINS
    return rows


def sentence_case(words: Sequence[str]) -> str:
    """Tell running text from a headline in title case and from capitals: `text`, `title`, `upper`."""
    letters = [word for word in words if word[0].isalpha() and len(word) > 3]
    capital = sum(word[0].isupper() for word in letters)
    upper = sum(word.isupper() for word in letters)
    if len(letters) > 2 and upper > 0.8 * len(letters):
        return "upper"
    return "title" if len(letters) > 2 and capital > 0.8 * len(letters) else "text"


_CASES = {case: attribute(f"case {case}") for case in ("text", "title", "upper")}
_LATER, _BEGINS = attribute("later"), attribute("first")


@cache
def _model() -> Perceptron:
    return load("tagger")


def shape(word: str) -> str:
    """Return the shape of a word, long runs cut: `Soleimani` → `Xxx`, `M-19` → `X-dd`."""
    letters = "".join("d" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word)
    return _RUNS.sub(r"\1\1", letters)


@lru_cache(maxsize=50_000)
def _attributes(word: str) -> Hashes:
    lower = _DIGITS.sub("0", word.lower().replace("’", "'").replace("‑", "-"))
    lower = _LOST.get(lower, lower)
    tail = lower.rpartition("-")[2] if "-" in lower[1:-1] else ""
    parts = (lower, shape(word), lower[-1:], lower[-2:], lower[-3:], lower[-4:], lower[:2], lower[:3], tail)
    return np.array([attribute(f"{at} {part}") for at, part in enumerate(parts)], dtype=np.uint64)


def _settle(words: Sequence[str], tags: list[str]) -> list[str]:
    """Give marks their tags, whatever the weights say."""
    opened = False
    for at, word in enumerate(words):
        if word in _MARKS:
            tags[at] = _MARKS[word]
        elif word == '"':
            tags[at] = "''" if opened else "``"
            opened = not opened
        elif word in ("-", "‑"):
            tags[at] = "HYPH" if 0 < at < len(words) - 1 else ":"
        elif word in _POSSESSIVE and tags[at] not in ("POS", "VBZ"):
            tags[at] = _quote(word, words, tags, at)
        elif not any(c.isalnum() for c in word) and tags[at][0].isalpha() and tags[at] not in ("POS", "CC", "NN"):
            tags[at] = ":"
    return tags


def _quote(word: str, words: Sequence[str], tags: Sequence[str], at: int) -> str:
    """Read a lone apostrophe or s that the weights took for something else."""
    if word.strip("'’` "):
        return "POS" if at and tags[at - 1].startswith("NN") else tags[at]
    if at and tags[at - 1] in ("NNS", "NNPS", "NNP") and words[at - 1].endswith("s"):
        return "POS"
    return "``" if at + 1 < len(words) and not (at and words[at - 1].isalnum()) else "''"
