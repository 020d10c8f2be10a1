"""The page that reads a pasted article: what it shows, what it refuses, and that it stores nothing."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from flask import g
from rdflib import RDF, SDO, Graph

from kg.web import trial
from kg.web.present import href

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

    from kg.store import Store

ARTICLE = """Rockets hit airport near Baghdad, killing three

BAGHDAD, March 3, 2031 - Three soldiers were killed when rockets struck an airport near Baghdad on Monday, the Iraqi army said.

"We will find those who fired them," Brigadier Omar Halim said. He blamed a militia for the attack. <b>Nobody</b> claimed it.
"""


def test_the_form_is_shown_and_leads_to_itself(client: FlaskClient) -> None:
    text = client.get("/try").text
    assert 'action="/try" method="post"' in text
    assert 'href="/try" aria-current="page"' in text


def test_a_pasted_article_is_shown_with_names_events_claims_and_turtle_and_nothing_is_stored(
    client: FlaskClient, newsroom: Store
) -> None:
    before = (len(newsroom), newsroom.generation)
    answer = client.post("/try", data={"text": ARTICLE})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'class="mention"' in answer.text
    assert 'class="trigger' in answer.text
    assert "&lt;b&gt;Nobody" in answer.text
    assert "<b>Nobody" not in answer.text
    assert "schema:NewsArticle" in answer.text
    assert (len(newsroom), newsroom.generation) == before


def test_every_link_of_a_trial_leads_somewhere(client: FlaskClient) -> None:
    text = client.post("/try", data={"text": ARTICLE}).text
    shown = text.partition("<main")[2]
    links = set(re.findall(r'href="([^"]*)"', shown))
    assert any(link.startswith("#event-") for link in links)
    for link in links:
        assert link
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in shown, link
        elif link.startswith("/"):
            assert client.get(link).status_code == 200, link
        else:
            assert link.startswith("http://www.wikidata.org/entity/Q")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("entity/Q90000001", "/page/entity/Q90000001"),
        ("entity/Q42", "http://www.wikidata.org/entity/Q42"),
        ("entity/nil-nobody", ""),
        ("event/0123456789abcdef-2", "#event-0123456789abcdef-2"),
        ("event/fedcba9876543210-2", ""),
        ("article/0123456789abcdef#char=3,9", "#char=3,9"),
        ("participation/0123456789abcdef-1", ""),
    ],
)
def test_a_thing_of_a_trial_leads_into_the_page_the_store_or_wikidata(
    client: FlaskClient, newsroom: Store, path: str, expected: str
) -> None:
    with client.application.test_request_context("/try"):
        g.unstored, g.known = "0123456789abcdef", frozenset({f"{newsroom.base}id/entity/Q90000001"})
        assert href(f"{newsroom.base}id/{path}") == expected


def test_the_turtle_alone_is_the_articles_graph(client: FlaskClient) -> None:
    answer = client.post("/try", data={"text": ARTICLE, "format": "ttl"})
    assert answer.mimetype == "text/turtle"
    graph = Graph().parse(data=answer.text, format="turtle")
    assert len(list(graph.subjects(RDF.type, SDO.NewsArticle))) == 1


def test_an_html_file_is_read_and_its_name_is_only_a_name(client: FlaskClient) -> None:
    page = f"<html><body><article><h1>Rockets hit airport</h1><p>{ARTICLE.splitlines()[2]}</p></article></body></html>"
    files = {"file": (io.BytesIO(page.encode()), "../../etc/story.html")}
    answer = client.post("/try", data=files, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "Three soldiers were killed" in answer.text
    assert "etc/story" not in answer.text


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"text": " \n "}, 422, "no text"),
        ({"text": "word " * 20_100}, 413, "larger than 100 kB"),
        ({"text": "word " * 60_000}, 413, "larger than 100 kB"),
        ({"text": ARTICLE, "published": "soon"}, 422, "no date"),
        ({"file": (io.BytesIO(b"%PDF-1.7\n\x00\x01\x02" * 50), "a.pdf")}, 422, "did not work"),
        ({"file": (io.BytesIO(bytes(range(256)) * 20), "a.bin")}, 422, "did not work"),
    ],
)
def test_what_cannot_be_read_gets_a_clear_message(
    client: FlaskClient, data: dict[str, object], status: int, words: str
) -> None:
    answer = client.post("/try", data=data, content_type="multipart/form-data")
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert words in answer.text


def test_a_post_from_another_site_is_refused(client: FlaskClient) -> None:
    answer = client.post("/try", data={"text": ARTICLE}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_too_many_at_once_are_asked_to_come_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken:
        def acquire(self, *, timeout: float) -> bool:
            return timeout < 0

    monkeypatch.setattr(trial, "_AT_ONCE", Taken())
    answer = client.post("/try", data={"text": ARTICLE})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Rockets hit airport" in answer.text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_an_article_can_be_tried_without_scripts_and_stays_inside_the_screen(
    browser: Browser, address: str, width: int
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto("/try")
    page.locator("#try-text").fill(ARTICLE)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".trial .trigger")
    page.locator("summary", has_text="as Turtle").click()
    assert "schema:NewsArticle" in page.locator("pre.turtle").inner_text()
    assert page.locator("main").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    context.close()
