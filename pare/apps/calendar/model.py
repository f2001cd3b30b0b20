"""What a calendar holds: events, and what makes one valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypedDict

from pare.apps.base import format_time, parse_time
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, ToolError, nearest
from pare.kernel.run_context import new_id, now
from pare.tools.notices import excerpt

DATETIME_FORMAT = "%Y-%m-%d %H:%M:%S"
DISPLAY_FORMAT = "%A, %Y-%m-%d %H:%M:%S"
DEFAULT_DURATION_HOURS = 1
DEFAULT_DURATION_SECONDS = DEFAULT_DURATION_HOURS * 3600.0
MAX_TEXT_LENGTH = 100_000

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EARLIEST, _LATEST = -62_135_596_800.0, 253_402_300_799.0  # what a datetime can hold, in seconds
_TIMES = ("start_datetime", "end_datetime")
_NEAREST_IDS = 50  # comparing an id with thousands of others would take longer than the tool


class TimeNotNumberError(InvalidArgumentsError, AssertionError):
    """The time of an event is not a number of seconds since the epoch."""


class UnknownCalendarEventError(NotFoundError, IndexError):
    """No calendar event has the id that was given."""


class EventIndexError(InvalidValueError, IndexError):
    """No event is listed at that position."""


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
    first = require_count("offset", offset)
    last = first + require_count("limit", limit)
    return CalendarEventsResult(
        events=list(events[first:last]), range=(first, min(last, len(events))), total=len(events)
    )


def event_at(events: Sequence[CalendarEvent], index: int) -> CalendarEvent:
    """Give the event at `index`, from 0 on.

    Raises:
        EventIndexError: there is none.
    """
    if not isinstance(index, int):
        raise InvalidArgumentsError(f"index must be a whole number, not {type(index).__name__}")
    if not 0 <= index < len(events):
        valid = f"positions go from 0 to {len(events) - 1}" if events else "it has no events"
        raise EventIndexError(f"the agenda that is shown has no event at position {index}: {valid}")
    return events[index]


def display_time(timestamp: float) -> str:
    """Give a time as DISPLAY_FORMAT says, in UTC, with English weekdays whatever the locale."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{_WEEKDAYS[moment.weekday()]}, {moment.isoformat(' ')[:19]}"


# -- what is wrong with an event ------------------------------------------------------------------


def problems_in(values: Mapping[str, Any], times_as_text: bool = False) -> Iterator[ToolError]:
    """Find everything that is wrong with the fields of an event.

    With `times_as_text` the times may be written out as well.
    """
    texts = [text_problem(name, values[name]) for name in ("tag", "description", "location")]
    required = [text_problem(name, values[name], optional=False) for name in ("event_id", "title")]
    yield from (problem for problem in required + texts if problem)
    if values["event_id"] == "":
        yield InvalidValueError("event_id is empty")
    yield from _attendee_problems(values["attendees"])
    yield from _time_problems(values, times_as_text)


def text_problem(name: str, value: Any, optional: bool = True) -> ToolError | None:
    """Tell what is wrong with a text that is to be stored: its type or its length."""
    if value is None and optional:
        return None
    if not isinstance(value, str):
        return InvalidArgumentsError(f"{name} must be text, not {type(value).__name__}")
    if len(value) > MAX_TEXT_LENGTH:
        return InvalidValueError(f"{name} has {len(value)} characters, at most {MAX_TEXT_LENGTH} are stored")
    return None


def require_text(name: str, value: Any) -> str:
    """Give a text that must not be empty.

    Raises:
        ToolError: it is no text, empty, or too long.
    """
    problem = text_problem(name, value, optional=False)
    if problem:
        raise problem
    if not value.strip():
        raise InvalidValueError(f"{name} must not be empty")
    return str(value)


