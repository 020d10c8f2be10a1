"""Train the tagger of `kg.extract.language.tagger` on the Groningen Meaning Bank extract; one command, no options.

    python training/tagger/train.py

Reads ../shared/corpora/gmb_kaggle, writes kg/extract/data/tagger.npz, prints the accuracy on every twentieth sentence, which it
never learns from. The corpus is retokenised by our own splitter, and some sentences come again as headlines.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from learn import learn, save  # noqa: E402

from kg.extract.language.perceptron import Perceptron  # noqa: E402
from kg.extract.language.sentences import split  # noqa: E402
from kg.extract.language.tagger import TEMPLATES, describe  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

CORPUS = ROOT.parent / "shared" / "corpora" / "gmb_kaggle" / "ner_dataset.csv.zip"
TARGET = ROOT / "kg" / "extract" / "data" / "tagger.npz"
_NO_SPACE_BEFORE = frozenset(
    {".", ",", ";", ":", "?", "!", "%", ")", "'s", "'", "n't", "'re", "'ve", "'ll", "'m", "'d", "''"}
)
_TAGS = {"LRB": "-LRB-", "RRB": "-RRB-", ";": ":"}
_TAILS = frozenset(
    {"led", "backed", "linked", "held", "controlled", "sponsored", "run", "born", "made", "owned", "ruled"}
)


def sentences() -> Iterator[list[tuple[str, str, str]]]:
    """Yield the corpus' sentences as (word, tag, name label)."""
    with zipfile.ZipFile(CORPUS) as archive, archive.open("ner_dataset.csv") as raw:
        rows: list[tuple[str, str, str]] = []
        for number, word, tag, label in csv.reader(
            io.TextIOWrapper(raw, encoding="cp1252", errors="replace", newline="")
        ):
            if number.startswith("Sentence:"):
                if rows:
                    yield rows
                rows = []
            if number != "Sentence #" and word.strip():
                rows.append((word, _TAGS.get(tag, tag), label))
        yield rows


def retokenise(rows: list[tuple[str, str, str]], *, curly: bool) -> tuple[list[str], list[str], list[str]]:
    """Write the words as running text and cut it with our own splitter; return (words, tags, name labels)."""
    text, spans, opened = "", [], False
    for word, tag, label in rows:
        glue = (
            word in _NO_SPACE_BEFORE
            or (word == '"' and opened)
            or text.endswith(("(", "$", "“"))
            or (text.endswith('"') and opened and spans and spans[-1][2] == "``!")
        )
        shown, mark = word, tag
        if word == '"':
            opened = not opened
            mark = "``!" if opened else "''"
            shown = ("“" if opened else "”") if curly else word
        elif curly:
            shown = word.replace("'", "’")
        text += "" if glue or not text else " "
        spans.append((len(text), len(text) + len(shown), mark, label))
        text += shown
    words, tags, labels = [], [], []
    ranges = [token for _, tokens in split(text, [(0, len(text))]) for token in tokens]
    for start, end in ranges:
        covering = next(span for span in spans if span[0] <= start < span[1])
        word, tag, label = text[start:end], covering[2].rstrip("!"), covering[3]
        if (start, end) != covering[:2]:
            tag = _part(word, tag)
            label = f"I-{label[2:]}" if label.startswith("B-") and start > covering[0] else label
        words.append(word)
        tags.append(tag)
        labels.append(label)
    return words, tags, labels


def _part(word: str, tag: str) -> str:
    """Tag a part of a token that our splitter cuts in two."""
    if word in ("-", "‑"):
        return "HYPH"
    if word in ("'s", "’s"):
        return "POS"
    if word in _TAILS:
        return "VBN"
    if word == "based":
        return "VBN"
    if word[0].isupper():
        return "JJ" if word.endswith(("an", "ese", "ish", "i")) and tag == "JJ" else "NNP"
    return tag


def titled(words: list[str], tags: list[str]) -> tuple[list[str], list[str]]:
    """Write a sentence as a headline would: content words with a capital, no full stop."""
    kept = len(words) - (words[-1] == ".")
    small = {"IN", "DT", "CC", "TO", "POS"}
    return [
        w[:1].upper() + w[1:] if t not in small else w for w, t in zip(words[:kept], tags[:kept], strict=True)
    ], tags[:kept]


def main() -> None:
    """Train, measure, write."""
    rng = random.Random(13)  # noqa: S311 - seeded, so that the weights are the same again
    learned, held = [], []
    for number, rows in enumerate(sentences()):
        words, tags, _ = retokenise(rows, curly=rng.random() < 0.4)
        if number % 20 == 7:
            held.append((words, tags))
            continue
        dice = rng.random()
        learned.append((describe(words), tags, 1.0))
        if dice < 0.12:
            again, names = titled(words, tags)
            learned.append((describe(again), names, 1.0))
        elif dice < 0.18:
            learned.append((describe([word.upper() for word in words]), tags, 1.0))
    rows = [describe(words) for words, _ in held]
    heads = [titled(words, tags) for words, tags in held]
    head_rows = [describe(words) for words, _ in heads]

    def accuracy(arrays: dict[str, np.ndarray]) -> str:
        model = Perceptron(tuple(arrays["labels"]), arrays["keys"], arrays["weights"], arrays["transitions"])
        notes = []
        for name, found, gold in (
            ("held out", rows, [t for _, t in held]),
            ("as headlines", head_rows, [t for _, t in heads]),
        ):
            guess = model(found, TEMPLATES)
            pairs = [(a, b) for one, other in zip(guess, gold, strict=True) for a, b in zip(one, other, strict=True)]
            notes.append(f"{name} {sum(a == b for a, b in pairs) / len(pairs):.4f}")
        return ", ".join(notes)

    arrays = learn(learned, TEMPLATES, epochs=5, least=3, check=accuracy)
    save(arrays, TARGET, rows=70_000)


if __name__ == "__main__":
    main()
