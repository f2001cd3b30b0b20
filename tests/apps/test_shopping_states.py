"""The screens of the shop: where taps lead, what they show, refuse and record."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from pare.apps.shopping import (
    CartItem,
    CartView,
    EmptyCartError,
    OrderDetailView,
    ProductDetail,
    ShoppingHome,
    StatefulShoppingApp,
    VariantDetail,
)
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.kernel.serialization import to_plain
from pare.tools.toolbox import Toolbox

HOME_TOOLS = ["list_orders", "list_products", "view_cart", "view_product"]


@pytest.fixture
def app() -> Iterator[StatefulShoppingApp]:
    with RunContext(seed=1, start_time=1000.0).active():
        shop = StatefulShoppingApp(name="Shopping")
        variants = {
            "red": {"price": 20.0, "options": {"color": "red"}},
            "blue": {"price": 22.0, "available": False},
        }
        shop.load_products_from_dict(
            {
                "lamp": {"name": "Lamp", "variants": variants},
                "mug": {"name": "Mug", "variants": {"white": {"price": 5.0}}},
            }
        )
        shop.load_discount_codes_from_dict({"red": {"SAVE10": 10.0}})
        shop.add_order("old", "delivered", 500.0, 5.0, "white", 1)
        yield shop


def screen(app: StatefulShoppingApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def offered(app: StatefulShoppingApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def tap(app: StatefulShoppingApp, name: str, **arguments: Any) -> Any:
    """Tap as a model does, having seen that the tap is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"Shopping__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]


def refused(app: StatefulShoppingApp, error: type[Exception], name: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = app.get_state(), app.current_state, list(app.navigation_stack)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.current_state, app.navigation_stack) == before
    return str(caught.value)


def product(app: StatefulShoppingApp) -> StatefulShoppingApp:
    tap(app, "view_product", product_id="lamp")
    return app


def variant(app: StatefulShoppingApp) -> StatefulShoppingApp:
    tap(product(app), "view_variant", item_id="red")
    return app


def cart(app: StatefulShoppingApp) -> StatefulShoppingApp:
    tap(variant(app), "add_to_cart", quantity=3)
    return app


def orders(app: StatefulShoppingApp) -> StatefulShoppingApp:
    tap(app, "list_orders")
    return app


# --- the first screen ---------------------------------------------------------------------------------------


def test_the_products_come_first(app: StatefulShoppingApp) -> None:
    assert screen(app) == ("ShoppingHome", 0)
    assert isinstance(app.current_state, ShoppingHome)
    assert offered(app) == HOME_TOOLS


def test_products_are_listed_by_pages(app: StatefulShoppingApp) -> None:
    assert tap(app, "list_products") == {
        "products": {"Lamp": "lamp", "Mug": "mug"},
        "metadata": {"range": (0, 2), "total": 2},
    }
    assert tap(app, "list_products", offset=1, limit=5)["products"] == {"Mug": "mug"}
    assert "offset" in refused(app, InvalidValueError, "list_products", offset=-1)
    assert "limit" in refused(app, InvalidValueError, "list_products", limit=-1)
    assert screen(app) == ("ShoppingHome", 0)


def test_a_product_is_opened(app: StatefulShoppingApp) -> None:
    shown = tap(app, "view_product", product_id="lamp")
    assert shown == app.get_product_details("lamp")
    assert shown.variants["red"].options == {"color": "red"}
    assert screen(app) == ("ProductDetail", 1)
    assert offered(app) == ["view_variant", "go_back"]


@pytest.mark.parametrize("product_id", ["red", "Lamp", "", "x" * 200_000])
def test_what_is_no_product_is_not_opened(app: StatefulShoppingApp, product_id: str) -> None:
    refused(app, ValueError, "view_product", product_id=product_id)
    assert screen(app) == ("ShoppingHome", 0)


def test_a_name_for_an_id_is_answered_with_the_id(app: StatefulShoppingApp) -> None:
    assert "has the id 'lamp'" in refused(app, NotFoundError, "view_product", product_id="Lamp")


