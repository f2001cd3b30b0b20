"""What the shop insists on in quantities, options, discount codes and the status of an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from pare.apps.checks import MAX_TEXT, WrongTypeError, check_amount, check_whole, require_text
from pare.errors import InvalidValueError, nearest
from pare.tools.notices import excerpt

ORDER_STATUSES = ("processed", "shipped", "delivered", "cancelled")

MAX_TOTAL = 1e18
MAX_QUANTITY = 1_000_000
"""Far beyond any sale; with more, totals would not stay numbers that a state can hold."""


def check_quantity(value: Any) -> int:
    """Give a number of things that can be bought.

    Raises:
        WrongTypeError: it is no whole number.
        InvalidValueError: it is below 1, or beyond all measure.
    """
    return check_whole("quantity", value, 1, MAX_QUANTITY)


def check_options(options: Any) -> dict[str, Any]:
    """Give a copy of the options of an item as plain data; None counts as no options.

    Raises:
        WrongTypeError: they are no object of names and values.
        InvalidValueError: a value is not plain, or all together are too long.
    """
    if not options and (options is None or isinstance(options, Mapping)):
        return {}
    if not isinstance(options, Mapping):
        raise WrongTypeError(f"options must be an object of names and values, not {type(options).__name__}")
    try:
        text = orjson.dumps(dict(options), option=orjson.OPT_NON_STR_KEYS)
    except TypeError as error:
        raise InvalidValueError(f"options must be plain, as in {{'color': 'red'}}: {error}") from None
    if len(text) > MAX_TEXT:
        raise InvalidValueError(f"the options have {len(text)} bytes; at most {MAX_TEXT} are kept")
    plain: dict[str, Any] = orjson.loads(text)
    return plain


def check_codes(codes: Any) -> dict[str, float]:
    """Give a copy of discount codes and their percentages.

    Raises:
        WrongTypeError: they are no object of codes and numbers.
        InvalidValueError: a code is empty, or a percentage not from 0 to 100.
    """
    if not isinstance(codes, Mapping):
        raise WrongTypeError(
            f"discount_code must be an object of codes and percentages, as in {{'SAVE10': 10}}, "
            f"not {type(codes).__name__}"
        )
    return {
        require_text("a discount code", code): check_amount(f"the percentage of {code!r:.80}", percent, 100)
        for code, percent in codes.items()
    }


def check_status(status: Any) -> str:
    """Give the status of an order.

    Raises:
        WrongTypeError: it is no text.
        InvalidValueError: there is no such status.
    """
    if require_text("status", status) in ORDER_STATUSES:
        return str(status)
    raise InvalidValueError(
        f"{excerpt(status, 80)!r} is no status of an order; valid are {', '.join(ORDER_STATUSES)}."
        f"{nearest(status[:80].lower(), ORDER_STATUSES)}"
    )
