"""Mentions to items: the offline index, its candidates and the choice among them; reads no text and writes no graph.

`link` and `weigh` answer for one name, `OfflineLinker` for an article.
"""

from __future__ import annotations

from kg.link.linker import OfflineLinker, link, weigh
from kg.link.setup import OFFLINE, Linking
from kg.rooms import callable_room

__all__ = ["OFFLINE", "Linking", "OfflineLinker", "link", "weigh"]

callable_room(__name__, link)
