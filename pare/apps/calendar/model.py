"""What a calendar holds: events, and what makes one valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypedDict

from pare.apps.base import WEEKDAYS, format_time, parse_time
from pare.apps.checks import check_list, check_time, item_at, meant_id, page_range, text_problem
from pare.apps.entries import completed, read_entries, shape_problems, unknown_fields
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.run_context import new_id, now
from pare.tools.notices import excerpt

DATETIME_FORMAT = "%Y-%m-%d %H:%M:%S"
DISPLAY_FORMAT = "%A, %Y-%m-%d %H:%M:%S"
DEFAULT_DURATION_HOURS = 1
DEFAULT_DURATION_SECONDS = DEFAULT_DURATION_HOURS * 3600.0

TIMES = ("start_datetime", "end_datetime")
"""The fields of an event that are times."""


class UnknownCalendarEventError(NotFoundError, IndexError):
    """No calendar event has the id that was given."""


class CalendarDataError(InvalidValueError, TypeError):
    """Calendar entries cannot be taken over; the text lists every problem."""


@dataclass
class CalendarEvent:
    """An event from `start_datetime` to `end_datetime`, in seconds since the epoch.

    The last two fields are the times as text, weekday first; they follow from the times.

    Raises:
        InvalidValueError: the start lies after the end, or a text is too long.
        InvalidArgumentsError: a field is of the wrong type.
    """

    event_id: str = field(default_factory=new_id)
    title: str = "Event"
    start_datetime: float = field(default_factory=now)
    end_datetime: float = field(default_factory=lambda: now() + DEFAULT_DURATION_SECONDS)
    tag: str | None = None
    description: str | None = None
    location: str | None = None
    attendees: list[str] = field(default_factory=list)
    start_strftime: str | None = None
    end_strftime: str | None = None

    def __post_init__(self) -> None:
        for problem in problems_in(vars(self)):
            raise problem
        self.attendees = list(self.attendees or ())
        self.start_strftime = display_time(self.start_datetime)
        self.end_strftime = display_time(self.end_datetime)

    @property
    def summary(self) -> str:
        """The event in a few lines: what, when, and what else is known."""
        known = {
            "Tag": self.tag,
            "Description": self.description,
            "Location": self.location,
            "Attendees": ", ".join(self.attendees),
        }
        lines = [self.title, f"{display_time(self.start_datetime)} to {display_time(self.end_datetime)}"]
        return "\n".join(lines + [f"{name}: {value}" for name, value in known.items() if value])

    @property
    def search_text(self) -> str:
        """What a search looks at, without case; fields are kept apart by a character that nobody types."""
        parts = (self.title, self.description or "", self.location or "", *self.attendees)
        return "\0".join(parts).casefold()

    def overlaps(self, start: float, end: float) -> bool:
        """Tell whether the event takes place, in whole or in part, between two times in seconds."""
        return self.start_datetime < end and self.end_datetime > start

    def has_attendee(self, name: str) -> bool:
        """Tell whether somebody of this whole name attends, in upper or lower case."""
        return name.casefold() in map(str.casefold, self.attendees)


class CalendarEventsResult(TypedDict):
    """A page of events: `range` is the first index and the one after the last, of `total` events."""

    events: list[CalendarEvent]
    range: tuple[int, int]
    total: int


def page_of(events: Sequence[CalendarEvent], offset: int, limit: int) -> CalendarEventsResult:
    """Give up to `limit` of `events`, from index `offset` on.

    Raises:
        ToolError: one of them is no whole number, or below 0.
    """
    first, last = page_range(offset, limit, len(events))
    return CalendarEventsResult(events=list(events[first:last]), range=(first, last), total=len(events))


def event_at(events: Sequence[CalendarEvent], index: int) -> CalendarEvent:
    """Give the event at `index`, from 0 on.

    Raises:
        PositionError: there is none.
    """
    return item_at(events, index, "event", "the agenda that is shown")


def read_range(start: str, end: str, what: str) -> tuple[float, float]:
    """Read `start` and `end` of `what`, text in UTC, as seconds since the epoch.

    Raises:
        InvalidValueError: one of them is no time, or the start lies after the end.
    """
    first, last = parse_time(start, "start_datetime"), parse_time(end, "end_datetime")
    if first > last:
        raise InvalidValueError(f"{what} would start ({start}) after its end ({end}); swap them")
    return first, last


def display_time(timestamp: float) -> str:
    """Give a time as DISPLAY_FORMAT says, in UTC, with English weekdays whatever the locale."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{WEEKDAYS[moment.weekday()]}, {moment.isoformat(' ')[:19]}"


