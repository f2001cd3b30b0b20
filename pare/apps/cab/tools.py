"""The cab app: quotations, the ride that is under way, and those of the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pare.apps.base import App, get_state_dict, parse_time
from pare.apps.cab import notices
from pare.apps.cab.fares import distance_between, minutes_on_the_way, minutes_until_pickup, varied_price
from pare.apps.cab.model import (
    CANCELLERS,
    DEFAULT_RIDE_CANCELLED_MESSAGE,
    STATUSES,
    Ride,
    check_choice,
    default_services,
    no_ride,
    read_rides,
    read_services,
)
from pare.apps.checks import check_amount, check_time, item_at, optional_text, page_range, require_text
from pare.apps.navigation import StatefulApp
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.rng import derive_rng
from pare.tools.markers import app_tool, data_tool, env_tool
from pare.tools.notices import VerbosityLevel, notifies


@dataclass(eq=False, repr=False)
class CabApp(App):
    """Quotations and rides, oldest first, and the one ride that may be under way.

    A ride that changes is replaced, so that what was told about it before stays as it was told.
    """

    name: str | None = None  # type: ignore[assignment]  # published: the class name stands for None
    quotation_history: list[Ride] = field(default_factory=list)
    on_going_ride: Ride | None = None
    ride_history: list[Ride] = field(default_factory=list)
    MESSAGE_CANCEL: str = DEFAULT_RIDE_CANCELLED_MESSAGE
    d_service_config: dict[str, dict[str, float]] = field(default_factory=default_services)

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.quotation_history = list(self.quotation_history)
        self.ride_history = list(self.ride_history)
        self.d_service_config = read_services(self.d_service_config)

    # -- state ------------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Give rides, quotations and services as plain data."""
        return get_state_dict(
            self, ["ride_history", "quotation_history", "on_going_ride", "d_service_config"]
        )

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of everything.

        Raises:
            CabDataError: everything that is wrong with the rides; nothing has changed then.
        """
        services = read_services(state_dict.get("d_service_config") or {})
        rides = read_rides(state_dict.get("ride_history") or [], "ride_history")
        quotations = read_rides(state_dict.get("quotation_history") or [], "quotation_history")
        current = state_dict.get("on_going_ride")
        [ongoing] = read_rides([current], "on_going_ride") if current else [None]
        self.d_service_config, self.quotation_history, self.ride_history = services, quotations, rides
        self.on_going_ride = next((ride for ride in reversed(rides) if ride == ongoing), ongoing)

    def delete_future_data(self, timestamp: float) -> None:
        """Forget the quotations and rides that start later than `timestamp`, in seconds since the epoch."""

        def is_past(ride: Ride) -> bool:
            return (ride.time_stamp or 0.0) <= timestamp

        self.quotation_history = list(filter(is_past, self.quotation_history))
        self.ride_history = list(filter(is_past, self.ride_history))
        if self.on_going_ride is not None and not is_past(self.on_going_ride):
            self.on_going_ride = None

    # -- tools ------------------------------------------------------------------------------------

    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_new_ride(
        self,
        service_type: str,
        start_location: str,
        end_location: str,
        price: float,
        duration: float = 0.0,
        time_stamp: float = 0.0,
        distance_km: float = 0.0,
    ) -> str:
        """Add a booked ride to the ride history, for instance one of the past; it does not get under way.

        :param service_type: the service, such as Default, Premium or Van
        :param start_location: where the ride starts
        :param end_location: where it ends
        :param price: what it costs
        :param duration: how long it takes, in minutes; 0 by default
        :param time_stamp: when it starts, in seconds since the epoch; 0 by default
        :param distance_km: how long the way is, in kilometres; 0 by default, for a way that is not known
        :returns: the id of the ride
        """
        ride = Ride(
            "draft",
            "BOOKED",
            require_text("service_type", service_type),
            require_text("start_location", start_location),
            require_text("end_location", end_location),
            check_amount("price", price),
            check_amount("duration", duration),
            check_time("time_stamp", time_stamp),
            check_amount("distance_km", distance_km),
        )
        self.ride_history.append(self._kept(ride))
        return ride.ride_id

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_quotation(
        self, start_location: str, end_location: str, service_type: str, ride_time: str | None = None
    ) -> Ride:
        """Ask what a ride with one service would cost and how long it would take. Nothing is ordered.

        :param start_location: where the ride starts, as an address or the name of a place
        :param end_location: where it ends, as an address or the name of a place
        :param service_type: the service, such as Default, Premium or Van; list_rides shows all
        :param ride_time: when it starts, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :returns: the quotation: price, distance in kilometres, duration and delay of the cab in minutes
        """
        check_choice("service_type", service_type, self.d_service_config)
        return self._kept(
            self._quotation(start_location, end_location, service_type, self._moment(ride_time))
        )

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_rides(self, start_location: str, end_location: str, ride_time: str | None = None) -> list[Ride]:
        """Ask what a ride would cost and how long it would take with each service. Nothing is ordered.

        :param start_location: where the ride starts, as an address or the name of a place
        :param end_location: where it ends, as an address or the name of a place
        :param ride_time: when it starts, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :returns: one quotation for each service: price, distance in kilometres, duration and delay of the
            cab in minutes
        """
        moment = self._moment(ride_time)
        services = self.d_service_config
        quotations = [self._quotation(start_location, end_location, name, moment) for name in services]
        return [self._kept(quotation) for quotation in quotations]

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def order_ride(
        self, start_location: str, end_location: str, service_type: str, ride_time: str | None = None
    ) -> Ride:
        """Order a ride. There can be one ride at a time: the last one has to be completed or cancelled.

        :param start_location: where the ride starts, as an address or the name of a place
        :param end_location: where it ends, as an address or the name of a place
        :param service_type: the service, such as Default, Premium or Van; list_rides shows all
        :param ride_time: when it starts, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :returns: the booked ride: its id, price, distance in kilometres, duration and delay of the cab in
            minutes
        """
        if self.on_going_ride is not None:
            ride = self.on_going_ride
            raise InvalidValueError(
                f"there is a ride already, {ride.status}, from {ride.start_location} to {ride.end_location}; "
                "another one can be ordered when it is completed or cancelled"
            )
        booked = self.get_quotation(start_location, end_location, service_type, ride_time).copy()
        booked.set_booked()
        self.ride_history.append(booked)
        self.on_going_ride = booked
        return booked

    @notifies(user=notices.cancelled, level=VerbosityLevel.MEDIUM)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def cancel_ride(self, who_cancel: str = "driver", message: str | None = None) -> str:
        """Cancel the ride that is under way on behalf of its driver or the user.

        :param who_cancel: driver or user; driver by default
        :param message: what the user is told; an apology by default
        :returns: what the user is told
        """
        check_choice("who_cancel", who_cancel, CANCELLERS)
        text = optional_text("message", message) or self.MESSAGE_CANCEL
        self._end("CANCELLED")
        return text

    @notifies(user=notices.cancelled_by_user, level=VerbosityLevel.MEDIUM, agent_calls=False)
    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def user_cancel_ride(self) -> str:
        """Cancel the user's ride that is under way.

        :returns: a sentence that says so
        """
        return self.cancel_ride("user")

    @notifies(user=notices.ended, level=VerbosityLevel.MEDIUM)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def end_ride(self) -> str:
        """Complete the ride that is under way.

        :returns: a sentence that says so
        """
        ride = self._end("COMPLETED")
        return f"The ride from {ride.start_location} to {ride.end_location} was completed."

    @notifies(user=notices.status_changed, level=VerbosityLevel.HIGH)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def update_ride_status(self, status: str, message: str | None = None) -> str:
        """Change the status of the ride that is under way.

        :param status: DELAYED, IN_PROGRESS or ARRIVED_AT_PICKUP
        :param message: what the user is told; the new status by default
        :returns: what the user is told
        """
        check_choice("status", status, STATUSES)
        text = optional_text("message", message) or f"The ride is now {status}."
        self._replace(self._ongoing(), replace(self._ongoing(), status=status))
        return text

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_current_ride_status(self) -> Ride:
        """Look at the ride that is under way: its status, and in how many minutes the cab comes (delay).

        :returns: the ride as it is now
        """
        ride = self._ongoing()
        now = self.now()
        current = ride.copy()
        current.update_delay(now, derive_rng("delay", ride.ride_id, now))
        return self._replace(ride, current)

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_ride(self, idx: int) -> Ride:
        """Look at one ride of the ride history.

        :param idx: the position of the ride in the history; 0 is the oldest
        :returns: the ride
        """
        return item_at(self.ride_history, idx, "ride", "the ride history")

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_ride_history(self, offset: int = 0, limit: int = 10) -> dict[str, Any]:
        """List the rides that were ordered, oldest first, a page at a time; one under way is the last.

        :param offset: how many rides to skip, 0 by default; raise it to get the next page
        :param limit: how many rides to give at most, 10 by default
        :returns: the rides by their position in the history, the range of the positions, and the total
        """
        first, last = page_range(offset, limit, len(self.ride_history))
        rides = {index: self.ride_history[index] for index in range(first, last)}
        return {"rides": rides, "range": (first, last), "total": len(self.ride_history)}

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_ride_history_length(self) -> int:
        """Count the rides in the ride history.

        :returns: the number of rides
        """
        return len(self.ride_history)

    # -- ways and prices --------------------------------------------------------------------------

    def get_distance_from_history(self, start_location: str, end_location: str) -> float | None:
        """Give the kilometres that the first quotation from one place to another names; None without one."""
        way = (start_location, end_location)
        quotations = self.quotation_history
        known = (item for item in quotations if (item.start_location, item.end_location) == way)
        return next((item.distance_km for item in known if item.distance_km), None)

    def calculate_distance(self, start_location: str, end_location: str) -> float:
        """Give the kilometres from one place to another: as quoted before, or as the places lie."""
        known = self.get_distance_from_history(start_location, end_location)
        return distance_between(start_location, end_location) if known is None else known

    def calculate_price(
        self,
        start_location: str,
        end_location: str,
        distance_km: float,
        service_type: str,
        time_stamp: float,
    ) -> float:
        """Give what a ride costs at `time_stamp`, in seconds since the epoch.

        The same ride at the same time costs the same; with the hours the price drifts away from the last one.
        """
        ride = (start_location, end_location, service_type)
        for item in reversed(self.quotation_history):
            if item.price and (item.start_location, item.end_location, item.service_type) == ride:
                seconds = time_stamp - (item.time_stamp or 0.0)
                return varied_price(item.price, seconds, *ride, time_stamp)
        return round(distance_km * self.d_service_config[service_type]["price_per_km"], 2)

    # -- what the tools share ---------------------------------------------------------------------

    def _moment(self, ride_time: str | None) -> float:
        return self.now() if ride_time is None else parse_time(ride_time, "ride_time")

    def _quotation(self, start: str, end: str, service_type: str, moment: float) -> Ride:
        """Make a quotation; `_kept` gives it its id, so that a refused call draws none."""
        require_text("start_location", start)
        require_text("end_location", end)
        service = self.d_service_config[service_type]
        distance = self.calculate_distance(start, end)
        if distance > service["max_distance_km"]:
            raise InvalidValueError(
                f"the way from {start} to {end} is {distance:g} km long; "
                f"{service_type} rides go up to {service['max_distance_km']:g} km"
            )
        return Ride(
            ride_id="draft",
            service_type=service_type,
            start_location=start,
            end_location=end,
            price=self.calculate_price(start, end, distance, service_type, moment),
            duration=minutes_on_the_way(distance, start, end, moment),
            time_stamp=moment,
            distance_km=distance,
            delay=minutes_until_pickup(service["base_delay_min"], start, end, service_type, moment),
        )

    def _kept(self, quotation: Ride) -> Ride:
        quotation.ride_id = self.new_id()
        self.quotation_history.append(quotation)
        return quotation

    def _ongoing(self) -> Ride:
        if self.on_going_ride is None:
            raise no_ride()
        return self.on_going_ride

    def _end(self, status: str) -> Ride:
        ride = self._replace(self._ongoing(), replace(self._ongoing(), status=status))
        self.on_going_ride = None
        return ride

    def _replace(self, former: Ride, ride: Ride) -> Ride:
        """Let `ride` be under way and in the history, where it is mostly the last one, for `former`."""
        self.on_going_ride = ride
        for index in reversed(range(len(self.ride_history))):
            if self.ride_history[index].ride_id == former.ride_id:
                self.ride_history[index] = ride
                return ride
        self.ride_history.append(ride)
        return ride


class CabScreensApp(StatefulApp, CabApp):
    """The cab app as its screens know it: what they show, and the way from one to the next."""
