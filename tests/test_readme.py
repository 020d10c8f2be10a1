"""What the README shows works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[number]


def test_the_python_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    exec(compile(block("python"), "README.md", "exec"), {})  # noqa: S102 - our own text
    shown = capsys.readouterr().out
    assert " articles, " in shown
    assert "BombingAttack" in shown
    assert shown.rstrip().endswith("Hezbollah")
    store = __import__("kg").open_store(tmp_path / "build" / "store")
    with store:
        answer = store.select(block("sparql")).to_text()
    assert answer.splitlines() == block("text").splitlines()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_every_file_that_the_readme_names_is_there(path: str) -> None:
    assert (ROOT / path).exists(), path
