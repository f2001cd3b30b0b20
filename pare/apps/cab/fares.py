"""What a ride costs and how long it takes: facts of the way and the hour, whoever asks first or most often.

They follow from the texts alone, so that an oracle's run and an agent's are told the same.
"""

from __future__ import annotations

from pare.rng import derive_seed

SHORTEST_KM, LONGEST_KM = 5.0, 20.0
SPEED_KMH = 50
TRAFFIC_MINUTES = 10
MOST_VARIATION = 0.5
VARIATION_PER_HOUR = 0.01


def distance_between(start: str, end: str) -> float:
    """Give the kilometres between two places, in either direction, whatever their case and spacing."""
    ends = sorted(" ".join(place.split()).casefold() for place in (start, end))
    return round(_between(SHORTEST_KM, LONGEST_KM, "distance", *ends), 2)


def varied_price(price: float, seconds: float, *parts: object) -> float:
    """Give what a ride costs `seconds` after it cost `price`: the more time, the further the price may be.

    It moves by 1 % an hour at most, and by half in all. `parts` tell one ride from another.
    """
    variation = min(VARIATION_PER_HOUR * abs(seconds) / 3600, MOST_VARIATION)
    return round(price * (1 + _between(-variation, variation, "price", *parts)), 2)


def minutes_until_pickup(base: float, *parts: object) -> float:
    """Give how long the cab takes to come: 1 to 5 minutes more than `base`."""
    return base + 1 + derive_seed("delay", *parts) % 5


def minutes_on_the_way(distance_km: float, *parts: object) -> float:
    """Give how long the ride takes: the way itself and up to 10 minutes of traffic."""
    traffic = _between(0, TRAFFIC_MINUTES, "traffic", *parts)
    return round(distance_km / SPEED_KMH * 60 + traffic, 1)


def _between(low: float, high: float, *parts: object) -> float:
    return low + (high - low) * derive_seed("cab", *parts) / 2**64
