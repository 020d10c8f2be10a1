"""A backup is a store of its own, taken while others write; it holds one state, whole, or it is not there."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import StoreError
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.model import Contribution
    from kg.store import Store


def test_a_backup_opens_as_a_store_with_the_same_base_and_quads(
    store: Store, tmp_path: Path, make: Callable[..., Contribution]
) -> None:
    store.put(make(1, "Town"))
    generation = store.backup(tmp_path / "deep" / "copy")
    assert generation == store.generation
    store.put(make(2, "Town"))
    with open_store(tmp_path / "deep" / "copy") as copy:
        assert copy.base == store.base
        assert len(copy.fingerprints()) == 1
        copy.put(make(3, "Town"))
    assert len(store.fingerprints()) == 2, "the copy shares nothing with the original"


def test_a_backup_amid_writes_holds_whole_articles_only(
    serving: Store, tmp_path: Path, make: Callable[..., Contribution]
) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(1, 200):
            if done.is_set():
                return
            serving.put(make(number, "Q1"))

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(3):
            serving.backup(tmp_path / f"copy-{number}")
    finally:
        done.set()
        writing.join()
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?a ?p ?o } FILTER(CONTAINS(STR(?g), 'article')) } GROUP BY ?g"
    for number in range(3):
        with open_store(tmp_path / f"copy-{number}") as copy:
            assert {str(row["n"]) for row in copy.select(query)} <= {"3"}


def test_a_backup_never_writes_over_anything(store: Store, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter").write_text("dear")
    with pytest.raises(StoreError, match="something already"):
        store.backup(tmp_path / "taken")
    with pytest.raises(StoreError, match="something already"):
        store.backup(tmp_path / "taken" / "letter")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["letter"]


def test_a_backup_that_fails_leaves_nothing_behind(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        store.backup(tmp_path / "copies" / "one")
    assert list((tmp_path / "copies").iterdir()) == []


def test_the_command_backs_up_a_store_that_is_being_served(serving: Store, folder: Path, tmp_path: Path) -> None:
    serving.update("INSERT DATA { <http://a> <http://b> 1 }")
    result = CliRunner().invoke(main, ["backup", str(tmp_path / "copy"), "--store", str(folder)])
    assert result.exit_code == 0, result.output
    with open_store(tmp_path / "copy", serving=True) as restored:
        assert restored.ask("ASK { <http://a> <http://b> 1 }")
    again = CliRunner().invoke(main, ["backup", str(tmp_path / "copy"), "--store", str(folder)])
    assert again.exit_code == 2
