"""The shop of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.shopping.states import ShoppingHome
from pare.apps.shopping.tools import ShoppingScreensApp

__all__ = ["StatefulShoppingApp"]


class StatefulShoppingApp(ShoppingScreensApp):
    """The shop as the user taps through it; the first screen lists its products."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> ShoppingHome:
        """Make the first screen."""
        return ShoppingHome()
