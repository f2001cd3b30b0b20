"""What the shop tells the user and the agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.apps.shopping.model import pairs
from pare.tools.notices import excerpt

Args = Mapping[str, Any]

_LINE = 200


def product_added(args: Args) -> str:
    """Tell the name of a new product."""
    return f"New product in the shop: {_short(args, 'name')}"


def item_added(args: Args) -> str:
    """Tell of which product there is a new item, and its price."""
    return (
        f"New item of product {_short(args, 'product_id')}: "
        f"price {args.get('price')}, available: {args.get('available', True)}"
    )


def item_added_in_full(args: Args) -> str:
    """Tell the options of the new item as well."""
    options = args.get("options")
    return f"{item_added(args)}, options: {pairs(options)}" if options else item_added(args)


def item_updated(args: Args) -> str:
    """Tell what is new about an item."""
    news = {"price": args.get("new_price"), "available": args.get("new_availability")}
    told = [f"{name}: {value}" for name, value in news.items() if value is not None]
    return f"Item {_short(args, 'item_id')} has changed: {', '.join(told)}"


def discount_added(args: Args) -> str:
    """Tell for which item there is a discount code."""
    return f"New discount code for item {_short(args, 'item_id')}"


def discount_added_in_full(args: Args) -> str:
    """Tell every code and its percentage."""
    codes = args.get("discount_code")
    if isinstance(codes, Mapping):
        codes = ", ".join(f"{code} ({percent} % off)" for code, percent in codes.items())
    return f"{discount_added(args)}: {codes}"


def order_updated(args: Args) -> str:
    """Tell the new status of an order."""
    return f"Order {_short(args, 'order_id')} is now {_short(args, 'status')}"


def order_cancelled(args: Args) -> str:
    """Tell which order was cancelled."""
    return f"Order {_short(args, 'order_id')} was cancelled"


def _short(args: Args, name: str) -> str:
    return excerpt(str(args.get(name, "")), _LINE)
