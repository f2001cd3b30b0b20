"""The troubles of a night, one after the other, at moments that are drawn from its seed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from benchmarks.soak.disk import Disk, FillLevel
from benchmarks.soak.endpoint import Desk
from benchmarks.soak.sweeps import Sweep

SECONDS_BEFORE = 10
"""Over so many seconds before a trouble the throughput is taken, and over so many it is back."""
SECONDS_BACK = 2
LONGEST_RECOVERY = 180.0
STOPPED_BY_LIMIT = 3


@dataclass(frozen=True)
class Told:
    """What happened: when, for how long, and what came of it."""

    at: float
    what: str
    seconds: float = 0.0
    came: str = ""


@dataclass(frozen=True)
class Recovery:
    """How long after the end of a trouble half of the throughput was back; None if it never was."""

    what: str
    seconds: float | None


@dataclass
class Night:
    """A sweep, and all that befalls it; `at_risk` counts the calls in flight whenever something died."""

    sweep: Sweep
    desk: Desk
    disk: Disk
    rng: random.Random
    began: float = field(default_factory=time.monotonic)
    told: list[Told] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    at_risk: dict[str, int] = field(default_factory=dict)
    keys: int = 0

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def tell(self, what: str, since: float, came: str = "") -> None:
        told = Told(since - self.began, what, time.monotonic() - since, came)
        self.told.append(told)
        print(f"  {told.at:6.0f} s  {what}: {came or f'{told.seconds:.0f} s'}", flush=True)

    def risk(self, what: str, calls: int) -> None:
        self.at_risk[what] = self.at_risk.get(what, 0) + calls

    # --- how fast it goes

    def rate(self) -> float:
        """Give the calls that were answered a second, lately."""
        now, counts = int(time.monotonic()), self.desk.by_second()
        return sum(counts[now - second] for second in range(1, SECONDS_BEFORE + 1)) / SECONDS_BEFORE

    def recover(self, what: str, before: float) -> None:
        """Wait until half of the throughput is back, and note how long that took."""
        since = time.monotonic()
        found: list[float] = []

        def is_back() -> bool:
            counts = self.desk.by_second()
            for second in range(int(since) + 1, int(time.monotonic()) - SECONDS_BACK + 1):
                if sum(counts[second + more] for more in range(SECONDS_BACK)) >= SECONDS_BACK * before / 2:
                    found.append(max(0.0, second - since))
                    return True
            return False

        self.sweep.until(is_back, LONGEST_RECOVERY)
        self.recoveries.append(Recovery(what, found[0] if found else None))

    @contextmanager
    def lasting(self, what: str) -> Iterator[None]:
        """Tell of a trouble that lasts, and see the sweep recover from it."""
        before, since = self.rate(), time.monotonic()
        yield
        self.tell(what, since)
        self.recover(what, before)


Trouble = Callable[[Night], None]


# --- the endpoint ---------------------------------------------------------------------------------------


def limited(seconds: float) -> Trouble:
    def trouble(night: Night) -> None:
        with night.lasting("endpoint limits its rate to a third (429, Retry-After)"):
            night.desk.behave(per_second=max(1.0, night.rate() / 3))
            night.sweep.wait(seconds)
            night.desk.behave()

    return trouble


def failing(seconds: float, hangs: float) -> Trouble:
    def trouble(night: Night) -> None:
        with night.lasting("endpoint fails (500, resets, truncated bodies, calls that hang)"):
            night.desk.behave(errors=0.1, resets=0.05, truncated=0.05, hangs=hangs)
            night.sweep.wait(seconds)
            night.desk.behave()

    return trouble


def away(seconds: float) -> Trouble:
    def trouble(night: Night) -> None:
        with night.lasting("endpoint is away (its socket closed)"):
            night.desk.go_away()
            night.sweep.wait(seconds)
            night.desk.come_back()

    return trouble


def another_key(seconds: float) -> Trouble:
    """Change the key; the user's file follows so many seconds later."""

    def trouble(night: Night) -> None:
        night.keys += 1
        late = f", the file {seconds:.0f} s later" if seconds else " and in the file"
        with night.lasting(f"key changes at the endpoint{late}"):
            if not seconds:
                night.sweep.key.write_text(f"key-{night.keys}")
            night.desk.require(f"key-{night.keys}")
            night.sweep.wait(seconds)
            night.sweep.key.write_text(f"key-{night.keys}")

    return trouble


