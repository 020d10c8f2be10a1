"""Numbers, people counted, tolls and times; attaches none of them to an event."""

from kg.extract.quantities.casualties import find_casualties
from kg.extract.quantities.times import find_times

__all__ = ["find_casualties", "find_times"]
