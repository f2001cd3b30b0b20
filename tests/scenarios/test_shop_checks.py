"""What validators look for in shop, cabs and notes, on phones that a run has changed."""

from collections.abc import Callable
from math import inf
from typing import Any

import pytest

from pare.apps import (
    PAREAgentUserInterface,
    StatefulCabApp,
    StatefulCalendarApp,
    StatefulNotesApp,
    StatefulShoppingApp,
)
from pare.apps.base import parse_time
from pare.apps.note import Note
from pare.kernel.environment import Environment
from pare.scenarios import Scenario
from pare.scenarios.shop_checks import (
    arrives,
    belongings_kept,
    booked,
    bought,
    cancelled,
    goes,
    in_cart,
    noted,
    notes,
    spent,
    starts,
)

START = "2025-01-06 09:00:00"
LATER = "2025-01-06 12:00:00"


class Phone(Scenario):
    """A phone with a shop, a cab that is booked, and a note."""

    start_time = parse_time(START)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.shop = StatefulShoppingApp(name="Shopping")
        self.shop.load_products_from_dict(
            {"mug": {"name": "Mug", "variants": {"red": {"price": 10.0}, "blue": {"price": 12.5}}}}
        )
        self.shop.load_discount_codes_from_dict({"red": {"RED10": 10.0}})
        self.shop.add_order("old", "shipped", 0.0, 10.0, "red", 1)
        self.cab = StatefulCabApp(name="Cab")
        self.ride = self.cab.order_ride("1 Oak Lane", "Old Station", "Van", LATER).ride_id
        self.notes = StatefulNotesApp(name="Notes")
        self.notes.folders["Work"].add_note(Note("plan", "Plan for Ana", "12 nails"))
        self.apps = [PAREAgentUserInterface(), self.shop, self.cab, self.notes, StatefulCalendarApp()]


def after(*calls: Callable[[Any], Any]) -> tuple[Any, Environment]:
    """Make calls as the agent, a minute apart."""
    phone = Phone(duration=3600)
    phone.initialize()
    env = Environment()
    env.run(phone, wait_for_end=False)
    for call in calls:
        env.time_manager.add_offset(60)
        call(phone)
    return phone, env


def add(item_id: str, quantity: int = 1) -> Callable[[Any], Any]:
    return lambda phone: phone.shop.add_to_cart(item_id, quantity)


def pay(code: str | None = None) -> Callable[[Any], Any]:
    return lambda phone: phone.shop.checkout(code)


def cancel_all(phone: Any) -> None:
    for order_id in phone.shop.orders:
        phone.shop.cancel_order(order_id)


# --- the shop -------------------------------------------------------------------------------------------


def test_what_was_there_before_was_not_bought() -> None:
    _, env = after()
    assert (bought(env), spent(env), in_cart(env)) == ({}, 0, {})
    assert not cancelled(env, "old")


def test_orders_of_the_run_count_together() -> None:
    _, env = after(add("red", 2), pay("RED10"), add("red"), add("blue"), pay(), add("blue", 3))
    assert (bought(env), spent(env)) == ({"red": 3, "blue": 1}, 40.5)
    assert in_cart(env) == {"blue": 3}


def test_a_cancelled_order_was_not_bought() -> None:
    _, env = after(add("blue"), pay(), cancel_all)
    assert (bought(env), spent(env)) == ({}, 0)
    assert cancelled(env, "old")
    assert not cancelled(env, "old", "unknown")


# --- cabs -----------------------------------------------------------------------------------------------


def test_a_ride_has_places_and_a_time() -> None:
    ride = booked(after()[1])
    assert goes(ride, "Oak", ("Old", "New"))
    assert not goes(ride, "Old", "Oak")
    assert starts(ride, LATER, LATER)
    assert not starts(ride, START, "2025-01-06 11:59:59")
    assert ride is not None
    assert arrives(ride) == parse_time(LATER) + 60 * (ride.delay + ride.duration)


def test_a_ride_that_was_cancelled_does_not_go() -> None:
    ride = booked(after(lambda phone: phone.cab.user_cancel_ride())[1])
    assert ride is None
    assert (goes(ride, "Oak", "Old"), starts(ride, START, LATER), arrives(ride)) == (False, False, inf)


# --- notes ----------------------------------------------------------------------------------------------


def test_facts_are_noted_in_one_note() -> None:
    _, env = after(lambda phone: phone.notes.create_note("Inbox", "Ben", "7 screws"))
    assert len(notes(env)) == 2
    assert noted(env, "Ana", "nails")
    assert noted(env, "Ben", "7")
    assert not noted(env, "Ana", "7")


# --- what stayed ----------------------------------------------------------------------------------------


CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "an order is cancelled": ("old", cancel_all),
    "something lies in the cart": ("blue", add("blue")),
    "the note is rewritten": ("plan", lambda phone: phone.notes.update_note("plan", content="13 nails")),
    "the note is gone": ("plan", lambda phone: phone.notes.delete_note("plan")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_was_not_kept(what: str) -> None:
    besides, change = CHANGES[what]
    phone, env = after(change)
    assert not belongings_kept(phone, env)
    assert belongings_kept(phone, env, besides)


def test_a_ride_that_ended_was_not_kept() -> None:
    phone, env = after(lambda phone: phone.cab.user_cancel_ride())
    assert not belongings_kept(phone, env)
    assert belongings_kept(phone, env, phone.ride)


def test_looking_and_what_is_new_changes_nothing() -> None:
    phone, env = after(
        lambda phone: phone.cab.get_current_ride_status(),
        lambda phone: phone.notes.move_note("plan", "Work", "Personal"),
        lambda phone: phone.notes.create_note("Inbox", "Ben", "7 screws"),
        add("blue"),
        pay(),
    )
    assert belongings_kept(phone, env)
