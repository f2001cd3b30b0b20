"""The reference scenario file, as an author writes it, and the log that it must give."""

from dataclasses import dataclass, field
from typing import Any

from pare.apps.base import App, get_state_dict
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.kernel.environment import Environment
from pare.kernel.events import ConditionCheckEvent, Event, EventType, OperationType
from pare.kernel.recording import EventRegisterer, event_registered
from pare.scenario_runner import play_oracle
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.utils.registry import ScenarioRegistry
from pare.tools import app_tool, env_tool

registry = ScenarioRegistry()


@dataclass
class PlantApp(App):
    name: str | None = None
    moisture: dict[str, int] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(self.name)

    def get_state(self) -> dict[str, Any]:
        return get_state_dict(self, ["moisture"])

    def load_state(self, state_dict: dict[str, Any]):
        self.moisture = state_dict["moisture"]

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def water(self, plant: str, amount: int = 1) -> int:
        """Pour water on a plant.
        :param plant: which plant
        :param amount: cups of water
        :returns: the new moisture level
        """
        self.moisture[plant] = self.moisture.get(plant, 0) + amount
        return self.moisture[plant]

    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def dry_out(self, plant: str) -> None:
        """A plant loses its water.
        :param plant: which plant
        """
        self.moisture[plant] = 0


@registry.register("invented_plants")
class Plants(Scenario):
    start_time: float | None = 0
    duration: float | None = 120

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), SystemApp(), PlantApp(moisture={"fern": 2})]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        plants = self.get_typed_app(PlantApp)
        with EventRegisterer.capture_mode():
            ask = (
                aui.send_message_to_agent(content="Keep the fern wet")
                .with_id("ask")
                .depends_on(None, delay_seconds=2)
            )
            dry = plants.dry_out(plant="fern").with_id("dry").depends_on(ask, delay_seconds=10)
            fix = (
                plants.water(plant="fern", amount=3).oracle().with_id("fix").depends_on(dry, delay_seconds=2)
            )
            done = (
                aui.send_message_to_user(content="Watered")
                .oracle()
                .with_id("done")
                .depends_on(fix, delay_seconds=1)
            )
        wet = (
            ConditionCheckEvent.from_condition(
                lambda env: env.get_app("PlantApp").moisture["fern"] >= 3, every_tick=5
            )
            .with_id("wet")
            .depends_on(dry)
        )
        thanks = (
            Event.from_function(aui.send_message_to_agent, event_type=EventType.USER, content="Thanks")
            .with_id("thanks")
            .depends_on(wet, delay_seconds=1)
        )
        self.events = [ask, dry, fix, done, wet, thanks]

    def validate(self, env) -> ScenarioValidationResult:
        ok = any(
            e.event_type == EventType.AGENT and e.function_name() == "water"
            for e in env.event_log.list_view()
        )
        return ScenarioValidationResult(success=ok and env.get_app("PlantApp").moisture["fern"] >= 3)


def outcomes(env: Environment) -> list[tuple[float, str, str, Any]]:
    return [(line["time"], line["type"], line["id"], line["return"]) for line in env.event_log.lines()]


def test_the_oracle_log_is_the_expected_one() -> None:
    run = play_oracle(Plants())
    messages = run.scenario.get_typed_app(AgentUserInterface).messages
    asked, _, thanked = [message.id for message in messages]
    assert outcomes(run.environment) == [
        (2, "ENV", "ask", asked),
        (12, "ENV", "dry", None),
        (12, "CONDITION", "wet-CHECK_0", False),
        (14, "AGENT", "fix", 3),
        (15, "AGENT", "done", None),
        (17, "CONDITION", "wet-CHECK_1", True),
        (18, "USER", "thanks", thanked),
    ]
    assert (run.result.success, run.outcome, run.environment.end_reason) == (True, "success", "no_events")
    assert [message.timestamp for message in messages] == [2, 15, 18]


def test_an_agent_that_waters_gets_its_thanks() -> None:
    scenario, env = Plants(), Environment()
    scenario.initialize()
    env.run(scenario, wait_for_end=False)
    env.advance(30.5)
    scenario.get_typed_app(PlantApp).water("fern", 5)
    env.join()
    log = [line for line in outcomes(env) if line[1] != "CONDITION"]
    looks = [time for time, kind, *_ in outcomes(env) if kind == "CONDITION"]
    assert [(time, kind) for time, kind, *_ in log] == [
        (2, "ENV"),
        (12, "ENV"),
        (30.5, "AGENT"),
        (33, "USER"),
    ]
    assert (looks, scenario.validate(env).success) == ([12, 17, 22, 27, 32], True)


def test_an_agent_that_does_nothing_fails_at_the_duration() -> None:
    scenario, env = Plants(), Environment()
    scenario.initialize()
    env.run(scenario)
    assert [time for time, kind, *_ in outcomes(env) if kind == "CONDITION"] == list(range(12, 121, 5))
    assert (env.current_time, env.end_reason, scenario.validate(env).success) == (
        120,
        "condition_never_met",
        False,
    )


def test_a_second_run_after_a_soft_reset_gives_the_same_log() -> None:
    scenario = Plants()
    first = play_oracle(scenario)
    scenario.soft_reset()
    second = play_oracle(scenario)
    assert first.environment.event_log.lines() == second.environment.event_log.lines()
    assert play_oracle(Plants()).environment.event_log.lines() == second.environment.event_log.lines()


def test_its_tools_come_in_order() -> None:
    scenario = registry.create("invented_plants")
    scenario.initialize()
    assert (scenario.scenario_id, [tool.name for tool in scenario.get_env_tools()]) == (
        "invented_plants",
        ["PlantApp__dry_out"],
    )
    assert [tool.name for tool in scenario.get_tools()] == [
        "AgentUserInterface__send_message_to_user",
        "AgentUserInterface__get_last_message_from_user",
        "AgentUserInterface__get_last_unread_messages",
        "AgentUserInterface__get_last_message_from_agent",
        "AgentUserInterface__get_all_messages",
        "SystemApp__get_current_time",
        "SystemApp__wait_for_notification",
        "PlantApp__water",
    ]
