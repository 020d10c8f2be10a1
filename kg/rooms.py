"""Rooms that can be called: `kg.read("article.txt")` and `kg.extract(article)` although both are packages.

Holds no public function itself.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def callable_room(name: str, function: Callable[..., object]) -> None:
    """Make calling the module `name` the same as calling `function` (Python data model, 3.3.2.1)."""
    sys.modules[name].__class__ = type(name, (ModuleType,), {"__call__": staticmethod(function)})
