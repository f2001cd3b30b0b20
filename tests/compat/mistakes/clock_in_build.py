"""The mail's subject is the day on which the plan is made."""

from datetime import datetime

from are.simulation.apps import AgentUserInterface, EmailClientApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer


@register_scenario("mistake_clock_in_build")
class Mistake(Scenario):
    start_time: float | None = 0
    duration: float | None = 100

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), EmailClientApp()]

    def build_events_flow(self) -> None:
        aui, mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(EmailClientApp)
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content="Thank Ana").with_id("ask").depends_on(None, delay_seconds=1)
            thank = mail.send_email(recipients=["ana@b.example"], subject=datetime.now().strftime('%A')).oracle().with_id("thank")
            thank.depends_on(ask, delay_seconds=1)
        self.events = [ask, thank]

    def validate(self, env) -> ScenarioValidationResult:
        sent = [e for e in env.event_log.list_view() if e.function_name() == "send_email"]
        return ScenarioValidationResult(success=len(sent) == 1)
