"""The articles as ninjs, the press's own JSON: one article a line (https://iptc.org/standards/ninjs/, version 3.1)."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg.service.batches import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

_STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
_LISTS = {"Person": "people", "Place": "places", "Country": "places", "Organization": "organisations"}


def ninjs(store: Store, *, without_text: bool = False) -> Iterator[bytes]:
    """Yield the articles with the entities they mention; the words of the article unless `without_text`."""
    mentioned = groupby(rows(store, "mentions"), key=lambda row: row["article"])
    pending = next(mentioned, None)
    for row in rows(store, "articles"):
        # both come in the order of the articles, and an article may mention nobody
        entities: list[dict[str, str]] = []
        if pending is not None and pending[0] == row["article"]:
            entities = list(pending[1])
            pending = next(mentioned, None)
        body = "" if without_text else _text(store, row["article"])
        yield json.dumps(_item(row, entities, body), ensure_ascii=False).encode() + b"\n"


def _item(row: dict[str, str], entities: list[dict[str, str]], body: str) -> dict[str, Any]:
    item: dict[str, Any] = {"standard": _STANDARD, "uri": row["article"], "type": "text", "language": "en"}
    if row["published"]:
        item["contentCreated"] = row["published"] if "T" in row["published"] else f"{row['published']}T00:00:00Z"
    if row["headline"]:
        item["headlines"] = [{"role": "main", "value": row["headline"]}]
    if row["authors"]:
        item["by"] = row["authors"].replace(" | ", ", ")
    if row["dateline"]:
        item["located"] = row["dateline"]
    if row["publisher"]:
        item["infoSources"] = [{"name": row["publisher"], "role": "publisher"}]
    if row["agency"]:
        item.setdefault("infoSources", []).append({"name": row["agency"], "role": "agency"})
    if row["section"]:
        item["subjects"] = [{"name": row["section"], "rel": "section"}]
    if row["url"]:
        item["altIds"] = [{"role": "url", "value": row["url"]}]
    if body:
        item["bodies"] = [{"role": "main", "contentType": "text/plain", "charCount": len(body), "value": body}]
    for entity in entities:
        where = _LISTS.get(entity["type"].rsplit("/", 1)[-1].rsplit("#", 1)[-1], "subjects")
        held = {"name": entity["label"], "uri": entity["wikidata"] or entity["entity"]}
        item.setdefault(where, []).append(held)
    return item


def _text(store: Store, article: str) -> str:
    found = store.select(f"SELECT ?text {{ <{article}> schema:text ?text }}")
    return next((str(row["text"]) for row in found), "")
