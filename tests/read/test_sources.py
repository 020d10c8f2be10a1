"""Folders, globs, sidecars, standard input, addresses."""

from __future__ import annotations

import io
import json
import pickle
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from kg.errors import FetchError, ItemError, ReadError
from kg.model import Article
from kg.read import Source, iter_sources, read_path, sources

if TYPE_CHECKING:
    from collections.abc import Iterable

BODY = "Gunmen attacked a checkpoint near the town of Arlen on Friday and killed two soldiers, the army said.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "README.md", "query.rq", ".hidden.txt", "deep/c.TXT", ".git/d.txt", "photo.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(BODY)
    (tmp_path / "b.json").write_text(
        json.dumps({"title": "Two killed", "date": "2020-03-28", "outlet": "The Example Courier"})
    )
    (tmp_path / "e.json").write_text(json.dumps({"text": BODY}))
    return tmp_path


def names(found: Iterable[Source | ReadError], below: Path) -> list[str]:
    return [str(Path(s.name).relative_to(below)) for s in found if isinstance(s, Source)]


def articles(found: Iterable[Article | ItemError]) -> list[Article]:
    return [item for item in found if isinstance(item, Article)]


def test_a_folder_gives_its_article_files_sorted_without_sidecars_and_hidden_files(folder: Path) -> None:
    assert names(iter_sources([str(folder)]), folder) == ["a.txt", "b.txt", "deep/c.TXT", "e.json"]


def test_a_folder_that_cannot_be_listed_is_an_error_and_its_neighbours_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = sources.os.scandir

    def without_permission(path: str) -> object:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", path)
        return listing(path)

    # the superuser may list everything, so the permission bits themselves would prove nothing in a container
    monkeypatch.setattr(sources.os, "scandir", without_permission)
    found = list(iter_sources([str(folder)]))
    assert names(found, folder) == ["a.txt", "b.txt", "e.json"]
    (error,) = (item for item in found if isinstance(item, ReadError))
    assert error.item == str(folder / "deep")
    assert "Permission denied" in error.reason


def test_a_glob_gives_what_it_matches(folder: Path) -> None:
    assert names(iter_sources([str(folder / "*.txt")]), folder) == ["a.txt", "b.txt"]
    assert names(iter_sources([str(folder / "**" / "*")]), folder) == ["a.txt", "b.txt", "deep/c.TXT", "e.json"]


def test_a_file_is_given_once_however_often_it_is_named(folder: Path) -> None:
    assert names(iter_sources([str(folder / "a.txt"), str(folder / "*.txt"), str(folder / "a.txt")]), folder) == [
        "a.txt",
        "b.txt",
    ]


@pytest.mark.parametrize(
    ("words", "reason"),
    [("missing.txt", "does not exist"), ("*.nothing", "matches no article"), ("empty", "holds no article")],
)
def test_what_names_nothing_is_one_error_that_names_it(tmp_path: Path, words: str, reason: str) -> None:
    (tmp_path / "empty").mkdir()
    (found,) = iter_sources([str(tmp_path / words)])
    assert isinstance(found, ReadError)
    assert found.item == str(tmp_path / words)
    assert reason in found.reason


def test_sources_are_found_one_by_one(folder: Path) -> None:
    found = iter_sources([str(folder / "a.txt"), str(folder / "missing.txt")])
    assert isinstance(next(found), Source)
    assert isinstance(next(found), ReadError)


def test_a_sidecar_supplies_metadata(folder: Path) -> None:
    (article,) = articles(read_path(folder / "b.txt"))
    assert article.metadata.headline == "Two killed"
    assert (article.metadata.published, article.metadata.publisher) == (date(2020, 3, 28), "The Example Courier")
    assert article.text == BODY


@pytest.mark.parametrize(
    ("words", "reason"),
    [("{", "cannot be read"), ("[]", "not a JSON object"), ('{"date": "soon"}', "gives the date 'soon'")],
)
def test_a_broken_sidecar_is_an_error_of_its_article(folder: Path, words: str, reason: str) -> None:
    (folder / "b.json").write_text(words)
    (found,) = read_path(folder / "b.txt")
    assert isinstance(found, ReadError)
    assert reason in found.reason


def test_a_given_date_fills_the_gap_only(folder: Path) -> None:
    found = [
        a
        for s in iter_sources([str(folder)], published=date(2001, 1, 1))
        if isinstance(s, Source)
        for a in articles(s.read())
    ]
    assert [a.metadata.published for a in found] == [
        date(2001, 1, 1),
        date(2020, 3, 28),
        date(2001, 1, 1),
        date(2001, 1, 1),
    ]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(BODY.encode())))
    (article,) = articles(read_path("-"))
    assert (article.name, article.source, article.text) == ("stdin", "-", BODY)


def test_an_address_is_fetched_and_its_final_address_is_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "fetch", lambda _: (BODY.encode(), "https://a.example/final"))
    (article,) = articles(read_path("https://a.example/story"))
    assert (article.metadata.url, article.source) == ("https://a.example/final", "https://a.example/story")


def test_an_address_that_cannot_be_fetched_is_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(url: str) -> tuple[bytes, str]:
        raise FetchError(url, "the server answered 404")

    monkeypatch.setattr(sources, "fetch", refuse)
    (found,) = read_path("https://a.example/story")
    assert isinstance(found, FetchError)


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the file was read"))
    (found,) = read_path(path)
    assert isinstance(found, ReadError)
    assert "50,000,000 bytes" in found.reason


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (found,) = read_path(path)
    assert isinstance(found, ReadError)
    assert "Permission denied" in found.reason


def test_sources_articles_and_errors_survive_the_way_to_a_worker(folder: Path) -> None:
    (source,) = [s for s in iter_sources([str(folder / "b.txt")]) if isinstance(s, Source)]
    (article,) = pickle.loads(pickle.dumps(source)).read()  # noqa: S301 - our own value
    again = pickle.loads(pickle.dumps(article))  # noqa: S301
    assert again == article
    assert again.span(0, 6) == article.span(0, 6)
    error = pickle.loads(pickle.dumps(ReadError("a", "is empty")))  # noqa: S301
    assert (error.item, error.reason) == ("a", "is empty")
