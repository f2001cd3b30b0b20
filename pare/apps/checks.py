"""What tools insist on in their arguments: a check gives the value back, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from math import inf
from typing import Any, TypeGuard, TypeVar

from pare.errors import InvalidArgumentsError, InvalidValueError, ToolError, nearest
from pare.tools.notices import excerpt

MAX_TEXT = 100_000
"""The longest text that is kept, in characters."""

MAX_AMOUNT = 1e12
"""The largest amount that is kept, of money, minutes or rooms: far beyond any, so that sums stay numbers."""

SUGGESTED_FROM = 100
"""How many ids an unknown one is compared with; with thousands it would take longer than the tool."""

_EARLIEST, _LATEST = -62_135_596_800.0, 253_402_300_799.0  # what a datetime can hold, in seconds

Item = TypeVar("Item")
Number = TypeVar("Number", int, float)


class WrongTypeError(InvalidArgumentsError, InvalidValueError, AssertionError):
    """A value is of a type that cannot be used; for this case all three built-ins are published."""


class PositionError(InvalidValueError, IndexError):
    """There is nothing at the position that was given."""


# -- texts ----------------------------------------------------------------------------------------


def text_problem(name: str, value: Any, optional: bool = True, most: float = MAX_TEXT) -> ToolError | None:
    """Tell what is wrong with a text of up to `most` characters: its type or its length."""
    if value is None and optional:
        return None
    if not isinstance(value, str):
        return WrongTypeError(f"{name} must be text, not {type(value).__name__}")
    if len(value) > most:
        return InvalidValueError(
            f"the {name} has {len(value)} characters; at most {most} are kept. Shorten it"
        )
    return None


def check_text(name: str, value: Any) -> str:
    """Give a text that can be kept; it may be empty.

    Raises:
        WrongTypeError: it is no text.
        InvalidValueError: it is too long.
    """
    if type(value) is str and len(value) <= MAX_TEXT:  # nearly always, and on every tool's path
        return value
    problem = text_problem(name, value, optional=False)
    if problem is not None:
        raise problem
    return str(value)


def require_text(name: str, value: Any) -> str:
    """Give a text that can be kept and is not blank.

    Raises:
        WrongTypeError: it is no text.
        InvalidValueError: it is blank or too long.
    """
    text = check_text(name, value)
    if not text.strip():
        raise InvalidValueError(f"{name} must not be empty")
    return text


def optional_text(name: str, value: Any, most: float = MAX_TEXT) -> str:
    """Give a text of up to `most` characters; None counts as an empty one.

    Raises:
        WrongTypeError: it is something else.
        InvalidValueError: it is too long.
    """
    problem = text_problem(name, value, most=most)
    if problem is not None:
        raise problem
    return value or ""


def check_list(name: str, values: Any, of: str) -> list[Any]:
    """Give a copy of a list of things called `of`.

    Raises:
        WrongTypeError: it is no list.
    """
    if not isinstance(values, (list, tuple)):
        raise WrongTypeError(f"{name} must be a list of {of}, not {type(values).__name__}")
    return list(values)


def check_texts(name: str, values: Any) -> list[str]:
    """Give a copy of a list of texts, of any length.

    Raises:
        WrongTypeError: it is something else, such as one text.
    """
    if isinstance(values, (list, tuple)) and all(isinstance(value, str) for value in values):
        return list(values)
    raise WrongTypeError(f"{name} must be a list of texts, not {values!r:.200}")


def optional_texts(name: str, values: Any) -> list[str]:
    """Give a copy of a list of texts, of any length; None counts as an empty one.

    Raises:
        WrongTypeError: it is something else, such as one text.
    """
    return [] if values is None else check_texts(name, values)


# -- numbers --------------------------------------------------------------------------------------


def check_whole(name: str, value: Any, least: int | None = 0, most: int | None = None) -> int:
    """Give a whole number from `least` to `most`; None is no bound.

    Raises:
        WrongTypeError: it is no whole number.
        InvalidValueError: it is out of bounds.
    """
    if type(value) is not int:
        raise WrongTypeError(f"{name} must be a whole number, not {type(value).__name__}")
    if (least is None or value >= least) and (most is None or value <= most):
        return value
    valid = f"{least} or more" if most is None else f"from {least} to {most}"
    raise InvalidValueError(f"{name} must be {valid}")


def amount_problem(name: str, value: Any, most: float = MAX_AMOUNT) -> ToolError | None:
    """Tell what is wrong with an amount: it is a number from 0 to `most`."""
    if not _is_number(value):
        return WrongTypeError(f"{name} must be a number, not {type(value).__name__}")
    if not 0 <= value <= most:
        return InvalidValueError(f"{name} must be a number from 0 to {most:,.0f}")
    return None


def check_amount(name: str, value: Number, most: float = MAX_AMOUNT) -> Number:
    """Give a number from 0 to `most`.

    Raises:
        WrongTypeError: it is no number.
        InvalidValueError: it is below 0, above `most`, or not a number.
    """
    problem = amount_problem(name, value, most)
    if problem is not None:
        raise problem
    return value


def check_time(name: str, value: Any) -> float:
    """Give a time in seconds since the epoch.

    Raises:
        WrongTypeError: it is no number.
        InvalidValueError: no calendar has it.
    """
    if not _is_number(value):
        raise WrongTypeError(
            f"{name} must be a number of seconds since the epoch, not {type(value).__name__}"
        )
    if not _EARLIEST <= value <= _LATEST:
        raise InvalidValueError(f"{name} must be a number of seconds that lies in the years 1 to 9999")
    return value


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# -- true or false --------------------------------------------------------------------------------


def flag_problem(name: str, value: Any) -> ToolError | None:
    """Tell what is wrong with a flag: it is true or false, and no number or text that might mean it."""
    if isinstance(value, bool):
        return None
    return WrongTypeError(f"{name} must be true or false, not {value!r:.80}")


def check_flag(name: str, value: Any) -> bool:
    """Give true or false.

    Raises:
        WrongTypeError: it is something else.
    """
    problem = flag_problem(name, value)
    if problem is not None:
        raise problem
    return bool(value)


# -- pages and positions --------------------------------------------------------------------------


def page_range(offset: Any, limit: Any, total: int) -> tuple[int, int]:
    """Give the position at which a page of `total` things starts, and the one after its last.

    Raises:
        WrongTypeError: `offset` or `limit` is no whole number.
        InvalidValueError: one of them is below 0.
    """
    first = check_whole("offset", offset)
    return first, min(first + check_whole("limit", limit), total)


def page_within(offset: Any, limit: Any, total: int, what: str, most: int | None = None) -> tuple[int, int]:
    """Give the range of a page that may not start beyond the end of `total` things called `what`.

    Raises:
        WrongTypeError: `offset` or `limit` is no whole number.
        InvalidValueError: one of them is below 0, the offset beyond the end, or the limit above `most`.
    """
    first, size = check_whole("offset", offset), check_whole("limit", limit, most=most)
    if first > total:
        raise InvalidValueError(f"offset {first} is beyond the {total} {what}")
    return first, min(first + size, total)


def item_at(items: Sequence[Item], position: Any, what: str, where: str) -> Item:
    """Give the one of `items`, each of them a `what` in `where`, at `position`, from 0 on.

    Raises:
        WrongTypeError: the position is no whole number.
        PositionError: there is nothing.
    """
    index = check_whole("the position", position, least=None)
    if not 0 <= index < len(items):
        valid = f"positions go from 0 to {len(items) - 1}" if items else f"there are no {what}s"
        raise PositionError(f"{where} has no {what} at position {index}: {valid}")
    return items[index]


# -- dates ----------------------------------------------------------------------------------------


def date_bounds(min_date: str | None, max_date: str | None) -> tuple[float, float]:
    """Read the bounds of a search as times in seconds since the epoch; None is no bound.

    A date is ``YYYY-MM-DD HH:MM:SS``, in UTC unless it says otherwise, or ``YYYY-MM-DD`` for a whole day.

    Raises:
        InvalidValueError: it is not.
    """
    earliest = -inf if min_date is None else _moment("min_date", min_date, time.min)
    return earliest, inf if max_date is None else _moment("max_date", max_date, time.max)


def _moment(name: str, text: str, clock: time) -> float:
    try:
        moment = _day_or_moment(text, clock)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        raise InvalidValueError(
            f"{name}: {text!r:.200} is no date; write it as YYYY-MM-DD HH:MM:SS in UTC, "
            "or as YYYY-MM-DD for a whole day, or leave it out"
        ) from None


def _day_or_moment(text: str, clock: time) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), clock)
    except ValueError:
        return datetime.fromisoformat(text)


# -- ids ------------------------------------------------------------------------------------------


def nearest_id(wanted: object, known: Iterable[str]) -> str:
    """Say which of the first known ids are closest to `wanted`, as the end of an error message."""
    return nearest(excerpt(str(wanted), 80), islice(known, SUGGESTED_FROM))


def meant_id(wanted: str, known: Collection[str], named: Iterable[str], what: str) -> str:
    """Say which id may be meant, as the end of an error message.

    For an id, what it stands for is often given: `named` are the ids of those `what` that are called
    `wanted`. Where there is none, the nearest ids are said.
    """
    same = list(islice(named, 3))
    if same:
        return f" The {what} has the id {' or '.join(map(repr, same))}."
    return nearest_id(wanted, known)


def unknown_id(what: str, wanted: str, known: Collection[str], names: Iterable[str], advice: str) -> str:
    """Say that no `what` has the id `wanted`, which one may be meant, and where ids are found.

    A name or a slip is often given for an id: `names` are those of the `known` ids, in their order.
    """
    called = wanted.casefold()
    named = (item for item, name in zip(known, names, strict=True) if name.casefold() == called)
    meant = meant_id(wanted, known, named, f"{what} of that name")
    return f"no {what} has the id {excerpt(wanted, 80)!r}.{meant} {advice}"