# -- what is wrong with an event ------------------------------------------------------------------


def problems_in(values: Mapping[str, Any], times_as_text: bool = False) -> Iterator[ToolError]:
    """Find everything that is wrong with the fields of an event.

    With `times_as_text` the times may be written out as well.
    """
    required = [text_problem(name, values[name], optional=False) for name in ("event_id", "title")]
    texts = [text_problem(name, values[name]) for name in ("tag", "description", "location")]
    yield from filter(None, required + texts)
    if values["event_id"] == "":
        yield InvalidValueError("event_id is empty")
    yield from _attendee_problems(values["attendees"])
    yield from _time_problems(values, times_as_text)


def _attendee_problems(attendees: Any) -> Iterator[ToolError]:
    if attendees is None:
        return
    try:
        names = check_list("attendees", attendees, of="names")
    except ToolError as error:
        yield error
        return
    problems = (text_problem(f"attendees[{at}]", name, optional=False) for at, name in enumerate(names))
    yield from filter(None, problems)


def _time_problems(values: Mapping[str, Any], as_text: bool) -> Iterator[ToolError]:
    times = []
    for name in TIMES:
        try:
            times.append(_seconds(name, values[name], as_text))
        except ToolError as error:
            yield error
    if len(times) == 2 and times[0] > times[1]:
        yield InvalidValueError(
            f"the event would start ({format_time(times[0])}) after its end ({format_time(times[1])}); "
            "an event without an end_datetime ends one hour from now"
        )


def _seconds(name: str, value: Any, as_text: bool) -> float:
    return parse_time(value, name) if as_text and isinstance(value, str) else check_time(name, value)


def unknown_event(event_id: str, events: Mapping[str, CalendarEvent]) -> UnknownCalendarEventError:
    """Say that no event has this id, and which one may be meant: a title or a slip is often given for it."""
    titled = (known for known, event in events.items() if event.title == event_id)
    return UnknownCalendarEventError(
        f"no calendar event has the id {excerpt(event_id, 80)!r}."
        f"{meant_id(event_id, events, titled, 'event of that title')} "
        "Searching or listing events gives their ids."
    )


# -- events that come as plain data ---------------------------------------------------------------


def read_event(entry: Any, event_id: str, start: float) -> CalendarEvent:
    """Make an event of its fields as plain data; `event_id` and `start` stand for what is missing.

    Times are seconds since the epoch or ``YYYY-MM-DD HH:MM:SS``; a null is a missing field.

    Raises:
        CalendarDataError: everything that is wrong with the fields.
    """
    problems = _entry_problems(entry, event_id, start)
    if problems:
        raise CalendarDataError("; ".join(problems))
    values = _completed(entry, event_id, start)
    return CalendarEvent(**values | {name: _seconds(name, values[name], as_text=True) for name in TIMES})


def read_events(entries: Any, start: float) -> dict[str, CalendarEvent]:
    """Make events of a mapping of ids to fields.

    Raises:
        CalendarDataError: everything that is wrong with any of them.
    """

    def read(event_id: str, entry: Any) -> CalendarEvent:
        return read_event(entry, event_id, start)

    return read_entries(entries, "calendar event", read, CalendarDataError)


def _entry_problems(entry: Any, event_id: str, start: float) -> list[str]:
    return shape_problems(event_id, entry, "an event") or [
        *unknown_fields(entry, FIELDS, "an event"),
        *map(str, problems_in(_completed(entry, event_id, start), times_as_text=True)),
    ]


def _completed(entry: Mapping[str, Any], event_id: str, start: float) -> dict[str, Any]:
    times = {"start_datetime": start, "end_datetime": start + DEFAULT_DURATION_SECONDS}
    return completed(entry, FIELDS, {"event_id": event_id, "title": "Event", "attendees": [], **times})


FIELDS = tuple(item.name for item in fields(CalendarEvent))
"""The names of an event's fields."""
