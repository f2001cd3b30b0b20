"""The oracle log of every bundled scenario stays as it is, unless SEMANTICS_VERSION says that it does not.

Results are stored under scenario hashes, of which that version is a part: a simulation that behaves
otherwise under the same version would be served results that it could not repeat.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from pare.scenario_runner.oracle import play_oracle
from pare.scenarios.hashing import SEMANTICS_VERSION, scenario_hashes
from pare.scenarios.utils.registry import registry

GOLDEN = Path(__file__).with_name("golden") / "logs.json"

REWRITE = "python -m tests.test_golden_logs"

CHANGED = (
    "the same scenarios give other logs: {ids}. If simulation behaviour was meant to change, raise "
    f"SEMANTICS_VERSION in pare/scenarios/hashing.py (now {SEMANTICS_VERSION}), which keeps results of the "
    f"old behaviour from being served, and rewrite the logs with `{REWRITE}`"
)

Golden = dict[str, Any]


def of_scenario(scenario_id: str) -> dict[str, str]:
    """Give the hash of a bundled scenario, and the digest of its oracle log."""
    lines = play_oracle(registry.create(scenario_id)).environment.event_log.lines()
    text = json.dumps(lines, sort_keys=True, ensure_ascii=True)
    return {
        "scenario": scenario_hashes(registry.create(scenario_id)).scenario,
        "log": blake2b(text.encode(), digest_size=8).hexdigest(),
    }


def bundled() -> list[str]:
    scenarios = registry.get_all_scenarios()
    return sorted(name for name in scenarios if "benchmark" in scenarios[name].__module__)


def logs_now() -> Golden:
    return {
        "semantics_version": SEMANTICS_VERSION,
        "scenarios": {name: of_scenario(name) for name in bundled()},
    }


def problem_with(golden: Golden, now: Golden) -> str | None:
    """Say what is wrong; logs are compared of scenarios that are what they were."""
    if golden["semantics_version"] != now["semantics_version"]:
        return f"{GOLDEN.name} is of another SEMANTICS_VERSION; rewrite it with `{REWRITE}`"
    pairs = {name: (old, now["scenarios"].get(name)) for name, old in golden["scenarios"].items()}
    same = {
        name: pair for name, pair in pairs.items() if pair[1] and pair[0]["scenario"] == pair[1]["scenario"]
    }
    changed = sorted(name for name, (old, new) in same.items() if old["log"] != new["log"])
    if changed:
        return CHANGED.format(ids=", ".join(changed))
    return None if same else f"every scenario has changed: there is nothing to compare; `{REWRITE}`"


def test_no_log_has_changed_under_the_same_version() -> None:
    problem = problem_with(json.loads(GOLDEN.read_bytes()), logs_now())
    assert problem is None, problem


def golden(version: int = 1, **scenarios: str) -> Golden:
    """Write down scenarios as ``hash.log``."""
    parts = {name: text.split(".") for name, text in scenarios.items()}
    return {
        "semantics_version": version,
        "scenarios": {name: {"scenario": part[0], "log": part[1]} for name, part in parts.items()},
    }


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (golden(a="1.x", b="1.x"), golden(a="1.x", b="1.x"), None),
        (golden(a="1.x"), golden(a="1.x", b="1.x"), None),
        (golden(a="1.x", b="1.x"), golden(a="1.x"), None),
        (golden(a="1.x", b="1.x"), golden(a="1.x", b="2.y"), None),
        (golden(a="1.x", b="1.x"), golden(a="1.x", b="1.y"), "other logs: b"),
        (golden(a="1.x", b="1.x"), golden(2, a="3.x", b="3.y"), "another SEMANTICS_VERSION"),
        (golden(a="1.x"), golden(a="2.x"), "nothing to compare"),
    ],
)
def test_only_a_changed_log_of_the_same_scenario_is_a_problem(
    before: Golden, now: Golden, said: str | None
) -> None:
    problem = problem_with(before, now)
    assert problem == said if said is None else said in str(problem)


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(logs_now(), indent=1) + "\n")
    print(f"wrote {GOLDEN}")  # noqa: T201
