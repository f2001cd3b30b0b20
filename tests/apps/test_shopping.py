"""The shop: what its tools do, refuse and record."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.checks import MAX_TEXT
from pare.apps.shopping import (
    CartItem,
    EmptyCartError,
    Item,
    Order,
    Product,
    Shopping,
    ShoppingApp,
    ShoppingDataError,
    StatefulShoppingApp,
)
from pare.apps.shopping.model import as_text
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, ToolError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.kernel.serialization import to_plain
from pare.tools import ToolAttributeName, Toolbox, VerbosityLevel
from pare.tools.markers import marked_methods
from pare.tools.notices import notice_of

NAN, INF = float("nan"), float("inf")
HUGE: Any = pytest.param(10**5000, id="huge")
BAD_PRICES = [-1.0, -0.01, NAN, INF, -INF, 1e19, HUGE]


@pytest.fixture
def app() -> Iterator[ShoppingApp]:
    with RunContext(seed=1, start_time=1000.0).active():
        yield filled(ShoppingApp())


def filled(app: ShoppingApp) -> ShoppingApp:
    """Put a lamp into the shop, the red one for 20, the blue one not available, and a mug for 5."""
    app.load_products_from_dict(
        {
            "lamp": {
                "name": "Desk Lamp",
                "product_id": "lamp",
                "variants": {
                    "red": {"item_id": "red", "price": 20.0, "available": True, "options": {"color": "red"}},
                    "blue": {"item_id": "blue", "price": 22.0, "available": False, "options": {}},
                },
            },
            "mug": {"name": "Mug", "variants": {"white": {"price": 5.0}}},
        }
    )
    app.load_discount_codes_from_dict({"red": {"SAVE10": 10.0, "LAMP": 25}, "white": {"SAVE10": 20.0}})
    return app


def refused(app: ShoppingApp, error: type[Exception], call: Callable[[], Any]) -> str:
    """Give the text of the error that `call` raises, having seen that it changed nothing and drew no id."""
    before, drawn = app.get_state(), app.stream.mark()
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.stream.mark()) == (before, drawn)
    return str(caught.value)


def names(products: list[Product]) -> list[str]:
    return [product.name for product in products]


def rebuilt(app: ShoppingApp) -> ShoppingApp:
    other = ShoppingApp()
    other.load_state(orjson.loads(orjson.dumps(app.get_state())))
    return other


# --- the data -----------------------------------------------------------------------------------------------


def test_ids_come_from_the_run() -> None:
    def ids() -> list[str]:
        with RunContext(seed=1).active():
            return [Item(1.0).item_id, Product("Mug").product_id, Order("processed", 0.0, 1.0).order_id]

    assert ids() == ids()
    assert len(set(ids())) == 3


def test_data_has_the_published_defaults() -> None:
    item, product, order = Item(1.5), Product("Mug"), Order("processed", 0.0, 1.0)
    assert (item.available, item.options, product.variants, order.order_items) == (True, {}, {}, {})
    assert CartItem("red", 2, 5) == CartItem("red", 2, 5, available=True, options={})
    assert Item(1.5).options is not Item(1.5).options


@pytest.mark.parametrize("price", BAD_PRICES)
def test_data_refuses_a_price_that_is_none(price: float) -> None:
    for make in (lambda: Item(price), lambda: CartItem("red", 1, price)):
        with pytest.raises(InvalidValueError, match="price must be a number from 0"):
            make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Item("5"),  # type: ignore[arg-type]
        lambda: Item(True),
        lambda: Item(1.0, available="yes"),  # type: ignore[arg-type]
        lambda: Item(1.0, item_id=""),
        lambda: Item(1.0, options=["red"]),  # type: ignore[arg-type]
        lambda: Item(1.0, options={"color": {"red"}}),
        lambda: Item(1.0, options={"color": "x" * MAX_TEXT}),
        lambda: Product(None),  # type: ignore[arg-type]
        lambda: Product("Mug", ""),
        lambda: Product("x" * (MAX_TEXT + 1)),
        lambda: CartItem("red", 0, 1.0),
        lambda: CartItem("red", -1, 1.0),
        lambda: CartItem("red", 1.5, 1.0),  # type: ignore[arg-type]
        lambda: CartItem("red", 10**30, 1.0),
        lambda: Order("", 0.0, 1.0),
        lambda: Order("processed", None, 1.0),
        lambda: Order("processed", 1e300, 1.0),
        lambda: Order("processed", 0.0, -1.0),
        lambda: Order("processed", 0.0, 1.0, ""),
    ],
)
def test_data_refuses_what_is_wrong(make: Callable[[], Any]) -> None:
    with pytest.raises(ToolError):
        make()


def test_options_are_kept_as_plain_data_of_their_own() -> None:
    options: dict[Any, Any] = {"sizes": (8, 9), 5: "five"}
    item = Item(1.0, options=options)
    options["sizes"] = ()
    assert item.options == {"sizes": [8, 9], "5": "five"}


def test_options_nested_without_end_are_refused() -> None:
    options: dict[str, Any] = {}
    for _ in range(2000):
        options = {"in": options}
    with pytest.raises(InvalidValueError, match="options must be plain"):
        Item(1.0, options=options)


def test_data_takes_over_a_state() -> None:
    item, product, order = Item(1.0, item_id="a"), Product("Mug", "m"), Order("processed", 0.0, 1.0, "o")
    item.load_state({"price": 2.0, "options": {"color": "red"}})
    product.load_state({"name": "Cup", "variants": {"a": {"price": 2.0}}})
    order.load_state({"order_status": "shipped", "order_date": "2025-01-06T09:00:00", "order_total": 3})
    assert item == Item(2.0, item_id="a", options={"color": "red"})
    assert product == Product("Cup", "m", {"a": Item(2.0, item_id="a")})
    assert order == Order("shipped", datetime.fromisoformat("2025-01-06T09:00:00"), 3, "o")


def test_what_the_constructor_is_given_stays_with_the_caller() -> None:
    lamp, line, order = Product("Lamp", "l"), CartItem("a", 1, 2.0), Order("processed", 0.0, 1.0, "o")
    codes = {"a": {"X": 5.0}}
    app = ShoppingApp("Shop", {"l": lamp}, {"a": line}, {"o": order}, codes)
    app.add_item_to_product("l", 2.0)
    app.update_order_status("o")
    app.remove_from_cart("a")
    app.discount_codes["a"]["Y"] = 1.0
    assert (lamp.variants, line.quantity, order.order_status) == ({}, 1, "processed")
    assert codes == {"a": {"X": 5.0}}
    assert app.name == "Shop"


@pytest.mark.parametrize(
    ("order_date", "shown"),
    [
        (1000.0, "1970-01-01 00:16:40"),
        (datetime(2025, 1, 6, 9, tzinfo=UTC), "2025-01-06 09:00:00"),
        (datetime.fromisoformat("2025-01-06T09:00:00+02:00"), "2025-01-06 07:00:00"),
        (datetime.fromisoformat("2025-01-06T09:00:00"), "2025-01-06 09:00:00"),
        (date(2025, 1, 6), "2025-01-06"),
        ("last week", "last week"),
    ],
)
def test_an_order_shows_a_readable_date_and_survives_saving(order_date: Any, shown: str) -> None:
    order = Order("shipped", order_date, 12.5, "o", {"a": CartItem("a", 2, 6.25, options={"size": "M"})})
    assert str(order).splitlines() == [
        *("Order o: shipped", f"Date: {shown}", "Total: 12.50"),
        "- 2 × item a at 6.25 each; size: M",
    ]
    app = ShoppingApp(orders={"o": order})
    assert rebuilt(app).get_state() == app.get_state()


def test_orders_are_shown_one_after_the_other() -> None:
    order = Order("shipped", 0.0, 1.0, "o")
    assert as_text({"o": order, "p": order}) == f"{as_text(order)}\n\n{as_text(order)}"
    assert as_text({}) == "There are no orders."


# --- the catalogue ------------------------------------------------------------------------------------------


def test_a_product_is_added_without_items(app: ShoppingApp) -> None:
    product_id = app.add_product("Kettle")
    assert len(product_id) == 32
    assert app.get_product_details(product_id) == Product("Kettle", product_id)
    refused(app, InvalidValueError, lambda: app.add_product(" "))
    refused(app, InvalidValueError, lambda: app.add_product("x" * (MAX_TEXT + 1)))
    refused(app, InvalidArgumentsError, lambda: app.add_product(5))  # type: ignore[arg-type]


def test_ids_depend_on_seed_and_name_alone() -> None:
    def ids(seed: int) -> tuple[str, str]:
        app = ShoppingApp("Shop")
        app.set_seed(seed)
        product_id = app.add_product("Kettle")
        return product_id, app.add_item_to_product(product_id, 1.0)

    assert ids(1) == ids(1) != ids(2)


def test_an_item_is_added_to_a_product(app: ShoppingApp) -> None:
    options = {"color": "green"}
    item_id = app.add_item_to_product("lamp", 19, options, available=False)
    options["color"] = "changed"
    assert app.products["lamp"].variants[item_id] == Item(19, False, item_id, {"color": "green"})
    free = app.add_item_to_product("lamp", 0)
    assert app.products["lamp"].variants[free] == Item(0, True, free, {})


@pytest.mark.parametrize("price", BAD_PRICES)
def test_a_price_that_is_none_is_refused(app: ShoppingApp, price: float) -> None:
    refused(app, ValueError, lambda: app.add_item_to_product("lamp", price))
    refused(app, ValueError, lambda: app.update_item("red", new_price=price))
    refused(app, ValueError, lambda: app.add_order("o", "shipped", 0.0, price, "red", 1))


def test_an_item_that_is_wrong_is_refused(app: ShoppingApp) -> None:
    text = refused(app, ValueError, lambda: app.add_item_to_product("lam", 1.0))
    assert text == (
        "no product has the id 'lam'. Did you mean 'lamp'? Listing or searching products gives their ids."
    )
    assert "has the id 'lamp'" in refused(app, ValueError, lambda: app.add_item_to_product("DESK lamp", 1.0))
    refused(app, InvalidValueError, lambda: app.add_item_to_product("", 1.0))
    refused(app, TypeError, lambda: app.add_item_to_product("lamp", "1"))  # type: ignore[arg-type]
    refused(app, TypeError, lambda: app.add_item_to_product("lamp", 1.0, available=1))  # type: ignore[arg-type]
    refused(app, TypeError, lambda: app.add_item_to_product("lamp", 1.0, ["red"]))  # type: ignore[arg-type]


def test_an_item_is_changed(app: ShoppingApp) -> None:
    assert app.update_item("red", 15.5) == "Item red was changed: price: 15.5."
    assert app.update_item("red", new_availability=False) == "Item red was changed: available: False."
    app.update_item("blue", 0, True)
    red, blue = app.products["lamp"].variants.values()
    assert (red.price, red.available, blue.price, blue.available) == (15.5, False, 0, True)


def test_a_change_of_an_item_that_is_wrong_is_refused(app: ShoppingApp) -> None:
    assert "nothing to change" in refused(app, ValueError, lambda: app.update_item("red"))
    text = refused(app, ValueError, lambda: app.update_item("lamp", 1.0))
    assert text == "'lamp' is the id of a product, not of an item; its items are: red, blue"
    text = refused(app, ValueError, lambda: app.update_item("rad", 1.0))
    assert "no item has the id 'rad'. Did you mean 'red'?" in text
    refused(app, ValueError, lambda: app.update_item("red", 1.0, "yes"))  # type: ignore[arg-type]
    refused(app, ValueError, lambda: app.update_item("red", -1.0, new_availability=False))


def test_the_items_of_an_empty_product_are_none(app: ShoppingApp) -> None:
    product_id = app.add_product("Kettle")
    assert refused(app, NotFoundError, lambda: app.add_to_cart(product_id)).endswith("its items are: none")


def test_discount_codes_are_added_beside_those_that_are_there(app: ShoppingApp) -> None:
    codes = {"NEW": 50}
    assert app.add_discount_code("red", codes).endswith("SAVE10: 10.0, LAMP: 25, NEW: 50.")  # type: ignore[arg-type]
    codes["OTHER"] = 1
    app.add_discount_code("blue", {"FREE": 100})
    assert app.discount_codes["red"] == {"SAVE10": 10.0, "LAMP": 25, "NEW": 50}
    assert app.get_all_discount_codes() == {
        "SAVE10": ["red", "white"],
        "LAMP": ["red"],
        "NEW": ["red"],
        "FREE": ["blue"],
    }


@pytest.mark.parametrize(
    "codes",
    [{}, {"": 5}, {"X": -1}, {"X": 101}, {"X": NAN}, {"X": "5"}, {"X": True}, {5: 5}, ["X"], "X", None],
)
def test_a_discount_code_that_is_wrong_is_refused(app: ShoppingApp, codes: Any) -> None:
    refused(app, InvalidValueError, lambda: app.add_discount_code("red", codes))


def test_a_discount_code_needs_an_item(app: ShoppingApp) -> None:
    refused(app, NotFoundError, lambda: app.add_discount_code("lamp", {"X": 5}))


def test_discount_codes_are_looked_up(app: ShoppingApp) -> None:
    assert app.get_discount_code_info("SAVE10") == {"red": 10.0, "white": 20.0}
    assert app.get_discount_code_info("save10") == app.get_discount_code_info() == {}


# --- looking for products -----------------------------------------------------------------------------------


def test_products_are_listed_by_name(app: ShoppingApp) -> None:
    app.add_product("Armchair")
    page = app.list_all_products(limit=2)
    assert list(page["products"]) == ["Armchair", "Desk Lamp"]
    assert page["products"]["Desk Lamp"] == "lamp"
    assert page["metadata"] == {"range": (0, 2), "total": 3}
    assert app.list_all_products(2) == {
        "products": {"Mug": "mug"},
        "metadata": {"range": (2, 3), "total": 3},
    }
    assert app.list_all_products(7)["products"] == {}


def test_products_of_one_name_are_all_listed() -> None:
    app = ShoppingApp()
    for product_id, name in {"a": "Lamp", "b": "Lamp", "c": "Lamp (2)", "d": "Lamp", "e": "Bed"}.items():
        app.products[product_id] = Product(name, product_id)
    page = app.list_all_products()
    assert page["products"] == {"Bed": "e", "Lamp": "a", "Lamp (3)": "b", "Lamp (4)": "d", "Lamp (2)": "c"}
    assert page["metadata"]["total"] == 5
    pages = [app.list_all_products(offset, 2)["products"] for offset in (0, 2, 4)]
    assert {**pages[0], **pages[1], **pages[2]} == page["products"]
    assert [product.product_id for product in app.search_product("lamp")] == ["a", "b", "c", "d"]


def test_products_are_found_by_a_part_of_the_name(app: ShoppingApp) -> None:
    assert names(app.search_product("DESK l")) == ["Desk Lamp"]
    assert names(app.search_product("")) == ["Desk Lamp", "Mug"]
    assert names(app.search_product("m", offset=1, limit=5)) == ["Mug"]
    assert names(app.search_product("m", limit=1)) == ["Desk Lamp"]
    assert app.search_product("sofa") == app.search_product("m", limit=0) == []


@pytest.mark.parametrize("page", [{"offset": -1}, {"limit": -1}, {"offset": "1"}, {"limit": 1.5}])
def test_a_page_that_is_wrong_is_refused(app: ShoppingApp, page: dict[str, Any]) -> None:
    refused(app, InvalidValueError, lambda: app.list_all_products(**page))
    refused(app, InvalidValueError, lambda: app.search_product("m", **page))
    refused(app, TypeError, lambda: app.search_product(None))  # type: ignore[arg-type]


def test_what_is_given_out_can_be_changed_without_harm(app: ShoppingApp) -> None:
    app.add_to_cart("red")
    order_id = app.add_order("o", "shipped", 0.0, 1.0, "red", 1)
    before = app.get_state()
    product: Any = app.get_product_details("lamp")
    product.variants["red"].options["color"] = product.name = "changed"
    app.search_product("mug")[0].variants.clear()
    app.list_cart()["red"].quantity = 9
    app.list_cart().clear()
    app.list_orders()[order_id].order_items["red"].options.clear()
    app.get_order_details(order_id).order_status = "changed"
    assert app.get_state() == before


def test_searching_ten_thousand_products_is_fast() -> None:
    app = ShoppingApp("Shopping")
    for number in range(10_000):
        product = Product(f"Café Zoë lamp, oak and brass, number {number}", str(number))
        app.products[str(number)] = product
    toolbox = Toolbox(app.get_tools())
    costs = []
    for _ in range(5):
        started = process_time()
        found = toolbox.call("Shopping__search_product", {"product_name": "NUMBER 4711"})
        costs.append(process_time() - started)
        assert [product.product_id for product in found] == ["4711"]
    assert min(costs) < 0.02


# --- the cart -----------------------------------------------------------------------------------------------


def test_items_add_up_in_the_cart(app: ShoppingApp) -> None:
    assert app.add_to_cart("red") == "Added 1 × item red; the cart has 1 of it now."
    assert app.add_to_cart("red", 2) == "Added 2 × item red; the cart has 3 of it now."
    app.add_to_cart("white")
    assert app.list_cart() == {
        "red": CartItem("red", 3, 20.0, True, {"color": "red"}),
        "white": CartItem("white", 1, 5.0),
    }


@pytest.mark.parametrize("quantity", [0, -1, -(10**30), 10**30, HUGE, 1_000_001])
def test_a_quantity_that_is_none_is_refused(app: ShoppingApp, quantity: int) -> None:
    app.add_to_cart("red", 2)
    refused(app, ValueError, lambda: app.add_to_cart("red", quantity))
    refused(app, ValueError, lambda: app.add_to_cart("white", quantity))
    refused(app, ValueError, lambda: app.remove_from_cart("red", quantity))
    refused(app, ValueError, lambda: app.add_order("o", "shipped", 0.0, 1.0, "red", quantity))


@pytest.mark.parametrize("quantity", ["1", 1.0, True, None])
def test_a_quantity_that_is_no_whole_number_is_refused(app: ShoppingApp, quantity: Any) -> None:
    app.add_to_cart("red", 2)
    refused(app, TypeError, lambda: app.add_to_cart("red", quantity))
    refused(app, TypeError, lambda: app.remove_from_cart("red", quantity))


def test_the_cart_never_holds_more_than_a_state_can(app: ShoppingApp) -> None:
    app.add_to_cart("red", 1_000_000)
    assert "from 1 to 1000000" in refused(app, ValueError, lambda: app.add_to_cart("red"))


def test_what_is_not_available_stays_out_of_the_cart(app: ShoppingApp) -> None:
    text = refused(app, ValueError, lambda: app.add_to_cart("blue"))
    assert text == "item 'blue' of the product 'Desk Lamp' is not available now; available are: red"
    app.update_item("red", new_availability=False)
    assert refused(app, ValueError, lambda: app.add_to_cart("red")).endswith("no item of it is")
    app.update_item("blue", new_availability=True)
    app.add_to_cart("blue")
    assert list(app.cart) == ["blue"]


@pytest.mark.parametrize("item_id", ["lamp", "rad", "", "x" * 200_000, "\x00", "{{red}}"])
def test_what_is_no_item_stays_out_of_the_cart(app: ShoppingApp, item_id: str) -> None:
    assert len(refused(app, ValueError, lambda: app.add_to_cart(item_id))) < 400


def test_items_are_taken_out_of_the_cart(app: ShoppingApp) -> None:
    app.add_to_cart("red", 3)
    assert app.remove_from_cart("red", 2) == "Removed 2 × item red; the cart has 1 of it now."
    assert app.remove_from_cart("red") == "Removed 1 × item red; the cart has 0 of it now."
    assert app.list_cart() == {}


def test_only_what_is_in_the_cart_is_taken_out(app: ShoppingApp) -> None:
    assert "which has: nothing." in refused(app, ValueError, lambda: app.remove_from_cart("red"))
    app.add_to_cart("red", 2)
    text = refused(app, ValueError, lambda: app.remove_from_cart("red", 3))
    assert text == "the cart has only 2 of item 'red'; 3 cannot be removed"
    text = refused(app, ValueError, lambda: app.remove_from_cart("rad"))
    assert text == "item 'rad' is not in the cart, which has: red. Did you mean 'red'?"
    refused(app, ValueError, lambda: app.remove_from_cart(""))


# --- checking out -------------------------------------------------------------------------------------------


def test_checking_out_makes_an_order_of_the_cart(app: ShoppingApp) -> None:
    app.add_to_cart("red", 2)
    app.add_to_cart("white")
    order_id = app.checkout()
    moment = datetime.fromtimestamp(1000, UTC)
    items = {"red": CartItem("red", 2, 20.0, True, {"color": "red"}), "white": CartItem("white", 1, 5.0)}
    assert app.list_orders() == {order_id: Order("processed", moment, 45.0, order_id, items)}
    assert app.list_cart() == {}


def test_what_is_in_the_cart_keeps_its_price(app: ShoppingApp) -> None:
    app.add_to_cart("red")
    app.update_item("red", new_price=1.0)
    assert app.get_order_details(app.checkout()).order_total == 20.0


def test_a_discount_code_lowers_the_price_of_each_item_by_its_own_share(app: ShoppingApp) -> None:
    app.add_to_cart("red", 2)
    app.add_to_cart("white")
    order = app.get_order_details(app.checkout("SAVE10"))
    assert order.order_total == 20.0 * 2 * (1 - 10.0 / 100) + 5.0 * (1 - 20.0 / 100)
    assert order.order_items["red"].price == 20.0


@pytest.mark.parametrize("code", [None, "", " "])
def test_no_code_is_no_discount(app: ShoppingApp, code: str | None) -> None:
    app.add_to_cart("white")
    assert app.get_order_details(app.checkout(code)).order_total == 5.0


def test_an_unknown_discount_code_is_refused(app: ShoppingApp) -> None:
    app.add_to_cart("red")
    text = refused(app, ValueError, lambda: app.checkout("SAVE1O"))
    assert text.startswith("the discount code 'SAVE1O' does not exist, or is no longer valid. Did you mean")
    assert "'SAVE10'" in text
    refused(app, ValueError, lambda: app.checkout("x" * 100_000))
    refused(app, TypeError, lambda: app.checkout(5))  # type: ignore[arg-type]


def test_a_discount_code_that_was_taken_back_is_refused(app: ShoppingApp) -> None:
    app.add_to_cart("white")
    for codes in app.discount_codes.values():
        codes.pop("SAVE10")
    assert "no longer valid" in refused(app, ValueError, lambda: app.checkout("SAVE10"))


def test_a_discount_code_must_apply_to_the_whole_cart(app: ShoppingApp) -> None:
    app.add_to_cart("red")
    app.add_to_cart("white")
    text = refused(app, ValueError, lambda: app.checkout("LAMP"))
    assert "does not apply to: white. Check out without it" in text
    app.remove_from_cart("white")
    assert app.get_order_details(app.checkout("LAMP")).order_total == 15.0


def test_an_empty_cart_cannot_be_checked_out(app: ShoppingApp) -> None:
    refused(app, EmptyCartError, app.checkout)
    app.add_to_cart("red")
    app.checkout()
    refused(app, EmptyCartError, app.checkout)


def test_a_total_beyond_all_measure_is_refused(app: ShoppingApp) -> None:
    for _ in range(2):
        app.add_to_cart(app.add_item_to_product("mug", 1e12), 1_000_000)
    assert "order_total" in refused(app, InvalidValueError, app.checkout)


# --- orders -------------------------------------------------------------------------------------------------


def test_an_order_is_added_beforehand(app: ShoppingApp) -> None:
    assert app.add_order("o", "delivered", 500.0, 38.0, "red", 2) == "o"
    order = Order("delivered", 500.0, 38.0, "o", {"red": CartItem("red", 2, 20.0, True, {"color": "red"})})
    assert app.get_order_details("o") == order
    app.add_order("o", "Ready for pickup", 500.0, 38.0, "blue", 1)
    assert (list(app.orders), app.orders["o"].order_status) == (["o"], "Ready for pickup")


def test_an_order_that_is_wrong_is_refused(app: ShoppingApp) -> None:
    valid = {"order_id": "o", "order_status": "shipped", "order_date": 0.0, "order_total": 1.0}
    valid |= {"item_id": "red", "quantity": 1}
    wrong = {"order_id": "", "order_status": " ", "order_date": NAN, "order_total": -1, "item_id": "lamp"}
    for name, value in wrong.items():
        refused(app, ValueError, lambda name=name, value=value: app.add_order(**valid | {name: value}))
    refused(app, TypeError, lambda: app.add_order(**valid | {"order_date": None}))


def test_an_order_of_several_items_is_added_beforehand() -> None:
    app = filled(StatefulShoppingApp())
    assert isinstance(app, StatefulShoppingApp)
    assert app.add_order_multiple_items("o", "shipped", 500.0, 45.0, {"red": 2, "white": 1}) == "o"
    assert {item.item_id: item.quantity for item in app.orders["o"].order_items.values()} == {
        "red": 2,
        "white": 1,
    }
    bad: list[Any] = [{}, {"red": 0}, {"red": 1, "lamp": 1}, {"red": "1"}, ["red"], None]
    for items in bad:
        refused(
            app,
            ValueError,
            lambda items=items: app.add_order_multiple_items("p", "shipped", 500.0, 45.0, items),
        )


def test_items_and_cart_are_given_plainly() -> None:
    app = filled(StatefulShoppingApp())
    assert isinstance(app, StatefulShoppingApp)
    app.add_to_cart("white")
    assert app.get_item("red") == {
        "name": "Desk Lamp",
        "product_id": "lamp",
        "price": 20.0,
        "available": True,
        "item_id": "red",
        "options": {"color": "red"},
    }
    assert app.get_item("nothing") == {}
    assert app.get_cart() == app.list_cart()


def test_an_order_that_is_unknown_is_refused(app: ShoppingApp) -> None:
    app.add_order("order-1", "shipped", 500.0, 38.0, "red", 2)
    calls: list[Callable[[str], Any]] = [app.get_order_details, app.cancel_order, app.update_order_status]
    for call in calls:
        text = refused(app, ValueError, lambda call=call: call("order-2"))
        assert "no order has the id 'order-2'. Did you mean 'order-1'?" in text
        refused(app, ValueError, lambda call=call: call(""))


def test_the_status_of_an_order_is_changed(app: ShoppingApp) -> None:
    app.add_order("o", "processed", 500.0, 38.0, "red", 2)
    app.update_order_status("o")
    assert app.orders["o"].order_status == "shipped"
    for status in ("delivered", "cancelled", "processed"):
        app.update_order_status("o", status)
        assert app.orders["o"].order_status == status
    text = refused(app, ValueError, lambda: app.update_order_status("o", "Deliverd"))
    assert text.endswith("valid are processed, shipped, delivered, cancelled. Did you mean 'delivered'?")
    refused(app, ValueError, lambda: app.update_order_status("o", ""))
    refused(app, TypeError, lambda: app.update_order_status("o", 5))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["processed", "shipped"])
def test_an_order_under_way_is_cancelled(app: ShoppingApp, status: str) -> None:
    app.add_order("o", status, 500.0, 38.0, "red", 2)
    assert app.cancel_order("o") == "Order o was cancelled."
    assert app.orders["o"].order_status == "cancelled"


@pytest.mark.parametrize("status", ["delivered", "cancelled", "lost"])
def test_any_other_order_stays(app: ShoppingApp, status: str) -> None:
    app.add_order("o", status, 500.0, 38.0, "red", 2)
    text = refused(app, ValueError, lambda: app.cancel_order("o"))
    assert text == f"order 'o' is {status}; only an order that is processed or shipped can be cancelled"


# --- load and state -----------------------------------------------------------------------------------------


def test_the_state_has_the_published_shape(app: ShoppingApp) -> None:
    app.add_to_cart("red", 2)
    order_id = app.checkout()
    app.add_to_cart("white")
    app.add_order("old", "delivered", 500.0, 5.0, "white", 1)
    white = {"item_id": "white", "quantity": 1, "price": 5.0, "available": True, "options": {}}
    red = {"item_id": "red", "quantity": 2, "price": 20.0, "available": True, "options": {"color": "red"}}
    assert app.get_state() == {
        "products": {
            "lamp": {
                "name": "Desk Lamp",
                "product_id": "lamp",
                "variants": {
                    "red": {"price": 20.0, "available": True, "item_id": "red", "options": {"color": "red"}},
                    "blue": {"price": 22.0, "available": False, "item_id": "blue", "options": {}},
                },
            },
            "mug": {
                "name": "Mug",
                "product_id": "mug",
                "variants": {"white": {"price": 5.0, "available": True, "item_id": "white", "options": {}}},
            },
        },
        "cart": {"white": white},
        "discount_codes": {"red": {"SAVE10": 10.0, "LAMP": 25}, "white": {"SAVE10": 20.0}},
        "orders": {
            order_id: {
                "order_status": "processed",
                "order_date": "1970-01-01T00:16:40+00:00",
                "order_total": 40.0,
                "order_id": order_id,
                "order_items": {"red": red},
            },
            "old": {
                "order_status": "delivered",
                "order_date": 500.0,
                "order_total": 5.0,
                "order_id": "old",
                "order_items": {"white": white},
            },
        },
    }
    other = rebuilt(app)
    assert other.get_state() == app.get_state()
    assert other.orders[order_id].order_date == datetime.fromtimestamp(1000, UTC)


def test_loading_a_state_replaces_everything(app: ShoppingApp) -> None:
    app.add_to_cart("red")
    app.add_order("o", "shipped", 0.0, 1.0, "red", 1)
    app.load_state({"products": {"pen": {"name": "Pen", "stock": 5, "variants": None}}, "unheard_of": 1})
    assert app.get_state() == {
        "products": {"pen": {"name": "Pen", "product_id": "pen", "variants": {}}},
        "cart": {},
        "discount_codes": {},
        "orders": {},
    }
    app.load_state({})
    assert app.get_state() == ShoppingApp().get_state()


WRONG_PRODUCTS: list[Any] = [
    ["lamp"],
    {"l": None},
    {"l": {}},
    {"l": {"name": 5}},
    {5: {"name": "Lamp"}},
    {"l": {"name": "Lamp", "variants": ["a"]}},
    {"l": {"name": "Lamp", "variants": {"a": {}}}},
    {"l": {"name": "Lamp", "variants": {"a": {"price": -1}}}},
    {"l": {"name": "Lamp", "variants": {"a": {"price": 1, "available": "yes"}}}},
]
WRONG_STATES: list[dict[str, Any]] = [
    *({"products": products} for products in WRONG_PRODUCTS),
    {"cart": {"a": {"price": 1.0}}},
    {"cart": {"a": {"price": 1.0, "quantity": 0}}},
    {"orders": {"o": {"order_status": "shipped"}}},
    {"orders": {"o": {"order_status": "shipped", "order_date": 0, "order_total": 1, "order_items": ["a"]}}},
    {"discount_codes": {"a": 5}},
    {"discount_codes": {"a": {"X": 500}}},
    {"discount_codes": {5: {"X": 5}}},
]


@pytest.mark.parametrize("state", WRONG_STATES, ids=str)
def test_a_wrong_state_changes_nothing(app: ShoppingApp, state: dict[str, Any]) -> None:
    app.add_to_cart("red")
    refused(app, ShoppingDataError, lambda: app.load_state(state))
    loaders = {
        "products": app.load_products_from_dict,
        "cart": app.load_cart_from_dict,
        "orders": app.load_orders_from_dict,
        "discount_codes": app.load_discount_codes_from_dict,
    }
    [(part, entries)] = state.items()
    refused(app, ValueError, lambda: loaders[part](entries))


def test_every_problem_of_a_load_is_named(app: ShoppingApp) -> None:
    variants = {"a": {"price": -1}, "b": {"price": 5}, "c": {}}
    text = refused(
        app,
        ShoppingDataError,
        lambda: app.load_products_from_dict({"l": {"name": "Lamp", "variants": variants}, "m": {}}),
    )
    assert text.splitlines() == [
        "2 of 2 products are wrong, none was loaded.",
        "product 'l': 2 of 3 items are wrong, none was loaded.",
        "item 'a': price must be a number from 0 to 1,000,000,000,000",
        "item 'c': an item needs price",
        "product 'm': a product needs name",
    ]


def test_what_is_loaded_comes_beside_what_is_there(app: ShoppingApp) -> None:
    app.add_to_cart("red")
    app.load_products_from_dict({"pen": {"name": "Pen", "variants": {"p": {"price": 1}}}})
    app.load_cart_from_dict({"p": {"quantity": 2, "price": 1}})
    app.load_discount_codes_from_dict({"red": {"MORE": 5}, "p": {}})
    order = {"order_status": "shipped", "order_date": "2025-01-06T09:00:00", "order_total": 2}
    app.load_orders_from_dict({"o": order | {"order_items": {"p": {"quantity": 2, "price": 1}}}})
    assert list(app.products) == ["lamp", "mug", "pen"]
    assert app.list_cart()["p"] == CartItem("p", 2, 1)
    assert app.discount_codes["red"] == {"SAVE10": 10.0, "LAMP": 25, "MORE": 5}
    moment = datetime.fromisoformat("2025-01-06T09:00:00")
    assert app.orders == {"o": Order("shipped", moment, 2, "o", {"p": CartItem("p", 2, 1)})}
    assert rebuilt(app).get_state() == app.get_state()


def test_products_are_loaded_from_a_file(app: ShoppingApp, tmp_path: Path) -> None:
    path = tmp_path / "products.json"
    path.write_text('{"pen": {"name": "Pen", "variants": {"p": {"price": 1}}}}')
    app.load_products_from_file(path)
    assert names(app.search_product("pen")) == ["Pen"]
    path.write_text("{")
    assert "JSONDecodeError" in refused(app, ShoppingDataError, lambda: app.load_products_from_file(path))
    missing = str(tmp_path / "none.json")
    text = refused(app, ShoppingDataError, lambda: app.load_products_from_file(missing))
    assert "No such file" in text


def test_a_scenario_fills_the_shop_as_published() -> None:
    shop = ShoppingApp()
    shop.load_products_from_dict(
        {
            "6938111410": {
                "name": "Running Shoes",
                "product_id": "6938111410",
                "variants": {
                    "4153505238": {
                        "item_id": "4153505238",
                        "options": {"size": "8", "color": "red", "material": "leather", "sole": "EVA"},
                        "available": True,
                        "price": 158.67,
                    },
                },
            },
            "8310926033": {
                "name": "Water Bottle",
                "product_id": "8310926033",
                "variants": {
                    "1434748144": {
                        "item_id": "1434748144",
                        "options": {"capacity": "1000ml", "material": "glass", "color": "red"},
                        "available": False,
                        "price": 49.72,
                    },
                },
            },
        }
    )
    assert shop.list_all_products()["products"] == {
        "Running Shoes": "6938111410",
        "Water Bottle": "8310926033",
    }
    shop.add_to_cart("4153505238")
    refused(shop, ValueError, lambda: shop.add_to_cart("1434748144"))
    assert shop.get_order_details(shop.checkout()).order_total == 158.67


def test_reset_empties_the_shop() -> None:
    app = filled(Shopping())
    app.add_to_cart("red")
    app.checkout()
    app.reset()
    assert app.get_state() == {"products": {}, "cart": {}, "discount_codes": {}, "orders": {}}
    assert app.name == "Shopping"


ORDERING = ["order", "status", "cancel"]
OPERATIONS = st.tuples(
    st.sampled_from(["product", "item", "update", "code", "add", "remove", "checkout", *ORDERING]),
    st.integers(0, 9),
    st.one_of(st.sampled_from(["", "SAVE10", "shipped", "delivered"]), st.text(max_size=4)),
    st.one_of(st.integers(-2, 4), st.floats(-1, 100, allow_nan=False)),
)


@given(st.lists(OPERATIONS, max_size=30))
def test_a_state_survives_saving_after_any_operations(operations: list[tuple[str, int, str, Any]]) -> None:
    with RunContext(seed=1, start_time=1000.0).active():
        app = filled(ShoppingApp())
    for operation in operations:
        before = app.get_state()
        try:
            operate(app, *operation)
        except ToolError:
            assert app.get_state() == before
    assert rebuilt(app).get_state() == app.get_state()


def operate(app: ShoppingApp, kind: str, number: int, text: str, amount: Any) -> None:
    products, orders = list(app.products), list(app.orders) or ["none"]
    items = [item_id for product in app.products.values() for item_id in product.variants]
    product_id, item_id = products[number % len(products)], items[number % len(items)]
    order_id = orders[number % len(orders)]
    match kind:
        case "product":
            app.add_product(text)
        case "item":
            app.add_item_to_product(product_id, amount, {text: amount})
        case "update":
            app.update_item(item_id, amount, number % 2 == 0)
        case "code":
            app.add_discount_code(item_id, {text: amount})
        case "add":
            app.add_to_cart(item_id, amount)
        case "remove":
            app.remove_from_cart(item_id, amount)
        case "checkout":
            app.checkout(text)
        case "order":
            app.add_order(text, text, amount, amount, item_id, number)
        case "status":
            app.update_order_status(order_id, text)
        case _:
            app.cancel_order(order_id)


# --- tools and records --------------------------------------------------------------------------------------


def test_tools_are_offered_to_whom_they_are_for() -> None:
    assert [tool.func_name for tool in ShoppingApp().get_tools()] == [
        *("list_all_products", "get_product_details", "search_product"),
        *("add_to_cart", "remove_from_cart", "list_cart", "checkout"),
        *("get_discount_code_info", "get_all_discount_codes", "list_orders", "get_order_details"),
        "cancel_order",
    ]
    env = {"add_product", "add_item_to_product", "update_item", "add_discount_code"}
    assert set(marked_methods(ShoppingApp, ToolAttributeName.ENV)) == env | {
        "update_order_status",
        "cancel_order",
    }
    read = {"list_all_products", "get_product_details", "search_product", "get_all_discount_codes"}
    assert set(marked_methods(ShoppingApp, ToolAttributeName.DATA)) == env | read | {"add_order"}
    assert ShoppingApp().get_user_tools() == []
    assert isinstance(Shopping(), ShoppingApp)


READ, WRITE, AGENT, ENV = OperationType.READ, OperationType.WRITE, EventType.AGENT, EventType.ENV
CALLS: list[tuple[str, dict[str, Any], OperationType, EventType]] = [
    ("add_product", {"name": "Kettle"}, WRITE, ENV),
    ("add_item_to_product", {"product_id": "mug", "price": 1.0}, WRITE, ENV),
    ("update_item", {"item_id": "red", "new_price": 1.0}, WRITE, ENV),
    ("add_discount_code", {"item_id": "red", "discount_code": {"X": 5.0}}, WRITE, ENV),
    ("list_all_products", {}, READ, AGENT),
    ("get_product_details", {"product_id": "mug"}, READ, AGENT),
    ("search_product", {"product_name": "mug"}, READ, AGENT),
    ("add_to_cart", {"item_id": "red", "quantity": 2}, WRITE, AGENT),
    ("remove_from_cart", {"item_id": "white"}, WRITE, AGENT),
    ("list_cart", {}, READ, AGENT),
    ("checkout", {"discount_code": "SAVE10"}, WRITE, AGENT),
    ("get_discount_code_info", {"discount_code": "SAVE10"}, READ, AGENT),
    ("get_all_discount_codes", {}, READ, AGENT),
    ("list_orders", {}, READ, AGENT),
    ("get_order_details", {"order_id": "o"}, READ, AGENT),
    ("update_order_status", {"order_id": "o"}, WRITE, ENV),
    ("cancel_order", {"order_id": "o"}, WRITE, AGENT),
]


@pytest.mark.parametrize(("name", "kwargs", "operation", "event_type"), CALLS)
def test_a_direct_call_is_one_event(
    app: ShoppingApp, name: str, kwargs: dict[str, Any], operation: OperationType, event_type: EventType
) -> None:
    app.add_order("o", "processed", 0.0, 1.0, "red", 1)
    app.add_to_cart("white")
    events: list[Any] = []
    app.register_to_env("test", events.append)
    result = getattr(app, name)(**kwargs)
    (event,) = events
    assert (event.event_type, event.event_time) == (event_type, 1000.0)
    assert (event.action.function_name, event.action.operation_type) == (name, operation)
    assert kwargs.items() <= event.get_args().items()
    assert event.metadata.return_value == result
    assert orjson.dumps(to_plain(event.metadata.return_value))


def test_what_was_recorded_stays_as_it_was(app: ShoppingApp) -> None:
    app.add_order("o", "processed", 0.0, 1.0, "red", 1)
    events: list[Any] = []
    app.register_to_env("test", events.append)
    app.get_order_details("o")
    app.cancel_order("o")
    assert events[0].metadata.return_value.order_status == "processed"


def test_filling_the_shop_with_orders_is_not_recorded(app: ShoppingApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    with EventRegisterer.capture_mode():
        assert app.add_order("o", "processed", 0.0, 1.0, "red", 1) == "o"
    assert (events, list(app.orders)) == ([], ["o"])


def test_a_captured_call_is_planned_instead_of_made(app: ShoppingApp) -> None:
    options = {"color": "green"}
    with EventRegisterer.capture_mode():
        planned: Any = app.add_item_to_product("mug", 1.0, options)
        codes: Any = app.get_all_discount_codes()
    assert list(app.products["mug"].variants) == ["white"]
    assert (planned.event_type, planned.action.arguments()["price"]) == (EventType.ENV, 1.0)
    assert codes.function_name() == "get_all_discount_codes"
    item_id = planned.execute().metadata.return_value
    assert app.products["mug"].variants[item_id].options == options
    assert app.products["mug"].variants[item_id].options is not options


def test_calls_through_the_toolbox_work(app: ShoppingApp) -> None:
    app.name = "Shopping"
    agent = Toolbox(app.get_tools())
    agent.call("Shopping__add_to_cart", '{"item_id": "red", "quantity": 2}')
    order_id = agent.call("Shopping__checkout", {"discount_code": "SAVE10"})
    assert agent.call("Shopping__get_order_details", {"order_id": order_id}) == (
        f"Order {order_id}: processed\nDate: 1970-01-01 00:16:40\nTotal: 36.00\n"
        "- 2 × item red at 20.00 each; color: red"
    )
    assert agent.call("Shopping__list_orders") == agent.call(
        "Shopping__get_order_details", {"order_id": order_id}
    )
    with pytest.raises(InvalidArgumentsError):
        agent.call("Shopping__add_to_cart", {"item_id": "red", "quantity": "many"})
    world = Toolbox(app.get_env_tools())
    world.call("Shopping__update_item", {"item_id": "red", "new_price": 5})
    assert app.products["lamp"].variants["red"].price == 5.0


# --- notices ------------------------------------------------------------------------------------------------

HIGH, MEDIUM = VerbosityLevel.HIGH, VerbosityLevel.MEDIUM
ITEM = {"product_id": "p", "price": 5.0, "options": {"color": "red", "size": 8}, "available": True}
NOTICES: list[tuple[str, dict[str, Any], VerbosityLevel, str, str]] = [
    ("add_product", {"name": "Mug"}, HIGH, *["New product in the shop: Mug"] * 2),
    (
        "add_item_to_product",
        ITEM,
        HIGH,
        "New item of product p: price 5.0, available: True",
        "New item of product p: price 5.0, available: True, options: color: red, size: 8",
    ),
    (
        "add_item_to_product",
        ITEM | {"options": None, "available": False},
        HIGH,
        *["New item of product p: price 5.0, available: False"] * 2,
    ),
    (
        "update_item",
        {"item_id": "i", "new_price": 0.0, "new_availability": False},
        HIGH,
        *["Item i has changed: price: 0.0, available: False"] * 2,
    ),
    (
        "update_item",
        {"item_id": "i", "new_price": 4.5, "new_availability": None},
        HIGH,
        *["Item i has changed: price: 4.5"] * 2,
    ),
    (
        "add_discount_code",
        {"item_id": "i", "discount_code": {"SAVE10": 10, "X": 5.5}},
        HIGH,
        "New discount code for item i",
        "New discount code for item i: SAVE10 (10 % off), X (5.5 % off)",
    ),
    (
        "update_order_status",
        {"order_id": "o", "status": "shipped"},
        MEDIUM,
        *["Order o is now shipped"] * 2,
    ),
    ("cancel_order", {"order_id": "o"}, MEDIUM, *["Order o was cancelled"] * 2),
]


@pytest.mark.parametrize("kind", [ShoppingApp, Shopping, StatefulShoppingApp])
@pytest.mark.parametrize(("name", "args", "level", "user", "agent"), NOTICES)
def test_user_and_agent_are_told(
    kind: type[ShoppingApp], name: str, args: dict[str, Any], level: VerbosityLevel, user: str, agent: str
) -> None:
    notice = notice_of(kind, name)
    assert notice is not None
    assert (notice.level, notice.user(args), notice.agent(args)) == (level, user, agent)


def test_a_notice_for_the_user_is_one_short_line() -> None:
    notice = notice_of(ShoppingApp, "add_product")
    assert notice is not None
    text = notice.user({"name": "Mug\n" * 1000})
    assert len(text) < 250
    assert "\n" not in text


def test_nothing_else_is_told() -> None:
    told = {name for name in dir(ShoppingApp) if notice_of(ShoppingApp, name)}
    assert told == {name for name, *_ in NOTICES}
