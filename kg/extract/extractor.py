"""The order of the finders, and the way back from the view to the verbatim text; finds nothing itself."""

from __future__ import annotations
