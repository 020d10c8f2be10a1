"""Targets that stand for several labels; knows no corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from kg.extract.model.labels import NAME_LABELS  # noqa: E402

# the kinds of names that other corpora know, and ours that they hold
COARSE_KINDS = {
    "PER": ("Person",),
    "ORG": ("Organization", "ArmedGroup", "StateForce", "Government", "Media"),
    "LOC": ("Place",),
    "FAC": ("Facility",),
    "NAT": ("Nationality",),
    "OTH": ("Other",),
}
NAME_TARGETS: tuple[str, ...] = (*NAME_LABELS, *(f"{part}-{kind}" for kind in COARSE_KINDS for part in "BI"))
# row: target, column: label
NAME_MASK = np.zeros((len(NAME_TARGETS), len(NAME_LABELS)), bool)
NAME_MASK[: len(NAME_LABELS)] = np.eye(len(NAME_LABELS), dtype=bool)
for _number, _target in enumerate(NAME_TARGETS[len(NAME_LABELS) :], start=len(NAME_LABELS)):
    for _kind in COARSE_KINDS[_target[2:]]:
        NAME_MASK[_number, NAME_LABELS.index(f"{_target[:2]}{_kind}")] = True
