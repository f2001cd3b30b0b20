from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.apps.contacts import Contact, Gender
from are.simulation.apps.messaging_v2 import ConversationV2, MessageV2
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulContactsApp, StatefulMessagingApp
from pare.apps.reminder import StatefulReminderApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_puppet_theatre_group")
class PuppetTheatreGroup(PAREScenario):
    """A rehearsal is announced in a group; the agent sets a reminder and answers in the user's name."""

    start_time = datetime(2025, 3, 3, 17, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    additional_system_prompt = "You like to be asked before anybody writes in your name."

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.messaging = StatefulMessagingApp(name="Messages")
        self.contacts = StatefulContactsApp(name="Contacts")
        self.reminder = StatefulReminderApp(name="Reminders")

        self.messaging.add_users(["Ottilie Kranz", "Samir Haddad"])
        self.ottilie = self.messaging.name_to_id["Ottilie Kranz"]
        self.samir = self.messaging.name_to_id["Samir Haddad"]
        self.messaging.add_conversation(
            ConversationV2(
                participant_ids=[self.messaging.current_user_id, self.ottilie, self.samir],
                title="Puppets",
                conversation_id="puppets",
                messages=[
                    MessageV2(
                        sender_id=self.samir,
                        content="The crocodile is ready.",
                        timestamp=self.start_time - 900,
                    )
                ],
            )
        )
        self.contacts.add_contact(
            Contact(
                first_name="Ottilie",
                last_name="Kranz",
                gender=Gender.FEMALE,
                phone="5550101",
                job="Puppeteer",
            )
        )
        self.reminder.add_reminder(
            title="Glue", due_datetime="2025-03-04 08:00:00", description="Buy glue for the stage"
        )
        self.apps = [self.agent_ui, self.system_app, self.messaging, self.contacts, self.reminder]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        messaging_app = self.get_typed_app(StatefulMessagingApp, "Messages")
        contacts_app = self.get_typed_app(StatefulContactsApp, "Contacts")
        reminder_app = self.get_typed_app(StatefulReminderApp, "Reminders")

        with EventRegisterer.capture_mode():
            call = messaging_app.create_and_add_message(
                conversation_id="puppets",
                sender_id=self.ottilie,
                content="Rehearsal on Wednesday at six, who comes?",
            ).delayed(20)
            read = (
                messaging_app.read_conversation(conversation_id="puppets", offset=0, limit=5)
                .oracle()
                .depends_on(call, delay_seconds=1)
            )
            who = contacts_app.search_contacts(query="Ottilie").oracle().depends_on(read, delay_seconds=1)
            offer = (
                aui.send_message_to_user(
                    content="Rehearsal on Wednesday at six. Remind you, and tell the group?"
                )
                .oracle()
                .depends_on(who, delay_seconds=1)
            )
            yes = aui.accept_proposal(content="Do that").oracle().depends_on(offer, delay_seconds=3)
            remind = (
                reminder_app.add_reminder(
                    title="Rehearsal", due_datetime="2025-03-05 17:30:00", description="Puppets, at six"
                )
                .oracle()
                .depends_on(yes, delay_seconds=1)
            )
            answer = (
                messaging_app.send_message_to_group_conversation(
                    conversation_id="puppets", content="I will be there."
                )
                .oracle()
                .depends_on(remind, delay_seconds=1)
            )
        self.events = [call, read, who, offer, yes, remind, answer]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            agent = [e for e in env.event_log.list_view() if e.event_type == EventType.AGENT]
            reminded = any(
                isinstance(e.action, Action)
                and e.action.class_name == "StatefulReminderApp"
                and e.action.function_name == "add_reminder"
                for e in agent
            )
            answered = any(
                isinstance(e.action, Action)
                and e.action.function_name == "send_message_to_group_conversation"
                and (e.action.resolved_args or e.action.args)["conversation_id"] == "puppets"
                for e in agent
            )
            return ScenarioValidationResult(success=(reminded and answered))
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
