"""Requests as the rooms make them: retried, spaced, kept on disk and replayed; knows no API and reads no answer.

A `Door` is set up once and shared by threads. Everything that can go wrong with an address is a `FetchError`.
"""

from __future__ import annotations

import fcntl
import random
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING

from kg.errors import ConfigError, FetchError
from kg.fetch.cache import Kept
from kg.fetch.cache import key as cache_key
from kg.fetch.guard import Guard, host_and_port
from kg.fetch.waiting import LATER, backoff, retry_after
from kg.fetch.wire import Exchange, Wire, plain_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Self

    from kg.fetch.cache import Cache

AGENT = "conflict-news-kg/0.1 (+https://w3id.org/conflict-news/ontology{contact})"
MAX_BYTES = 50_000_000
# Asking twice does no more than asking once (RFC 9110, section 9.2.2); others are only retried when the caller says so.
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_STATUSES = frozenset(HTTPStatus)
_SAID = 500  # characters of a server's complaint that are worth showing


@dataclass(frozen=True, slots=True)
class Policy:
    """How a door behaves. Times in seconds.

    `timeout_s` bounds one attempt whole (connection, headers, body); `patience_s` bounds all attempts with the waits between
    them. `serial`: one request at a time for each host, also among processes that share a cache. `rest_s`: how long a host
    that failed to the end is not asked again (0: always asked).
    """

    timeout_s: float = 20.0
    patience_s: float = 60.0
    max_bytes: int = MAX_BYTES
    attempts: int = 1
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    redirects: int = 5
    serial: bool = False
    rest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `accepted` statuses are answers, all others errors.

    `repeatable`: may be sent again after a failure; by itself so for methods that do no more when sent twice. A body that is a
    stream is sent as it comes, and never again.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] | None = None
    accepted: tuple[int, ...] = (200,)
    repeatable: bool | None = None

    @property
    def may_repeat(self) -> bool:
        """Tell whether a failed attempt may be followed by another."""
        if self.body is not None and not isinstance(self.body, bytes):
            return False
        return self.method in _REPEATABLE if self.repeatable is None else self.repeatable

    @property
    def may_keep(self) -> bool:
        """Tell whether the answer may lie on disk: nothing that was given to somebody in particular does."""
        secret = any(name.lower() in ("authorization", "cookie") for name in self.headers)
        return not secret and (self.body is None or isinstance(self.body, bytes))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `address` is the final one; `age_s` is `None` unless the answer came out of the cache."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    age_s: float | None = None

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class _Failure:
    """One attempt that brought nothing; `asks_s`: how long the server asks to wait, `None` where it does not say."""

    error: FetchError
    asks_s: float | None = None


@dataclass(slots=True)
class _Host:
    """What is remembered of one host."""

    turn: Lock = field(default_factory=Lock)
    rests_until: float = 0.0


