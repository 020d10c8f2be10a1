"""Live Wikidata against the stand-in: what is read, how misbehaviour is met, and what a build makes of it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from kg.config import Config
from kg.errors import ConfigError, FetchError
from kg.fetch import Cache, Door
from kg.link import Linking, OfflineLinker, link
from kg.link.growing import Wanted, grow, read_names
from kg.link.home import Home
from kg.link.live import LiveLinker, laid_over
from kg.link.wikidata import Endpoints, Moment, Wikidata, fetch_records, read_item
from kg.link.wikidata.api import POLICY
from kg.link.wikidata.items import read_time
from kg.link.wikidata.records import renown
from kg.model import Annotations, Article, Entity, EntityType, Metadata, Span, View
from tests.link.standin import StandIn, day, entity, item_value, nothing, point, value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.link.index import Index

TROUBLES = (
    "429 seconds", "429 date", "503", "maxlag", "truncated", "cut off", "stall", "redirect", "wrong type", "error page",
    "other answer",
)  # fmt: skip


@pytest.fixture
def standin() -> Iterator[StandIn]:
    made = StandIn()
    yield made
    made.stop()


class Waits(list[float]):
    """Notes how long the door would have slept."""


def asking(standin: StandIn, **options: Any) -> Wikidata:
    root = standin.address
    policy = replace(POLICY, timeout_s=options.pop("timeout_s", 1.0), rest_s=options.pop("rest_s", 0.0))
    door = Door(
        policy, contact="desk@example.org", allowed=[root.removeprefix("http://")],
        sleep=options.pop("waits", Waits()).append, **options,
    )  # fmt: skip
    return Wikidata(door, Endpoints(f"{root}/w/api.php", f"{root}/wiki/Special:EntityData/", f"{root}/sparql"))


def article() -> Article:
    return Article("0" * 16, "test", "", View("", ()), (), Metadata(), "test")


def annotated(*names: tuple[str, EntityType]) -> Annotations:
    entities = tuple(Entity(f"e{at}", name, kind, (Span(0, len(name), name),)) for at, (name, kind) in enumerate(names))
    return Annotations("test", True, entities=entities)


# --- reading an item -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("+2014-00-00T00:00:00Z", 9, date(2014, 1, 1), date(2014, 12, 31)),
        ("+2014-06-00T00:00:00Z", 10, date(2014, 6, 1), date(2014, 6, 30)),
        ("+2016-02-00T00:00:00Z", 11, date(2016, 2, 1), date(2016, 2, 29)),
        ("+2014-06-29T00:00:00Z", 11, date(2014, 6, 29), date(2014, 6, 29)),
        ("+2014-06-29T00:00:00Z", 9, date(2014, 1, 1), date(2014, 12, 31)),
        ("+00000002014-06-29T00:00:00Z", 11, date(2014, 6, 29), date(2014, 6, 29)),
        ("+2015-02-31T00:00:00Z", 11, date(2015, 2, 1), date(2015, 2, 28)),
    ],
)
def test_a_date_means_the_days_that_its_precision_leaves_open(
    text: str, precision: int, earliest: date, latest: date
) -> None:
    assert read_time({"time": text, "precision": precision}) == Moment(earliest, latest)


@pytest.mark.parametrize(
    "odd",
    [
        {"time": "-0044-03-15T00:00:00Z", "precision": 11}, {"time": "+1300-00-00T00:00:00Z", "precision": 7},
        {"time": "+12000-01-01T00:00:00Z", "precision": 11}, {"time": "+0000-01-01T00:00:00Z", "precision": 9},
        {"time": "yesterday", "precision": 11}, {"precision": 11}, {"time": "+2014-00-00T00:00:00Z"}, None, "2014",
    ],
)  # fmt: skip
def test_a_date_that_no_calendar_day_can_hold_is_left_out(odd: object) -> None:
    assert read_time(odd) is None


def test_preferred_statements_win_and_deprecated_ones_never_count() -> None:
    countries = [item_value("Q1"), item_value("Q2", "preferred"), item_value("Q3", "deprecated")]
    assert read_item(entity("Q9", "x", P17=countries)).countries == ("Q2",)
    assert read_item(entity("Q9", "x", P17=[item_value("Q3", "deprecated")])).countries == ()


def test_unknown_and_missing_values_give_nothing_and_a_preferred_no_value_silences_older_ones() -> None:
    ended = [nothing("somevalue")]
    assert read_item(entity("Q9", "x", P576=ended)).until is None
    never = [day("+1999-01-01T00:00:00Z", 11), nothing("novalue", "preferred")]
    assert read_item(entity("Q9", "x", P576=never)).until is None


def test_a_place_on_another_globe_is_no_place_and_odd_coordinates_are_left_out() -> None:
    assert read_item(entity("Q9", "x", P625=[point(1, 2, "http://www.wikidata.org/entity/Q405")])).latitude is None
    assert read_item(entity("Q9", "x", P625=[point(91, 2)])).latitude is None
    assert read_item(entity("Q9", "x", P625=[value("globecoordinate", {"latitude": "12"}), point(3, 4)])).longitude == 4


def test_names_come_from_english_and_fall_back_on_other_languages() -> None:
    found = entity("Q9", "Ville", language="fr")
    assert read_item(found).label == "Ville"
    found["labels"]["en-gb"] = {"language": "en-gb", "value": "Town"}
    assert read_item(found).label == "Town"
    bare = read_item({"id": "Q9", "labels": [], "claims": [], "aliases": [], "sitelinks": []})
    assert (bare.label, bare.names, bare.links) == ("Q9", (), 0)


def test_renown_grows_with_the_pages_about_an_item_on_the_scale_of_the_index() -> None:
    assert renown(0) == 0
    assert renown(1) < renown(20) < renown(300) == renown(3000) == 100


# --- asking ----------------------------------------------------------------------------------------------------------------


def test_items_are_asked_for_fifty_at_a_time_with_contact_and_maxlag(standin: StandIn) -> None:
    for number in range(1000, 1120):
        standin.items[f"Q{number}"] = entity(f"Q{number}", f"Thing {number}")
    found = asking(standin).items(f"Q{number}" for number in range(1000, 1120))
    assert len(found.items) == 120
    assert [len(given["ids"].split("|")) for _, given, _ in standin.asked] == [50, 50, 20]
    assert all(given["maxlag"] == "5" for _, given, _ in standin.asked)
    assert all("desk@example.org" in headers["user-agent"] for _, _, headers in standin.asked)
    assert all("gzip" in headers["accept-encoding"] for _, _, headers in standin.asked)


def test_merged_and_deleted_items_are_told_apart_from_each_other_and_cost_the_batch_nothing(standin: StandIn) -> None:
    standin.moved["Q4000000950"] = "Q4000000903"
    standin.gone.add("Q4000000951")
    found = asking(standin).items(["Q4000000902", "Q4000000950", "Q4000000951", "Q4000000952", "not a number"])
    assert set(found.items) == {"Q4000000902", "Q4000000903"}
    assert found.moved == {"Q4000000950": "Q4000000903"}
    assert found.gone == {"Q4000000951", "Q4000000952"}


def test_an_item_page_leads_from_a_merged_item_to_what_it_is_now(standin: StandIn) -> None:
    standin.moved["Q4000000950"] = "Q4000000903"
    wikidata = asking(standin)
    moved = wikidata.entity_data("Q4000000950")
    assert moved is not None
    assert moved.qid == "Q4000000903"
    assert wikidata.entity_data("Q4000000999") is None


def test_kinds_come_from_class_labels_else_from_the_tree_above_them(standin: StandIn) -> None:
    fetched = fetch_records(
        asking(standin), ["Q4000000901", "Q4000000902", "Q4000000903", "Q4000000904", "Q4000000905", "Q4000000906"]
    )
    kinds = {qid: record.kind for qid, record in fetched.records.items()}
    assert kinds == {
        "Q4000000901": "country", "Q4000000902": "militant-group", "Q4000000903": "city", "Q4000000904": "person", "Q4000000905": "militant-group",
    }  # fmt: skip
    assert fetched.other == {"Q4000000906"}
    assert standin.paths().count("/sparql") == 1


def test_without_the_service_of_class_trees_kinds_rest_on_the_classes_themselves(standin: StandIn) -> None:
    standin.always, standin.only_at = "503", "/sparql"
    fetched = fetch_records(asking(standin), ["Q4000000902", "Q4000000905"])
    assert {qid: record.kind for qid, record in fetched.records.items()} == {
        "Q4000000902": "militant-group",
        "Q4000000905": "other",
    }


def test_facts_of_an_item_become_those_of_a_record(standin: StandIn) -> None:
    records = fetch_records(asking(standin), ["Q4000000903", "Q4000000904", "Q4000000902"]).records
    assert (records["Q4000000903"].latitude, records["Q4000000903"].longitude, records["Q4000000903"].country) == (
        12.5,
        44.25,
        "Q4000000901",
    )
    assert records["Q4000000904"].description == "thing called Ilmar Dravenko (1957–2020)"
    assert records["Q4000000902"].description == "thing called Quorl Brigade (2014–)"
    assert ("Quorlites", "alias") in records["Q4000000902"].names


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_lost_when_the_service_misbehaves_once(standin: StandIn, trouble: str) -> None:
    calm = fetch_records(asking(standin), ["Q4000000902", "Q4000000903", "Q4000000904", "Q4000000905"])
    standin.trouble.append(trouble)
    standin.stalled_s = 0.6
    waits = Waits()
    assert (
        fetch_records(
            asking(standin, timeout_s=0.3, waits=waits), ["Q4000000902", "Q4000000903", "Q4000000904", "Q4000000905"]
        )
        == calm
    )
    if trouble == "429 seconds":
        assert waits == [7]
    if trouble == "429 date":
        assert 5 < waits[0] <= 9
    if trouble == "maxlag":
        assert waits == [5]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_service_that_misbehaves_all_the_time_is_an_error_and_nothing_is_kept(
    standin: StandIn, trouble: str, tmp_path: Path
) -> None:
    standin.always, standin.stalled_s = trouble, 0.6
    cache = Cache(tmp_path / "answers.sqlite")
    wikidata = asking(standin, timeout_s=0.2, cache=cache)
    with pytest.raises(FetchError):
        wikidata.items(["Q4000000902"])
    with pytest.raises(FetchError):
        wikidata.search("Quorl")
    with pytest.raises(FetchError):
        wikidata.above(["Q105"])
    with pytest.raises(FetchError):
        wikidata.entity_data("Q4000000902")
    assert cache.count() == 0


def test_a_refusal_is_named_and_neither_repeated_nor_kept(standin: StandIn, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers.sqlite")
    wikidata = asking(standin, cache=cache)
    standin._answer = lambda *_: (200, b'{"error": {"code": "bad-search", "info": "no"}}', "application/json")  # type: ignore[method-assign]
    with pytest.raises(FetchError, match="bad-search"):
        wikidata.search("Quorl")
    assert len(standin.asked) == 1
    assert cache.count() == 0


def test_kept_answers_are_not_asked_for_again_and_replayed_without_a_network(standin: StandIn, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers.sqlite")
    first = fetch_records(asking(standin, cache=cache), ["Q4000000902", "Q4000000905"])
    asked = len(standin.asked)
    assert fetch_records(asking(standin, cache=cache), ["Q4000000902", "Q4000000905"]) == first
    assert len(standin.asked) == asked
    standin.always = "503"
    assert fetch_records(asking(standin, cache=cache, offline=True), ["Q4000000902", "Q4000000905"]) == first


# --- linking ---------------------------------------------------------------------------------------------------------------


def test_names_that_the_index_does_not_know_are_asked_and_judged_by_the_same_rules(
    standin: StandIn, index: Index
) -> None:
    linker = LiveLinker(OfflineLinker(index), asking(standin))
    links = linker(
        article(), annotated(("Milltown", "Place"), ("Quorl Brigade", "ArmedGroup"), ("Port Vexley", "Place"))
    )
    chosen = [one.choice for one in links.entities]
    assert [one.qid if one else None for one in chosen][1:] == ["Q4000000902", "Q4000000903"]
    assert chosen[2] is not None
    assert (chosen[2].source, chosen[2].latitude) == ("wikidata", 12.5)
    assert date.fromisoformat(chosen[2].as_of or "")
    searched = [given["search"] for _, given, _ in standin.asked if given.get("action") == "wbsearchentities"]
    assert "Port Vexley" in searched


def test_surnames_unnamed_sources_peoples_and_bare_institutions_are_never_asked(standin: StandIn, index: Index) -> None:
    linker = LiveLinker(OfflineLinker(index), asking(standin))
    linker(article(), annotated(("Dravenko", "Person"), ("Zorvanian", "Nationality"), ("Parliament", "Government")))
    assert standin.asked == []


def test_while_wikidata_is_down_the_offline_links_stand_and_one_warning_is_logged(
    standin: StandIn, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    standin.always = "503"
    offline = OfflineLinker(index)
    linker = LiveLinker(offline, asking(standin, rest_s=60))
    names = annotated(("Norland", "Place"), ("Quorl Brigade", "ArmedGroup"))
    for _ in range(3):
        assert linker(article(), names) == offline(article(), names)
    assert caplog.text.count("Wikidata could not be asked") == 1
    assert len(standin.asked) == POLICY.attempts, "a host that stays away is left alone"


def test_asking_needs_a_contact_address() -> None:
    assert not Linking.of(Config()).online
    with pytest.raises(ConfigError, match="contact"):
        Linking.of(Config(online=True))
    assert Linking.of(Config(online=True, contact="desk@example.org")).online


# --- what is kept ----------------------------------------------------------------------------------------------------------


def test_fetched_items_lie_over_the_index_and_win(standin: StandIn, index: Index) -> None:
    standin.items["Q4"] = entity("Q4", "Milltown upon Sea", links=200, P31=[item_value("Q102")])
    standin.moved["Q7"] = "Q4000000904"
    standin.gone.add("Q12")
    fetched = fetch_records(asking(standin), ["Q4", "Q7", "Q12", "Q4000000902"])
    with laid_over(index, fetched) as both:
        assert len(both) == len(index) + 3
        town, moved, group = both.number("Q4"), both.number("Q7"), both.number("Q4000000902")
        assert town is not None
        assert both.facts(town).label == "Milltown upon Sea"
        assert next(both.qid(entity) for entity, _ in both.exact("Milltown")) == "Q4", "the old name still leads there"
        assert moved is not None
        assert both.qid(moved) == "Q4000000904"
        assert [both.qid(entity) for entity, _ in both.exact("Qadir al-Tamri")] == ["Q4000000904"]
        assert both.number("Q12") is None
        assert both.exact("Tamri") == []
        assert group is not None
        assert [both.qid(entity) for entity, _ in both.starting("quorl")] == ["Q4000000902"]
        assert [both.qid(entity) for entity, _ in both.slipped("Qurl Brigade")] == ["Q4000000902"]
        assert "Q4000000902" in [both.qid(entity) for entity in both.sounding("Korl Briggade")]
        assert both.is_fetched(group)
        assert link("Quorlites", index=both)[0].qid == "Q4000000902"
    assert index.number("Q12") is not None, "the index below is as it was"


def test_a_home_keeps_items_readably_and_gives_them_back(standin: StandIn, index: Index, tmp_path: Path) -> None:
    home = Home(tmp_path / "wikidata")
    assert home.index(index) is index
    standin.moved["Q4000000950"] = "Q4000000903"
    standin.gone.add("Q4000000951")
    fetched = fetch_records(asking(standin), ["Q4000000902", "Q4000000950", "Q4000000951"])
    held = home.read().with_fetched(fetched, date="2026-05-01", names={"Q4000000902": ["Quorl boys"]})
    home.write(held)
    assert home.read() == held
    lines = [json.loads(line) for line in (tmp_path / "wikidata" / "items.jsonl").read_text().splitlines()]
    assert {line["qid"] for line in lines} == {"Q4000000902", "Q4000000903", "Q4000000950", "Q4000000951"}
    both = home.index(index)
    assert link("Quorl boys", index=both)[0].qid == "Q4000000902"
    assert link("Quorl boys", index=both)[0].as_of == "2026-05-01"
    later = held.with_fetched(fetch_records(asking(standin), ["Q4000000902"]), date="2026-06-01")
    assert later.dates["Q4000000902"] == "2026-06-01"
    assert ("Quorl boys", "variant") in later.records["Q4000000902"].names, "names of the user outlive a refresh"


def test_a_broken_line_of_a_home_is_named(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"qid": "Q1", "date": "2026-01-01", "kind": "sprite", "names": []}\n')
    with pytest.raises(ConfigError, match=r"items\.jsonl, line 1: .*sprite"):
        Home(tmp_path).read()


def test_names_grow_the_index_only_where_it_is_clear_what_they_mean(standin: StandIn, index: Index) -> None:
    standin.items["Q4000000910"] = entity(
        "Q4000000910", "Port Vexley", links=29, P31=[item_value("Q102")], P17=[item_value("Q4000000901")]
    )
    names = [
        Wanted("Quorl Brigade"), Wanted("Port Vexley"), Wanted("Port Vexley", qid="Q4000000903"), Wanted("Nobody Anywhere"),
        Wanted("The Vexley Mystery"), Wanted("Ilmar Dravenko", "Place"),
    ]  # fmt: skip
    grown = list(grow(asking(standin), names, index))
    assert [one.qid for one in grown] == ["Q4000000902", "", "Q4000000903", "", "", ""]
    assert "not clear: Q40000009" in grown[1].problem
    assert grown[3].problem == "no item of that name"
    standin.always = "503"
    (down,) = grow(asking(standin), [Wanted("Quorl Brigade")], index)
    assert "could not be asked" in down.problem


def test_lists_of_names_are_read_with_and_without_a_header() -> None:
    assert [one.name for one in read_names(["Alpha", "", "Beta"], "x")] == ["Alpha", "Beta"]
    (only,) = read_names(["name\ttype\tqid", "Alpha\tPlace\tQ5"], "x")
    assert only == Wanted("Alpha", "Place", "Q5")
    with pytest.raises(ConfigError, match="row 2: type 'Planet'"):
        read_names(["name\ttype", "Alpha\tPlanet"], "x")
    with pytest.raises(ConfigError, match="unknown column shape"):
        read_names(["name\tshape", "Alpha\tround"], "x")
    with pytest.raises(ConfigError, match="no names"):
        read_names([], "x")


def test_the_deadline_of_one_request_holds_however_slow_the_service_is(standin: StandIn) -> None:
    standin.always, standin.stalled_s = "stall", 0.5
    wikidata = asking(standin, timeout_s=0.1)
    started = time.monotonic()
    with pytest.raises(FetchError, match="no answer"):
        wikidata.search("Quorl")
    assert time.monotonic() - started < 5
