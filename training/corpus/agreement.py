"""Prints how far two annotators of the same reports agree, per layer, by kg's own measure with the first as gold.

Compiles both annotations anew; mends neither. Run: `python training/corpus/agreement.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from kg.evaluate import Evaluation, evaluate

CORPUS = Path(__file__).resolve().parent


def agreement(second: Path = CORPUS / "second") -> Evaluation:
    """Score the annotations of the folder `second` against those of the same names in train/ beside it."""
    names = sorted(path.name for path in second.glob("*.report"))
    if not names:
        raise SystemExit(f"{second}: no second annotations to compare")
    with tempfile.TemporaryDirectory() as folder:
        one, two, found = (Path(folder) / name for name in ("first", "second", "found.jsonl"))
        _compile([second.parent / "train" / name for name in names], one)
        _compile([second / name for name in names], two)
        records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(two.glob("*.json"))]
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
        found.write_text("".join(lines), encoding="utf-8")
        return evaluate(one, found)


def _compile(sources: list[Path], out: Path) -> None:
    subprocess.run([sys.executable, str(CORPUS / "compile.py"), *map(str, sources), "-o", str(out)], check=True)


def main() -> None:
    """Print the table in Markdown."""
    result = agreement()
    print(f"{result.documents} reports\n\n| layer | first | second | same | F1 |\n|---|---|---|---|---|")
    for score in result.scores:
        print(f"| {score.layer} | {score.gold} | {score.found} | {score.right} | {score.f1:.2f} |")


if __name__ == "__main__":
    main()
