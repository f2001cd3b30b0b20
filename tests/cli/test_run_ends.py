"""What a sweep ends with: exit codes, what may change before it goes on, and a new verdict without a call."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pare.llm.scripted import steps
from tests.cli.nights import Place, counting_endpoint, lines_of, place_at

MISFITS = Path(__file__).with_name("night_scenarios.py")
"""Scenarios that misbehave; not imported here, since that would make them known to other tests."""

TWO = {"split": "full", "limit": 2}
LIMITS = {"executor_type": "async"}
PRICE = {"prompt": 1_000, "completion": 1_000}
TALK = {"tool": "AgentUserInterface__send_message_to_user", "arguments": {"content": "Done."}}

ALONE = {
    "model": {"model": "steps"},
    "base": {"agent_type": "default", "execute": "good"},
}
"""A sweep of an agent alone."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with place_at(tmp_path) as place:
        yield place


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a place with a sweep that is complete."""
    with place_at(tmp_path_factory.mktemp("finished")) as place:
        code, out = place.here("run", place.write("good", scenarios=TWO, limits=LIMITS))
        assert code == 0, out
        yield place


def outcomes(place: Place) -> dict[str, str]:
    """Give what each scenario came to last."""
    return {row["scenario_id"]: row["outcome"] for row in lines_of(place.folder())}


def test_a_complete_sweep_ends_with_zero_and_a_second_start_makes_no_run(finished: Place) -> None:
    code, out = finished.here("run", finished.write("again", scenarios=TWO, limits=LIMITS))
    assert (code, "2 of 2 done (2 success) · 2 from the store · complete" in out) == (0, True), out
    assert "pare resume" not in out
    folder = finished.folder("again")
    for row in lines_of(folder):
        assert (row["cached"], (folder / row["trace"]).is_file()) == (True, True)
        assert not Path(row["trace"]).is_absolute()


def test_infrastructure_failures_end_with_one_and_can_be_had_later(place: Place) -> None:
    limits = {**LIMITS, "timeout_seconds": 1e-9, "max_retries": 0}
    sweep = place.write("slow", scenarios=TWO, limits=limits)
    code, out = place.here("run", sweep)
    assert (code, set(outcomes(place).values())) == (1, {"infrastructure"}), out
    assert "go on with: pare resume" in out
    changed = place.write("slow", scenarios=TWO, limits=LIMITS)
    code, out = place.here("resume", place.folder(), changed)
    assert (code, set(outcomes(place).values())) == (0, {"success"}), out
    assert "ended with exit code 0 (complete)" in place.here("status", place.folder())[1]


def test_a_sweep_of_another_identity_does_not_go_on_in_a_folder(finished: Place) -> None:
    changed = finished.write("changed", scenarios=TWO, limits=LIMITS, base={"max_turns": 7}, runs=2)
    code, out = finished.here("resume", finished.folder("good"), changed)
    assert (code, "max_turns in cell 'base': 10 is now 7 (identity)" in out) == (2, True), out
    assert "Run it as a sweep of its own: what both share comes from the store." in out


def test_results_of_another_model_are_served_when_that_is_wanted_only(finished: Place) -> None:
    other = finished.write("other", scenarios=TWO, limits=LIMITS, model={"model": "wait"})
    code, out = finished.here("run", other)
    assert (code, "'good' was 'oracle' in the store and is 'wait' now" in out) == (2, True), out
    code, out = finished.here("run", other, "--accept-drift")
    assert (code, "2 from the store" in out) == (0, True), out


def test_bad_input_ends_with_two(place: Place) -> None:
    place.write("good", scenarios=TWO, limits={"no_such_limit": 1})
    code, out = place.pare("run", "good.yaml")
    assert code == 2
    assert out.startswith("error: ")
    assert "no_such_limit" in out
    assert "Traceback" not in out
    assert not (place.path / "runs").exists()


def test_a_budget_ends_with_three_and_more_of_it_goes_on(place: Place) -> None:
    model = {"price": PRICE}
    poor, rich = {**LIMITS, "max_cost": 5, "max_concurrent_scenarios": 1}, {**LIMITS, "max_cost": 5_000}
    sweep = place.write("dear", scenarios=TWO, limits=poor, model=model)
    code, out = place.here("run", sweep)
    assert (code, "stopped by: budget" in out) == (3, True), out
    place.write("dear", scenarios=TWO, limits=rich, model=model)
    code, out = place.here("resume", place.folder(), sweep)
    assert (code, set(outcomes(place).values())) == (0, {"success"}), out


def scenario_files(place: Place) -> Path:
    """Put the scenarios that misbehave into a directory of the place."""
    directory = place.path / "scenarios"
    directory.mkdir()
    shutil.copy(MISFITS, directory / "night_scenarios.py")
    return directory / "night_scenarios.py"


def test_scenarios_that_fail_in_any_method_or_take_their_worker_down_cost_nobody_else(place: Place) -> None:
    misbehave(place, ["loops"])


@pytest.mark.long
def test_a_scenario_that_never_ends_costs_nobody_else(place: Place) -> None:
    misbehave(place, [])


def misbehave(place: Place, excluded: list[str]) -> None:
    """Run a sweep of scenarios that misbehave; `excluded` are left out."""
    scenario_files(place)
    with counting_endpoint(steps([TALK])) as desk:
        place.write(
            "bad",
            url=desk.url,
            scenarios={"dirs": ["scenarios"], "exclude": excluded},
            limits={"workers": 1},
            runs=2,
            **ALONE,
        )
        code, out = place.pare("run", "bad.yaml", seconds=400)
    found = outcomes(place)
    rows = {row["scenario_id"]: row for row in lines_of(place.folder())}
    expected = {
        "good_one": "success",
        "good_two": "success",
        "raises_when_made": "defect",
        "raises_in_apps": "defect",
        "raises_in_events": "defect",
        "raises_in_validate": "defect",
        "allocates": "defect",
        "kills_its_worker": "infrastructure",
        "loops": "infrastructure",
    }
    assert (code, found) == (1, {name: what for name, what in expected.items() if name not in excluded}), out
    assert len(lines_of(place.folder())) == 2 * len(found)
    assert rows["kills_its_worker"]["error_kind"] == "worker_lost"
    assert "it ended with exit code 3" in rows["kills_its_worker"]["error"]
    assert rows["raises_in_validate"]["error"] == "LookupError: no verdict"
    assert rows["raises_when_made"]["error"] == "LookupError: no constructor"
    assert "MemoryError" in rows["allocates"]["error"]
    if "loops" in rows:
        assert re.search(r"it hung for \d+ s, in Loops.validate", rows["loops"]["error"])
    assert "defect" in out
    assert "LookupError" in out


def test_a_new_validator_scores_old_runs_without_a_call(place: Place) -> None:
    file = scenario_files(place)
    with counting_endpoint(steps([TALK])) as desk:
        scenarios = {"dirs": ["scenarios"], "ids": ["good_one", "good_two"]}
        place.write("old", url=desk.url, scenarios=scenarios, limits=LIMITS, runs=3, **ALONE)
        assert place.pare("run", "old.yaml")[0] == 0
        asked = desk.total
        old, new = 'success=True, rationale="it is done as well"', 'success=False, rationale="it is not"'
        file.write_text(file.read_text().replace(old, new))
        code, out = place.pare("rescore", "old")
        assert (code, "3 runs scored anew" in out) == (0, True), out
        assert desk.total == asked > 0
    last: dict[Any, Any] = {(row["scenario_id"], row["run_number"]): row for row in lines_of(place.folder())}
    assert {row["scenario_id"]: row["outcome"] for row in last.values()} == {
        "good_one": "success",
        "good_two": "failure",
    }
    code, out = place.here("report", place.folder())
    assert (code, "6 runs of 2 scenarios in 1 cell: 3 success, 3 failure" in out) == (0, True), out
