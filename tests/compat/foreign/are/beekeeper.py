"""Which hive is light? A module beside the file brings the data."""

from beekeeper_records import HIVES, weekly_report

from are.simulation.apps import AgentUserInterface, Mail
from are.simulation.apps.email_client import EmailClientApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType


@register_scenario("foreign_beekeeper")
class Beekeeper(Scenario):
    start_time: float | None = 0
    duration: float | None = 90

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        mail = Mail()
        mail.add_email(weekly_report(mail.user_email))
        self.apps = [AgentUserInterface(), mail]

    def build_events_flow(self) -> None:
        aui, mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(EmailClientApp, "Mail")
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Which hive needs sugar?").depends_on(None, delay_seconds=1)
            read = mail.get_email_by_id(email_id="week").oracle().depends_on(task, delay_seconds=1)
            answer = aui.send_message_to_user(content="south").oracle().depends_on(read, delay_seconds=1)
        self.events = [task, read, answer]

    def validate(self, env) -> ScenarioValidationResult:
        light = min(HIVES, key=HIVES.get)
        answers = [
            e.action.args["content"]
            for e in env.event_log.list_view()
            if e.event_type == EventType.AGENT and e.function_name() == "send_message_to_user"
        ]
        return ScenarioValidationResult(success=any(light in answer for answer in answers))


if __name__ == "__main__":
    from are.simulation.scenarios.utils.cli_utils import run_and_validate

    assert run_and_validate(Beekeeper()).success
