"""The pages as axe-core sees them, which stands in for people who cannot see them: no serious finding, light or dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Browser

    from tests.web.conftest import Links

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
INSTALL = "npm install --prefix tests/web/axe"
KINDS = ("article", "event", "claim", "entity")
PAGES = (
    "/",
    "/search?q=karst",
    "/sparql",
    "/try",
    "/ontology",
    "/ontology/Attack",
    "/ontology/documentation",
    "/reconcile",
    "/dump/",
)
# what the query editor's own parts get wrong is told to its makers
ELSEWHERE = (".yasgui", ".CodeMirror")
ASK = """async (without) => (await axe.run({ exclude: without }, { resultTypes: ["violations"] })).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => `${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map((node) => node.target).join(", ")}`)"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The script; tests are skipped without it, but not in CI, where a skipped check is no check."""
    if not SCRIPT.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI=true, but axe-core is not installed: {INSTALL}")
        pytest.skip(f"axe-core is not installed: {INSTALL}")
    return SCRIPT.read_text(encoding="utf-8")


def findings(browser: Browser, axe: str, address: str, paths: Iterable[str], **look: Any) -> dict[str, list[str]]:
    """Look at pages one after the other; return what is seriously wrong, by path."""
    # the checker is put into the page, which its policy forbids to all but us
    context = browser.new_context(base_url=address, bypass_csp=True, **look)
    context.add_init_script(axe)
    wrong: dict[str, list[str]] = {}
    try:
        page = context.new_page()
        for path in paths:
            page.goto(path)
            if found := page.evaluate(ASK, [[part] for part in ELSEWHERE]):
                wrong[path] = found
    finally:
        context.close()
    return wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_finding(browser: Browser, axe: str, address: str, links: Links, scheme: str) -> None:
    pages = [*PAGES, *(f"/page/{getattr(links, kind)}" for kind in KINDS)]
    look = {"viewport": {"width": 1280, "height": 900}, "color_scheme": scheme}
    assert findings(browser, axe, address, pages, **look) == {}


def test_a_narrow_screen_has_no_serious_finding_either(browser: Browser, axe: str, address: str, links: Links) -> None:
    pages = ("/", "/search?q=karst", f"/page/{links.article}")
    assert findings(browser, axe, address, pages, viewport={"width": 390, "height": 900}) == {}


def test_the_checker_finds_what_is_wrong(browser: Browser, axe: str, address: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"/icon.svg\"><input type=\"text\">')")
    page.add_script_tag(content=axe)
    found = " ".join(page.evaluate(ASK, [[part] for part in ELSEWHERE]))
    context.close()
    assert "image-alt" in found
    assert "label" in found
