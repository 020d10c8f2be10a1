"""Counters and gauges in the text format of Prometheus (version 0.0.4); counts nothing itself."""

from __future__ import annotations

from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING

from kg.store.record import BOUNDS_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store.record import Latency
    from kg.web.site import Site


def exposition(site: Site) -> str:
    """Write everything that is known of one server and its store."""
    counted, standing = site.metrics, site.store.standing
    with counted.lock:
        requests, seconds = dict(counted.requests), dict(counted.seconds)
    lines = [
        *_family(
            "kg_requests_total",
            "counter",
            "Requests answered, by route and status.",
            (
                ((("route", route), ("status", str(status))), count)
                for (route, status), count in sorted(requests.items())
            ),
        ),
        *_family(
            "kg_request_seconds_total",
            "counter",
            "Seconds spent answering, by route.",
            (((("route", route),), round(spent, 6)) for route, spent in sorted(seconds.items())),
        ),
        *_family(
            "kg_queries_total",
            "counter",
            "Queries, by outcome.",
            (((("outcome", outcome),), count) for outcome, count in standing.outcomes),
        ),
        *_histogram("kg_query_seconds", "Seconds from a query's start to the end of its answer.", standing.latency),
        *_family(
            "kg_readers",
            "gauge",
            "Reader processes, by state.",
            [((("state", "idle"),), standing.idle), ((("state", "busy"),), standing.busy)],
        ),
        *_family("kg_readers_started_total", "counter", "Reader processes started.", [((), standing.started)]),
        *_family("kg_writer_queue", "gauge", "Writes at work or in line.", [((), standing.writes)]),
        *_family("kg_generation", "gauge", "Number of the last write.", [((), site.store.generation)]),
        *_family("kg_quads", "gauge", "Quads in the store.", [((), len(site.store))]),
        *_family("kg_uptime_seconds", "gauge", "Seconds since start.", [((), round(monotonic() - counted.started))]),
    ]
    return "\n".join([*lines, ""])


Labels = tuple[tuple[str, str], ...]


def _family(name: str, kind: str, says: str, samples: Iterable[tuple[Labels, float]]) -> list[str]:
    return [f"# HELP {name} {says}", f"# TYPE {name} {kind}", *(_sample(name, *sample) for sample in samples)]


def _histogram(name: str, says: str, latency: Latency) -> list[str]:
    totals = list(accumulate(latency.counts))
    bounds = [*(f"{bound:g}" for bound in BOUNDS_S), "+Inf"]
    return [
        f"# HELP {name} {says}",
        f"# TYPE {name} histogram",
        *(_sample(f"{name}_bucket", (("le", bound),), total) for bound, total in zip(bounds, totals, strict=True)),
        _sample(f"{name}_sum", (), round(latency.seconds, 6)),
        _sample(f"{name}_count", (), totals[-1]),
    ]


def _sample(name: str, labels: Labels, value: float) -> str:
    shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
