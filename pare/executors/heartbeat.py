"""Tell the supervisor that this worker lives, and if its loop hangs, in whose step.

The heart is a thread: it beats on while a scenario keeps the loop busy, and says which one that is.
"""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType
from typing import Self

import anyio

from pare.executors.job_runner import JobRunner
from pare.executors.wire import Outgoing
from pare.scenarios.scenario import Scenario

BEAT_SECONDS = 0.5

GRACE_SECONDS = 3.0
"""So long after its supervisor has gone may a worker take to end."""


class Heartbeat:
    """Beats within a ``with`` block; `tick` is to run on the loop that is watched."""

    def __init__(self, out: Outgoing, runner: JobRunner, seconds: float = BEAT_SECONDS) -> None:
        self._out = out
        self._runner = runner
        self._seconds = seconds
        self._loop_thread = threading.get_ident()
        self._ticks = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(self._seconds)

    async def tick(self) -> None:
        """Show that the loop turns."""
        while True:
            self._ticks += 1
            await anyio.sleep(self._seconds / 2)

    def _beat_on(self) -> None:
        seen = -1
        while not self._end.wait(self._seconds):
            is_stuck, seen = seen == self._ticks, self._ticks
            try:
                self._out.send({"kind": "beat", "ticks": seen, **self._state(is_stuck=is_stuck)})
            except OSError:  # the supervisor is gone, which a loop that turns notices by itself
                if not self._end.wait(GRACE_SECONDS):
                    os._exit(1)
                return

    def _state(self, *, is_stuck: bool) -> dict[str, object]:
        if is_stuck:
            try:
                return {"step": self._step()}
            except Exception:  # noqa: BLE001 - whatever the objects of a scenario do when they are looked at
                return {"step": None}
        try:
            return {"doing": self._runner.all_doing()}
        except RuntimeError:  # it changed meanwhile
            return {}

    def _step(self) -> list[str] | None:
        """Name the scenario whose code the loop is in, and the place."""
        frame: FrameType | None = sys._current_frames().get(self._loop_thread)
        place = f"{frame.f_code.co_qualname}, {frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""
        while frame is not None:
            owner = frame.f_locals.get("self")
            scenario = owner if isinstance(owner, Scenario) else getattr(owner, "scenario", None)
            if isinstance(scenario, Scenario):
                return [scenario.scenario_id, place]
            if isinstance(found := frame.f_locals.get("scenario_id"), str):
                return [found, place]
            frame = frame.f_back
        return None
