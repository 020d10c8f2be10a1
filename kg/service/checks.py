"""The checks of the ontology: queries that find what no shape sees, over a whole store; repairs nothing.

A check is `ontology/checks/<name>.rq`: what it finds, in words, then the pattern of what it examines, then a SELECT whose
`?node` is at fault. A check that has nothing to examine has not passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kg.config import resource
from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store

_EXAMINES = "# examines: "
_SHOWN = 1000  # faults that are named; a store with more has one fault, many times


@dataclass(frozen=True, slots=True)
class Check:
    """A named query; `fault` says in words what it finds, `examines` is the pattern of what it looks at, by `?node`."""

    name: str
    fault: str
    examines: str
    query: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: how many nodes it examined and which are at fault, sorted."""

    check: Check
    examined: int
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether there was something to examine and nothing to object to."""
        return self.examined > 0 and not self.faults


@cache
def checks() -> tuple[Check, ...]:
    """Read the checks that are packaged, by name; raises `ConfigError` when there are none."""
    found = tuple(_read(path) for path in sorted((resource("ontology") / "checks").glob("*.rq")))
    if not found:
        raise ConfigError("the installation holds no checks: ontology/checks is empty")
    return found


def run_checks(store: Store) -> Iterator[CheckReport]:
    """Yield the report of every check over a store, embedded or remote."""
    for check in checks():
        yield run_check(store, check)


def run_check(store: Store, check: Check) -> CheckReport:
    """Ask a store one check."""
    counted = store.select(f"SELECT (COUNT(DISTINCT ?node) AS ?examined) WHERE {{ {check.examines} }}").rows
    faults = sorted({str(row["node"]) for row in store.select(f"{check.query}\nLIMIT {_SHOWN}")})
    return CheckReport(check, int(str(counted[0][0])), tuple(faults))


def _read(path: Path) -> Check:
    first, second, query = path.read_text(encoding="utf-8").split("\n", 2)
    if not first.startswith("# ") or not second.startswith(_EXAMINES):
        raise ConfigError(f"{path.name} must begin with what it finds and with '{_EXAMINES}…'")
    return Check(path.stem, first.removeprefix("# "), second.removeprefix(_EXAMINES), query.strip())
