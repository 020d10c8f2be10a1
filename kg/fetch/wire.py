"""One exchange over HTTP: guarded sockets, a deadline for the whole of it, redirects followed by us; asks once and keeps nothing."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from threading import Timer, local
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from kg.errors import FetchError
from kg.fetch.guard import Guard, host_and_port, is_public

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Small, so that a packed body cannot grow far beyond the bound before it is counted.
_CHUNK = 16_384
_CONNECT_S = 10.0
# What belongs to the host it was meant for and must not travel on with a redirect.
_PRIVATE_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_watched = local()


class RefusedError(Exception):
    """The socket reached an address that the guard does not allow."""


@dataclass(slots=True)
class Exchange:
    """An answer whose body is still on its way; `chunks` may be read once and raises `FetchError` when it breaks off."""

    address: str
    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Wire:
    """Connections kept open between requests. Proxies and CA files come from the environment, credentials do not."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        # nothing that one answer sets may reach another request
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Guarded(guard)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._trusted: str | bool = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True

    def close(self) -> None:
        """Close what is open."""
        self._session.close()

    @contextmanager
    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
        timeout_s: float,
        max_bytes: int,
        redirects: int,
    ) -> Iterator[Exchange]:
        """Send a request and give the answer while the block lasts. `timeout_s` bounds all of it, reading included."""
        ends = monotonic() + timeout_s
        address, sent, data, verb = url, dict(headers), body, method
        for _ in range(redirects + 1):
            answer, watch = self._send(verb, address, url, sent, data, ends)
            try:
                if answer.is_redirect:
                    onward = urljoin(address, answer.headers["Location"])
                    verb, data, sent = _onward(answer.status_code, verb, data, sent, address, onward, url)
                    address = onward
                    continue
                chunks = _chunks(answer, url, watch, max_bytes, timeout_s)
                yield Exchange(address, answer.status_code, answer.headers, chunks)
                return
            finally:
                watch.stop()
                answer.close()
        raise FetchError(url, f"more than {redirects} redirects")

    def _send(
        self,
        method: str,
        address: str,
        item: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
        ends: float,
    ) -> tuple[requests.Response, _Watch]:
        proxies = get_environ_proxies(address)
        self._guard.check(address, item, resolve=not proxies)
        left = max(0.001, ends - monotonic())
        watch = _Watch(left)
        _watched.watch = watch
        try:
            answer = self._session.request(
                method,
                address,
                headers=dict(headers),
                data=body,
                timeout=(min(left, _CONNECT_S), left),
                stream=True,
                allow_redirects=False,
                proxies=proxies,
                verify=self._trusted,
            )
        except (requests.RequestException, HTTPError, RefusedError, OSError, ValueError) as error:
            watch.stop()
            raise _failure(item, error, watch) from error
        finally:
            _watched.watch = None
        return answer, watch


def _onward(
    status: int,
    method: str,
    body: bytes | Iterable[bytes] | None,
    headers: dict[str, str],
    address: str,
    onward: str,
    item: str,
) -> tuple[str, bytes | Iterable[bytes] | None, dict[str, str]]:
    """Return method, body and headers for the next address (RFC 9110, section 15.4)."""
    if urlsplit(address).scheme == "https" and urlsplit(onward).scheme == "http":
        raise FetchError(item, "redirected from https to http")
    if (urlsplit(address).scheme, *host_and_port(address, item)) != (
        urlsplit(onward).scheme,
        *host_and_port(onward, item),
    ):
        headers = {name: value for name, value in headers.items() if name.lower() not in _PRIVATE_HEADERS}
    if status == 303 or (status in (301, 302) and method == "POST"):
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
        return ("HEAD" if method == "HEAD" else "GET"), None, headers
    if body is not None and not isinstance(body, bytes):
        raise FetchError(item, "redirected while a stream was being sent, which cannot be sent twice")
    return method, body, headers


def _chunks(answer: requests.Response, item: str, watch: _Watch, max_bytes: int, timeout_s: float) -> Iterator[bytes]:
    total = 0
    try:
        for chunk in answer.iter_content(_CHUNK):
            if watch.fired:
                break
            total += len(chunk)
            if total > max_bytes:
                raise FetchError(item, f"more than {max_bytes:,} bytes")
            yield chunk
    except (requests.RequestException, HTTPError, OSError) as error:
        raise _failure(item, error, watch) from error
    if watch.fired:
        # a connection that we cut looks like the end of a body that names no length
        raise FetchError(item, f"not answered in full within {timeout_s:g} s", temporary=True)


def _failure(item: str, error: BaseException, watch: _Watch) -> FetchError:
    refused = _cause(error, RefusedError)
    if refused is not None:
        return FetchError(item, str(refused))
    if watch.fired or isinstance(error, requests.Timeout):
        return FetchError(item, f"no answer within {watch.seconds:.3g} s", temporary=True)
    lasting = isinstance(error, (ValueError, requests.exceptions.SSLError))
    return FetchError(item, f"could not be fetched ({error.__class__.__name__})", temporary=not lasting)


def _cause(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    """Find an error of this kind among the causes, which urllib3 wraps several times over."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, kind):
            return error
        reason = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        error = error.__cause__ or error.__context__ or (reason if isinstance(reason, BaseException) else None)
        seen += 1
    return None


class _Watch:
    """Cuts the connection of one exchange when its time is up, whatever it is waiting for: TLS, headers or a slow drip."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.fired = False
        self._connection: HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def take(self, connection: HTTPConnection) -> None:
        self._connection = connection
        # a connection lets go of its socket once it knows that the answer is its last
        self._socket = connection.sock or self._socket
        if self.fired:
            self._cut()

    def stop(self) -> None:
        self._timer.cancel()

    def _fire(self) -> None:
        self.fired = True
        self._cut()

    def _cut(self) -> None:
        found = (self._socket, self._connection.sock if self._connection else None)
        for sock in [each for each in found if each is not None]:
            with suppress(OSError, ValueError):
                # past TLS, whose own shutdown would talk to the peer first
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Guarded(HTTPAdapter):
    """Lets connections through that the guard allows, by the address that the socket reached."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(pool_maxsize=8, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        # the socket reaches the proxy, which the user's environment names and which may well be near
        manager.pool_classes_by_scheme = _pools(Guard(allowed=None))
        return manager


def _pools(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_Checked, HTTPConnection):
        checks = guard

    class Secure(_Checked, HTTPSConnection):
        checks = guard

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Checked:
    """Mixed into a connection: judges the peer before a byte is sent, and shows itself to the watch of its exchange."""

    checks: Guard
    host: str
    port: int

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        peer = str(made.getpeername()[0]).partition("%")[0]
        if not self.checks.allows(self.host.strip("[]").lower(), self.port) and not is_public(peer):
            made.close()
            refusal = RefusedError(f"{self.host} is not a public address ({peer})")
            raise NewConnectionError(cast("HTTPConnection", self), str(refusal)) from refusal
        return made

    def connect(self) -> None:
        self._show()
        super().connect()  # type: ignore[misc]

    def request(self, *args: Any, **options: Any) -> None:
        self._show()
        super().request(*args, **options)  # type: ignore[misc]

    def getresponse(self) -> Any:
        self._show()
        return super().getresponse()  # type: ignore[misc]

    def _show(self) -> None:
        watch = getattr(_watched, "watch", None)
        if watch is not None:
            watch.take(self)


def plain_headers(headers: Mapping[str, str]) -> CaseInsensitiveDict[str]:
    """Copy headers so that they can be read in any case."""
    return CaseInsensitiveDict(headers)
