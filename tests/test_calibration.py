"""Bounds of time hold, and are stretched only by a load that was measured."""

from __future__ import annotations

import pytest

from . import calibration


def test_what_is_quick_enough_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "slowness", lambda: pytest.fail("measured without need"))
    calibration.assert_within(0.9, 1.0)


def test_a_loaded_machine_gets_more_time_but_for_the_fixed_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "slowness", lambda: 3.0)
    calibration.assert_within(3.4, 2.5, fixed_s=2.0)
    with pytest.raises(AssertionError, match=r"the query took 3\.60 s, allowed are 3\.50 s"):
        calibration.assert_within(3.6, 2.5, fixed_s=2.0, what="the query")


def test_a_quiet_machine_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "slowness", lambda: 1.0)
    with pytest.raises(AssertionError):
        calibration.assert_within(1.01, 1.0)


def test_the_measure_is_a_factor_of_at_least_one() -> None:
    assert 1.0 <= calibration.slowness() <= 20.0
