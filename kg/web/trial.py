"""`/try`: an article that somebody pastes or uploads, read before their eyes; stores nothing.

The answer changes no state and no cookie exists, so there is nothing to forge; posts from other sites are refused all the
same, since reading costs this server time.
"""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, make_response, render_template, request
from rdflib import Graph, URIRef

from kg.errors import ItemError, ReadError
from kg.service import pages
from kg.vocab import PREFIXES
from kg.web.site import site

if TYPE_CHECKING:
    from kg.model import Article

blueprint = Blueprint("trial", __name__)

MAX_TEXT_BYTES = 100_000
_MAX_BODY_BYTES = MAX_TEXT_BYTES + 8_192  # the other fields and the boundaries between them
_AT_ONCE = BoundedSemaphore(2)  # readings beside each other; they take whole seconds of a core
_PATIENCE_S = 15.0


class _RefusedError(Exception):
    """Why a text cannot be read, in words for the person who sent it, with the status of the answer."""

    def __init__(self, reason: str, status: int = 422) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@blueprint.get("/try")
def form() -> Response:
    """Show the empty form."""
    return make_response(render_template("try.html", most=MAX_TEXT_BYTES))


@blueprint.post("/try")
def reading() -> Response:
    """Read what was sent and show it, or say what is in the way; `format=ttl` gives the triples alone."""
    try:
        answer = _answer()
    except _RefusedError as refusal:
        values = {"problem": refusal.reason, "text": _kept("text"), "published": _kept("published")}
        answer = make_response(render_template("try.html", most=MAX_TEXT_BYTES, **values), refusal.status)
        if refusal.status == 503:
            answer.headers["Retry-After"] = "10"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _kept(name: str) -> str:
    """Give back what somebody typed, except where the request was too large to be taken in."""
    return "" if (request.content_length or 0) > _MAX_BODY_BYTES else request.form.get(name, "")


def _answer() -> Response:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise _RefusedError("The form was sent from another site. Please use the form on this page.", 403)
    if (request.content_length or 0) > _MAX_BODY_BYTES:
        raise _RefusedError(f"It is larger than {MAX_TEXT_BYTES // 1000} kB. Send one article at a time.", 413)
    # the extractor's tables take a second to load, which a server that starts again after a crash has better use for
    from kg.pipeline import contribute  # noqa: PLC0415

    data, name = _sent()
    article, more = _article(data, name)
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise _RefusedError("Others are trying articles just now. Please send it again in a moment.", 503)
    try:
        contribution = contribute(article, iris=site().store.iris)
    except ItemError as error:
        raise _RefusedError(_sentence(error.reason)) from error
    finally:
        _AT_ONCE.release()
    stated = Graph().parse(data=contribution.triples, format="nt")
    for prefix, iri in PREFIXES.items():
        stated.bind(prefix, iri)
    turtle = stated.serialize(format="turtle")
    if request.form.get("format") == "ttl":
        return make_response(turtle, {"Content-Type": "text/turtle; charset=utf-8"})
    triples = len(stated)
    for facts in contribution.entities:
        stated.parse(data=facts.triples, format="nt")
    found = pages.trial_page(site().asker, contribution.article, stated, article.text)
    g.unstored = article.id
    g.known = _known(found)
    return make_response(
        render_template(
            "try.html",
            most=MAX_TEXT_BYTES,
            found=found,
            text=request.form.get("text", ""),
            published=request.form.get("published", ""),
            more=more,
            turtle=turtle,
            triples=triples,
        )
    )


def _sent() -> tuple[bytes, str]:
    """Return the file if there is one, else the pasted text."""
    upload = request.files.get("file")
    data = upload.read() if upload and upload.filename else b""
    name = PurePath(upload.filename.replace("\\", "/")).name[:100] if data and upload and upload.filename else ""
    if not data:
        data, name = request.form.get("text", "").encode("utf-8", "replace"), "pasted.txt"
    if not data.strip():
        raise _RefusedError("There is no text. Paste an article or choose a file.")
    if len(data) > MAX_TEXT_BYTES:
        raise _RefusedError(f"It is larger than {MAX_TEXT_BYTES // 1000} kB. Send one article at a time.", 413)
    return data, name


def _article(data: bytes, name: str) -> tuple[Article, int]:
    """Return the first article of the bytes, and how many more there are."""
    written = request.form.get("published", "")
    try:
        published = date.fromisoformat(written) if written else None
    except ValueError as error:
        raise _RefusedError("The day of publication is no date; write it as 2020-01-31.") from error
    from kg.read import read  # noqa: PLC0415 - as above

    found = tuple(read(data, name, published=published))
    articles = tuple(item for item in found if not isinstance(item, ReadError))
    if not articles:
        reason = next((item.reason for item in found if isinstance(item, ReadError)), "it holds no article")
        raise _RefusedError(_sentence(reason))
    return articles[0], len(articles) - 1


def _known(found: pages.ArticlePage) -> frozenset[str]:
    """Return those of the article's entities that have a page in this store."""
    store = site().store
    refs = [ref for ref, _ in found.entities] + [*found.authors, *(ref for ref in (found.publisher,) if ref)]
    refs += [part.participant for event in found.events for part in event.parts]
    refs += [place for event in found.events for place in event.places] + [claim.claimant for claim in found.claims]
    iris = {ref.iri for ref in refs if ref.iri.startswith(f"{store.base}id/entity/")}
    return frozenset(iri for iri in iris if store.ask("ASK { ?entity ?p ?o }", substitutions={"entity": URIRef(iri)}))


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}{'' if reason.endswith('.') else '.'}"
