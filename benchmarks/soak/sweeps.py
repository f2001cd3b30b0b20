"""A sweep as a user starts it: a file, `pare run`, and `pare resume` when it was killed or has stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from benchmarks.soak.samples import Meter, workers_of

PARE = (sys.executable, "-m", "pare")
SECONDS_BETWEEN_SAMPLES = 1.0
MOST_STARTS = 60


@dataclass(frozen=True)
class Plan:
    """What is swept: scenarios, runs of each, how many are in flight, worker processes.

    A run that has worked for `run_seconds` is given up and tried again: so ends a call that hangs.
    """

    scenarios: list[str]
    runs: int
    in_flight: int
    workers: int
    run_seconds: float

    @property
    def total(self) -> int:
        return len(self.scenarios) * self.runs

    def text(self, url: str, key: Path) -> str:
        """Give the sweep file; JSON is YAML."""
        model = {"provider": "scripted", "model": "oracle", "endpoints": [url], "key": {"file": str(key)}}
        limits = {
            "max_concurrent_scenarios": self.in_flight,
            "workers": self.workers,
            "timeout_seconds": self.run_seconds,
        }
        return json.dumps({
            "name": "soak",
            "scenarios": {"ids": self.scenarios},
            "runs": self.runs,
            "models": {"good": model},
            "base": {"user": "good", "proactive": "good", "seed": 7},
            "limits": limits,
        })  # fmt: skip


@dataclass
class Sweep:
    """A sweep in a place of its own, with a store of its own, sampled while it runs."""

    place: Path
    plan: Plan
    url: str
    meter: Meter
    starts: int = 0
    codes: list[int] = field(default_factory=list)
    program: subprocess.Popen[str] = field(init=False)
    _console: TextIO = field(init=False)
    _sampled: float = 0.0

    def __post_init__(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        self._console = (self.meter.place.parent / f"{self.place.name}.log").open("a", encoding="utf-8")

    def __enter__(self) -> Sweep:
        self.key.write_text("first")
        (self.place / "soak.yaml").write_text(self.plan.text(self.url, self.key))
        self._start("run", "soak.yaml")
        return self

    def __exit__(self, *_: object) -> None:
        for pid in [self.program.pid, *self.leftover()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGKILL)
        self.program.wait()
        self._console.close()

    @property
    def key(self) -> Path:
        return self.place / "key"

    @property
    def store(self) -> Path:
        return self.place / "store"

    @property
    def folder(self) -> Path | None:
        """The run folder, when there is one that can be resumed."""
        return next((path.parent for path in sorted(self.place.glob("runs/*/sweep.json"))), None)

    def _start(self, *arguments: object) -> None:
        known = {name: value for name, value in os.environ.items() if not name.startswith("PARE_")}
        own = {"PARE_CACHE_DIR": str(self.store), "COLUMNS": "100", "NO_COLOR": "1"}
        self.starts += 1
        self._console.write(f"--- {' '.join(map(str, arguments))}\n")
        self._console.flush()
        self.program = subprocess.Popen(
            [*PARE, *map(str, arguments)],
            cwd=self.place,
            env={**known, **own, **self.meter.environment()},
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
            start_new_session=True,
            encoding="utf-8",
        )

    def resume(self) -> None:
        """Go on, as a user does: at once."""
        self.program.wait()
        if self.folder is None:
            self._start("run", "soak.yaml")
        else:
            self._start("resume", self.folder)

    def kill(self) -> None:
        """Kill the supervisor; its workers end by themselves."""
        self.program.kill()
        self.program.wait()

    @property
    def is_complete(self) -> bool:
        """Whether it ended, with nothing left."""
        return self.program.poll() == 0

    def workers(self) -> list[int]:
        return workers_of(self.program.pid)

    def leftover(self) -> list[int]:
        """Find processes of this sweep, whoever's children they have become."""
        mark, found = f"PARE_CACHE_DIR={self.store}".encode(), []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def status(self) -> dict[str, Any]:
        """Read how far it is; empty before it has begun."""
        with suppress(OSError, ValueError, TypeError):
            return dict(json.loads((self.folder / "status.json").read_bytes()))  # type: ignore[operator]
        return {}

    def share(self) -> float:
        """Say how much of it is done."""
        return float(self.status().get("done", 0)) / self.plan.total

    # --- time goes on

    def tick(self, *, goes_on: bool = True) -> None:
        """Let a moment pass; who has ended by itself is resumed if it `goes_on`."""
        time.sleep(0.1)
        now = time.monotonic()
        if now - self._sampled >= SECONDS_BETWEEN_SAMPLES:
            self._sampled = now
            self.meter.look(self.program.pid)
        code = self.program.poll()
        if code not in (None, 0) and goes_on:
            self.codes.append(code)
            if self.starts > MOST_STARTS:
                raise TimeoutError(f"not complete after {self.starts} starts: exit codes {self.codes}")
            self.resume()

    def wait(self, seconds: float, *, goes_on: bool = True) -> None:
        """Let time pass."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tick(goes_on=goes_on)

    def until(self, is_so: Callable[[], bool], seconds: float, *, goes_on: bool = True) -> bool:
        """Wait until something is so, or the sweep is complete; say whether it came to be."""
        end = time.monotonic() + seconds
        while not is_so():
            if self.is_complete or time.monotonic() > end:
                return False
            self.tick(goes_on=goes_on)
        return True
