"""The commands of the README on a store behind an endpoint, and our server before one: as a user would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from ..endpoints import SERVERS, GoBetween, oxigraph  # noqa: TID252 - tests are no package with a name
from ..running import ROOT, TOKEN, serving, serving_at  # noqa: TID252

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..endpoints import Elsewhere  # noqa: TID252
    from ..running import Running  # noqa: TID252

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARTICLES = {
    "blast.txt": "Blast kills five at market in Basra\n\nBASRA, Iraq, 3 May 2019 — A car bomb killed five people at a market in "
    "Basra on Friday, police said. The Islamic State group claimed responsibility for the attack.\n",
    "talks.txt": "Talks open in Geneva\n\nGENEVA, 4 May 2019 — Envoys of the government and the rebels met in Geneva on "
    "Saturday. The United Nations called the talks useful.\n",
}


@pytest.fixture(scope="module")
def elsewhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def kg(command: str, elsewhere: Elsewhere, folder: Path, *, status: int = 0) -> tuple[str, str]:
    """Run a command line of the README, its address exchanged for the real one."""
    words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", command)]
    words = [elsewhere.address if word.startswith("http") and "://" in word else word for word in words]
    assert words[0] == "kg"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    done = subprocess.run(
        [sys.executable, "-m", "kg", *words[1:]],
        cwd=folder,
        env={**kept, **elsewhere.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def section(title: str) -> str:
    """The shell commands under a heading of the README."""
    part = README.partition(f"\n### {title}\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", part, re.DOTALL))


def on(*names: str) -> pytest.MarkDecorator:
    """Run a test on these servers."""
    return pytest.mark.parametrize("elsewhere", names, indirect=True)


@on(*SERVERS)
def test_the_commands_of_the_readme_work_on_an_endpoint(elsewhere: Elsewhere, articles: Path) -> None:
    lines = [line.partition("  #")[0].strip() for line in section("A store behind an endpoint").splitlines()]
    commands = [line for line in lines if line.startswith("kg ") and not line.startswith("kg serve")]
    assert [command.split()[1] for command in commands] == ["build", "query", "export"]
    built, asked, exported = commands
    assert "2 built, 0 unchanged, 0 failed" in kg(built, elsewhere, articles.parent)[1]
    assert "0 built, 2 unchanged, 0 failed" in kg(built, elsewhere, articles.parent)[1]
    assert "row" in kg(asked, elsewhere, articles.parent)[0]
    kg(exported, elsewhere, articles.parent)
    assert (articles.parent / exported.split()[-1]).read_bytes()


@on("virtuoso")  # which is the furthest from our own engine
def test_the_other_verbs_work_there_too(elsewhere: Elsewhere, articles: Path) -> None:
    at = "http://there/"
    kg(f"kg build articles --store {at}", elsewhere, articles.parent)
    rows = json.loads(
        kg(
            f"kg query 'SELECT ?a {{ ?a a schema:NewsArticle }} ORDER BY ?a' --format json --store {at}",
            elsewhere,
            articles.parent,
        )[0]
    )["results"]["bindings"]
    assert len(rows) == 2
    assert "2 articles checked" in kg(f"kg validate --store {at}", elsewhere, articles.parent)[1]
    article = rows[0]["a"]["value"].rpartition("/")[2]
    assert "1 removed" in kg(f"kg remove {article} --store {at}", elsewhere, articles.parent)[1]
    assert "no such article" in kg(f"kg remove {article} --store {at}", elsewhere, articles.parent, status=1)[1]
    found, _ = kg(f"kg export --store {at} --format nt", elsewhere, articles.parent)
    assert article not in found
    assert rows[1]["a"]["value"] in found
    assert "1 built, 1 unchanged" in kg(f"kg build articles --store {at}", elsewhere, articles.parent)[1]


@on("oxigraph", "virtuoso")
def test_our_server_serves_the_pages_and_the_queries_of_an_endpoint(elsewhere: Elsewhere, articles: Path) -> None:
    kg("kg build articles --store http://there/", elsewhere, articles.parent)
    with serving_at(elsewhere.address, articles.parent, **elsewhere.settings) as front:
        home = front.send("GET", "/", headers={"Accept": "text/html"})
        assert home.status == 200
        assert "Blast kills five" in home.text
        found = json.loads(front.query("SELECT ?a ?e { ?a a schema:NewsArticle ; schema:mentions ?e }").body)
        assert found["results"]["bindings"]
        reply = front.query("SELECT ?a { ?a a schema:NewsArticle }", accept="text/csv")
        assert (reply.status, reply.headers["cache-control"], "etag" in reply.headers) == (200, "no-store", False)
        for row in {(row["a"]["value"], row["e"]["value"]) for row in found["results"]["bindings"]}:
            for iri in row:
                path = "/" + iri.partition("/id/")[2]
                assert front.send("GET", f"/page{path}", headers={"Accept": "text/html"}).status == 200
                assert len(front.send("GET", f"/data{path}.nt").body) > 100
        assert front.send("GET", "/search?q=basra", headers={"Accept": "text/html"}).status == 200
        assert front.send("GET", f"/graphs?graph={quote('http://localhost:5000/graph/entities')}").status == 200
        assert front.send("GET", "/void.ttl").status == 200
        assert front.send("GET", "/dump/graph.nq.gz").status == 200
        assert front.send("GET", "/healthz").status == 200
        assert front.send("GET", "/metrics").status == 200
        assert front.query("SELECT * { ?s ?p }").status == 400
        assert front.query("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }").status == 403


def test_to_serve_an_endpoint_writes_nothing_to_it(articles: Path, tmp_path: Path) -> None:
    with oxigraph(tmp_path) as elsewhere:
        between = GoBetween(elsewhere.address)
        try:
            with serving_at(between.address, articles.parent) as front:
                assert front.send("GET", "/", headers={"Accept": "text/html"}).status == 200
                assert not [seen for seen in between.seen if "update=" in seen or seen.startswith(("PUT", "DELETE"))]
                # the token of the front lets its holder write through it
                reply = front.send(
                    "PUT",
                    "/graphs?graph=http://g",
                    body=b"<http://a> <http://b> 1 .",
                    token=TOKEN,
                    headers={"Content-Type": "text/turtle"},
                )
                assert reply.status in (201, 204)
                front.update("INSERT DATA { GRAPH <http://g> { <http://a> <http://b> 2 } }")
                assert len(json.loads(front.query("SELECT ?o { <http://a> ?p ?o }").body)["results"]["bindings"]) == 2
        finally:
            between.close()


@pytest.mark.parametrize(("fault", "status"), [("hangs up", 503), ("stalls", 503), ("401", 503)])
def test_an_endpoint_that_fails_makes_a_page_and_a_query_that_say_so(
    articles: Path, tmp_path: Path, fault: str, status: int
) -> None:
    with oxigraph(tmp_path) as elsewhere:
        between = GoBetween(elsewhere.address)
        try:
            with serving_at(between.address, articles.parent, timeout_s=1, remote_timeout_s=2) as front:
                between.fault = fault
                for reply in (
                    front.query("SELECT * { ?s ?p ?o }"),
                    front.send("GET", "/search?q=x", headers={"Accept": "text/html"}),
                ):
                    assert reply.status == status
                    assert between.address.rstrip("/") in reply.text
                assert front.send("GET", "/healthz").status == 503
                between.fault = ""
                assert front.query("SELECT * { ?s ?p ?o }").status == 200
                assert front.send("GET", "/healthz").status == 200
        finally:
            between.close()


def test_a_query_with_service_is_answered_by_the_server_and_by_the_command(tmp_path: Path) -> None:
    with serving(tmp_path / "there") as there, serving(tmp_path / "here", federation=f"{there.address}/sparql") as here:
        there.update('INSERT DATA { GRAPH <http://g> { <http://x/a> <http://x/name> "Anna" } }')
        here.update("INSERT DATA { GRAPH <http://g> { <http://x/one> <http://x/same> <http://x/a> } }")
        query = f"SELECT ?s ?n {{ ?s <http://x/same> ?a SERVICE <{there.address}/sparql> {{ ?a <http://x/name> ?n }} }}"
        reply = here.query(query, accept="text/csv")
        assert reply.body == b"s,n\r\nhttp://x/one,Anna\r\n"
        _asked_by_the_command(query, here, there)
        refused = here.query(query.replace(there.address, "http://127.0.0.1:1"))
        assert refused.status == 403


def _asked_by_the_command(query: str, here: Running, there: Running) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "query", query, "--store", str(here.folder), "--format", "csv"],
        env={**os.environ, "KG_FEDERATION": f"{there.address}/sparql", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == b"s,n\r\nhttp://x/one,Anna\r\n", done.stderr
