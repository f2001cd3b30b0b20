"""The published trace formats: `hf`, the whole run for tools that replay it; `lite`, what the agents saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import anyio
from anyio.to_thread import run_sync

from pare.kernel.environment import Environment
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.traces.encoding import encoded
from pare.traces.exported import (
    exported_completed,
    exported_definition,
    exported_document,
    exported_execution,
)
from pare.traces.files import replace_file, run_name
from pare.traces.reader import Record, Trace, parsed_trace
from pare.traces.world_logs import NOBODY, Log, made_by, world_logs

TraceFormat = Literal["hf", "lite", "both"]

_AGENTS = {"user": "PAREUserAgent", "proactive": "PAREProactiveAgent"}

_FACTS = ("model_id", "main_agent_type", "validation_decision", "validation_rationale", "run_duration")

_HISTORY = {
    "system_prompt": ("system", "{content}\n"),
    "task": ("user", "[TASK]: \n{content}\n"),
    "llm_output": ("assistant", "{content}\n"),
    "observation": ("tool-response", "[OUTPUT OF STEP {i}] Observation:\n***\n{content}\n***\n"),
    "error": ("tool-response", "[OUTPUT OF STEP {i}] ERROR:\n***\n{content}\n***\n\nNow try again.\n"),
    "environment_notifications": ("user", "Environment notifications updates:\n***\n{content}\n***\n"),
}
"""Which logs an interaction history shows, in which role and words."""


@dataclass(frozen=True)
class FinishedRun:
    """What an export is made from: the run's recorded `lines`, and what it left behind."""

    lines: bytes
    environment: Environment
    scenario: Scenario
    config: ScenarioRunnerConfig
    result: ScenarioValidationResult

    @cached_property
    def trace(self) -> Trace:
        """What was recorded."""
        return parsed_trace(self.lines, Path("trace"))

    @cached_property
    def logs(self) -> list[Log]:
        """The logs of all agents."""
        return world_logs(self.trace.header, self.trace.records)

    @property
    def decision(self) -> str:
        """Whether the run counts as solved, in the published words."""
        return "Valid" if self.result.success else "Invalid"

    @property
    def model_id(self) -> str:
        """The models by role."""
        roles = ("execute",) if self._is_single else ("user", "observe", "execute")
        models: dict[str, str] = {role: getattr(self.config, f"{role}_model_alias") for role in roles}
        return models["execute"] if self._is_single else _joined(models)

    @property
    def agent_id(self) -> str:
        """The agents by side."""
        if self._is_single:
            return self.config.agent_type
        types = {"user": self.config.user_type, "proactive": self.config.agent_type}
        ours = ("default", "observe-execute")
        return _joined({side: _AGENTS[side] if kind in ours else kind for side, kind in types.items()})

    @property
    def _is_single(self) -> bool:
        return self.config.agent_type == "default"


async def export_trace(run: FinishedRun, directory: Path, trace_format: TraceFormat) -> Path:
    """Write `run` into `directory` and give the file's path; both formats go into directories of their own.

    The path is that of `hf` where both are written. Done in a thread, and also for a cancelled run.

    Raises:
        TraceError: the disk refuses.
        ValueError: there is no such format.
    """
    documents = {"hf": hf_document, "lite": lite_document}
    formats = ("hf", "lite") if trace_format == "both" else (trace_format,)
    if unknown := set(formats).difference(documents):
        raise ValueError(f"there is no trace format {unknown.pop()!r}; there are hf, lite and both")
    name = run_name(run.scenario.scenario_id, run.scenario.run_number) + ".json"
    paths = {item: directory / (item if trace_format == "both" else ".") / name for item in formats}

    def write() -> None:
        for item, path in paths.items():
            replace_file(path, encoded(documents[item](run)))

    with anyio.CancelScope(shield=True):
        await run_sync(write)
    return paths[formats[0]]


def hf_document(run: FinishedRun) -> dict[str, Any]:
    """Give the whole run: logs, apps as they began, the plan, and what took place."""
    places = _places(run.trace.records)
    events = run.environment.event_log.list_view()
    completed = [exported_completed(event, *places.get(event.event_id, (None, None))) for event in events]
    return exported_document(run.scenario, _metadata(run), completed, run.logs)


