"""The catalogue: products, their items and discount codes, how they come into the shop, and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from pare.apps.base import App, get_state_dict
from pare.apps.checks import check_amount, check_flag, require_text
from pare.apps.entries import read_entries, read_json_file
from pare.apps.shopping.checks import check_codes
from pare.apps.shopping.lookup import unknown_item, unknown_order, unknown_product
from pare.apps.shopping.model import (
    CartItem,
    Item,
    Order,
    Product,
    ShoppingDataError,
    cart_item_from,
    codes_from,
    order_from,
    pairs,
    product_from,
)
from pare.apps.shopping.notices import (
    discount_added,
    discount_added_in_full,
    item_added,
    item_added_in_full,
    item_updated,
    product_added,
)
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import data_tool, env_tool
from pare.tools.notices import VerbosityLevel, notifies


@dataclass(eq=False, repr=False)
class CatalogueApp(App):
    """A shop to be filled only: `products`, the user's `cart` and `orders`, each by id.

    `discount_codes` are percentages by item id and code.
    """

    name: str | None = None  # type: ignore[assignment]  # published: the class name stands for None
    products: dict[str, Product] = field(default_factory=dict)
    cart: dict[str, CartItem] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    discount_codes: dict[str, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.products = {key: product.copy() for key, product in self.products.items()}
        self.cart = {key: item.copy() for key, item in self.cart.items()}
        self.orders = {key: order.copy() for key, order in self.orders.items()}
        self.discount_codes = {key: dict(codes) for key, codes in self.discount_codes.items()}

    # -- state ------------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Give products, cart, discount codes and orders as plain data."""
        orders = {order_id: order.get_state() for order_id, order in self.orders.items()}
        return get_state_dict(self, ["products", "cart", "discount_codes"]) | {"orders": orders}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all that is there.

        Raises:
            ShoppingDataError: everything that is wrong with the first part that is; nothing has changed then.
        """
        products = _products_of(state_dict.get("products") or {})
        cart = _cart_of(state_dict.get("cart") or {})
        orders = _orders_of(state_dict.get("orders") or {})
        codes = _codes_of(state_dict.get("discount_codes") or {})
        self.products, self.cart, self.orders, self.discount_codes = products, cart, orders, codes

    def load_products_from_dict(self, products: Mapping[str, Any]) -> None:
        """Add products to those that are there: a mapping of ids to the fields of a product.

        Raises:
            ShoppingDataError: everything that is wrong with them; nothing has changed then.
        """
        self.products.update(_products_of(products))

    def load_products_from_file(self, path: str | PathLike[str]) -> None:
        """Add the products of a JSON file, as `load_products_from_dict` takes them.

        Raises:
            ShoppingDataError: the file cannot be read, or everything that is wrong with its products.
        """
        self.load_products_from_dict(read_json_file(path, "product", ShoppingDataError))

    def load_discount_codes_from_dict(self, discount_codes: Mapping[str, Any]) -> None:
        """Add discount codes to those that are there: percentages by item id and code.

        Raises:
            ShoppingDataError: everything that is wrong with them; nothing has changed then.
        """
        for item_id, codes in _codes_of(discount_codes).items():
            self.discount_codes.setdefault(item_id, {}).update(codes)

    def load_cart_from_dict(self, cart: Mapping[str, Any]) -> None:
        """Put items into the cart: a mapping of ids to the fields of a cart item.

        Raises:
            ShoppingDataError: everything that is wrong with them; nothing has changed then.
        """
        self.cart.update(_cart_of(cart))

    def load_orders_from_dict(self, orders: Mapping[str, Any]) -> None:
        """Add orders to those that are there: a mapping of ids to the fields of an order.

        Raises:
            ShoppingDataError: everything that is wrong with them; nothing has changed then.
        """
        self.orders.update(_orders_of(orders))

    # -- the catalogue ----------------------------------------------------------------------------

    @notifies(user=product_added, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_product(self, name: str) -> str:
        """Add a product to the shop; it can be bought when it has an item.

        :param name: what the product is called
        :returns: the id of the product
        """
        require_text("name", name)
        product = Product(name, self.new_id())
        self.products[product.product_id] = product
        return product.product_id

    @notifies(user=item_added, agent=item_added_in_full, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_item_to_product(
        self, product_id: str, price: float, options: dict[str, Any] | None = None, available: bool = True
    ) -> str:
        """Add an item, which is one variant of a product, to the shop.

        :param product_id: the id of the product
        :param price: what one of it costs, 0 or more
        :param options: what makes it differ from other items of the product, as in {"color": "red"};
            nothing by default
        :param available: whether it can be bought, true by default
        :returns: the id of the item
        """
        product = self._product(product_id)
        item = Item(price, available, "draft", {} if options is None else options)
        item.item_id = self.new_id()  # drawn last: a refused call draws none
        product.variants[item.item_id] = item
        return item.item_id

    @notifies(user=item_updated, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def update_item(
        self, item_id: str, new_price: float | None = None, new_availability: bool | None = None
    ) -> str:
        """Change what an item costs, or whether it can be bought. What lies in the cart keeps its price.

        :param item_id: the id of the item
        :param new_price: what one of it costs from now on, 0 or more; stays as it is by default
        :param new_availability: whether it can be bought from now on; stays as it is by default
        :returns: a sentence that says what was changed
        """
        _, item = self._item(item_id)
        changes: dict[str, Any] = {}
        if new_price is not None:
            changes["price"] = check_amount("new_price", new_price)
        if new_availability is not None:
            changes["available"] = check_flag("new_availability", new_availability)
        if not changes:
            raise InvalidValueError("nothing to change: give new_price, new_availability or both")
        vars(item).update(changes)
        return f"Item {item_id} was changed: {pairs(changes)}."

    @notifies(user=discount_added, agent=discount_added_in_full, level=VerbosityLevel.HIGH)
    @env_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def add_discount_code(self, item_id: str, discount_code: dict[str, float]) -> str:
        """Give an item discount codes, beside those that it has.

        :param item_id: the id of the item
        :param discount_code: each code and by how many percent it lowers the price, as in {"SAVE10": 10}
        :returns: a sentence that says which codes the item has now
        """
        self._item(item_id)
        codes = check_codes(discount_code)
        if not codes:
            raise InvalidValueError("discount_code must have at least one code, as in {'SAVE10': 10}")
        self.discount_codes.setdefault(item_id, {}).update(codes)
        return f"Item {item_id} has these discount codes: {pairs(self.discount_codes[item_id])}."

    # -- what the tools share ---------------------------------------------------------------------

    def _product(self, product_id: str) -> Product:
        product = self.products.get(require_text("product_id", product_id))
        if product is None:
            raise unknown_product(product_id, self.products)
        return product

    def _item(self, item_id: str) -> tuple[Product, Item]:
        """Give an item and the product that it is a variant of."""
        product = self._product_with(require_text("item_id", item_id))
        if product is None:
            raise unknown_item(item_id, self.products)
        return product, product.variants[item_id]

    def _product_with(self, item_id: str) -> Product | None:
        return next((product for product in self.products.values() if item_id in product.variants), None)

    def _order(self, order_id: str) -> Order:
        order = self.orders.get(require_text("order_id", order_id))
        if order is None:
            raise unknown_order(order_id, self.orders)
        return order


def _products_of(entries: Any) -> dict[str, Product]:
    return read_entries(entries, "product", product_from, ShoppingDataError)


def _cart_of(entries: Any) -> dict[str, CartItem]:
    return read_entries(entries, "cart item", cart_item_from, ShoppingDataError)


def _orders_of(entries: Any) -> dict[str, Order]:
    return read_entries(entries, "order", order_from, ShoppingDataError)


def _codes_of(entries: Any) -> dict[str, dict[str, float]]:
    return read_entries(entries, "discount code", codes_from, ShoppingDataError)
