"""Which media type an answer takes."""

from __future__ import annotations

import pytest

from kg.service.negotiate import GRAPHS, RESULTS, choose, media_type

JSON, XML, CSV = RESULTS["json"], RESULTS["xml"], RESULTS["csv"]
OFFERED = (JSON, XML, CSV)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("text/*", CSV),
        ("application/json", JSON),
        ("application/xml", XML),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", XML),
        ("application/*;q=0.1, text/csv;q=0.2", CSV),
        ("application/sparql-results+json;q=0, */*", XML),
        ("TEXT/CSV ; Q=1", CSV),
        ("image/png", None),
        ("text/csv;q=0", None),
        ("text/csv;q=nonsense", None),
        ("no media type at all", None),
    ],
)
def test_the_header_chooses_by_quality_then_exactness_then_our_order(accept: str, chosen: str | None) -> None:
    assert choose(accept, OFFERED) == chosen


def test_a_name_wins_over_the_header() -> None:
    assert media_type("select", accept="text/csv", name="json") == JSON
    assert media_type("graph", accept="text/csv", name="ttl") == GRAPHS["ttl"]
    assert media_type("graph", accept="", name="application/ld json") == GRAPHS["jsonld"]
    assert media_type("select", accept="*/*", name="ttl") is None
    assert media_type("graph", accept="application/json") == GRAPHS["jsonld"]
    assert media_type("graph", accept="text/html,application/xhtml+xml,*/*;q=0.8") == GRAPHS["ttl"]
