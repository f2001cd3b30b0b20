"""What a sweep shows while it runs: every line fits the terminal, and says what it is about."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from pare.cli.progress import line_of, picture_of, waiting
from pare.cli.terminal import Unbreakable

URL = "http://127.0.0.1:8000/v1"

TOLD: dict[str, Any] = {
    "state": "running",
    "total": 10_000,
    "done": 1_234,
    "cached": 1_000,
    "retries": 3,
    "outcomes": {"success": 1_200, "failure": 30, "infrastructure": 4},
    "running": [["a", 1, "base", f"a reply from good at {URL}"]] * 9 + [["b", 1, "base", "a turn at good"]],
    "calls": 4_000,
    "prompt_tokens": 1_000_000,
    "completion_tokens": 234_567,
    "spent": 1.5,
    "max_cost": 40.0,
    "calls_per_second": 12.34,
    "seconds_left": 3_725.0,
    "endpoints": {f"good at {URL}": {"state": "down", "kind": "overload", "message": "away"}},
}


def drawn(told: dict[str, Any], width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=False, color_system=None)
    console.print(picture_of(told))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_the_picture_tells_results_runs_calls_and_trouble_in_lines_of_their_own() -> None:
    bar, *lines = drawn(TOLD, 80)
    assert bar.endswith("  1,234 of 10,000  about 1:02:05 left")
    assert lines == [
        "results  30 failure, 4 infrastructure, 1,200 success; 1,000 from the store",
        f"running  9 × a reply from good at {URL}, 1 × a turn at good",
        "again    3 runs were tried again",
        "calls    12.3 calls/s · 1,234,567 tokens · spent 1.50 of 40",
        f"trouble  good at {URL}: down (overload)",
    ]


@pytest.mark.parametrize("width", [40, 80, 140])
def test_the_picture_fits_the_terminal(width: int) -> None:
    assert max(map(len, drawn(TOLD, width))) <= width


def test_the_picture_of_a_beginning_says_what_is_done_now() -> None:
    quiet = dict.fromkeys(("done", "cached", "retries", "calls", "prompt_tokens", "completion_tokens"), 0)
    empty: dict[str, Any] = {"outcomes": {}, "running": [], "endpoints": {}, "seconds_left": None}
    told = TOLD | quiet | empty | {"state": "hashing scenarios"}
    assert drawn(told, 80)[1:] == ["state  hashing scenarios"]


def test_a_line_says_the_same_as_the_picture() -> None:
    assert line_of(TOLD) == (
        "1,234 of 10,000 done (30 failure, 4 infrastructure, 1,200 success) · 1,000 from the store"
        " · 10 running · 3 tried again · 12.3 calls/s · 1,234,567 tokens · spent 1.50 of 40"
        f" · good at {URL}: down (overload) · about 1:02:05 left"
    )


def test_what_few_runs_wait_for_is_not_told_one_by_one() -> None:
    running = [["a", 1, "base", f"{what}"] for what in "aaabbcdefg"]
    assert waiting({"running": running}) == "3 × a, 2 × b, 1 × c, 1 × d, 3 × others"


def test_a_stream_that_breaks_goes_quiet_and_says_so_once() -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    said: list[str] = []
    stream = Unbreakable(Broken())
    stream.on_break = lambda: said.append("broken")
    assert (stream.write("one"), stream.write("two"), said) == (3, 3, ["broken"])
    stream.flush()


def test_a_stream_that_knows_few_characters_gets_escapes() -> None:
    raw = io.BytesIO()
    stream = Unbreakable(io.TextIOWrapper(raw, encoding="ascii"))
    stream.write("5 × a")
    stream.flush()
    assert raw.getvalue() == b"5 \\xd7 a"
