"""A talk is accepted, and two hours later a colleague asks which train back she shall book."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulReminderApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, reminded, written_to, wrote
from pare.scenarios.checks import clock, deeds, mentions, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

PROGRAMME = "programme@softmatterdays.example"
COLLEAGUE = "Hanne Delvaux"
TALK_START, TALK_END = "2025-06-19 11:20:00", "2025-06-19 11:45:00"
BACK_START, BACK_END = "2025-06-20 09:12:00", "2025-06-20 11:50:00"
SLIDES_EARLIEST, SLIDES_LATEST = "2025-05-12 12:00:00", "2025-06-11 23:59:59"
TALK, TRAIN = clock("11:20"), (*clock("9:12"), "11:50")


@register_scenario("conference_talk_and_way_back")
class ConferenceTalkAndWayBack(PAREScenario):
    """First the organisers want a confirmation, and later Hanne an answer: back early or late."""

    start_time = parse_time("2025-05-12 09:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Memory, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            Email(
                email_id="call",
                sender="chairs@polymerforum.example",
                recipients=[self.emails.user_email],
                subject="Call for talks",
                content="The Polymer Forum takes place in Turku in October. Send us your abstract.",
                timestamp=parse_time("2025-05-09 14:00:00"),
            )
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("committee", "Doctoral committee", "2025-06-20 14:00:00", "2025-06-20 15:30:00"),
            ("days", "Soft Matter Days, Ghent", "2025-06-19 09:00:00", "2025-06-19 18:00:00"),
            ("lab", "Lab meeting", "2025-05-12 13:00:00", "2025-05-12 14:00:00"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self._populate_messages_and_reminders()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.messages,
            self.reminders,
        ]

    def _populate_messages_and_reminders(self) -> None:
        self.messages = StatefulMessagingApp(name="Messages")
        self.messages.add_users(["Hannah Lowe", COLLEAGUE])
        for conversation_id, name, text in (
            ("hannah", "Hannah Lowe", "The ferns in the lab look thirsty."),
            ("hanne", COLLEAGUE, "If your talk is accepted, let us travel together."),
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
        self.reminders = StatefulReminderApp(name="Reminders")
        self.ferns = self.reminders.add_reminder(
            title="Water the ferns", due_datetime="2025-05-30 10:00:00", description=""
        )

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            accepted = self.emails.send_email_to_user_with_id(
                email_id="accepted",
                sender=PROGRAMME,
                subject="Your talk at the Soft Matter Days",
                content=(
                    "We are glad to accept your talk. It is on Thursday, 19 June, from 11:20 to 11:45 in "
                    "hall B. Please confirm by answering this email. We need your slides before 12 June."
                ),
            ).depends_on(None, delay_seconds=60)
            tickets = self.messages.create_and_add_message(
                conversation_id="hanne",
                sender_id=self.messages.name_to_id[COLLEAGUE],
                content=(
                    "I book our trains tonight. We leave for Ghent on 18 June at 16:04. On 20 June we "
                    "can take the 9:12, home at 11:50, or the 13:30, home at 16:10. Which one suits you?"
                ),
            ).depends_on(accepted, delay_seconds=7200)
            confirmed = self._confirm_the_talk(accepted)
            booked = self._choose_the_train(tickets)
        self.events = [accepted, *confirmed, tickets, *booked]

    def _confirm_the_talk(self, accepted: Any) -> list[Any]:
        aui = self.get_typed_app(PAREAgentUserInterface)
        read = self.emails.get_email_by_id(email_id="accepted").oracle().depends_on(accepted, delay_seconds=5)
        propose = (
            aui.send_message_to_user(
                content=(
                    "Your talk in Ghent is accepted: 19 June, 11:20 to 11:45, hall B. Shall I confirm it, "
                    "enter it, and remind you on 11 June of the slides?"
                )
            )
            .oracle()
            .depends_on(read, delay_seconds=3)
        )
        accept = aui.accept_proposal(content="Yes, all of it.").oracle().depends_on(propose, delay_seconds=20)
        confirm = (
            self.emails.reply_to_email(
                email_id="accepted", content="I confirm my talk on 19 June. Thank you!"
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        enter = (
            self.calendar.add_calendar_event(
                title="My talk, hall B", start_datetime=TALK_START, end_datetime=TALK_END
            )
            .oracle()
            .depends_on(confirm, delay_seconds=2)
        )
        remind = (
            self.reminders.add_reminder(
                title="Send the slides",
                due_datetime="2025-06-11 09:00:00",
                description="To the Soft Matter Days",
            )
            .oracle()
            .depends_on(enter, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content="Your talk at 11:20 is confirmed, and I shall remind you in time."
            )
            .oracle()
            .depends_on(remind, delay_seconds=2)
        )
        return [read, propose, accept, confirm, enter, remind, report]

    def _choose_the_train(self, tickets: Any) -> list[Any]:
        aui = self.get_typed_app(PAREAgentUserInterface)
        read = (
            self.messages.read_conversation(conversation_id="hanne")
            .oracle()
            .depends_on(tickets, delay_seconds=5)
        )
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-06-18 00:00:00", end_datetime="2025-06-21 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        propose = (
            aui.send_message_to_user(
                content=(
                    "Hanne books the trains. Your committee meets on 20 June at 14:00, so only the 9:12 back "
                    "works. Shall I tell her so and enter the journey?"
                )
            )
            .oracle()
            .depends_on(look, delay_seconds=3)
        )
        accept = aui.accept_proposal(content="Right.").oracle().depends_on(propose, delay_seconds=20)
        tell = (
            self.messages.send_message(
                user_id=self.messages.name_to_id[COLLEAGUE], content="I take the 9:12, please."
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        enter = (
            self.calendar.add_calendar_event(
                title="Train home", start_datetime=BACK_START, end_datetime=BACK_END
            )
            .oracle()
            .depends_on(tell, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(content="Hanne books the 9:12 for you.")
            .oracle()
            .depends_on(enter, delay_seconds=2)
        )
        return [read, look, propose, accept, tell, enter, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        talk = [item.place for item in written_to(env, PROGRAMME)] + deeds(env, TALK)
        journey = [item.place for item in written_to(env, COLLEAGUE) if mentions(item.text, TRAIN)]
        return verdict(
            asked_before_anything=proposed(env),
            talk_confirmed=wrote(env, PROGRAMME),
            talk_is_in_the_calendar=planned(env, TALK_START, TALK_END),
            reminder_comes_in_time=reminded(env, SLIDES_EARLIEST, SLIDES_LATEST, self.ferns),
            colleague_knows_the_train=wrote(env, COLLEAGUE, TRAIN),
            nobody_else_written_to=readers(env) <= {PROGRAMME, COLLEAGUE},
            journey_is_in_the_calendar=planned(env, BACK_START, BACK_END),
            all_else_kept=kept(self, env),
            talk_agreed_first=proposed(env, TALK, before=talk),
            train_agreed_first=proposed(env, TRAIN, before=[*journey, *deeds(env, BACK_START)]),
            talk_reported=reported(env, (*TALK, "talk"), of=[TALK]),
            train_reported=reported(env, (*TRAIN, "Hanne"), of=[TRAIN]),
        )
