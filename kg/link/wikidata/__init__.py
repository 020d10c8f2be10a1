"""Wikidata itself, asked over the network when the user wants it: its answers as records of an index; links nothing.

`api` asks, `items` reads what comes back, `classes` says what kind of thing an item is.
"""

from __future__ import annotations

from kg.link.wikidata.api import Endpoints, Wikidata
from kg.link.wikidata.items import Item, Moment, read_item
from kg.link.wikidata.records import Fetched, fetch_records

__all__ = ["Endpoints", "Fetched", "Item", "Moment", "Wikidata", "fetch_records", "read_item"]
