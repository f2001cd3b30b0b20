"""What a sweep shows while it runs: a picture on a terminal, else a line every 30 seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from pare.multi_scenario_runner.progress import Progress

SECONDS_BETWEEN_LINES = 30.0
SECONDS_BETWEEN_PICTURES = 1.0

Told = dict[str, Any]
"""The progress of a sweep as plain JSON; see `Progress.as_plain`."""


async def show_progress(progress: Progress, console: Console) -> None:
    """Show how far a sweep is, until cancelled."""
    if console.is_terminal:
        await _show_live(progress, console)
    else:
        await _show_lines(progress, console)


async def _show_live(progress: Progress, console: Console) -> None:
    import anyio
    from rich.live import Live

    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            live.update(picture_of(progress.as_plain()), refresh=True)
            await anyio.sleep(SECONDS_BETWEEN_PICTURES)


async def _show_lines(progress: Progress, console: Console) -> None:
    import anyio

    while True:
        await anyio.sleep(SECONDS_BETWEEN_LINES)
        console.print(line_of(progress.as_plain()), markup=False, soft_wrap=True)


def line_of(told: Told) -> str:
    """Give the state of a sweep in one line."""
    return " · ".join(part for part in _parts(told) if part)


def _parts(told: Told) -> list[str]:
    outcomes = _outcomes(told)
    return [
        f"{told['done']:,} of {told['total']:,} done" + (f" ({outcomes})" if outcomes else ""),
        f"{told['cached']:,} from the store" if told["cached"] else "",
        f"{len(told['running']):,} running" if told["running"] else told["state"],
        f"{told['retries']:,} tried again" if told["retries"] else "",
        _rate(told),
        _tokens(told),
        _spending(told),
        *(_endpoint(name, state) for name, state in told["endpoints"].items()),
        f"about {_time(told['seconds_left'])} left" if told["seconds_left"] and told["running"] else "",
    ]


def _outcomes(told: Told) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(told["outcomes"].items()))


def _rate(told: Told) -> str:
    return f"{told['calls_per_second']:.1f} calls/s" if told["calls"] else ""


def _tokens(told: Told) -> str:
    tokens = told["prompt_tokens"] + told["completion_tokens"]
    return f"{tokens:,} tokens" if tokens else ""


def _spending(told: Told) -> str:
    limit = "" if told["max_cost"] is None else f" of {told['max_cost']:g}"
    return f"spent {told['spent']:.2f}{limit}" if told["spent"] or limit else ""


def _endpoint(name: str, state: dict[str, Any]) -> str:
    return "" if state["state"] == "up" else f"{name}: {state['state']} ({state['kind']})"


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def picture_of(told: Told) -> RenderableType:
    """Give the state of a sweep as a bar, counts, and what the runs wait for; it fits 80 columns."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    from pare.reporting.untrusted import safe

    bar = Table.grid(padding=(0, 2))
    done = f"{told['done']:,} of {told['total']:,}"
    left = f"about {_time(told['seconds_left'])} left" if told["seconds_left"] else ""
    bar.add_row(
        ProgressBar(total=max(told["total"], 1), completed=told["done"], width=40), Text(done), Text(left)
    )
    lines = Table.grid(padding=(0, 2))
    for name, text in _lines(told):
        lines.add_row(Text(safe(name), style="dim"), Text(safe(text), overflow="fold"))
    return Group(bar, lines)


def _lines(told: Told) -> Iterator[tuple[str, str]]:
    """Give what there is to say below the bar, each with its name."""
    if told["outcomes"]:
        yield "results", _outcomes(told) + (f"; {told['cached']:,} from the store" if told["cached"] else "")
    if told["running"]:
        yield "running", waiting(told)
    else:
        yield "state", told["state"]
    if told["retries"]:
        yield "again", f"{told['retries']:,} runs were tried again"
    if told["calls"]:
        yield "calls", " · ".join(filter(None, [_rate(told), _tokens(told), _spending(told)]))
    for name, state in told["endpoints"].items():
        if text := _endpoint(name, state):
            yield "trouble", text


def waiting(told: Told, most: int = 4) -> str:
    """Say what the runs under way do, the most frequent first."""
    from collections import Counter

    counts = Counter(str(item[3]) for item in told["running"])
    shown = counts.most_common(most)
    others = counts.total() - sum(count for _, count in shown)
    parts = [f"{count:,} × {what}" for what, count in [*shown, ("others", others)] if count]
    return ", ".join(parts)
