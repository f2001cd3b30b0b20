"""What a shop holds: products with their variants, a cart, orders; and what makes one valid."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import Any, TypedDict

from pare.apps.base import format_time
from pare.apps.checks import check_amount, check_flag, check_text, check_time, require_text
from pare.apps.entries import read_entries, shape_problems
from pare.apps.shopping.checks import (
    MAX_TOTAL,
    check_codes,
    check_options,
    check_quantity,
)
from pare.errors import InvalidValueError
from pare.kernel.run_context import new_id
from pare.kernel.serialization import to_plain
from pare.tools.notices import excerpt


class ShoppingDataError(InvalidValueError, TypeError):
    """Products, cart, discount codes or orders cannot be taken over; the text lists every problem."""


class EmptyCartError(InvalidValueError):
    """There is nothing in the cart to check out."""


class ProductMetadata(TypedDict):
    """Which products a page has: `range` is the first index and the one after the last, of `total`."""

    range: tuple[int, int]
    total: int


class ProductListResult(TypedDict):
    """A page of products: their ids by name."""

    products: dict[str, str]
    metadata: ProductMetadata


@dataclass
class Item:
    """One variant of a product; `options` say which, as in ``{"color": "red"}``.

    Raises:
        InvalidValueError: the price is below 0 or beyond all measure, or an option is no plain value.
        InvalidArgumentsError: a field is of the wrong type.
    """

    price: float
    available: bool = True
    item_id: str = field(default_factory=new_id)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_amount("price", self.price)
        check_flag("available", self.available)
        require_text("item_id", self.item_id)
        self.options = check_options(self.options)

    def copy(self) -> Item:
        """Give a copy that shares nothing that can change."""
        twin = copy(self)
        twin.options = dict(self.options)
        return twin

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what the app's state says about an item."""
        self.__dict__.update(item_from(self.item_id, state_dict).__dict__)


@dataclass
class Product:
    """A product and its `variants` by item id.

    Raises:
        InvalidValueError: the id is empty, or the name too long.
        InvalidArgumentsError: a field is of the wrong type.
    """

    name: str
    product_id: str = field(default_factory=new_id)
    variants: dict[str, Item] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_text("name", self.name)
        require_text("product_id", self.product_id)

    def copy(self) -> Product:
        """Give a copy that shares nothing that can change."""
        twin = copy(self)
        twin.variants = {item_id: item.copy() for item_id, item in self.variants.items()}
        return twin

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what the app's state says about a product."""
        self.__dict__.update(product_from(self.product_id, state_dict).__dict__)


@dataclass
class CartItem:
    """So many of an item, each at `price`.

    Raises:
        InvalidValueError: the quantity is below 1, the price below 0, or one of them beyond all measure.
        InvalidArgumentsError: a field is of the wrong type.
    """

    item_id: str
    quantity: int
    price: float
    available: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_text("item_id", self.item_id)
        check_quantity(self.quantity)
        check_amount("price", self.price)
        check_flag("available", self.available)
        self.options = check_options(self.options)

    @classmethod
    def of(cls, item: Item, quantity: int) -> CartItem:
        """Take so many of `item` at its present price."""
        return cls(item.item_id, quantity, item.price, item.available, item.options)

    def copy(self) -> CartItem:
        """Give a copy that shares nothing that can change."""
        twin = copy(self)
        twin.options = dict(self.options)
        return twin


@dataclass
class Order:
    """What was bought. `order_date` is a datetime, a time in seconds since the epoch, or text.

    Raises:
        InvalidValueError: id or status are empty, the total is below 0, or there is no such date.
        InvalidArgumentsError: a field is of the wrong type.
    """

    order_status: str
    order_date: Any
    order_total: float
    order_id: str = field(default_factory=new_id)
    order_items: dict[str, CartItem] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_text("order_status", self.order_status)
        if not isinstance(self.order_date, (date, str)):
            check_time("order_date", self.order_date)
        check_amount("order_total", self.order_total, most=MAX_TOTAL)
        require_text("order_id", self.order_id)

    def __str__(self) -> str:
        lines = [
            f"Order {self.order_id}: {self.order_status}",
            f"Date: {_shown_date(self.order_date)}",
            f"Total: {self.order_total:.2f}",
        ]
        return "\n".join(lines + [f"- {line_of(item)}" for item in self.order_items.values()])

    def copy(self) -> Order:
        """Give a copy that shares nothing that can change."""
        twin = copy(self)
        twin.order_items = {item_id: item.copy() for item_id, item in self.order_items.items()}
        return twin

    def get_state(self) -> dict[str, Any]:
        """Give the order as plain data; a date that is no number is ISO text."""
        state: dict[str, Any] = to_plain(self)
        return state | {"order_date": to_plain(read_date(state["order_date"]))}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what the app's state says about an order."""
        self.__dict__.update(order_from(self.order_id, state_dict).__dict__)


