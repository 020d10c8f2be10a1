"""Bytes to articles: PressReader dumps, plain text, HTML, JSON Lines; extracts no meaning."""
