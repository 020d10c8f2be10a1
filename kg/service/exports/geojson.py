"""The events as points on a map: a GeoJSON feature collection (RFC 7946)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.service.batches import LICENCE, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

_APART = ("latitude", "longitude", "event")


def geojson(store: Store, *, without_text: bool = False) -> Iterator[bytes]:  # noqa: ARG001 - it holds no text
    """Yield the events that have coordinates, one feature a line; the point is the place's, not the event's own."""
    head = json.dumps({"type": "FeatureCollection", "description": LICENCE}, ensure_ascii=False)
    yield f'{head[:-1]}, "features": ['.encode()
    first = True
    for row in rows(store, "events"):
        if row["latitude"] and row["longitude"]:
            feature = json.dumps(_feature(row), ensure_ascii=False)
            yield f"{'' if first else ','}\n{feature}".encode()
            first = False
    yield b"\n]}\n"


def _feature(row: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row["event"],
        "geometry": {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]},
        "properties": {key: value for key, value in row.items() if value and key not in _APART},
    }
