"""The filters of a search: each gives those of the apartments found so far that pass it.

A filter that is None, empty or 0 lets all pass. Whether a text passes is asked once for each text and not for
each apartment, which keeps a search of ten thousand apartments within milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

from pare.apps.apartment.model import Apartment
from pare.apps.checks import check_amount, check_text, optional_texts

Apartments = list[Apartment]


def containing(found: Apartments, name: str, wanted: str | None) -> Apartments:
    """Give those whose text `name` contains `wanted`, in upper or lower case."""
    if not wanted:
        return found
    part = check_text(name, wanted).casefold()
    return _passing(found, name, lambda value: part in (value or "").casefold())


def equal_to(found: Apartments, name: str, wanted: str | None) -> Apartments:
    """Give those whose text `name` is `wanted`, in the same case."""
    if not wanted:
        return found
    text = check_text(name, wanted)
    return [item for item, value in _with(found, name) if value == text]


def called(found: Apartments, name: str, wanted: str | None, *, or_unknown: bool = False) -> Apartments:
    """Give those whose text `name` is `wanted`, in upper or lower case, or empty if `or_unknown`."""
    if not wanted:
        return found
    accepted = {check_text(name, wanted).casefold()} | ({""} if or_unknown else set())
    return _passing(found, name, lambda value: (value or "").casefold() in accepted)


def counting(found: Apartments, name: str, wanted: float | None) -> Apartments:
    """Give those whose number `name` is `wanted`."""
    if not wanted:
        return found
    number = check_amount(name, wanted)
    return [item for item, value in _with(found, name) if value == number]


def at_least(found: Apartments, name: str, least: float | None) -> Apartments:
    """Give those whose number `name` is `least` or more."""
    if not least:
        return found
    number = check_amount(f"the least {name}", least)
    return [item for item, value in _with(found, name) if value >= number]


def at_most(found: Apartments, name: str, most: float | None) -> Apartments:
    """Give those whose number `name` is `most` or less."""
    if not most:
        return found
    number = check_amount(f"the largest {name}", most)
    return [item for item, value in _with(found, name) if value <= number]


def with_amenities(found: Apartments, wanted: list[str] | None) -> Apartments:
    """Give those that have all amenities `wanted`, in upper or lower case."""
    needed = optional_texts("amenities", wanted)
    known = set(chain.from_iterable(item.amenities or () for item in found)) if needed else set()
    for amenity in map(str.casefold, needed):
        spellings = {spelling for spelling in known if spelling.casefold() == amenity}
        found = [item for item in found if not spellings.isdisjoint(item.amenities or ())]
    return found


def _passing(found: Apartments, name: str, passes: Callable[[Any], bool]) -> Apartments:
    passed = {value for value in set(map(attrgetter(name), found)) if passes(value)}
    return [item for item, value in _with(found, name) if value in passed]


def _with(found: Apartments, name: str) -> Iterable[tuple[Apartment, Any]]:
    return zip(found, map(attrgetter(name), found), strict=True)
