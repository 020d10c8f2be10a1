"""The graph as files for other tools, read back with those tools' own eyes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema.validators import validator_for

from kg.service import batches, exports
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as store:
        yield store


@pytest.fixture(scope="module")
def package(newsroom: Store) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(exports.tables(newsroom))))


def table(package: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(package.read(f"{name}.csv").decode(), newline="")))


def count(store: Store, pattern: str) -> int:
    return int(str(next(iter(store.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")))["n"]))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("articles", "?x a schema:NewsArticle"),
        ("events", "?x a cn:ConflictEvent"),
        ("participations", "?x a cn:Participation"),
        ("casualties", "?x a cn:CasualtyCount"),
        ("claims", "?x a cn:Claim"),
    ],
)
def test_each_table_has_a_row_for_each_thing_in_the_store(
    newsroom: Store, package: zipfile.ZipFile, name: str, pattern: str
) -> None:
    rows = table(package, name)
    assert rows
    assert len(rows) == count(newsroom, pattern)
    key = next(iter(rows[0]))
    assert len({row[key] for row in rows}) == len(rows)


def test_the_package_describes_every_table_and_every_column(package: zipfile.ZipFile) -> None:
    described = json.loads(package.read("datapackage.json"))
    assert {r["path"] for r in described["resources"]} | {"datapackage.json"} == set(package.namelist())
    for resource in described["resources"]:
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert fields == list(table(package, resource["name"])[0])
        assert resource["schema"]["primaryKey"] in fields
    assert "machine" in described["description"]


def test_foreign_keys_lead_to_rows_that_exist(package: zipfile.ZipFile) -> None:
    described = json.loads(package.read("datapackage.json"))
    followed = 0
    for resource in described["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            there = {row[key["reference"]["fields"]] for row in table(package, key["reference"]["resource"])}
            here = {row[key["fields"]] for row in table(package, resource["name"])}
            assert here <= there
            followed += len(here)
    assert followed


def test_a_blamed_party_is_told_apart_from_a_guilty_one(package: zipfile.ZipFile) -> None:
    by_source = [row for row in table(package, "participations") if row["in_own_voice"] == "false"]
    assert by_source
    assert all(row["according_to"] for row in by_source if row["role"] == "perpetrator")


def test_without_text_nothing_said_is_quoted_at_length(newsroom: Store) -> None:
    bare = zipfile.ZipFile(io.BytesIO(b"".join(exports.tables(newsroom, without_text=True))))
    assert "text" not in table(bare, "claims")[0]
    assert "charCount" not in b"".join(exports.ninjs(newsroom, without_text=True)).decode()


def test_the_same_store_gives_the_same_bytes(newsroom: Store) -> None:
    assert b"".join(exports.tables(newsroom)) == b"".join(exports.tables(newsroom))


def test_batches_of_one_article_give_the_same_rows(newsroom: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def sorted_rows(name: str) -> list[tuple[str, ...]]:
        return sorted(tuple(row.values()) for row in batches.rows(newsroom, name))

    whole = {name: sorted_rows(name) for name in ("events", "claims", "entities", "mentions")}
    monkeypatch.setattr(batches, "_BATCH", 1)
    assert {name: sorted_rows(name) for name in whole} == whole


def test_an_empty_store_gives_headers_and_no_rows(empty_store: Store) -> None:
    package = zipfile.ZipFile(io.BytesIO(b"".join(exports.tables(empty_store))))
    assert table(package, "events") == []
    assert package.read("events.csv").startswith(b"event,article,type")
    assert json.loads(b"".join(exports.geojson(empty_store)))["features"] == []
    assert ET.fromstring(b"".join(exports.graphml(empty_store))).tag == f"{GRAPHML}graphml"  # noqa: S314 - our own XML
    assert b"".join(exports.ninjs(empty_store)) == b""


def test_every_event_with_coordinates_is_a_point_at_its_place(newsroom: Store, package: zipfile.ZipFile) -> None:
    features = json.loads(b"".join(exports.geojson(newsroom)))["features"]
    placed = {row["event"]: row for row in table(package, "events") if row["latitude"]}
    assert placed
    assert {feature["id"] for feature in features} == set(placed)
    for feature in features:
        east, north = feature["geometry"]["coordinates"]
        assert (str(north), str(east)) == (
            str(float(placed[feature["id"]]["latitude"])),
            str(float(placed[feature["id"]]["longitude"])),
        )


def test_the_network_joins_named_actors_and_keeps_claims_apart(newsroom: Store) -> None:
    root = ET.fromstring(b"".join(exports.graphml(newsroom)))  # noqa: S314 - our own XML
    nodes = {node.get("id") for node in root.iter(f"{GRAPHML}node")}
    edges = list(root.iter(f"{GRAPHML}edge"))
    assert edges
    assert all({edge.get("source"), edge.get("target")} <= nodes for edge in edges)
    told = Counter(data.text for edge in edges for data in edge if data.get("key") == "asserted")
    assert set(told) <= {"true", "false"}


def test_every_article_is_valid_ninjs(newsroom: Store, shared: Path) -> None:
    schema: dict[str, Any] = json.loads(
        (shared / "reference-ontologies" / "ninjs" / "ninjs-schema_3.1.json").read_text(encoding="utf-8")
    )
    items = [json.loads(line) for line in b"".join(exports.ninjs(newsroom)).splitlines()]
    assert len(items) == count(newsroom, "?x a schema:NewsArticle")
    check = validator_for(schema)(schema)
    assert [error.message for item in items for error in check.iter_errors(item)] == []
