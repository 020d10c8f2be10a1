"""`python server.py` serves the graph, at first that of `examples/`; `server:app` is for WSGI servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg import config
from kg.web.serve import application, main

if TYPE_CHECKING:
    from flask import Flask


def __getattr__(name: str) -> Flask:
    """Open the store only when a WSGI server asks for `app`."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = app = application(config.load())
    return app


if __name__ == "__main__":
    main()
