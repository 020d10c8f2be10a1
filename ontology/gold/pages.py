"""The documentation that pyLODE makes of the ontology, cut down to what the site's own page frames; writes no file."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import warnings
from typing import TYPE_CHECKING

from lxml import html

from kg.iris import ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FURNITURE = ("pylode", "toc", "namespaces", "legend")


def documentation(path: Path) -> str:
    """Return pyLODE's page about an ontology without its frame, styles, scripts and repeated hints.

    The site's style sheet dresses it, its policy forbids inline styles, and each IRI of a term leads to the term's page.
    """
    page = html.fromstring(_generated(path))
    for number in _FURNITURE:
        for element in page.xpath(f'//*[@id="{number}"]'):
            element.drop_tree()
    content = page.get_element_by_id("content")
    for element in content.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in {"script", "style"}:
            element.drop_tree()
        for name in ("style", "title"):
            element.attrib.pop(name, None)
    for heading in content.xpath(".//h1"):
        heading.drop_tree()
    for section in content.xpath('.//*[@id="annotationproperties"]'):
        section.drop_tree()
    for code in content.xpath(".//td/code"):
        _link(code)
    _rename(content)
    text = html.tostring(content, encoding="unicode")
    return _squeezed(text) + "\n"


def _generated(path: Path) -> str:
    # pyLODE reports on standard output and leaves its style sheet open
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), _quiet():
        from pylode import OntPub  # noqa: PLC0415 - only who writes the documentation needs it

        text: str = OntPub(ontology=str(path)).make_html()
    return text


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log as it was, which importing pyLODE turns on for the whole process, and let no warning out."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _link(code: html.HtmlElement) -> None:
    iri = (code.text or "").strip()
    if iri.startswith(ONTOLOGY):
        link = html.Element("a", href=f"/ontology/{iri.removeprefix(ONTOLOGY)}")
        link.text = iri
        code.text = None
        code.append(link)


def _rename(content: html.HtmlElement) -> None:
    """Give each term the id that its IRI ends with, in place of one that pyLODE makes of its label."""
    names = {}
    for entity in content.xpath('.//div[contains(@class, "entity")]'):
        iri = "".join(entity.xpath(".//td/code//text()")[:1]).strip()
        names[entity.get("id")] = entity.attrib["id"] = re.split(r"[#/]", iri)[-1]
    for link in content.xpath('.//a[starts-with(@href, "#")]'):
        link.set("href", f"#{names.get(link.get('href')[1:], link.get('href')[1:])}")


def _squeezed(text: str) -> str:
    """Take out white space between tags, but not within <pre>."""
    parts = re.split(r"(<pre>.*?</pre>)", text, flags=re.DOTALL)
    return "".join(p if p.startswith("<pre>") else re.sub(r"\s*\n\s*", "", p) for p in parts).replace(
        '<div class="', '\n<div class="'
    )
