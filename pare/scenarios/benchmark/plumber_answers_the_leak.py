"""Water drips on the neighbour's shelf; the plumber must be asked first, and her answer decides the rest."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulMessagingApp,
)
from pare.apps.base import parse_time
from pare.apps.contacts import Contact
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, wrote
from pare.scenarios.checks import clock, day, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

VISIT_START, VISIT_END = "2025-02-13 16:20:00", "2025-02-13 17:10:00"
VISIT, DAY = clock("16:20"), day("2025-02-13")
PLUMBER, NEIGHBOUR = "Ilse Brandt", "Ruta Kalnina"


@register_scenario("plumber_answers_the_leak")
class PlumberAnswersTheLeak(PAREScenario):
    """Ruta below has water on her shelf. Ilse Brandt, once asked, offers two times; one of them is free."""

    start_time = parse_time("2025-02-11 17:30:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Collaboration, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={"piet": "Piet Maas", "ruta": NEIGHBOUR, "ilse": PLUMBER},
        )
        self.messages.add_conversations(
            [
                _conversation("piet", "Piet Maas", "2023-05-02 10:00:00", "The new kitchen tap is in."),
                _conversation("ruta", "Ruta Kalnina", "2025-02-02 19:00:00", "Thanks for the soup!"),
                _conversation(
                    "ilse", "Ilse Brandt", "2024-11-20 08:15:00", "The bill is in your letter box."
                ),
            ]
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.messages,
            self._contacts(),
            self._calendar(),
        ]

    def _contacts(self) -> StatefulContactsApp:
        self.contacts = StatefulContactsApp(name="Contacts")
        self.contacts.add_contacts(
            [
                Contact(
                    first_name="Piet",
                    last_name="Maas",
                    contact_id="contact-piet",
                    job="Plumber",
                    description="Gave up his business in 2024.",
                ),
                Contact(
                    first_name="Gustav", last_name="Brandl", contact_id="contact-gustav", job="Piano tuner"
                ),
                Contact(
                    first_name="Ilse",
                    last_name="Brandt",
                    contact_id="contact-ilse",
                    job="Plumber",
                    description="Looks after the pipes of our house since Piet stopped.",
                ),
            ]
        )
        return self.contacts

    def _calendar(self) -> StatefulCalendarApp:
        self.calendar = StatefulCalendarApp(name="Calendar")
        self.calendar.add_calendar_event(
            title="Blood donation", start_datetime="2025-02-12 09:30:00", end_datetime="2025-02-12 11:00:00"
        )
        self.calendar.add_calendar_event(
            title="Cinema with Rosa",
            start_datetime="2025-02-13 19:30:00",
            end_datetime="2025-02-13 22:00:00",
        )
        return self.calendar

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            leak = self.messages.create_and_add_message(
                conversation_id="chat-ruta",
                sender_id="ruta",
                content=(
                    "Hi John, water is dripping from your kitchen onto my shelf! Can you get your plumber "
                    "in soon? Tell me when, please: I want to be at home, she should see my ceiling as "
                    "well."
                ),
            ).depends_on(None, delay_seconds=30)
            read = (
                self.messages.read_conversation(conversation_id="chat-ruta")
                .oracle()
                .depends_on(leak, delay_seconds=5)
            )
            look_up = self.contacts.get_contacts().oracle().depends_on(read, delay_seconds=2)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Water from your kitchen drips on a shelf of Ruta Kalnina's. Shall I ask your "
                        "plumber, Ilse Brandt, for a visit when you are free, put it in your calendar and "
                        "tell Ruta?"
                    )
                )
                .oracle()
                .depends_on(look_up, delay_seconds=3)
            )
            accept = (
                aui.accept_proposal(content="Yes, quickly.").oracle().depends_on(propose, delay_seconds=15)
            )
            ask = (
                self.messages.send_message(
                    user_id="ilse",
                    content="Hello Ilse, my kitchen is leaking into the flat below. When could you come?",
                )
                .oracle()
                .depends_on(accept, delay_seconds=3)
            )
            asked = ConditionCheckEvent.from_condition(self._plumber_asked, every_tick=5).depends_on(leak)
            answer = self.messages.create_and_add_message(
                conversation_id="chat-ilse",
                sender_id="ilse",
                content=(
                    "Oh dear. Close the valve under the sink until then. I could come tomorrow from 10:00 "
                    "to 10:50, or on Thursday, 13 February, from 16:20 to 17:10. Which one shall I keep?"
                ),
            ).depends_on(asked, delay_seconds=240)
            settled = self._settle(aui, answer)
        self.events = [leak, read, look_up, propose, accept, ask, asked, answer, *settled]

    def _settle(self, aui: PAREAgentUserInterface, answer: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="chat-ilse")
            .oracle()
            .depends_on(answer, delay_seconds=5)
        )
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-02-12 00:00:00", end_datetime="2025-02-14 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        add = (
            self.calendar.add_calendar_event(
                title="Plumber, Ilse Brandt", start_datetime=VISIT_START, end_datetime=VISIT_END
            )
            .oracle()
            .depends_on(look, delay_seconds=3)
        )
        choose = (
            self.messages.send_message(user_id="ilse", content="Please keep Thursday at 16:20. Thank you!")
            .oracle()
            .depends_on(add, delay_seconds=2)
        )
        tell = (
            self.messages.send_message(
                user_id="ruta", content="Sorry, Ruta! Our plumber comes on Thursday at 16:20."
            )
            .oracle()
            .depends_on(choose, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content=(
                    "Your plumber comes on Thursday, 13 February, 16:20 to 17:10; Wednesday clashed with "
                    "the blood donation. It is in your calendar and Ruta knows. Close the valve under the "
                    "sink."
                )
            )
            .oracle()
            .depends_on(tell, delay_seconds=1)
        )
        return [read, look, add, choose, tell, report]

    def _plumber_asked(self, env: Any) -> bool:
        return wrote(env, PLUMBER)

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            proposed_first=proposed(env, ("Ilse", "Brandt")),
            plumber_has_the_time=wrote(env, PLUMBER, (*VISIT, *DAY)),
            neighbour_has_the_time=wrote(env, NEIGHBOUR, VISIT),
            nobody_else_written_to=readers(env) <= {PLUMBER, NEIGHBOUR},
            visit_in_calendar=planned(env, VISIT_START, VISIT_END),
            all_else_kept=kept(self, env),
            told_when=reported(env, VISIT),
        )


def _conversation(user_id: str, name: str, time: str, text: str) -> ConversationV2:
    """Make a chat with somebody in which one message was received."""
    message = MessageV2(sender_id=user_id, timestamp=parse_time(time), content=text)
    return ConversationV2(
        participant_ids=["john", user_id],
        messages=[message],
        title=name,
        conversation_id=f"chat-{user_id}",
        last_updated=message.timestamp,
    )
