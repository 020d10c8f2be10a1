"""The verbs of linking as a user calls them, with the stand-in for Wikidata where they ask it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kg import open_store
from kg.cli import main
from kg.link import setup
from tests.link.standin import StandIn, entity, item_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

STORY = """Quorl Brigade shells Port Vexley

BAGHDAD (Example Wire) – Fighters of the Quorl Brigade shelled the town of Port Vexley on Monday, killing three people in
Port Vexley, police in Baghdad said.
"""
LINKED = """SELECT ?label ?item WHERE { ?e schema:sameAs ?item ; rdfs:label ?label
  FILTER(STRSTARTS(STR(?item), "http://www.wikidata.org/")) } ORDER BY ?label"""


@pytest.fixture
def standin() -> Iterator[StandIn]:
    made = StandIn()
    yield made
    made.stop()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    monkeypatch.setenv("KG_WIKIDATA", str(tmp_path / "wikidata"))
    monkeypatch.setattr(setup, "POLICY", replace(setup.POLICY, first_wait_s=0.01))
    return tmp_path


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(words), env=environment or None)


def online(standin: StandIn) -> dict[str, str]:
    return {"KG_WIKIDATA_AT": standin.address, "KG_CONTACT": "desk@example.org"}


def linked(folder: Path) -> dict[str, str]:
    with open_store(folder) as store:
        return {str(row["label"]): str(row["item"]).rpartition("/")[2] for row in store.select(LINKED)}


# --- live -----------------------------------------------------------------------------------------------------------------


def test_a_build_asks_wikidata_only_when_it_is_told_to(room: Path, standin: StandIn) -> None:
    assert run("build", "story.txt", "--store", "graph", "--jobs", "1", **online(standin)).exit_code == 0
    assert standin.asked == []
    assert "Quorl Brigade" not in linked(room / "graph")
    again = run("build", "story.txt", "--store", "graph", "--jobs", "1", "--online", **online(standin))
    assert again.exit_code == 0, again.stderr
    found = linked(room / "graph")
    assert found["Quorl Brigade"] == "Q4000000902"
    assert found["Port Vexley"] == "Q4000000903"
    with open_store(room / "graph") as store:
        facts = 'SELECT ?wkt ?day ?source WHERE { ?e rdfs:label "Port Vexley" ; geo:hasGeometry/geo:asWKT ?wkt ; dc:date ?day ; dc:source ?source }'
        (row,) = list(store.select(facts))
    assert str(row["wkt"]) == "POINT(44.25 12.5)"
    assert str(row["source"]) == "wikidata"


def test_a_build_with_wikidata_down_ends_well_with_the_offline_links(room: Path, standin: StandIn) -> None:
    assert run("build", "story.txt", "--store", "before", "--jobs", "1").exit_code == 0
    standin.always = "429 seconds"  # asks for more patience than one article is worth, again and again
    standin.stop()
    down = run("build", "story.txt", "--store", "graph", "--jobs", "1", "--online", **online(standin))
    assert down.exit_code == 0, down.stderr
    assert "1 built" in down.stderr
    assert linked(room / "graph") == linked(room / "before")


def test_asking_without_a_contact_address_is_refused_before_anything_is_done(room: Path) -> None:
    for words in (("build", "story.txt", "--online"), ("link", "Baghdad", "--online"), ("wikidata", "refresh")):
        result = run(*words)
        assert result.exit_code == 2, result.output
        assert "contact" in result.stderr
    assert not (room / "build").exists()


def test_a_name_can_be_asked_live(room: Path, standin: StandIn) -> None:  # noqa: ARG001
    assert run("link", "Quorl Brigade", "--json").exit_code == 1
    found = run("link", "Quorl Brigade", "--json", "--online", **online(standin))
    assert json.loads(found.stdout.splitlines()[0])["qid"] == "Q4000000902"


def test_packed_names_are_known_from_then_on_and_refreshed_with_the_store(room: Path, standin: StandIn) -> None:
    (room / "names.tsv").write_text("name\ttype\nQuorl Brigade\tArmedGroup\nNobody Anywhere\t\n", encoding="utf-8")
    packed = run("wikidata", "pack", "names.tsv", **online(standin))
    assert packed.exit_code == 1, packed.stderr
    rows = list(csv.DictReader(io.StringIO(packed.stdout), delimiter="\t"))
    assert [(row["qid"], row["problem"]) for row in rows] == [("Q4000000902", ""), ("", "no item of that name")]
    asked = len(standin.asked)
    assert json.loads(run("link", "Quorl Brigade", "--json").stdout.splitlines()[0])["qid"] == "Q4000000902"
    assert run("build", "story.txt", "--store", "graph", "--jobs", "1").exit_code == 0
    assert linked(room / "graph")["Quorl Brigade"] == "Q4000000902"
    assert len(standin.asked) == asked

    standin.moved["Q4000000902"] = "Q4000000908"
    standin.items["Q4000000908"] = entity("Q4000000908", "Quorl Division", links=40, P31=[item_value("Q101")])
    for file in (room / "wikidata").glob("answers*"):
        file.unlink()  # as if the answers had grown old
    fresh = run("wikidata", "refresh", "--store", "graph", **online(standin))
    assert fresh.exit_code == 0, fresh.stderr
    assert "Q4000000902\tmerged into\tQ4000000908" in fresh.stdout
    with open_store(room / "graph") as store:
        label = store.select(f"SELECT ?label WHERE {{ <{store.iris.entity('Q4000000902')}> rdfs:label ?label }}")
        assert [str(row["label"]) for row in label] == ["Quorl Division"], "the node stays, its facts are new"
    assert json.loads(run("link", "Quorl Division", "--json").stdout.splitlines()[0])["qid"] == "Q4000000908"


def test_a_refresh_that_cannot_ask_says_so_and_leaves_the_store_as_it_is(room: Path, standin: StandIn) -> None:
    assert run("build", "story.txt", "--store", "graph", "--jobs", "1").exit_code == 0
    before = linked(room / "graph")
    assert before
    standin.stop()
    result = run("wikidata", "refresh", "--store", "graph", **online(standin))
    assert result.exit_code == 1
    assert "the same command goes on" in result.stderr
    assert linked(room / "graph") == before


# --- by hand --------------------------------------------------------------------------------------------------------------


def test_corrections_are_applied_by_the_next_build_shown_in_its_provenance_and_taken_back(room: Path) -> None:
    assert run("build", "story.txt", "--store", "graph", "--jobs", "1").exit_code == 0
    was = linked(room / "graph")
    noted = run(
        "link", "--set", "Quorl Brigade", "Q4000000777", "--who", "Ada", "--note", "see file 7", "--store", "graph"
    )
    assert noted.exit_code == 0, noted.stderr
    assert run("link", "--unlink", "Baghdad", "--who", "Ada", "--store", "graph").exit_code == 0
    assert "Ada" in (room / "graph.corrections.tsv").read_text(encoding="utf-8")
    again = run("build", "story.txt", "--store", "graph", "--jobs", "1")
    assert "1 built" in again.stderr, "a correction that concerns an article makes it be built anew"
    now = linked(room / "graph")
    assert now["Quorl Brigade"] == "Q4000000777"
    assert "Baghdad" not in now
    with open_store(room / "graph") as store:
        why = list(store.select(
            "SELECT ?what ?who ?when ?note WHERE { ?run a prov:Activity ; prov:used ?c . ?c rdfs:label ?what ; "
            "dc:creator ?who ; prov:generatedAtTime ?when OPTIONAL { ?c rdfs:comment ?note } } ORDER BY ?what"
        ))  # fmt: skip
    assert [(str(row["what"]), str(row["who"])) for row in why] == [
        ("“Baghdad” is no item", "Ada"), ("“Quorl Brigade” is Q4000000777", "Ada"),
    ]  # fmt: skip
    assert "1 unchanged" in run("build", "story.txt", "--store", "graph", "--jobs", "1").stderr

    listed = run("link", "--corrections", "--store", "graph").stdout
    assert "Ada  “Quorl Brigade” is Q4000000777: see file 7" in listed
    for name in ("Quorl Brigade", "Baghdad"):
        assert run("link", "--reset", name, "--store", "graph").exit_code == 0
    assert run("build", "story.txt", "--store", "graph", "--jobs", "1").exit_code == 0
    assert linked(room / "graph") == was


def test_two_names_of_one_thing_come_to_stand_under_one_node(room: Path) -> None:
    assert run("link", "--same", "Quorl Brigade", "Vexley Boys", "--store", "graph").exit_code == 0
    assert run("build", "story.txt", "--store", "graph", "--jobs", "1").exit_code == 0
    with open_store(room / "graph") as store:
        assert store.ask('ASK { ?e rdfs:label "Vexley Boys" }')
        assert not store.ask('ASK { ?e rdfs:label "Quorl Brigade" . FILTER(CONTAINS(STR(?e), "/id/entity/")) }')


@pytest.mark.parametrize(
    "words",
    [
        ("link",), ("link", "Baghdad", "--unlink", "Baghdad"), ("link", "--set", "Baghdad", "B7"),
        ("link", "--reset", "Baghdad"), ("link", "--same", "Baghdad", "baghdad"),
    ],
)  # fmt: skip
def test_a_correction_that_makes_no_sense_is_refused(room: Path, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert not list(room.glob("*.tsv"))


def test_a_look_up_shows_what_was_set_right(room: Path) -> None:  # noqa: ARG001
    run("link", "--set", "Hilltop", "Q42424242", "--who", "Ada", "--store", "graph")
    found = run("link", "Hilltop", "--json", "--store", "graph")
    assert json.loads(found.stdout)["qid"] == "Q42424242"
    assert "set right by Ada" in found.stderr


# --- tables ---------------------------------------------------------------------------------------------------------------


def test_a_table_is_reconciled_with_types_contexts_and_corrections(room: Path) -> None:
    (room / "names.csv").write_text(
        "id,name,where\n1,Tripoli,Lebanon\n2,Tripoli,Libya\n3,Xqzvwk Qqzzrtp,\n4,Hilltop,\n", encoding="utf-8"
    )
    run("link", "--set", "Hilltop", "Q42424242", "--store", "graph")
    found = run(
        "reconcile", "names.csv", "--column", "name", "--context-column", "where", "--type", "Place", "--store", "graph"
    )
    assert found.exit_code == 0, found.stderr
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    assert rows[0]["qid"] != rows[1]["qid"]
    assert [row["match"] for row in rows] == ["true", "true", "false", "true"]
    assert rows[2]["qid"] == ""
    assert rows[3]["qid"] == "Q42424242"
    wrong = run("reconcile", "names.csv", "--column", "name", "--context-column", "place")
    assert wrong.exit_code == 2
    assert "no column 'place'" in wrong.stderr


def test_a_run_that_was_cut_off_goes_on_where_it_was(room: Path) -> None:
    lines = ["name,note"] + [f'{name},"a, ""quoted""\nnote"' for name in ("Baghdad", "Mosul", "Basra", "Erbil")]
    (room / "names.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("reconcile", "names.csv", "--column", "name", "-o", "whole.csv").exit_code == 0
    whole = (room / "whole.csv").read_bytes()
    for cut in (0, 3, len(whole) // 3, len(whole) // 2, len(whole) - 1, len(whole)):
        (room / "part.csv").write_bytes(whole[:cut])
        again = run("reconcile", "names.csv", "--column", "name", "-o", "part.csv")
        assert again.exit_code == 0, (cut, again.output)
        assert (room / "part.csv").read_bytes() == whole, cut
    (room / "names.csv").write_text("name,note\nParis,\n", encoding="utf-8")
    other = run("reconcile", "names.csv", "--column", "name", "-o", "part.csv")
    assert other.exit_code == 2
    assert "is not that of the input" in other.stderr
    assert (room / "part.csv").read_bytes() == whole
