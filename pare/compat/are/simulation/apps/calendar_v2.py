"""The names of ``are.simulation.apps.calendar_v2``."""

from pare.apps.calendar import CalendarV2

__all__ = [
    "CalendarV2",
]
