"""The names of ``are.simulation.apps.cab``."""

from pare.apps.cab import DEFAULT_RIDE_CANCELLED_MESSAGE, CabApp, OnGoingRide, Ride, RideHistory

__all__ = ["DEFAULT_RIDE_CANCELLED_MESSAGE", "CabApp", "OnGoingRide", "Ride", "RideHistory"]
