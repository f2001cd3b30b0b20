"""Long chains: 400 events on 20 lines, and a condition that is polled meanwhile."""

from dataclasses import dataclass, field

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.app import App
from are.simulation.apps.system import SystemApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.tool_utils import OperationType, app_tool
from are.simulation.types import ConditionCheckEvent, EventRegisterer, event_registered

LINES = 20
STEPS = 20


@dataclass
class LineApp(App):
    name: str | None = None
    built: dict[str, int] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(self.name)

    def get_state(self):
        return {"built": dict(self.built)}

    def load_state(self, state_dict):
        self.built = dict(state_dict["built"])

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def build(self, line: str, parts: int = 1) -> int:
        """Build parts on a line.

        :param line: which line
        :param parts: how many
        :returns: how many there are now
        """
        self.built[line] = self.built.get(line, 0) + parts
        return self.built[line]


@register_scenario("benchmark_assembly_line")
class AssemblyLine(Scenario):
    start_time: float | None = 0
    duration: float | None = 3600

    def init_and_populate_apps(self, *_args, **_kwargs) -> None:
        self.apps = [AgentUserInterface(), SystemApp(), LineApp()]

    def build_events_flow(self) -> None:
        aui, lines = self.get_typed_app(AgentUserInterface), self.get_typed_app(LineApp)
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content="Build").with_id("ask").depends_on(None, delay_seconds=1)
            self.events = [ask]
            for line in range(LINES):
                before = ask
                for step in range(STEPS):
                    event = lines.build(line=f"line-{line}").oracle().with_id(f"build-{line}-{step}")
                    before = event.depends_on(before, delay_seconds=1 + line % 5)
                    self.events.append(before)
            done = aui.send_message_to_user(content="Built").oracle().with_id("done")
        full = ConditionCheckEvent.from_condition(
            lambda env: sum(env.get_app("LineApp").built.values()) == LINES * STEPS, every_tick=10
        )
        full.with_id("full").depends_on(ask)
        self.events += [full, done.depends_on(full, delay_seconds=1)]

    def validate(self, env) -> ScenarioValidationResult:
        built = env.get_app("LineApp").built
        log = env.event_log.list_view()
        was_told = any(e.event_id == "done" for e in log)
        return ScenarioValidationResult(
            success=was_told
            and sorted(built.values()) == [STEPS] * LINES
            and not any(e.failed() for e in log)
        )