def lite_document(run: FinishedRun) -> dict[str, Any]:
    """Give what each agent saw and said, and the tokens of its calls."""
    environment = run.environment
    facts = {
        "model_id": run.model_id,
        "main_agent_type": run.agent_id,
        "validation_decision": run.decision,
        "validation_rationale": run.result.rationale,
        "run_duration": environment.current_time - environment.start_time,
    }
    return interactions(run.scenario.scenario_id, facts, run.logs)


def interactions(scenario_id: str, facts: Mapping[str, Any], logs: Iterable[Log]) -> dict[str, Any]:
    """Give a `lite` document; of the `facts` about a run those that it names, null where there is none."""
    by_agent: dict[str, list[Log]] = {}
    for log in logs:
        if log["agent_id"] != NOBODY:
            by_agent.setdefault(f"agent_{log['agent_id']}", []).append(log)
    return {
        "scenario_id": scenario_id,
        **{name: facts.get(name) for name in _FACTS},
        "per_agent_interaction_histories": {name: _history(logs) for name, logs in by_agent.items()},
        "per_agent_llm_usage_stats": {name: _usage(logs) for name, logs in by_agent.items()},
    }


def _metadata(run: FinishedRun) -> dict[str, Any]:
    return {
        "definition": _definition(run),
        "simulation": {"agent_id": run.agent_id, "model_id": run.model_id},
        "annotation": {
            "annotation_id": None,
            "annotator": None,
            "validation_decision": run.decision,
            "comment": run.result.rationale,
            "date": run.environment.current_time,
        },
        "execution": exported_execution(run.scenario),
        "runner_config": None,
    }


def _definition(run: FinishedRun) -> dict[str, Any]:
    scenario, error = run.scenario, run.result.exception
    tools, events = (
        getattr(run.config, name) or getattr(scenario, name)
        for name in ("tool_augmentation_config", "env_events_config")
    )
    return exported_definition(scenario) | {
        "has_tool_augmentation": tools is not None,
        "has_env_events_augmentation": events is not None,
        "has_exception": error is not None,
        "exception_type": None if error is None else type(error).__name__,
        "exception_message": None if error is None else str(error),
    }


def _places(records: Sequence[Record]) -> dict[str, tuple[str | None, int | None]]:
    """Give the agent's mode and the turn, counted from 0, of every event by its id."""
    places: dict[str, tuple[str | None, int | None]] = {}
    for index, record in enumerate(records):
        turn = record.turn - 1 if record.turn else None
        if record.kind == "event":
            places[str(record.data.get("id"))] = (None, turn)
        elif (call := made_by(records, index)) is not None:
            places[str(call.data.get("id"))] = (record.role, turn)
    return places


def _history(logs: Iterable[Log]) -> list[dict[str, Any]]:
    """Give the messages that logs stand for; steps are counted by what was observed."""
    history, step = [], 0
    for log in logs:
        content = _content(log)
        if log["log_type"] not in _HISTORY or not content:
            continue
        role, words = _HISTORY[log["log_type"]]
        step += log["log_type"] in ("observation", "error")
        text = words.replace("{i}", str(step)).replace("{content}", content)
        history.append({"role": role, "content": text, "attachments": [], "timestamp": log["timestamp"]})
    return history


def _content(log: Mapping[str, Any]) -> str:
    if log["log_type"] == "error":
        return f"Error: {log['error']}\nException: {log['exception']}\nCategory: {log['category']}"
    return str(log.get("content") or "")


def _usage(logs: Iterable[Log]) -> dict[str, Any]:
    calls = [log for log in logs if log["log_type"] == "llm_output"]
    counts = ("prompt_tokens", "completion_tokens", "total_tokens", "reasoning_tokens", "completion_duration")
    return {"total_llm_calls": len(calls)} | {name: [log[name] for log in calls] for name in counts}


def _joined(parts: Mapping[str, Any]) -> str:
    return "|".join(f"{side}:{name}" for side, name in parts.items())
