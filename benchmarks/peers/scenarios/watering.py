"""A single agent's task: it waters ten plants, one call each, and says so. Its oracle does the same."""

from dataclasses import dataclass, field

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.app import App
from are.simulation.apps.system import SystemApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.tool_utils import OperationType, app_tool
from are.simulation.types import Event, EventRegisterer, EventType, event_registered

PLANTS = 10


@dataclass
class BalconyApp(App):
    name: str | None = None
    moisture: dict[str, int] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(self.name)

    def get_state(self):
        return {"moisture": dict(self.moisture)}

    def load_state(self, state_dict):
        self.moisture = dict(state_dict["moisture"])

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


@register_scenario("benchmark_watering")
class Watering(Scenario):
    start_time: float | None = 0
    duration: float | None = 600

    def init_and_populate_apps(self, *_args, **_kwargs) -> None:
        self.apps = [AgentUserInterface(), SystemApp(), BalconyApp()]

    def build_events_flow(self) -> None:
        aui, balcony = self.get_typed_app(AgentUserInterface), self.get_typed_app(BalconyApp)
        ask = Event.from_function(
            aui.send_message_to_agent, event_type=EventType.USER, content="Please water the ten plants"
        )
        ask.with_id("ask").depends_on(None, delay_seconds=1)
        self.events, before = [ask], ask
        with EventRegisterer.capture_mode():
            for number in range(PLANTS):
                water = balcony.water(plant=f"plant-{number}").oracle().with_id(f"water-{number}")
                before = water.depends_on(before, delay_seconds=1)
                self.events.append(before)
            done = aui.send_message_to_user(content="All are watered").oracle().with_id("done")
        self.events.append(done.depends_on(before, delay_seconds=1))

    def validate(self, env) -> ScenarioValidationResult:
        log = env.event_log.list_view()
        waters = [e for e in log if e.event_type == EventType.AGENT and e.function_name() == "water"]
        was_told = any(
            e.event_type == EventType.AGENT and e.function_name() == "send_message_to_user" for e in log
        )
        moisture = env.get_app("BalconyApp").moisture
        return ScenarioValidationResult(
            success=was_told and len(waters) == PLANTS and sorted(moisture.values()) == [1] * PLANTS
        )
