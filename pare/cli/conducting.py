"""Conduct a sweep: run it in its folder, show and write down how far it is, and hear signals."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import anyio
    from rich.console import Console

    from pare.multi_scenario_runner import SweepEnd, Workplace
    from pare.multi_scenario_runner.folder import RunFolder
    from pare.multi_scenario_runner.sweep_run import SweepRun
    from pare.sweep import Sweep

SECONDS_BETWEEN_STATUS = 2.0
SECONDS_TO_TERMINATE = 4.5
"""So long after SIGTERM it is over, whatever is still being written: there may be no more time."""

COMPLETE, WITH_FAILURES, REFUSED, STOPPED = 0, 1, 2, 3
INTERRUPTED, TERMINATED = 130, 143

DRAINED = "interrupted"


@dataclass
class Conductor:
    """Runs `sweep` in `folder`; `ended_by` is the exit code of a signal that ended it."""

    sweep: Sweep
    folder: RunFolder
    place: Workplace
    console: Console
    ended_by: int | None = None
    run: SweepRun | None = None
    end: SweepEnd | None = None
    _scope: anyio.CancelScope | None = None
    _has_started: anyio.Event = field(init=False)

    async def conduct(self) -> int:
        """Run the sweep to its end, write the report, and give the exit code.

        Raises:
            PareError: something is refused before anything runs.
        """
        import anyio

        from pare.executors.ungrouped import ungrouped

        self._has_started = anyio.Event()
        with ungrouped():
            async with _background(self._hear_signals):
                async with _background(self._tell):
                    with anyio.CancelScope() as self._scope:
                        await self._play()
                self._scope = None
                code = self._exit_code()
                await anyio.to_thread.run_sync(self._write_end, code)
        return code

    async def _play(self) -> None:
        from pare.multi_scenario_runner import MultiScenarioRunner

        runner = MultiScenarioRunner(self.place)
        self.end = await runner.run_async(self.sweep.config, self.sweep.jobs(), self._started)

    def _started(self, run: SweepRun) -> None:
        self.run = run
        self._has_started.set()

    def _exit_code(self) -> int:
        if self.ended_by is not None:
            return self.ended_by
        if self.end is not None and self.end.stopped:
            return STOPPED
        counts = self.run.progress.outcomes if self.run else {}
        return WITH_FAILURES if counts.get("infrastructure") or counts.get("defect") else COMPLETE

    # --- signals

    async def _hear_signals(self) -> None:
        import anyio

        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            async for number in signals:
                if number == signal.SIGHUP:
                    self._say(f"the terminal is gone; the sweep goes on: {self._counts()}")
                elif self._scope is None:
                    self._say("the sweep is over; its report is being written")
                elif number == signal.SIGTERM:
                    _end_at_last(TERMINATED)
                    self._cancel(TERMINATED, "terminated")
                elif self.ended_by is None:
                    self._drain()
                else:
                    self._cancel(INTERRUPTED, "interrupted again")

    def _drain(self) -> None:
        self.ended_by = INTERRUPTED
        if self.run is None or not self.run.under_way:
            self._cancel(INTERRUPTED, "interrupted")
            return
        self.run.stop(DRAINED)
        running, left = len(self.run.under_way), self._left()
        said = f"interrupted: {_runs(running)} under way will finish, {left:,} not begun will not start"
        self._say(f"{said}; Ctrl-C again cancels")
        self._say_how_to_go_on()

    def _cancel(self, code: int, what: str) -> None:
        running = len(self.run.under_way) if self.run else 0
        self.ended_by = code
        kept = "what they were answered is recorded" if running else "nothing was under way"
        self._say(f"{what}: {_runs(running)} under way cancelled, {self._left():,} not begun; {kept}")
        self._say_how_to_go_on()
        if self.run is not None:
            self.run.progress.state = "cancelled"
        if self._scope is not None:
            self._scope.cancel()

    def lose_reader(self) -> None:
        """Say on standard error that nobody reads standard output any more."""
        told = f"nobody reads the output any more; the sweep goes on: {self._counts()}"
        print(f"{told}\nlook at it with: pare status {_short(self.folder)}", file=sys.stderr, flush=True)

    def _counts(self) -> str:
        running = len(self.run.under_way) if self.run else 0
        return f"{_runs(running)} under way, {self._left():,} not begun"

    def _left(self) -> int:
        """Count the runs that were not begun; before it is known what the store has, all count."""
        if self.run is None or not self.run.progress.total:
            return len(self.sweep)
        progress = self.run.progress
        return max(0, progress.total - progress.done - len(self.run.under_way))

    def _is_complete(self) -> bool:
        return self.run is not None and self.run.progress.done == self.run.progress.total > 0

    def _say(self, text: str) -> None:
        self.console.print(text, style="yellow", markup=False, soft_wrap=True)

    def _say_how_to_go_on(self) -> None:
        self.console.print(f"go on with: pare resume {_short(self.folder)}", markup=False, soft_wrap=True)

    # --- telling

    async def _tell(self) -> None:
        import anyio

        from pare.cli.progress import show_progress

        await self._has_started.wait()
        assert self.run is not None
        async with anyio.create_task_group() as group:
            group.start_soon(show_progress, self.run.progress, self.console)
            while True:
                await anyio.to_thread.run_sync(write_status, self.folder, self.run.progress.as_plain())
                await anyio.sleep(SECONDS_BETWEEN_STATUS)

    def _write_end(self, code: int) -> None:
        """Write status and report; a disk that refuses is said, and changes nothing."""
        from pare.cli.publishing import publish
        from pare.errors import PareError

        if self.run is not None:
            told = self.run.progress.as_plain()
            write_status(self.folder, {**told, "running": [], "exit_code": code})
        try:
            report = report_on(self.folder, self.sweep)
            publish(self.folder, self.sweep)
            if self.run is not None and self.run.progress.done:
                from pare.reporting.summary import print_summary

                print_summary(report, self.console)
        except (OSError, PareError) as error:
            self._say(f"the report could not be written: {error}")
        self._say_what_now(code)

    def _say_what_now(self, code: int) -> None:
        from pare.cli.progress import line_of

        told = self.run.progress.as_plain() if self.run else None
        reason = self.end.stopped if self.end is not None and self.end.stopped != DRAINED else None
        if told is not None:
            state = "stopped" if reason else told["state"]
            line = line_of({**told, "running": [], "state": state})
            self.console.print(line, markup=False, soft_wrap=True)
        if self.run is not None and self.run.committer.lost:
            lost = self.run.committer
            self._say(f"{lost.lost:,} results could not be written to the disk: {lost.problem}")
        if reason is not None:
            self._say(f"stopped by: {reason}")
        path = _short(self.folder)
        self.console.print(f"full report: pare report {path}", markup=False, soft_wrap=True)
        if code == WITH_FAILURES or (code != COMPLETE and not self._is_complete()):
            self._say_how_to_go_on()


def _short(folder: RunFolder) -> str:
    return os.path.relpath(folder.path)


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


def _end_at_last(code: int) -> None:
    """End this process in a while, also when something that cannot be cancelled holds it up."""
    timer = threading.Timer(SECONDS_TO_TERMINATE, os._exit, [code])
    timer.daemon = True
    timer.start()


def report_on(folder: RunFolder, sweep: Sweep) -> Any:
    """Write the report of a folder, and give it."""
    from pare.reporting.sweep_files import write_report
    from pare.scenarios.result_row import read_rows

    broken: list[Any] = []
    rows = read_rows(folder.results, broken.append) if folder.results.exists() else ()
    names = [cell.name for cell in sweep.cells]
    share = sweep.config.max_infrastructure_share
    return write_report(folder.path, rows, names, max_infrastructure_share=share, broken=broken)


def write_status(folder: RunFolder, told: dict[str, Any]) -> None:
    """Write how far a sweep is, for ``pare status``; a disk that refuses costs the status only."""
    import orjson

    part = folder.path / ".status.json.part"
    try:
        part.write_bytes(orjson.dumps({**told, "pid": os.getpid()}, option=orjson.OPT_NON_STR_KEYS))
        part.replace(folder.path / "status.json")
    except OSError:
        return


@asynccontextmanager
async def _background(function: Any) -> AsyncIterator[None]:
    """Run an endless function beside the block, and end it with the block."""
    import anyio

    async with anyio.create_task_group() as group:
        group.start_soon(function)
        yield
        group.cancel_scope.cancel()


def run_afterwards(command: str | None, folder: RunFolder, code: int) -> None:
    """Run what the user wants to be run at the end; it is told the folder and the exit code."""
    import subprocess

    if command is not None:
        told = {"PARE_RUN": str(folder.path.absolute()), "PARE_EXIT_CODE": str(code)}
        subprocess.run(command, shell=True, check=False, env={**os.environ, **told})  # the user's own command
