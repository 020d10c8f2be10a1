"""Endpoints that fail, stall, break off, refuse or forget: every time a clear error with the address, and nothing lost or doubled."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import KgError, QueryError, StoreError
from kg.iris import Iris
from kg.store import open_store
from kg.store.query.union import Union

from ..endpoints import GoBetween, oxigraph, virtuoso  # noqa: TID252 - tests are no package with a name
from ..running import TOKEN, free_port, serving  # noqa: TID252

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.model import Contribution
    from kg.store import Store

    from ..endpoints import Elsewhere  # noqa: TID252

    Make = Callable[..., Contribution]

IRIS = Iris()
JSON = "application/sparql-results+json"
EVERYTHING = "SELECT * { ?s ?p ?o }"
CONFIG = Config(remote_timeout_s=3)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        yield running


@pytest.fixture
def between(server: Elsewhere) -> Iterator[GoBetween]:
    """A go-between before an empty server."""
    found = GoBetween(server.address)
    yield found
    found.close()
    with open_store(server.address) as store:
        store.update("DROP ALL")


@pytest.fixture
def store(between: GoBetween) -> Iterator[Store]:
    with open_store(between.address, config=CONFIG) as opened:
        yield opened


FAULTS = ["hangs up", "half", "half without a length", "talks nonsense", "500", "503", "401", "stalls"]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_endpoint_that_fails_a_question_is_named(store: Store, between: GoBetween, make: Make, fault: str) -> None:
    store.put(make(1, "Q1"))
    assert len(store.select(EVERYTHING)) > 3
    between.fault = fault
    started = time.monotonic()
    with pytest.raises((StoreError, QueryError)) as raised:
        store.select(EVERYTHING, timeout_s=1)
    assert time.monotonic() - started < 3
    assert between.address.rstrip("/") in str(raised.value)
    assert len(str(raised.value)) < 600


def test_an_answer_that_stalls_amid_its_body_ends_at_the_deadline(store: Store, between: GoBetween, make: Make) -> None:
    store.put(make(1, "Q1"))
    assert store.ask("ASK { ?s ?p ?o }")
    between.fault = "stalls amid the body"
    answer = store.query(EVERYTHING, media_type=JSON, timeout_s=1)
    started = time.monotonic()
    with pytest.raises(QueryError, match="within 1 s") as raised:
        b"".join(answer.body)
    assert raised.value.status == 503
    assert time.monotonic() - started < 2.5


def test_clients_that_wait_for_a_slow_endpoint_leave_room_for_pages(store: Store, make: Make) -> None:
    store.put(make(1, "Q1"))
    waiting = [store.query(EVERYTHING, media_type=JSON, gone=lambda: False) for _ in range(16)]
    with pytest.raises(QueryError, match="already") as raised:
        store.query(EVERYTHING, media_type=JSON, gone=lambda: False)
    assert raised.value.status == 503
    assert store.ask("ASK { ?s ?p ?o }")
    for answer in waiting:
        assert b"".join(answer.body)
    assert b"".join(store.query(EVERYTHING, media_type=JSON, gone=lambda: False).body)


def test_a_question_of_a_client_that_has_gone_is_broken_off(store: Store, make: Make) -> None:
    store.put(make(1, "Q1"))
    answer = store.query(EVERYTHING, media_type=JSON, gone=lambda: True)
    with pytest.raises(QueryError, match="nobody waits"):
        b"".join(answer.body)
    assert store.running() == ()


def test_half_an_answer_is_never_a_whole_one(store: Store, between: GoBetween, make: Make) -> None:
    store.put(make(1, "Q1"))
    assert store.ask("ASK { ?s ?p ?o }")
    for fault in ("half", "half without a length"):
        between.fault = fault
        for media_type in (JSON, "text/csv", "text/tab-separated-values", "application/sparql-results+xml"):
            answer = store.query(EVERYTHING, media_type=media_type, timeout_s=5)
            with pytest.raises(KgError):
                b"".join(answer.body)
    between.fault = "half"
    with pytest.raises(KgError):
        b"".join(store.dump(format="nq"))


def test_an_answer_over_the_size_bound_is_broken_off(between: GoBetween) -> None:
    with open_store(between.address, config=Config(remote_max_mb=1)) as store:
        wide, many = "x" * 2000, " ".join(map(str, range(800)))
        with pytest.raises(StoreError, match="more than 1,000,000 bytes"):
            store.select(f"SELECT ?n ('{wide}' AS ?wide) {{ VALUES ?n {{ {many} }} }}")


@pytest.mark.parametrize("fault", ["hangs up", "503", "forgets"])
def test_a_write_whose_fate_is_unknown_is_done_again_and_nothing_is_doubled(
    store: Store, between: GoBetween, make: Make, fault: str
) -> None:
    store.put(make(1, "Q1"))
    size = len(store)
    between.fault, between.faults, between.only = fault, 1, "INSERT"
    store.put(make(1, "Q1", words="Guns fell quiet.", mark="two"))
    assert between.faults == 0
    assert len(store) == size
    assert store.fingerprints() == {IRIS.article(f"{1:016x}"): "two-1"}


def test_an_update_of_the_users_own_is_sent_once(store: Store, between: GoBetween) -> None:
    store.update("INSERT DATA { <http://a> <http://b> 0 }")
    between.seen.clear()
    between.fault, between.only = "forgets", "INSERT"
    with pytest.raises(StoreError):
        store.update("INSERT DATA { <http://a> <http://b> 1 }")
    assert len([seen for seen in between.seen if "INSERT" in seen]) == 1


def test_a_build_that_an_endpoint_cut_off_goes_on_with_nothing_lost_or_doubled(tmp_path: Path, make: Make) -> None:
    folder, port = tmp_path / "one", free_port()
    folder.mkdir()
    articles = [make(number, "Q1", "Town") for number in range(1, 9)]
    with oxigraph(folder, port=port) as server, open_store(server.address, config=Config(remote_timeout_s=1)) as store:
        store.put_many(articles[:3])
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        with pytest.raises(StoreError, match=str(port)):
            store.put(articles[3])
    with oxigraph(folder, port=port) as server, open_store(server.address) as store:
        known = store.fingerprints()
        assert len(known) == 3
        left = [each for each in articles if IRIS.article(each.article) not in known]
        store.put_many(left)
        assert len(store.fingerprints()) == 8
        found = sorted(b"".join(store.dump(format="nq")).splitlines())
    with open_store(tmp_path / "whole") as local:
        local.put_many(articles)
        expected = sorted(b"".join(local.dump(format="nq")).splitlines())
    assert [line for line in found if b"uriSpace" not in line] == expected


def test_an_article_that_was_left_half_written_counts_as_not_written(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.store.remote.store._VIRTUOSO_MOST", 3)
    with virtuoso(tmp_path) as server:
        between = GoBetween(server.address)
        try:
            config = Config(remote_timeout_s=2, **server.settings)  # type: ignore[arg-type]
            with open_store(between.address, config=config) as store:
                store.put(make(1))
                between.fault, between.only = "500", "fingerprint"
                with pytest.raises(StoreError, match="500"):
                    store.put(make(2, "Q1", "Town"))
                between.fault = ""
                assert set(store.fingerprints()) == {IRIS.article(f"{1:016x}")}
                left = len(store)
                store.put(make(2, "Q1", "Town"))
                assert len(store.fingerprints()) == 2
                assert len(store) == left + 1
        finally:
            between.close()


def test_a_missing_token_and_a_wrong_one_are_told_apart(tmp_path: Path) -> None:
    with serving(tmp_path / "store") as running:
        with open_store(running.address, config=CONFIG, create=False) as store:
            assert store.ask("ASK {}")
            with pytest.raises(StoreError, match=r"401.*KG_REMOTE_TOKEN"):
                store.update("INSERT DATA { <http://a> <http://b> 1 }")
        with open_store(running.address, config=Config(remote_token="wrong"), create=False) as store:  # noqa: S106
            with pytest.raises(StoreError, match=r"401.*does not accept") as raised:
                store.update("INSERT DATA { <http://a> <http://b> 1 }")
            assert "wrong" not in str(raised.value)
        with open_store(running.address, config=Config(remote_token=TOKEN), create=False) as store:
            store.update("INSERT DATA { GRAPH <http://g> { <http://a> <http://b> 1 } }")
            assert store.has_graph("http://g")


def test_a_wrong_password_is_refused_and_not_told(tmp_path: Path) -> None:
    with virtuoso(tmp_path) as server:
        config = Config(remote_user="dba", remote_password="guess")  # noqa: S106
        with open_store(server.address, config=config, create=False) as store:
            with pytest.raises(StoreError, match=r"401.*does not accept") as raised:
                store.update("INSERT DATA { GRAPH <http://g> { <http://a> <http://b> 1 } }")
            assert "guess" not in str(raised.value)
            assert "guess" not in repr(config)


def test_an_address_where_nobody_answers_is_named() -> None:
    port = free_port()
    with pytest.raises(StoreError, match=str(port)):
        open_store(f"http://127.0.0.1:{port}/", config=CONFIG)


def test_an_address_that_is_no_endpoint_is_told_what_was_tried(between: GoBetween) -> None:
    with pytest.raises(StoreError, match=r"answers queries \(tried .*KG_REMOTE_QUERY"):
        open_store(f"{between.address}nothing/here", config=CONFIG)


def test_addresses_that_the_settings_name_are_taken_as_they_are(between: GoBetween, make: Make) -> None:
    root = between.address.rstrip("/")
    config = Config(remote_query=f"{root}/query", remote_update=f"{root}/update", remote_graphs=f"{root}/store")
    with open_store(root, config=config) as store:
        store.put(make(1))
        store.replace_graph(IRIS.graph("ontology"), b'<http://a> <http://b> "c" .\n')
        assert len(store.fingerprints()) == 1
    assert {seen.split()[1].partition("?")[0] for seen in between.seen} == {"/query", "/update", "/store"}


def test_an_endpoint_without_a_graph_store_is_written_by_updates(between: GoBetween) -> None:
    root = between.address.rstrip("/")
    config = Config(remote_query=f"{root}/query", remote_graphs=f"{root}/no/such/place")
    with open_store(root, config=config) as store, pytest.raises(StoreError, match="no/such/place"):
        store.replace_graph(IRIS.graph("ontology"), b'<http://a> <http://b> "c" .\n')
    with open_store(root, config=CONFIG) as store:
        store._addresses._graphs = ""  # type: ignore[attr-defined]  # what discovery says where it finds none
        store.replace_graph(IRIS.graph("ontology"), b'<http://a> <http://b> "c", "d" .\n')
        store.replace_graph(IRIS.graph("ontology"), b'<http://a> <http://b> "c" .\n')
        assert len(store.graph(IRIS.graph("ontology"))) == 1


def test_a_redirect_is_not_followed_with_a_write(between: GoBetween) -> None:
    with open_store(between.address, config=CONFIG) as store:
        store.update("INSERT DATA { <http://a> <http://b> 1 }")
        between.fault = str(HTTPStatus.MOVED_PERMANENTLY.value)
        with pytest.raises(StoreError, match="301"):
            store.update("INSERT DATA { <http://a> <http://b> 2 }")


# --- where the default graph is no union, and the endpoint knows no word for it ---------------------------------------


def test_graphs_are_named_one_by_one_where_an_endpoint_knows_no_other_way(
    between: GoBetween, store: Store, make: Make
) -> None:
    between.without = "union-default-graph"
    store.put_many([make(1, "Q1"), make(2, "Town")])
    assert store.ask("ASK { ?a cn:mentions ?e . ?a schema:articleBody ?text . ?e rdfs:label ?name }")
    assert any("default-graph-uri=" in seen and "named-graph-uri=" in seen for seen in between.seen)
    assert len(store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")) == 5
    store.update("INSERT DATA { GRAPH <http://new> { <http://a> <http://b> 1 } }")
    assert store.ask("ASK { <http://a> <http://b> 1 }")


def test_more_graphs_than_can_be_named_are_an_error_that_says_what_to_do() -> None:
    many = ",".join(f'{{"g":{{"type":"uri","value":"http://g/{number}"}}}}' for number in range(2001))
    said = {
        "SELECT ?g": '{"head":{"vars":["g","s","p"]},"results":{"bindings":[{"g":{"value":"http://g"},"s":{"value":"http://s"},'
        '"p":{"value":"http://p"}}]}}',
        "ASK": '{"head":{},"boolean":false}',
        "SELECT DISTINCT ?g": f'{{"head":{{"vars":["g"]}},"results":{{"bindings":[{many}]}}}}',
    }

    def ask(text: str, _: object) -> bytes:
        return next(answer for begin, answer in reversed(said.items()) if text.startswith(begin)).encode()

    with pytest.raises(StoreError, match=r"http://here: .*2,001 graphs.*union default graph"):
        Union(ask, "http://here").fields()
