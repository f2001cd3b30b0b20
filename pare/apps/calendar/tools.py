"""The calendar: events with times, tags, places and attendees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

from pare.apps.base import App, parse_time
from pare.apps.calendar.model import (
    DEFAULT_DURATION_SECONDS,
    FIELDS,
    CalendarDataError,
    CalendarEvent,
    CalendarEventsResult,
    display_time,
    page_of,
    read_event,
    read_events,
    read_range,
    unknown_event,
)
from pare.apps.calendar.notices import added_for_agent, added_for_user, deleted
from pare.apps.checks import check_text, require_text
from pare.apps.entries import read_json_file, without_unknown_fields
from pare.apps.navigation import StatefulApp
from pare.errors import InvalidValueError, nearest
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.kernel.serialization import to_plain
from pare.tools.markers import app_tool, data_tool, env_tool
from pare.tools.notices import VerbosityLevel, excerpt, notifies

_DAY_SECONDS = 86_400


@dataclass(eq=False, repr=False)
class CalendarApp(App):
    """A calendar of `events` by id, in the order in which they were added."""

    name: str | None = None  # type: ignore[assignment]  # published: the class name stands for None
    events: dict[str, CalendarEvent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.events = dict(self.events)

    # -- state ------------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Give the events as plain data."""
        return {"events": {event_id: _event_state(event) for event_id, event in self.events.items()}}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all events.

        Raises:
            CalendarDataError: everything that is wrong with the events; nothing has changed then.
        """
        entries = without_unknown_fields(state_dict.get("events") or {}, FIELDS)
        self.events = read_events(entries, self.now())

    def load_calendar_events_from_dict(self, events: Mapping[str, Any]) -> None:
        """Replace all events by `events`, a mapping of ids to the fields of an event.

        Times are seconds since the epoch or ``YYYY-MM-DD HH:MM:SS`` in UTC.

        Raises:
            CalendarDataError: everything that is wrong with the events; nothing has changed then.
        """
        self.events = read_events(events, self.now())

    def load_calendar_events_from_file(self, path: str | PathLike[str]) -> None:
        """Replace all events by those of a JSON file, as `load_calendar_events_from_dict` takes them.

        Raises:
            CalendarDataError: the file cannot be read, or everything that is wrong with its events.
        """
        self.load_calendar_events_from_dict(read_json_file(path, "calendar event", CalendarDataError))

    # -- tools ------------------------------------------------------------------------------------

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_calendar_event(
        self,
        title: str = "Event",
        start_datetime: str | None = None,
        end_datetime: str | None = None,
        tag: str | None = None,
        description: str | None = None,
        location: str | None = None,
        attendees: list[str] | None = None,
    ) -> str:
        """Add an event to the user's calendar.

        :param title: what the event is called, "Event" by default
        :param start_datetime: when it starts, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :param end_datetime: when it ends, as YYYY-MM-DD HH:MM:SS in UTC; one hour from now by default,
            so give it whenever you give a start
        :param tag: one word or phrase by which such events can be listed; none by default
        :param description: what it is about; none by default
        :param location: where it takes place; none by default
        :param attendees: the full names of those who take part; nobody by default
        :returns: the id of the new event
        """
        details = {"tag": tag, "description": description, "location": location, "attendees": attendees}
        return self._store(self._draft(title, start_datetime, end_datetime, details))

    @notifies(user=added_for_user, agent=added_for_agent, level=VerbosityLevel.MEDIUM)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
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
        creator = require_text("who_add", who_add)
        details = {"tag": tag, "description": description, "location": location, "attendees": attendees}
        event = self._draft(title, start_datetime, end_datetime, details)
        note = f"Created by {creator}"
        others = [name for name in event.attendees if name != creator]
        return self._store(
            replace(
                event,
                title=f"{note}: {event.title}",
                description=f"{note}: {event.description}" if event.description else note,
                attendees=event.attendees if len(others) < len(event.attendees) else [*others, creator],
            )
        )

    @event_registered(operation_type=OperationType.WRITE)
    def set_calendar_event(self, event: CalendarEvent | dict[str, Any]) -> None:
        """Put an event into the calendar under its own id, in place of one that has it already.

        :param event: the event, or its fields as an object
        """
        if isinstance(event, CalendarEvent):
            stored = replace(event)
        else:
            stored = read_event(event, "draft", self.now())
            stored.event_id = event.get("event_id") or self.new_id()
        self.events[stored.event_id] = stored

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_calendar_event(self, event_id: str) -> CalendarEvent:
        """Get one calendar event with all its details.

        :param event_id: the id of the event
        :returns: the event; its times are seconds since the epoch, start_strftime and end_strftime are text
        """
        return self._event(event_id)

    @notifies(user=deleted, level=VerbosityLevel.MEDIUM)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def delete_calendar_event_by_attendee(self, event_id: str, who_delete: str) -> str:
        """Delete an event on behalf of one of its attendees.

        :param event_id: the id of the event
        :param who_delete: the full name of the attendee who deletes it, as the event lists it
        :returns: a sentence that says what was deleted
        """
        event = self._event(event_id)
        name = require_text("who_delete", who_delete)
        if name not in event.attendees:
            listed = ", ".join(event.attendees) or "nobody"
            raise InvalidValueError(
                f"{excerpt(name, 80)!r} does not attend event {event_id!r}; its attendees are: {listed}."
                + nearest(excerpt(name, 80), event.attendees)
            )
        del self.events[event_id]
        return f"Event {event_id} ({event.title}) was deleted by {name}."

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_calendar_event(self, event_id: str) -> str:
        """Delete an event from the user's calendar.

        :param event_id: the id of the event
        :returns: a sentence that says what was deleted
        """
        event = self._event(event_id)
        del self.events[event_id]
        return f"Event {event_id} ({event.title}) was deleted."

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_calendar_events_from_to(
        self, start_datetime: str, end_datetime: str, offset: int = 0, limit: int = 10
    ) -> CalendarEventsResult:
        """List the events that take place, in whole or in part, within a range of time.

        :param start_datetime: the start of the range, as YYYY-MM-DD HH:MM:SS in UTC
        :param end_datetime: the end of the range, as YYYY-MM-DD HH:MM:SS in UTC
        :param offset: how many events to skip, 0 by default; raise it to get the next page
        :param limit: how many events to give at most, 10 by default
        :returns: the events in the order in which they were added, the range of their indices, and the total
        """
        start, end = read_range(start_datetime, end_datetime, "the range")
        return page_of(self._overlapping(start, end), offset, limit)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def read_today_calendar_events(self) -> list[CalendarEvent]:
        """List all events that take place today, in whole or in part; the day is that of UTC.

        :returns: the events in the order in which they were added
        """
        now = self.now()
        midnight = now - now % _DAY_SECONDS
        return self._overlapping(midnight, midnight + _DAY_SECONDS)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_all_tags(self) -> list[str]:
        """List the tags that calendar events have, each once.

        :returns: the tags in the order in which they first came up
        """
        return list(dict.fromkeys(event.tag for event in self.events.values() if event.tag))

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_calendar_events_by_tag(self, tag: str) -> list[CalendarEvent]:
        """List the events that have a tag.

        :param tag: the whole tag, in upper and lower case as get_all_tags gives it
        :returns: the events in the order in which they were added; none if no event has the tag
        """
        wanted = require_text("tag", tag)
        return [event for event in self.events.values() if event.tag == wanted]

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def search_events(self, query: str) -> list[CalendarEvent]:
        """Search titles, descriptions, locations and attendees of all calendar events for a text.

        :param query: the text to look for, in upper or lower case; an empty one finds every event
        :returns: the events that contain it, in the order in which they were added
        """
        wanted = check_text("query", query).casefold()
        return [event for event in self.events.values() if wanted in event.search_text]

    # -- what the tools share ---------------------------------------------------------------------

    def _event(self, event_id: str) -> CalendarEvent:
        event = self.events.get(require_text("event_id", event_id))
        if event is None:
            raise unknown_event(event_id, self.events)
        return event

    def _draft(
        self, title: str, start_datetime: str | None, end_datetime: str | None, details: dict[str, Any]
    ) -> CalendarEvent:
        """Make a valid event; `_store` gives it its id, so that a refused call draws none."""
        now = self.now()
        start, end = now, now + DEFAULT_DURATION_SECONDS
        if start_datetime is not None:
            start = parse_time(start_datetime, "start_datetime")
        if end_datetime is not None:
            end = parse_time(end_datetime, "end_datetime")
        return CalendarEvent("draft", title, start, end, **details)

    def _store(self, draft: CalendarEvent) -> str:
        draft.event_id = self.new_id()
        self.events[draft.event_id] = draft
        return draft.event_id

    def _overlapping(self, start: float, end: float) -> list[CalendarEvent]:
        return [event for event in self.events.values() if event.overlaps(start, end)]


@dataclass(eq=False, repr=False)
class CalendarV2(CalendarApp):
    """A calendar whose events can be edited."""

    name: str | None = None

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def edit_calendar_event(
        self,
        event_id: str,
        title: str | None = None,
        start_datetime: str | None = None,
        end_datetime: str | None = None,
        tag: str | None = None,
        description: str | None = None,
        location: str | None = None,
        attendees: list[str] | None = None,
    ) -> str:
        """Change an event in the user's calendar. What is left out or empty stays as it is.

        :param event_id: the id of the event
        :param title: the new title
        :param start_datetime: the new start, as YYYY-MM-DD HH:MM:SS in UTC
        :param end_datetime: the new end, as YYYY-MM-DD HH:MM:SS in UTC; to move an event give both times
        :param tag: the new tag
        :param description: the new description
        :param location: the new location
        :param attendees: the full names of all who take part from now on, in place of the former list
        :returns: a sentence that says which fields were changed
        """
        event = self._event(event_id)
        texts = {"title": title, "tag": tag, "description": description, "location": location}
        times = {"start_datetime": start_datetime, "end_datetime": end_datetime}
        changes: dict[str, Any] = {name: parse_time(value, name) for name, value in times.items() if value}
        changes |= {name: value for name, value in {**texts, "attendees": attendees}.items() if value}
        if not changes:
            raise InvalidValueError(
                "nothing to change: give at least one field with a value that is not empty"
            )
        self.events[event_id] = replace(event, **changes)
        return f"Event {event_id} was changed: {', '.join(changes)}."


@dataclass(eq=False, repr=False)
class Calendar(CalendarApp):
    """The calendar under its short name."""

    name: str | None = "Calendar"


class CalendarScreensApp(StatefulApp, CalendarV2):
    """The calendar as its screens know it: what they show, and the way from one to the next."""


def _event_state(event: CalendarEvent) -> dict[str, Any]:
    """Give an event as plain data; its texts of the times are made anew, in case the times were set."""
    texts = {
        "start_strftime": display_time(event.start_datetime),
        "end_strftime": display_time(event.end_datetime),
    }
    state: dict[str, Any] = to_plain(event)
    return state | texts
