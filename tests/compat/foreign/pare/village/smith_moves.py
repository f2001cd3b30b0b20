from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, CapabilityTag, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulContactsApp, StatefulEmailApp
from pare.scenarios import PAREScenario
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import register_scenario

from .people import everybody


@register_scenario("foreign_smith_moves")
class SmithMoves(PAREScenario):
    """The smith has a new number; the people come from a module of this package."""

    start_time = datetime(2025, 8, 1, 6, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Execution,)
    seed = 5
    duration = 7200.0

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.contacts = StatefulContactsApp(name="Contacts")
        self.email = StatefulEmailApp(name="Emails", user_email="me@village.example")
        for person in everybody():
            self.contacts.add_contact(person)
        self.apps = [self.agent_ui, self.system_app, self.contacts, self.email]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        contacts_app = self.get_typed_app(StatefulContactsApp, "Contacts")
        email_app = self.get_typed_app(StatefulEmailApp, "Emails")
        with EventRegisterer.capture_mode():
            news = email_app.send_email_to_user_with_id(
                email_id="news",
                sender="jorn@village.example",
                subject="New number",
                content="It is 5550200 now. Jorn",
            ).delayed(30)
            find = contacts_app.search_contacts(query="Jorn").oracle().depends_on(news, delay_seconds=1)
            offer = aui.send_message_to_user(content="Jorn has a new number. Save 5550200?").oracle()
            offer.depends_on([find], delay_seconds=1)
            yes = aui.accept_proposal(content="Save it").oracle().depends_on(offer, delay_seconds=1)
            save = contacts_app.edit_contact(contact_id="smith", updates={"phone": "5550200"}).oracle()
            save.depends_on(yes, delay_seconds=1)
        self.events = [news, find, offer, yes, save]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            saved = [
                e.action.args["updates"]
                for e in env.event_log.list_view()
                if e.event_type == EventType.AGENT
                and isinstance(e.action, Action)
                and e.action.function_name == "edit_contact"
            ]
            ok = {"phone": "5550200"} in saved and env.get_app("Contacts").contacts[
                "smith"
            ].phone == "5550200"
            assert ScenarioRunnerConfig(oracle=True).oracle
            return ScenarioValidationResult(success=ok, rationale=str(saved))
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
