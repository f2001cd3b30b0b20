"""A bit of everything: messages, a shop, a cab, contacts, reminders, a validation that polls."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.cab import CabApp
from are.simulation.apps.contacts import ContactsApp
from are.simulation.apps.messaging import Conversation, MessagingApp
from are.simulation.apps.reminder import ReminderApp
from are.simulation.apps.shopping import ShoppingApp
from are.simulation.apps.system import SystemApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType, ValidationEvent


@register_scenario("benchmark_errands")
class Errands(Scenario):
    start_time: float | None = 0
    duration: float | None = 600

    def init_and_populate_apps(self, *_args, **_kwargs) -> None:
        shop, messages = ShoppingApp(), MessagingApp()
        product = shop.add_product("Kettle")
        self._item = shop.add_item_to_product(product, price=29.0, options={"colour": "red"}, available=True)
        messages.add_conversation(Conversation(participants=["Me", "Jo Lind"], conversation_id="jo"))
        self.apps = [
            AgentUserInterface(),
            SystemApp(),
            shop,
            messages,
            CabApp(),
            ContactsApp(),
            ReminderApp(),
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        shop, messages = self.get_typed_app(ShoppingApp), self.get_typed_app(MessagingApp)
        cab, contacts = self.get_typed_app(CabApp), self.get_typed_app(ContactsApp)
        reminders = self.get_typed_app(ReminderApp)
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content="Help Jo with the kettle")
            ask.with_id("ask").depends_on(None, delay_seconds=1)
            text = messages.create_and_add_message(
                conversation_id="jo", sender="Jo Lind", content="Could you get me a red kettle?"
            )
            text.with_id("text").depends_on(ask, delay_seconds=10)
            steps = [
                messages.read_conversation(conversation_id="jo"),
                shop.search_product(product_name="Kettle"),
                shop.add_to_cart(item_id=self._item, quantity=1),
                shop.checkout(),
                cab.order_ride(start_location="Home", end_location="Shop", service_type="Default"),
                contacts.add_new_contact(first_name="Jo", last_name="Lind", phone="+4512345678"),
                reminders.add_reminder(
                    title="Kettle", due_datetime="1970-01-01 00:05:00", description="Hand it over"
                ),
                messages.send_message(conversation_id="jo", content="It is on its way"),
                aui.send_message_to_user(content="The kettle is bought"),
            ]
        self.events, before = [ask, text], text
        for number, step in enumerate(steps):
            before = step.oracle().with_id(f"step-{number}").depends_on(before, delay_seconds=3)
            self.events.append(before)
        bought = ValidationEvent(
            milestones=[lambda env: bool(env.get_app("ShoppingApp").orders)],
            schedule_every_ticks=5,
            timeout=120,
        )
        self.events.append(bought.with_id("bought").depends_on(ask, delay_seconds=1))

    def validate(self, env) -> ScenarioValidationResult:
        played = {
            e.event_id
            for e in env.event_log.list_view()
            if e.event_type == EventType.AGENT and not e.failed()
        }
        wanted = {f"step-{number}" for number in range(9)}
        return ScenarioValidationResult(
            success=wanted <= played and len(env.get_app("ContactsApp").contacts) == 1
        )
