"""The names of ``are.simulation.apps.shopping``."""

from pare.apps.shopping import (
    CartItem,
    Item,
    Order,
    Product,
    ProductListResult,
    ProductMetadata,
    Shopping,
    ShoppingApp,
)

__all__ = [
    "CartItem",
    "Item",
    "Order",
    "Product",
    "ProductListResult",
    "ProductMetadata",
    "Shopping",
    "ShoppingApp",
]
