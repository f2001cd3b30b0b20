"""What processes take: memory, descriptors and threads, as /proc tells, and tasks, as they tell."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

PAGE = os.sysconf("SC_PAGE_SIZE")
SECONDS_BETWEEN_TASKS = 3.0

Kind = Literal["supervisor", "worker"]


@dataclass(frozen=True)
class Sample:
    """What one process took at one moment; memory is resident, in megabytes."""

    at: float
    megabytes: float
    descriptors: int
    threads: int


@dataclass
class Taken:
    """The samples of one process."""

    kind: Kind
    samples: list[Sample] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)

    def growth(self) -> float | None:
        """Give the live objects of its last count by those of the first; None if they were counted once."""
        return self.objects[-1] / self.objects[0] if len(self.objects) > 1 else None


@dataclass
class Meter:
    """Samples processes; they tell their tasks in files below `place`."""

    place: Path
    taken: dict[int, Taken] = field(default_factory=dict)
    _asked: float = 0.0

    def environment(self) -> dict[str, str]:
        """Give what lets a process tell its tasks."""
        self.place.mkdir(parents=True, exist_ok=True)
        paths = [str(Path(__file__).parent / "probe"), os.environ.get("PYTHONPATH", "")]
        return {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "SOAK_PROBE_DIR": str(self.place)}

    def look(self, supervisor: int) -> None:
        """Sample a supervisor and its workers."""
        now = time.monotonic()
        asks = now - self._asked > SECONDS_BETWEEN_TASKS
        self._asked = now if asks else self._asked
        kinds: list[tuple[int, Kind]] = [(supervisor, "supervisor")]
        kinds += [(child, "worker") for child in workers_of(supervisor)]
        for pid, kind in kinds:
            with suppress(OSError, ValueError, IndexError):  # it may end at any moment
                self._take(pid, kind, asks=asks)

    def _take(self, pid: int, kind: Kind, *, asks: bool) -> None:
        taken = self.taken.setdefault(pid, Taken(kind))
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - names are enough
        status = status_of(pid)
        taken.samples.append(Sample(time.monotonic(), resident, descriptors, int(status["Threads"])))
        told = self.place / str(pid)
        if told.exists():
            tasks, *objects = map(int, told.read_text().split())
            taken.tasks.append(tasks)
            taken.objects += objects
            told.unlink()
        if asks and int(status["SigCgt"], 16) >> (signal.SIGUSR1 - 1) & 1:
            os.kill(pid, signal.SIGUSR1)

    def count_objects(self, workers: list[int]) -> None:
        """Let workers collect their garbage, and count what lives; the next sample has it."""
        for pid in workers:
            os.kill(pid, signal.SIGUSR2)

    def most(self, kind: Kind, name: str) -> float:
        """Give the highest sample of any process of a kind."""
        return max(
            (getattr(item, name) for each in self._of(kind) for item in each.samples), default=float("nan")
        )

    def most_tasks(self, kind: Kind) -> float:
        """Give the most tasks that any process of a kind had."""
        return max((count for each in self._of(kind) for count in each.tasks), default=float("nan"))

    def growth(self) -> float | None:
        """Give the highest growth of any worker; None if objects were never counted twice."""
        return max((found for each in self._of("worker") if (found := each.growth())), default=None)

    def _of(self, kind: Kind) -> list[Taken]:
        return [each for each in self.taken.values() if each.kind == kind]


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: text.strip() for name, _, text in (line.partition(":") for line in lines)}


def workers_of(pid: int) -> list[int]:
    """Give the ids of a supervisor's children that are workers."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if is_worker(int(child))]
    return []


def is_worker(pid: int) -> bool:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return words[-2:-1] == [b"pare.cli.worker"]
    return False
