"""The apartment listing: what can be rented, and what the user saved for later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

from pare.apps.apartment import notices, search
from pare.apps.apartment.model import (
    FIELDS,
    Apartment,
    ApartmentDataError,
    read_apartments,
    unknown_apartment,
)
from pare.apps.base import App
from pare.apps.checks import (
    check_amount,
    check_text,
    check_texts,
    optional_text,
    optional_texts,
    require_text,
)
from pare.apps.entries import read_json_file, without_unknown_fields
from pare.apps.navigation import StatefulApp
from pare.errors import NotFoundError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.kernel.serialization import to_plain
from pare.tools.markers import app_tool, data_tool, env_tool
from pare.tools.notices import VerbosityLevel, excerpt, notifies


@dataclass(eq=False, repr=False)
class ApartmentListingApp(App):
    """Apartments by id, in the order in which they were added, and the ids of those that the user saved.

    An apartment that changes is replaced, so that what was told about it before stays as it was told. One
    that can be rented no more may stay among the saved ids.
    """

    name: str | None = None  # type: ignore[assignment]  # published: the class name stands for None
    apartments: dict[str, Apartment] = field(default_factory=dict)
    saved_apartments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.apartments = dict(self.apartments)
        self.saved_apartments = list(self.saved_apartments)

    # -- state ------------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Give apartments and saved ids as plain data."""
        saved = self._saved_ids()
        return {
            "apartments": {
                apartment_id: {**to_plain(item), "apartment_id": apartment_id, "saved": apartment_id in saved}
                for apartment_id, item in self.apartments.items()
            },
            "saved_apartments": list(saved),
        }

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of everything.

        Raises:
            ApartmentDataError: everything that is wrong with the apartments; nothing has changed then.
        """
        saved = check_texts("saved_apartments", state_dict.get("saved_apartments") or [])
        entries = without_unknown_fields(state_dict.get("apartments") or {}, FIELDS)
        self.apartments, self.saved_apartments = read_apartments(entries), saved
        for apartment_id in saved:
            if apartment_id in self.apartments:
                self.apartments[apartment_id].saved = True

    def load_apartments_from_dict(self, apartments: Mapping[str, Any]) -> None:
        """Add apartments to those that are there: a mapping of ids to the fields of an apartment.

        Raises:
            ApartmentDataError: everything that is wrong with the apartments; nothing has changed then.
        """
        self.apartments.update(read_apartments(apartments))

    def load_apartments_from_file(self, path: str | PathLike[str]) -> None:
        """Add the apartments of a JSON file, as `load_apartments_from_dict` takes them.

        Raises:
            ApartmentDataError: the file cannot be read, or everything that is wrong with its apartments.
        """
        self.load_apartments_from_dict(read_json_file(path, "apartment", ApartmentDataError))

    # -- tools ------------------------------------------------------------------------------------

    @notifies(user=notices.added_for_user, agent=notices.added_for_agent, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_new_apartment(
        self,
        name: str,
        location: str,
        zip_code: str,
        price: float,
        number_of_bedrooms: int,
        number_of_bathrooms: int,
        square_footage: int,
        property_type: str = "",
        furnished_status: str = "",
        floor_level: str = "",
        pet_policy: str = "",
        lease_term: str = "",
        amenities: list[str] | None = None,
    ) -> str:
        """Add an apartment that can be rented to the listing.

        :param name: what the apartment is called
        :param location: where it lies, such as the city or the district
        :param zip_code: the zip code
        :param price: the rent for a month
        :param number_of_bedrooms: the number of bedrooms
        :param number_of_bathrooms: the number of bathrooms
        :param square_footage: how large it is, in square feet
        :param property_type: such as Apartment, Loft or House; not known by default
        :param furnished_status: such as Furnished or Unfurnished; not known by default
        :param floor_level: such as Ground floor or Upper floors; not known by default
        :param pet_policy: such as Pets allowed or No pets; not known by default
        :param lease_term: such as 6 months or 1 year; not known by default
        :param amenities: such as Gym or Parking; none by default
        :returns: the id of the apartment
        """
        apartment = Apartment(
            name=require_text("name", name),
            location=require_text("location", location),
            zip_code=check_text("zip_code", zip_code),
            price=check_amount("price", price),
            bedrooms=check_amount("number_of_bedrooms", number_of_bedrooms),
            bathrooms=check_amount("number_of_bathrooms", number_of_bathrooms),
            square_footage=check_amount("square_footage", square_footage),
            property_type=optional_text("property_type", property_type),
            furnished_status=optional_text("furnished_status", furnished_status),
            floor_level=optional_text("floor_level", floor_level),
            pet_policy=optional_text("pet_policy", pet_policy),
            lease_term=optional_text("lease_term", lease_term),
            amenities=[check_text("an amenity", item) for item in optional_texts("amenities", amenities)],
            apartment_id="draft",
        )
        apartment.apartment_id = self.new_id()
        self.apartments[apartment.apartment_id] = apartment
        return apartment.apartment_id

    @notifies(user=notices.price_changed, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def update_apartment(self, apartment_id: str, new_price: float) -> str:
        """Change the price of an apartment.

        :param apartment_id: the id of the apartment
        :param new_price: the rent for a month from now on
        :returns: a sentence that says so
        """
        apartment = self._apartment(apartment_id)
        price = check_amount("new_price", new_price)
        self.apartments[apartment_id] = replace(apartment, price=price)
        return f"Apartment {apartment_id} ({apartment.name}) costs {price} a month now."

    @notifies(user=notices.deleted, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def delete_apartment(self, apartment_id: str) -> None:
        """Delete an apartment from the listing, since it can be rented no more.

        :param apartment_id: the id of the apartment
        """
        self._apartment(apartment_id)
        del self.apartments[apartment_id]

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_all_apartments(self) -> dict[str, Any]:
        """List all apartments that can be rented. Search instead if there are many.

        :returns: the apartments by their ids
        """
        return dict(self.apartments)

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_apartment_details(self, apartment_id: str) -> Apartment:
        """Get one apartment with all that is known about it.

        :param apartment_id: the id of the apartment
        :returns: the apartment; its price is the rent for a month
        """
        return self._apartment(apartment_id)

    @app_tool(llm_formatter=notices.saved)
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def save_apartment(self, apartment_id: str) -> None:
        """Save an apartment to the user's favorites; one that is saved stays saved.

        :param apartment_id: the id of the apartment
        """
        self.apartments[apartment_id] = replace(self._apartment(apartment_id), saved=True)
        if apartment_id not in self.saved_apartments:
            self.saved_apartments.append(apartment_id)

    @app_tool(llm_formatter=notices.removed)
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def remove_saved_apartment(self, apartment_id: str) -> None:
        """Take an apartment off the user's favorites; it stays in the listing.

        :param apartment_id: the id of a saved apartment
        """
        if apartment_id not in self.saved_apartments and not self._apartment(apartment_id).saved:
            raise NotFoundError(
                f"the apartment {apartment_id!r} is not saved; list_saved_apartments gives those that are"
            )
        self.saved_apartments = [saved for saved in self.saved_apartments if saved != apartment_id]
        if apartment_id in self.apartments:
            self.apartments[apartment_id] = replace(self.apartments[apartment_id], saved=False)

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_saved_apartments(self) -> dict[str, Apartment]:
        """List the apartments that the user saved and that can still be rented.

        :returns: the apartments by their ids, in the order in which they were saved
        """
        return {saved: self.apartments[saved] for saved in self._saved_ids() if saved in self.apartments}

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def search_apartments(
        self,
        name: str | None = None,
        location: str | None = None,
        zip_code: str | None = None,
        min_price: int | float | None = None,
        max_price: int | float | None = None,
        number_of_bedrooms: int | None = None,
        number_of_bathrooms: int | None = None,
        property_type: str | None = None,
        square_footage: int | None = None,
        furnished_status: str | None = None,
        floor_level: str | None = None,
        pet_policy: str | None = None,
        lease_term: str | None = None,
        amenities: list[str] | None = None,
        saved_only: bool = False,
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
        :param saved_only: true to search the saved apartments only; false by default
        :returns: the apartments by their ids
        """
        listed = self.list_saved_apartments() if saved_only else self.apartments
        found = search.counting(list(listed.values()), "bedrooms", number_of_bedrooms)
        found = search.counting(found, "bathrooms", number_of_bathrooms)
        found = search.at_least(found, "price", min_price)
        found = search.at_most(found, "price", max_price)
        found = search.at_least(found, "square_footage", square_footage)
        found = search.equal_to(found, "zip_code", zip_code)
        found = search.equal_to(found, "floor_level", floor_level)
        found = search.called(found, "property_type", property_type)
        unsure = {"furnished_status": furnished_status, "pet_policy": pet_policy, "lease_term": lease_term}
        for attribute, wanted in unsure.items():
            found = search.called(found, attribute, wanted, or_unknown=True)
        found = search.containing(found, "name", name)
        found = search.containing(found, "location", location)
        kept = set(map(id, search.with_amenities(found, amenities)))
        return {apartment_id: item for apartment_id, item in listed.items() if id(item) in kept}

    # -- what the tools share ---------------------------------------------------------------------

    def _apartment(self, apartment_id: str) -> Apartment:
        apartment = self.apartments.get(require_text("apartment_id", apartment_id))
        if apartment is None:
            raise unknown_apartment(apartment_id, self.apartments)
        return apartment

    def _saved_ids(self) -> dict[str, None]:
        """Give the ids of saved apartments, each once, in order; scenarios may set the list or the marks."""
        marked = (apartment_id for apartment_id, item in self.apartments.items() if item.saved)
        return dict.fromkeys([*self.saved_apartments, *marked])


@dataclass(eq=False, repr=False)
class RentAFlat(ApartmentListingApp):
    """The apartment listing under its short name."""

    name: str | None = "RentAFlat"


class ApartmentScreensApp(StatefulApp, ApartmentListingApp):
    """The listing as its screens know it: what they show, and the way from one to the next."""

    def check_shown(self, apartment_id: str) -> None:
        """Check that the apartment that a screen shows is still there.

        Raises:
            NotFoundError: it is not.
        """
        if apartment_id not in self.apartments:
            raise NotFoundError(
                f"apartment {excerpt(str(apartment_id), 80)!r} cannot be rented (any more); go back"
            )
