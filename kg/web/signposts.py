"""Signs for machines that land on a page: FAIR Signposting, level 2 (https://signposting.org/FAIR/); reads no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, make_response

from kg.service import pages
from kg.web.formats import RDF_FORMATS
from kg.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator

blueprint = Blueprint("signposts", __name__)

_PAGE = "https://schema.org/AboutPage"
_KINDS = {
    "article": "https://schema.org/NewsArticle",
    "event": "https://schema.org/Event",
    "claim": "https://schema.org/Claim",
    "entity": "https://schema.org/Thing",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One typed link from a page."""

    rel: str
    href: str
    media_type: str = ""

    def header(self) -> str:
        """Write it as the value of a `Link` header (RFC 8288)."""
        kind = f'; type="{self.media_type}"' if self.media_type else ""
        return f'<{self.href}>; rel="{self.rel}"{kind}'


def signs(path: str) -> tuple[Sign, ...]:
    """Return the signs of the page about `/id/` + `path`: what to cite, what it is, and where its data lie."""
    base, local = site().store.base, quote(path)
    described = [
        Sign("describedby", f"{base}data/{local}.{suffix}", media) for suffix, (media, _) in RDF_FORMATS.items()
    ]
    kind = _KINDS.get(path.partition("/")[0])
    types = [Sign("type", iri) for iri in (_PAGE, kind) if iri]
    linkset = Sign("linkset", f"{base}linkset/{local}", "application/linkset+json")
    return (Sign("cite-as", f"{base}id/{local}"), *types, *described, linkset)


@blueprint.get("/linkset/<path:path>")
def linkset(path: str) -> Response:
    """Give all signs of one thing as a link set (RFC 9264)."""
    base, local = site().store.base, quote(path)
    if pages.resource_graph(site().asker, f"{base}id/{path}") is None:
        return make_response({"status": 404, "detail": f"This store knows nothing under {base}id/{path}"}, 404)
    page: dict[str, object] = {"anchor": f"{base}page/{local}"}
    for rel in ("cite-as", "type", "describedby"):
        page[rel] = list(_targets(path, rel))
    back = [
        {"anchor": sign.href, "describes": [{"href": f"{base}page/{local}", "type": "text/html"}]}
        for sign in signs(path)
        if sign.rel == "describedby"
    ]
    answer = make_response({"linkset": [page, *back]})
    answer.content_type = "application/linkset+json"
    return answer


def _targets(path: str, rel: str) -> Iterator[dict[str, str]]:
    for sign in signs(path):
        if sign.rel == rel:
            yield {"href": sign.href} | ({"type": sign.media_type} if sign.media_type else {})
