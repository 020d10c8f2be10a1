"""Linear sequence labelling: hashed features, small integer weights, Viterbi over a batch; knows neither tags nor names.

The structured averaged perceptron of Collins (2002), read only: it is trained by the scripts in `training/tagger`. A caller describes
each token by a row of 64-bit attributes; a template joins the attributes of the token and of its neighbours into one feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

# (attribute, distance from the token), joined
Template = tuple[tuple[int, int], ...]

MARGIN = 2  # how far templates look beyond the token; sentences are padded by as many empty rows
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SLOT = 0xC2B2AE3D27D4EB4F
_ALL = 0xFFFFFFFFFFFFFFFF
_HALF = np.uint64(32)
_IMPOSSIBLE = -1e6


def attribute(text: str) -> int:
    """Hash one attribute of a token; stable across processes and machines."""
    return crc32(text.encode("utf-8", "surrogatepass")) + 1


def features(rows: Sequence[Hashes], templates: Sequence[Template]) -> NDArray[np.uint32]:
    """Return one feature per token and template for sentences given as rows of attributes, `(tokens, templates)`."""
    width = rows[0].shape[1]
    empty = np.full((MARGIN, width), 7, dtype=np.uint64)
    padded = np.concatenate([part for row in rows for part in (row, empty)])
    padded = np.concatenate([empty, padded])
    kept = np.concatenate([np.r_[np.ones(len(row), dtype=bool), np.zeros(MARGIN, dtype=bool)] for row in rows])
    size = len(padded) - 2 * MARGIN
    mixed = (padded * _ODD) ^ (padded >> np.uint64(15))
    columns = []
    for number, template in enumerate(templates):
        value = np.full(size, (number + 1) * _SLOT & _ALL, dtype=np.uint64)
        for at, distance in template:
            value = (value ^ mixed[MARGIN + distance : MARGIN + distance + size, at]) * _ODD
            value ^= value >> _HALF
        columns.append((value >> _HALF).astype(np.uint32))
    found: NDArray[np.uint32] = np.stack(columns, axis=1)[kept[:size]]
    return found


def decode(scores: Floats, lengths: Sequence[int], transitions: Floats) -> Integers:
    """Return the best label of every token; `transitions[-1]` holds the scores of the first label of a sentence."""
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    order = np.argsort(-np.asarray(lengths), kind="stable")
    sizes, starts = np.asarray(lengths)[order], starts[order]
    steps = int(sizes[0]) if len(sizes) else 0
    active = [int((sizes > step).sum()) for step in range(steps)]
    best = np.empty(len(scores), dtype=np.int64)
    back: list[Integers] = []
    state = scores[starts] + transitions[-1]
    final = [state]
    inner = transitions[:-1][None]
    for step in range(1, steps):
        count = active[step]
        joined = state[:count, :, None] + inner
        back.append(joined.argmax(axis=1))
        state = np.take_along_axis(joined, back[-1][:, None, :], axis=1)[:, 0, :] + scores[starts[:count] + step]
        final.append(state)
    label = np.empty(len(sizes), dtype=np.int64)
    for step in reversed(range(steps)):
        count, later = active[step], active[step + 1] if step + 1 < steps else 0
        label[later:count] = final[step][later:count].argmax(axis=1)
        best[starts[:count] + step] = label[:count]
        if step:
            label[:count] = back[step - 1][np.arange(count), label[:count]]
    return best


@dataclass(frozen=True, slots=True, eq=False)
class Perceptron:
    """Trained weights; `keys` are the sorted features that have a row in `weights`, whose last row is empty."""

    labels: tuple[str, ...]
    keys: NDArray[np.uint32]
    weights: Floats
    transitions: Floats

    def __call__(
        self, rows: Sequence[Hashes], templates: Sequence[Template], *, beside: Floats | None = None
    ) -> list[list[str]]:
        """Label every token of sentences given as rows of attributes; an empty sentence stays empty.

        `beside` holds what another judge gives each label, one row for each token of all sentences.
        """
        full = [row for row in rows if len(row)]
        if not full:
            return [[] for _ in rows]
        found = features(full, templates)
        at = np.searchsorted(self.keys, found)
        at[at == len(self.keys)] = 0
        at = np.where(self.keys[at] == found, at, len(self.keys))
        scores = self.weights[at].sum(axis=1)
        if beside is not None:
            scores = scores + beside
        best = iter(decode(scores, [len(row) for row in full], self.transitions).tolist())
        return [[self.labels[next(best)] for _ in range(len(row))] for row in rows]


def load(name: str) -> Perceptron:
    """Read the packaged weights `name`.npz."""
    with files("kg.extract").joinpath("data", f"{name}.npz").open("rb") as stream, np.load(stream) as arrays:
        weights = arrays["weights"].astype(np.float32) * arrays["scale"]
        return Perceptron(
            tuple(str(label) for label in arrays["labels"]),
            np.cumsum(arrays["steps"], dtype=np.uint32),
            np.concatenate([weights, np.zeros((1, weights.shape[1]), dtype=np.float32)]),
            arrays["transitions"].astype(np.float32),
        )


def forbid(transitions: Floats, labels: Sequence[str]) -> None:
    """Make `I-X` impossible but after `B-X` or `I-X`, in place."""
    for column, label in enumerate(labels):
        if label.startswith("I-"):
            for row in range(len(transitions)):
                if row == len(labels) or labels[row][2:] != label[2:]:
                    transitions[row, column] = _IMPOSSIBLE
