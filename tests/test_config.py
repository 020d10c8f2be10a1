"""Settings come from file and environment, in that order, and a wrong one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg import config
from kg.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text('port = 8000\nstore = "elsewhere"\n', encoding="utf-8")
    found = config.load(tmp_path, {"KG_PORT": "9000"})
    assert (found.port, found.store) == (9000, "elsewhere")


def test_a_setting_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="setting port: 'many' is not a int"):
        config.load(tmp_path, {"KG_PORT": "many"})


def test_an_unknown_setting_is_named_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text("prot = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"unknown setting prot; known are .*port"):
        config.load(tmp_path, {})


def test_the_packaged_folders_are_found_and_a_missing_one_is_named() -> None:
    assert (config.resource("ontology") / "conflict.ttl").is_file()
    with pytest.raises(ConfigError, match="nowhere"):
        config.resource("nowhere")
