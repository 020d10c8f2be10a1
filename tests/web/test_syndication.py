"""What crawlers, feed readers and other machines find."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return [str(loc.text) for loc in ET.fromstring(answer.data).iter(f"{SITEMAP}loc")]  # noqa: S314 - our own XML


def local(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_the_map_of_the_site_leads_to_pages_that_exist(client: FlaskClient) -> None:
    parts = addresses(client, "/sitemap.xml")
    assert parts
    pages = [page for part in parts for page in addresses(client, local(part))]
    assert len(pages) > 5
    assert [page for page in pages if client.get(local(page)).status_code != 200] == []


def test_a_part_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sitemap/passwords-1.xml").status_code == 404
    assert client.get("/sitemap/articles-0.xml").status_code == 404


def test_robots_are_sent_to_the_map_and_kept_from_queries(client: FlaskClient) -> None:
    body = client.get("/robots.txt").text
    assert "Disallow: /sparql" in body
    (address,) = re.findall(r"Sitemap: (\S+)", body)
    assert client.get(local(address)).status_code == 200


def test_the_feed_tells_each_article_with_its_day_and_page(client: FlaskClient) -> None:
    feed = ET.fromstring(client.get("/feed.atom").data)  # noqa: S314 - our own XML
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert client.get(local(str(link.get("href")))).status_code == 200
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", str(entry.findtext(f"{ATOM}updated")))
        assert entry.findtext(f"{ATOM}title")
    assert any(entry.findtext(f"{ATOM}summary") for entry in entries)


@pytest.fixture
def article(client: FlaskClient) -> str:
    return next(local(page) for page in addresses(client, "/sitemap/articles-1.xml"))


def test_a_page_says_what_to_cite_and_where_its_data_are(client: FlaskClient, article: str) -> None:
    links = client.get(article).headers.get_all("Link")
    rels = {re.search(r'rel="([\w-]+)"', link)[1]: link for link in links}  # type: ignore[index]
    assert {"cite-as", "describedby", "type", "linkset"} <= set(rels)
    described = [link for link in links if 'rel="describedby"' in link]
    assert len(described) >= 5
    for link in described:
        found = re.match(r'<([^>]+)>; rel="describedby"; type="([^"]+)"', link)
        assert found is not None
        assert client.get(local(found[1])).mimetype == found[2]


def test_the_link_set_says_the_same_as_the_headers(client: FlaskClient, article: str) -> None:
    links = client.get(article).headers.get_all("Link")
    where = next(re.match(r"<([^>]+)>", link)[1] for link in links if 'rel="linkset"' in link)  # type: ignore[index]
    answer = client.get(local(where))
    assert answer.mimetype == "application/linkset+json"
    first = json.loads(answer.data)["linkset"][0]
    for rel in ("cite-as", "describedby", "type"):
        stated = {re.match(r"<([^>]+)>", link)[1] for link in links if f'rel="{rel}"' in link}  # type: ignore[index]
        assert {target["href"] for target in first[rel]} == stated
    assert client.get("/linkset/article/0000000000000000").status_code == 404


def test_an_article_s_page_describes_the_article_without_publishing_it(client: FlaskClient, article: str) -> None:
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', client.get(article).text, re.DOTALL)
    assert found is not None
    described = json.loads(found[1])
    assert described["@type"] == "AboutPage"
    assert described["mainEntity"]["@type"] == "NewsArticle"
    assert described["mainEntity"]["headline"]
    assert local(described["mainEntity"]["@id"]) == article.replace("/page/", "/id/")
