"""What validators look for in shop, cabs and notes: what was bought, which ride is booked, what is noted.

Times are ``YYYY-MM-DD HH:MM:SS`` in UTC. An app that a phone has not is like one that holds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar

import orjson

from pare.apps.base import App, parse_time
from pare.apps.cab import CabApp, Ride
from pare.apps.note import Note
from pare.apps.note.tools import NotesApp
from pare.apps.shopping import Order, ShoppingApp
from pare.scenarios.checks import Fact, calls, mentions
from pare.scenarios.scenario import Scenario

AppT = TypeVar("AppT", bound=App)


# --- the shop -------------------------------------------------------------------------------------------


def bought(env: Any) -> dict[str, int]:
    """Give how many of each item were ordered during the run, in orders that were not cancelled."""
    return _together(order.order_items for order in _new_orders(env))


def spent(env: Any) -> float:
    """Give what the orders of the run cost that were not cancelled, to the cent."""
    return round(sum(order.order_total for order in _new_orders(env)), 2)


def in_cart(env: Any) -> dict[str, int]:
    """Give how many of each item lie in the cart."""
    return _together(shop.cart for shop in _apps(env, ShoppingApp))


def cancelled(env: Any, *order_ids: str) -> bool:
    """Tell whether the orders of these ids are cancelled."""
    orders = {key: order for shop in _apps(env, ShoppingApp) for key, order in shop.orders.items()}
    return all(key in orders and orders[key].order_status == "cancelled" for key in order_ids)


# --- cabs -----------------------------------------------------------------------------------------------


def booked(env: Any) -> Ride | None:
    """Give the ride that is booked or under way."""
    return next((app.on_going_ride for app in _apps(env, CabApp) if app.on_going_ride), None)


def goes(ride: Ride | None, start: Fact, end: Fact) -> bool:
    """Tell whether there is a ride, and its places mention `start` and `end`."""
    if ride is None:
        return False
    return mentions(ride.start_location or "", start) and mentions(ride.end_location or "", end)


def starts(ride: Ride | None, first: str, last: str) -> bool:
    """Tell whether there is a ride, and it starts from `first` to `last`."""
    return ride is not None and parse_time(first) <= (ride.time_stamp or 0.0) <= parse_time(last)


def arrives(ride: Ride | None) -> float:
    """Give when a ride is to arrive, in seconds since the epoch: the cab comes and takes its way.

    One without a ride, or whose times are not known, never arrives.
    """
    if ride is None or None in (ride.time_stamp, ride.delay, ride.duration):
        return float("inf")
    return (ride.time_stamp or 0.0) + 60 * ((ride.delay or 0.0) + (ride.duration or 0.0))


# --- notes ----------------------------------------------------------------------------------------------


def notes(env: Any) -> dict[str, Note]:
    """Give all notes by their ids."""
    folders = (folder for app in _apps(env, NotesApp) for folder in app.folders.values())
    return {key: note for folder in folders for key, note in folder.notes.items()}


def noted(env: Any, *facts: Fact) -> bool:
    """Tell whether one note, in its title or text, mentions all `facts`."""
    return any(mentions(f"{note.title}\n{note.content}", *facts) for note in notes(env).values())


# --- what stayed ----------------------------------------------------------------------------------------


def belongings_kept(scenario: Scenario, env: Any, *besides: str) -> bool:
    """Tell whether orders, cart, rides and notes are as they were, those with the ids `besides` apart.

    These are the status of orders and rides, the number of each item in the cart, and the text of notes;
    what is in the cart and was not before counts as well. What else came in later is free.
    """
    before = {
        key: entry
        for initial in (scenario._initial_apps or {}).values()
        for key, entry in _entries(orjson.loads(initial["serialized_state"]) or {})
    }
    now = dict(_present(env))
    carted = (key for key in now if key[0] == "cart")
    return all(now.get(key) == before.get(key) for key in {*before, *carted} if key[1] not in besides)


# --- inside ---------------------------------------------------------------------------------------------


def _apps(env: Any, kind: type[AppT]) -> list[AppT]:
    return [app for app in env.apps.values() if isinstance(app, kind)]


def _new_orders(env: Any) -> list[Order]:
    """Give the orders that were made by checking out, and stand."""
    ids = [event.metadata.return_value for event in calls(env, "checkout")]
    orders = [shop.orders[key] for shop in _apps(env, ShoppingApp) for key in ids if key in shop.orders]
    return [order for order in orders if order.order_status != "cancelled"]


def _together(carts: Any) -> dict[str, int]:
    count: Counter[str] = Counter()
    for cart in carts:
        for item_id, item in cart.items():
            count[item_id] += item.quantity
    return dict(count)


def _present(env: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    """Give what is not to change unasked, by kind and id, as the apps have it now."""
    for shop in _apps(env, ShoppingApp):
        yield from ((("order", key), order.order_status) for key, order in shop.orders.items())
        yield from ((("cart", key), item.quantity) for key, item in shop.cart.items())
    for cabs in _apps(env, CabApp):
        yield from ((("ride", ride.ride_id), ride.status) for ride in cabs.ride_history)
    yield from ((("note", key), note.content) for key, note in notes(env).items())


def _entries(state: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Give the same of the state that an app had at first; other apps have nothing of it."""
    yield from ((("order", key), order["order_status"]) for key, order in state.get("orders", {}).items())
    yield from ((("cart", key), item["quantity"]) for key, item in state.get("cart", {}).items())
    yield from ((("ride", ride["ride_id"]), ride["status"]) for ride in state.get("ride_history", ()))
    folders = state.get("folders")
    for folder in folders.values() if isinstance(folders, dict) else ():
        held = folder.get("notes") or {}
        yield from ((("note", key), note["content"]) for key, note in held.items())
