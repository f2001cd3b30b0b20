"""Products by name, and what is said when an id is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from pare.apps.checks import nearest_id, unknown_id
from pare.apps.shopping.model import Order, Product
from pare.errors import InvalidValueError, NotFoundError
from pare.tools.notices import excerpt


def listed_by_name(products: Iterable[Product]) -> list[tuple[str, str]]:
    """Give name and id of each product, sorted by name; namesakes are numbered, as in ``Lamp (2)``."""
    ordered = sorted((product.name, at, product.product_id) for at, product in enumerate(products))
    names = {name for name, _, _ in ordered}
    numbers: dict[str, int] = {}
    listed = []
    for name, _, product_id in ordered:
        label = name if name not in numbers else _numbered(name, numbers, names)
        numbers.setdefault(name, 1)
        listed.append((label, product_id))
    return listed


def _numbered(name: str, numbers: dict[str, int], taken: set[str]) -> str:
    """Give the next label of `name` that is not `taken`, and take it."""
    while True:
        numbers[name] += 1
        label = f"{name} ({numbers[name]})"
        if label not in taken:
            taken.add(label)
            return label


def unknown_product(product_id: str, products: Mapping[str, Product]) -> NotFoundError:
    """Say that no product has this id, and which one may be meant."""
    names = (product.name for product in products.values())
    advice = "Listing or searching products gives their ids."
    return NotFoundError(unknown_id("product", product_id, products, names, advice))


def unknown_item(item_id: str, products: Mapping[str, Product]) -> NotFoundError:
    """Say that no item has this id, and which one may be meant: a product's id is often given for it."""
    product = products.get(item_id)
    if product is not None:
        items = ", ".join(islice(product.variants, 10)) or "none"
        return NotFoundError(
            f"{excerpt(item_id, 80)!r} is the id of a product, not of an item; its items are: {items}"
        )
    known = (known for product in products.values() for known in product.variants)
    return NotFoundError(
        f"no item has the id {excerpt(item_id, 80)!r}.{nearest_id(item_id, known)} "
        "The details of a product give the ids of its items."
    )


def unknown_order(order_id: str, orders: Mapping[str, Order]) -> NotFoundError:
    """Say that no order has this id, and which one may be meant."""
    return NotFoundError(
        f"no order has the id {excerpt(order_id, 80)!r}.{nearest_id(order_id, orders)} "
        "Listing orders gives their ids."
    )


def unavailable_item(item_id: str, product: Product) -> InvalidValueError:
    """Say that an item cannot be bought now, and which of its product's items can."""
    others = [known for known, item in product.variants.items() if item.available]
    instead = f"available are: {', '.join(others[:10])}" if others else "no item of it is"
    return InvalidValueError(
        f"item {excerpt(item_id, 80)!r} of the product {excerpt(product.name, 80)!r} is not available now; "
        f"{instead}"
    )
