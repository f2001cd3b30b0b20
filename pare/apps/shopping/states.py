"""The screens of the shop: products, the variants of one, the cart, orders."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pare.apps.checks import nearest_id, require_text
from pare.apps.navigation import AppState, pare_event_registered
from pare.apps.shopping.model import Order, Product, ProductListResult, as_text
from pare.apps.shopping.tools import ShoppingScreensApp
from pare.errors import NotFoundError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool
from pare.tools.notices import excerpt


class ShoppingHome(AppState[ShoppingScreensApp]):
    """The first screen: the products of the shop."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_products(self, offset: int = 0, limit: int = 10) -> ProductListResult:
        """List the products of the shop by name, a page at a time.

        :param offset: how many products to skip, 0 by default; raise it to get the next page
        :param limit: how many products to give at most, 10 by default
        :returns: the products, name and id of each, those of the same name numbered from the second on;
            and as metadata the range of their indices and the total
        """
        return self.app.list_all_products(offset, limit)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def view_product(self, product_id: str) -> Product:
        """Open a product to see its variants, one of which can be chosen there.

        :param product_id: the id of the product, as the list shows it
        :returns: the product; its variants are the items that can be bought, with their ids and prices
        """
        product = self.app.get_product_details(product_id)
        self.app.set_current_state(ProductDetail(product_id))
        return product

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def view_cart(self) -> dict[str, Any]:
        """Open the cart, where items can be removed and everything in it ordered.

        :returns: the items in it by their ids, with quantity, price of one, and options
        """
        cart = self.app.list_cart()
        self.app.set_current_state(CartView())
        return cart

    @user_tool(llm_formatter=as_text)
    @pare_event_registered(OperationType.READ)
    def list_orders(self) -> dict[str, Order]:
        """Open the list of your orders.

        :returns: the orders by their ids, with status, date in UTC, total and items
        """
        orders = self.app.list_orders()
        self.app.set_current_state(OrderListView())
        return orders


class ProductDetail(AppState[ShoppingScreensApp]):
    """The product with the id `product_id`."""

    def __init__(self, product_id: str) -> None:
        super().__init__()
        self.product_id = product_id

    def on_enter(self) -> None:
        """Look the product up.

        Raises:
            NotFoundError: there is none of that id.
        """
        self._shown()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def view_variant(self, item_id: str) -> dict[str, object]:
        """Open a variant of this product, which can be put into the cart there.

        :param item_id: the id of the variant, one of those of this product
        :returns: its price, options and whether it is available, and the name and id of the product
        """
        variants = self._shown().variants
        if require_text("item_id", item_id) not in variants:
            raise NotFoundError(
                f"the product that this screen shows has no variant {excerpt(item_id, 80)!r}; "
                f"it has: {', '.join(islice(variants, 10)) or 'none'}.{nearest_id(item_id, variants)}"
            )
        self.app.set_current_state(VariantDetail(item_id))
        return self.app.get_item(item_id)

    def _shown(self) -> Product:
        product = self.app.products.get(self.product_id)
        if product is None:
            raise gone("product", self.product_id)
        return product


class VariantDetail(AppState[ShoppingScreensApp]):
    """The variant of a product with the id `item_id`."""

    def __init__(self, item_id: str) -> None:
        super().__init__()
        self.item_id = item_id

    def on_enter(self) -> None:
        """Look the variant up.

        Raises:
            NotFoundError: there is none of that id.
        """
        self._check_shown()

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def add_to_cart(self, quantity: int = 1) -> str:
        """Put this variant into the cart, in addition to those of it that are in there, and open the cart.

        :param quantity: how many of it, 1 or more; 1 by default
        :returns: a sentence that says how many were added, and what is in the cart now
        """
        self._check_shown()
        added = self.app.add_to_cart(self.item_id, quantity)
        self.app.set_current_state(CartView())
        return f"{added}\n{self.app.cart_text()}"

    def _check_shown(self) -> None:
        if not self.app.get_item(self.item_id):
            raise gone("variant", self.item_id)


class CartView(AppState[ShoppingScreensApp]):
    """The cart."""

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def remove_item(self, item_id: str, quantity: int = 1) -> str:
        """Take an item out of the cart.

        :param item_id: the id of the item, as the cart shows it
        :param quantity: how many of it, 1 or more and not more than are in the cart; 1 by default
        :returns: a sentence that says how many are left, and what is in the cart now
        """
        return f"{self.app.remove_from_cart(item_id, quantity)}\n{self.app.cart_text()}"

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def checkout(self, discount_code: str | None = None) -> str:
        """Order everything that is in the cart; the order is shown then.

        :param discount_code: a code that lowers the price; it must apply to every item in the cart;
            none by default
        :returns: the id of the order
        """
        order_id = self.app.checkout(discount_code)
        self.app.set_current_state(OrderDetailView(order_id))
        return order_id


class OrderListView(AppState[ShoppingScreensApp]):
    """The orders of the user."""

    @user_tool(llm_formatter=as_text)
    @pare_event_registered(OperationType.READ)
    def view_order(self, order_id: str) -> Order:
        """Open an order.

        :param order_id: the id of the order, as the list shows it
        :returns: the order with status, date in UTC, total and items
        """
        order = self.app.get_order_details(order_id)
        self.app.set_current_state(OrderDetailView(order_id))
        return order


class OrderDetailView(AppState[ShoppingScreensApp]):
    """The order with the id `order_id`."""

    def __init__(self, order_id: str) -> None:
        super().__init__()
        self.order_id = order_id

    def on_enter(self) -> None:
        """Look the order up.

        Raises:
            NotFoundError: there is none of that id.
        """
        self._shown()

    @user_tool(llm_formatter=as_text)
    @pare_event_registered(OperationType.READ)
    def view_order(self) -> Order:
        """Look at the order that this screen shows, as it is now.

        :returns: the order with status, date in UTC, total and items
        """
        return self._shown().copy()

    def _shown(self) -> Order:
        order = self.app.orders.get(self.order_id)
        if order is None:
            raise gone("order", self.order_id)
        return order


def gone(what: str, wanted: str) -> NotFoundError:
    """Say that what a screen shows is there no more."""
    return NotFoundError(f"the {what} {excerpt(wanted, 80)!r} is not in the shop (any more); go back")