def require_count(name: str, value: Any) -> int:
    """Give a number of events, 0 or more.

    Raises:
        ToolError: it is no whole number, or below 0.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgumentsError(f"{name} must be a whole number, not {type(value).__name__}")
    if value < 0:
        raise InvalidValueError(f"{name} must be 0 or more")
    return value


def _attendee_problems(attendees: Any) -> Iterator[ToolError]:
    if attendees is None:
        return
    if not isinstance(attendees, (list, tuple)):
        yield InvalidArgumentsError(f"attendees must be a list of names, not {type(attendees).__name__}")
        return
    for index, name in enumerate(attendees):
        problem = text_problem(f"attendees[{index}]", name, optional=False)
        if problem:
            yield problem


def _time_problems(values: Mapping[str, Any], as_text: bool) -> Iterator[ToolError]:
    times = []
    for name in _TIMES:
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
    if as_text and isinstance(value, str):
        return parse_time(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TimeNotNumberError(
            f"{name} must be a number of seconds since the epoch, not {type(value).__name__}"
        )
    if not _EARLIEST <= value <= _LATEST:
        raise InvalidValueError(f"{name} must lie in the years 1 to 9999")
    return value


def unknown_event(event_id: str, events: Mapping[str, CalendarEvent]) -> UnknownCalendarEventError:
    """Say that no event has this id, and which one may be meant: a title or a slip is often given for it."""
    titled = [known for known, event in events.items() if event.title == event_id][:3]
    given = excerpt(event_id, 80)
    hint = f" The event of that title has the id {' or '.join(map(repr, titled))}." if titled else ""
    if not titled and len(events) <= _NEAREST_IDS:
        hint = nearest(given, events)
    return UnknownCalendarEventError(
        f"no calendar event has the id {given!r}.{hint} Searching or listing events gives their ids."
    )


# -- events that come as plain data ---------------------------------------------------------------


def read_event(entry: Any, event_id: str, start: float) -> CalendarEvent:
    """Make an event of its fields as plain data; `event_id` and `start` stand for what is missing.

    Times are seconds since the epoch or ``YYYY-MM-DD HH:MM:SS``; a null is a missing field.

    Raises:
        CalendarDataError: everything that is wrong with the fields.
    """
    problems = [str(problem) for problem in _entry_problems(entry, event_id, start)]
    if problems:
        raise CalendarDataError("; ".join(problems))
    values = _with_defaults(entry, event_id, start)
    for name in _TIMES:
        values[name] = _seconds(name, values[name], as_text=True)
    return CalendarEvent(**values)


def read_events(entries: Any, start: float) -> dict[str, CalendarEvent]:
    """Make events of a mapping of ids to fields.

    Raises:
        CalendarDataError: everything that is wrong with any of them.
    """
    if not isinstance(entries, Mapping):
        raise CalendarDataError(
            f"calendar events must be an object of ids and events, not {type(entries).__name__}"
        )
    events, problems = {}, []
    for event_id, entry in entries.items():
        try:
            events[event_id] = read_event(entry, event_id, start)
        except CalendarDataError as error:
            problems.append(f"event {event_id!r}: {error}")
    if problems:
        raise CalendarDataError(
            f"{len(problems)} of {len(entries)} calendar events are wrong, none was loaded. "
            + "\n".join(problems)
        )
    return events


def known_fields(entry: Any) -> Any:
    """Leave out the fields that an event does not have."""
    if not isinstance(entry, Mapping):
        return entry
    return {name: value for name, value in entry.items() if name in _FIELDS}


def _entry_problems(entry: Any, event_id: Any, start: float) -> Iterator[ToolError]:
    if not isinstance(entry, Mapping):
        yield InvalidArgumentsError(f"an event must be an object of its fields, not {type(entry).__name__}")
        return
    if not isinstance(event_id, str):
        yield InvalidArgumentsError(f"the id of an event must be text, not {type(event_id).__name__}")
        return
    for name in entry:
        if name not in _FIELDS:
            yield InvalidValueError(f"an event has no field {name!r}.{nearest(str(name), _FIELDS)}")
    yield from problems_in(_with_defaults(entry, event_id, start), times_as_text=True)


def _with_defaults(entry: Mapping[str, Any], event_id: str, start: float) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(_FIELDS)
    values |= {"event_id": event_id, "title": "Event", "attendees": []}
    values |= {"start_datetime": start, "end_datetime": start + DEFAULT_DURATION_SECONDS}
    return values | {name: value for name, value in entry.items() if value is not None and name in _FIELDS}


_FIELDS = tuple(item.name for item in fields(CalendarEvent))
