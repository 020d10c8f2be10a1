"""Is it alive, what has it done, what does it do: `/healthz`, `/metrics` and `/queries` for those who run the server."""

from __future__ import annotations

from time import monotonic

from flask import Blueprint, Response, jsonify

from kg.errors import KgError
from kg.service.exchange import refusal
from kg.service.sparql import unauthorised
from kg.web.endpoint import given, may_write
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
    found = site().metrics
    with found.lock:
        requests, seconds = dict(found.requests), dict(found.seconds)
    lines = ["# HELP kg_requests_total Requests answered, by route and status.", "# TYPE kg_requests_total counter"]
    lines += [
        f'kg_requests_total{{route="{route}",status="{status}"}} {count}'
        for (route, status), count in sorted(requests.items())
    ]
    lines += ["# HELP kg_request_seconds_total Seconds spent answering.", "# TYPE kg_request_seconds_total counter"]
    lines += [f'kg_request_seconds_total{{route="{route}"}} {spent:.6f}' for route, spent in sorted(seconds.items())]
    lines += ["# HELP kg_quads Quads in the store.", "# TYPE kg_quads gauge", f"kg_quads {len(site().store)}"]
    standing = site().store.standing
    lines += ["# HELP kg_queries_total Questions put to readers, by outcome.", "# TYPE kg_queries_total counter"]
    lines += [f'kg_queries_total{{outcome="{outcome}"}} {count}' for outcome, count in standing.outcomes]
    lines += ["# HELP kg_readers Reader processes.", "# TYPE kg_readers gauge"]
    lines += [f'kg_readers{{state="idle"}} {standing.idle}', f'kg_readers{{state="busy"}} {standing.busy}']
    lines += ["# HELP kg_uptime_seconds Seconds since the start.", "# TYPE kg_uptime_seconds gauge"]
    lines += [f"kg_uptime_seconds {monotonic() - found.started:.0f}", ""]
    return Response("\n".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")
