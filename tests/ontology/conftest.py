"""The ontology's own tools, which stand beside its files and are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parents[2] / "ontology"


@pytest.fixture(scope="session")
def derive() -> ModuleType:
    """`ontology/derive.py` as a module."""
    spec = importlib.util.spec_from_file_location("ontology_derive", FOLDER / "derive.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ontology_derive"] = module
    spec.loader.exec_module(module)
    return module
