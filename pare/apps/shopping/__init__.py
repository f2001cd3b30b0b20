"""The shopping app."""

from pare.apps.shopping.app import StatefulShoppingApp
from pare.apps.shopping.model import (
    CartItem,
    EmptyCartError,
    Item,
    Order,
    Product,
    ProductListResult,
    ProductMetadata,
    ShoppingDataError,
)
from pare.apps.shopping.states import (
    CartView,
    OrderDetailView,
    OrderListView,
    ProductDetail,
    ShoppingHome,
    VariantDetail,
)
from pare.apps.shopping.tools import Shopping, ShoppingApp

__all__ = [
    "CartItem",
    "CartView",
    "EmptyCartError",
    "Item",
    "Order",
    "OrderDetailView",
    "OrderListView",
    "Product",
    "ProductDetail",
    "ProductListResult",
    "ProductMetadata",
    "Shopping",
    "ShoppingApp",
    "ShoppingDataError",
    "ShoppingHome",
    "StatefulShoppingApp",
    "VariantDetail",
]
