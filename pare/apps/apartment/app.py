"""The apartment listing of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.apartment.states import ApartmentHome
from pare.apps.apartment.tools import ApartmentListingApp, ApartmentScreensApp

__all__ = ["ApartmentListingApp", "StatefulApartmentApp"]


class StatefulApartmentApp(ApartmentScreensApp):
    """The apartment listing as the user taps through it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> ApartmentHome:
        """Make the first screen."""
        return ApartmentHome()
