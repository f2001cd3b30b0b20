"""The city app: crime rates by zip code, behind a limit on how often they may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pare.apps.base import App, format_time, get_state_dict
from pare.apps.checks import check_amount, check_text, check_whole, nearest_id, require_text
from pare.apps.entries import read_entries, shape_problems, unknown_fields
from pare.errors import InvalidValueError, NotFoundError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, env_tool

CALL_LIMIT = 100


class CallLimitError(InvalidValueError):
    """Crime rates were asked for too often; they can be again after a while."""


@dataclass
class CrimeDataPoint:
    """The crime rates of a zip code."""

    violent_crime: float
    property_crime: float


@dataclass(eq=False, repr=False)
class CityApp(App):
    """Crime rates by zip code. After `api_call_limit` calls none is answered until the cooldown is over.

    The cooldown starts at `rate_limit_time`, with the first call that is refused; the calls that are
    refused during it do not make it longer, and the count starts anew when it is over.
    """

    rate_limit_cooldown_seconds = 1800

    name: str | None = None  # type: ignore[assignment]  # published: None asks for the class's name
    api_call_count: int = 0
    api_call_limit: int = CALL_LIMIT
    crime_data: dict[str, CrimeDataPoint] = field(default_factory=dict)
    rate_limit_time: float | None = None
    rate_limit_exceeded: bool = False

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.crime_data = dict(self.crime_data)

    def get_state(self) -> dict[str, Any]:
        """Give limit and crime rates as plain data; the calls made are not part of it."""
        return get_state_dict(self, ["api_call_limit", "crime_data"])

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of everything, and count calls anew."""
        limit = check_whole("api_call_limit", state_dict.get("api_call_limit", CALL_LIMIT))
        self.crime_data = _points_from(state_dict.get("crime_data") or {})
        self.api_call_limit = limit
        self.reset_api_call_count()

    def load_crime_data_from_dict(self, crime_data: Mapping[str, Any]) -> None:
        """Add crime rates by zip code, each with `violent_crime` and `property_crime`.

        Raises:
            InvalidValueError: an entry is wrong; none was added then.
        """
        self.crime_data |= _points_from(crime_data)

    def reset_api_call_count(self) -> None:
        """Count calls from 0 on again, and end a cooldown."""
        self.api_call_count, self.rate_limit_time, self.rate_limit_exceeded = 0, None, False

    # -- for the environment ----------------------------------------------------------------------

    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_crime_rate(self, zip_code: str, violent_crime_rate: float, property_crime_rate: float) -> str:
        """Set the crime rates of a zip code, whether or not it has some already.

        :param zip_code: the zip code, such as 94103
        :param violent_crime_rate: rate of violent crimes, 0 or more
        :param property_crime_rate: rate of property crimes, 0 or more
        :returns: the zip code
        """
        require_text("zip_code", zip_code)
        violent = check_amount("violent_crime_rate", violent_crime_rate)
        property_ = check_amount("property_crime_rate", property_crime_rate)
        self.crime_data[zip_code] = CrimeDataPoint(violent, property_)
        return zip_code

    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def update_crime_rate(
        self,
        zip_code: str,
        new_violent_crime_rate: float | None = None,
        new_property_crime_rate: float | None = None,
    ) -> str:
        """Change one or both crime rates of a zip code.

        :param zip_code: the zip code
        :param new_violent_crime_rate: rate of violent crimes, 0 or more; stays as it is by default
        :param new_property_crime_rate: rate of property crimes, 0 or more; stays as it is by default
        :returns: the zip code
        """
        if new_violent_crime_rate is None and new_property_crime_rate is None:
            raise InvalidValueError("there is nothing to change; give at least one of the two new rates")
        old = self._point(zip_code)
        violent = old.violent_crime if new_violent_crime_rate is None else new_violent_crime_rate
        property_ = old.property_crime if new_property_crime_rate is None else new_property_crime_rate
        return self.add_crime_rate(zip_code, violent, property_)

    # -- for the agent ----------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_crime_rate(self, zip_code: str) -> CrimeDataPoint:
        """Get the crime rates of a zip code.

        Every call counts, also one with an unknown zip code. Once the limit of calls is reached, no
        call is answered for 30 minutes.

        :param zip_code: the zip code, such as 94103
        :returns: the rates of violent_crime and property_crime
        """
        self._count_call()
        point = self._point(zip_code)
        return CrimeDataPoint(point.violent_crime, point.property_crime)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_api_call_count(self) -> int:
        """Get how many calls of get_crime_rate were made since the count last started.

        :returns: the number of calls
        """
        self._end_cooldown()
        return self.api_call_count

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_api_call_limit(self) -> int:
        """Get after how many calls get_crime_rate is not answered for a while.

        :returns: the number of calls
        """
        return self.api_call_limit

    # -- inside -----------------------------------------------------------------------------------

    def _count_call(self) -> None:
        self._end_cooldown()
        if self.api_call_count < self.api_call_limit and not self.rate_limit_exceeded:
            self.api_call_count += 1
            return
        if self.rate_limit_time is None:
            self.rate_limit_time = self.now()
        self.rate_limit_exceeded = True
        again = format_time(self.rate_limit_time + self.rate_limit_cooldown_seconds)
        raise CallLimitError(
            f"the limit of {self.api_call_limit} calls is reached; crime rates can be asked for again "
            f"from {again} UTC on"
        )

    def _end_cooldown(self) -> None:
        started = self.rate_limit_time
        if started is not None and self.now() - started >= self.rate_limit_cooldown_seconds:
            self.reset_api_call_count()

    def _point(self, zip_code: str) -> CrimeDataPoint:
        check_text("zip_code", zip_code)
        if zip_code not in self.crime_data:
            hint = nearest_id(zip_code, self.crime_data)
            raise NotFoundError(f"there are no crime rates for the zip code {zip_code!r:.200}.{hint}")
        return self.crime_data[zip_code]


def _points_from(entries: Any) -> dict[str, CrimeDataPoint]:
    return read_entries(entries, "crime rate", _point_from, InvalidValueError)


def _point_from(zip_code: str, entry: Any) -> CrimeDataPoint:
    if isinstance(entry, CrimeDataPoint):
        return CrimeDataPoint(entry.violent_crime, entry.property_crime)
    names = CrimeDataPoint.__dataclass_fields__
    problems = shape_problems(zip_code, entry, "a crime rate") or unknown_fields(entry, names, "a crime rate")
    if problems:
        raise InvalidValueError("; ".join(problems))
    return CrimeDataPoint(**{name: check_amount(name, entry.get(name)) for name in names})
