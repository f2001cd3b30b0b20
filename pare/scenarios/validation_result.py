"""What a validator says of a run."""

from __future__ import annotations

from dataclasses import dataclass


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
