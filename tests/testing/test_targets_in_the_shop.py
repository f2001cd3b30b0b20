"""Whom or what a call to shop, cab or notes is aimed at instead."""

from typing import Any

from pare.apps import StatefulCabApp, StatefulNotesApp, StatefulShoppingApp
from pare.apps.note import Note
from pare.kernel.action import Action
from pare.scenarios import Scenario
from pare.testing.targets import NO_SUCH_ID, SOMEWHERE, other_targets


def aimed(app: Any, function: str, **args: Any) -> list[dict[str, Any]]:
    return other_targets(Action(getattr(app, function), args, app=app), Scenario())


def shop() -> StatefulShoppingApp:
    """Give a shop with two mugs, of which one is sold out, and a pan in the cart."""
    app = StatefulShoppingApp(name="Shopping")
    app.load_products_from_dict(
        {
            "mug": {
                "name": "Mug",
                "variants": {"red": {"price": 1.0, "available": False}, "blue": {"price": 1.0}},
            },
            "pan": {"name": "Pan", "variants": {"iron": {"price": 2.0}}},
        }
    )
    app.load_discount_codes_from_dict({"blue": {"BLUE5": 5.0}, "iron": {"IRON9": 9.0, "BLUE5": 5.0}})
    for order_id in ("first", "second"):
        app.add_order(order_id, "shipped", 0.0, 1.0, "blue", 1)
    app.add_to_cart("iron")
    return app


def test_another_item_is_one_that_can_be_bought() -> None:
    assert aimed(shop(), "add_to_cart", item_id="iron") == [{"item_id": "blue"}]
    assert aimed(shop(), "add_to_cart", item_id="blue") == [{"item_id": "iron"}]
    assert aimed(shop(), "remove_from_cart", item_id="blue") == [{"item_id": "iron"}]
    assert aimed(shop(), "get_product_details", product_id="mug") == [{"product_id": "pan"}]
    assert aimed(StatefulShoppingApp(name="S"), "add_to_cart", item_id="a") == [{"item_id": NO_SUCH_ID}]


def test_one_more_is_bought() -> None:
    assert aimed(shop(), "add_to_cart", quantity=2) == [{"quantity": 3}]


def test_another_code_and_another_order_are_chosen() -> None:
    assert aimed(shop(), "checkout", discount_code="BLUE5") == [{"discount_code": "IRON9"}]
    assert aimed(shop(), "checkout", discount_code="IRON9") == [{"discount_code": "BLUE5"}]
    assert aimed(shop(), "checkout", discount_code=None) == []
    assert aimed(shop(), "cancel_order", order_id="first") == [{"order_id": "second"}]


def test_a_cab_goes_elsewhere_tomorrow_with_another_service() -> None:
    way = {"start_location": "A", "end_location": "B", "service_type": "Default"}
    assert aimed(StatefulCabApp(name="Cab"), "order_ride", **way, ride_time="2025-01-08 10:00:00") == [
        {"start_location": SOMEWHERE},
        {"end_location": SOMEWHERE},
        {"service_type": "Premium"},
        {"ride_time": "2025-01-09 10:00:00"},
    ]


def test_another_note_may_lie_in_another_folder() -> None:
    notes = StatefulNotesApp(name="Notes")
    notes.folders["Inbox"].add_note(Note("one", "One", ""))
    notes.folders["Work"].add_note(Note("two", "Two", ""))
    assert aimed(notes, "update_note", note_id="one", title="x") == [{"note_id": "two"}]
    assert aimed(notes, "delete_note", note_id="two") == [{"note_id": "one"}]