def test_the_cart_is_opened(app: StatefulShoppingApp) -> None:
    assert tap(app, "view_cart") == {}
    assert screen(app) == ("CartView", 1)
    assert offered(app) == ["checkout", "remove_item", "go_back"]
    tap(app, "go_back")
    app.add_to_cart("white")
    assert tap(app, "view_cart") == {"white": CartItem("white", 1, 5.0)}


def test_the_orders_are_opened(app: StatefulShoppingApp) -> None:
    assert tap(app, "list_orders") == (
        "Order old: delivered\nDate: 1970-01-01 00:08:20\nTotal: 5.00\n- 1 × item white at 5.00 each"
    )
    assert screen(app) == ("OrderListView", 1)
    assert offered(app) == ["view_order", "go_back"]


def test_a_tap_itself_gives_orders_by_id(app: StatefulShoppingApp) -> None:
    home = app.current_state
    assert home.list_orders() == app.list_orders()
    assert app.current_state.view_order("old") == app.get_order_details("old")


def test_without_orders_the_list_says_so(app: StatefulShoppingApp) -> None:
    app.orders.clear()
    assert tap(app, "list_orders") == "There are no orders."
    assert screen(app) == ("OrderListView", 1)


# --- a product and its variants -----------------------------------------------------------------------------


def test_a_variant_is_opened(app: StatefulShoppingApp) -> None:
    assert tap(product(app), "view_variant", item_id="red") == {
        "name": "Lamp",
        "product_id": "lamp",
        "price": 20.0,
        "available": True,
        "item_id": "red",
        "options": {"color": "red"},
    }
    assert screen(app) == ("VariantDetail", 2)
    assert offered(app) == ["add_to_cart", "go_back"]


@pytest.mark.parametrize("item_id", ["white", "lamp", "rad", "", "x" * 200_000])
def test_only_variants_of_the_product_are_opened(app: StatefulShoppingApp, item_id: str) -> None:
    refused(product(app), ValueError, "view_variant", item_id=item_id)
    assert screen(app) == ("ProductDetail", 1)


def test_a_wrong_variant_is_answered_with_those_there_are(app: StatefulShoppingApp) -> None:
    text = refused(product(app), NotFoundError, "view_variant", item_id="rad")
    assert text == (
        "the product that this screen shows has no variant 'rad'; it has: red, blue. Did you mean 'red'?"
    )


def test_a_variant_that_is_not_available_can_be_looked_at(app: StatefulShoppingApp) -> None:
    assert tap(product(app), "view_variant", item_id="blue")["available"] is False
    assert "not available now; available are: red" in refused(app, InvalidValueError, "add_to_cart")
    assert screen(app) == ("VariantDetail", 2)


def test_a_variant_is_put_into_the_cart(app: StatefulShoppingApp) -> None:
    app.add_to_cart("white", 2)
    assert tap(variant(app), "add_to_cart") == (
        "Added 1 × item red; the cart has 1 of it now.\nIn the cart:\n"
        "- 2 × item white (Mug) at 5.00 each\n- 1 × item red (Lamp) at 20.00 each; color: red"
    )
    assert screen(app) == ("CartView", 3)
    assert app.cart["red"].quantity == 1


@pytest.mark.parametrize("quantity", [0, -1, 10**12])
def test_a_quantity_that_is_none_is_refused(app: StatefulShoppingApp, quantity: int) -> None:
    assert "quantity must be from 1" in refused(variant(app), ValueError, "add_to_cart", quantity=quantity)
    assert screen(app) == ("VariantDetail", 2)


@pytest.mark.parametrize("quantity", ["many", 1.5, None])
def test_a_quantity_of_the_wrong_type_is_refused(app: StatefulShoppingApp, quantity: Any) -> None:
    tools = Toolbox(variant(app).get_user_tools())
    with pytest.raises(InvalidArgumentsError):
        tools.call("Shopping__add_to_cart", {"quantity": quantity})
    assert (screen(app), app.cart) == (("VariantDetail", 2), {})


