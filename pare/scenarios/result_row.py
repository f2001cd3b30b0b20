"""A finished run as one row: what reports and metrics are made from, a line each in ``results.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pare.kernel.serialization import to_plain
from pare.scenarios.validation_result import Outcome, PAREScenarioValidationResult

MOST_CHARACTERS_OF_A_REASON = 300

Count = Annotated[int, Field(ge=0, le=2**40)]
"""Bounded, so that sums over a million rows stay numbers that every reader of JSON takes."""

Seconds = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class RoleUse:
    """What the calls of a role have used; prompt tokens include the cached ones, completion the reasoning.

    `cost` is None where a price is unknown.
    """

    calls: Count = 0
    prompt_tokens: Count = 0
    cached_tokens: Count = 0
    completion_tokens: Count = 0
    reasoning_tokens: Count = 0
    cost: Money | None = None


class ResultRow(BaseModel):
    """A finished run: where it belongs, what it came to, and what it took.

    `cell` names the cell of the sweep, `settings` are the fields that vary over its cells. `success` is
    the published verdict, `strict_success` the one with failed calls hidden. `error` reads "Type:
    message", `error_stage` says where the error arose. `duration` is wall seconds. `cached` says that the
    result came from the store, `load_dependent` that load could change it. `noise_events_planned` is None
    where no environmental noise was asked for. A relative `trace` is
    relative to the folder that the row was read from.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    cell: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    scenario_id: str
    run_number: int = Field(1, ge=0, le=2**40)
    tags: tuple[str, ...] = ()
    oracle_length: Count | None = None
    outcome: Outcome
    success: bool | None = None
    strict_success: bool | None = None
    rationale: str | None = None
    error_kind: str | None = None
    error: str | None = None
    error_stage: str | None = None
    end_reason: str | None = None
    end_role: str | None = None
    end_message: str | None = None
    number_of_turns: Count = 0
    proposal_count: Count = 0
    acceptance_count: Count = 0
    read_only_actions: Count = 0
    write_actions: Count = 0
    user_format_errors: Count = 0
    user_invalid_taps: Count = 0
    simulated_seconds: Seconds = 0.0
    duration: Seconds | None = None
    usage: dict[str, RoleUse] = Field(default_factory=dict)
    wall_effort: dict[str, Any] = Field(default_factory=dict)
    events_unfired: tuple[str, ...] = ()
    noise_events_planned: Count | None = None
    noise_events_fired: Count = 0
    injected_failures: Count = 0
    load_dependent: bool = False
    cached: bool = False
    trace: str | None = None
    config_hash: str | None = None
    scenario_hash: str | None = None
    fingerprint: dict[str, Any] = Field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        """Tell whether the run has a verdict that counts."""
        return self.outcome in ("success", "failure")

    @property
    def key(self) -> tuple[str, str, int]:
        """Name the run within its sweep."""
        return self.cell, self.scenario_id, self.run_number


@dataclass(frozen=True)
class JobFacts:
    """What is known of a run beside its result; the fields are those of `ResultRow`."""

    scenario_id: str
    run_number: int = 1
    cell: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    oracle_length: int | None = None
    noise_events_planned: int | None = None
    load_dependent: bool = False
    cached: bool = False
    trace: str | None = None
    config_hash: str | None = None
    scenario_hash: str | None = None


_OF_THE_RESULT = (
    *("outcome", "success", "strict_success", "rationale", "error_kind", "end_reason", "end_role"),
    *("end_message", "number_of_turns", "proposal_count", "acceptance_count", "read_only_actions"),
    *("write_actions", "user_format_errors", "user_invalid_taps", "simulated_seconds", "duration"),
    *("usage", "wall_effort", "events_unfired", "noise_events_fired", "injected_failures"),
    *("error_stage", "fingerprint"),
)


def row_of(result: PAREScenarioValidationResult, facts: JobFacts) -> ResultRow:
    """Give the row of a run; texts that cannot be encoded (lone surrogates) are written as escapes."""
    values = {name: getattr(result, name) for name in _OF_THE_RESULT}
    known = dict(vars(facts))
    known["trace"] = facts.trace or result.export_path
    error = result.exception
    values["rationale"] = None if result.rationale is None else str(result.rationale)
    values["error"] = None if error is None else f"{type(error).__name__}: {error}"
    return ResultRow.model_validate(_encodable({**values, **known}))


def line_of(row: ResultRow) -> bytes:
    """Give a row as its line of ``results.jsonl``, with the newline."""
    values = _encodable(to_plain(row.model_dump()))
    try:
        return orjson.dumps(values) + b"\n"
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_encodable(name): _encodable(item) for name, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, (list, tuple)) else value


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BrokenLine:
    """A line that is no row. `is_torn` says that the file ends in it: it was being written."""

    number: int
    reason: str
    is_torn: bool = False


def read_rows(path: Path, on_broken: Callable[[BrokenLine], None]) -> Iterator[ResultRow]:
    """Read the rows of a file one by one; a line that is none is handed to `on_broken` and skipped.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield parse_row(line)
            except (ValueError, RecursionError) as error:
                on_broken(BrokenLine(number, _reason(error), is_torn=not line.endswith(b"\n")))


def parse_row(line: bytes) -> ResultRow:
    """Read a row from its line.

    Raises:
        ValueError: it is none.
        RecursionError: it is nested too deeply.
    """
    try:
        return ResultRow.model_validate_json(line)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] != "json_invalid":
            raise
        return ResultRow.model_validate(_encodable(json.loads(line)))  # it takes a lone surrogate


def _reason(error: Exception) -> str:
    """Say what is wrong, without the values: a row can be long."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        told = f"{place}: {first['msg']}" if place else first["msg"]
    else:
        told = f"no JSON: {error}"
    return told[:MOST_CHARACTERS_OF_A_REASON]
