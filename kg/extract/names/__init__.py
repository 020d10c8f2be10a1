"""Names in the article, with their types, grouped by whom they name; links nothing and finds no events."""

from kg.extract.names.entities import group_mentions
from kg.extract.names.mentions import find_mentions

__all__ = ["find_mentions", "group_mentions"]