class Door:
    """The way out. `contact` (a mail address or web page) stands in the User-Agent; `allowed` hosts may be private ones.

    `offline`: nothing is asked, answers come from the cache however old they are, and what is not there is an error.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        contact: str = "",
        allowed: Collection[str] | None = (),
        cache: Cache | None = None,
        offline: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        if "\r" in contact or "\n" in contact:
            raise ConfigError("contact: one line, please")
        self.policy = policy or Policy()
        self.offline = offline
        self.cache = cache
        self._agent = AGENT.format(contact=f"; {contact}" if contact else "")
        self._wire = Wire(Guard(None if allowed is None else frozenset(host.lower() for host in allowed)))
        self._hosts: dict[str, _Host] = {}
        self._sleep, self._chance = sleep, chance

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._wire.close()

    def ask(
        self,
        request: Request | str,
        *,
        cache_s: float = 0.0,
        unwell: Callable[[Answer], str] = lambda _: "",
        policy: Policy | None = None,
    ) -> Answer:
        """Return the answer to a request (a bare address: GET).

        Raises `FetchError` for an address that is refused, a status that is not accepted, a body that is too long, or no answer
        in time. `cache_s`: how old a kept answer may be (0: neither read nor kept, unless the door is offline). `unwell` names
        what is wrong with an answer that looks fine (`""`: nothing): it is asked for again, and never kept.
        """
        asked = self._addressed(request)
        name = _cache_name(asked) if self.cache and asked.may_keep and (cache_s or self.offline) else ""
        kept = self.cache.get(name) if self.cache and name else None
        if kept and (self.offline or kept.age_s <= cache_s):
            return _replayed(kept)
        if self.offline:
            raise FetchError(asked.url, "not asked: offline, and no answer is kept")
        answer = self._insist(asked, policy or self.policy, unwell)
        if self.cache and name:
            self.cache.put(
                name, asked.url, Kept(answer.address, answer.status, dict(answer.headers), answer.body, time.time())
            )
        return answer

    @contextmanager
    def stream(self, request: Request | str, *, policy: Policy | None = None) -> Iterator[Exchange]:
        """Give an answer whose body is read inside the block; asked once, not kept. `timeout_s` bounds the whole block.

        Raises `FetchError` as `ask` does, also while `chunks` are read: a body that breaks off never ends quietly.
        """
        asked, policy = self._addressed(request), policy or self.policy
        if self.offline:
            raise FetchError(asked.url, "not asked: offline")
        with self._turn(asked.url, policy), self._exchange(asked, policy) as exchange:
            if exchange.status not in asked.accepted:
                raise _refused(asked.url, exchange.status, _beginning(exchange.chunks))
            yield exchange

    # --- one request, several attempts ------------------------------------------------------------------------------------

    def _addressed(self, request: Request | str) -> Request:
        """Say who asks, and that a packed answer is welcome."""
        asked = Request(request) if isinstance(request, str) else request
        return replace(asked, headers={"User-Agent": self._agent, "Accept-Encoding": "gzip", **asked.headers})

    def _insist(self, asked: Request, policy: Policy, unwell: Callable[[Answer], str]) -> Answer:
        host = self._host(asked.url)
        ends = time.monotonic() + policy.patience_s
        left = policy.attempts if asked.may_repeat else 1
        with self._turn(asked.url, policy):
            if (rests_s := host.rests_until - time.monotonic()) > 0:
                reason = f"its host did not answer; not asked again for {rests_s:.0f} s"
                raise FetchError(asked.url, reason, temporary=True)
            for attempt in count():
                found = self._attempt(asked, policy, unwell)
                if isinstance(found, Answer):
                    return found
                left -= 1
                wait_s = self._wait(attempt, found, policy)
                if left > 0 and found.error.temporary and time.monotonic() + wait_s <= ends:
                    self._sleep(wait_s)
                    continue
                if policy.rest_s and found.error.temporary:
                    host.rests_until = time.monotonic() + max(policy.rest_s, found.asks_s or 0.0)
                raise _final(found)
        raise AssertionError  # the loop above ends by itself

    def _attempt(self, asked: Request, policy: Policy, unwell: Callable[[Answer], str]) -> Answer | _Failure:
        """Ask once."""
        try:
            with self._exchange(asked, policy) as exchange:
                headers = plain_headers(exchange.headers)
                asks_s = retry_after(headers.get("retry-after"))
                if exchange.status not in asked.accepted:
                    return _Failure(_refused(asked.url, exchange.status, _beginning(exchange.chunks)), asks_s)
                answer = Answer(exchange.address, exchange.status, headers, b"".join(exchange.chunks))
        except FetchError as error:
            return _Failure(error)
        if complaint := unwell(answer):
            return _Failure(FetchError(asked.url, complaint, status=answer.status, temporary=True), asks_s)
        return answer

    def _wait(self, attempt: int, failure: _Failure, policy: Policy) -> float:
        if failure.asks_s is not None:
            return failure.asks_s
        return backoff(attempt, first_s=policy.first_wait_s, longest_s=policy.longest_wait_s, chance=self._chance())

    def _exchange(self, asked: Request, policy: Policy) -> AbstractContextManager[Exchange]:
        return self._wire.exchange(
            asked.method,
            asked.url,
            headers=asked.headers,
            body=asked.body,
            timeout_s=policy.timeout_s,
            max_bytes=policy.max_bytes,
            redirects=policy.redirects,
        )

    def _host(self, url: str) -> _Host:
        host, port = host_and_port(url, url)
        return self._hosts.setdefault(f"{host}:{port}", _Host())

    @contextmanager
    def _turn(self, url: str, policy: Policy) -> Iterator[None]:
        """Wait until nobody else of ours asks this host."""
        if not policy.serial:
            yield
            return
        with ExitStack() as held:
            held.enter_context(self._host(url).turn)
            if self.cache:
                self.cache.path.parent.mkdir(parents=True, exist_ok=True)
                host, port = host_and_port(url, url)
                file = held.enter_context(self.cache.path.with_name(f"{host.replace(':', '-')}-{port}.lock").open("w"))
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _cache_name(asked: Request) -> str:
    return cache_key(asked.method, asked.url, asked.headers, asked.body if isinstance(asked.body, bytes) else b"")


def _final(failure: _Failure) -> FetchError:
    """Return the error to raise; it names a wait that was too long for us."""
    error = failure.error
    if failure.asks_s and error.temporary:
        reason = f"{error.reason}; it asks to wait {failure.asks_s:.0f} s"
        return FetchError(error.item, reason, status=error.status, temporary=True)
    return error


def _replayed(kept: Kept) -> Answer:
    return Answer(kept.address, kept.status, plain_headers(kept.headers), kept.body, kept.age_s)


def _beginning(chunks: Iterable[bytes]) -> str:
    """Read as much of a refusal as is worth showing; a refusal that breaks off is still one."""
    said = b""
    try:
        for chunk in chunks:
            said += chunk
            if len(said) > 4 * _SAID:
                break
    except FetchError:
        pass
    return " ".join(said.decode("utf-8", "replace").split())[:_SAID]


def _refused(url: str, status: int, said: str) -> FetchError:
    phrase = HTTPStatus(status).phrase if status in _STATUSES else ""
    reason = f"the server answered {status} {phrase}".rstrip()
    shown = "" if not said or said.startswith("<") else f": {said}"
    return FetchError(url, reason + shown, status=status, temporary=status in LATER)
