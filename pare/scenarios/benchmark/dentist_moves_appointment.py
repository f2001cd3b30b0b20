"""The dental practice moves an appointment into a free slot; calendar and practice must both know."""

from __future__ import annotations

from typing import Any

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulCalendarApp, StatefulEmailApp
from pare.apps.base import parse_time
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, wrote
from pare.scenarios.checks import clock, day, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

PRACTICE = "frontdesk@brightsmiledental.example"
OLD_START, OLD_END = "2025-01-07 10:00:00", "2025-01-07 10:45:00"
NEW_START, NEW_END = "2025-01-08 15:30:00", "2025-01-08 16:15:00"
TIME = clock("15:30")


@register_scenario("dentist_moves_appointment")
class DentistMovesAppointment(PAREScenario):
    """The practice writes that Dr. Osei is away on Tuesday and offers Wednesday, 15:30."""

    start_time = parse_time("2025-01-06 09:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        self.appointment = self.calendar.add_calendar_event(
            title="Dentist, Dr. Osei",
            start_datetime=OLD_START,
            end_datetime=OLD_END,
            location="Bright Smile Dental, 4 Quay Street",
        )
        self.calendar.add_calendar_event(
            title="Budget review", start_datetime="2025-01-08 13:00:00", end_datetime="2025-01-08 14:00:00"
        )
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            Email(
                email_id="newsletter",
                sender="hello@quaystreetbakery.example",
                recipients=[self.emails.user_email],
                subject="This week's loaves",
                content="Rye on Monday, spelt on Thursday.",
            )
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            arrives = self.emails.send_email_to_user_with_id(
                email_id="reschedule",
                sender=PRACTICE,
                subject="Your appointment on Tuesday",
                content=(
                    "Dr. Osei is away on Tuesday. Could you come on Wednesday, 8 January, from 15:30 to "
                    "16:15 instead? Please answer this email so that we can hold the slot."
                ),
            ).depends_on(None, delay_seconds=60)
            read = (
                self.emails.get_email_by_id(email_id="reschedule")
                .oracle()
                .depends_on(arrives, delay_seconds=5)
            )
            look = (
                self.calendar.get_calendar_events_from_to(
                    start_datetime="2025-01-07 00:00:00", end_datetime="2025-01-09 00:00:00"
                )
                .oracle()
                .depends_on(read, delay_seconds=2)
            )
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Your dentist wants to move Tuesday's appointment to Wednesday, 8 January, 15:30 to "
                        "16:15, and you are free then. Shall I move it in your calendar and confirm by email?"
                    )
                )
                .oracle()
                .depends_on(look, delay_seconds=3)
            )
            accept = (
                aui.accept_proposal(content="Yes, please.").oracle().depends_on(propose, delay_seconds=20)
            )
            move = (
                self.calendar.edit_calendar_event(
                    event_id=self.appointment, start_datetime=NEW_START, end_datetime=NEW_END
                )
                .oracle()
                .depends_on(accept, delay_seconds=2)
            )
            confirm = (
                self.emails.reply_to_email(
                    email_id="reschedule", content="Wednesday, 8 January, at 15:30 suits me. Thank you!"
                )
                .oracle()
                .depends_on(move, delay_seconds=2)
            )
            report = (
                aui.send_message_to_user(content="Done: moved to Wednesday at 15:30, and the practice knows.")
                .oracle()
                .depends_on(confirm, delay_seconds=1)
            )
        self.events = [arrives, read, look, propose, accept, move, confirm, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            appointment_moved=planned(env, NEW_START, NEW_END) and not planned(env, OLD_START),
            all_else_kept=kept(self, env, self.appointment),
            practice_answered=wrote(env, PRACTICE),
            nobody_else_written_to=readers(env) <= {PRACTICE},
            proposed_first=proposed(env, TIME),
            told_when_done=reported(env, (*TIME, *day("2025-01-08"))),
        )
