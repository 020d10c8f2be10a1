"""Gold links for training and measuring: our annotated reports and the EL benchmarks, as annotations with their answers.

Texts stay outside the repository; nothing here copies them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from kg.jsonl import from_json
from kg.model import Annotations, Entity, Metadata, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model import EntityType

TRAINING_BENCHES = ("oke-2015-train", "oke-2016-train", "wiki-fair-no-coref", "derczynski", "spotlight")
MEASURING_BENCHES = ("news-fair-no-coref", "reuters-128")
_TYPES: dict[str, EntityType] = {
    "Q215627": "Person",
    "Q27096213": "Place",
    "Q43229": "Organization",
    "Q33829": "Nationality",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One document with its answers: entity id → QID or `None`; `weights` count an entity's mentions where that matters."""

    name: str
    annotations: Annotations
    answers: dict[str, str | None]
    metadata: Metadata = field(default_factory=Metadata)
    weights: dict[str, int] = field(default_factory=dict)


def is_development(name: str) -> bool:
    """Tell whether a report belongs to the development fifth."""
    return int(sha256(name.encode()).hexdigest(), 16) % 5 == 0


def annotated(folder: Path) -> Iterator[Case]:
    """Read our own annotated reports."""
    for path in sorted(folder.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        meta = found["metadata"]
        metadata = Metadata(publisher=meta.get("publisher"), agency=meta.get("agency"), dateline=meta.get("dateline"))
        answers = {entity["id"]: entity.get("qid") for entity in found["entities"]}
        yield Case(path.stem, from_json(found), answers, metadata)


def bench(path: Path) -> Iterator[Case]:
    """Read one benchmark with its gold spans; a lone last name joins the full name before it, as an extractor would do."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        groups: dict[str, list[dict[str, object]]] = defaultdict(list)
        types: dict[str, EntityType | None] = {}
        for label in found["labels"]:
            start, end = label["span"]
            words = found["text"][start:end]
            if label["type"] in ("QUANTITY", "DATETIME") or not words[:1].isupper():
                continue
            kind = next((_TYPES[part] for part in label["type"].split("|") if part in _TYPES), None)
            full = next((n for n in groups if kind == "Person" and n.split()[-1] == words and " " in n), words)
            groups[full].append({**label, "text": words})
            types.setdefault(full, kind)
        yield _case(found, groups, types, path.stem)


def _case(
    found: dict[str, object],
    groups: dict[str, list[dict[str, object]]],
    types: dict[str, EntityType | None],
    source: str,
) -> Case:
    entities, answers, weights = [], {}, {}
    for at, (name, labels) in enumerate(groups.items(), start=1):
        spans = tuple(Span(label["span"][0], label["span"][1], str(label["text"])) for label in labels)  # type: ignore[index]
        # the benchmarks do not type everything; "Other" stands for that here and is read as "not said"
        entities.append(Entity(f"e{at}", name, types[name] or "Other", spans))
        qid = str(labels[0]["entity_id"])
        answers[f"e{at}"] = qid if qid.startswith("Q") and qid[1:].isdigit() else None
        weights[f"e{at}"] = len(labels)
    doc = Annotations(f"{source}-{found['id']}", True, (), tuple(entities))
    return Case(doc.article, doc, answers, Metadata(), weights)
