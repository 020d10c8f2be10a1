"""The vendored scripts are the pinned ones, and named with their hash where licences are listed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fetch() -> ModuleType:
    path = ROOT / "training" / "vendor" / "fetch.py"
    spec = importlib.util.spec_from_file_location("vendor_fetch", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["vendor_fetch"] = module
    spec.loader.exec_module(module)
    return module


def test_the_files_are_the_pinned_ones_and_are_listed_with_their_hashes(fetch: Any) -> None:
    assert fetch.problems() == []
    listed = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    files = [file for package in fetch.PACKAGES for file in package.files]
    assert files
    for _, name, digest in files:
        assert name in listed
        assert digest in listed


def test_a_changed_or_unlisted_file_is_named(fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in fetch.TARGET.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes() + b" ")
    (tmp_path / "stranger.js").write_text("1")
    monkeypatch.setattr(fetch, "TARGET", tmp_path)
    assert fetch.problems() == sorted(path.name for path in tmp_path.iterdir())
