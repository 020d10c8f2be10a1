"""Conflict events with their parts, from names, tolls and times; knows no claims."""

from kg.extract.events.find import find_events
from kg.extract.events.weapons import find_weapons

__all__ = ["find_events", "find_weapons"]
