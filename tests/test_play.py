"""What a run comes to: its agents, its limits, and whatever can go wrong at each stage of it."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from pare.agents.protocol import AgentSetup, TurnResult
from pare.apps import AgentUserInterface, StatefulEmailApp, SystemApp
from pare.errors import ConfigError
from pare.kernel.events import ConditionCheckEvent, Event
from pare.kernel.recording import EventRegisterer
from pare.llm.client import Complete
from pare.llm.prices import Price
from pare.llm.types import Completion, CompletionRequest, Usage
from pare.llm.working_time import Working, WorkingTime
from pare.scenario_runner import ScenarioRunner, TwoAgentScenarioRunner
from pare.scenario_runner.models import open_models
from pare.scenario_runner.play import play
from pare.scenarios.config import ROLES, ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ScenarioValidationResult
from tests.played import ID, good_script, scripted

EXECUTE = ("execute",)


def lines_of(path: str | None) -> list[dict[str, Any]]:
    assert path is not None
    return [json.loads(line) for line in Path(path).read_bytes().splitlines()]


def names_in(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def models(complete: Complete, roles: tuple[str, ...] = ROLES) -> dict[str, Complete]:
    return dict.fromkeys(roles, complete)


class Errand(Scenario):
    """A task for an agent alone: answer the one email, and say so."""

    scenario_id = "errand"
    nb_turns = 1
    duration = 600
    explode: str = ""

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        if self.explode == "initialize":
            raise LookupError("no data")
        self.emails = StatefulEmailApp(name="Emails")
        self.apps = [AgentUserInterface(), SystemApp(), self.emails]

    def build_events_flow(self) -> None:
        interface = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            task = interface.send_message_to_agent(content="Write to Ana.").depends_on(None, delay_seconds=5)
        self.events = [task]

    def validate(self, env: Any) -> ScenarioValidationResult:
        if self.explode == "validate":
            raise ZeroDivisionError("not judged")
        sent = [event for event in env.event_log.list_view() if event.function_name() == "send_email"]
        return ScenarioValidationResult(success=bool(sent))


ERRAND = {
    "execute": [
        ("Emails__send_email", {"recipients": ["ana@example.org"], "subject": "Hi", "content": "Hello"}),
        ("AgentUserInterface__send_message_to_user", {"content": "Done."}),
    ]
}


# --- an agent alone -------------------------------------------------------------------------------------


async def test_a_single_agent_plays_without_user_or_home_screen() -> None:
    config = ScenarioRunnerConfig(agent_type="default")
    result = await play(config, Errand(), models(scripted(ERRAND), EXECUTE))
    assert (result.outcome, result.end_reason, result.number_of_turns) == ("success", "max_turns", 1)
    assert (result.write_actions, result.user_invalid_taps, list(result.usage)) == (2, 0, ["execute"])


async def test_the_runner_for_one_agent_asks_the_execute_model_alone() -> None:
    engines = {f"{role}_engine_config": {"provider": "scripted", "model": "wait"} for role in ROLES}
    asked: list[tuple[str, ...]] = []

    def opened(config: ScenarioRunnerConfig) -> Any:
        asked.append((config.agent_type, str(config.execute_max_iterations)))
        return open_models(config)

    result = await ScenarioRunner(opened).run_async(ScenarioRunnerConfig(**engines), Errand())
    assert (result.outcome, list(result.usage), asked) == ("failure", ["execute"], [("default", "80")])
    assert ScenarioRunner().run(ScenarioRunnerConfig(**engines), Errand()).success is False


async def test_the_runner_for_one_agent_refuses_an_agent_that_needs_a_user() -> None:
    with pytest.raises(ConfigError, match="plays beside a user"):
        await ScenarioRunner().run_async(ScenarioRunnerConfig(agent_type="observe-execute"), Errand())


def test_a_single_agent_has_eighty_steps_unless_they_are_set() -> None:
    assert ScenarioRunnerConfig(agent_type="default").execute_max_iterations == 80
    assert ScenarioRunnerConfig(agent_type="default", execute_max_iterations=10).execute_max_iterations == 10
    assert ScenarioRunnerConfig().execute_max_iterations == 10
    one, other = (ScenarioRunnerConfig(agent_type="default", execute_max_iterations=n) for n in (80, 10))
    assert ScenarioRunnerConfig(agent_type="default").get_config_hash() == one.get_config_hash()
    assert one.get_config_hash() != other.get_config_hash()


# --- agents by name -------------------------------------------------------------------------------------


class Idler:
    """An agent that only waits."""

    def __init__(self, setup: AgentSetup) -> None:
        self.counts: dict[str, Any] = {}
        self.has_pending_proposal = False

    async def take_turn(self) -> TurnResult:
        return TurnResult(waited=True)


def broken_factory(setup: AgentSetup) -> Any:
    raise OSError("no weights")


async def test_agents_of_ones_own_play_on_both_sides() -> None:
    name = f"{__name__}:Idler"
    config = ScenarioRunnerConfig(agent_type=name, user_type=name)
    result = await play(config, registry.create(ID), models(scripted({})))
    assert (result.outcome, result.usage, result.end_reason) == ("failure", {}, "idle")


async def test_a_factory_that_fails_is_a_defect_of_the_run(tmp_path: Path) -> None:
    config = ScenarioRunnerConfig(agent_type=f"{__name__}:broken_factory", output_dir=tmp_path)
    result = await play(config, registry.create(ID), models(scripted({})))
    assert (result.outcome, result.error_stage) == ("defect", "agents")
    assert "OSError: no weights" in str(result.exception)
    assert lines_of(result.export_path)[-1]["data"]["outcome"] == "defect"


async def test_unknown_agents_are_refused_before_anything_runs() -> None:
    config = ScenarioRunnerConfig(agent_type="observe-exceute", user_type="nobody")
    with pytest.raises(ConfigError) as refused:
        await TwoAgentScenarioRunner().run_async(config, registry.create(ID))
    assert "observe-execute" in str(refused.value)
    assert "nobody" in str(refused.value)


# --- ends -----------------------------------------------------------------------------------------------


async def test_the_token_limit_is_for_all_roles_together() -> None:
    scenario = registry.create(ID)
    scenario.initialize()
    result = await play(
        ScenarioRunnerConfig(max_tokens_per_run=400),
        registry.create(ID),
        models(scripted(good_script(scenario))),
    )
    used = sum(role["prompt_tokens"] + role["completion_tokens"] for role in result.usage.values())
    assert (result.end_reason, used) == ("token_limit", 500)
    assert result.outcome == "failure"


def never(env: Any) -> bool:
    return False


class Hopeful(Errand):
    """Waits for what never comes."""

    scenario_id = "hopeful"
    nb_turns = None

    def build_events_flow(self) -> None:
        super().build_events_flow()
        condition = ConditionCheckEvent.from_condition(never)
        add = Event.from_function(self.emails.send_email_to_user_only, sender="a@example.org")
        self.events += [condition, add.depends_on(condition, delay_seconds=1)]


async def test_a_condition_that_never_held_is_named_as_the_end() -> None:
    config = ScenarioRunnerConfig(agent_type="default", max_turns=None)
    result = await play(config, Hopeful(), models(scripted(ERRAND), EXECUTE))
    assert (result.end_reason, result.outcome) == ("condition_never_met", "success")


async def test_costs_follow_the_users_prices() -> None:
    engine = {"provider": "scripted", "model": "m", "price": {"prompt": 1, "completion": 4}}
    config = ScenarioRunnerConfig(agent_type="default", execute_engine_config=engine)
    result = await play(config, Errand(), models(scripted(ERRAND), EXECUTE))
    assert result.cost == pytest.approx(2 * (100 * 1 + 25 * 4) / 1e6)
    unpriced = await play(
        ScenarioRunnerConfig(agent_type="default"), Errand(), models(scripted(ERRAND), EXECUTE)
    )
    assert unpriced.cost is None
    assert Price(prompt=1, completion=4).cost(Usage(100, 0, 25)) == pytest.approx(200e-6)


async def test_a_result_says_what_was_asked_and_what_answered() -> None:
    async def named(request: CompletionRequest) -> Completion:
        return Completion("nothing", model="m-2025-01", system_fingerprint="fp_1")

    config = ScenarioRunnerConfig(agent_type="default", execute_engine_config={"provider": "x", "model": "m"})
    result = await play(config, Errand(), models(named, EXECUTE))
    assert result.fingerprint == {
        "execute": {"asked": ["m"], "answered": ["m-2025-01"], "fingerprints": ["fp_1"]}
    }


# --- what goes wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "said"), [("initialize", "LookupError"), ("validate", "ZeroDivisionError")]
)
async def test_a_scenario_that_raises_leaves_result_and_trace(tmp_path: Path, stage: str, said: str) -> None:
    config = ScenarioRunnerConfig(agent_type="default", output_dir=tmp_path)
    result = await play(config, Errand(explode=stage), models(scripted(ERRAND), EXECUTE))
    assert (result.outcome, result.error_stage, type(result.exception).__name__) == ("defect", stage, said)
    last = lines_of(result.export_path)[-1]["data"]
    assert (last["error"]["type"], last["error_stage"]) == (said, stage)
    assert any("test_play.py" in line for line in last["error"]["place"])


async def test_a_disk_that_refuses_costs_the_trace_and_not_the_result(tmp_path: Path) -> None:
    (tmp_path / "traces").write_text("a file where a directory should be")
    config = ScenarioRunnerConfig(agent_type="default", output_dir=tmp_path / "traces")
    result = await play(config, Errand(), models(scripted(ERRAND), EXECUTE))
    assert (result.outcome, result.export_path) == ("success", None)


async def test_the_oracle_gives_the_same_kind_of_result(tmp_path: Path) -> None:
    config = ScenarioRunnerConfig(oracle=True, output_dir=tmp_path, export=True)
    result = await TwoAgentScenarioRunner().run_async(config, registry.create(ID))
    assert (result.outcome, result.success, result.strict_success) == ("success", True, True)
    assert (result.end_reason, result.usage, result.events_unfired) == ("no_events", {}, [])
    kinds = {line["kind"] for line in lines_of(result.export_path)}
    assert kinds == {"header", "event", "result"}


async def test_an_oracle_run_that_succeeds_leaves_no_trace_unless_it_is_exported(tmp_path: Path) -> None:
    config = ScenarioRunnerConfig(oracle=True, output_dir=tmp_path)
    assert (await TwoAgentScenarioRunner().run_async(config, registry.create(ID))).export_path is None
    failed = await TwoAgentScenarioRunner().run_async(config, Errand(explode="validate"))
    assert lines_of(failed.export_path)[-1]["data"]["outcome"] == "defect"


async def test_a_run_can_be_followed_turn_by_turn(tmp_path: Path) -> None:
    seen: list[int] = []

    async def looking(request: CompletionRequest) -> Completion:
        growing = tmp_path / "errand.jsonl.part"
        seen.append(len(growing.read_bytes().splitlines()))
        return await answer(request)

    answer = scripted(ERRAND)
    config = ScenarioRunnerConfig(agent_type="default", output_dir=tmp_path)
    await play(config, Errand(), models(looking, EXECUTE))
    assert seen[0] > 1
    assert names_in(tmp_path) == ["errand.jsonl"]


# --- time -----------------------------------------------------------------------------------------------


async def test_a_run_that_works_for_too_long_is_cancelled_and_leaves_its_trace(tmp_path: Path) -> None:
    cancelled = []

    async def slow(request: CompletionRequest) -> Completion:
        try:
            await anyio.sleep(30)
        finally:
            cancelled.append(request.label.role)
        raise AssertionError

    config = ScenarioRunnerConfig(agent_type="default", output_dir=tmp_path)
    with anyio.fail_after(5):
        asked = models(Working(slow, "there"), EXECUTE)
        result = await play(config, Errand(), asked, work=WorkingTime(0.05))
    assert (result.outcome, result.error_kind, cancelled) == ("infrastructure", "timeout", ["execute"])
    assert lines_of(result.export_path)[-1]["data"]["error_kind"] == "timeout"


async def test_waiting_does_not_count_as_work() -> None:
    work = WorkingTime(0.1)
    seen = []

    async def queued(request: CompletionRequest) -> Completion:
        seen.append(work.doing)
        await anyio.sleep(0.15)
        return await Working(answer, "there")(request)

    async def answer(request: CompletionRequest) -> Completion:
        seen.append(work.doing)
        return await scripted(ERRAND)(request)

    config = ScenarioRunnerConfig(agent_type="default", execute_max_iterations=2)
    result = await play(config, Errand(), models(queued, EXECUTE), work=work)
    assert (result.end_reason, work.has_expired) == ("max_turns", False)
    assert seen[:2] == ["a turn at gpt-5", "a reply from there"]
    assert work.doing == "simulation"


async def test_a_run_that_is_cancelled_from_outside_is_no_result() -> None:
    async def slow(request: CompletionRequest) -> Completion:
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.move_on_after(0.05) as scope:
        await play(
            ScenarioRunnerConfig(agent_type="default"),
            Errand(),
            models(Working(slow, "there"), EXECUTE),
            work=WorkingTime(60),
        )
    assert scope.cancelled_caught
