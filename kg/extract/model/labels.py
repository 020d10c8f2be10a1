"""The names of what the model tells apart, in the order of its outputs; decides nothing."""

from __future__ import annotations

from kg.model import ACTUALITIES, ENTITY_TYPES, EVENT_TYPES, ROLES, STANCES

OUTSIDE = "O"
# a mention's first word and its further ones
NAME_LABELS: tuple[str, ...] = (OUTSIDE, *(f"{part}-{kind}" for kind in ENTITY_TYPES for part in "BI"))
TRIGGER_LABELS: tuple[str, ...] = (OUTSIDE, *EVENT_TYPES)
ACTUALITY_LABELS: tuple[str, ...] = ACTUALITIES
# what a word may be to the trigger it is asked about
PART_LABELS: tuple[str, ...] = (OUTSIDE, *ROLES, "place", "time", "weapon")
# what a word may be to the cue (`said`) it is asked about
SPEECH_LABELS: tuple[str, ...] = (OUTSIDE, "claimant", "content")
STANCE_LABELS: tuple[str, ...] = STANCES
