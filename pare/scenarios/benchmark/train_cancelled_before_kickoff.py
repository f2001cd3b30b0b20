"""The morning train is cancelled: the client is asked for a later hour, and what she answers counts."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulReminderApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, reminded, wrote
from pare.scenarios.checks import clock, mentions, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

RAILWAY = "service@northlinerail.example"
CLIENT = "folake@adeyemiceramics.example"
OLD_START, OLD_END = "2025-04-17 10:00:00", "2025-04-17 11:30:00"
KICKOFF_START, KICKOFF_END = "2025-04-17 13:30:00", "2025-04-17 15:00:00"
LEAVE, NEW_LEAVE, TOO_LATE = "2025-04-17 06:40:00", "2025-04-17 09:40:00", "2025-04-17 10:00:00"


def client_was_asked(env: Any) -> bool:
    """Tell whether an email to the client has been sent."""
    return wrote(env, CLIENT)


@register_scenario("train_cancelled_before_kickoff")
class TrainCancelledBeforeKickoff(PAREScenario):
    """The 07:12 to Marlow Haven does not run, so the kick-off at 10:00 cannot be reached."""

    start_time = parse_time("2025-04-16 15:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Collaboration, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            Email(
                email_id="invoice",
                sender="accounts@adeyemiceramics.example",
                recipients=[self.emails.user_email],
                subject="Invoice 3071",
                content="Please find our invoice for the glaze samples. Tunde Adeyemi, accounts",
                timestamp=parse_time("2025-04-16 11:20:00"),
            )
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("tax", "Call with the tax adviser", "2025-04-17 16:30:00", "2025-04-17 17:00:00"),
            ("kickoff", "Kick-off, Adeyemi Ceramics in Marlow Haven", OLD_START, OLD_END),
            ("team", "Team meeting", "2025-04-16 16:00:00", "2025-04-16 16:30:00"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                    attendees=["Folake Adeyemi"] if event_id == "kickoff" else [],
                )
            )
        self._populate_contacts_and_reminders()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.contacts,
            self.reminders,
        ]

    def _populate_contacts_and_reminders(self) -> None:
        self.contacts = StatefulContactsApp(name="Contacts")
        for first, last, job, email in (
            ("Tunde", "Adeyemi", "accountant", "accounts@adeyemiceramics.example"),
            ("Folake", "Adeyemi", "owner of Adeyemi Ceramics", CLIENT),
            ("Folke", "Lindgren", "tax adviser", "folke@lindgrentax.example"),
        ):
            self.contacts.add_contact(Contact(first_name=first, last_name=last, job=job, email=email))
        self.reminders = StatefulReminderApp(name="Reminders")
        self.reminders.add_reminder(
            title="Receipts", due_datetime="2025-04-17 16:00:00", description="Sort them for the tax adviser"
        )
        self.leave = self.reminders.add_reminder(
            title="Leave for the station", due_datetime=LEAVE, description="Train 07:12 to Marlow Haven"
        )

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            cancelled = self.emails.send_email_to_user_with_id(
                email_id="cancelled",
                sender=RAILWAY,
                subject="Your train on Thursday is cancelled",
                content=(
                    "The 07:12 to Marlow Haven does not run on Thursday, 17 April. Your ticket is valid on "
                    "the next train, which leaves at 10:12 and arrives at 12:05. We are sorry. Northline Rail"
                ),
            ).depends_on(None, delay_seconds=60)
            before = self._ask_the_client(cancelled)
            asked = ConditionCheckEvent.from_condition(client_was_asked, every_tick=30, timeout=3 * 3600)
            asked.with_id("client_was_asked").depends_on(cancelled)
            answer = self.emails.send_email_to_user_with_id(
                email_id="answer",
                sender=CLIENT,
                subject="Kick-off on Thursday",
                content=(
                    "Thank you for the warning about your train. On Thursday we can do 13:30 to 15:00, and "
                    "you will find us in the kiln room, K7. Take the gate on Potter Lane. Folake"
                ),
            ).depends_on(asked, delay_seconds=90)
            after = self._enter_the_answer(answer)
        self.events = [cancelled, *before, asked, answer, *after]

    def _ask_the_client(self, cancelled: Any) -> list[Any]:
        aui = self.get_typed_app(PAREAgentUserInterface)
        read = (
            self.emails.get_email_by_id(email_id="cancelled").oracle().depends_on(cancelled, delay_seconds=5)
        )
        look = self.calendar.search_events(query="Marlow").oracle().depends_on(read, delay_seconds=2)
        who = self.contacts.search_contacts(query="Folake").oracle().depends_on(look, delay_seconds=2)
        propose = (
            aui.send_message_to_user(
                content=(
                    "Your 07:12 to Marlow Haven is cancelled, and the 10:12 arrives at 12:05. Shall I ask "
                    "Folake Adeyemi to start the kick-off at 13:00 or later, and move your calendar entry "
                    "and your reminder when she has answered?"
                )
            )
            .oracle()
            .depends_on(who, delay_seconds=3)
        )
        accept = aui.accept_proposal(content="Please do.").oracle().depends_on(propose, delay_seconds=25)
        ask = (
            self.emails.send_email(
                recipients=[CLIENT],
                subject="A later start on Thursday?",
                content="My train is cancelled and I arrive at 12:05. Could we start at 13:00 or later?",
            )
            .oracle()
            .depends_on(accept, delay_seconds=3)
        )
        return [read, look, who, propose, accept, ask]

    def _enter_the_answer(self, answer: Any) -> list[Any]:
        aui = self.get_typed_app(PAREAgentUserInterface)
        read = self.emails.get_email_by_id(email_id="answer").oracle().depends_on(answer, delay_seconds=5)
        move = (
            self.calendar.edit_calendar_event(
                event_id="kickoff",
                start_datetime=KICKOFF_START,
                end_datetime=KICKOFF_END,
                location="Kiln room K7, gate on Potter Lane",
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        remind = (
            self.reminders.update_reminder(
                reminder_id=self.leave,
                title="Leave for the station",
                description="Train 10:12 to Marlow Haven",
                due_datetime=NEW_LEAVE,
                repetition_unit=None,
                repetition_value=None,
            )
            .oracle()
            .depends_on(move, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content="Folake expects you at 13:30 in K7. Leave at 9:40 for the 10:12."
            )
            .oracle()
            .depends_on(remind, delay_seconds=2)
        )
        return [read, move, remind, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        events = env.get_app("Calendar").events.values()
        return verdict(
            client_was_asked=client_was_asked(env),
            nobody_else_written_to=readers(env) <= {CLIENT},
            kickoff_is_in_the_calendar=planned(env, KICKOFF_START, KICKOFF_END),
            old_hour_is_free=not planned(env, OLD_START),
            reminder_suits_the_new_train=reminded(env, "2025-04-17 08:30:00", TOO_LATE),
            no_early_reminder=not reminded(env, LEAVE, LEAVE),
            all_else_kept=kept(self, env, "kickoff", self.leave),
            proposed_first=proposed(env, ("Folake", "Adeyemi", "Marlow")),
            told_the_new_hour=reported(env, clock("13:30")),
            room_is_known=reported(env, "K7") or any(mentions(event.summary, "K7") for event in events),
        )
