"""The screens behind the agenda: one event, and an event that is being written or changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pare.apps.base import format_time, parse_time
from pare.apps.calendar.model import TIMES, CalendarEvent, UnknownCalendarEventError, read_range
from pare.apps.calendar.tools import CalendarScreensApp
from pare.apps.checks import check_list, optional_text, require_text
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import NotFoundError, nearest
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool
from pare.tools.notices import excerpt


@dataclass
class EditDraft:
    """An event that is being written, times as text; `event_id` is that of the event that it changes."""

    title: str = "Event"
    start_datetime: str | None = None
    end_datetime: str | None = None
    tag: str | None = None
    description: str | None = None
    location: str | None = None
    attendees: list[str] = field(default_factory=list)
    event_id: str | None = None

    @classmethod
    def of(cls, event: CalendarEvent) -> EditDraft:
        """Make a draft that has everything as `event` has it."""
        return cls(
            event.title,
            format_time(event.start_datetime),
            format_time(event.end_datetime),
            event.tag,
            event.description,
            event.location,
            list(event.attendees),
            event.event_id,
        )

    def copy(self) -> EditDraft:
        """Give a copy that shares no list with this draft."""
        return replace(self, attendees=list(self.attendees))

    def completed(self, former: EditDraft) -> EditDraft:
        """Give a copy in which `former` stands for what is empty, or as in an empty draft, here."""
        blank = EditDraft()
        given = {
            name: value for name, value in asdict(self).items() if value and value != getattr(blank, name)
        }
        return replace(former.copy(), **given)

    def changes_to(self, former: EditDraft) -> dict[str, Any]:
        """Give the fields in which this draft differs from `former`, as an event has them."""
        values = asdict(self)
        changes = {name: value for name, value in values.items() if value != getattr(former, name)}
        times = {name: parse_time(values[name], name) for name in TIMES if name in changes}
        return changes | times


class EventDetail(AppState[CalendarScreensApp]):
    """One event, opened."""

    def __init__(self, event_id: str) -> None:
        super().__init__()
        self.event_id = event_id

    def on_enter(self) -> None:
        """Look the event up.

        Raises:
            UnknownCalendarEventError: there is none of that id.
        """
        event_or_gone(self.app, self.event_id)

    @property
    def event(self) -> CalendarEvent:
        """The event as it is now.

        Raises:
            UnknownCalendarEventError: it is in the calendar no more.
        """
        return event_or_gone(self.app, self.event_id)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def refresh(self) -> CalendarEvent:
        """Read the opened event again, as it is now.

        :returns: the event; its times are seconds since the epoch, start_strftime and end_strftime are text
        """
        return self.event

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def delete(self) -> str:
        """Delete the opened event from the calendar and go back to where it was opened.

        :returns: a sentence that says what was deleted
        """
        result = self.app.delete_calendar_event(self.event.event_id)
        self.app.close_current_state()
        return result

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def delete_by_attendee(self, who_delete: str) -> str:
        """Delete the opened event on behalf of one of its attendees and go back to where it was opened.

        :param who_delete: the full name of the attendee who deletes it, as list_attendees gives it
        :returns: a sentence that says what was deleted
        """
        result = self.app.delete_calendar_event_by_attendee(self.event.event_id, who_delete)
        self.app.close_current_state()
        return result

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_attendees(self) -> list[str]:
        """List who takes part in the opened event.

        :returns: the full names
        """
        return list(self.event.attendees)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def edit_event(self) -> dict[str, object]:
        """Start to change the opened event; nothing is changed in the calendar until save.

        :returns: the draft with all that can be changed; times are YYYY-MM-DD HH:MM:SS in UTC
        """
        draft = EditDraft.of(self.event)
        self.app.set_current_state(EditEvent(draft))
        return {"draft": asdict(draft)}


class EditEvent(AppState[CalendarScreensApp]):
    """An event that is being written, or changed if the draft has an event id."""

    def __init__(self, draft: EditDraft | None = None) -> None:
        super().__init__()
        self.draft = EditDraft() if draft is None else draft.copy()
        self._former = EditDraft()

    def on_enter(self) -> None:
        """Remember the event that is changed, and take over from it what the draft leaves empty.

        Raises:
            UnknownCalendarEventError: there is none of that id.
        """
        if self.draft.event_id:
            self._former = EditDraft.of(event_or_gone(self.app, self.draft.event_id))
            self.draft = self.draft.completed(self._former)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_title(self, title: str) -> dict[str, object]:
        """Set what the event is called.

        :param title: the title; not empty
        :returns: the title
        """
        self.draft.title = require_text("title", title)
        return {"title": self.draft.title}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_time_range(self, start_datetime: str, end_datetime: str) -> dict[str, object]:
        """Set when the event starts and ends.

        :param start_datetime: the start, as YYYY-MM-DD HH:MM:SS in UTC
        :param end_datetime: the end, as YYYY-MM-DD HH:MM:SS in UTC; not before the start
        :returns: start and end
        """
        read_range(start_datetime, end_datetime, "the event")
        self.draft.start_datetime, self.draft.end_datetime = start_datetime, end_datetime
        return {"start_datetime": start_datetime, "end_datetime": end_datetime}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_tag(self, tag: str | None) -> dict[str, object]:
        """Set the tag, by which such events can be listed.

        :param tag: one word or phrase; null or empty for no tag
        :returns: the tag
        """
        self.draft.tag = optional_text("tag", tag) or None
        return {"tag": self.draft.tag}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_description(self, description: str | None) -> dict[str, object]:
        """Set what the event is about.

        :param description: the whole description; null or empty for none
        :returns: the description
        """
        self.draft.description = optional_text("description", description) or None
        return {"description": self.draft.description}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_location(self, location: str | None) -> dict[str, object]:
        """Set where the event takes place.

        :param location: the place; null or empty for none
        :returns: the place
        """
        self.draft.location = optional_text("location", location) or None
        return {"location": self.draft.location}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_attendees(self, attendees: list[str]) -> dict[str, object]:
        """Set who takes part, in place of all attendees so far.

        :param attendees: the full names; an empty list for nobody
        :returns: the attendees
        """
        names = check_list("attendees", attendees, of="names")
        self.draft.attendees = [require_text(f"attendees[{at}]", name) for at, name in enumerate(names)]
        return self._attendees()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def add_attendee(self, attendee: str) -> dict[str, object]:
        """Add one attendee; one who takes part already is not added again.

        :param attendee: the full name
        :returns: all attendees
        """
        name = require_text("attendee", attendee)
        if name not in self.draft.attendees:
            self.draft.attendees.append(name)
        return self._attendees()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def remove_attendee(self, attendee: str) -> dict[str, object]:
        """Take one attendee off the list.

        :param attendee: the full name, as it is listed
        :returns: the attendees who are left
        """
        name, names = require_text("attendee", attendee), self.draft.attendees
        if name not in names:
            given, listed = excerpt(name, 80), ", ".join(names) or "nobody"
            raise NotFoundError(f"{given!r} is not among the attendees: {listed}.{nearest(given, names)}")
        self.draft.attendees = [other for other in names if other != name]
        return self._attendees()

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def save(self) -> str:
        """Save the event as it is written now to the calendar, and go back to where this was started.

        An event without times starts now and lasts one hour.

        :returns: the id of the event
        """
        event_id = self._change(self.draft.event_id) if self.draft.event_id else self._add()
        self.app.close_current_state()
        if isinstance(self.app.current_state, EventDetail):
            self.app.current_state.event_id = event_id
        return event_id

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def discard(self) -> str:
        """Throw away what is written, and go back to where this was started; the calendar stays as it is.

        :returns: draft_discarded
        """
        self.draft = EditDraft()
        self.app.close_current_state()
        return "draft_discarded"

    def _attendees(self) -> dict[str, object]:
        return {"attendees": list(self.draft.attendees)}

    def _add(self) -> str:
        values = asdict(self.draft)
        del values["event_id"]
        return self.app.add_calendar_event(**values)

    def _change(self, event_id: str) -> str:
        """Change what was changed here, so that what others changed meanwhile stays."""
        event = event_or_gone(self.app, event_id)
        self.app.set_calendar_event(replace(event, **self.draft.changes_to(self._former)))
        return event_id


def event_or_gone(app: CalendarScreensApp, event_id: str) -> CalendarEvent:
    """Give the event that a screen shows.

    Raises:
        UnknownCalendarEventError: it is in the calendar no more.
    """
    event = app.events.get(event_id)
    if event is None:
        raise UnknownCalendarEventError(
            f"event {event_id!r:.200} is not in the calendar (any more); go back to the agenda"
        )
    return event
