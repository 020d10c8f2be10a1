"""A run over many sources loses nothing, repeats nothing and names what failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg import pipeline
from kg.config import resource
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model import Article
    from kg.store import Store

RAID = """Raid on Norvik market kills 12

NORVIK, March 3, 2021 (Example Wire) - An air strike hit the market of Norvik on Monday, killing 12 people, the mayor said.

The army denied that its aircraft had bombed the town.
"""
CLASH = """Clashes near Oslav

Rebels and government soldiers clashed near Oslav on Tuesday. At least four soldiers were killed, the defence ministry said.
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "raid.txt").write_text(RAID, encoding="utf-8")
    (folder / "clash.txt").write_text(CLASH, encoding="utf-8")
    return folder


def test_a_second_run_finds_everything_unchanged_and_changes_nothing(store: Store, articles: Path) -> None:
    first = pipeline.build([str(articles)], store)
    before = b"".join(store.dump(format="nq"))
    second = pipeline.build([str(articles)], store)
    assert (first.articles, first.unchanged, first.failed) == (2, 0, ())
    assert (second.articles, second.unchanged, second.failed) == (0, 2, ())
    assert sorted(b"".join(store.dump(format="nq")).splitlines()) == sorted(before.splitlines())


def test_building_by_force_gives_the_same_quads(store: Store, articles: Path) -> None:
    pipeline.build([str(articles)], store)
    before = sorted(b"".join(store.dump(format="nq")).splitlines())
    report = pipeline.build([str(articles)], store, force=True)
    assert report.articles == 2
    assert sorted(b"".join(store.dump(format="nq")).splitlines()) == before


def test_several_processes_give_what_one_gives(store: Store, articles: Path, tmp_path: Path) -> None:
    for number in range(10):
        (articles / f"more-{number}.txt").write_text(RAID.replace("12", str(20 + number)), encoding="utf-8")
    pipeline.build([str(articles)], store, jobs=1)
    with open_store(tmp_path / "other") as other:
        report = pipeline.build([str(articles)], other, jobs=2)
        assert report.articles == 12
        assert sorted(b"".join(other.dump(format="nq")).splitlines()) == sorted(
            b"".join(store.dump(format="nq")).splitlines()
        )


def test_what_cannot_be_read_is_named_and_the_others_go_on(store: Store, articles: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")
    (articles / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20)
    lines = [json.dumps({"title": "Clash at Oslav", "text": CLASH.replace("four", "five")}), "{broken"]
    (articles / "wire.jsonl").write_text("\n".join(lines), encoding="utf-8")
    report = pipeline.build([str(articles), str(articles / "missing.txt")], store)
    assert report.articles == 3
    failed = " ".join(error.item for error in report.failed)
    assert len(report.failed) == 4
    for name in ("empty.txt", "picture.txt", "wire.jsonl", "missing.txt"):
        assert name in failed


def test_the_same_article_twice_in_one_run_is_built_once(store: Store, articles: Path) -> None:
    (articles / "copy.txt").write_text(RAID, encoding="utf-8")
    report = pipeline.build([str(articles)], store)
    assert (report.articles, report.repeated) == (2, 1)


def test_removing_an_article_takes_everything_it_brought(store: Store, articles: Path) -> None:
    pipeline.build([str(articles / "clash.txt")], store)
    before = set(b"".join(store.dump(format="nq")).splitlines())
    pipeline.build([str(articles / "raid.txt")], store)
    added = store.select(
        'SELECT ?a WHERE { ?a a schema:NewsArticle . FILTER EXISTS { ?a schema:headline ?h . FILTER(CONTAINS(?h, "Raid")) } }'
    )
    ((article,),) = added.rows
    assert store.remove(str(article))
    assert not store.remove(str(article))
    left = set(b"".join(store.dump(format="nq")).splitlines())
    void = store.iris.graph("void").encode()
    assert {line for line in left ^ before if void not in line} == set()


def test_an_article_that_breaks_the_extractor_is_named_and_the_others_go_on(
    store: Store, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = pipeline.extractor()

    def fragile(article: Article) -> object:
        if "Oslav" in article.text:
            raise IndexError("out of words")
        return work(article)

    monkeypatch.setattr(pipeline, "extractor", lambda: fragile)
    report = pipeline.build([str(articles)], store)
    assert report.articles == 1
    assert "clash.txt" in str(report.failed[0])
    assert "IndexError" in str(report.failed[0])


def test_the_examples_build_without_failure_and_answer_the_example_queries(store: Store) -> None:
    report = pipeline.build([str(resource("examples"))], store, jobs=1)
    assert report.failed == ()
    assert report.articles >= 15
    queries = sorted((resource("examples") / "queries").glob("*.rq"))
    assert len(queries) >= 10
    for path in queries:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), path.name
        answered = store.ask(text) if store.kind(text) == "ask" else len(store.select(text)) > 0
        assert answered, f"{path.name} finds nothing in the examples"
