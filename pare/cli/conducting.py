"""Conduct a sweep: run it in its folder, show and write down how far it is, and hear signals."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Sequence
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
SECONDS_TO_TERMINATE = 4.0

COMPLETE, WITH_FAILURES, STOPPED = 0, 1, 3
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
    _scopes: list[anyio.CancelScope] = field(default_factory=list)
    _has_started: anyio.Event = field(init=False)

    async def conduct(self) -> int:
        """Run the sweep to its end, write the report, and give the exit code.

        Raises:
            PareError: something is refused before anything runs.
        """
        import anyio

        self._has_started = anyio.Event()
        async with _background(self._hear_signals), _background(self._tell):
            with anyio.CancelScope() as scope:
                self._scopes.append(scope)
                await self._play()
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
                    self._say("the terminal is gone; the sweep goes on")
                elif number == signal.SIGTERM:
                    self._cancel(TERMINATED, "terminating")
                elif self.ended_by is None:
                    self._drain()
                else:
                    self._cancel(INTERRUPTED, "cancelling")

    def _drain(self) -> None:
        self.ended_by = INTERRUPTED
        if self.run is None or not self.run.progress.doing():
            self._cancel(INTERRUPTED, "cancelling")
            return
        running = len(self.run.progress.doing())
        self.run.stop(DRAINED)
        self._say(f"{running} running scenarios finish, nothing new starts; Ctrl-C again cancels them")

    def _cancel(self, code: int, what: str) -> None:
        running = len(self.run.progress.doing()) if self.run else 0
        self.ended_by = code
        self._say(f"{what} {running} running scenarios; what was paid for is recorded")
        for scope in self._scopes:
            scope.cancel()

    def _say(self, text: str) -> None:
        self.console.print(text, style="yellow", markup=False)

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
        from pare.errors import PareError

        if self.run is not None:
            told = self.run.progress.as_plain()
            write_status(self.folder, {**told, "running": [], "exit_code": code})
        try:
            report = report_on(self.folder, self.sweep)
        except (OSError, PareError) as error:
            self._say(f"the report could not be written: {error}")
            return
        if self.run is not None and self.run.progress.done:
            from pare.reporting.sweep_render import print_report

            print_report(report, self.console)
        self._say_what_now(code)

    def _say_what_now(self, code: int) -> None:
        from pare.cli.progress import line_of

        told = self.run.progress.as_plain() if self.run else None
        if told is not None:
            self.console.print(line_of({**told, "running": []}), markup=False, soft_wrap=True)
        if self.end is not None and self.end.lost:
            self._say(f"{self.end.lost} results could not be written to the disk")
        if self.end is not None and self.end.stopped not in (None, DRAINED):
            self._say(f"stopped by: {self.end.stopped}")
        path = _short(self.folder)
        self.console.print(
            f"report: {path}/report.md · failures: pare report {path} --failures", markup=False
        )
        if code != COMPLETE:
            self.console.print(f"go on with: pare resume {path}", markup=False)


def _short(folder: RunFolder) -> str:
    return os.path.relpath(folder.path)


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
        told = {"PARE_RUN": str(folder.path), "PARE_EXIT_CODE": str(code)}
        subprocess.run(command, shell=True, check=False, env={**os.environ, **told})  # the user's own command


WORKER: Sequence[str] = ("-m", "pare.cli.worker")
