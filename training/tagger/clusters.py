"""Write kg/extract/data/names_clusters.npz: words that stand in the same company share a number; holds hashes, no text.

    python training/tagger/clusters.py

Counts the neighbours of each word in the newswire and Groningen corpora (development documents left out), weighs them by positive
pointwise mutual information, reduces them by a seeded randomised SVD and clusters them by k-means.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np  # noqa: E402
from corpora import annotated, groningen, newswire  # noqa: E402
from learn import write_arrays  # noqa: E402

from kg.extract.language.perceptron import attribute  # noqa: E402

TARGET = ROOT / "kg" / "extract" / "data" / "names_clusters.npz"
LEAST, CONTEXTS, DIMENSIONS, CLUSTERS, ROUNDS = 6, 1500, 60, 250, 15
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[^\w\s]")


def main() -> None:
    """Count, weigh, reduce, cluster, write."""
    texts = [text for source in (annotated(development=False), newswire(), groningen()) for _, text, _ in source]
    lines = [
        ["".join("0" if c.isdigit() else c for c in word.lower().replace("’", "'")) for word in _WORD.findall(line)]
        for text in texts
        for line in text.split("\n")
    ]
    counts = Counter(word for line in lines for word in line)
    words = sorted(word for word, count in counts.items() if count >= LEAST)
    index = {word: at for at, word in enumerate(words)}
    contexts = {word: at for at, (word, _) in enumerate(counts.most_common(CONTEXTS))}
    table = np.zeros((len(words), 4 * CONTEXTS), dtype=np.float32)
    for line in lines:
        rows = [index.get(word, -1) for word in line]
        columns = [contexts.get(word, -1) for word in line]
        for slot, distance in enumerate((-2, -1, 1, 2)):
            for at, row in enumerate(rows):
                other = at + distance
                if row >= 0 and 0 <= other < len(line) and columns[other] >= 0:
                    table[row, slot * CONTEXTS + columns[other]] += 1
    total = table.sum()
    expected = table.sum(axis=1, keepdims=True) * (table.sum(axis=0, keepdims=True) + 1) / total
    np.divide(table, np.maximum(expected, 1e-6), out=table)
    np.log(np.maximum(table, 1), out=table)
    rng = np.random.default_rng(13)
    basis = table @ rng.standard_normal((table.shape[1], DIMENSIONS + 10), dtype=np.float32)
    for _ in range(2):
        basis = np.linalg.qr(table @ (table.T @ basis))[0]
    left, values, _ = np.linalg.svd(basis.T @ table, full_matrices=False)
    vectors = (basis @ left * np.sqrt(values))[:, :DIMENSIONS]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    common = np.argsort([-counts[word] for word in words], kind="stable")[:CLUSTERS]
    centres = vectors[common]
    for _ in range(ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    nearest = (vectors @ centres.T).argmax(axis=1)
    hashed = dict(sorted((attribute(word), int(nearest[at])) for at, word in enumerate(words)))
    keys = np.array(list(hashed), dtype=np.uint32)
    steps = np.diff(keys, prepend=np.uint32(0)).astype(np.uint32)
    write_arrays({"steps": steps, "clusters": np.array(list(hashed.values()), dtype=np.uint8)}, TARGET)
    print(f"{TARGET.name}: {len(words)} words, {TARGET.stat().st_size / 1e6:.2f} MB")
    for name in ("ministry", "said", "baghdad", "brigade", "rocket", "mohammed"):
        print(name, [word for at, word in enumerate(words) if nearest[at] == nearest[index[name]]][:14])


if __name__ == "__main__":
    main()