# --- processes ------------------------------------------------------------------------------------------


def kill_sweep(night: Night) -> None:
    """Kill the supervisor, and resume at once."""
    before, since = night.rate(), time.monotonic()
    calls = night.desk.in_flight()
    night.sweep.kill()
    calls = max(calls, night.desk.in_flight())
    night.risk("kills", calls)
    night.sweep.resume()
    night.tell("sweep killed (SIGKILL), resumed", since, f"{calls} calls in flight")
    night.recover("sweep killed", before)


def kill_early(night: Night) -> None:
    """Kill the supervisor, and once more when it has hardly begun again."""
    calls = night.desk.in_flight()
    night.sweep.kill()
    night.sweep.resume()
    seconds = night.rng.uniform(0.2, 3)
    time.sleep(seconds)
    night.sweep.kill()
    night.risk("kills", calls)
    night.tell("sweep killed, resumed", time.monotonic(), f"{calls} calls in flight")
    night.tell("... and killed again", time.monotonic(), f"{seconds:.1f} s after its start, resumed")
    night.sweep.resume()


def kill_worker(night: Night) -> None:
    """Kill one worker; the supervisor starts another."""
    if not night.sweep.until(lambda: bool(night.sweep.workers()), 60):
        return
    before, since = night.rate(), time.monotonic()
    calls = night.desk.in_flight()
    with suppress(ProcessLookupError):
        os.kill(night.rng.choice(night.sweep.workers()), signal.SIGKILL)
    calls = max(calls, night.desk.in_flight())
    night.risk("kills", calls)
    night.tell("worker killed (SIGKILL)", since, f"{calls} calls in flight of all workers")
    night.recover("worker killed", before)


def suspended(seconds: float) -> Trouble:
    def trouble(night: Night) -> None:
        with night.lasting("sweep and workers suspended (SIGSTOP)"):
            stopped = [night.sweep.program.pid, *night.sweep.workers()]
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            night.sweep.wait(seconds)
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    return trouble


# --- the disk -------------------------------------------------------------------------------------------


def disk_fills(level: FillLevel, seconds: float) -> Trouble:
    """Fill the disk; the sweep is to stop by itself, and goes on when there is room again."""
    what = {"low": "disk has less than 1 GiB left", "full": "disk is full to the last byte"}[level]

    def trouble(night: Night) -> None:
        before, since, sweep = night.rate(), time.monotonic(), night.sweep
        night.disk.fill(level)
        if level == "full":
            night.risk("full disk", sweep.plan.in_flight)
        sweep.until(lambda: sweep.program.poll() is not None, seconds, goes_on=False)
        code = sweep.program.poll()
        night.disk.free()
        night.tell(what, since, f"exit code {code}, resumed" if code else "it never stopped")
        if code == STOPPED_BY_LIMIT:
            sweep.resume()
        night.recover(what, before)

    return trouble


# --- all of it ------------------------------------------------------------------------------------------


FULL: tuple[Trouble, ...] = (
    limited(20),
    kill_worker,
    failing(30, 0.003),
    kill_sweep,
    away(45),
    kill_worker,
    kill_worker,
    disk_fills("low", 400),
    suspended(60),
    another_key(0),
    kill_early,
    away(20),
    disk_fills("full", 400),
    another_key(20),
    kill_worker,
    kill_sweep,
)

SMALL: tuple[Trouble, ...] = (
    limited(2),
    kill_worker,
    failing(2, 0.01),
    away(2),
    kill_sweep,
    disk_fills("low", 60),
    suspended(2),
    another_key(0),
    disk_fills("full", 60),
)

FIRST, LAST = 0.06, 0.8
"""Between these shares of the sweep its troubles begin."""


def befall(night: Night, troubles: Iterable[Trouble], calls: int) -> int:
    """Let troubles befall a sweep of so many calls; say how many there was time for."""
    chosen = list(troubles)
    step = (LAST - FIRST) / len(chosen)
    moments = [FIRST + step * (place + night.rng.uniform(-0.3, 0.3)) for place in range(len(chosen))]
    for number, (moment, trouble) in enumerate(zip(moments, chosen, strict=True)):
        is_time = night.sweep.until(lambda: night.desk.answered() >= calls * moment, 3600)  # noqa: B023
        if not is_time or night.sweep.is_complete:
            return number
        trouble(night)
    return len(chosen)
