"""The screens of the apartment listing: all apartments, one of them, a search, and the saved ones."""

from __future__ import annotations

from typing import Any

from pare.apps.apartment import notices
from pare.apps.apartment.model import Apartment
from pare.apps.apartment.tools import ApartmentScreensApp
from pare.apps.navigation import AppState, pare_event_registered
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


class ApartmentList(AppState[ApartmentScreensApp]):
    """A screen from which an apartment can be opened."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def view_apartment(self, apartment_id: str) -> Apartment:
        """Open an apartment, which can be saved to your favorites, or taken off them, there.

        :param apartment_id: the id of the apartment, as listing or searching shows it
        :returns: the apartment; its price is the rent for a month
        """
        apartment = self.app.get_apartment_details(apartment_id)
        self.app.set_current_state(ApartmentDetail(apartment_id))
        return apartment


class ApartmentHome(ApartmentList):
    """The first screen: all apartments."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_apartments(self) -> dict[str, Any]:
        """List all apartments that can be rented.

        :returns: the apartments by their ids
        """
        return self.app.list_all_apartments()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_search(self) -> str:
        """Open the search, which finds apartments by place, price, rooms and more.

        :returns: a sentence that says what is shown
        """
        self.app.set_current_state(ApartmentSearch())
        return "The search is shown."

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_favorites(self) -> dict[str, Apartment]:
        """Open your favorites: the apartments that you saved.

        :returns: the saved apartments by their ids, in the order in which they were saved
        """
        saved = self.app.list_saved_apartments()
        self.app.set_current_state(ApartmentFavorites())
        return saved


class ApartmentDetail(AppState[ApartmentScreensApp]):
    """The apartment with the id `apartment_id`."""

    def __init__(self, apartment_id: str) -> None:
        super().__init__()
        self.apartment_id = apartment_id

    def on_enter(self) -> None:
        """Look the apartment up.

        Raises:
            NotFoundError: there is none of that id.
        """
        self.app.check_shown(self.apartment_id)

    @user_tool(llm_formatter=notices.saved)
    @pare_event_registered(OperationType.WRITE)
    def save(self) -> None:
        """Save this apartment to your favorites; one that is saved stays saved."""
        self.app.check_shown(self.apartment_id)
        self.app.save_apartment(self.apartment_id)

    @user_tool(llm_formatter=notices.removed)
    @pare_event_registered(OperationType.WRITE)
    def unsave(self) -> None:
        """Take this apartment off your favorites."""
        self.app.check_shown(self.apartment_id)
        self.app.remove_saved_apartment(self.apartment_id)


class ApartmentSearch(ApartmentList):
    """The search."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def search(
        self,
        name: str | None = None,
        location: str | None = None,
        zip_code: str | None = None,
        min_price: float | None = None,
        max_price: float | None = None,
        number_of_bedrooms: int | None = None,
        number_of_bathrooms: int | None = None,
        property_type: str | None = None,
        square_footage: int | None = None,
        furnished_status: str | None = None,
        floor_level: str | None = None,
        pet_policy: str | None = None,
        lease_term: str | None = None,
        amenities: list[str] | None = None,
    ) -> dict[str, Apartment]:
        """Search the apartments that can be rented for those that fit everything given.

        What is left out, empty or 0 does not matter.

        :param name: part of the name, in upper or lower case
        :param location: part of the location, in upper or lower case
        :param zip_code: the whole zip code
        :param min_price: the least rent for a month
        :param max_price: the largest rent for a month
        :param number_of_bedrooms: the exact number of bedrooms
        :param number_of_bathrooms: the exact number of bathrooms
        :param property_type: the whole type, in upper or lower case, such as Apartment
        :param square_footage: the least number of square feet
        :param furnished_status: such as Furnished, in upper or lower case; also finds where it is not known
        :param floor_level: the whole floor level, in upper and lower case as the listing has it
        :param pet_policy: such as Pets allowed, in upper or lower case; also finds where it is not known
        :param lease_term: such as 1 year, in upper or lower case; also finds where it is not known
        :param amenities: amenities that the apartment has to have, all of them, in upper or lower case
        :returns: the apartments by their ids
        """
        return self.app.search_apartments(
            name,
            location,
            zip_code,
            min_price,
            max_price,
            number_of_bedrooms,
            number_of_bathrooms,
            property_type,
            square_footage,
            furnished_status,
            floor_level,
            pet_policy,
            lease_term,
            amenities,
        )


class ApartmentFavorites(ApartmentList):
    """The saved apartments."""
