"""One running server for all clients, with a few people, places and a long chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..running import serving  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..running import Running  # noqa: TID252

PLACES = """
PREFIX x: <http://x.example/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA {
  x:a rdfs:label "Ärmel"@de , "sleeve" ; x:count 3 ; x:wkt "POINT(44.4 33.3)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> .
  GRAPH x:g { x:b rdfs:label "comma, \\"quote\\"" ; x:count 4 . x:c x:count 5 }
}"""
CHAIN = " ".join(f"<http://n{n}> <http://next> <http://n{(n * 7 + 1) % 1500}> ." for n in range(1500))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("clients") / "store", readers=2, timeout_s=8, memory_mb=600) as running:
        running.update(PLACES)
        running.update(f"INSERT DATA {{ GRAPH <http://chain> {{ {CHAIN} }} }}")
        yield running
