"""The names of ``are.simulation.apps.calendar``."""

from pare.apps.calendar import (
    DATETIME_FORMAT,
    DEFAULT_DURATION_HOURS,
    DISPLAY_FORMAT,
    Calendar,
    CalendarApp,
    CalendarEvent,
    CalendarEventsResult,
)

__all__ = [
    "DATETIME_FORMAT",
    "DEFAULT_DURATION_HOURS",
    "DISPLAY_FORMAT",
    "Calendar",
    "CalendarApp",
    "CalendarEvent",
    "CalendarEventsResult",
]
