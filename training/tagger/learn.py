"""The structured averaged perceptron of Collins (2002), in small batches; reads no corpus."""

from __future__ import annotations

import random
import time
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from kg.extract.language.perceptron import decode, features, forbid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kg.extract.language.perceptron import Template

BATCH = 12


def learn(
    sentences: Sequence[tuple[np.ndarray, list[str], float]],
    templates: Sequence[Template],
    *,
    epochs: int,
    least: int = 2,
    seed: int = 13,
    check: Callable[[dict[str, np.ndarray]], str] | None = None,
) -> dict[str, np.ndarray]:
    """Learn from `(attribute rows, labels, weight)`; return the arrays that `kg.extract.perceptron.load` reads.

    A feature counts when it stands at least `least` times in the corpus.
    """
    labels = sorted({label for _, names, _ in sentences for label in names})
    index = {label: number for number, label in enumerate(labels)}
    found = np.concatenate(
        [features([row for row, _, _ in sentences[at : at + 500]], templates) for at in range(0, len(sentences), 500)]
    )
    keys, counts = np.unique(found, return_counts=True)
    keys = keys[counts >= least]
    at = np.searchsorted(keys, found)
    at[at == len(keys)] = 0
    rows = np.where(keys[at] == found, at, len(keys)).astype(np.int32)
    del found, at
    gold = np.fromiter((index[name] for _, names, _ in sentences for name in names), dtype=np.int64)
    sizes = np.array([len(names) for _, names, _ in sentences])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    weight = np.repeat([value for _, _, value in sentences], sizes).astype(np.float32)
    size, count = len(keys), len(labels)
    print(f"{len(sentences)} sentences, {len(gold)} tokens, {size} features, {count} labels", flush=True)

    weights = np.zeros((size + 1, count), dtype=np.float32)
    summed = np.zeros_like(weights)
    moves = np.zeros((count + 1, count), dtype=np.float32)
    forbid(moves, labels)
    moves_summed = np.zeros_like(moves)
    order, clock, rng = list(range(len(sentences))), 1, random.Random(seed)  # noqa: S311 - a seeded shuffle
    for epoch in range(epochs):
        rng.shuffle(order)
        began, wrong = time.monotonic(), 0
        for first in range(0, len(order), BATCH):
            chosen = order[first : first + BATCH]
            tokens = np.concatenate([np.arange(starts[n], starts[n + 1]) for n in chosen])
            lengths = sizes[chosen]
            guess = decode(weights[rows[tokens]].sum(axis=1), lengths, moves)
            truth = gold[tokens]
            bad = guess != truth
            if bad.any():
                wrong += int(bad.sum())
                step = weight[tokens]
                where = rows[tokens[bad]]
                for target, scale in ((weights, step[bad]), (summed, step[bad] * clock)):
                    np.add.at(target, (where, truth[bad][:, None]), scale[:, None])
                    np.add.at(target, (where, guess[bad][:, None]), -scale[:, None])
                begins = np.zeros(len(tokens), dtype=bool)
                begins[np.concatenate([[0], np.cumsum(lengths)[:-1]])] = True
                for names, sign in ((truth, 1.0), (guess, -1.0)):
                    before = np.where(begins, count, np.roll(names, 1))
                    np.add.at(moves, (before, names), sign * step)
                    np.add.at(moves_summed, (before, names), sign * step * clock)
            clock += 1
        arrays = _arrays(labels, keys, weights - summed / clock, moves - moves_summed / clock)
        note = check(arrays) if check else ""
        print(
            f"epoch {epoch + 1}: {wrong / len(gold):.4f} wrong in training, {time.monotonic() - began:.0f} s {note}",
            flush=True,
        )
    return arrays


def _arrays(labels: list[str], keys: np.ndarray, weights: np.ndarray, moves: np.ndarray) -> dict[str, np.ndarray]:
    return {"labels": np.array(labels), "keys": keys, "weights": weights, "transitions": moves}


def save(arrays: dict[str, np.ndarray], path: Path, *, rows: int) -> None:
    """Write the strongest `rows` features as int16 with one scale; the same arrays give the same bytes."""
    weights = arrays["weights"][:-1]
    strength = np.abs(weights).max(axis=1)
    kept = np.sort(np.argsort(-strength, kind="stable")[:rows])
    kept = kept[strength[kept] > 0]
    # one scale for all: the largest weight takes 2000 steps, so that small ones keep two digits and zeros compress
    scale = np.float32(strength.max() / 2000)
    small = np.rint(weights[kept] / scale).astype(np.int16)
    alive = np.abs(small).max(axis=1) > 0
    keys = arrays["keys"][kept[alive]]
    packed = {
        "labels": arrays["labels"],
        "steps": np.diff(keys, prepend=np.uint32(0)).astype(np.uint32),
        "weights": small[alive],
        "scale": scale,
        "transitions": arrays["transitions"].astype(np.float32),
    }
    write_arrays(packed, path)
    print(f"{path.name}: {alive.sum()} features, {path.stat().st_size / 1e6:.2f} MB")


def write_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Write an npz without the time of day in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                np.lib.format.write_array(stream, np.asanyarray(array), allow_pickle=False)
