"""What an apartment listing holds: apartments, and what makes one valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pare.apps.checks import WrongTypeError, amount_problem, flag_problem, text_problem, unknown_id
from pare.apps.entries import completed, read_entries, shape_problems, unknown_fields
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.run_context import new_id

TEXTS = ("furnished_status", "floor_level", "pet_policy", "lease_term")
"""What need not be known about an apartment."""

_REQUIRED = ("name", "location", "zip_code", "property_type")
_NUMBERS = ("price", "bedrooms", "bathrooms", "square_footage")


class ApartmentDataError(InvalidValueError, TypeError):
    """Apartments cannot be taken over; the text lists every problem."""


@dataclass
class Apartment:
    """An apartment that can be rented, at `price` a month.

    Raises:
        InvalidValueError: a number is below 0 or too large, or a text is too long.
        InvalidArgumentsError: a field is of the wrong type.
    """

    name: str
    location: str
    zip_code: str
    price: float
    bedrooms: int
    bathrooms: int
    property_type: str
    square_footage: int
    furnished_status: str | None = ""
    floor_level: str | None = ""
    pet_policy: str | None = ""
    lease_term: str | None = ""
    apartment_id: str = field(default_factory=new_id)
    amenities: list[str] | None = field(default_factory=list)
    saved: bool = False

    def __post_init__(self) -> None:
        for problem in problems_in(vars(self)):
            raise problem
        self.amenities = list(self.amenities or ())


def unknown_apartment(apartment_id: str, apartments: Mapping[str, Apartment]) -> NotFoundError:
    """Say that no apartment has this id, and which one may be meant."""
    names = (apartment.name for apartment in apartments.values())
    advice = "Listing or searching apartments gives their ids."
    return NotFoundError(unknown_id("apartment", apartment_id, apartments, names, advice))


# -- apartments that come as plain data -----------------------------------------------------------


def read_apartments(entries: Any) -> dict[str, Apartment]:
    """Make apartments of a mapping of ids to fields as plain data; a null is a missing field.

    Raises:
        ApartmentDataError: everything that is wrong with any of them.
    """
    return read_entries(entries, "apartment", _read_apartment, ApartmentDataError)


def _read_apartment(apartment_id: str, entry: Any) -> Apartment:
    problems = shape_problems(apartment_id, entry, "an apartment") or [
        *unknown_fields(entry, FIELDS, "an apartment"),
        *map(str, problems_in(_completed(entry))),
    ]
    if problems:
        raise ApartmentDataError("; ".join(problems))
    return Apartment(**_completed(entry) | {"apartment_id": apartment_id})


def _completed(entry: Mapping[str, Any]) -> dict[str, Any]:
    return completed(entry, FIELDS, {**dict.fromkeys(TEXTS, ""), "amenities": [], "saved": False})


def problems_in(values: Mapping[str, Any]) -> Iterator[ToolError]:
    """Find everything that is wrong with the fields of an apartment."""
    yield from filter(None, (text_problem(name, values[name], optional=False) for name in _REQUIRED))
    yield from filter(None, (amount_problem(name, values[name]) for name in _NUMBERS))
    yield from filter(None, (text_problem(name, values[name]) for name in TEXTS))
    yield from filter(None, [flag_problem("saved", values["saved"])])
    amenities = values["amenities"]
    if not isinstance(amenities, (list, tuple, type(None))):
        yield WrongTypeError(f"amenities must be a list of texts, not {type(amenities).__name__}")
        return
    yield from filter(None, (text_problem("an amenity", item, optional=False) for item in amenities or ()))


FIELDS = tuple(item.name for item in fields(Apartment))
"""The names of an apartment's fields."""
