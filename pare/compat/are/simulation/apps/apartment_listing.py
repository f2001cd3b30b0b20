"""The names of ``are.simulation.apps.apartment_listing``."""

from pare.apps.apartment import Apartment, ApartmentListingApp, RentAFlat

__all__ = [
    "Apartment",
    "ApartmentListingApp",
    "RentAFlat",
]
