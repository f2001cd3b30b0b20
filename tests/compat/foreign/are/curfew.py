"""Everything ends at ten: a StopEvent drops what would have come later."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.email_client import Email, EmailClientApp, EmailFolderName
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import Event, EventRegisterer, EventType, StopEvent


@register_scenario("foreign_curfew")
class Curfew(Scenario):
    start_time: float | None = 50
    duration: float | None = None

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), EmailClientApp()]

    def build_events_flow(self) -> None:
        aui, mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(EmailClientApp)
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content="Write good night to hall@school.example").with_id("ask")
            ask.depends_on(None, delay_seconds=1)
            write = mail.send_email(recipients=["hall@school.example"], subject="Good night").oracle()
            write.depends_on(ask, delay_seconds=5)
        late = Event.from_function(
            mail.send_email_to_user, email=Email(sender="hall@school.example", subject="Too late")
        )
        late.depends_on(ask, delay_seconds=500)
        ask.followed_by([StopEvent().with_id("curfew")], delay_seconds=[300])
        self.events = [ask, write, late]

    def validate(self, env) -> ScenarioValidationResult:
        written = any(
            e.event_type == EventType.AGENT and e.function_name() == "send_email" for e in env.event_log.list_view()
        )
        inbox = env.get_app("EmailClientApp").folders[EmailFolderName.INBOX].emails
        return ScenarioValidationResult(success=written and not inbox, rationale=f"{len(inbox)} late mails")
