"""Four climbers, one weekend: groups, ids of people, and phone numbers as ids."""

from are.simulation.apps import AgentUserInterface, MessagingAppV2, SystemApp
from are.simulation.apps.messaging_v2 import ConversationV2, MessageV2, MessagingAppMode
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType, Hint, HintType


@register_scenario("foreign_climbing_group")
class ClimbingGroup(Scenario):
    start_time: float | None = 0
    duration: float | None = 300
    seed: int = 11

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        chats = MessagingAppV2(current_user_id="me", current_user_name="Wanda", name="Chats")
        chats.add_users(["Pim", "Quill", "Rosa"])
        self.people = {name: chats.get_user_id(user_name=name) for name in ("Pim", "Quill", "Rosa")}
        chats.add_conversation(
            ConversationV2(
                participant_ids=["me", self.people["Pim"], self.people["Rosa"]],
                title="The wall",
                conversation_id="wall",
                messages=[MessageV2(sender_id=self.people["Rosa"], content="Saturday?", timestamp=0)],
            )
        )
        phones = MessagingAppV2("+49 1", "Wanda", "Messages", mode=MessagingAppMode.PHONE_NUMBER)
        phones.add_contacts([("Pim", "+49 2"), ("Hut", "+49 3")])
        self.apps = [AgentUserInterface(), SystemApp(), chats, phones]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        chats = self.get_typed_app(MessagingAppV2, "Chats")
        phones = self.get_app("Messages")
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Saturday suits me. Bring Quill in, and text the hut for four beds.")
            task.with_id("task").depends_on(None, delay_seconds=1)
            yes = chats.send_message_to_group_conversation(conversation_id="wall", content="Saturday is fine").oracle()
            yes.depends_on(task, delay_seconds=2)
            joins = (
                chats.add_participant_to_conversation(conversation_id="wall", user_id=self.people["Quill"])
                .oracle()
                .depends_on(task, delay_seconds=3)
            )
            who = phones.lookup_user_id(user_name="hut").oracle().with_id("who").depends_on(task, delay_seconds=4)
            beds = phones.send_message(user_id="{{who.Hut}}", content="Four beds on Saturday?").oracle().with_id("beds")
            beds.depends_on([who, joins], delay_seconds=1)
            answer = phones.create_and_add_message(
                conversation_id="{{beds}}", sender_id="+49 3", content="Four beds are yours."
            ).depends_on([beds], delay_seconds=15)
            done = aui.send_message_to_user(content="All set.").oracle().depends_on([yes, answer], delay_seconds=1)
        self.events = [task, yes, joins, who, beds, answer, done]
        self.hints = self.hints or []
        self.hints.append(
            Hint(hint_type=HintType.TASK_HINT, content="The hut has a number, no name", associated_event_id="task")
        )

    def validate(self, env) -> ScenarioValidationResult:
        chats, phones = env.get_app("Chats"), env.get_app("Messages")
        wall = chats.conversations["wall"]
        hut = [c for c in phones.conversations.values() if "+49 3" in c.participant_ids]
        ok = (
            self.people["Quill"] in wall.participant_ids
            and any(m.sender_id == "me" for m in wall.messages)
            and any("Four beds" in m.content for c in hut for m in c.messages if m.sender_id == "+49 1")
        )
        agent = [e for e in env.event_log.list_view() if e.event_type is EventType.AGENT]
        return ScenarioValidationResult(success=ok and len(agent) > 0)
