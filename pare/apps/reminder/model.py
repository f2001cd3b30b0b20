"""A reminder, and the calendar arithmetic of its repetitions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pare.apps.base import format_time, parse_time
from pare.apps.checks import check_text, require_text
from pare.errors import InvalidValueError, nearest

UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
REPETITION_UNITS = (*UNITS, "month")


class InvalidRepetitionError(InvalidValueError, AssertionError):
    """A repetition has an unknown unit or no positive number of units, or is missing."""


@dataclass
class Reminder:
    """A reminder that is due at `due_datetime` (UTC), and every `repetition_value` units from then on.

    `time_notified` is the simulated time, in seconds since the epoch, at which it made itself heard.
    """

    reminder_id: str
    title: str
    due_datetime: datetime
    description: str
    repetition_unit: str | None = None
    repetition_value: int | None = 1
    time_notified: float | None = None

    def __post_init__(self) -> None:
        self.due_datetime = as_utc(self.due_datetime)

    @property
    def already_notified(self) -> bool:
        """Whether it has made itself heard."""
        return self.time_notified is not None

    @property
    def due_text(self) -> str:
        """When it is due, as ``YYYY-MM-DD HH:MM:SS`` in UTC."""
        return format_time(self.due_datetime.timestamp())

    def repeated(self, times: int) -> datetime | None:
        """Give the due time of its repetition number `times`; None beyond the calendar.

        Raises:
            InvalidRepetitionError: it does not repeat.
        """
        if self.repetition_unit is None:
            raise InvalidRepetitionError(f"the reminder {self.reminder_id!r} does not repeat")
        return moment_after(self.due_datetime, times * (self.repetition_value or 1), self.repetition_unit)

    def __str__(self) -> str:
        return f"Title: {self.title}\nDescription: {self.description}\nDue date: {self.due_text}"


def as_utc(moment: datetime) -> datetime:
    """Give a moment in UTC; one without a time zone is taken to be in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_after(first: datetime, amount: int, unit: str) -> datetime | None:
    """Give the moment `amount` units after `first`; None beyond the calendar.

    Months end where they end: one month after 31 January is the last day of February.
    """
    try:
        return months_after(first, amount) if unit == "month" else first + amount * UNITS[unit]
    except (OverflowError, ValueError):
        return None


def months_after(first: datetime, amount: int) -> datetime:
    """Give the moment `amount` months after `first`, on the last day of a month that is too short."""
    years, month = divmod(first.month - 1 + amount, 12)
    year = first.year + years
    day = min(first.day, monthrange(year, month + 1)[1])
    return first.replace(year=year, month=month + 1, day=day)


def as_text(reminders: Iterable[Reminder]) -> str:
    """Give reminders as a model reads them, with the ids that it needs to open or change one."""
    texts = [f"Id: {reminder.reminder_id}\n{reminder}" for reminder in reminders]
    return "\n\n".join(texts) or "There are none."


def read_reminder(
    title: str,
    due_datetime: str,
    description: str,
    repetition_unit: str | None,
    repetition_value: int | None,
) -> Reminder:
    """Check what a tool was given, and make a reminder without an id of it.

    Raises:
        InvalidValueError: a value cannot be used.
    """
    require_text("title", title)
    check_text("description", description)
    due = datetime.fromtimestamp(parse_time(due_datetime, "due_datetime"), UTC)
    value = check_repetition(repetition_unit, repetition_value)
    return Reminder("", title, due, description, repetition_unit, value)


def check_repetition(unit: str | None, value: Any) -> int:
    """Give the number of units between two repetitions; 1 unless it is given.

    Raises:
        InvalidRepetitionError: the unit is unknown, or the number is not 1 or more.
    """
    if unit is not None and unit not in REPETITION_UNITS:
        raise InvalidRepetitionError(
            f"{unit!r} is no unit of repetition.{nearest(str(unit), REPETITION_UNITS)} "
            f"Units: {', '.join(REPETITION_UNITS)}; leave it out for a reminder that does not repeat"
        )
    if value is None:
        return 1
    if not isinstance(value, int) or value < 1:
        raise InvalidRepetitionError(f"a reminder repeats every 1 or more units, not every {value!r}")
    return value


def load_reminder(reminder_id: str, data: Mapping[str, Any]) -> Reminder:
    """Read a reminder from plain data, its due time from ISO text.

    Raises:
        InvalidValueError: the due time is missing, or no ISO text.
    """
    try:
        due = datetime.fromisoformat(data["due_datetime"])
    except (KeyError, TypeError, ValueError):
        raise InvalidValueError(
            f"the reminder {reminder_id!r} is due at {data.get('due_datetime')!r}, which is no ISO time"
        ) from None
    return Reminder(
        reminder_id=data.get("reminder_id", reminder_id),
        title=data.get("title", ""),
        due_datetime=due,
        description=data.get("description", ""),
        repetition_unit=data.get("repetition_unit"),
        repetition_value=data.get("repetition_value", 1),
        time_notified=data.get("time_notified"),
    )
