"""What the apartment listing tells the user (one line) and the agent (the whole) about a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.tools.notices import excerpt

_LINE = 200

_DETAILS = {
    "zip_code": "Zip code",
    "number_of_bedrooms": "Bedrooms",
    "number_of_bathrooms": "Bathrooms",
    "square_footage": "Square feet",
    "property_type": "Type",
    "furnished_status": "Furnished",
    "floor_level": "Floor",
    "pet_policy": "Pets",
    "lease_term": "Lease",
}


def added_for_user(args: Mapping[str, Any]) -> str:
    """Say in one line which apartment can be rented, where, and at what price."""
    name, location = (excerpt(str(args.get(part)), _LINE) for part in ("name", "location"))
    return f"New apartment: {name} in {location} for {args.get('price')} a month"


def added_for_agent(args: Mapping[str, Any]) -> str:
    """Tell all that is known about the apartment that can be rented now."""
    head = f"New apartment: {args.get('name')} in {args.get('location')} for {args.get('price')} a month"
    details = [f"{title}: {args[name]}" for name, title in _DETAILS.items() if args.get(name)]
    amenities = ", ".join(map(str, args.get("amenities") or ()))
    return "\n".join([head, *details, *([f"Amenities: {amenities}"] if amenities else [])])


def price_changed(args: Mapping[str, Any]) -> str:
    """Say what an apartment costs now."""
    return f"Apartment {_id(args)} costs {args.get('new_price')} a month now"


def deleted(args: Mapping[str, Any]) -> str:
    """Say which apartment can be rented no more."""
    return f"Apartment {_id(args)} is not available any more"


def saved(result: object) -> str:  # noqa: ARG001 - a formatter takes the result, which is nothing here
    """Tell a model that the apartment was saved."""
    return "The apartment is among the saved ones now."


def removed(result: object) -> str:  # noqa: ARG001 - a formatter takes the result, which is nothing here
    """Tell a model that the apartment was taken off the saved ones."""
    return "The apartment is not among the saved ones any more."


def _id(args: Mapping[str, Any]) -> str:
    return excerpt(str(args.get("apartment_id")), _LINE)
