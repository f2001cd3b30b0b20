"""The screens of the calendar: the agenda of a day is the first one, `screens` has the others."""

from __future__ import annotations

from datetime import date, timedelta

from pare.apps.calendar.model import (
    DATETIME_FORMAT,
    CalendarEvent,
    CalendarEventsResult,
    event_at,
    page_of,
    read_range,
)
from pare.apps.calendar.screens import EditDraft, EditEvent, EventDetail
from pare.apps.calendar.tools import CalendarScreensApp
from pare.apps.checks import require_text
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import InvalidValueError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool

__all__ = ["DATETIME_FORMAT", "AgendaView", "EditDraft", "EditEvent", "EventDetail"]


class AgendaView(AppState[CalendarScreensApp]):
    """The events that take place within a range of time, in the order in which they were added.

    With filters, only those of a tag, and those that a person attends. The range is text, as
    ``YYYY-MM-DD HH:MM:SS`` in UTC.

    Raises:
        InvalidValueError: the range is no range of time.
    """

    def __init__(
        self,
        *,
        start_datetime: str,
        end_datetime: str,
        tag_filter: str | None = None,
        attendee_filter: str | None = None,
    ) -> None:
        super().__init__()
        self.start_datetime = start_datetime
        self.end_datetime = end_datetime
        self.tag_filter = tag_filter
        self.attendee_filter = attendee_filter
        self._start, self._end = read_range(start_datetime, end_datetime, "the range")

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_events(self, offset: int = 0, limit: int = 10) -> CalendarEventsResult:
        """List the events of the agenda that is shown, a page at a time.

        :param offset: how many events to skip, 0 by default; raise it to get the next page
        :param limit: how many events to give at most, 10 by default
        :returns: the events in the order in which they were added, the range of their indices, and the total
        """
        return page_of(self._shown(), offset, limit)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def search_events(self, query: str) -> list[CalendarEvent]:
        """Search titles, descriptions, locations and attendees of the agenda that is shown for a text.

        :param query: the text to look for, in upper or lower case
        :returns: the events that contain it
        """
        return [event for event in self.app.search_events(query) if self._shows(event)]

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_event_by_id(self, event_id: str) -> CalendarEvent:
        """Open an event with all its details.

        :param event_id: the id of the event
        :returns: the event; its times are seconds since the epoch, start_strftime and end_strftime are text
        """
        event = self.app.get_calendar_event(event_id)
        self.app.set_current_state(EventDetail(event_id))
        return event

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_event_by_index(self, index: int) -> CalendarEvent:
        """Open an event by its position in the agenda that is shown.

        :param index: position of the event as list_events gives it; 0 is the first
        :returns: the event; its times are seconds since the epoch, start_strftime and end_strftime are text
        """
        event = event_at(self._shown(), index)
        self.app.set_current_state(EventDetail(event.event_id))
        return event

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def filter_by_tag(self, tag: str) -> list[CalendarEvent]:
        """Show only those events of the agenda that have a tag; go back to show all again.

        :param tag: the whole tag, in upper and lower case as get_all_tags gives it
        :returns: the events with that tag
        """
        return self._lead_to(tag_filter=require_text("tag", tag))

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def filter_by_attendee(self, attendee: str) -> list[CalendarEvent]:
        """Show only those events of the agenda that a person attends; go back to show all again.

        :param attendee: the full name, in upper or lower case
        :returns: the events with that attendee
        """
        return self._lead_to(attendee_filter=require_text("attendee", attendee))

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def add_calendar_event_by_attendee(
        self,
        who_add: str,
        title: str = "Event",
        start_datetime: str | None = None,
        end_datetime: str | None = None,
        tag: str | None = None,
        description: str | None = None,
        location: str | None = None,
        attendees: list[str] | None = None,
    ) -> str:
        """Add an event on behalf of another person, who attends it and is named in title and description.

        :param who_add: the full name of the person who adds the event
        :param title: what the event is called, "Event" by default
        :param start_datetime: when it starts, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :param end_datetime: when it ends, as YYYY-MM-DD HH:MM:SS in UTC; one hour from now by default,
            so give it whenever you give a start
        :param tag: one word or phrase by which such events can be listed; none by default
        :param description: what it is about; none by default
        :param location: where it takes place; none by default
        :param attendees: the full names of the others who take part; nobody by default
        :returns: the id of the new event
        """
        return self.app.add_calendar_event_by_attendee(
            who_add, title, start_datetime, end_datetime, tag, description, location, attendees
        )

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def read_today_calendar_events(self) -> list[CalendarEvent]:
        """List all events of today, whatever day and filters the agenda shows; the day is that of UTC.

        :returns: the events in the order in which they were added
        """
        return self.app.read_today_calendar_events()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def get_all_tags(self) -> list[str]:
        """List the tags that events of any day have, each once.

        :returns: the tags
        """
        return self.app.get_all_tags()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def get_calendar_events_by_tag(self, tag: str) -> list[CalendarEvent]:
        """List the events of any day that have a tag; the agenda stays as it is.

        :param tag: the whole tag, in upper and lower case as get_all_tags gives it
        :returns: the events in the order in which they were added; none if no event has the tag
        """
        return self.app.get_calendar_events_by_tag(tag)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_day(self, date: str) -> dict[str, str]:
        """Show the agenda of another day, filtered as this one is.

        :param date: the day as YYYY-MM-DD, in UTC
        :returns: start and end of the agenda that is shown now
        """
        day = _read_day(date)
        self._lead_to(**day)
        return day

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def start_create_event(self) -> str:
        """Start to write a new event; it is in the calendar after save only.

        :returns: draft_started
        """
        self.app.set_current_state(EditEvent(EditDraft()))
        return "draft_started"

    def _lead_to(self, **changes: str) -> list[CalendarEvent]:
        """Show an agenda that differs from this one in `changes`, and give its events."""
        names = ("start_datetime", "end_datetime", "tag_filter", "attendee_filter")
        view = AgendaView(**{name: getattr(self, name) for name in names} | changes)
        self.app.set_current_state(view)
        return view._shown()

    def _shown(self) -> list[CalendarEvent]:
        return [event for event in self.app.events.values() if self._shows(event)]

    def _shows(self, event: CalendarEvent) -> bool:
        return (
            event.overlaps(self._start, self._end)
            and self.tag_filter in (None, event.tag)
            and (self.attendee_filter is None or event.has_attendee(self.attendee_filter))
        )


def _read_day(text: str) -> dict[str, str]:
    try:
        return day_range(date.fromisoformat(text))
    except (TypeError, ValueError, OverflowError):
        raise InvalidValueError(f"{text!r:.200} is no day of the calendar; write it as YYYY-MM-DD") from None


def day_range(day: date) -> dict[str, str]:
    """Give start and end of the agenda of a day in UTC, as `AgendaView` takes them."""
    next_day = day + timedelta(days=1)
    return {"start_datetime": f"{day} 00:00:00", "end_datetime": f"{next_day} 00:00:00"}
