"""Which machines may be talked to: public ones, and those that the user named; opens no connection itself.

A name is resolved and checked before a request, and the address that a socket really reached is checked again before a
byte is sent, so that a name that changes its meaning in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from kg.errors import FetchError

_PORTS = {"http": 80, "https": 443}
# IPv4 addresses in IPv6 clothes (RFC 6052, section 2.1): the last 32 bits are what is reached
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Guard:
    """`allowed` are `host` or `host:port`, lower case: those may lie on this machine or in its network. `None` allows all."""

    allowed: frozenset[str] | None = frozenset()

    def check(self, address: str, item: str, *, resolve: bool = True) -> None:
        """Raise `FetchError` for `item` unless `address` is http(s) and its host is public or allowed."""
        host, port = host_and_port(address, item)
        if self.allows(host, port):
            return
        # where a proxy looks names up, what is an address already can still be judged
        for each in _resolve(host, port, item) if resolve else filter(_is_address, [host]):
            if not is_public(each):
                raise FetchError(item, f"{host} is not a public address ({each})")

    def allows(self, host: str, port: int) -> bool:
        """Tell whether the user named this host, with or without its port."""
        return self.allowed is None or host in self.allowed or f"{host}:{port}" in self.allowed


def host_and_port(address: str, item: str) -> tuple[str, int]:
    """Return host (lower case, without brackets) and port of a web address; raise `FetchError` where it is none."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchError(item, f"not an address ({error})") from error
    if parts.scheme not in _PORTS or not host:
        raise FetchError(item, "not an http or https address")
    return host, port or _PORTS[parts.scheme]


def is_public(address: str) -> bool:
    """Tell whether an IP address is reachable from everywhere: not loopback, link-local, private, reserved or multicast."""
    found: Address = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
        elif found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str, port: int, item: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise FetchError(item, f"the host {host} is not known here; are you offline?", temporary=True) from error
    return [str(where[0]) for *_, where in found]
