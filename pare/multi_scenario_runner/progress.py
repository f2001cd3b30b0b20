"""How far a sweep is: counted as rows come in, and given as a plain value to whoever shows it."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pare.scenarios.result_row import ResultRow

WINDOW_SECONDS = 60.0


@dataclass
class Progress:
    """Counts of a sweep. `doing` gives what each run that is under way does now; rates go by `clock`."""

    total: int = 0
    cached: int = 0
    retries: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    replayed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    spent: float = 0.0
    max_cost: float | None = None
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    doing: Callable[[], list[list[Any]]] = list
    state: str = "starting"
    began: float = field(default_factory=time.time)
    clock: Callable[[], float] = time.monotonic
    _recent: deque[tuple[float, int]] = field(default_factory=deque)

    @property
    def done(self) -> int:
        """How many runs have a result."""
        return sum(self.outcomes.values())

    def add(self, row: ResultRow) -> None:
        """Count a result."""
        self.outcomes[row.outcome] += 1
        self.cached += row.cached
        if not row.cached:
            self._recent.append((self.clock(), self.add_effort(row)))

    def add_effort(self, row: ResultRow) -> int:
        """Count what a run has used, be it tried again; give its calls."""
        calls = 0
        for role, used in row.usage.items():
            replayed = int((row.wall_effort.get(role) or {}).get("replayed_calls", 0))
            calls += used.calls - replayed
            self.replayed += replayed
            self.prompt_tokens += used.prompt_tokens
            self.completion_tokens += used.completion_tokens
            self.spent += (used.cost or 0.0) * ((used.calls - replayed) / used.calls if used.calls else 0.0)
        self.calls += calls
        return calls

    @property
    def rates(self) -> tuple[float, float]:
        """Runs and calls per second, lately."""
        now = self.clock()
        while self._recent and self._recent[0][0] < now - WINDOW_SECONDS:
            self._recent.popleft()
        if not self._recent:
            return 0.0, 0.0
        seconds = max(now - self._recent[0][0], 1.0)
        return len(self._recent) / seconds, sum(calls for _, calls in self._recent) / seconds

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at the present rate; None where that is not known."""
        runs, _ = self.rates
        return (self.total - self.done) / runs if runs else None

    def as_plain(self) -> dict[str, Any]:
        """Give all as plain JSON, for the status file."""
        runs, calls = self.rates
        return {
            "state": self.state,
            "total": self.total,
            "done": self.done,
            "cached": self.cached,
            "retries": self.retries,
            "outcomes": dict(self.outcomes),
            "running": self.doing(),
            "calls": self.calls,
            "replayed_calls": self.replayed,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "spent": self.spent,
            "max_cost": self.max_cost,
            "runs_per_second": runs,
            "calls_per_second": calls,
            "seconds_left": self.seconds_left,
            "endpoints": self.endpoints,
            "began": self.began,
            "written": time.time(),
        }
