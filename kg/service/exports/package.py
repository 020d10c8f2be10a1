"""The graph as tables: a Frictionless data package, zipped, with a CSV file each for what analysts count.

https://specs.frictionlessdata.io/data-package/
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from kg.service.batches import LICENCE, columns, query_text, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

_TABLES = ("articles", "entities", "events", "participations", "casualties", "claims")
_KEYS = {"articles": "article", "entities": "entity", "events": "event", "participations": "participation",
         "casualties": "count", "claims": "claim"}  # fmt: skip
_TYPES = {
    "latitude": "number", "longitude": "number", "confidence": "number", "minimum": "integer", "maximum": "integer",
    "articles": "integer", "earliest": "date", "latest": "date", "in_own_voice": "boolean", "direct_quotation": "boolean",
}  # fmt: skip
_VERBATIM = frozenset(("text",))  # columns that quote an article at length
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same graph gives the same bytes


def tables(store: Store, *, without_text: bool = False) -> Iterator[bytes]:
    """Yield a zip file: `datapackage.json` and one CSV file a table; `without_text` leaves the quoted words out."""
    sink = _Sink()
    resources = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _TABLES:
            names = [n for n in columns(store, name) if not (without_text and n in _VERBATIM)]
            with archive.open(zipfile.ZipInfo(f"{name}.csv", _STAMP), "w", force_zip64=True) as file:
                text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
                out = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
                out.writeheader()
                for row in rows(store, name):
                    out.writerow(row)
                    yield from sink.taken()
                text.detach()
            resources.append(_resource(name, names))
        described = json.dumps(_package(resources, base=store.base), indent=2)
        archive.writestr(zipfile.ZipInfo("datapackage.json", _STAMP), described)
    yield from sink.taken()


def _package(resources: list[dict[str, Any]], *, base: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": "conflict-news",
        "title": "Conflict news knowledge graph",
        "description": LICENCE,
        "homepage": base,
        "resources": resources,
    }


def _resource(name: str, names: list[str]) -> dict[str, Any]:
    keys = [
        {"fields": column, "reference": {"resource": table, "fields": column}}
        for table, column in (("articles", "article"), ("events", "event"))
        if table != name and column in names
    ]
    schema: dict[str, Any] = {
        "fields": [{"name": column, "type": _TYPES.get(column, "string")} for column in names],
        "primaryKey": _KEYS[name],
        "missingValues": [""],
    }
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "title": query_text(name).splitlines()[0].lstrip("# "),
        "encoding": "utf-8",
        "schema": {**schema, "foreignKeys": keys} if keys else schema,
    }


class _Sink(io.RawIOBase):
    """Where the zip file is written and at once taken away: nothing of it is kept."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        yield from self._held
        self._held.clear()
