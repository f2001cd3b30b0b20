"""The shop as agent and world use it: products, discount codes, a cart, and orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pare.apps.checks import WrongTypeError, check_text, nearest_id, page_range, require_text
from pare.apps.navigation import StatefulApp
from pare.apps.shopping.catalogue import CatalogueApp
from pare.apps.shopping.checks import check_quantity, check_status
from pare.apps.shopping.lookup import listed_by_name, unavailable_item
from pare.apps.shopping.model import (
    CartItem,
    EmptyCartError,
    Order,
    Product,
    ProductListResult,
    ProductMetadata,
    as_text,
    line_of,
)
from pare.apps.shopping.notices import order_cancelled, order_updated
from pare.errors import InvalidValueError, NotFoundError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.kernel.serialization import to_plain
from pare.tools.markers import app_tool, data_tool, env_tool
from pare.tools.notices import VerbosityLevel, excerpt, notifies

CANCELLABLE = ("processed", "shipped")


@dataclass(eq=False, repr=False)
class ShoppingApp(CatalogueApp):
    """A shop with `products`, the user's `cart` and `orders`, each by id, in the order of their making.

    `discount_codes` are percentages by item id and code.
    """

    name: str | None = None

    @data_tool()
    def add_order(
        self,
        order_id: str,
        order_status: str,
        order_date: float,
        order_total: float,
        item_id: str,
        quantity: int,
    ) -> str:
        """Add an order of one item, in place of an order that has the id already; it is not recorded.

        :param order_id: the id of the order
        :param order_status: where it stands: processed, shipped, delivered or cancelled
        :param order_date: when it was made, in seconds since the epoch
        :param order_total: what it cost
        :param item_id: the id of the item
        :param quantity: how many of it, 1 or more
        :returns: the id of the order
        """
        return self._put_order(order_id, order_status, order_date, order_total, {item_id: quantity})

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_all_products(self, offset: int = 0, limit: int = 10) -> ProductListResult:
        """List the products of the shop by name, a page at a time.

        :param offset: how many products to skip, 0 by default; raise it to get the next page
        :param limit: how many products to give at most, 10 by default
        :returns: the products, name and id of each, those of the same name numbered from the second on;
            and as metadata the range of their indices and the total
        """
        first, last = page_range(offset, limit, len(self.products))
        return ProductListResult(
            products=dict(listed_by_name(self.products.values())[first:last]),
            metadata=ProductMetadata(range=(first, last), total=len(self.products)),
        )

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_product_details(self, product_id: str) -> Product:
        """Get a product with all its items: their ids, prices, options, and whether they are available.

        :param product_id: the id of the product
        :returns: the product; its variants are its items
        """
        return self._product(product_id).copy()

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def search_product(self, product_name: str, offset: int = 0, limit: int = 10) -> list[Product]:
        """Search the names of all products for a text.

        :param product_name: the text to look for, in upper or lower case; an empty one finds every product
        :param offset: how many of the found products to skip, 0 by default; raise it to get the next page
        :param limit: how many products to give at most, 10 by default
        :returns: the products whose names contain it, with all their items, in the order in which they
            were added
        """
        wanted = check_text("product_name", product_name).casefold()
        found = [product for product in self.products.values() if wanted in product.name.casefold()]
        first, last = page_range(offset, limit, len(found))
        return [product.copy() for product in found[first:last]]

    # -- the cart ---------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_to_cart(self, item_id: str, quantity: int = 1) -> str:
        """Put an item into the cart, in addition to those of it that are in there.

        :param item_id: the id of the item, a variant of a product; the id of the product is not enough
        :param quantity: how many of it, 1 or more; 1 by default
        :returns: a sentence that says how many of the item are in the cart now
        """
        product, item = self._item(item_id)
        if not item.available:
            raise unavailable_item(item_id, product)
        there = self.cart[item_id].quantity if item_id in self.cart else 0
        together = check_quantity(check_quantity(quantity) + there)
        if there:
            self.cart[item_id].quantity = together
        else:
            self.cart[item_id] = CartItem.of(item, together)
        return f"Added {quantity} × item {item_id}; the cart has {together} of it now."

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def remove_from_cart(self, item_id: str, quantity: int = 1) -> str:
        """Take an item out of the cart.

        :param item_id: the id of the item
        :param quantity: how many of it, 1 or more and not more than are in the cart; 1 by default
        :returns: a sentence that says how many of the item are left in the cart
        """
        item = self.cart.get(require_text("item_id", item_id))
        if item is None:
            listed = ", ".join(islice(self.cart, 10)) or "nothing"
            raise NotFoundError(
                f"item {excerpt(item_id, 80)!r} is not in the cart, which has: {listed}."
                f"{nearest_id(item_id, self.cart)}"
            )
        left = item.quantity - check_quantity(quantity)
        if left < 0:
            raise InvalidValueError(
                f"the cart has only {item.quantity} of item {item_id!r}; {quantity} cannot be removed"
            )
        if left:
            item.quantity = left
        else:
            del self.cart[item_id]
        return f"Removed {quantity} × item {item_id}; the cart has {left} of it now."

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_cart(self) -> dict[str, Any]:
        """List what is in the cart.

        :returns: the items by their ids, with quantity, price of one, and options
        """
        return {item_id: item.copy() for item_id, item in self.cart.items()}

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def checkout(self, discount_code: str | None = None) -> str:
        """Order everything that is in the cart; the cart is empty then.

        :param discount_code: a code that lowers the price; it must apply to every item in the cart;
            none by default
        :returns: the id of the order
        """
        if not self.cart:
            raise EmptyCartError("the cart is empty; add items to it first")
        percent = self._percentages(discount_code)
        prices = [
            item.price * item.quantity * (1 - percent.get(item_id, 0) / 100)
            for item_id, item in self.cart.items()
        ]
        order = Order("processed", datetime.fromtimestamp(self.now(), UTC), sum(prices), "draft")
        order.order_id = self.new_id()
        order.order_items = self.list_cart()
        self.orders[order.order_id] = order
        self.cart.clear()
        return order.order_id

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_discount_code_info(self, discount_code: str = "") -> dict[str, float]:
        """Get the items to which a discount code applies, and by how much it lowers their prices.

        :param discount_code: the whole code, in upper and lower case as it is given out
        :returns: the percentage by the id of the item; nothing if the code applies to no item
        """
        code = check_text("discount_code", discount_code)
        return {item_id: codes[code] for item_id, codes in self.discount_codes.items() if code in codes}

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_all_discount_codes(self) -> dict[str, list[str]]:
        """Get all discount codes of the shop and the items to which they apply.

        :returns: the ids of the items by code
        """
        items: dict[str, list[str]] = {}
        for item_id, codes in self.discount_codes.items():
            for code in codes:
                items.setdefault(code, []).append(item_id)
        return items

    # -- orders -----------------------------------------------------------------------------------

    @app_tool(llm_formatter=as_text)
    @event_registered(operation_type=OperationType.READ)
    def list_orders(self) -> dict[str, Order]:
        """List all orders of the user.

        :returns: the orders by their ids, with status, date in UTC, total and items, the oldest entry first
        """
        return {order_id: order.copy() for order_id, order in self.orders.items()}

    @app_tool(llm_formatter=as_text)
    @event_registered(operation_type=OperationType.READ)
    def get_order_details(self, order_id: str) -> Order:
        """Get one order of the user.

        :param order_id: the id of the order
        :returns: the order with status, date in UTC, total and items
        """
        return self._order(order_id).copy()

    @notifies(user=order_updated, level=VerbosityLevel.MEDIUM)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def update_order_status(self, order_id: str, status: str = "shipped") -> None:
        """Change where an order stands.

        :param order_id: the id of the order
        :param status: processed, shipped, delivered or cancelled; shipped by default
        """
        order = self._order(order_id)
        order.order_status = check_status(status)

    @notifies(user=order_cancelled, level=VerbosityLevel.MEDIUM)
    @app_tool()
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def cancel_order(self, order_id: str) -> str:
        """Cancel an order that is processed or shipped; a delivered one cannot be cancelled.

        :param order_id: the id of the order
        :returns: a sentence that says which order was cancelled
        """
        order = self._order(order_id)
        if order.order_status not in CANCELLABLE:
            raise InvalidValueError(
                f"order {order_id!r} is {excerpt(order.order_status, 80)}; "
                f"only an order that is {' or '.join(CANCELLABLE)} can be cancelled"
            )
        order.order_status = "cancelled"
        return f"Order {order_id} was cancelled."

    # -- what the tools share ---------------------------------------------------------------------

    def _get_item(self, item_id: str) -> dict[str, object]:
        """Give the fields of an item, and name and id of its product; nothing if there is none."""
        product = self._product_with(item_id)
        if product is None:
            return {}
        fields: dict[str, object] = to_plain(product.variants[item_id])
        return {"name": product.name, "product_id": product.product_id, **fields}

    def _percentages(self, discount_code: str | None) -> dict[str, float]:
        """Give by how much a code lowers the price of each item in the cart; None and "" are no code."""
        code = "" if discount_code is None else check_text("discount_code", discount_code)
        if not code.strip():
            return {}
        percent = self.get_discount_code_info(code)
        if not percent:
            known = dict.fromkeys(known for codes in self.discount_codes.values() for known in codes)
            raise NotFoundError(
                f"the discount code {excerpt(code, 80)!r} does not exist, or is no longer valid."
                f"{nearest_id(code, known)} Without a code the full price is paid."
            )
        without = [item_id for item_id in self.cart if item_id not in percent]
        if without:
            raise InvalidValueError(
                f"the discount code {excerpt(code, 80)!r} must apply to every item in the cart, and does not "
                f"apply to: {', '.join(without[:10])}. Check out without it, or remove what it does not cover"
            )
        return percent

    def _put_order(
        self, order_id: str, order_status: str, order_date: float, order_total: float, items: dict[str, int]
    ) -> str:
        bought = {item_id: CartItem.of(self._item(item_id)[1], count) for item_id, count in items.items()}
        self.orders[order_id] = Order(order_status, order_date, order_total, order_id, bought)
        return order_id


@dataclass(eq=False, repr=False)
class Shopping(ShoppingApp):
    """The shop under its short name."""

    name: str | None = "Shopping"


class ShoppingScreensApp(StatefulApp, ShoppingApp):
    """The shop as its screens know it: what they show, and the way from one to the next."""

    @data_tool()
    def add_order_multiple_items(
        self,
        order_id: str,
        order_status: str,
        order_date: float,
        order_total: float,
        items: dict[str, int],
    ) -> str:
        """Add an order of several items, in place of an order that has the id already; it is not recorded.

        :param order_id: the id of the order
        :param order_status: where it stands: processed, shipped, delivered or cancelled
        :param order_date: when it was made, in seconds since the epoch
        :param order_total: what it cost
        :param items: how many of each item, 1 or more, by the id of the item
        :returns: the id of the order
        """
        if not isinstance(items, Mapping):
            raise WrongTypeError(
                f"items must be an object of item ids and quantities, not {type(items).__name__}"
            )
        if not items:
            raise InvalidValueError("items must have at least one item id and quantity")
        return self._put_order(order_id, order_status, order_date, order_total, dict(items))

    def get_item(self, item_id: str) -> dict[str, object]:
        """Give the fields of an item, and name and id of its product; nothing if there is none."""
        return self._get_item(item_id)

    def get_cart(self) -> dict[str, object]:
        """Give what is in the cart, by the ids of the items."""
        return self.list_cart()

    def cart_text(self) -> str:
        """Give what is in the cart as a model reads it, an item in a line."""
        if not self.cart:
            return "The cart is empty."
        lines = [
            f"- {line_of(item, str(self._get_item(item_id).get('name', '')) or None)}"
            for item_id, item in self.cart.items()
        ]
        return "\n".join(["In the cart:", *lines])
