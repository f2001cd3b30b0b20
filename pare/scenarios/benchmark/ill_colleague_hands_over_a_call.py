"""A colleague is ill and hands over a client call, which falls on the hour of another meeting."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, wrote
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

ILL, REPORT = "Petra Lang", "Femi Adu"
CLIENT = "halim.sadek@orvane.example"
CALL_START, CALL_END = "2025-09-09 14:00:00", "2025-09-09 14:45:00"
OLD_TALK = ("2025-09-09 14:00:00", "2025-09-09 14:30:00")
TALK_START, TALK_END = "2025-09-09 15:00:00", "2025-09-09 15:30:00"
TWO, THREE = clock("14:00"), clock("15:00")


@register_scenario("ill_colleague_hands_over_a_call")
class IllColleagueHandsOverACall(PAREScenario):
    """The call is at 14:00, and so is the talk with Femi, which only fits in at 15:00."""

    start_time = parse_time("2025-09-09 08:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Search, CapabilityTag.Collaboration)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            Email(
                email_id="offer",
                sender="hana.sadek@orvane.example",
                recipients=[self.emails.user_email],
                subject="Your offer 118",
                content="We have passed your offer on to our lawyers. Hana Sadek, Orvane purchasing",
                timestamp=parse_time("2025-09-08 15:30:00"),
            )
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("review", "Design review", "2025-09-09 15:30:00", "2025-09-09 16:30:00"),
            ("talk", "Talk with Femi Adu", *OLD_TALK),
            ("lunch", "Lunch with the auditors", "2025-09-09 12:00:00", "2025-09-09 13:30:00"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.contacts = StatefulContactsApp(name="Contacts")
        for first, last, job, email in (
            ("Hana", "Sadek", "purchasing, Orvane", "hana.sadek@orvane.example"),
            ("Halim", "Sadek", "head of logistics, Orvane", CLIENT),
        ):
            self.contacts.add_contact(Contact(first_name=first, last_name=last, job=job, email=email))
        self._populate_messages()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.contacts,
            self.messages,
        ]

    def _populate_messages(self) -> None:
        self.messages = StatefulMessagingApp(name="Messages")
        self.messages.add_users([REPORT, ILL])
        for conversation_id, name, text in (
            ("femi", REPORT, "If our talk gets in your way, I can do any half hour from 15:00 to 16:00."),
            ("petra", ILL, "My throat hurts, I hope that is nothing."),
        ):
            person = self.messages.name_to_id[name]
            self.messages.add_conversation(
                ConversationV2(
                    participant_ids=[self.messages.current_user_id or "", person],
                    messages=[MessageV2(sender_id=person, content=text)],
                    title=name,
                    conversation_id=conversation_id,
                )
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            arrives = self.messages.create_and_add_message(
                conversation_id="petra",
                sender_id=self.messages.name_to_id[ILL],
                content=(
                    "I am ill, with a fever. Can you take my call with Halim Sadek of Orvane today, from "
                    "14:00 to 14:45? The dial-in code is 55-208. Please write him an email that it will be "
                    "you, and tell me, so that I can sleep."
                ),
            ).depends_on(None, delay_seconds=60)
            reads = self._look_around(arrives)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Petra is ill and asks you to take her call with Halim Sadek at 14:00. Femi can talk "
                        "at 15:00 instead. Shall I move that talk, enter the call, and let Femi, Petra and "
                        "Orvane know?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=3)
            )
            accept = (
                aui.accept_proposal(content="Yes, please.").oracle().depends_on(propose, delay_seconds=15)
            )
            entered = self._make_room(accept)
            told = self._let_them_know(entered[-1])
            report = (
                aui.send_message_to_user(content="The call is yours at 14:00, and Femi comes at 15:00.")
                .oracle()
                .depends_on(told[-1], delay_seconds=2)
            )
        self.events = [arrives, *reads, propose, accept, *entered, *told, report]

    def _look_around(self, arrives: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="petra")
            .oracle()
            .depends_on(arrives, delay_seconds=5)
        )
        look = self.calendar.read_today_calendar_events().oracle().depends_on(read, delay_seconds=2)
        femi = (
            self.messages.read_conversation(conversation_id="femi").oracle().depends_on(look, delay_seconds=2)
        )
        find = self.contacts.search_contacts(query="Sadek").oracle().depends_on(femi, delay_seconds=2)
        return [read, look, femi, find]

    def _make_room(self, accept: Any) -> list[Any]:
        move = (
            self.calendar.edit_calendar_event(
                event_id="talk", start_datetime=TALK_START, end_datetime=TALK_END
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        enter = (
            self.calendar.add_calendar_event(
                title="Call with Halim Sadek, Orvane",
                start_datetime=CALL_START,
                end_datetime=CALL_END,
                description="Dial-in code 55-208",
            )
            .oracle()
            .depends_on(move, delay_seconds=2)
        )
        return [move, enter]

    def _let_them_know(self, entered: Any) -> list[Any]:
        ids = self.messages.name_to_id
        write = (
            self.emails.send_email(
                recipients=[CLIENT],
                subject="Our call today",
                content="My colleague is ill today, so I shall be on the line at 14:00 in her place.",
            )
            .oracle()
            .depends_on(entered, delay_seconds=2)
        )
        femi = (
            self.messages.send_message(user_id=ids[REPORT], content="Can we talk at 15:00 instead?")
            .oracle()
            .depends_on(write, delay_seconds=2)
        )
        petra = (
            self.messages.send_message(user_id=ids[ILL], content="I take the call. Sleep well!")
            .oracle()
            .depends_on(femi, delay_seconds=2)
        )
        return [write, femi, petra]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            call_is_in_the_calendar=planned(env, CALL_START, CALL_END),
            talk_is_moved=planned(env, TALK_START, TALK_END),
            old_hour_is_free=not planned(env, *OLD_TALK),
            all_else_kept=kept(self, env, "talk"),
            client_knows=wrote(env, CLIENT),
            talk_partner_knows=wrote(env, REPORT, THREE),
            colleague_knows=wrote(env, ILL),
            nobody_else_written_to=readers(env) <= {CLIENT, REPORT, ILL},
            proposed_first=proposed(env, TWO, "Petra"),
            told_when_done=reported(env, (*TWO, *THREE, "Petra", "Femi", "Sadek")),
        )
