"""Is it alive, what has it done, what does it do: `/healthz`, `/metrics` and `/queries` for those who run the server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kg.errors import KgError
from kg.service.exchange import refusal
from kg.service.sparql import unauthorised
from kg.web.endpoint import given, may_write
from kg.web.metrics import exposition
from kg.web.site import site

blueprint = Blueprint("operations", __name__)


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
    running = [
        {"id": found.number, "query": found.text, "seconds": round(found.seconds, 3)}
        for found in site().store.running()
    ]
    answer = jsonify(queries=running)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.delete("/queries/<int:number>")
def cancel(number: int) -> Response:
    """Stop one running query; its client gets 503, or a body that breaks off."""
    if not may_write():
        return given(unauthorised(site().config))
    if not site().store.cancel(number):
        return given(refusal(404, f"no query {number} is running"))
    return Response(status=204)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write the counters in the text format of Prometheus."""
    return Response(exposition(site()), content_type="text/plain; version=0.0.4; charset=utf-8")
