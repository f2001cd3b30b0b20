"""Makes the bundled data of environmental noise: ``python -m pare.noise.data.make [PATH]``.

It draws from a fixed seed, so the file changes when the words or patterns do, and at no other time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from string import Formatter
from typing import Any

import orjson

from pare.noise.augmentation import BUNDLED
from pare.noise.data import goods, words
from pare.noise.data.emails import EMAILS
from pare.noise.data.messages import CONVERSATIONS
from pare.rng import derive_rng, hex_id

EMAILS_EACH = 7
CONVERSATIONS_EACH = 4
PRODUCT_COUNT = 110
APARTMENT_COUNT = 320
HOUSE_COUNT = len(goods.HOUSES) * len(words.STREETS)
"""So many flats have a house and a street of their own; those after them have even numbers."""

WORDS: dict[str, Sequence[str]] = {
    "town": words.TOWNS,
    "street": words.STREETS,
    "day": words.DAYS,
    "month": words.MONTHS,
    "hour": words.HOURS,
    "book": words.BOOKS,
    "film": words.FILMS,
    "dish": words.DISHES,
    "bread": words.BREADS,
    "plant": words.PLANTS,
    "thing": words.THINGS,
    "pieces": words.PIECES,
    "other": words.FIRST_NAMES,
    "walk": words.WALKS,
    "team": words.TEAMS,
    "topic": words.TOPICS,
    "exhibit": words.EXHIBITS,
}

NUMBERS = {"n": (12, 98), "m": (2, 9), "d": (1, 28)}
"""Numbers in the patterns, from and to: big ones, small ones, days of a month."""


def document() -> dict[str, Any]:
    """Give the whole data."""
    return {
        "apps": [
            {"name": "Emails", "app_state": {"folders": {"INBOX": {"emails": emails()}}}},
            {"name": "Messages", "app_state": conversations()},
            {"name": "Shopping", "app_state": shop()},
            {"name": "RentAFlat", "app_state": {"apartments": apartments()}},
        ]
    }


def emails() -> list[dict[str, Any]]:
    """Make the emails: every pattern a few times, no text twice."""
    rng = derive_rng("bundled emails")
    found = [
        {"sender": _address(place), "subject": subject, "content": content}
        for place, *pattern in EMAILS
        for subject, content in _distinct(rng, pattern, EMAILS_EACH)
    ]
    rng.shuffle(found)
    return [{"email_id": f"e{number:03d}", **email} for number, email in enumerate(found)]


def conversations() -> dict[str, Any]:
    """Make the conversations, and the names of the people in them; nobody is in two of them."""
    rng = derive_rng("bundled conversations")
    threads = [
        (title is not None, filled)
        for title, *texts in CONVERSATIONS
        for filled in _distinct(rng, [title or "", *texts], CONVERSATIONS_EACH)
    ]
    rng.shuffle(threads)
    people = iter(_people(rng))
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    for number, (is_group, (title, *texts)) in enumerate(threads):
        members = dict(next(people) for _ in range(1 + is_group))
        names |= members
        found[f"c{number:03d}"] = _conversation(title or None, list(members), texts)
    return {"conversations": found, "id_to_name": names}


def shop() -> dict[str, Any]:
    """Make the products, with two variants each, and discount codes for some of these."""
    rng = derive_rng("bundled products")
    kinds = [(maker, product) for maker in goods.MAKERS for product in goods.PRODUCTS]
    products, codes = {}, {}
    for number, (maker, (what, option, values, prices)) in enumerate(rng.sample(kinds, PRODUCT_COUNT)):
        key, variants = f"p{number:03d}", {}
        price = rng.randint(*prices)
        for place, value in enumerate(rng.sample(values, 2)):
            item = f"{key}-{place}"
            options, amount = {option: value}, round(price * (1 + place / 10) - 0.1, 2)
            variants[item] = {
                "item_id": item,
                "price": amount,
                "available": rng.random() < 0.9,
                "options": options,
            }
        if number % 5 == 0:
            codes[f"{key}-0"] = {f"{what.split()[-1].upper()}{rng.randint(5, 25)}": rng.choice((5, 10, 15))}
        products[key] = {"name": f"{maker} {what}", "product_id": key, "variants": variants}
    return {"products": products, "discount_codes": codes}


def apartments() -> dict[str, Any]:
    """Make the flats; each has a name of its own."""
    rng = derive_rng("bundled apartments")
    names = [(house, street) for house in goods.HOUSES for street in words.STREETS]
    places = [(rng.choice(words.TOWNS), *pair) for pair in rng.sample(names, HOUSE_COUNT)]
    places += [(rng.choice(words.TOWNS), *pair) for pair in rng.sample(names, APARTMENT_COUNT - HOUSE_COUNT)]
    return {f"a{number:03d}": _apartment(rng, number, *place) for number, place in enumerate(places)}


def _apartment(rng: Random, number: int, town: str, house: str, street: str) -> dict[str, Any]:
    bedrooms = rng.randint(0, 4)
    size = 280 + 190 * bedrooms + rng.randrange(0, 160, 5)
    town_number = words.TOWNS.index(town)
    return {
        "name": f"{house}, {street} {2 * (number % 40) + 1 + number // HOUSE_COUNT}",
        "location": town,
        "zip_code": f"{20 + town_number}{rng.randrange(10, 1000, 10):03d}",
        "price": round(350 + size * rng.uniform(1.1, 2.1)),
        "bedrooms": bedrooms,
        "bathrooms": max(1, bedrooms // 2 + rng.randint(0, 1)),
        "property_type": rng.choice(goods.PROPERTY_TYPES),
        "square_footage": size,
        "furnished_status": rng.choice(goods.FURNISHED),
        "floor_level": rng.choice(goods.FLOORS),
        "pet_policy": rng.choice(goods.PETS),
        "lease_term": rng.choice(goods.LEASES),
        "amenities": sorted(rng.sample(goods.AMENITIES, rng.randint(1, 4))),
    }


def _conversation(title: str | None, members: list[str], texts: Sequence[str]) -> dict[str, Any]:
    """Let the members write in turn."""
    messages = [
        {"sender_id": members[place % len(members)], "content": text} for place, text in enumerate(texts)
    ]
    return {"participant_ids": members, "title": title, "messages": messages}


def _address(place: int) -> str:
    _, mailbox, domain = words.SENDERS[place]
    return f"{mailbox}@{domain}"


def _people(rng: Random) -> list[tuple[str, str]]:
    """Give people as pairs of id and name, in an order that is drawn."""
    names = [f"{first} {last}" for first in words.FIRST_NAMES for last in words.LAST_NAMES]
    rng.shuffle(names)
    return [(hex_id(rng), name) for name in names]


def _distinct(rng: Random, patterns: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """Fill `patterns` with words, together, `count` times; but for the first, no text comes twice."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    while len(found) < count:
        filled = _filled(rng, patterns)
        if seen.isdisjoint(filled[1:]):
            seen.update(filled[1:])
            found.append(filled)
    return found


def _filled(rng: Random, patterns: Sequence[str]) -> tuple[str, ...]:
    names = {name for pattern in patterns for _, name, _, _ in Formatter().parse(pattern) if name}
    values = {name: _word(rng, name) for name in sorted(names)}
    texts = [pattern.format(**values) for pattern in patterns]
    return tuple(text[:1].upper() + text[1:] for text in texts)


def _word(rng: Random, name: str) -> str:
    if name in NUMBERS:
        return str(rng.randint(*NUMBERS[name]))
    if name == "person":
        return f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"
    return rng.choice(WORDS[name])


def main() -> None:
    """Write the data, to the bundled file unless another is named."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else BUNDLED
    path.write_bytes(orjson.dumps(document()) + b"\n")


if __name__ == "__main__":
    main()
