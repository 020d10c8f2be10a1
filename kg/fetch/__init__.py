"""The only network door: user agent, deadlines and size bounds, retries, a cache on disk, addresses that are refused.

Decides nothing about what is fetched.
"""

from __future__ import annotations

from kg.fetch.cache import Cache
from kg.fetch.door import MAX_BYTES, Answer, Door, Policy, Request
from kg.fetch.guard import host_and_port
from kg.fetch.wire import Exchange

__all__ = [
    "MAX_BYTES",
    "Answer",
    "Cache",
    "Door",
    "Exchange",
    "Policy",
    "Request",
    "ask_endpoint",
    "fetch",
    "host_and_port",
]


def fetch(url: str, *, timeout_s: float = 20.0, max_bytes: int = MAX_BYTES) -> tuple[bytes, str]:
    """Return the body and the final address of a public web page.

    Raises `FetchError` for an address that is not public http(s), an answer that is not 200, a body over `max_bytes`, or one
    that is not there after `timeout_s`.
    """
    with Door(Policy(timeout_s=timeout_s, max_bytes=max_bytes)) as door:
        answer = door.ask(url)
    return answer.body, answer.address


def ask_endpoint(url: str, query: str, *, accept: str, timeout_s: float) -> bytes:
    """Send a query to a SPARQL endpoint that the user named (it may be on this machine) and return the answer's body.

    Raises `FetchError` with what the endpoint says when it does not answer 200.
    """
    host, port = host_and_port(url, url)
    headers = {"Accept": accept, "Content-Type": "application/sparql-query"}
    with Door(Policy(timeout_s=timeout_s), allowed=[f"{host}:{port}"]) as door:
        return door.ask(Request(url, "POST", headers, query.encode())).body
