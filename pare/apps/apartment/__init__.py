"""Apartments: what can be rented, and what the user saved for later."""

from pare.apps.apartment.app import StatefulApartmentApp
from pare.apps.apartment.model import Apartment, ApartmentDataError
from pare.apps.apartment.states import (
    ApartmentDetail,
    ApartmentFavorites,
    ApartmentHome,
    ApartmentSearch,
)
from pare.apps.apartment.tools import ApartmentListingApp, RentAFlat

__all__ = [
    "Apartment",
    "ApartmentDataError",
    "ApartmentDetail",
    "ApartmentFavorites",
    "ApartmentHome",
    "ApartmentListingApp",
    "ApartmentSearch",
    "RentAFlat",
    "StatefulApartmentApp",
]
