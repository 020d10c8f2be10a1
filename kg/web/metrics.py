"""Counters and gauges in the text format of Prometheus (version 0.0.4); counts nothing itself."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING, Any

from kg.store.record import BOUNDS_S, Latency, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.web.site import Site


def counts(site: Site) -> dict[str, Any]:
    """Return what this process has counted, as values of JSON."""
    counted, standing = site.metrics, site.store.standing
    with counted.lock:
        requests = [[route, status, count] for (route, status), count in counted.requests.items()]
        seconds = [[route, spent] for route, spent in counted.seconds.items()]
    latency = [*standing.latency.counts], standing.latency.seconds
    readers = standing.idle, standing.busy, standing.started
    return {
        "requests": requests,
        "seconds": seconds,
        "outcomes": standing.outcomes,
        "latency": latency,
        "readers": readers,
        "writes": standing.writes,
    }


def _together(processes: list[dict[str, Any]]) -> tuple[dict[tuple[str, int], int], dict[str, float], Standing]:
    """Add up what several processes have counted; the writer's queue is one for all."""
    requests: Counter[tuple[str, int]] = Counter()
    seconds: dict[str, float] = {}
    outcomes: Counter[str] = Counter()
    for found in processes:
        for route, status, count in found["requests"]:
            requests[route, status] += count
        for route, spent in found["seconds"]:
            seconds[route] = seconds.get(route, 0.0) + spent
        outcomes.update(dict(found["outcomes"]))
    buckets = [sum(column) for column in zip(*(found["latency"][0] for found in processes), strict=True)]
    latency = Latency(tuple(buckets), sum(found["latency"][1] for found in processes))
    idle, busy, started = (sum(column) for column in zip(*(found["readers"] for found in processes), strict=True))
    writes = max(found["writes"] for found in processes)
    return requests, seconds, Standing(idle, busy, started, tuple(sorted(outcomes.items())), latency, writes)


def exposition(site: Site) -> str:
    """Write everything that is known of one server, all its processes together, and its store."""
    counted = site.metrics
    requests, seconds, standing = _together(site.peers.gather("counts"))
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
