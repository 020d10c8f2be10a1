"""Solutions as GeoJSON (RFC 7946): WKT or latitude and longitude columns become geometries; queries nothing."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from rdflib import Literal

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Identifier

    from kg.store.forms.table import Table

MEDIA_TYPE = "application/geo+json"
_WKT_TYPE = "http://www.opengis.net/ont/geosparql#wktLiteral"
_WKT = re.compile(
    r"\s*(?:<([^>]*)>)?\s*(POINT|MULTIPOINT|LINESTRING|MULTILINESTRING|POLYGON|MULTIPOLYGON)\s*Z?\s*(\(.*\))\s*",
    re.IGNORECASE | re.DOTALL,
)
_NAMES = {
    "POINT": "Point",
    "MULTIPOINT": "MultiPoint",
    "LINESTRING": "LineString",
    "MULTILINESTRING": "MultiLineString",
    "POLYGON": "Polygon",
    "MULTIPOLYGON": "MultiPolygon",
}
_NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:\s+[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)+")
_SWAPPED = "/EPSG/0/4326"  # this reference system writes latitude first
_LATITUDES = ("lat", "latitude")
_LONGITUDES = ("lon", "long", "lng", "longitude")


def to_geojson(table: Table) -> Iterator[bytes]:
    """Write a feature for each solution; raises `QueryError` 406 where no column holds a place."""
    column = _wkt_column(table)
    latitude, longitude = _named(table, _LATITUDES), _named(table, _LONGITUDES)
    if column is None and (latitude is None or longitude is None) and len(table):
        raise QueryError("GeoJSON needs a column of WKT literals, or the columns lat and long", status=406)
    yield b'{"type":"FeatureCollection","features":['
    for number, row in enumerate(table):
        if column is not None:
            geometry = _geometry(row.get(column))
        else:
            geometry = _point(row.get(longitude or ""), row.get(latitude or ""))
        used = (column,) if column is not None else (latitude, longitude)
        properties = {name: _value(term) for name, term in row.items() if name not in used}
        feature = {"type": "Feature", "geometry": geometry, "properties": properties}
        yield (b"," if number else b"") + json.dumps(feature, ensure_ascii=False).encode()
    yield b"]}"


def _wkt_column(table: Table) -> str | None:
    for at, name in enumerate(table.variables):
        for row in table.rows:
            term = row[at]
            if term is not None:
                if isinstance(term, Literal) and (str(term.datatype) == _WKT_TYPE or _WKT.fullmatch(str(term))):
                    return name
                break
    return None


def _named(table: Table, names: tuple[str, ...]) -> str | None:
    return next((name for name in table.variables if name.lower() in names), None)


def _geometry(term: Identifier | None) -> dict[str, Any] | None:
    match = _WKT.fullmatch(str(term)) if term is not None else None
    if match is None:
        return None
    swapped = (match[1] or "").endswith(_SWAPPED)
    # WKT's brackets are JSON's: only the positions have to be written as lists, and the outermost pair of a point goes
    text = _NUMBERS.sub(lambda found: json.dumps(_position(found[0], swapped=swapped)), match[3])
    try:
        coordinates = json.loads(text.replace("(", "[").replace(")", "]"))
    except ValueError:
        return None
    kind = _NAMES[match[2].upper()]
    if kind == "Point":
        coordinates = coordinates[0]
    elif kind == "MultiPoint":
        coordinates = [point[0] if isinstance(point[0], list) else point for point in coordinates]
    return {"type": kind, "coordinates": coordinates}


def _position(text: str, *, swapped: bool) -> list[float]:
    numbers = [float(number) for number in text.split()]
    return [numbers[1], numbers[0], *numbers[2:]] if swapped else numbers


def _point(longitude: Identifier | None, latitude: Identifier | None) -> dict[str, Any] | None:
    try:
        position = [float(str(longitude)), float(str(latitude))]
    except ValueError:
        return None
    return {"type": "Point", "coordinates": position} if all(map(math.isfinite, position)) else None


def _value(term: Identifier) -> str | int | float | bool:
    if isinstance(term, Literal):
        value = term.toPython()
        if isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
            return value
    return str(term)
