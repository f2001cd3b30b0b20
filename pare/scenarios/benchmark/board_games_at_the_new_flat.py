"""Five friends look for an evening in their group; only one is left, and the host has a new address."""

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
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import contact_has, kept, planned, written, wrote
from pare.scenarios.checks import day, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

EVENING_START, EVENING_END = "2025-04-26 19:30:00", "2025-04-26 23:00:00"
DATE = (*day("2025-04-26"), "26")
HOST = "Linnea Dahl"
FRIENDS = {"Kofi Mensah", HOST, "Tariq Rahimi", "Wanda Pietrzak"}


@register_scenario("board_games_at_the_new_flat")
class BoardGamesAtTheNewFlat(PAREScenario):
    """Linnea has moved and invites; Wanda cannot come on Sunday, and the calendar rules out Friday."""

    start_time = parse_time("2025-04-22 19:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Collaboration, CapabilityTag.Planning, CapabilityTag.Execution)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for title, start, end in (
            ("Concert in the old gasworks", "2025-04-25 20:00:00", "2025-04-25 22:30:00"),
            ("Flea market", "2025-04-26 09:00:00", "2025-04-26 12:00:00"),
        ):
            self.calendar.add_calendar_event(title=title, start_datetime=start, end_datetime=end)
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self._messages(),
            self.calendar,
            self._contacts(),
        ]

    def _messages(self) -> StatefulMessagingApp:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={
                "kofi": "Kofi Mensah",
                "linnea": "Linnea Dahl",
                "tariq": "Tariq Rahimi",
                "wanda": "Wanda Pietrzak",
            },
        )
        for conversation_id, title, members, time, sender, text in (
            (
                "present",
                "For Linnea's birthday",
                ["kofi", "tariq", "wanda"],
                *("2025-04-20 21:00:00", "wanda", "A fondue pot? And not a word to Linnea!"),
            ),
            (
                "dice",
                "Dice and Pie",
                ["kofi", "linnea", "tariq", "wanda"],
                *("2025-04-05 23:40:00", "tariq", "Home safe. I still say those were three sheep."),
            ),
        ):
            message = MessageV2(sender_id=sender, timestamp=parse_time(time), content=text)
            self.messages.add_conversation(
                conversation=ConversationV2(
                    participant_ids=["john", *members],
                    messages=[message],
                    title=title,
                    conversation_id=conversation_id,
                    last_updated=message.timestamp,
                )
            )
        return self.messages

    def _contacts(self) -> StatefulContactsApp:
        self.contacts = StatefulContactsApp(name="Contacts")
        for contact_id, first_name, last_name, address in (
            ("contact-lina", "Lina", "Dahlke", "Chestnut Row 31"),
            ("contact-linnea", "Linnea", "Dahl", "Mill Bank 2"),
            ("contact-kofi", "Kofi", "Mensah", "Harbour Street 77"),
        ):
            self.contacts.add_contact(
                contact=Contact(
                    first_name=first_name, last_name=last_name, contact_id=contact_id, address=address
                )
            )
        return self.contacts

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            said = self._talk()
            done = self._join(aui, said[-1])
        self.events = [*said, *done]

    def _talk(self) -> list[Any]:
        said: list[Any] = []
        for sender_id, delay, content in (
            (
                "linnea",
                60,
                (
                    "The boxes are unpacked: next round at my new flat, Rope Street 9! Friday 25, Saturday "
                    "26 or Sunday 27 April, 19:30 to 23:00 as always. Who cannot come when?"
                ),
            ),
            ("kofi", 120, "All three are fine with me."),
            ("wanda", 60, "On Sunday I am still on the train from Porto. Friday or Saturday, please."),
            ("tariq", 90, "Whenever you like, I bring the pie. Only John is missing!"),
        ):
            message: Any = self.messages.create_and_add_message(
                conversation_id="dice", sender_id=sender_id, content=content
            )
            said.append(message.depends_on(said[-1:] or None, delay_seconds=delay))
        return said

    def _join(self, aui: PAREAgentUserInterface, said: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="dice").oracle().depends_on(said, delay_seconds=5)
        )
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-04-25 00:00:00", end_datetime="2025-04-28 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        look_up = self.contacts.search_contacts(query="Linnea").oracle().depends_on(look, delay_seconds=2)
        propose = (
            aui.send_message_to_user(
                content=(
                    "For the games at Linnea's new flat, Saturday, 26 April, 19:30 to 23:00, is the only "
                    "evening that suits you and everybody else. Shall I tell the group, put it in your "
                    "calendar and change Linnea's address to Rope Street 9?"
                )
            )
            .oracle()
            .depends_on(look_up, delay_seconds=4)
        )
        accept = aui.accept_proposal(content="Yes please!").oracle().depends_on(propose, delay_seconds=25)
        tell = (
            self.messages.send_message_to_group_conversation(
                conversation_id="dice",
                content="I have a concert on Friday, but Saturday the 26th is perfect. See you at 19:30!",
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        add = (
            self.calendar.add_calendar_event(
                title="Dice and Pie at Linnea's",
                start_datetime=EVENING_START,
                end_datetime=EVENING_END,
                location="Rope Street 9",
            )
            .oracle()
            .depends_on(tell, delay_seconds=2)
        )
        edit = (
            self.contacts.edit_contact(contact_id="contact-linnea", updates={"address": "Rope Street 9"})
            .oracle()
            .depends_on(add, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content="The group knows about Saturday, and calendar and contacts are up to date."
            )
            .oracle()
            .depends_on(edit, delay_seconds=1)
        )
        return [read, look, look_up, propose, accept, tell, add, edit, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            proposed_first=proposed(env, DATE),
            everybody_knows_the_date=all(wrote(env, name, DATE) for name in FRIENDS),
            secret_group_left_alone=all(item.readers != FRIENDS - {HOST} for item in written(env)),
            evening_in_calendar=planned(env, EVENING_START, EVENING_END),
            new_address_known=contact_has(env, HOST, address="Rope Street 9"),
            all_else_kept=kept(self, env, "contact-linnea"),
            told_when_done=reported(env, (*DATE, "Linnea", "Rope Street")),
        )
