"""The only network door: user agent, timeout and size bound, addresses of this machine and its network refused.

Decides nothing about what is fetched.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import requests

from kg.errors import FetchError

USER_AGENT = "conflict-news-kg/0.1 (+https://w3id.org/conflict-news/ontology)"
MAX_BYTES = 50_000_000
_REDIRECTS = 5
_CHUNK = 65_536
_SAID = 500  # characters of an endpoint's complaint that are worth showing


def fetch(url: str, *, timeout_s: float = 20.0, max_bytes: int = MAX_BYTES) -> tuple[bytes, str]:
    """Return the body and the final address of `url`.

    Raises `FetchError` for an address that is not public http(s), an answer that is not 200, or a body over
    `max_bytes`.
    """
    address = url
    for _ in range(_REDIRECTS):
        _guard(address, url)
        try:
            with requests.get(
                address,
                headers={"User-Agent": USER_AGENT},
                timeout=timeout_s,
                stream=True,
                allow_redirects=False,
            ) as answer:
                if answer.is_redirect:
                    address = urljoin(address, answer.headers["Location"])
                    continue
                if answer.status_code != requests.codes.ok:
                    raise FetchError(url, f"the server answered {answer.status_code} {answer.reason}")
                return _body(answer, url, max_bytes), address
        except requests.RequestException as error:
            raise FetchError(url, f"could not be fetched ({error.__class__.__name__})") from error
    raise FetchError(url, f"more than {_REDIRECTS} redirects")


def _body(answer: requests.Response, url: str, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise FetchError(url, f"more than {max_bytes:,} bytes")
    return bytes(body)


def _guard(address: str, url: str) -> None:
    """Refuse what is not a public web address: a page must not make us read our own network."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(url, "not an http or https address")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise FetchError(url, f"the host {parts.hostname} is not known here; are you offline?") from error
    for *_, where in found:
        if not ipaddress.ip_address(where[0]).is_global:
            raise FetchError(url, f"{parts.hostname} is not a public address")


def ask_endpoint(url: str, query: str, *, accept: str, timeout_s: float) -> bytes:
    """Send a query to a SPARQL endpoint that the user named (it may be on this machine) and return the answer's body.

    Raises `FetchError` with what the endpoint says when it does not answer 200.
    """
    headers = {"User-Agent": USER_AGENT, "Accept": accept, "Content-Type": "application/sparql-query"}
    try:
        answer = requests.post(url, data=query.encode(), headers=headers, timeout=timeout_s)
    except requests.RequestException as error:
        raise FetchError(url, f"does not answer ({error.__class__.__name__})") from error
    if answer.status_code != requests.codes.ok:
        raise FetchError(url, f"{answer.status_code} {answer.reason}: {answer.text.strip()[:_SAID]}")
    return answer.content
