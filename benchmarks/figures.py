"""What a benchmark found: figures with their marks and peers, as a table and as JSON.

Each benchmark prints its own report and, with `--json FILE`, writes its figures there; `run_all.py` makes one
table of them.
"""

import argparse
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

LOOPS = 2_000_000


@dataclass(frozen=True)
class Figure:
    """One figure. `mark` is what it is held to, `peer` what was measured beside it, in the same unit.

    Less is better, unless `more_is_better`. A figure without a mark is there to be read; one without a
    value could not be measured, and `note` says why.
    """

    what: str
    value: float | None
    unit: str
    mark: float | None = None
    more_is_better: bool = False
    peer: str | None = None
    peer_value: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the mark is met; None without a mark or a value."""
        if self.mark is None or self.value is None:
            return None
        return self.value >= self.mark if self.more_is_better else self.value <= self.mark

    @property
    def ratio(self) -> float | None:
        """How many times better this is than the peer."""
        if not self.value or not self.peer_value:
            return None
        return self.value / self.peer_value if self.more_is_better else self.peer_value / self.value

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met, "ratio": self.ratio}

    def mark_text(self) -> str:
        if self.mark is None:
            return ""
        return f"{'at least' if self.more_is_better else 'at most'} {number(self.mark)} {self.unit}".strip()

    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]


def figure_of(found: dict[str, Any]) -> Figure:
    """Read a figure back from its JSON."""
    return Figure(**{name: value for name, value in found.items() if name not in ("met", "ratio")})


def number(value: float | None) -> str:
    """Write a number with three digits that count, and thousands apart."""
    if value is None:
        return "-"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}"


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Give a benchmark the option `--json`."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")


def report(name: str, figures: Iterable[Figure], file: Path | None) -> None:
    """Print what is held to a mark, and write all figures into a file if there is one."""
    figures = list(figures)
    for figure in figures:
        if figure.met is not None:
            value = f"{number(figure.value)} {figure.unit}"
            print(f"mark: {figure.what}, {figure.mark_text()}: {value}: {figure.verdict()}")
    if file is not None:
        found = {"name": name, "figures": [figure.as_json() for figure in figures]}
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


def speed() -> float:
    """Give the milliseconds of CPU of a loop in pure Python: what else the machine does shows in it."""

    def once() -> float:
        total, started = 0, process_time()
        for value in range(LOOPS):
            total += value & 7
        assert total
        return (process_time() - started) * 1000

    return median(once() for _ in range(3))


def machine() -> str:
    """Say what this machine is."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()}"


def processor() -> str:
    """Give the name of the processor."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
