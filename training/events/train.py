"""Learn the weights of `kg/extract/data/trigger_weights.tsv` from annotated articles.

usage: python training/events/train.py GOLD_DIR   (NAME.json beside NAME.txt in the exchange format)

Logistic regression over `kg.extract.judgement.features`, one example for each reading of the trigger lexicon; positive where it
overlaps a gold trigger. Documents whose SHA-256 of the name is 0 modulo 5 are never learned from: they are kept for measuring.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

from kg.extract.events.judgement import conflict_evidence, features
from kg.extract.events.scene import set_scenes
from kg.extract.events.triggers import find_triggers
from kg.extract.language.document import analyse
from kg.extract.names.entities import group_mentions
from kg.extract.names.mentions import find_mentions
from kg.model import Article
from kg.read import read

RATE, EPOCHS, DECAY, RARE = 0.15, 25, 0.003, 3
WEIGHTS = Path(__file__).resolve().parents[2] / "kg" / "extract" / "data" / "trigger_weights.tsv"
Example = tuple[list[str], bool]


def held_out(name: str) -> bool:
    """Tell whether a document is kept for measuring."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


def main(folder: Path) -> None:
    """Train, report on both parts, write the weights."""
    learn: list[Example] = []
    measure: list[Example] = []
    evidence: list[tuple[float, bool, str]] = []
    for path in sorted(folder.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        text = path.with_suffix(".txt")
        for article in read(text.read_bytes(), text.name):
            if not isinstance(article, Article):
                raise SystemExit(str(article))
            examples, score = read_examples(article, gold)
            if not held_out(path.stem):
                evidence.append((score, gold["about_conflict"], path.stem))
            if gold["about_conflict"]:
                (measure if held_out(path.stem) else learn).extend(examples)
    weights = fit(learn)
    for name, part in (("learned", learn), ("held out", measure)):
        print(name, report(weights, part))
    for score, about, stem in sorted(evidence):
        if (score > 0) != about:
            print(f"gate wrong: {stem} about={about} evidence {score:.2f}")
    lines = [f"{name}\t{value:.3f}" for name, value in sorted(weights.items()) if abs(value) >= 0.02]
    WEIGHTS.write_text("# feature\tweight, from training/events/train.py\n" + "\n".join(lines) + "\n", encoding="utf-8")


def read_examples(article: Article, gold: dict) -> tuple[list[Example], float]:
    """Return one example for each trigger reading of the article, and its evidence of conflict."""
    document = analyse(article)
    scenes = set_scenes(document, group_mentions(document, find_mentions(document)))
    triggers = [find_triggers(number, scene.phrases) for number, scene in enumerate(scenes)]
    told = [(t["start"], t["end"]) for e in gold["events"] for t in (e["trigger"], *e["also"])]
    examples = []
    for scene, row in zip(scenes, triggers, strict=True):
        for trigger in row:
            start, end = article.view.source_range(*scene.offsets(trigger.first, trigger.last))
            hit = any(start < last and first < end for first, last in told)
            examples.append((list(features(scene, trigger, row)), hit))
    return examples, conflict_evidence(scenes, triggers)


def fit(examples: list[Example]) -> dict[str, float]:
    """Fit by stochastic gradient with averaged weights; rare features are left out."""
    counts = Counter(feature for names, _ in examples for feature in names)
    rows = [([f for f in names if counts[f] >= RARE], hit) for names, hit in examples]
    weights: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    chance = random.Random(7)  # noqa: S311 - only the order of examples
    for epoch in range(EPOCHS):
        chance.shuffle(rows)
        rate = RATE / (1 + epoch / 4)
        for names, hit in rows:
            logit = sum(weights[name] for name in names)
            error = hit - 1 / (1 + math.exp(-max(-30, min(30, logit))))
            for name in names:
                weights[name] += rate * (error - DECAY * weights[name])
        for name, value in weights.items():
            total[name] += value
    return {name: value / EPOCHS for name, value in total.items()}


def report(weights: dict[str, float], examples: list[Example]) -> str:
    """Return precision and recall of the decision at 0.5."""
    told = [(sum(weights.get(name, 0) for name in names) > 0, hit) for names, hit in examples]
    right = sum(found and hit for found, hit in told)
    found, gold = sum(f for f, _ in told), sum(h for _, h in told)
    return (
        f"{len(told)} readings, {gold} true, {found} found, P {right / max(found, 1):.3f} R {right / max(gold, 1):.3f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
