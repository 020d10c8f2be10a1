"""How long to wait before asking again: what the server asks for, else exponential backoff with jitter; sleeps nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Answers that say "later", not "no" (RFC 9110, sections 15.5.9, 15.6; RFC 6585, section 4).
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_SHORTEST_ASKED_S = 0.0


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Read a `Retry-After` header, seconds or a date (RFC 9110, section 10.2.3); `None` where there is none to be read."""
    if not value or not (text := value.strip()):
        return None
    try:
        return max(_SHORTEST_ASKED_S, float(int(text)))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(_SHORTEST_ASKED_S, (when - (now or datetime.now(UTC))).total_seconds())


def backoff(attempt: int, *, first_s: float, longest_s: float, chance: float) -> float:
    """Return the wait after the `attempt`-th failure (from 0): doubled each time, then between half of it and all of it."""
    return min(longest_s, first_s * 2.0**attempt) * (0.5 + chance / 2)
