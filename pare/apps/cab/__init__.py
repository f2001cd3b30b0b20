"""Cabs: what rides cost, the one that is under way, and those of the past."""

from pare.apps.cab.app import StatefulCabApp
from pare.apps.cab.model import (
    DEFAULT_RIDE_CANCELLED_MESSAGE,
    CabDataError,
    OnGoingRide,
    Ride,
    RideHistory,
)
from pare.apps.cab.states import CabHome, CabQuotationDetail, CabRideDetail, CabServiceOptions
from pare.apps.cab.tools import CabApp

__all__ = [
    "DEFAULT_RIDE_CANCELLED_MESSAGE",
    "CabApp",
    "CabDataError",
    "CabHome",
    "CabQuotationDetail",
    "CabRideDetail",
    "CabServiceOptions",
    "OnGoingRide",
    "Ride",
    "RideHistory",
    "StatefulCabApp",
]
