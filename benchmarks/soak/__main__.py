"""Soak: sweep once in peace and once in a bad night, compare, and print a table.

The exit code is 1 if a claim does not hold.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

from benchmarks.figures import machine
from benchmarks.soak.audit import Claim, audit, lasted
from benchmarks.soak.disk import Disk, enter_namespace
from benchmarks.soak.endpoint import Books, Desk, Manners
from benchmarks.soak.samples import Meter
from benchmarks.soak.sweeps import Plan, Sweep
from benchmarks.soak.troubles import FULL, SMALL, Night, Trouble, befall
from pare.scenarios.overview import oracle_length
from pare.scenarios.utils.registry import registry

TROUBLES = {"full": FULL, "small": SMALL}
SEED = 20_250_106
LONGEST_HOURS = 2
COUNTED_AT = (0.4, 0.8)
DISK_BESIDES, MEGABYTES_BESIDES = 1_536, 4_096
"""MiB of the disk beside half of one for each run, and of memory for all that runs."""
FULL_FROM = 1_000
"""From so many runs on the troubles have their full lengths."""


def shortest(count: int) -> list[str]:
    """Give the bundled scenarios with the shortest solutions."""
    ids = registry.get_all_scenarios()
    return sorted(ids, key=lambda name: (oracle_length(registry.create(name)) or 0, name))[:count]


def memory_megabytes() -> int:
    """Give how many MiB of memory can be had."""
    lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("MemAvailable:"))


def plan_of(runs: int, in_flight: int, workers: int, scenarios: int) -> Plan:
    names = shortest(min(scenarios, runs))
    return Plan(names, -(-runs // len(names)), in_flight, workers, 240 if runs >= FULL_FROM else 20)


def calm_sweep(place: Path, plan: Plan, manners: Manners) -> tuple[Sweep, Books]:
    """Sweep without any trouble."""
    with Desk(manners, SEED) as desk, Sweep(place, plan, desk.url, Meter(place.parent / "probe")) as sweep:
        for share in COUNTED_AT:
            if sweep.until(lambda: sweep.share() >= share, LONGEST_HOURS * 3600):  # noqa: B023
                sweep.meter.count_objects(sweep.workers())
        sweep.until(lambda: False, LONGEST_HOURS * 3600)
        return sweep, desk.books()


@contextmanager
def bad_night(place: Path, plan: Plan, manners: Manners, size: int) -> Iterator[Night]:
    disk = Disk(place, size)
    with Desk(manners, SEED) as desk, Sweep(place, plan, desk.url, Meter(place.parent / "probe")) as sweep:
        disk.processes = sweep.leftover
        yield Night(sweep, desk, disk, random.Random(SEED))


def soak(plan: Plan, manners: Manners, place: Path, troubles: tuple[Trouble, ...]) -> bool:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}")
    print(f"{plan.total:,} runs of {len(plan.scenarios)} scenarios, {plan.in_flight:,} in flight in "
          f"{plan.workers} worker processes; seed {SEED}")  # fmt: skip
    began = time.monotonic()
    calm, calm_books = calm_sweep(place / "calm", plan, manners)
    calm_seconds = time.monotonic() - began
    calls = calm_books.answered.total()
    print(f"calm sweep: {calls:,} calls in {calm_seconds:.0f} s, "
          f"at most {calm_books.most_in_flight:,} in flight", flush=True)  # fmt: skip
    with bad_night(place / "night", plan, manners, DISK_BESIDES + plan.total // 2) as night:
        print(f"bad night, on {night.disk}:", flush=True)
        came = befall(night, troubles, calls)
        night.sweep.until(lambda: False, LONGEST_HOURS * 3600)
        books, used = night.desk.books(), night.disk.used_megabytes()
        night_seconds, wall = night.seconds(), list(lasted(night, calm_seconds))
        claims = wall + list(audit(calm, night, books, (came, len(troubles))))
    print(f"bad night: {books.answered.total():,} calls in {night_seconds:.0f} s, "
          f"at most {books.most_in_flight:,} in flight; {night.sweep.starts} starts, "
          f"exit codes {night.sweep.codes}; {used:,.0f} MiB on its disk")  # fmt: skip
    refused = ", ".join(f"{count:,} {why}" for why, count in sorted(books.refused.items()))
    print(f"the endpoint refused or broke: {refused}; {books.abandoned.total():,} callers gone\n")
    print_claims(claims)
    return all(claim.holds for claim in claims)


def print_claims(claims: list[Claim]) -> None:
    rows = [("claim", "figure", "bound", "")]
    for claim in claims:
        bound = f"{'=' if claim.is_exact else '≤'} {written(claim.bound)} {claim.unit}".strip()
        rows.append((claim.what, written(claim.figure), bound, "ok" if claim.holds else "MISSED"))
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    for what, figure, bound, verdict in rows:
        print(f"{what:{widths[0]}}  {figure:>{widths[1]}}  {bound:{widths[2]}}  {verdict}".rstrip())


def written(value: float | None) -> str:
    if value is None or isnan(value):
        return "never"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], prog="python -m benchmarks.soak")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scenarios", type=int, default=25, help="so many of the bundled ones, the shortest")
    parser.add_argument("--troubles", choices=["full", "small"], help="default: full from 1,000 runs on")
    parser.add_argument("--latency", type=float, help="seconds; 1, or 0.6 for fewer than 1,000 runs")
    parser.add_argument("--keep", type=Path, help="work there, and leave everything behind")
    options = parser.parse_args()
    size = DISK_BESIDES + options.runs // 2
    if (there := memory_megabytes()) < size + MEGABYTES_BESIDES:
        sys.exit(
            f"a disk of {size:,} MiB is filled in memory here, and {there:,} MiB are free: take fewer --runs"
        )
    enter_namespace()
    is_full = options.runs >= FULL_FROM
    latency = options.latency if options.latency is not None else 1.0 if is_full else 0.6
    plan = plan_of(options.runs, options.in_flight, options.workers, options.scenarios if is_full else 10)
    place = options.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    place.mkdir(parents=True, exist_ok=True)
    try:
        holds = soak(
            plan, Manners(latency), place, TROUBLES[options.troubles or ("full" if is_full else "small")]
        )
    finally:
        if options.keep is None:
            shutil.rmtree(place, ignore_errors=True)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
