"""Little contributions and stores for the tests of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.iris import Iris
from kg.model import Contribution, EntityFacts
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.store import Store

IRIS = Iris()
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
MENTIONS = "<https://w3id.org/conflict-news/ontology#mentions>"


def contribution(number: int, *entities: str, words: str = "Guns fell silent.", mark: str = "one") -> Contribution:
    """An article that says a few things and mentions these entities; `Town` lies in the entity `Land`."""
    article = f"{number:016x}"
    about = IRIS.article(article)
    graph = IRIS.article_graph(article)
    triples = [f'<{about}> {LABEL} "Article {number}, {words}" .']
    facts = []
    for name in entities:
        entity = IRIS.entity(name)
        triples.append(f"<{about}> {MENTIONS} <{entity}> .")
        lines = [f'<{entity}> {LABEL} "{name}" .', f"<{entity}> <http://x/geometry> <{entity}/geometry> ."]
        lines.append(f'<{entity}/geometry> <http://x/wkt> "POINT(44.4 33.3)" .')
        if name == "Town":
            lines.append(f"<{entity}> <http://x/country> <{IRIS.entity('Land')}> .")
            facts.append(EntityFacts(IRIS.entity("Land"), f'<{IRIS.entity("Land")}> {LABEL} "Land" .\n'.encode()))
        facts.append(EntityFacts(entity, ("\n".join(sorted(lines)) + "\n").encode()))
    text = f'<{about}> <https://schema.org/articleBody> "{words}" .\n'
    content = ("\n".join(sorted(triples)) + "\n").encode()
    return Contribution(article, graph, content, text.encode(), tuple(facts), f"{mark}-{number}")


@pytest.fixture
def make() -> Callable[..., Contribution]:
    return contribution


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture(params=["alone", "serving"])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """An empty store, once with the writer in this process and once with processes of its own."""
    with open_store(folder, serving=request.param == "serving", config=Config(readers=1)) as opened:
        yield opened


@pytest.fixture
def serving(folder: Path) -> Iterator[Store]:
    with open_store(folder, serving=True, config=Config(readers=2, memory_mb=400)) as opened:
        yield opened
