"""The choir has lost its key: messages of the first generation, with conversations by participants' names."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.contacts import Contact, Contacts, Gender, InternalContacts, Status
from are.simulation.apps.messaging import Conversation, Message, MessagingApp
from are.simulation.scenarios.scenario import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.validation_result import ScenarioValidationResult
from are.simulation.types import ConditionCheckEvent, EventRegisterer, EventType


@register_scenario("foreign_choir_chat")
class ChoirChat(Scenario):
    start_time: float | None = 1_700_000_000
    duration: float | None = 400
    additional_system_prompt: str | None = "You answer for the choir's secretary."

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        messaging = MessagingApp()
        messaging.add_conversations(
            [
                Conversation(
                    participants=["Odile", "Me"],
                    title="Odile",
                    conversation_id="odile",
                    messages=[
                        Message(sender="Odile", message_id="o1", timestamp=1_699_999_000, content="Who has the key?"),
                        Message(sender="Me", message_id="o2", timestamp=1_699_999_100, content="I will find out."),
                    ],
                ),
                Conversation(
                    participants=["Bertil", "Me"],
                    title="Bertil",
                    conversation_id="bertil",
                    messages=[Message(sender="Bertil", message_id="b1", timestamp=1_699_000_000, content="I took it.")],
                ),
            ]
        )
        contacts = Contacts()
        contacts.add_contact(
            Contact(first_name="Odile", last_name="Marchand", gender=Gender.FEMALE, status=Status.RETIRED, age=70)
        )
        contacts.add_new_contact(first_name="Bertil", last_name="Lund", gender="Male", phone="+46 1 22")
        hidden = InternalContacts()
        hidden.add_new_contact(first_name="No", last_name="Body")
        self.apps = [AgentUserInterface(), messaging, contacts, hidden]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        messaging = self.get_typed_app(MessagingApp)
        contacts = self.get_typed_app(Contacts)

        def odile_thanked(env) -> bool:
            messages = env.get_app("MessagingApp").conversations["odile"].messages
            return any("Bertil" in m.content for m in messages if m.sender == "Me")

        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Find out who has the key and tell Odile.").depends_on(None, 1)
            nagging = messaging.create_and_add_message(
                conversation_id="odile", sender="Odile", content="Well? We stand outside."
            ).depends_on(task, delay_seconds=20)
            found = messaging.search(query="took it").oracle().depends_on(nagging, delay_seconds=4)
            number = contacts.search_contacts(query="Bertil").oracle().depends_on(found, delay_seconds=2)
            reply = (
                messaging.send_message(conversation_id="odile", content="Bertil has it: +46 1 22")
                .oracle()
                .depends_on([found, number], delay_seconds=2)
            )
        thanked = ConditionCheckEvent.from_condition(odile_thanked, every_tick=3, timeout=300).depends_on(nagging)
        with EventRegisterer.capture_mode():
            thanks = messaging.create_and_add_message(conversation_id="odile", sender="Odile", content="Merci!")
            thanks.depends_on(thanked, delay_seconds=5)
        self.events = [task, nagging, found, number, reply, thanked, thanks]

    def validate(self, env) -> ScenarioValidationResult:
        try:
            log = env.event_log.list_view()
            wrote = any(
                e.event_type == EventType.AGENT
                and e.action.class_name == "MessagingApp"
                and e.function_name() == "send_message"
                and e.get_args()["conversation_id"] == "odile"
                for e in log
            )
            names = {tool.app_name for tool in self.get_tools()}
            return ScenarioValidationResult(success=wrote and "InternalContacts" not in names)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
