"""What all tests share: the way to the data that lies beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; skips without it, but not in CI, where a skipped check is no check."""
    if not SHARED.is_dir():
        reason = f"{SHARED.name}/ does not lie beside this checkout, so the real corpora cannot be read"
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI=true, but {reason}")
        pytest.skip(reason)
    return SHARED
