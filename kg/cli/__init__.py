"""The command line: verbs over the rooms, and the only place that prints; decides nothing that a room could.

Exit status: 0 fine, 1 something failed and is named, 2 wrong use or nothing could be done.
"""

from kg.cli import asking, building, linking, reading, reconciling, serving, upkeep, wikidata
from kg.cli.verbs import main

# importing a module of verbs adds them to the group
__all__ = ["asking", "building", "linking", "main", "reading", "reconciling", "serving", "upkeep", "wikidata"]
