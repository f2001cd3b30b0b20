"""One job becomes one row, whatever its scenario does, and whatever the disk does."""

from pathlib import Path
from typing import Any

import pytest

from pare.errors import ValidationException
from pare.executors.job_runner import JobRunner, JobSettings, hashes_of
from pare.executors.pool import NotRecordedError, open_pool
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.llm.factory import CallPolicies
from pare.llm.journal import Journal
from pare.llm.journal_lines import RunKey
from pare.scenarios.job import Cell, Job
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.testing.endpoint import serve
from tests.executors.fleet import config_of, job_runner, told, trace_of, writes
from tests.executors.misfits import CannotBeMade, Task

CELL = Cell(config_of(), {"seed": 0, "format": "react_json"})
JOB = Job("task", CELL)


def maker(cls: type[Scenario]) -> Any:
    return lambda scenario_id: cls(scenario_id=scenario_id)


async def row_of(cls: type[Scenario], job: Job = JOB, settings: JobSettings | None = None) -> Any:
    async with job_runner([job.cell], settings, maker(cls)) as runner:
        return await runner.run(job)


class Tagged(Task):
    tags = (CapabilityTag.Time, CapabilityTag.Search)

    def build_events_flow(self) -> None:
        super().build_events_flow()
        with EventRegisterer.capture_mode():
            look = self.emails.list_emails().oracle().depends_on(self.events[0])
        self.events.append(look)


async def test_a_row_says_where_it_belongs_and_what_it_came_to(tmp_path: Path) -> None:
    row = await row_of(Tagged, Job("task", CELL, 3), JobSettings(traces_dir=tmp_path))
    assert (row.scenario_id, row.run_number, row.cell) == ("task", 3, "seed=0, format=react_json")
    assert (row.settings, row.config_hash) == ({"seed": 0, "format": "react_json"}, CELL.config_hash)
    assert (row.tags, row.oracle_length, row.load_dependent) == (("Time", "Search"), 1, False)
    assert (row.outcome, row.success, row.rationale) == ("success", True, "1 emails")
    assert (row.error, row.error_kind, row.error_stage) == (None, None, None)
    assert (row.usage["execute"].calls, row.write_actions, row.number_of_turns) == (2, 2, 1)
    assert row.trace == str(tmp_path / CELL.config_hash / "task_run_3.jsonl")
    assert trace_of(row)[-1]["data"]["outcome"] == "success"


async def test_measured_time_makes_a_row_load_dependent() -> None:
    cell = Cell(config_of(simulated_generation_time_mode="measured"))
    assert (await row_of(Task, Job("task", cell))).load_dependent


# --- scenarios that raise -------------------------------------------------------------------------------


class FailsAtStart(Task):
    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        raise LookupError("no data")


class FailsAtPlanning(Task):
    def build_events_flow(self) -> None:
        raise LookupError("no plan")


