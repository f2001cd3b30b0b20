"""What a run leaves on the disk: its trace, and the exports that were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pare.agents.seat import Record
from pare.kernel.environment import Environment
from pare.scenario_runner.table import run_label
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import PAREScenarioValidationResult
from pare.tools.toolbox import NoiseHook
from pare.traces import LiveTrace, TraceRecorder, run_name, write_trace
from pare.traces.export import FinishedRun, export_trace
from pare.traces.summary import header_data, result_data


class Recording:
    """Records a run if the configuration names a directory for it, and costs nothing otherwise.

    Who wants to follow a run finds its lines beside the trace to be, turn by turn. An oracle run is
    recorded afterwards, from its log, and only if it did not succeed or is exported.
    """

    def __init__(self, config: ScenarioRunnerConfig, scenario: Scenario, environment: Environment) -> None:
        self._config = config
        self._scenario = scenario
        self._environment = environment
        self._recorder: TraceRecorder | None = None
        self._unwritten: list[bytes] = []
        self._live: LiveTrace | None = None
        if config.output_dir is not None and not config.oracle:
            self._recorder = self._made()
            self._live = LiveTrace(self._path(config.output_dir))

    def _path(self, directory: Path) -> Path:
        return directory / f"{run_name(self._scenario.scenario_id, self._scenario.run_number)}.jsonl"

    def _made(self) -> TraceRecorder:
        label = run_label(self._config, self._scenario)
        header = header_data(self._config, self._scenario)
        return TraceRecorder(self._environment, label, header, self._unwritten.append)

    def beside(self, record: Record) -> Record:
        """Give a record callable that notes everything here, and tells `record` as well."""
        recorder = self._recorder
        if recorder is None:
            return record

        def note(kind: str, role: str, data: Mapping[str, Any]) -> None:
            recorder.record(kind, role, data)
            record(kind, role, data)

        return note

    def watched(self, noise: NoiseHook | None) -> NoiseHook | None:
        """Give `noise` so that the failures that it injects are noted; they are in no event log."""
        if self._recorder is None or noise is None:
            return noise
        return self._recorder.watched(noise, "")

    def turn(self, number: int) -> None:
        """Note that a turn begins."""
        if self._recorder is not None and self._live is not None:
            self._recorder.turn(number)
            self._live(b"".join(self._unwritten))
            self._unwritten.clear()

    async def finish(self, result: PAREScenarioValidationResult) -> None:
        """Write the trace, and the exports; the result says where the trace is.

        Raises:
            TraceError: the disk refuses.
        """
        directory = self._config.output_dir
        if directory is None or (self._config.oracle and result.success and not self._config.export):
            return
        recorder = self._recorder
        if recorder is None:
            recorder = self._made()
            for event in self._environment.event_log.events:
                recorder.record_event(event)
        recorder.finish(result_data(result))
        lines = recorder.lines()
        path = self._path(directory)
        await write_trace(path, lines)
        result.export_path = str(path)
        if self._config.export:
            run = FinishedRun(lines, self._environment, self._scenario, self._config, result)
            await export_trace(run, directory, self._config.trace_dump_format)
