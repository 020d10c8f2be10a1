"""What every view needs: the store, the settings, the token and the counters; answers nothing itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from kg.config import Config
    from kg.service.graph_store import GraphStoreService
    from kg.service.pages import Asker
    from kg.service.search import SearchIndex
    from kg.service.sparql import SparqlService
    from kg.store import Store
    from kg.web.peers import Peers

EXTENSION = "kg"


@dataclass(slots=True)
class Metrics:
    """Counters of one server process since its start."""

    started: float = field(default_factory=monotonic)
    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def count(self, endpoint: str, status: int, seconds: float) -> None:
        """Note one answered request."""
        with self.lock:
            self.requests[endpoint, status] += 1
            self.seconds[endpoint] += seconds  # type: ignore[assignment]  # a Counter of floats adds up just as well


@dataclass(frozen=True, slots=True)
class Site:
    """One served store; an empty `token` means that nobody may update over HTTP."""

    store: Store
    config: Config
    token: str
    asker: Asker
    search: SearchIndex
    sparql: SparqlService
    graphs: GraphStoreService
    peers: Peers
    metrics: Metrics = field(default_factory=Metrics)


def site() -> Site:
    """Return the site that the current request is for."""
    return cast("Site", current_app.extensions[EXTENSION])
