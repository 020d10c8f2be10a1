"""The pages as HTML: what they show, that values are escaped, and what errors look like."""

from __future__ import annotations

import gzip
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.store import Store
    from tests.web.conftest import Links

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
KINDS = ("article", "event", "claim", "entity", "count")
ALL = ("/", "/search", "/search?q=karst", "/search?kind=events&type=Attack", "/ontology", "/dump/", "/sparql")


class Page(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if (
            tag == "script"
            and "src" not in found
            and found.get("type") not in ("application/json", "application/ld+json")
        ):
            self.inline.append("script")
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if tag == "h1":
            self.headings.append(tag)


def addresses(links: Links) -> list[str]:
    return [*ALL, *(f"/page/{getattr(links, kind)}" for kind in KINDS)]


def test_every_page_answers_has_one_heading_and_no_inline_script_or_style(client: FlaskClient, links: Links) -> None:
    for address in addresses(links):
        answer = client.get(address, headers=HTML)
        assert answer.status_code == 200, address
        page = Page(answer.text)
        assert page.headings == ["h1"], address
        assert page.inline == [], address
        assert len(page.ids) == len(set(page.ids)), address


def test_every_link_of_every_page_leads_somewhere(client: FlaskClient, links: Links) -> None:
    todo = {link.partition("#")[0] for address in addresses(links) for link in Page(client.get(address).text).links}
    local = sorted(link for link in todo if link.startswith("/") and not link.startswith(("/sparql?", "/dump/graph")))
    assert len(local) > 30
    broken = [(link, client.get(link).status_code) for link in local if client.get(link).status_code not in (200, 303)]
    assert broken == []


def test_a_link_to_a_sentence_leads_to_an_element_of_the_article_page(client: FlaskClient, links: Links) -> None:
    ids = set(Page(client.get(f"/page/{links.article}").text).ids)
    spans = [link for link in Page(client.get(f"/page/{links.event}").text).links if "#char=" in link]
    assert len(spans) > 5
    for span in spans:
        path, _, fragment = span.partition("#")
        assert path == f"/page/{links.article}"
        assert fragment in ids


def test_text_and_values_are_escaped(client: FlaskClient, links: Links) -> None:
    text = client.get(f"/page/{links.article}").text
    assert "&lt;" in text
    assert "<Karst>" not in text
    answer = client.get("/search?q=<script>alert(1)</script>").text
    assert "<script>alert" not in answer
    assert "&lt;script&gt;alert" in answer


def test_an_address_that_would_run_as_a_script_is_no_link(client: FlaskClient, newsroom: Store) -> None:
    found = newsroom.select("SELECT ?a WHERE { ?a schema:url ?u FILTER(STRSTARTS(STR(?u), 'javascript:')) }").rows
    text = client.get(f"/page/{str(found[0][0]).partition('/id/')[2]}").text
    assert "Talks on Karst" in text
    assert "javascript:" not in text


def test_the_event_page_says_in_words_who_speaks(client: FlaskClient, links: Links) -> None:
    text = client.get(f"/page/{links.event}").text
    assert "according to" in text
    assert "in the article’s own voice" in text
    assert "Aldovan officials" in text


def test_a_planned_event_is_never_shown_as_having_happened(client: FlaskClient, newsroom: Store) -> None:
    found = newsroom.select("SELECT ?e WHERE { ?e cn:actuality cnv:planned }").rows
    path = str(found[0][0]).partition("/id/")[2]
    assert "The article does not say that this took place" in client.get(f"/page/{path}").text


@pytest.mark.parametrize("path", ["/page/article/0000000000000000", "/page/entity/Q0", "/page/x/y", "/none", "/page/x"])
def test_what_is_not_there_is_a_page_for_people_and_json_for_programs(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=HTML)
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    program = client.get(path, headers={"Accept": "application/json"})
    assert program.status_code == 404
    assert program.json is not None
    assert program.json["status"] == 404


def test_an_odd_page_number_is_the_first_page(client: FlaskClient) -> None:
    for number in ("-3", "0", "x", "999999999999999999999"):
        assert client.get(f"/search?kind=entities&p={number}").status_code == 200


def test_every_answer_carries_the_security_headers(client: FlaskClient, links: Links) -> None:
    for address in (*addresses(links), "/none", "/healthz", f"/data/{links.event}.ttl"):
        answer = client.get(address, headers=HTML)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy
        assert "script-src 'self';" in policy
        assert ("'unsafe-inline'" in policy) == (address == "/sparql"), address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_map_is_a_list_for_those_without_scripts(client: FlaskClient, links: Links) -> None:
    text = client.get(f"/page/{links.entity}").text
    listed = text.partition('<details class="small map-list"')[2].partition("</details>")[0]
    assert "Dorva</a>" in listed
    assert "2 events" in listed


def test_static_files_travel_compressed_and_are_kept_only_under_a_versioned_address(client: FlaskClient) -> None:
    plain = client.get("/static/map.js", buffered=True)
    packed = client.get("/static/map.js?v=1", headers={"Accept-Encoding": "br, gzip"}, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "immutable" in packed.headers["Cache-Control"]
    assert "immutable" not in plain.headers["Cache-Control"]
    assert "Content-Encoding" not in plain.headers
    refused = client.get("/static/map.js", headers={"Accept-Encoding": "gzip;q=0"}, buffered=True)
    assert "Content-Encoding" not in refused.headers
    again = client.get("/static/map.js", headers={"If-None-Match": plain.headers["ETag"]}, buffered=True)
    assert again.status_code == 304


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/", headers={"If-None-Match": '"old"'}).status_code == 200


def test_health_and_metrics_tell_operators_what_they_need(client: FlaskClient) -> None:
    assert client.get("/healthz").json["status"] == "ok"  # type: ignore[index]
    client.get("/")
    text = client.get("/metrics").text
    assert 'kg_requests_total{route="pages.home",status="200"}' in text
    assert "\nkg_quads " in text
