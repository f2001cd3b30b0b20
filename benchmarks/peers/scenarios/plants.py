"""An app of its own, a condition, and what depends on it: seven log entries."""

from dataclasses import dataclass, field
from typing import Any

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.app import App
from are.simulation.apps.system import SystemApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.tool_utils import OperationType, app_tool, env_tool
from are.simulation.types import (
    ConditionCheckEvent,
    Event,
    EventRegisterer,
    EventType,
    event_registered,
)
from are.simulation.utils import get_state_dict, type_check


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

    @type_check
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


@register_scenario("benchmark_plants")
class Plants(Scenario):
    start_time: float | None = 0
    duration: float | None = 120

    def init_and_populate_apps(self, *_args, **_kwargs) -> None:
        self.apps = [AgentUserInterface(), SystemApp(), PlantApp(moisture={"fern": 2})]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        plants = self.get_typed_app(PlantApp)
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content="Keep the fern wet").with_id("ask")
            ask.depends_on(None, delay_seconds=2)
            dry = plants.dry_out(plant="fern").with_id("dry").depends_on(ask, delay_seconds=10)
            fix = (
                plants.water(plant="fern", amount=3).oracle().with_id("fix").depends_on(dry, delay_seconds=2)
            )
            done = aui.send_message_to_user(content="Watered").oracle().with_id("done")
            done.depends_on(fix, delay_seconds=1)
        wet = ConditionCheckEvent.from_condition(
            lambda env: env.get_app("PlantApp").moisture["fern"] >= 3, every_tick=5
        )
        wet.with_id("wet").depends_on(dry)
        thanks = Event.from_function(aui.send_message_to_agent, event_type=EventType.USER, content="Thanks")
        thanks.with_id("thanks").depends_on(wet, delay_seconds=1)
        self.events = [ask, dry, fix, done, wet, thanks]

    def validate(self, env) -> ScenarioValidationResult:
        log = env.event_log.list_view()
        watered = any(e.event_type == EventType.AGENT and e.function_name() == "water" for e in log)
        wet = env.get_app("PlantApp").moisture["fern"] >= 3
        return ScenarioValidationResult(success=watered and wet and len(log) == 7)
