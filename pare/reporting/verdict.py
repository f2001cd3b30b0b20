"""What a run came to, as labelled lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pare.reporting.untrusted import elapsed, text_in, text_of
from pare.reporting.wording import STYLES

Row = tuple[str, str, str]
"""Label, text, and style."""

_COUNTS = {
    "number_of_turns": "turns",
    "proposal_count": "proposals",
    "acceptance_count": "accepted",
    "read_only_actions": "reads",
    "write_actions": "writes",
    "user_format_errors": "malformed",
    "user_invalid_taps": "invalid taps",
}
_TOLD = {
    *("outcome", "success", "strict_success", "end_reason", "end_role", "end_message", "rationale", "error"),
    *("error_kind", "usage", "events_unfired", "simulated_seconds", "wall_seconds", "wall_effort", *_COUNTS),
}


def verdict_rows(data: Mapping[str, Any]) -> Iterator[Row]:
    """Give the lines of a result; a field that is not known is told at the end."""
    outcome = text_of(data, "outcome") or "unknown"
    style = next((style for kind, style in STYLES.items() if kind == outcome), "bold")
    yield "outcome", outcome, style
    for label, tell in _LINES.items():
        if text := tell(data):
            yield label, text, "red" if label == "error" else "default"
    for name, value in data.items():
        if name not in _TOLD and value not in (None, "", 0, False, [], {}):
            yield str(name).replace("_", " "), text_in(value), "default"


def _verdicts(data: Mapping[str, Any]) -> str:
    """Tell both verdicts where they differ: a failed call made the difference."""
    published, strict = data.get("success"), data.get("strict_success")
    if strict is None or strict == published:
        return ""
    return f"published {_word(published)}, strict (failed calls hidden) {_word(strict)}"


def _word(verdict: Any) -> str:
    return {True: "success", False: "failure"}.get(verdict, "none") if isinstance(verdict, bool) else "none"


def _end(data: Mapping[str, Any]) -> str:
    reason = text_of(data, "end_reason").replace("_", " ")
    role, message = text_of(data, "end_role"), text_of(data, "end_message")
    said = f"{reason}, by the model of {role}" if role else reason
    return f"{said}: {message}" if message else said


def _error(data: Mapping[str, Any]) -> str:
    error = data.get("error")
    if not isinstance(error, Mapping):
        return text_in(error)
    place = error.get("place")
    lines = [text_in(line) for line in place] if isinstance(place, list) else []
    kind = text_of(data, "error_kind")
    head = f"{text_of(error, 'type')}{f' ({kind})' if kind else ''}: {text_of(error, 'message')}"
    return "\n".join([head, *(f"  at {line}" for line in lines[-4:])])


def _counts(data: Mapping[str, Any]) -> str:
    counted = {label: data.get(name) for name, label in _COUNTS.items()}
    return " · ".join(f"{label} {text_in(count)}" for label, count in counted.items() if count is not None)


def _usage(data: Mapping[str, Any]) -> str:
    usage = data.get("usage")
    if not isinstance(usage, Mapping):
        return text_in(usage)
    return " · ".join(f"{role}: {_numbers(numbers)}" for role, numbers in usage.items())


def _numbers(numbers: Any) -> str:
    if not isinstance(numbers, Mapping):
        return text_in(numbers)
    return ", ".join(
        f"{_grouped(value)} {name.replace('_', ' ')}" for name, value in numbers.items() if value
    )


def _grouped(value: Any) -> str:
    return f"{value:,}" if type(value) is int else text_in(value)


def _times(data: Mapping[str, Any]) -> str:
    simulated, wall = data.get("simulated_seconds"), data.get("wall_seconds")
    told = [f"simulated {elapsed(simulated)}"] if isinstance(simulated, (int, float)) else []
    return " · ".join(told + ([f"wall {wall:.3g} s"] if isinstance(wall, (int, float)) else []))


def _unfired(data: Mapping[str, Any]) -> str:
    events = data.get("events_unfired")
    return ", ".join(map(text_in, events)) if isinstance(events, list) else text_in(events)


_LINES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "verdicts": _verdicts,
    "why": lambda data: text_of(data, "rationale"),
    "error": _error,
    "ended": _end,
    "counts": _counts,
    "model calls": _usage,
    "never came": _unfired,
    "time": _times,
}
