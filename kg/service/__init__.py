"""Answers about a store, in HTTP terms but without Flask; opens no socket of its own."""
