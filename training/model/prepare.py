"""Make the training windows of all corpora: `python training/model/prepare.py FOLDER CORPUS`; learns nothing.

FOLDER receives `own.pkl` (several cuts of our gold), `aux.pkl` and `corpora.json` (what went in, with hashes); CORPUS is the
written corpus, compiled.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from pathlib import Path

from examples import CORPORA, MUC_LABELS, WIKI_TYPES, muc, names, own, polnear, rams, wikievents, windows

CUTS = (256, 96, 176)  # pieces of the first window, so that epochs meet sentences in different company


def main(folder: Path, corpus: Path, which: str) -> None:
    """Write the windows and say how many pieces there are."""
    folder.mkdir(parents=True, exist_ok=True)
    sets: dict[str, list] = {}
    said, cues = polnear(420)
    gold = [*own(CORPORA / "annotated", cues, development=False), *own(corpus, cues)]
    held = list(own(CORPORA / "annotated", cues, development=True))
    cuts = [[w for doc in gold for w in windows(doc, first_pieces=size)] for size in CUTS]
    with (folder / "own.pkl").open("wb") as stream:
        pickle.dump({"cuts": cuts, "development": [w for doc in held for w in windows(doc)]}, stream)
    report = {"own": _facts(gold, cuts[0]), "development": _facts(held, [w for doc in held for w in windows(doc)])}
    if which == "all":
        sets = {
            "wikievents": list(wikievents()),
            "rams": list(rams()),
            "polnear": said,
            "newswire": list(names(320)),
            "muc": list(muc(300)),
        }
        aux = {name: [w for doc in docs for w in windows(doc)] for name, docs in sets.items()}
        with (folder / "aux.pkl").open("wb") as stream:
            pickle.dump({"sets": aux, "wiki_types": list(WIKI_TYPES), "muc_labels": MUC_LABELS}, stream)
        report |= {name: _facts(docs, aux[name]) for name, docs in sets.items()}
    (folder / f"corpora-{which}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(json.dumps(report, indent=1))


def _facts(docs: list, cut: list) -> dict:
    texts = "\x00".join(sorted(doc.name + doc.document.text for doc in docs))
    return {
        "documents": len(docs),
        "windows": len(cut),
        "pieces": int(sum(len(w["pieces"]) for w in cut)),
        "deeds": sum(len(w["deeds"]) for w in cut),
        "parts": int(sum((t > 0).sum() > 0 for w in cut for _, _, t, _ in w["deeds"])),
        "sayings": sum(len(w["sayings"]) for w in cut),
        "sha256": hashlib.sha256(texts.encode()).hexdigest(),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "all")
