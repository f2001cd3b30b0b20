"""One scenario, run and judged: what becomes of verdicts, and of what goes wrong."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from pare.errors import (
    AsyncToolError,
    EventGraphError,
    NoAppsError,
    UnknownScenarioError,
    ValidationException,
)
from pare.kernel.events import ConditionCheckEvent, Event, ValidationEvent
from pare.kernel.recording import EventRegisterer
from pare.scenario_runner import (
    ScenarioRun,
    TwoAgentScenarioRunner,
    play_oracle,
    play_oracle_async,
    play_registered,
)
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from tests.kernel.phone import Bell, Diary

ORACLE = ScenarioRunnerConfig(oracle=True)
PASSED = ScenarioValidationResult(success=True, rationale="well done")

Verdict = Callable[[Any], Any]


def always(result: Any) -> Verdict:
    return lambda env: result


class Diaries(Scenario):
    """An entry arrives, the agent answers, a condition sees it, and more arrives; `verdict` judges."""

    answer: str = "seen"
    verdict: Any = None
    asynchronous: bool = False

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.diary, self.bell = Diary(), Bell()
        self.apps = [self.diary, self.bell]

    def build_events_flow(self) -> None:
        answered = ConditionCheckEvent.from_condition(self.is_answered, every_tick=3, timeout=60)
        with EventRegisterer.capture_mode():
            answer: Any = self.diary.fetch if self.asynchronous else self.diary.write
            plan: list[Any] = [
                self.diary.arrive("news"),
                answer(self.answer).oracle(),
                self.bell.wait(seconds=4).oracle(),
                answered,
                self.diary.arrive(f"number {self.diary.new_id()}"),
                self.diary.tear("never there").oracle(),
            ]
        for before, event in zip([None, *plan], plan, strict=False):
            event.depends_on(before, 1)
        self.events = plan

    def is_answered(self, env: Any) -> bool:
        return self.answer in env.get_app("Diary").entries

    def validate(self, env: Any) -> Any:
        return self.verdict(env) if self.verdict else PASSED


def lines_of(run: ScenarioRun) -> list[dict[str, Any]]:
    return run.environment.event_log.lines()


def raising(error: Exception) -> Verdict:
    def verdict(env: Any) -> Any:
        raise error

    return verdict


# --- outcomes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (always(ScenarioValidationResult(True)), "success"),
        (always(ScenarioValidationResult(False)), "failure"),
        (always(ScenarioValidationResult(False, exception=ValueError("x"))), "failure"),
        (always(ScenarioValidationResult(None)), "no_validation"),
        (always(ScenarioValidationResult(None, exception=ValueError("x"))), "defect"),
        (raising(ZeroDivisionError("x")), "defect"),
        (raising(KeyError("x")), "defect"),
        (raising(ValidationException("x")), "failure"),
    ],
)
def test_the_outcome_is_the_verdict_or_what_took_its_place(verdict: Verdict, outcome: str) -> None:
    run = play_oracle(Diaries(verdict=verdict))
    assert run.outcome == outcome
    assert run.result.duration is not None
    assert len(lines_of(run)) > 5


@pytest.mark.parametrize("nonsense", [None, True, "success", {"success": True}, (True, None)])
def test_a_verdict_that_is_none_is_a_defect(nonsense: Any) -> None:
    run = play_oracle(Diaries(verdict=always(nonsense), scenario_id="odd"))
    assert run.outcome == "defect"
    assert isinstance(run.result.exception, TypeError)
    assert str(run.result.exception).startswith(
        f"validate() of scenario 'odd' returned {type(nonsense).__name__}; it must return"
    )


def test_the_verdict_is_kept_as_it_was_given() -> None:
    given = ScenarioValidationResult(success=False, rationale="too late", export_path="a/b")
    result = play_oracle(Diaries(verdict=always(given))).result
    assert (result.success, result.rationale, result.export_path) == (False, "too late", "a/b")
    assert given.duration is None  # it may be shared by all runs


def test_the_validator_judges_the_run_that_it_is_handed() -> None:
    scenario = Diaries()
    seen: list[Any] = []
    scenario.verdict = lambda env: seen.append(env) or PASSED
    run = play_oracle(scenario)
    assert seen == [run.environment]
    assert run.scenario is scenario
    assert run.environment.get_app("Diary") is scenario.diary


def raising_condition(env: Any) -> bool:
    raise LookupError("nothing there")


def missed(env: Any) -> bool:
    raise ValidationException("judged by a condition")


class Watching(Diaries):
    check: Any = None

    def build_events_flow(self) -> None:
        self.events = [self.check]


def test_a_condition_that_raises_is_a_defect() -> None:
    run = play_oracle(Watching(check=ConditionCheckEvent.from_condition(raising_condition), duration=9))
    assert run.outcome == "defect"
    assert repr(run.result.exception) == "LookupError('nothing there')"


@pytest.mark.parametrize(
    "check",
    [
        ConditionCheckEvent.from_condition(missed),
        ValidationEvent(milestones=[always(False)]).schedule(1, timeout=3),
        ValidationEvent(minefields=[always(True)]),
    ],
)
def test_a_failed_validation_ends_the_run_and_the_validator_is_still_asked(check: Any) -> None:
    run = play_oracle(Watching(check=check, duration=9))
    assert (run.environment.end_reason, run.environment.state.value) == ("failed", "FAILED")
    assert (run.outcome, run.result.rationale) == ("success", "well done")


def test_a_scenario_without_apps_is_a_defect() -> None:
    run = play_oracle(Scenario(scenario_id="empty"))
    assert (run.outcome, lines_of(run)) == ("defect", [])
    assert isinstance(run.result.exception, NoAppsError)


def test_a_scenario_that_cannot_be_built_or_run_is_a_defect() -> None:
    class Broken(Diaries):
        def build_events_flow(self) -> None:
            self.get_app("Nothing")

    class Circular(Diaries):
        def build_events_flow(self) -> None:
            super().build_events_flow()
            self.events[0].depends_on(self.events[-1])

    assert "has no app 'Nothing'" in str(play_oracle(Broken()).result.exception)
    assert isinstance(play_oracle(Circular()).result.exception, EventGraphError)


def test_an_event_that_fails_is_no_defect() -> None:
    run = play_oracle(Diaries())
    assert (run.outcome, lines_of(run)[-1]["exception"]) == ("success", "there is no entry 'never there'")


def test_a_constructor_that_raises_is_a_defect() -> None:
    known = registry.get_all_scenarios()

    @registry.register("runner_cannot_be_constructed")
    class Odd(Diaries):
        def __init__(self) -> None:
            raise RuntimeError("no such data")

    try:
        run = play_registered("runner_cannot_be_constructed")
    finally:
        del known["runner_cannot_be_constructed"]
    assert (run.outcome, str(run.result.exception)) == ("defect", "no such data")
    assert (run.scenario.scenario_id, lines_of(run)) == ("runner_cannot_be_constructed", [])
    with pytest.raises(UnknownScenarioError):
        play_registered("runner_cannot_be_constructed")


def test_an_interrupt_is_not_caught() -> None:
    def interrupted(env: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play_oracle(Diaries(verdict=interrupted))


# --- what a validator does ------------------------------------------------------------------------------


def test_calls_of_the_validator_are_not_recorded() -> None:
    def looks(env: Any) -> ScenarioValidationResult:
        diary = env.get_app("Diary")
        diary.write("by the validator")
        return ScenarioValidationResult(success=diary.read()[-1] == "by the validator")

    plain, looking = play_oracle(Diaries()), play_oracle(Diaries(verdict=looks))
    assert looking.outcome == "success"
    assert lines_of(plain) == lines_of(looking)


def test_calls_of_a_condition_are_not_recorded() -> None:
    class Looking(Diaries):
        def is_answered(self, env: Any) -> bool:
            return self.answer in env.get_app("Diary").read()

    assert lines_of(play_oracle(Looking())) == lines_of(play_oracle(Diaries()))


# --- the two drivers ------------------------------------------------------------------------------------


async def test_both_drivers_give_the_same_run() -> None:
    alone, driven = play_oracle(Diaries(seed=3)), await play_oracle_async(Diaries(seed=3))
    assert lines_of(alone) == lines_of(driven)
    assert [line["function"] for line in lines_of(alone)][:3] == ["arrive", "write", "wait"]
    assert (alone.outcome, alone.environment.end_reason, alone.environment.current_time) == (
        driven.outcome,
        driven.environment.end_reason,
        driven.environment.current_time,
    )


async def test_both_drivers_give_the_same_outcomes() -> None:
    for scenario in (
        lambda: Diaries(verdict=raising(ValueError("x"))),
        lambda: Diaries(verdict=always(3)),
        lambda: Watching(check=ConditionCheckEvent.from_condition(raising_condition), duration=9),
        Scenario,
    ):
        alone, driven = play_oracle(scenario()), await play_oracle_async(scenario())
        assert alone.outcome == driven.outcome == "defect"
        assert repr(alone.result.exception) == repr(driven.result.exception)


async def test_an_async_tool_needs_the_asynchronous_driver() -> None:
    run = await play_oracle_async(Diaries(asynchronous=True))
    assert (run.outcome, lines_of(run)[1]["return"]["text"]) == ("success", "seen")
    refused = play_oracle(Diaries(asynchronous=True))
    assert refused.outcome == "defect"
    assert isinstance(refused.result.exception, AsyncToolError)
    assert [line["function"] for line in lines_of(refused)] == ["arrive"]


async def test_the_runner_gives_the_verdict() -> None:
    runner = TwoAgentScenarioRunner()
    results = [runner.run(ORACLE, Diaries()), await runner.run_async(ORACLE, Diaries())]
    assert [(result.success, result.rationale) for result in results] == [(True, "well done")] * 2
    refused = runner.run(ORACLE, Diaries(asynchronous=True))
    assert (refused.success, type(refused.exception)) == (None, AsyncToolError)
    assert (await runner.run_async(ORACLE, Diaries(asynchronous=True))).success is True


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="orcale"):
        ScenarioRunnerConfig(orcale=True)  # type: ignore[call-arg]


async def test_a_run_can_be_cancelled() -> None:
    class Endless(Diaries):
        def build_events_flow(self) -> None:
            check = ConditionCheckEvent.from_condition(always(False))
            with EventRegisterer.capture_mode():
                self.events = [Event.from_function(self.diary.add, text="x").depends_on(None, 1), check]

    with anyio.move_on_after(0.05) as scope:
        await play_oracle_async(Endless(duration=1e9))
    assert scope.cancelled_caught


# --- many at once ---------------------------------------------------------------------------------------


def numbered(number: int) -> Diaries:
    """Give a scenario that differs from its neighbours in seed, text, driver and verdict."""

    def looks(env: Any) -> ScenarioValidationResult:
        entries = env.get_app("Diary").read()
        return ScenarioValidationResult(success=f"answer {number}" in entries, rationale=str(len(entries)))

    return Diaries(seed=number, answer=f"answer {number}", asynchronous=number % 2 == 0, verdict=looks)


async def test_two_hundred_scenarios_at_once_give_what_each_gives_alone() -> None:
    together: dict[int, ScenarioRun] = {}

    async def play(number: int) -> None:
        together[number] = await play_oracle_async(numbered(number))

    async with anyio.create_task_group() as tasks:
        for number in range(200):
            tasks.start_soon(play, number)
    for number, run in together.items():
        alone = await play_oracle_async(numbered(number))
        assert lines_of(run) == lines_of(alone)
        assert (run.outcome, run.result.rationale) == ("success", alone.result.rationale)
    assert len({str(lines_of(run)[4]["args"]) for run in together.values()}) == 200
