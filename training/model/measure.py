"""Score `kg extract` on a public set that is not in our format: `python training/model/measure.py polnear`; trains nothing.

PolNeAR, development part: an attribution is right when the claimants overlap and the contents do by half (intersection over
union of their character ranges), as `kg evaluate` counts claims. Attributions without a source are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "training" / "tagger")]

from corpora import CORPORA, article  # noqa: E402

from kg.extract import extract  # noqa: E402

Range = tuple[int, int]
Attribution = tuple[Range, Range, bool]
_QUOTES = frozenset("\"“'‘")


def polnear() -> str:
    """Return the scores over all documents, for all attributions and for those that quote."""
    right, found, gold = [0, 0], [0, 0], [0, 0]
    folder = CORPORA / "polnear" / "data" / "dev"
    for path in sorted((folder / "text").glob("*.txt")):
        with path.open(encoding="utf-8", newline="") as stream:
            text = stream.read()
        annotation = next(iter(sorted((folder / "attributions").glob(f"{path.stem}*.ann"))), None)
        if annotation is None:
            continue
        wanted = list(_read(annotation.read_text(encoding="utf-8"), text))
        claims = extract(article(path.stem, text)).claims
        held: list[Attribution] = [
            ((c.claimant.span.start, c.claimant.span.end), (c.content.start, c.content.end), c.direct_quote)
            for c in claims
        ]
        for number, quoting in enumerate((False, True)):
            one = [a for a in wanted if a[2] or not quoting]
            other = [a for a in held if a[2] or not quoting]
            gold[number] += len(one)
            found[number] += len(other)
            right[number] += _matches(one, held if quoting else other)
    lines = [
        f"{name}: P {r / max(f, 1):.3f} R {r / max(g, 1):.3f} F1 {2 * r / max(f + g, 1):.3f} ({r} of {f} found, {g} gold)"
        for name, r, f, g in zip(("all", "direct"), right, found, gold, strict=True)
    ]
    if not gold[0]:
        raise SystemExit(f"{folder} holds no attributions: nothing to score against")
    return "\n".join(lines)


def _read(annotation: str, text: str) -> list[Attribution]:
    spans: dict[str, Range] = {}
    for line in annotation.splitlines():
        fields = line.split("\t")
        if line.startswith("T") and len(fields) > 1 and " " in fields[1]:
            ends = [int(number) for piece in fields[1].split(" ", 1)[1].split(";") for number in piece.split()]
            spans[fields[0]] = (min(ends), max(ends))
    found = []
    for line in annotation.splitlines():
        fields = line.split("\t")
        if line.startswith("E") and len(fields) > 1:
            roles = dict(pair.split(":") for pair in fields[1].split() if ":" in pair)
            source, content = spans.get(roles.get("Source", "")), spans.get(roles.get("Content", ""))
            if source and content:
                found.append((source, content, text[content[0]] in _QUOTES))
    return found


def _matches(gold: list[Attribution], found: list[Attribution]) -> int:
    used: set[int] = set()
    for source, content, _ in gold:
        best = max(
            (
                (_overlap(content, c), n)
                for n, (s, c, _) in enumerate(found)
                if n not in used and _overlap(source, s) > 0
            ),
            default=(0.0, -1),
        )
        if best[0] >= 0.5:
            used.add(best[1])
    return len(used)


def _overlap(one: Range, two: Range) -> float:
    shared = min(one[1], two[1]) - max(one[0], two[0])
    return max(shared, 0) / max(max(one[1], two[1]) - min(one[0], two[0]), 1)


if __name__ == "__main__":
    if sys.argv[1:] != ["polnear"]:
        raise SystemExit("usage: python training/model/measure.py polnear")
    print(polnear())
