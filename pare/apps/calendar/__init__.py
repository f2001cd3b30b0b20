"""The calendar app."""

from pare.apps.calendar.app import StatefulCalendarApp
from pare.apps.calendar.model import (
    DATETIME_FORMAT,
    DEFAULT_DURATION_HOURS,
    DISPLAY_FORMAT,
    CalendarDataError,
    CalendarEvent,
    CalendarEventsResult,
    UnknownCalendarEventError,
)
from pare.apps.calendar.states import AgendaView, EditDraft, EditEvent, EventDetail
from pare.apps.calendar.tools import Calendar, CalendarApp, CalendarV2

__all__ = [
    "DATETIME_FORMAT",
    "DEFAULT_DURATION_HOURS",
    "DISPLAY_FORMAT",
    "AgendaView",
    "Calendar",
    "CalendarApp",
    "CalendarDataError",
    "CalendarEvent",
    "CalendarEventsResult",
    "CalendarV2",
    "EditDraft",
    "EditEvent",
    "EventDetail",
    "StatefulCalendarApp",
    "UnknownCalendarEventError",
]
