"""Bytes to articles: PressReader dumps, plain text, HTML, JSON Lines; extracts no meaning."""

from kg.read.identity import article_id
from kg.read.reader import read
from kg.read.sources import Source, iter_sources, read_article, read_path
from kg.rooms import callable_room

__all__ = ["Source", "article_id", "iter_sources", "read", "read_article", "read_path"]

callable_room(__name__, read_article)
