"""The screens of the cab app: where to go, with which service, at what price, and the ride itself."""

from __future__ import annotations

from typing import Any

from pare.apps.base import format_time
from pare.apps.cab.model import Ride, check_choice
from pare.apps.cab.tools import CabScreensApp
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import NotFoundError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


class CabHome(AppState[CabScreensApp]):
    """The first screen: where to go, and the rides so far."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_rides(self, start_location: str, end_location: str, ride_time: str | None = None) -> list[Ride]:
        """See what a ride would cost with each service, and go on to choose one. Nothing is ordered yet.

        :param start_location: where the ride starts, as an address or the name of a place
        :param end_location: where it ends, as an address or the name of a place
        :param ride_time: when it starts, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :returns: one quotation for each service: price, distance in kilometres, duration and delay of the
            cab in minutes
        """
        rides = self.app.list_rides(start_location, end_location, ride_time)
        self.app.set_current_state(CabServiceOptions(start_location, end_location, ride_time))
        return rides

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_current_ride(self) -> Ride:
        """Open the ride that is under way, which can be cancelled there.

        :returns: the ride: its status, and in how many minutes the cab comes (delay)
        """
        ride = self.app.get_current_ride_status()
        self.app.set_current_state(CabRideDetail(ride))
        return ride

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def get_ride_history(self, offset: int = 0, limit: int = 10) -> dict[str, Any]:
        """List the rides that you ordered, oldest first, a page at a time; one under way is the last.

        :param offset: how many rides to skip, 0 by default; raise it to get the next page
        :param limit: how many rides to give at most, 10 by default
        :returns: the rides by their position in the history, the range of the positions, and the total
        """
        return self.app.get_ride_history(offset, limit)


class CabServiceOptions(AppState[CabScreensApp]):
    """The services for a ride from `start_location` to `end_location`, now or at `ride_time` (text, UTC)."""

    def __init__(self, start_location: str, end_location: str, ride_time: str | None = None) -> None:
        super().__init__()
        self.start_location = start_location
        self.end_location = end_location
        self.ride_time = ride_time

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_service_types(self) -> list[str]:
        """List the services that you can choose for this ride.

        :returns: the names of the services
        """
        return sorted(self.app.d_service_config)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def get_quotation(self, service_type: str) -> Ride:
        """Choose a service for this ride and see its quotation, from which it can be ordered.

        :param service_type: the service, such as Default, Premium or Van
        :returns: the quotation: price, distance in kilometres, duration and delay of the cab in minutes
        """
        ride = self.app.get_quotation(self.start_location, self.end_location, service_type, self.ride_time)
        self.app.set_current_state(CabQuotationDetail(ride))
        return ride


class CabQuotationDetail(AppState[CabScreensApp]):
    """The quotation `ride`."""

    def __init__(self, ride: Ride) -> None:
        super().__init__()
        self.ride = ride

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def show_quotation(self) -> Ride:
        """Look at the quotation again.

        :returns: the quotation: price, distance in kilometres, duration and delay of the cab in minutes
        """
        return self.ride

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def order_ride(self) -> Ride:
        """Order this ride, for the time that was asked for; a time that has passed meanwhile means now.

        :returns: the booked ride: its id, price, and in how many minutes the cab comes (delay)
        """
        quoted = self.ride
        service = check_choice("service_type", quoted.service_type, self.app.d_service_config)
        start, end = quoted.start_location or "", quoted.end_location or ""
        ride = self.app.order_ride(start, end, service, self._ride_time())
        self.app.set_current_state(CabRideDetail(ride))
        return ride

    def _ride_time(self) -> str | None:
        starts = self.ride.time_stamp
        return format_time(starts) if starts is not None and starts > self.app.now() else None


class CabRideDetail(AppState[CabScreensApp]):
    """The ride `ride`, as it was when it was opened."""

    def __init__(self, ride: Ride) -> None:
        super().__init__()
        self.ride = ride

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def cancel_ride(self) -> str:
        """Cancel this ride; the first screen is shown then.

        :returns: a sentence that says so
        """
        current = self.app.on_going_ride
        if current is None or current.ride_id != self.ride.ride_id:
            raise NotFoundError("the ride that this screen shows is over: completed or cancelled; go back")
        message = self.app.user_cancel_ride()
        self.app.load_root_state()
        return message
