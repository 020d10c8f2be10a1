"""Quads and answers as text and as values of Python; asks no store."""
