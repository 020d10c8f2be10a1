"""The command line: data on stdout, news on stderr, exit 0, 1 or 2, and every verb does what its help says."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kg.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ARTICLE = """Raid on Mosul market kills 12

MOSUL, Iraq, March 3, 2021 (Example Wire) - An air strike hit a market in Mosul on Monday, killing 12 people, police said.
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one article and a built store, as working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raid.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("build", "raid.txt", "--store", "graph")
    assert result.exit_code == 0, result.output
    assert "1 built" in result.stderr
    return tmp_path


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=given)


def test_a_query_prints_a_table_and_every_format_parses(room: Path) -> None:  # noqa: ARG001
    query = "SELECT ?e ?when WHERE { ?e a cn:AerialAttack ; cn:earliestDate ?when }"
    table = run("query", query, "--store", "graph")
    assert table.exit_code == 0
    assert "2021-03-01" in table.stdout
    assert table.stdout.rstrip().endswith("1 row")
    found = json.loads(run("query", query, "--store", "graph", "--format", "json").stdout)
    assert found["results"]["bindings"][0]["when"]["value"] == "2021-03-01"
    rows = list(csv.DictReader(io.StringIO(run("query", query, "--store", "graph", "--format", "csv").stdout)))
    assert rows[0]["when"] == "2021-03-01"


def test_a_query_file_and_an_ask_work_too(room: Path) -> None:
    (room / "any.rq").write_text("ASK { ?e a cn:Attack }", encoding="utf-8")
    assert run("query", "any.rq", "--store", "graph").stdout == "true\n"


def test_a_query_that_is_stopped_is_one_line_with_its_deadline_and_exit_1(room: Path) -> None:  # noqa: ARG001
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?i != ?f) }"
    result = run("query", endless, "--store", "graph", "--timeout", "0.5")
    assert result.exit_code == 1
    assert "longer than the 0.5 s" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_query_that_does_not_parse_is_one_line_and_exit_2(room: Path) -> None:  # noqa: ARG001
    result = run("query", "SELECT ?x WHERE {", "--store", "graph")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("kg: ")


def test_a_missing_store_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("query", "ASK {}")
    assert result.exit_code == 2
    assert "kg build" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("query", "missing.rq", "--store", "graph"), "missing.rq: No such file"),
        (("export", "--store", "graph", "-o", "nowhere/graph.nq"), "nowhere/graph.nq"),
        (("export", "--store", "graph", "--graph", "nope"), "nope: not an IRI"),
        (("reconcile", "binary.csv", "--column", "name"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_exit_2(room: Path, words: tuple[str, ...], named: str) -> None:
    (room / "binary.csv").write_bytes(b"\xff\xfe\x00\x81name")
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_failed_items_are_listed_in_a_file_and_the_exit_is_1(room: Path) -> None:
    (room / "empty.txt").write_bytes(b"")
    result = run("build", "raid.txt", "empty.txt", "--store", "graph")
    assert result.exit_code == 1
    assert "1 unchanged, 1 failed" in result.stderr
    listed = [json.loads(line) for line in (room / "graph" / "failures.jsonl").read_text().splitlines()]
    assert [each["item"] for each in listed] == ["empty.txt"]
    assert run("build", "raid.txt", "--store", "graph").exit_code == 0
    assert not (room / "graph" / "failures.jsonl").exists()


def test_extract_writes_one_line_per_article_whose_offsets_fit_the_file(room: Path) -> None:
    result = run("extract", "raid.txt", "--json")
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    text = (room / "raid.txt").read_text(encoding="utf-8")
    spans = [mention for entity in found["entities"] for mention in entity["mentions"]]
    spans += [event["trigger"] for event in found["events"]]
    assert len(spans) > 3
    assert all(text[s["start"] : s["end"]] == s["text"] for s in spans)
    assert found["doc"] == "raid"


def test_extract_reads_standard_input(room: Path) -> None:  # noqa: ARG001
    result = run("extract", "-", "--json", given=ARTICLE)
    assert json.loads(result.stdout)["events"]


def test_a_name_is_looked_up_and_an_unknown_one_is_exit_1() -> None:
    found = json.loads(run("link", "Baghdad", "--json").stdout.splitlines()[0])
    assert found["label"] == "Baghdad"
    result = run("link", "Xqzvwk Qqzzrtp")
    assert result.exit_code == 1
    assert "knows nothing like" in result.stderr


def test_reconcile_adds_columns_and_keeps_every_row(tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    table.write_text("id,name\n1,Baghdad\n2,Xqzvwk Qqzzrtp\n", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run("reconcile", str(table), "--column", "name").stdout)))
    assert [row["label"] for row in rows] == ["Baghdad", ""]
    assert rows[0]["qid"].startswith("Q")
    wrong = run("reconcile", str(table), "--column", "nom")
    assert wrong.exit_code == 2
    assert "id, name" in wrong.stderr


@pytest.mark.parametrize("form", ["nq", "trig", "ttl", "nt", "jsonld", "rdf"])
def test_every_export_format_holds_the_attack(room: Path, form: str) -> None:
    result = run("export", "--store", "graph", "--format", form, "-o", f"graph.{form}")
    assert result.exit_code == 0, result.stderr
    assert "AerialAttack" in (room / f"graph.{form}").read_text(encoding="utf-8")


def test_an_export_without_text_keeps_the_facts_and_drops_the_article_s_words(room: Path) -> None:  # noqa: ARG001
    result = run("export", "--store", "graph", "--without-text")
    assert "AerialAttack" in result.stdout
    assert "/graph/text>" not in result.stdout


def test_a_removed_article_is_gone_and_a_second_removal_is_exit_1(room: Path) -> None:  # noqa: ARG001
    query = "SELECT ?a WHERE { ?a a schema:NewsArticle }"
    rows = list(csv.DictReader(io.StringIO(run("query", query, "--store", "graph", "--format", "csv").stdout)))
    assert run("remove", rows[0]["a"], "--store", "graph").exit_code == 0
    assert run("query", "ASK { ?a a schema:NewsArticle }", "--store", "graph").stdout == "false\n"
    again = run("remove", rows[0]["a"], "--store", "graph")
    assert again.exit_code == 1
    assert "no such article" in again.stderr


def test_a_fresh_store_conforms_to_the_shapes(room: Path) -> None:  # noqa: ARG001
    result = run("validate", "--store", "graph")
    assert result.exit_code == 0, result.output
    assert "1 articles checked, 0 with violations" in result.stderr


def test_the_doctor_finds_this_installation_whole() -> None:
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "FAILED" not in result.stdout


def test_help_names_every_verb() -> None:
    shown = run("--help").stdout
    for verb in (
        "build",
        "serve",
        "query",
        "export",
        "extract",
        "link",
        "reconcile",
        "remove",
        "validate",
        "doctor",
        "evaluate",
    ):
        assert verb in shown
