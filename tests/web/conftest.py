"""A test client, a server on a free port, and a browser."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from waitress.server import create_server

from kg.config import Config
from kg.web.app import create_app
from kg.web.serve import listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

    from kg.store import Store

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
TOKEN = "open sesame"  # noqa: S105 - the tests' own


@pytest.fixture(scope="session")
def client(newsroom: Store) -> FlaskClient:
    return create_app(newsroom, replace(Config(), token=TOKEN), token=TOKEN).test_client()


@dataclass(frozen=True)
class Links:
    """Where the things of the two invented articles live on the server."""

    article: str
    event: str
    claim: str
    entity: str
    count: str


@pytest.fixture(scope="session")
def links(newsroom: Store) -> Links:
    """Paths below `/page/` and `/data/`."""

    def first(pattern: str) -> str:
        found = newsroom.select(f"SELECT ?x WHERE {{ {pattern} }} ORDER BY ?x LIMIT 1").rows[0][0]
        return str(found).removeprefix(f"{newsroom.base}id/")

    return Links(
        article=first("?x schema:headline ?h FILTER(CONTAINS(?h, 'Shells'))"),
        event=first("?x a cn:IndirectFireAttack"),
        claim=first("?x cn:stance cnv:denies"),
        entity=first("?x rdfs:label 'Karst Front'"),
        count=first("?x a cn:CasualtyCount"),
    )


@pytest.fixture(scope="session")
def address(newsroom: Store) -> Iterator[str]:
    """A real server on a free port."""
    listener = listen("127.0.0.1", 0)
    server = create_server(create_app(newsroom, Config()), sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; tests are skipped without it, but not in CI, where a skipped check is no check."""
    path = next((path for path in CHROMIUM if Path(path).exists()), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true, but Chromium is not installed (Debian package chromium)")
        pytest.skip("Chromium is not installed (Debian package chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser to drive

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()