def test_a_variant_that_sold_out_meanwhile_is_refused(app: StatefulShoppingApp) -> None:
    variant(app).update_item("red", new_availability=False)
    assert "no item of it is" in refused(app, InvalidValueError, "add_to_cart")


# --- the cart -----------------------------------------------------------------------------------------------


def test_items_are_taken_out_of_the_cart(app: StatefulShoppingApp) -> None:
    assert tap(cart(app), "remove_item", item_id="red") == (
        "Removed 1 × item red; the cart has 2 of it now.\nIn the cart:\n"
        "- 2 × item red (Lamp) at 20.00 each; color: red"
    )
    assert tap(app, "remove_item", item_id="red", quantity=2).endswith("0 of it now.\nThe cart is empty.")
    assert screen(app) == ("CartView", 3)


def test_what_is_in_the_cart_is_shown_without_its_product_too(app: StatefulShoppingApp) -> None:
    app.load_cart_from_dict({"gone": {"quantity": 1, "price": 1.0}, "white": {"quantity": 1, "price": 5.0}})
    tap(app, "view_cart")
    assert tap(app, "remove_item", item_id="white").endswith("In the cart:\n- 1 × item gone at 1.00 each")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"item_id": "white"}, NotFoundError),
        ({"item_id": ""}, InvalidValueError),
        ({"item_id": "red", "quantity": 4}, InvalidValueError),
        ({"item_id": "red", "quantity": 0}, InvalidValueError),
        ({"item_id": "red", "quantity": -1}, InvalidValueError),
    ],
)
def test_only_what_is_in_the_cart_is_taken_out(
    app: StatefulShoppingApp, arguments: dict[str, Any], error: type[Exception]
) -> None:
    refused(cart(app), error, "remove_item", **arguments)
    assert (screen(app), app.cart["red"].quantity) == (("CartView", 3), 3)


def test_checking_out_leads_to_the_order(app: StatefulShoppingApp) -> None:
    order_id = tap(cart(app), "checkout", discount_code="SAVE10")
    assert screen(app) == ("OrderDetailView", 4)
    assert (app.orders[order_id].order_total, app.cart) == (54.0, {})
    assert offered(app) == ["view_order", "go_back"]
    assert tap(app, "view_order") == (
        f"Order {order_id}: processed\nDate: 1970-01-01 00:16:40\nTotal: 54.00\n"
        "- 3 × item red at 20.00 each; color: red"
    )


def test_a_check_out_that_is_refused_stays_at_the_cart(app: StatefulShoppingApp) -> None:
    refused(cart(app), NotFoundError, "checkout", discount_code="SAVE99")
    app.add_to_cart("white")
    assert "does not apply to: white" in refused(app, InvalidValueError, "checkout", discount_code="SAVE10")
    app.cart.clear()
    refused(app, EmptyCartError, "checkout")
    assert screen(app) == ("CartView", 3)


# --- orders -------------------------------------------------------------------------------------------------


def test_an_order_is_opened(app: StatefulShoppingApp) -> None:
    assert tap(orders(app), "view_order", order_id="old").startswith("Order old: delivered")
    assert screen(app) == ("OrderDetailView", 2)
    assert tap(app, "view_order").startswith("Order old: delivered")
    assert screen(app) == ("OrderDetailView", 2)


def test_an_order_is_shown_as_it_is_now(app: StatefulShoppingApp) -> None:
    tap(orders(app), "view_order", order_id="old")
    app.update_order_status("old", "shipped")
    assert tap(app, "view_order").startswith("Order old: shipped")
    shown = app.current_state.view_order()
    shown.order_status = "changed"
    assert app.orders["old"].order_status == "shipped"


@pytest.mark.parametrize("order_id", ["olt", "", "x" * 200_000])
def test_what_is_no_order_is_not_opened(app: StatefulShoppingApp, order_id: str) -> None:
    refused(orders(app), ValueError, "view_order", order_id=order_id)
    assert screen(app) == ("OrderListView", 1)


# --- what is gone, and the way back -------------------------------------------------------------------------


