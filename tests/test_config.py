"""Settings come from file and environment, in that order, and a wrong one is named."""

from __future__ import annotations

from dataclasses import Field, fields
from pathlib import Path

import pytest

from kg import config
from kg.cli import main
from kg.errors import ConfigError


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


def test_settings_that_are_shown_hide_the_tokens() -> None:
    shown = repr(config.Config(token="sesame", read_token="barley"))  # noqa: S106 - guards nothing
    assert "sesame" not in shown
    assert "barley" not in shown
    assert "port" in shown


def settings_of_the_readme() -> dict[str, tuple[str, str, str, str]]:
    """Setting → variable, flag, default and meaning, as the table gives them."""
    text = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    table = text.partition("| setting | variable | flag | default | means |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]
    return {name.strip("` "): (variable, flag, default, means) for name, variable, flag, default, means in rows}


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert list(settings_of_the_readme()) == [setting.name for setting in fields(config.Config)]


@pytest.mark.parametrize("setting", fields(config.Config), ids=lambda setting: setting.name)
def test_the_readme_tells_the_variable_the_default_and_the_flag_of_a_setting(setting: Field[object]) -> None:
    variable, flag, default, means = settings_of_the_readme()[setting.name]
    assert variable == f"`KG_{setting.name.upper()}`"
    shown = f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)
    assert default == (f"`{shown}`" if shown else "none")
    assert means
    if flag != "none":
        verb, _, option = flag.strip("`").rpartition(" ")
        verbs = [main.commands[verb]] if verb else main.commands.values()
        assert any(option in known.opts for found in verbs for known in found.params), f"{flag} is no flag"


def test_every_flag_of_serve_that_is_a_setting_stands_in_the_readme() -> None:
    listed = {flag.strip("`").rpartition(" ")[2] for _, flag, _, _ in settings_of_the_readme().values()}
    options = {option for known in main.commands["serve"].params for option in known.opts if option.startswith("--")}
    assert options
    assert options - {"--help"} <= listed
