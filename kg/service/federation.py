"""SERVICE clauses, answered by the front before a query reaches a store: each gives way to its rows; evaluates nothing itself.

By SPARQL 1.1 Federated Query, section 4, a clause means the solutions that the other endpoint has for its pattern, joined
with the rest of its group. So the pattern is sent there as a SELECT of its own, and the rows stand in its place as VALUES.
Only endpoints of an allow-list are asked, never one that the query computes.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from kg.errors import FetchError, QueryError
from kg.fetch import Door, Policy, Request, host_and_port
from kg.service.pattern import Clause, clauses, joined, needed, terms_of
from kg.store.query.guard import LONGEST
from kg.store.query.portable import declared, prologue
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.store import Store

MOST_ROWS = 10_000  # of one clause; more belong into the store
_MOST_CLAUSES = 8
_MOST_BYTES = 20_000_000
_MOST_BOUND = 2_000  # rows of the rest that are sent along, so that the other side need not answer for all the world
_BOUND_AT_ONCE = 200
_AT_ONCE = 8  # queries that wait for other endpoints: slow ones must leave the server's threads to all others
_SHARE = 0.8  # of the time that is left, for one clause: the rest of the query needs some too
_RESULTS = "application/sparql-results+json"
_BLANK = "urn:kg:blank:"  # a blank node of elsewhere has no name here but this one

Rows = list[tuple[str, ...]]
_UNBOUND = "UNDEF"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query brings along for its own store: its dataset by the protocol, and its time."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout_s: float = 30.0
    gone: Callable[[], bool] | None = None


class Federation:
    """Answers the SERVICE clauses of queries to one store. Safe to share between threads.

    `allowed` are the addresses of endpoints, with blanks between them. Nobody's credentials are sent to them.
    """

    def __init__(self, store: Store, allowed: str) -> None:
        self._store = store
        self._places = BoundedSemaphore(_AT_ONCE)
        self._allowed = {_canonical(address): address for address in allowed.split()}
        hosts = [host_and_port(address, address) for address in self._allowed.values()]
        # who runs the server has named these hosts: they may lie in its own network
        self._door = Door(allowed=[f"{host}:{port}" for host, port in hosts])

    def concerns(self, query: str) -> bool:
        """Say whether there is something to do: without an allow-list there never is, and the store refuses SERVICE."""
        return bool(self._allowed) and len(query) <= LONGEST and bool(clauses(query))

    def resolve(self, query: str, asked: Asked) -> str:
        """Return the query with every SERVICE clause replaced by what its endpoint answers.

        A clause inside another is answered first, by us: no endpoint is made to ask a third one. Raises `QueryError`: 403 for
        an endpoint that is not on the list, 400 for one that is a variable, 502 for one that fails (unless SILENT), 503 for a missed deadline, 507 for too many rows.
        """
        found = clauses(query)
        if len(found) > _MOST_CLAUSES:
            raise QueryError(f"the query has more than {_MOST_CLAUSES} SERVICE clauses", status=413)
        for clause in found:
            self._check(clause)
        if not self._places.acquire(blocking=False):
            raise QueryError("too many queries ask other endpoints just now; try again in a moment", status=503)
        try:
            return self._resolved(query, found, asked, time.monotonic() + asked.timeout_s)
        finally:
            self._places.release()

    def _resolved(self, query: str, found: tuple[Clause, ...], asked: Asked, ends: float) -> str:
        while found:
            clause = found[0]
            rows = self._rows(query, clause, asked, ends)
            query = query[: clause.start] + rows + query[clause.end :]
            if len(query) > LONGEST:
                raise QueryError(f"SERVICE <{clause.endpoint}>: its answer is too large to be joined here", status=507)
            found = clauses(query)
        return query

    def _check(self, clause: Clause) -> None:
        if _canonical(clause.endpoint) not in self._allowed:
            raise QueryError(
                f"SERVICE <{clause.endpoint}> is not allowed: it is not among the endpoints that this server may ask",
                status=403,
            )

    def _rows(self, query: str, clause: Clause, asked: Asked, ends: float) -> str:
        """Return the VALUES block of one clause."""
        names = needed(query, clause)
        try:
            rows = self._answer(query, clause, names, asked, ends)
        except _FailedError as error:
            if clause.is_silent:
                return " VALUES () { () } "  # one solution without bindings, which joins with everything
            raise QueryError(f"SERVICE <{clause.endpoint}>: {error}", status=error.status) from error
        bound = [at for at in range(len(names)) if any(row[at] != _UNBOUND for row in rows)]
        if not rows:
            bound = list(range(len(names)))
        head = " ".join(f"?{names[at]}" for at in bound)
        lines = "\n".join(f"({' '.join(row[at] for at in bound)})" for row in rows)
        return f" VALUES ({head}) {{\n{lines}\n}} "

    def _answer(self, query: str, clause: Clause, names: Sequence[str], asked: Asked, ends: float) -> Rows:
        found = None if clause.is_nested else joined(query, clause)
        if found is None:
            return self._ask(query, clause, names, "", ends)
        shared, text = found
        known = self._known(query, text, shared, asked, ends)
        if known is None:
            return self._ask(query, clause, names, "", ends)
        rows: Rows = []
        for at in range(0, len(known), _BOUND_AT_ONCE):
            head = " ".join(f"?{name}" for name in shared)
            values = " ".join(f"({' '.join(row)})" for row in known[at : at + _BOUND_AT_ONCE])
            rows += self._ask(query, clause, names, f"VALUES ({head}) {{ {values} }}", ends)
            if len(rows) > MOST_ROWS:
                raise _too_many()
        return rows

    def _known(self, query: str, text: str, shared: Sequence[str], asked: Asked, ends: float) -> Rows | None:
        """Return what the rest of the group has for the shared variables, `None` where that cannot or need not be sent."""
        head = " ".join(f"?{name}" for name in shared)
        select = f"{prologue(query)}SELECT DISTINCT {head} {text} LIMIT {_MOST_BOUND + 1}"
        answer = self._store.query(
            select,
            media_type=_RESULTS,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            timeout_s=_left(ends),
            gone=asked.gone,
        )
        rows = list(_read(json.loads(b"".join(answer.body)), shared, ""))
        is_fit = all(term != _UNBOUND and not term.startswith(f"<{_BLANK}") for row in rows for term in row)
        return rows if is_fit and len(rows) <= _MOST_BOUND else None

    def _ask(self, query: str, clause: Clause, names: Sequence[str], values: str, ends: float) -> Rows:
        """Put a clause's pattern to its endpoint as a SELECT of its own."""
        if not values:
            where = f"{{ {clause.pattern}\n}}"
        elif clause.is_plain:
            where = f"{{ {values} {clause.pattern}\n}}"
        else:
            where = f"{{ {values} {{ {clause.pattern}\n}} }}"
        head = " ".join(f"?{name}" for name in names) or "(1 AS ?one)"
        text = f"{prologue(query)}SELECT {head} WHERE {where} LIMIT {MOST_ROWS + 1}"
        text = declared(text, prefixes=PREFIXES, base=self._store.base)
        address = self._allowed[_canonical(clause.endpoint)]
        policy = Policy(timeout_s=max(0.01, _left(ends) * _SHARE), max_bytes=_MOST_BYTES, redirects=0)
        headers = {"Accept": _RESULTS, "Content-Type": "application/x-www-form-urlencoded"}
        request = Request(address, "POST", headers, urlencode({"query": text}).encode())
        started = time.monotonic()
        try:
            body = self._door.ask(request, policy=policy).body
            rows = list(_read(json.loads(body), names, f"{clause.start}-{time.monotonic_ns()}-"))
        except FetchError as error:
            is_late = time.monotonic() - started >= policy.timeout_s
            raise _FailedError(error.reason, 503 if is_late else 502) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _FailedError("its answer is no SPARQL result in JSON", 502) from error
        if len(rows) > MOST_ROWS:
            raise _too_many()
        return rows


class _FailedError(Exception):
    """An endpoint did not answer, or not so that the answer can be used."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


def _too_many() -> _FailedError:
    return _FailedError(f"more than {MOST_ROWS:,} rows; make the pattern narrower", 507)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise QueryError(
            "the query took longer than it may, and was stopped while other endpoints were asked", status=503
        )
    return left


def _read(found: Any, names: Sequence[str], blank: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of JSON results as terms that may stand in a query."""
    for row in found["results"]["bindings"]:
        yield tuple(terms_of(row[name], _BLANK + blank) if name in row else _UNBOUND for name in names)


def _canonical(address: str) -> str:
    """Write an address so that two spellings of one are the same."""
    try:
        parts = urlsplit(address)
        host, port = host_and_port(address, address)
    except (ValueError, FetchError):
        return address
    return f"{parts.scheme.lower()}://{host}:{port}{parts.path or '/'}?{parts.query}"
