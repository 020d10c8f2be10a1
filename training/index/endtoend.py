"""End-to-end linking on public benchmarks: `python training/index/endtoend.py ../shared`; trains nothing.

Our own reader, extractor and linker take the texts; `kg evaluate` scores names with their items inside the annotated part of each
text (InKB: a gold name without item is neither wanted nor wrong). Texts stay in a temporary folder. `--index DIR` asks another index,
`--dump FILE` keeps the annotations of a run so that `--errors` and other indexes can use them without reading again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gold

from kg.evaluate import evaluate
from kg.extract import RuleExtractor
from kg.jsonl import dumps, to_json
from kg.link import OfflineLinker
from kg.link.choose import read_ranker
from kg.link.index import PACKAGED, Index
from kg.read.reader import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Annotations, Article

_UNTYPED = ("QUANTITY", "DATETIME")  # ELEVANT leaves values out of its scores


@dataclass(frozen=True, slots=True)
class Document:
    """One benchmark text with its gold names (`start, end, QID or None`) and the part of it that was annotated."""

    name: str
    text: str
    names: tuple[tuple[int, int, str | None], ...]
    start: int
    end: int


def main() -> None:
    """Read the command line and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--index", type=Path, default=PACKAGED)
    parser.add_argument("--bench", action="append", help="a benchmark of el-bench/elevant")
    parser.add_argument("--errors", action="store_true")
    wanted = parser.parse_args()
    linker = OfflineLinker(
        Index(wanted.index), read_ranker(wanted.index / "ranker.json"), unlinked=PACKAGED / "unlinked.tsv"
    )
    for name in wanted.bench or gold.MEASURING_BENCHES:
        _score(name, documents(wanted.shared, name), linker, errors=wanted.errors)


def documents(shared: Path, name: str) -> Iterator[Document]:
    """Read one benchmark."""
    path = shared / "el-bench" / "elevant" / f"{name}.benchmark.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        names = []
        for label in found["labels"]:
            if label["type"] in _UNTYPED or label.get("optional"):
                continue
            qid = str(label["entity_id"])
            names.append((*label["span"], qid if qid[:1] == "Q" and qid[1:].isdigit() else None))
        start, end = found.get("evaluation_span") or (0, len(found["text"]))
        yield Document(f"{name}-{found['id']}", found["text"], tuple(names), start, end)


def read_through(document: Document) -> tuple[Article, Annotations]:
    """Read and extract one text as a user's file would be."""
    article = next(found for found in read(document.text.encode(), f"{document.name}.txt"))
    if isinstance(article, Exception):
        raise article
    if article.text != document.text:
        raise ValueError(f"{document.name}: the reader changed the text")
    return article, RuleExtractor()(article)


def _score(name: str, wanted: Iterator[Document], linker: OfflineLinker, *, errors: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, found, wrong = Path(place) / "gold", Path(place) / "found.jsonl", Counter[str]()
        folder.mkdir()
        with found.open("w", encoding="utf-8") as stream:
            for document in wanted:
                article, annotations = read_through(document)
                record = to_json(article, annotations, linker(article, annotations))
                _keep_inside(record, document)
                stream.write(dumps(record) + "\n")
                (folder / f"{document.name}.txt").write_text(document.text, encoding="utf-8", newline="")
                (folder / f"{document.name}.json").write_text(json.dumps(_gold(document)), encoding="utf-8")
                _count(wrong, document, record, linker.index)
        result = evaluate(folder, found)
    for score in result.scores:
        if score.layer in ("mention", "mention and QID"):
            print(
                f"{name}: {result.documents} texts, {score.layer}: precision {score.precision:.3f}, recall {score.recall:.3f}, "
                f"F1 {score.f1:.3f} ({score.right} of {score.found}, {score.gold})"
            )
    if errors:
        for line, count in wrong.most_common():
            print(f"  {count} {line}")


def _keep_inside(record: dict[str, Any], document: Document) -> None:
    record["doc"], record["events"], record["claims"] = document.name, [], []
    for entity in record["entities"]:
        entity["mentions"] = [m for m in entity["mentions"] if document.start <= m["start"] < document.end]
    record["entities"] = [entity for entity in record["entities"] if entity["mentions"]]


def _gold(document: Document) -> dict[str, Any]:
    """Write the gold as annotations; each name is an entity of its own."""
    entities = [
        {
            "id": f"e{at}",
            "name": document.text[start:end],
            "type": "Other",
            "qid": qid,
            "mentions": [{"start": start, "end": end, "text": document.text[start:end]}],
        }
        for at, (start, end, qid) in enumerate(document.names)
    ]
    return {
        "doc": document.name,
        "about_conflict": True,
        "metadata": {},
        "entities": entities,
        "events": [],
        "claims": [],
    }


def _count(wrong: Counter[str], document: Document, record: dict[str, Any], index: Index) -> None:
    """Count what went wrong: missed or wrongly linked gold names, and links where the gold has no name."""
    linked = {(m["start"], m["end"]): entity for entity in record["entities"] for m in entity["mentions"]}
    names = {(start, end): qid for start, end, qid in document.names}
    for (start, end), qid in names.items():
        entity, words = linked.get((start, end)), document.text[start:end]
        if qid is None or (entity and entity.get("qid") == qid):
            continue
        known = "known" if index.number(qid) is not None else "unknown"
        touched = any(start < other_end and other < end for other, other_end in linked)
        state = (
            f"linked {entity.get('qid')} as {entity['type']}" if entity else ("other span" if touched else "no span")
        )
        wrong[f"{words}: gold {qid} ({known}), {state}"] += 1
    for (start, end), entity in linked.items():
        if entity.get("qid") and (start, end) not in names:
            touched = any(start < other_end and other < end for other, other_end in names)
            wrong[
                f"{document.text[start:end]}: {'gold has another span' if touched else 'no gold'}, linked {entity['qid']}"
            ] += 1


if __name__ == "__main__":
    main()
