"""Train and measure the ranker: `python training/index/train.py ../shared`; writes `kg/link/data/ranker.json`.

Weights come from our annotated reports outside the development fifth and from three benchmarks; the threshold from the
development fifth. `--measure` only measures; `--index DIR` uses another index.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import gold
import numpy as np

from kg.link import choose
from kg.link.candidates import Found, candidates
from kg.link.index import PACKAGED, Index
from kg.link.linker import OfflineLinker, find
from kg.model import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.link.choose import Setting
    from kg.model import EntityType

_BENCH_WEIGHT = 0.25
_ASIDE = 0.3
_CONVENTION = 0.1
_OF_NOTE = 50
_RIDGE = 0.3
_WANTED_ACCURACY = 0.9
Example = tuple[dict[str, float], float, float]


def main() -> None:
    """Read the command line, train, choose the threshold, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--index", type=Path, default=PACKAGED)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--errors", action="store_true")
    wanted = parser.parse_args()
    index = Index(wanted.index)
    reports = list(gold.annotated(wanted.shared / "corpora" / "annotated"))
    development = [case for case in reports if gold.is_development(case.name)]
    if not wanted.measure:
        ours = [case for case in reports if not gold.is_development(case.name)]
        benches = [c for name in gold.TRAINING_BENCHES for c in gold.bench(_bench(wanted.shared, name))]
        examples = [*_examples(index, ours, 1.0), *_examples(index, benches, _BENCH_WEIGHT)]
        ranker = _threshold(index, development, _calibrated(index, ours, _fit(examples)))
        text = {"weights": dict(sorted(ranker.weights.items())), "bias": ranker.bias, "threshold": ranker.threshold}
        (wanted.index / "ranker.json").write_text(json.dumps(text, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    ranker = choose.read_ranker(wanted.index / "ranker.json")
    print("threshold", ranker.threshold)
    report(index, ranker, "development fifth", development, errors=wanted.errors)
    report(index, ranker, "training part", [case for case in reports if not gold.is_development(case.name)])
    for name in gold.MEASURING_BENCHES:
        cases = list(gold.bench(_bench(wanted.shared, name)))
        report(index, ranker, name, cases)
        recall(index, ranker, name, cases)


def _bench(shared: Path, name: str) -> Path:
    return shared / "el-bench" / "elevant" / f"{name}.benchmark.jsonl"


def _examples(index: Index, cases: Iterable[gold.Case], weight: float) -> Iterator[Example]:
    """One example for each candidate of each entity; names without their type, short forms and slips teach look-ups."""
    linker = OfflineLinker(index)
    for case in cases:
        setting = linker.setting(case.annotations, case.metadata)
        for entity in case.annotations.entities:
            kind = None if case.weights and entity.type == "Other" else entity.type
            answer = case.answers[entity.id]
            yield from _judged(index, entity.name, find(index, entity), answer, kind, setting, weight)
            if case.weights:
                continue
            for name in sorted({mention.text for mention in entity.mentions} - {entity.name}):
                if entity.type != "Person":
                    mention = Entity(entity.id, name, entity.type, ())
                    yield from _judged(index, name, find(index, mention), answer, kind, setting, _ASIDE * weight)
            yield from _judged(
                index, entity.name, candidates(index, entity.name), answer, None, setting, _ASIDE * weight
            )
            yield from _elsewhere(index, entity.name, find(index, entity), kind, _CONVENTION * weight)
            if answer and (name := _misspelt(entity.name)) and not index.exact(name):
                yield from _judged(index, name, candidates(index, name), answer, None, setting, _ASIDE * weight)


def _judged(
    index: Index,
    name: str,
    found: list[Found],
    answer: str | None,
    kind: EntityType | None,
    setting: Setting,
    weight: float,
) -> Iterator[Example]:
    right = index.number(answer) if answer else None
    made = choose.features(index, name, found, type=kind, setting=setting)
    if answer is None and _may_be_an_omission(index, found, made):
        return
    for one, values in zip(found, made, strict=True):
        yield values, float(one.entity == right), weight


def _elsewhere(
    index: Index, name: str, found: list[Found], kind: EntityType | None, weight: float
) -> Iterator[Example]:
    """Teach the convention that a report about one country alone means that country's town of the name, if it is one of note."""
    places = [one for one in found if index.kind(one.entity) in ("city", "admin") and one.how in ("usual", "label")]
    for one in places:
        country = index.country(one.entity)
        rivals = [other for other in places if index.country(other.entity) == country]
        if country and one is rivals[0] and index.popularity(one.entity) >= _OF_NOTE:
            made = choose.features(index, name, found, type=kind, setting=choose.Setting({country: 1.0}))
            for other, values in zip(found, made, strict=True):
                yield values, float(other is one), weight


def _misspelt(name: str) -> str:
    """Spell a name as another transliteration might: the same change for the same name every time."""
    swapped = name.translate(str.maketrans("aeiou", "eiuoa")) if len(name) % 2 else name.replace("-", "")
    swapped = swapped if swapped != name else name.replace("i", "ee", 1).replace("u", "oo", 1)
    return swapped if len(name) > 6 and swapped != name else ""


def _may_be_an_omission(index: Index, found: list[Found], made: list[dict[str, float]]) -> bool:
    """Tell whether an entity without a gold item may have one all the same: the annotators worked with a smaller list of names.

    A known organisation, group or place with that very label and type is not good evidence that NIL is right.
    """
    return any(
        one.how in ("label", "usual")
        and not values.keys() & {"type=near", "type=far"}
        and index.kind(one.entity) != "person"
        and index.popularity(one.entity) >= 25
        for one, values in zip(found, made, strict=True)
    )


def _fit(examples: list[Example]) -> choose.Ranker:
    """Fit a logistic regression with an L2 penalty by Newton's method."""
    names = sorted({name for values, _, _ in examples for name in values})
    place = {name: at for at, name in enumerate(names)}
    x = np.zeros((len(examples), len(names) + 1))
    x[:, -1] = 1.0
    for row, (values, _, _) in enumerate(examples):
        for name, value in values.items():
            x[row, place[name]] = value
    y = np.array([label for _, label, _ in examples])
    w = np.array([weight for _, _, weight in examples])
    beta = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (w * (p - y)) + ridge * beta
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    print(len(examples), "examples,", int(y.sum()), "right,", len(names), "features")
    return choose.Ranker(
        {name: round(float(beta[at]), 4) for name, at in place.items()}, round(float(beta[-1]), 4), 0.5
    )


def _calibrated(index: Index, cases: list[gold.Case], ranker: choose.Ranker) -> choose.Ranker:
    """Stretch and shift the scores so that the chosen candidates of our own reports are right as often as they say (Platt scaling).

    The weights were fitted to all candidates; what matters to a reader is the best one of each name.
    """
    decided = [(min(max(score, 1e-6), 1 - 1e-6), right) for score, _, right in _decisions(index, ranker, cases)]
    x = np.array([[np.log(score / (1 - score)), 1.0] for score, _ in decided])
    y = np.array([float(right) for _, right in decided])
    beta = np.array([1.0, 0.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2), x.T @ (p - y))
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    stretch, shift = map(float, beta)
    print(f"calibrated on {len(decided)} decisions: stretched by {stretch:.3f}, shifted by {shift:.3f}")
    weights = {name: round(weight * stretch, 4) for name, weight in ranker.weights.items()}
    return choose.Ranker(weights, round(ranker.bias * stretch + shift, 4), ranker.threshold)


def _threshold(index: Index, cases: list[gold.Case], ranker: choose.Ranker) -> choose.Ranker:
    """Choose the lowest threshold, no lower than 0.5 (a wrong link is worse than none), that keeps the wanted accuracy on every entity with or without gold item."""
    decided = sorted(_decisions(index, ranker, cases), key=lambda pair: -pair[0])
    best, right = 0.99, 0
    for at, (score, _, correct) in enumerate(decided, start=1):
        right += correct
        if right / at >= _WANTED_ACCURACY:
            best = score
    return choose.Ranker(ranker.weights, ranker.bias, max(0.5, round(best - 5e-4, 3)))


def _decisions(index: Index, ranker: choose.Ranker, cases: Iterable[gold.Case]) -> Iterator[tuple[float, bool, bool]]:
    """Yield `(score, the answer is an item, the best candidate is right)` for each entity with a candidate."""
    for _, answer, best, score in _ranked(index, ranker, cases):
        if best is not None:
            yield score, answer is not None, best == answer


def _ranked(
    index: Index, ranker: choose.Ranker, cases: Iterable[gold.Case]
) -> Iterator[tuple[str, str | None, str | None, float]]:
    linker = OfflineLinker(index, ranker, unlinked=PACKAGED / "unlinked.tsv")
    for case in cases:
        setting = linker.setting(case.annotations, case.metadata)
        for entity in case.annotations.entities:
            scored = _rank(linker, case, entity, setting, ranker)
            best = index.facts(scored[0][0].entity).qid if scored else None
            for _ in range(case.weights.get(entity.id, 1)):
                yield (
                    f"{entity.name} ({entity.type}, {case.name})",
                    case.answers[entity.id],
                    best,
                    scored[0][1] if scored else 0.0,
                )


def _rank(
    linker: OfflineLinker, case: gold.Case, entity: Entity, setting: Setting, ranker: choose.Ranker
) -> list[tuple[Found, float]]:
    if case.weights and entity.type == "Other":
        found = find(linker.index, entity)
        return choose.score(linker.index, entity.name, found, type=None, setting=setting, ranker=ranker)
    return linker.rank(entity, setting, ranker)


def report(index: Index, ranker: choose.Ranker, title: str, cases: list[gold.Case], *, errors: bool = False) -> None:
    """Print accuracy when linked, recall and calibration."""
    ranked = list(_ranked(index, ranker, cases))
    linked = [(n, a, b, s) for n, a, b, s in ranked if b and s >= ranker.threshold]
    with_gold = [row for row in linked if row[1]]
    right = sum(a == b for _, a, b, _ in linked)
    known = sum(a is not None for _, a, _, _ in ranked)
    precision = right / max(1, len(linked))
    lenient = right / max(1, len(with_gold))
    found = right / max(1, known)
    bins: dict[int, list[tuple[float, bool]]] = {}
    for _, answer, best, score in ranked:
        if best:
            bins.setdefault(min(9, int(score * 10)), []).append((score, best == answer))
    total = sum(len(rows) for rows in bins.values())
    ece = sum(abs(sum(s for s, _ in rows) - sum(r for _, r in rows)) for rows in bins.values()) / max(1, total)
    print(
        f"{title}: entities {len(ranked)}, with gold item {known}, linked {len(linked)}, right {right}; accuracy when linked "
        f"{precision:.3f} (gold NIL counted wrong), {lenient:.3f} (where gold has an item); recall {found:.3f}; "
        f"F1 {2 * precision * found / max(1e-9, precision + found):.3f}; ECE {ece:.3f}"
    )
    if errors:
        for (name, answer, best, score), count in Counter(linked).most_common():
            if answer != best:
                label = index.facts(index.number(best or "") or 0).label
                print(f"  {count} {name}: gold {answer}, linked {best} {label} {score:.2f}")
        for name, answer, best, score in ranked:
            if answer and not (best and score >= ranker.threshold):
                print(
                    f"  NIL {name}: gold {answer} best {best} {score:.2f} in index {index.number(answer) is not None}"
                )


def recall(index: Index, ranker: choose.Ranker, title: str, cases: list[gold.Case]) -> None:
    """Print candidate recall at 1 and 10 over gold mentions with an item."""
    linker = OfflineLinker(index, ranker)
    known = first = tenth = present = 0
    for case in cases:
        setting = linker.setting(case.annotations, case.metadata)
        for entity in case.annotations.entities:
            answer, count = case.answers[entity.id], case.weights.get(entity.id, 1)
            if answer is None:
                continue
            number = index.number(answer)
            ranks = [one.entity for one, _ in _rank(linker, case, entity, setting, ranker)]
            known += count
            present += count * (number is not None)
            first += count * (ranks[:1] == [number])
            tenth += count * (number in ranks[:10])
    print(
        f"{title}: gold mentions {known}, item in index {present / known:.3f}, recall@1 {first / known:.3f}, @10 {tenth / known:.3f}"
    )


if __name__ == "__main__":
    main()
