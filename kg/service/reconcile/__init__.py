"""Names to entities over HTTP: the store's first, then the packaged index; knows no Flask and never asks the network."""

from kg.service.reconcile.entities import Directory, Known
from kg.service.reconcile.extend import extend, properties_for
from kg.service.reconcile.manifest import manifest_0_2, manifest_1_0
from kg.service.reconcile.match import Match, match
from kg.service.reconcile.question import BATCH_SIZE, Question, batch_0_2, batch_1_0, extension
from kg.service.reconcile.suggest import suggest_properties, suggest_types, suggested
from kg.service.reconcile.words import FEATURES, PROPERTIES, TYPES

__all__ = [
    "BATCH_SIZE",
    "FEATURES",
    "PROPERTIES",
    "TYPES",
    "Directory",
    "Known",
    "Match",
    "Question",
    "batch_0_2",
    "batch_1_0",
    "extend",
    "extension",
    "manifest_0_2",
    "manifest_1_0",
    "match",
    "properties_for",
    "suggest_properties",
    "suggest_types",
    "suggested",
]
