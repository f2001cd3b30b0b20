"""A ship asks for a pilot; data and app come from the package by relative imports."""

from are.simulation.apps import AgentUserInterface
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType

from . import tides
from .vhf import RadioApp


@register_scenario("foreign_harbour_pilot")
class HarbourPilot(Scenario):
    start_time: float | None = 0
    duration: float | None = 600

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), RadioApp(heard=["Coast guard: silence please"])]

    def build_events_flow(self) -> None:
        aui, radio = self.get_typed_app(AgentUserInterface), self.get_typed_app(RadioApp)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="If a ship calls, tell it when there is high water on monday.")
            task.depends_on(None, delay_seconds=1)
            call = radio.call_in(ship="Marigold", words="High water on monday? Channel 12 please").depends_on(task, 100)
            listen = radio.listen().oracle().depends_on(call, delay_seconds=2)
            tune = radio.tune(channel=12).oracle().with_id("tune").depends_on(listen, delay_seconds=2)
            say = radio.say(words=f"High water {tides.HIGH_WATER['monday']}").oracle().depends_on(tune, delay_seconds=1)
            back = radio.tune(channel="{{tune}}").oracle() if False else radio.tune(channel=16).oracle()
            back.depends_on(say, delay_seconds=1)
            done = aui.send_message_to_user(content="Marigold knows.").oracle().depends_on(back, delay_seconds=1)
        self.events = [task, call, listen, tune, say, back, done]

    def validate(self, env) -> ScenarioValidationResult:
        radio = env.get_app("RadioApp")
        tools = [tool.name for tool in radio.get_tools()]
        spoken = any(
            e.event_type == EventType.AGENT
            and e.function_name() == "say"
            and tides.HIGH_WATER["monday"] in e.action.args["words"]
            for e in env.event_log.list_view()
        )
        ok = spoken and radio.channel == 16 and set(tools) == {"RadioApp__tune", "RadioApp__say", "RadioApp__listen"}
        return ScenarioValidationResult(success=ok, rationale=f"channel {radio.channel}, tools {tools}")
