"""Headers that tell a scripted endpoint which call of which run it answers; no other endpoint gets them."""

from __future__ import annotations

from urllib.parse import quote

from pare.llm.types import CallLabel

SCENARIO, RUN, ROLE, STEP = "x-pare-scenario", "x-pare-run", "x-pare-role", "x-pare-step"


def label_headers(label: CallLabel) -> tuple[tuple[str, str], ...]:
    """Name scenario, run, role and step; the step of a call without one is its ordinal.

    Values are percent-encoded, since a scenario id may hold what a header cannot.
    """
    return (
        (SCENARIO, quote(label.scenario_id)),
        (RUN, str(label.run_number)),
        (ROLE, quote(label.role)),
        (STEP, quote(label.step or str(label.ordinal))),
    )
