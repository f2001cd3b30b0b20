"""The keeper asks for a relief; the answer of the coast guard refers to the mail that the agent sent."""

from typing import Any

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.email_client import Email, EmailClientApp, EmailFolderName
from are.simulation.scenarios.scenario import Scenario
from are.simulation.scenarios.utils.cli_utils import run_and_validate
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.validation_result import ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType


@register_scenario("foreign_lighthouse_keeper")
class LighthouseKeeper(Scenario):
    scenario_id: str = "foreign_lighthouse_keeper"
    start_time: float | None = 0
    duration: float | None = 900

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.aui = AgentUserInterface()
        self.email_app = EmailClientApp()
        self.email_app.add_email(
            email=Email(
                sender="depot@coast.example",
                recipients=[self.email_app.user_email],
                subject="Lamp oil",
                content="The next barrel comes on Friday.",
                email_id="oil",
            ),
        )
        self.apps = [self.aui, self.email_app]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        email_app = self.get_typed_app(EmailClientApp)
        with EventRegisterer.capture_mode():
            ask = (
                aui.send_message_to_agent(content="Ask relief@coast.example for a week off, and tell me what they say.")
                .with_id("ask")
                .depends_on(None, delay_seconds=5)
            )
            look = email_app.list_emails(folder_name="INBOX").oracle().with_id("look").depends_on(ask, delay_seconds=1)
            request = (
                email_app.send_email(
                    recipients=["relief@coast.example"], subject="A week off", content="May I have a week off?"
                )
                .oracle()
                .with_id("request")
                .depends_on(look, delay_seconds=2)
            )
            granted = (
                email_app.reply_to_email_from_user(
                    sender="relief@coast.example", email_id="{{request}}", content="Granted."
                )
                .with_id("granted")
                .depends_on(request, delay_seconds=30)
            )
            tell = (
                aui.send_message_to_user(content="They granted it.")
                .oracle()
                .with_id("tell")
                .depends_on([request, granted], delay_seconds=3)
            )
        self.events = [ask, look, request, granted, tell]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            sent = env.get_app("EmailClientApp").folders[EmailFolderName.SENT].emails
            asked = any(
                event.event_type == EventType.AGENT
                and isinstance(event.action, Action)
                and event.action.function_name == "send_email"
                and event.action.class_name == "EmailClientApp"
                and event.action.args["recipients"] == ["relief@coast.example"]
                for event in env.event_log.list_view()
            )
            return ScenarioValidationResult(success=asked and sent[0].subject == "A week off")
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)


if __name__ == "__main__":
    run_and_validate(LighthouseKeeper())
