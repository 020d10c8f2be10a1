"""Is it alive, what has it done, what does it do: `/healthz`, `/metrics` and `/queries` for those who run the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify

from kg.errors import KgError
from kg.service.exchange import refusal
from kg.service.sparql import unauthorised
from kg.web.endpoint import given, may_write
from kg.web.metrics import counts, exposition
from kg.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.web.site import Site

blueprint = Blueprint("operations", __name__)


def answers(served: Site) -> dict[str, Callable[[Any], Any]]:
    """Return what a process of a server tells the others of itself: see `Peers`."""
    return {
        "running": lambda _: _running(served),
        "cancel": lambda number: _cancel(served, number),
        "counts": lambda _: counts(served),
    }


def _running(served: Site) -> list[dict[str, Any]]:
    return [
        {"id": served.peers.public(found.number), "query": found.text, "seconds": round(found.seconds, 3)}
        for found in served.store.running()
    ]


def _cancel(served: Site, public: int) -> bool:
    number = served.peers.private(public)
    return number is not None and served.store.cancel(number)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Answer 200 when the store answers, 503 when it does not."""
    try:
        site().store.ask("ASK {}", timeout_s=5)
    except KgError as error:
        return jsonify(status="failing", detail=str(error)), 503
    return jsonify(status="ok", quads=len(site().store), generation=site().store.generation), 200


@blueprint.get("/queries")
def queries() -> Response:
    """List the queries that run right now, for the token's holder."""
    if not may_write():
        return given(unauthorised(site().config))
    running = [found for process in site().peers.gather("running") for found in process]
    answer = jsonify(queries=running)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.delete("/queries/<int:number>")
def cancel(number: int) -> Response:
    """Stop one running query; its client gets 503, or a body that breaks off."""
    if not may_write():
        return given(unauthorised(site().config))
    if not any(site().peers.gather("cancel", number)):
        return given(refusal(404, f"no query {number} is running"))
    return Response(status=204)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write the counters in the text format of Prometheus."""
    return Response(exposition(site()), content_type="text/plain; version=0.0.4; charset=utf-8")
