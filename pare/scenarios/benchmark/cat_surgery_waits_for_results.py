"""A cat's surgery hangs on a blood test: today's email only says how to prepare, tomorrow's says when."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulReminderApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, reminded, written_to
from pare.scenarios.checks import clock, day, deeds, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

START = parse_time("2025-03-03 08:00:00")
DAY = 86_400
PRACTICE = "desk@hazelgrovevet.example"
OLD_START, NEW_DATE = "2025-03-06 08:30:00", "2025-03-12"
SURGERY_START, SURGERY_END = "2025-03-12 08:45:00", "2025-03-12 09:15:00"
TIME = clock("8:45")


@register_scenario("cat_surgery_waits_for_results")
class CatSurgeryWaitsForResults(PAREScenario):
    """On Monday the vet says how Miso has to fast, on Tuesday that the surgery must be put off."""

    start_time = START
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Memory, CapabilityTag.Adaptability, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("surgery", "Miso: teeth, Dr. Varga", "2025-03-06 08:30:00", "2025-03-06 09:00:00"),
            ("biscuit", "Biscuit: vaccination, Dr. Varga", "2025-03-11 09:10:00", "2025-03-11 09:30:00"),
            ("pottery", "Pottery class", "2025-03-12 18:00:00", "2025-03-12 20:00:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.emails = StatefulEmailApp(name="Emails")
        self._fill_inbox()
        self.reminders = StatefulReminderApp(name="Reminders")
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.reminders,
        ]

    def _fill_inbox(self) -> None:
        self.emails.add_email(
            email=Email(
                email_id="vaccination",
                sender=PRACTICE,
                recipients=[self.emails.user_email],
                subject="Biscuit's vaccination",
                content="Biscuit is due on Tuesday, 11 March, at 09:10. He may eat as usual.",
                timestamp=parse_time("2025-02-24 11:00:00"),
                is_read=True,
            )
        )
        self.emails.add_email(
            email=Email(
                email_id="glazes",
                sender="kiln@thumbpots.example",
                recipients=[self.emails.user_email],
                subject="Glazes",
                content="The new glazes are here. Bring your bowls on Wednesday.",
                timestamp=parse_time("2025-03-02 20:00:00"),
            )
        )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            taken = self.emails.send_email_to_user_with_id(
                email_id="blood-taken",
                sender=PRACTICE,
                subject="Miso's blood test",
                content=(
                    "Miso was very brave. The laboratory will have the result tomorrow; until then the "
                    "surgery stays on Thursday, 6 March, at 08:30. Whichever day it will be in the end: "
                    "please give him nothing to eat from 20:00 on the evening before. There is no need to "
                    "answer."
                ),
            ).depends_on(None, delay_seconds=600)
            result = self.emails.send_email_to_user_with_id(
                email_id="blood-result",
                sender=PRACTICE,
                subject="Miso's result",
                content=(
                    "One of Miso's liver values is too high for an anaesthetic on Thursday. A week on "
                    "tablets will do; we have kept Wednesday, 12 March, from 08:45 to 09:15 for him "
                    "instead. Please confirm by email, otherwise we have to give the place away."
                ),
            ).depends_on(taken, delay_seconds=DAY)
            first = (
                self.emails.get_email_by_id(email_id="blood-taken")
                .oracle()
                .depends_on(taken, delay_seconds=10)
            )
            second = (
                self.emails.get_email_by_id(email_id="blood-result")
                .oracle()
                .depends_on([first, result], delay_seconds=10)
            )
            done = self._put_off(aui, second)
        self.events = [taken, result, first, second, *done]

    def _put_off(self, aui: PAREAgentUserInterface, read: Any) -> list[Any]:
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-03-06 00:00:00", end_datetime="2025-03-13 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        propose = (
            aui.send_message_to_user(
                content=(
                    "Miso's surgery has to wait until Wednesday, 12 March, 08:45 to 09:15, when you are "
                    "free. Shall I move it in your calendar, confirm to the vet by email, and remind you "
                    "on Tuesday evening that he gets nothing to eat from 20:00?"
                )
            )
            .oracle()
            .depends_on(look, delay_seconds=4)
        )
        accept = aui.accept_proposal(content="Please do.").oracle().depends_on(propose, delay_seconds=30)
        move = (
            self.calendar.edit_calendar_event(
                event_id="surgery", start_datetime=SURGERY_START, end_datetime=SURGERY_END
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        confirm = (
            self.emails.reply_to_email(
                email_id="blood-result", content="Wednesday, 12 March, at 08:45 it is. Thank you!"
            )
            .oracle()
            .depends_on(move, delay_seconds=2)
        )
        remind = (
            self.reminders.add_reminder(
                title="No more food for Miso from 20:00",
                due_datetime="2025-03-11 19:30:00",
                description="His surgery is tomorrow at 08:45.",
            )
            .oracle()
            .depends_on(confirm, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content="Moved to Wednesday at 08:45; the vet knows, and a reminder is set for Tuesday."
            )
            .oracle()
            .depends_on(remind, delay_seconds=1)
        )
        return [look, propose, accept, move, confirm, remind, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        answers = [item for item in written_to(env, PRACTICE) if item.time >= START + DAY]
        acts = [*deeds(env, NEW_DATE), *(item.place for item in answers)]
        return verdict(
            asked_before_anything=proposed(env),
            proposed_first=proposed(env, TIME, before=acts),
            surgery_at_its_time=planned(env, SURGERY_START, SURGERY_END),
            old_time_free=not planned(env, OLD_START),
            other_events_kept=kept(self, env, "surgery"),
            vet_has_confirmation=bool(answers),
            nobody_else_written_to=readers(env) <= {PRACTICE},
            reminded_to_fast=reminded(env, "2025-03-11 12:00:00", "2025-03-11 20:00:00"),
            not_reminded_in_vain=not reminded(env, "2025-03-05 12:00:00", OLD_START),
            told_when_done=reported(env, (*TIME, *day(NEW_DATE)), of=[TIME]),
        )
