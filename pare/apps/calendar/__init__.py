"""The calendar app."""

from pare.apps.calendar.app import Calendar, CalendarApp, CalendarV2
from pare.apps.calendar.model import (
    DATETIME_FORMAT,
    DEFAULT_DURATION_HOURS,
    DISPLAY_FORMAT,
    CalendarDataError,
    CalendarEvent,
    CalendarEventsResult,
    TimeNotNumberError,
    UnknownCalendarEventError,
)
from pare.apps.calendar.states import AgendaView, EditDraft, EditEvent, EventDetail, StatefulCalendarApp

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
    "TimeNotNumberError",
    "UnknownCalendarEventError",
]
