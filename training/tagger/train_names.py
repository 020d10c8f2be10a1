"""Train the name tagger of `kg.extract.names.tagger`; one command, no options.

    python training/tagger/train_names.py

Reads the corpora of `corpora.py`, writes kg/extract/data/names.npz, prints the mention F1 of the bare labels on the development fifth
after every epoch.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpora import COARSE, annotated, groningen, labelled, newswire, settle  # noqa: E402
from learn import learn, save  # noqa: E402

from kg.extract.language.document import Document, Sentence, Token  # noqa: E402
from kg.extract.language.perceptron import Perceptron  # noqa: E402
from kg.extract.language.tagger import tag  # noqa: E402
from kg.extract.names.tagger import TEMPLATES, describe  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

TARGET = ROOT / "kg" / "extract" / "data" / "names.npz"
GOLD, OTHER_GOLD, SILVER = 2.0, 1.0, 0.3
SILVER_SHARE = 3  # one run of silver sentences in so many is taken


def rows(document: Document, labels: list[list[str]], weight: float) -> Iterator[tuple[np.ndarray, list[str], float]]:
    """Yield what the learner reads, one sentence at a time."""
    for row, names in zip(describe(document), labels, strict=True):
        yield row, names, weight


def rewritten(document: Document, labels: list[list[str]], number: int) -> tuple[Document, list[list[str]]]:
    """Write some sentences in capitals, some as headlines, so that the weights meet both."""
    sentences, kept = [], []
    for sentence, names in zip(document.sentences, labels, strict=True):
        dice = (sentence.start + number) % 10
        if dice > 2 or len(sentence.tokens) < 5:
            continue
        texts = [
            t.text.upper()
            if dice == 0
            else t.text
            if t.tag in ("IN", "DT", "CC", "TO", "POS")
            else t.text[0].upper() + t.text[1:]
            for t in sentence.tokens
        ]
        tags = tag([texts])[0]
        tokens = tuple(
            Token(t.start, t.end, text, name) for t, text, name in zip(sentence.tokens, texts, tags, strict=True)
        )
        sentences.append(Sentence(len(sentences), sentence.start, sentence.end, "headline", tokens))
        kept.append(names)
    return Document(document.text, tuple(sentences), None), kept


def main() -> None:
    """Train, measure, write."""
    learned = []
    for name, text, spans in annotated(development=False):
        document, labels = labelled(name, text, [(start, end, COARSE[kind]) for start, end, kind in spans])
        learned += rows(document, labels, GOLD)
    for number, (name, text, spans) in enumerate(newswire()):
        document, labels = labelled(name, text, settle(text, spans))
        learned += rows(document, labels, OTHER_GOLD)
        learned += rows(*rewritten(document, labels, number), OTHER_GOLD / 2)
    for number, (name, text, spans) in enumerate(groningen()):
        if number % SILVER_SHARE == 0:
            learned += rows(*labelled(name, text, settle(text, spans)), SILVER)
    held = [
        labelled(name, text, [(start, end, COARSE[kind]) for start, end, kind in spans])
        for name, text, spans in annotated(development=True)
    ]
    held_rows = [describe(document) for document, _ in held]

    def score(arrays: dict[str, np.ndarray]) -> str:
        model = Perceptron(tuple(arrays["labels"]), arrays["keys"], arrays["weights"], arrays["transitions"])
        right = typed = found = gold = 0
        for (_, labels), described in zip(held, held_rows, strict=True):
            for truth, guess in zip(labels, model(described, TEMPLATES), strict=True):
                one, other = mentions(truth), mentions(guess)
                right += len({m[:2] for m in one} & {m[:2] for m in other})
                typed += len(one & other)
                found, gold = found + len(other), gold + len(one)
        return f"mention F1 {2 * right / (found + gold):.4f}, typed {2 * typed / (found + gold):.4f} (P {right / found:.3f} R {right / gold:.3f})"

    arrays = learn(learned, TEMPLATES, epochs=6, least=2, check=score)
    save(arrays, TARGET, rows=320_000)


def mentions(labels: list[str]) -> set[tuple[int, int, str]]:
    """Join BIO labels to (first, last, kind)."""
    found, first = set(), None
    for at, label in enumerate([*labels, "O"]):
        if first is not None and not label.startswith("I-"):
            found.add((first, at, labels[first][2:]))
            first = None
        if label.startswith("B-"):
            first = at
    return found


if __name__ == "__main__":
    main()