# -- as a model reads them ------------------------------------------------------------------------


def as_text(orders: Order | Mapping[str, Order]) -> str:
    """Give one order or several as a model reads them, with readable dates."""
    listed = orders.values() if isinstance(orders, Mapping) else [orders]
    return "\n\n".join(map(str, listed)) or "There are no orders."


def line_of(item: CartItem, name: str | None = None) -> str:
    """Give what is in a cart or order in one line; `name` is that of the product."""
    of_product = "" if name is None else f" ({excerpt(name, 80)})"
    options = f"; {pairs(item.options)}" if item.options else ""
    return f"{item.quantity} × item {item.item_id}{of_product} at {item.price:.2f} each{options}"


def pairs(values: object) -> str:
    """Give names and values in one line."""
    if not isinstance(values, Mapping):
        return str(values)
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _shown_date(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return format_time(value.timestamp())
    return format_time(value) if isinstance(value, (int, float)) else str(value)[:100]


# -- from plain data ------------------------------------------------------------------------------


def item_from(item_id: str, entry: Any) -> Item:
    """Read an item from the app's state; what is no field of an item is passed over.

    Raises:
        ToolError: what is wrong with it.
    """
    return Item(**_fields(Item, "an item", entry, item_id=item_id))


def product_from(product_id: str, entry: Any) -> Product:
    """Read a product with its items from the app's state.

    Raises:
        ToolError: everything that is wrong with its items, or what is wrong with the product.
    """
    values = _fields(Product, "a product", entry, product_id=product_id)
    variants = read_entries(values.get("variants", {}), "item", item_from, ShoppingDataError)
    return Product(**values | {"variants": variants})


def cart_item_from(item_id: str, entry: Any) -> CartItem:
    """Read what lies in a cart, or was bought, from the app's state.

    Raises:
        ToolError: what is wrong with it.
    """
    return CartItem(**_fields(CartItem, "a cart item", entry, item_id=item_id))


def order_from(order_id: str, entry: Any) -> Order:
    """Read an order from the app's state; its date becomes a datetime where it is ISO text.

    Raises:
        ToolError: everything that is wrong with its items, or what is wrong with the order.
    """
    values = _fields(Order, "an order", entry, order_id=order_id)
    items = read_entries(values.get("order_items", {}), "order item", cart_item_from, ShoppingDataError)
    return Order(**values | {"order_items": items, "order_date": read_date(values["order_date"])})


def codes_from(item_id: str, entry: Any) -> dict[str, float]:
    """Read the discount codes of an item from the app's state.

    Raises:
        ToolError: what is wrong with them.
    """
    require_text("the id of an item", item_id)
    return check_codes(entry)


def read_date(value: Any) -> Any:
    """Give the datetime that a text in ISO form stands for; anything else stays as it is."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _fields(kind: type[Any], what: str, entry: Any, **ids: str) -> dict[str, Any]:
    """Give the fields of an entry; a null is a missing one, the id in `ids` stands for its own."""
    [entry_id] = ids.values()
    for problem in shape_problems(entry_id, entry, what):
        raise ShoppingDataError(problem)
    given = ids | {item.name: entry[item.name] for item in fields(kind) if entry.get(item.name) is not None}
    missing = [name for name in _required(kind) if name not in given]
    if missing:
        raise ShoppingDataError(f"{what} needs {', '.join(missing)}")
    return given


def _required(kind: type[Any]) -> list[str]:
    return [item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING]
