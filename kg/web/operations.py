"""Is it alive, and what has it done: `/healthz` and `/metrics` for those who run the server."""

from __future__ import annotations

from time import monotonic

from flask import Blueprint, Response, jsonify

from kg.errors import KgError
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
    lines += ["# HELP kg_uptime_seconds Seconds since the start.", "# TYPE kg_uptime_seconds gauge"]
    lines += [f"kg_uptime_seconds {monotonic() - found.started:.0f}", ""]
    return Response("\n".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")
