"""How long a server asks to wait, read from the headers of its refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
LONGEST = 100
"""No number and no date is longer: what is, is not read."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_RESET = re.compile(r"(?:x|anthropic)-ratelimit-(?:reset(?:-(\w+))?|(\w+(?:-\w+)?)-reset)$")


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Give the seconds that the server asks to wait, None if it does not say.

    `headers` find names in any case. ``retry-after-ms`` goes before ``Retry-After``, and that before the
    resets of rate limits. A date is measured against the server's own Date, so that a wrong clock on
    either side does no harm.
    """
    now = _date(_value(headers, "date"))
    milliseconds = _number(_value(headers, "retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    asked = _value(headers, "retry-after")
    seconds = _number(asked)
    if seconds is None:
        seconds = _until(_date(asked), now)
    return _until_reset(headers, now) if seconds is None else max(0.0, seconds)


def _value(headers: Mapping[str, str], name: str) -> str | None:
    """Give the value of a header, unless it is longer than what can be meant."""
    text = headers.get(name)
    return None if text is None or len(text) > LONGEST else text


def _until_reset(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Give the wait until the limits that are used up are reset; the shortest if none says that it is."""
    resets = list(_resets(headers, now))
    used_up = [seconds for seconds, is_used_up in resets if is_used_up]
    if used_up:
        return max(used_up)
    return min((seconds for seconds, _ in resets), default=None)


def _resets(headers: Mapping[str, str], now: datetime | None) -> Iterator[tuple[float, bool]]:
    for name in headers:
        match = _RESET.match(name.lower())
        seconds = _reset_seconds(_value(headers, name) or "", now) if match else None
        if match and seconds is not None:
            remaining = _value(headers, _remaining(name.lower(), match[1] or match[2] or ""))
            yield max(0.0, seconds), _number(remaining) == 0


def _remaining(name: str, what: str) -> str:
    prefix = name.partition("-ratelimit-")[0]
    if not what:
        return f"{prefix}-ratelimit-remaining"
    return f"{prefix}-ratelimit-{f'{what}-remaining' if name.endswith('reset') else f'remaining-{what}'}"


def _reset_seconds(text: str, now: datetime | None) -> float | None:
    """Read a duration (``6m0s``, ``20ms``, ``1.5``), an ISO date, or a point in Unix time (s or ms)."""
    number = _number(text)
    if number is not None and number < 1e9:
        return number
    if number is not None:
        return None if now is None else number / (1000 if number > 1e11 else 1) - now.timestamp()
    parts = _DURATION.findall(text)
    if parts and "".join(amount + unit for amount, unit in parts) == text.strip():
        return sum(float(amount) * _SECONDS[unit] for amount, unit in parts)
    return _until(_date(text), now)


def _until(moment: datetime | None, now: datetime | None) -> float | None:
    return None if moment is None or now is None else (moment - now).total_seconds()


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) else None


def _date(text: str | None) -> datetime | None:
    """Read a date as HTTP or ISO 8601 writes it; without a zone it is UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text or "")
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
