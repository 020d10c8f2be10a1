"""The project's errors, one root; knows nothing of the rooms that raise them.

Item errors concern one input: they are counted and named, and the run goes on. The others stop the run.
"""

from __future__ import annotations


class KgError(Exception):
    """Root of every error that this package raises on purpose."""


class ItemError(KgError):
    """One input failed; the run goes on. `item` names the input as the user gave it."""

    def __init__(self, item: str, reason: str) -> None:
        super().__init__(f"{item}: {reason}")
        self.item = item
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip back from a worker process."""
        return type(self), (self.item, self.reason)


class ReadError(ItemError):
    """The bytes are not an article that any reader understands."""


class FetchError(ItemError):
    """An address could not be fetched, or may not be. `status` is the HTTP status (0: no answer); `temporary`: later may do."""

    def __init__(self, item: str, reason: str, *, status: int = 0, temporary: bool = False) -> None:
        super().__init__(item, reason)
        self.status = status
        self.temporary = temporary

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip back from a worker process."""
        return _fetch_error, (self.item, self.reason, self.status, self.temporary)


class LinkError(ItemError):
    """The linker could not be asked (an unanswered question, not an unknown name)."""


class ConfigError(KgError):
    """A setting is wrong or contradicts another; nothing was done."""


class StoreError(KgError):
    """The store cannot be opened, read or written."""


class QueryError(KgError):
    """A query or update was refused. `status` is the HTTP status that fits (400, 403, 406, 413, 503, 507)."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip back from a worker process."""
        return _query_error, (str(self), self.status)


def _fetch_error(item: str, reason: str, status: int, temporary: bool) -> FetchError:
    return FetchError(item, reason, status=status, temporary=temporary)


def _query_error(message: str, status: int) -> QueryError:
    return QueryError(message, status=status)
