"""The whole recipe in one command: `python training/model/make.py --weights model.safetensors`; does nothing itself.

Compiles the written corpus, prepares the windows, trains (going on from the last checkpoint) and exports into `kg/extract/data`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def main() -> None:
    """Run the steps one after the other; stop at the first that fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True, help="model.safetensors of MiniLM")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "model", help="for windows and checkpoints")
    parser.add_argument("--pieces", default="4.6", help="millions of word pieces to train on")
    parser.add_argument("--layers", default="4")
    chosen = parser.parse_args()
    corpus = chosen.work / "corpus"
    chosen.work.mkdir(parents=True, exist_ok=True)
    run(ROOT / "training" / "corpus" / "compile.py", ROOT / "training" / "corpus" / "train", "-o", corpus)
    run(HERE / "prepare.py", chosen.work, corpus)
    run(
        HERE / "train.py",
        chosen.work,
        "--weights",
        chosen.weights,
        "--pieces",
        chosen.pieces,
        "--layers",
        chosen.layers,
    )
    run(HERE / "export.py", chosen.work / "last.pt", ROOT / "kg" / "extract" / "data")


def run(script: Path, *arguments: Path | str) -> None:
    """Run one step with the interpreter of this one; raise `SystemExit` naming the step when it fails."""
    print(script.name, *arguments)
    done = subprocess.run([sys.executable, str(script), *map(str, arguments)], check=False)
    if done.returncode:
        raise SystemExit(
            f"{script.name} failed with {done.returncode}: mend the cause and run this again, it goes on from here"
        )


if __name__ == "__main__":
    main()
