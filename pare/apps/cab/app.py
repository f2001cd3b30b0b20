"""The cab app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.cab.states import CabHome
from pare.apps.cab.tools import CabApp, CabScreensApp

__all__ = ["CabApp", "StatefulCabApp"]


class StatefulCabApp(CabScreensApp):
    """The cab app as the user taps through it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> CabHome:
        """Make the first screen."""
        return CabHome()
