"""The endpoints of other people that the federation suite names, behind a proxy on loopback; evaluates in memory."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = "application/sparql-results+json"


class Elsewhere(ThreadingHTTPServer):
    """A proxy that answers by itself: `endpoints` are those that there are, by their address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoints: dict[str, ox.Store] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, form: str) -> None:
        endpoint = self.path.partition("?")[0]
        self.server.asked.append(endpoint)
        store = self.server.endpoints.get(endpoint)
        if store is None:
            self.send_error(502, "no such host")
            return
        body = store.query(parse_qs(form)["query"][0]).serialize(format=ox.QueryResultsFormat.JSON)  # type: ignore[union-attr]
        assert body is not None
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Run the proxy."""
    with Elsewhere() as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()