class FailsAtVerdict(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        raise LookupError("no verdict")


class LeavesAtStart(Task):
    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        raise SystemExit("no data")


class LeavesAtVerdict(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        raise SystemExit(3)


class LosesItsEvents(Task):
    """What the row is made from is broken."""

    def validate(self, env: Any) -> ScenarioValidationResult:
        self.events = None  # type: ignore[assignment]
        return super().validate(env)


class LosesItsTags(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        self.tags = ("no tag",)  # type: ignore[assignment]
        return super().validate(env)


class GivesNoResult(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        return True  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("cls", "stage", "error"),
    [
        (CannotBeMade, "create", "LookupError: no constructor"),
        (FailsAtStart, "initialize", "LookupError: no data"),
        (FailsAtPlanning, "initialize", "LookupError: no plan"),
        (FailsAtVerdict, "validate", "LookupError: no verdict"),
        (LeavesAtStart, None, "no data"),
        (LeavesAtVerdict, None, "SystemExit(3)"),
        (GivesNoResult, "validate", "TypeError"),
        (LosesItsEvents, None, "NoneType"),
        (LosesItsTags, None, "str"),
    ],
)
async def test_a_scenario_that_raises_is_a_defect(cls: type[Scenario], stage: str | None, error: str) -> None:
    row = await row_of(cls)
    assert (row.outcome, row.success, row.config_hash) == ("defect", None, CELL.config_hash)
    assert stage is None or row.error_stage == stage
    assert error in row.error


class Judges(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        raise ValidationException("not sent")


class ExplainsOddly(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(success=True, rationale={"sent": 1})  # type: ignore[arg-type]


class SaysOne(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(success=1)  # type: ignore[arg-type]


class SaysSurrogates(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(success=False, rationale="\ud800")


class SaysNothing(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(success=None)


@pytest.mark.parametrize(
    ("cls", "outcome", "rationale"),
    [
        (Judges, "failure", None),
        (SaysOne, "success", None),
        (SaysSurrogates, "failure", "\\ud800"),
        (SaysNothing, "no_validation", None),
        (ExplainsOddly, "success", "{'sent': 1}"),
    ],
)
async def test_a_verdict_is_taken_as_it_is_meant(cls: type[Scenario], outcome: str, rationale: str) -> None:
    row = await row_of(cls)
    assert (row.outcome, row.rationale) == (outcome, rationale)


async def test_an_unknown_scenario_is_a_defect_of_its_run() -> None:
    async with job_runner([CELL]) as runner:
        row = await runner.run(Job("nobody_knows_it", CELL))
    assert (row.outcome, row.error_stage) == ("defect", "create")
    assert "nobody_knows_it" in row.error


# --- journals -------------------------------------------------------------------------------------------


async def test_what_is_recorded_is_not_asked_for_again(tmp_path: Path) -> None:
    async with serve(writes()) as endpoint:
        job = Job("task", Cell(config_of(endpoint.url)))
        settings = JobSettings(journal_dir=tmp_path)
        first, second = [await row_of(Task, job, settings) for _ in range(2)]
        assert endpoint.counts.replied == 2
    assert (told(first), first.outcome) == (told(second), "success")
    assert second.wall_effort["execute"]["replayed_calls"] == 2


@pytest.mark.parametrize("is_first", [True, False])
async def test_only_the_first_attempt_draws_anew(tmp_path: Path, is_first: bool) -> None:
    async with serve(writes()) as endpoint:
        job = Job("task", Cell(config_of(endpoint.url)))
        await row_of(Task, job, JobSettings(journal_dir=tmp_path))
        fresh = JobSettings(journal_dir=tmp_path, fresh=True)
        async with job_runner([job.cell], fresh, maker(Task)) as runner:
            for _ in range(3):
                await runner.run(job, is_first=is_first)
        assert endpoint.counts.replied == (4 if is_first else 2)


async def test_a_journal_that_cannot_be_opened_is_infrastructure(tmp_path: Path) -> None:
    place = tmp_path / "journals"
    place.write_text("a file where a directory should be")
    row = await row_of(Task, settings=JobSettings(journal_dir=place))
    assert (row.outcome, row.error_kind, row.error_stage) == ("infrastructure", "journal", "play")


async def test_a_run_that_is_under_way_elsewhere_is_infrastructure(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    async with open_pool([CELL.config], CallPolicies(journal=journal)) as pool:
        runner = JobRunner(pool, JobSettings(), journal, maker(Task))
        async with journal.run(RunKey(*JOB.key)):
            row = await runner.run(JOB)
    assert (row.outcome, row.error_kind) == ("infrastructure", "journal")
    assert "the same run is under way" in row.error


async def test_scoring_anew_asks_nobody(tmp_path: Path) -> None:
    settings = JobSettings(journal_dir=tmp_path, replay_only=True)
    journal = Journal(tmp_path)
    first = await row_of(Task, settings=JobSettings(journal_dir=tmp_path))
    policies = CallPolicies(journal=journal)
    async with open_pool([CELL.config], policies, replay_only=True) as pool:
        runner = JobRunner(pool, settings, journal, maker(Task))
        again, never = await runner.run(JOB), await runner.run(Job("task", CELL, 2))
    assert told(again) == told(first)
    assert (never.outcome, never.error_kind) == ("infrastructure", NotRecordedError().kind)


async def test_a_run_that_works_for_too_long_is_infrastructure() -> None:
    async with serve(writes(), latency_seconds=5) as endpoint:
        job = Job("task", Cell(config_of(endpoint.url)))
        row = await row_of(Task, job, JobSettings(timeout_seconds=0.1))
    assert (row.outcome, row.error_kind) == ("infrastructure", "timeout")


# --- hashes ---------------------------------------------------------------------------------------------


def test_a_scenario_that_cannot_be_made_has_an_empty_hash() -> None:
    found = hashes_of("a", maker(CannotBeMade))
    assert found == {"scenario": "", "validator": "", "parts": {"create": "LookupError: no constructor"}}