def test_a_screen_of_what_is_gone_says_to_go_back(app: StatefulShoppingApp) -> None:
    variant(app).products.clear()
    assert "'red' is not in the shop (any more); go back" in refused(app, NotFoundError, "add_to_cart")
    assert tap(app, "go_back") == "Back at ProductDetail."
    assert "the product 'lamp' is not" in refused(app, NotFoundError, "view_variant", item_id="red")
    assert tap(app, "go_back") == "Back at ShoppingHome."
    tap(orders(app), "view_order", order_id="old")
    app.orders.clear()
    assert "the order 'old' is not" in refused(app, NotFoundError, "view_order")
    tap(app, "go_back")
    assert screen(app) == ("OrderListView", 1)


@pytest.mark.parametrize("state", [ProductDetail("none"), VariantDetail("none"), OrderDetailView("none")])
def test_a_screen_of_nothing_is_never_shown(app: StatefulShoppingApp, state: Any) -> None:
    with pytest.raises(NotFoundError):
        app.set_current_state(state)
    assert screen(app) == ("ShoppingHome", 0)


def test_going_back_leads_home(app: StatefulShoppingApp) -> None:
    tap(cart(app), "checkout")
    shown = []
    while app.navigation_stack:
        tap(app, "go_back")
        shown.append(type(app.current_state).__name__)
    assert shown == ["CartView", "VariantDetail", "ProductDetail", "ShoppingHome"]
    assert offered(app) == HOME_TOOLS
    tap(cart(app), "checkout")
    app.reset_to_root()
    assert screen(app) == ("ShoppingHome", 0)


def test_loading_and_resetting_show_the_first_screen(app: StatefulShoppingApp) -> None:
    state = orjson.loads(orjson.dumps(cart(app).get_state()))
    app.load_state(state)
    assert (screen(app), app.get_state()) == (("ShoppingHome", 0), state)
    tap(app, "view_cart")
    app.reset()
    assert (screen(app), app.products) == (("ShoppingHome", 0), {})


# --- records ------------------------------------------------------------------------------------------------


def test_every_tap_has_its_kind(app: StatefulShoppingApp) -> None:
    kinds: dict[str, Any] = {}
    order = orders(app)
    for state in (order.current_state, cart(back(app)).current_state, *app.navigation_stack):
        for tool in state.get_available_actions():
            kinds[f"{type(state).__name__}.{tool.func_name}"] = tool.write_operation
    app.set_current_state(OrderDetailView("old"))
    [view] = app.current_state.get_available_actions()
    assert view.write_operation is False
    assert kinds == {
        "ShoppingHome.list_products": False,
        "ShoppingHome.view_product": False,
        "ShoppingHome.view_cart": False,
        "ShoppingHome.list_orders": False,
        "ProductDetail.view_variant": False,
        "VariantDetail.add_to_cart": True,
        "CartView.remove_item": True,
        "CartView.checkout": True,
        "OrderListView.view_order": False,
    }


def back(app: StatefulShoppingApp) -> StatefulShoppingApp:
    tap(app, "go_back")
    return app


def test_a_tap_that_is_captured_is_planned_instead(app: StatefulShoppingApp) -> None:
    cart(app)
    with EventRegisterer.capture_mode():
        planned = app.current_state.checkout("SAVE10")
    assert screen(app) == ("CartView", 3)
    assert (planned.event_type, planned.function_name()) == (EventType.ENV, "checkout")
    assert planned.action.arguments() == {"discount_code": "SAVE10"}
    assert planned.app_name() == "Shopping"


def test_what_a_tap_gave_can_be_written_down(app: StatefulShoppingApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("record", events.append)
    home = app.current_state
    for call in (home.list_orders, lambda: home.view_product("lamp"), home.view_cart):
        call()
    for event in events:
        assert orjson.dumps(to_plain(event.metadata.return_value))
        assert event.app_name() == "Shopping"
    assert isinstance(app.current_state, CartView)


def test_an_agent_moves_no_screen(app: StatefulShoppingApp) -> None:
    product(app).add_to_cart("red")
    app.checkout()
    app.list_orders()
    assert screen(app) == ("ProductDetail", 1)
