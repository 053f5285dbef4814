"""A second opinion: list and stat, written plainly from the API's promises, over events in memory."""

from tests.oracle.search import list_events
from tests.oracle.statistics import stat_events
from tests.oracle.values import sort_of

__all__ = ["list_events", "sort_of", "stat_events"]
