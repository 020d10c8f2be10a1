"""The site in headless Chromium: no outside request, no broken policy, and a query page that works."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.web.conftest import Links

pytestmark = pytest.mark.browser


class Watched:
    """A page with all that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    # what a broken policy blocks never becomes a request: ask the page itself
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))"
    )
    yield Watched(context.new_page())
    context.close()


def assert_quiet(watched: Watched, address: str) -> None:
    outside = [url for url in watched.requests if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
    assert watched.complaints == []
    assert watched.requests


def test_running_a_query_shows_rows_and_asks_nobody_outside(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto("/sparql")
    page.wait_for_selector(".yasqe .CodeMirror")
    page.click(".yasqe_queryButton")
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    assert page.locator(".yasr table.dataTable tbody tr").count() == 3
    page.get_by_text("3 rows").wait_for()
    assert_quiet(watched, address)


def test_a_query_in_the_address_is_loaded_into_the_editor(watched: Watched, address: str) -> None:
    watched.page.goto("/sparql?query=ASK%20%7B%20%3Fdorva%20%3Fp%20%3Fo%20%7D")
    watched.page.wait_for_selector(".yasqe .CodeMirror")
    assert "?dorva" in watched.page.locator(".CodeMirror-code").inner_text()
    assert_quiet(watched, address)


def test_completing_a_term_uses_the_stores_own_ontology(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto("/sparql")
    page.wait_for_selector(".yasqe .CodeMirror")
    typed = "PREFIX cn: <https://w3id.org/conflict-news/ontology#>\nSELECT * { ?e a cn:Aerial"
    page.evaluate(
        "(typed) => { const e = document.querySelector('.CodeMirror').CodeMirror;"
        " e.setValue(typed); e.focus(); e.setCursor(1, 99); }",
        typed,
    )
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hints")
    assert "AerialAttack" in page.locator(".CodeMirror-hints").inner_text()
    assert_quiet(watched, address)


def test_an_error_of_the_endpoint_is_shown_whole(watched: Watched) -> None:
    page = watched.page
    page.goto("/sparql?query=SELECT%20%3Fx%20%7B%20%3Fx%20")
    page.wait_for_selector(".yasqe .CodeMirror")
    page.wait_for_selector(".errorResult")
    assert "line 1" in page.locator(".errorResult").inner_text()


def test_an_answer_can_be_downloaded(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto("/sparql")
    page.wait_for_selector(".yasqe .CodeMirror")
    page.click(".yasqe_queryButton")
    page.wait_for_selector("#download-buttons button")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "answer.csv"
    assert_quiet(watched, address)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_results_of_a_query_stay_inside_the_screen(watched: Watched, address: str, width: int) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/sparql?query=SELECT%20*%20%7B%20%3Fsubject%20%3Fpredicate%20%3Fobject%20%7D%20LIMIT%2060")
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert_quiet(watched, address)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_stay_inside_the_screen_and_break_no_policy(
    watched: Watched, address: str, links: Links, width: int
) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    things = [f"/page/{path}" for path in (links.article, links.event, links.claim, links.entity, links.count)]
    for path in ("/", "/search?q=karst", "/ontology", "/sparql", *things):
        page.goto(path)
        overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overhang <= 0, path
    assert_quiet(watched, address)


def test_the_map_draws_land_and_circles_that_lead_to_places(watched: Watched, address: str, links: Links) -> None:
    page = watched.page
    for path in ("/", f"/page/{links.entity}", f"/page/{links.event}"):
        page.goto(path)
        page.wait_for_selector(".map[data-drawn] path.map-land", state="attached")
        circle = page.locator(".map .map-dot")
        assert circle.count() == 1
        assert "Dorva" in str(circle.get_attribute("aria-label"))
        circle.focus()
        page.keyboard.press("Enter")
        page.locator(".leaflet-popup-content a", has_text="Dorva").wait_for()
    page.locator(".leaflet-popup-content a", has_text="Dorva").click()
    page.wait_for_url("**/page/entity/**")
    assert page.locator("h1").inner_text() == "Dorva"
    assert_quiet(watched, address)


def test_no_coast_jumps_across_the_map(watched: Watched) -> None:
    """Coasts that cross the 180th meridian once drew lines from one edge to the other."""
    page = watched.page
    page.goto("/")
    page.wait_for_selector(".map[data-drawn] path.map-land", state="attached")
    longest = page.evaluate(
        """async () => {
          const rings = await window.kgMap.land(document.querySelector(".map").dataset.land);
          let longest = 0;
          for (const polygon of rings) for (const line of polygon)
            for (let n = 1; n < line.length; n++)
              if (Math.abs(line[n][0]) < 84) longest = Math.max(longest, Math.abs(line[n][1] - line[n - 1][1]));
          return [rings.length, longest];
        }"""
    )
    assert longest[0] > 1400
    assert longest[1] < 10


MAP_QUERY = """#view: map
SELECT ?place ?placeLabel ?wkt WHERE { ?place rdfs:label ?placeLabel ; geo:hasGeometry/geo:asWKT ?wkt }"""
DATES_QUERY = """#view: timeline
SELECT ?event ?label ?earliest ?latest WHERE {
  ?event rdfs:label ?label ; cn:earliestDate ?earliest ; cn:latestDate ?latest }"""


def run_query(page: Page, query: str) -> None:
    page.goto(f"/sparql?{urlencode({'query': query}, quote_via=quote)}")
    page.wait_for_selector(".yasqe .CodeMirror")


def test_a_query_chooses_the_map_for_its_answer(watched: Watched, address: str) -> None:
    page = watched.page
    run_query(page, MAP_QUERY)
    page.wait_for_selector(".answer-map[data-drawn] .map-dot")
    circle = page.locator(".answer-map .map-dot")
    assert circle.get_attribute("aria-label") == "Dorva: 1 row"
    circle.click()
    assert page.locator(".leaflet-popup-content a").get_attribute("href") == "/id/entity/Q90000001"
    page.locator(".select_table").click()
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    assert_quiet(watched, address)


def test_a_query_chooses_the_timeline_and_the_next_without_a_view_gets_the_table(
    watched: Watched, address: str
) -> None:
    page = watched.page
    run_query(page, DATES_QUERY)
    page.wait_for_selector(".answer-timeline .mark")
    assert page.locator(".answer-timeline [role=listitem]").count() == page.locator(".answer-timeline .mark").count()
    assert "Shelling" in str(page.locator(".answer-timeline text:not(.tick)").first.text_content())
    page.evaluate("q => document.querySelector('.CodeMirror').CodeMirror.setValue(q)", DATES_QUERY.partition("\n")[2])
    page.click(".yasqe_queryButton")
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    assert_quiet(watched, address)


CHART_QUERY = """#view: chart
SELECT ?role (COUNT(?part) AS ?count) WHERE { ?part cn:role ?role } GROUP BY ?role ORDER BY DESC(?count)"""
NETWORK_QUERY = """#view: network
SELECT ?event ?eventLabel ?who ?whoLabel WHERE {
  ?event rdfs:label ?eventLabel ; cn:reportedParticipation/cn:participant ?who . ?who rdfs:label|schema:name ?whoLabel }"""


def test_a_query_chooses_the_chart_whose_bars_are_as_long_as_its_numbers(watched: Watched, address: str) -> None:
    page = watched.page
    run_query(page, CHART_QUERY)
    page.wait_for_selector(".answer-chart .mark")
    widths = page.eval_on_selector_all(".answer-chart .mark", "bars => bars.map(bar => +bar.getAttribute('width'))")
    counts = page.locator(".answer-chart text.tick").all_text_contents()
    assert len(widths) == len(counts) > 1
    assert widths == sorted(widths, reverse=True)
    assert abs(widths[-1] / widths[0] - int(counts[-1]) / int(counts[0])) < 0.01
    assert_quiet(watched, address)


def test_a_query_chooses_the_network_of_its_two_columns_of_things(watched: Watched, address: str) -> None:
    page = watched.page
    run_query(page, NETWORK_QUERY)
    page.wait_for_selector(".answer-network canvas")
    told = str(page.locator(".answer-network").get_attribute("aria-label"))
    things, connections = (int(word) for word in told.split() if word.isdigit())
    assert things > 2
    assert connections >= things // 2
    page.locator(".select_table").click()
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    assert page.locator(".answer-network").count() == 0
    assert_quiet(watched, address)


def test_a_shared_link_keeps_the_query_and_the_open_view(watched: Watched, address: str) -> None:
    page = watched.page
    run_query(page, DATES_QUERY.partition("\n")[2])
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    page.locator(".select_timeline").click()
    page.wait_for_selector(".answer-timeline .mark")
    page.click(".yasqe_share")
    link = page.locator(".yasqe_sharePopup input").input_value()
    assert link.startswith(f"{address}/sparql?query=%23view")
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector(".answer-timeline .mark")
    assert_quiet(watched, address)


def test_names_stand_beside_iris_and_come_in_one_query(watched: Watched, address: str) -> None:
    page = watched.page
    run_query(page, "SELECT ?event ?place WHERE { ?event cn:place ?place }")
    page.wait_for_selector(".iri-name")
    assert "Dorva" in page.locator(".iri-name").all_inner_texts()
    assert len([url for url in watched.requests if url == f"{address}/sparql"]) == 2
    assert_quiet(watched, address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POINT(-17.25 44.5)", [44.5, -17.25]),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> point ( 30 10 )", [10, 30]),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(10 30)", [10, 30]),
        ("POINT(200 10)", None),
        ("LINESTRING(1 2, 3 4)", None),
        ("about POINT(1 2)", None),
    ],
)
def test_points_are_read_with_the_axes_of_their_reference_system(
    watched: Watched, text: str, expected: list[float] | None
) -> None:
    watched.page.goto("/sparql")
    found = watched.page.evaluate("text => window.kgViews.position(text)", text)
    assert (found and [found["latitude"], found["longitude"]]) == expected


def test_the_policy_check_would_notice_a_violation(watched: Watched) -> None:
    watched.page.goto("/")
    watched.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }"
    )
    assert watched.complaints
    watched.page.evaluate("() => fetch('http://outside.invalid/').catch(() => 0)")
    assert any("policy" in complaint for complaint in watched.complaints)


def test_reading_needs_no_script(browser: Browser, address: str, links: Links) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/page/{links.article}")
    page.locator("a.mention").first.click()
    assert page.locator("h1").inner_text() == "Dorva"
    page.goto("/sparql")
    page.locator("#plain-query").fill("SELECT ?l WHERE { ?e a cn:Negotiation ; rdfs:label ?l }")
    page.get_by_role("button", name="Run").click()
    context.close()
