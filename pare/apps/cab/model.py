"""What a cab app keeps: rides and the services on offer, and what makes them valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

from pare.apps.checks import MAX_AMOUNT, WrongTypeError, amount_problem, check_time, text_problem
from pare.apps.entries import completed
from pare.errors import InvalidValueError, NotFoundError, ToolError, nearest
from pare.kernel.run_context import new_id
from pare.kernel.serialization import to_plain
from pare.tools.notices import excerpt

DEFAULT_RIDE_CANCELLED_MESSAGE = "The ride has been cancelled. Sorry for the inconvenience."
CANCELLERS = ("driver", "user")
STATUSES = ("DELAYED", "IN_PROGRESS", "ARRIVED_AT_PICKUP")
"""What the status of a booked ride may become before it ends."""

WAITING = ("BOOKED", "DELAYED")
"""The status of a ride while its cab is on the way to the passenger."""

_TEXTS = ("status", "service_type", "start_location", "end_location")
_AMOUNTS = ("price", "duration", "distance_km", "delay")
_SERVICE = ("nb_seats", "price_per_km", "base_delay_min", "max_distance_km")


class CabDataError(InvalidValueError, TypeError):
    """Rides or services cannot be taken over; the text lists every problem."""


@dataclass
class Ride:
    """A ride: quoted while it has no status, then BOOKED and so on until COMPLETED or CANCELLED.

    `time_stamp` is when it starts, in seconds since the epoch; `duration` and `delay`, which is how long the
    cab takes to come, are minutes. `delay_history` has a time and the delay foreseen then, in each entry.

    Raises:
        InvalidValueError: a number is below 0 or too large, or a text is too long.
        InvalidArgumentsError: a field is of the wrong type.
    """

    ride_id: str = field(default_factory=new_id)
    status: str | None = None
    service_type: str | None = None
    start_location: str | None = None
    end_location: str | None = None
    price: float | None = None
    duration: float | None = None
    time_stamp: float | None = None
    distance_km: float | None = None
    delay: float | None = None
    delay_history: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for problem in problems_in(vars(self)):
            raise problem
        self.delay_history = list(self.delay_history or ())

    def copy(self) -> Ride:
        """Give a copy that shares no list with this ride."""
        return replace(self)

    def set_booked(self) -> None:
        """Book the ride, with the delay foreseen."""
        self.status = "BOOKED"
        self._foresee(self.delay, self.time_stamp)

    def update_delay(self, current_time_stamp: float, rng: Random) -> None:
        """Let the cab come nearer, or get stuck: at 2 times to minus half the pace that was foreseen.

        Nothing happens before the ride starts, and once the cab is there.
        """
        if self.delay is None or self.status not in WAITING:
            return
        foreseen_at = self.delay_history[-1].get("time_stamp") if self.delay_history else None
        minutes = (current_time_stamp - (foreseen_at or self.time_stamp or 0.0)) / 60
        if minutes > 0:
            delay = self.delay - minutes * (1 + rng.uniform(-1.5, 1))
            self.delay = min(max(0.0, round(delay, 1)), MAX_AMOUNT)
            self._foresee(self.delay, current_time_stamp)

    def _foresee(self, delay: float | None, at: float | None) -> None:
        self.delay_history.append({"time_stamp": at, "delay": delay})


@dataclass
class RideHistory:
    """The rides of an app."""

    name: str
    rides: list[Ride]


@dataclass
class OnGoingRide:
    """The ride of an app that has not ended."""

    name: str
    ride: Ride | None = None


def default_services() -> dict[str, dict[str, float]]:
    """Give the services on offer; prices are per kilometre, delays are minutes."""
    return {
        "Default": {"nb_seats": 4, "price_per_km": 1.0, "base_delay_min": 5, "max_distance_km": 25},
        "Premium": {"nb_seats": 4, "price_per_km": 2.0, "base_delay_min": 3, "max_distance_km": 25},
        "Van": {"nb_seats": 6, "price_per_km": 1.5, "base_delay_min": 7, "max_distance_km": 25},
    }


def check_choice(name: str, value: Any, valid: Iterable[str]) -> str:
    """Give a word that is one of those that are `valid`.

    Raises:
        InvalidValueError: it is not.
    """
    words = list(valid)
    if value not in words:
        given = excerpt(str(value), 80)
        raise InvalidValueError(
            f"{name} {given!r} is not known.{nearest(given, words)} Valid: {', '.join(words) or 'none'}."
        )
    return str(value)


def no_ride() -> NotFoundError:
    """Say that there is no ride now."""
    return NotFoundError(
        "there is no ride at the moment: none was ordered, or the last one was completed or cancelled. "
        "The ride history has past rides"
    )


# -- what comes as plain data ---------------------------------------------------------------------


def read_rides(entries: Any, name: str) -> list[Ride]:
    """Make rides of a list of fields as plain data; what a ride does not have is left out.

    Raises:
        CabDataError: everything that is wrong with any of them.
    """
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise CabDataError(f"{name} must be a list of rides, not {type(entries).__name__}")
    problems = [
        f"{name}[{at}]: {problem}" for at, entry in enumerate(entries) for problem in _entry_problems(entry)
    ]
    if problems:
        raise CabDataError("\n".join(problems))
    return [_read_ride(entry) for entry in entries]


def _read_ride(entry: Mapping[str, Any]) -> Ride:
    given = {key: value for key, value in entry.items() if key in FIELDS and value is not None}
    return Ride(**{key: to_plain(value) for key, value in given.items()})


def _entry_problems(entry: Any) -> Iterable[ToolError]:
    if not isinstance(entry, Mapping):
        return [WrongTypeError(f"a ride must be an object of its fields, not {type(entry).__name__}")]
    return problems_in(completed(entry, FIELDS, {"ride_id": "new"}))


def problems_in(values: Mapping[str, Any]) -> Iterator[ToolError]:
    """Find everything that is wrong with the fields of a ride."""
    amounts = (amount_problem(name, values[name]) for name in _AMOUNTS if values[name] is not None)
    yield from filter(None, (text_problem(name, values[name]) for name in ("ride_id", *_TEXTS)))
    yield from filter(None, amounts)
    yield from _time_problems(values["time_stamp"])
    yield from _delay_problems(values["delay_history"] or [])


def _delay_problems(history: Any) -> Iterator[ToolError]:
    if not isinstance(history, list) or not all(isinstance(item, Mapping) for item in history):
        yield WrongTypeError(f"delay_history must be a list of objects, not {history!r:.80}")
        return
    for item in history:
        yield from _time_problems(item.get("time_stamp"))


def _time_problems(time_stamp: Any) -> Iterator[ToolError]:
    try:
        if time_stamp is not None:
            check_time("time_stamp", time_stamp)
    except ToolError as error:
        yield error


def read_services(config: Any) -> dict[str, dict[str, float]]:
    """Give a copy of the services on offer; those that every app has where there are none.

    Raises:
        CabDataError: everything that is wrong with any of them.
    """
    if not isinstance(config, Mapping):
        raise CabDataError(f"d_service_config must be an object of services, not {type(config).__name__}")
    problems = [
        f"service {name!r}: {problem}" for name, entry in config.items() for problem in _missing_in(entry)
    ]
    if problems:
        raise CabDataError("\n".join(problems))
    return {name: dict(entry) for name, entry in config.items()} or default_services()


def _missing_in(service: Any) -> Iterator[str | ToolError]:
    if not isinstance(service, Mapping):
        yield f"a service must be an object of numbers, not {type(service).__name__}"
        return
    yield from filter(None, (amount_problem(name, service.get(name)) for name in _SERVICE))


FIELDS = tuple(item.name for item in fields(Ride))
"""The names of a ride's fields."""
