"""End-to-end linking on public benchmarks: `python training/index/endtoend.py ../shared`; trains nothing.

Our own reader, extractor and linker take the texts; `kg evaluate` scores names with their items inside the annotated part of each
text (InKB: a gold name without item is neither wanted nor wrong). Scored are all gold names with an item, and those that begin with
a capital letter (the benchmarks also link "oncology" and "lawmakers", which no reader of names looks for). Where the gold has a
name and its parts ("Denver, Colorado"), the parts count if one of them was found, else the whole. Texts stay in a temporary folder.
`--index DIR` asks another index.
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
    from collections.abc import Iterable, Iterator

    from kg.evaluate import Evaluation, Score
    from kg.model import Annotations, Article

_UNTYPED = ("QUANTITY", "DATETIME")  # ELEVANT leaves values out of its scores


KINDS = ("all", "capital")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The scores by kind of gold name, and how often what went wrong."""

    scores: dict[str, Score]
    wrong: Counter[str]


@dataclass(frozen=True, slots=True)
class GoldName:
    """One gold name; `parent` is the id of the name that it is a part of."""

    id: int
    start: int
    end: int
    qid: str | None
    parent: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """One benchmark text with its gold names and the part of it that was annotated."""

    name: str
    text: str
    names: tuple[GoldName, ...]
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
        outcome = score(documents(wanted.shared, name), linker)
        for kind, found in outcome.scores.items():
            print(
                f"{name}, {kind}: precision {found.precision:.3f}, recall {found.recall:.3f}, F1 {found.f1:.3f} "
                f"({found.right} of {found.found}, {found.gold})"
            )
        for line, count in outcome.wrong.most_common() if wanted.errors else ():
            print(f"  {count} {line}")


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
            known = qid if qid[:1] == "Q" and qid[1:].isdigit() else None
            names.append(GoldName(label["id"], *label["span"], known, label.get("parent")))
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


def score(wanted: Iterable[Document], linker: OfflineLinker) -> Outcome:
    """Take the texts through reader, extractor and linker, and let `kg evaluate` score what comes out."""
    with tempfile.TemporaryDirectory() as place:
        root, found, wrong = Path(place), Path(place) / "found.jsonl", Counter[str]()
        for kind in KINDS:
            (root / kind).mkdir()
        with found.open("w", encoding="utf-8") as stream:
            for document in wanted:
                article, annotations = read_through(document)
                record = to_json(article, annotations, linker(article, annotations))
                _keep_inside(record, document)
                names = _fitting(document, record)
                stream.write(dumps(record) + "\n")
                for kind in KINDS:
                    gold_record = _gold(document, names, capital=kind == "capital")
                    (root / kind / f"{document.name}.txt").write_text(document.text, encoding="utf-8", newline="")
                    (root / kind / f"{document.name}.json").write_text(json.dumps(gold_record), encoding="utf-8")
                _count(wrong, document, names, record, linker.index)
        return Outcome({kind: _linked(evaluate(root / kind, found)) for kind in KINDS}, wrong)


def _linked(result: Evaluation) -> Score:
    return next(one for one in result.scores if one.layer == "mention and QID")


def _fitting(document: Document, record: dict[str, Any]) -> list[GoldName]:
    """Choose between a gold name and its parts, whichever was found."""
    spans = {(m["start"], m["end"]) for entity in record["entities"] for m in entity["mentions"]}
    parts: dict[int, list[GoldName]] = {}
    for one in document.names:
        if one.parent is not None:
            parts.setdefault(one.parent, []).append(one)

    def chosen(one: GoldName) -> list[GoldName]:
        below = parts.get(one.id, [])
        if (one.start, one.end) in spans or not any((part.start, part.end) in spans for part in below):
            return [one]
        return [each for part in below for each in chosen(part)]

    return [each for one in document.names if one.parent is None for each in chosen(one)]


def _keep_inside(record: dict[str, Any], document: Document) -> None:
    record["doc"], record["events"], record["claims"] = document.name, [], []
    for entity in record["entities"]:
        entity["mentions"] = [m for m in entity["mentions"] if document.start <= m["start"] < document.end]
    record["entities"] = [entity for entity in record["entities"] if entity["mentions"]]


def _gold(document: Document, names: list[GoldName], *, capital: bool) -> dict[str, Any]:
    """Write the gold as annotations; each name is an entity of its own. `capital`: other names have no item that is wanted."""
    entities = []
    for one in names:
        words = document.text[one.start : one.end]
        qid = one.qid if words[0].isupper() or not capital else None
        mention = {"start": one.start, "end": one.end, "text": words}
        entities.append({"id": f"e{one.id}", "name": words, "type": "Other", "qid": qid, "mentions": [mention]})
    head = {"doc": document.name, "about_conflict": True, "metadata": {}}
    return {**head, "entities": entities, "events": [], "claims": []}


def _count(
    wrong: Counter[str], document: Document, names: list[GoldName], record: dict[str, Any], index: Index
) -> None:
    """Count what went wrong: missed or wrongly linked gold names, and links where the gold has no name."""
    linked = {(m["start"], m["end"]): entity for entity in record["entities"] for m in entity["mentions"]}
    wanted = {(one.start, one.end) for one in names}
    for one in names:
        entity, words = linked.get((one.start, one.end)), document.text[one.start : one.end]
        if one.qid is None or not words[0].isupper() or (entity and entity.get("qid") == one.qid):
            continue
        known = "known" if index.number(one.qid) is not None else "unknown"
        touched = any(one.start < end and start < one.end for start, end in linked)
        span = "other span" if touched else "no span"
        state = f"linked {entity.get('qid')} as {entity['type']} “{entity['name']}”" if entity else span
        wrong[f"{words}: gold {one.qid} ({known}), {state}"] += 1
    for (start, end), entity in linked.items():
        if entity.get("qid") and (start, end) not in wanted:
            where = "gold has another span" if any(start < o[1] and o[0] < end for o in wanted) else "no gold"
            wrong[f"{document.text[start:end]}: {where}, linked {entity['qid']}"] += 1


if __name__ == "__main__":
    main()
