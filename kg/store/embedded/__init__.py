"""The store in a folder: one writer process, reader processes on checkpoints, and what keeps them safe.

Nothing is imported here: a reader must start in tenths of a second.
"""
