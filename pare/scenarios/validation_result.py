"""What a validator says of a run, and what a run with agents came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pare.scenarios.multi_result import PAREMultiScenarioValidationResult

    PARE_RESULT_SCHEMA: dict[str, Any]

__all__ = [
    "ErrorStage",
    "Outcome",
    "PAREMultiScenarioValidationResult",
    "PAREScenarioValidationResult",
    "ScenarioValidationResult",
]

Outcome = Literal["success", "failure", "no_validation", "defect", "infrastructure"]

ErrorStage = Literal["create", "initialize", "agents", "play", "validate"]
"""How far a run was when an exception ended it."""


@dataclass
class ScenarioValidationResult:
    """`success` is True, False, or None where there is no verdict; `duration` is in seconds.

    `rationale` says why in words, `exception` is what was raised, `export_path` where the trace is.
    """

    success: bool | None
    exception: Exception | None = None
    export_path: str | None = None
    rationale: str | None = None
    duration: float | None = None


@dataclass
class PAREScenarioValidationResult(ScenarioValidationResult):
    """The result of a run with a user agent and a proactive agent.

    `success` is the published verdict, over the whole log; `strict_success` the one with failed calls
    hidden, None if it could not be had. `end_reason` says how the run ended, and `end_role` whose model
    ended it, if one did, with `end_message`. `error_kind` is the endpoint's, for an infrastructure
    outcome, `error_stage` how far the run was when an exception ended it. `duration` is wall time,
    `simulated_seconds` that of the clock. `usage` counts calls, tokens and cost by role, `wall_effort` what
    depended on load: attempts, replayed calls, seconds of latency and waiting. `fingerprint` says by role
    what was asked and what answered. `injected_failures` are calls that noise let fail.
    """

    proposal_count: int = 0
    acceptance_count: int = 0
    read_only_actions: int = 0
    write_actions: int = 0
    number_of_turns: int = 0
    outcome: Outcome = "defect"
    strict_success: bool | None = None
    end_reason: str | None = None
    end_role: str | None = None
    end_message: str = ""
    error_kind: str | None = None
    error_stage: ErrorStage | None = None
    user_format_errors: int = 0
    user_invalid_taps: int = 0
    simulated_seconds: float = 0.0
    usage: dict[str, dict[str, Any]] = field(default_factory=dict)
    wall_effort: dict[str, dict[str, Any]] = field(default_factory=dict)
    events_unfired: list[str] = field(default_factory=list)
    noise_events_fired: int = 0
    injected_failures: int = 0
    fingerprint: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def cost(self) -> float | None:
        """What all roles have cost, by the user's prices; None where one is unknown."""
        costs = [used["cost"] for used in self.usage.values()]
        return None if None in costs else sum(costs)

    @property
    def proposal_rate(self) -> float:
        """Proposals a turn; 0 without turns."""
        return self.proposal_count / self.number_of_turns if self.number_of_turns else 0.0

    @property
    def acceptance_rate(self) -> float:
        """Accepted proposals among all; 0 without any."""
        return self.acceptance_count / self.proposal_count if self.proposal_count else 0.0


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Give what is published here and made elsewhere, when it is asked for: the schema needs polars."""
        if name == "PARE_RESULT_SCHEMA":
            from pare.scenarios.published_rows import polars_schema  # noqa: PLC0415

            return polars_schema()
        if name == "PAREMultiScenarioValidationResult":
            from pare.scenarios.multi_result import PAREMultiScenarioValidationResult  # noqa: PLC0415

            return PAREMultiScenarioValidationResult
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
