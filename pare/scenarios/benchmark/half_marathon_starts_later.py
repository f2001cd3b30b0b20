"""A running club moves a start and hands out bibs on a busy morning; a friend comes to take pictures."""

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
from pare.scenarios.app_checks import kept, planned, readers, reminded, wrote
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

CLUB = "races@harbourmilers.example"
ANOUK = "anouk@veldkampfoto.example"
OLD_START = "2025-09-07 09:00:00"
RACE_START, RACE_END = "2025-09-07 09:40:00", "2025-09-07 12:10:00"
TIME = clock("9:40")


@register_scenario("half_marathon_starts_later")
class HalfMarathonStartsLater(PAREScenario):
    """The half marathon starts at 09:40; bibs are given out on Saturday only, while a sofa is moved."""

    start_time = parse_time("2025-09-03 12:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Search, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("sofa", "Help Rosa with the sofa", "2025-09-06 09:30:00", "2025-09-06 11:30:00"),
            ("race", "Half marathon", "2025-09-07 09:00:00", "2025-09-07 11:30:00"),
            ("picnic", "Club picnic", "2025-09-07 13:30:00", "2025-09-07 16:00:00"),
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
        for email_id, sender, subject, content, time in (
            (
                "camera",
                ANOUK,
                "Sunday",
                "I will stand at the start at nine with the big lens. Tell me should anything change!",
                "2025-09-01 20:00:00",
            ),
            (
                "shoes",
                "service@solefactory.example",
                "Your shoes",
                "Your order has left our house and arrives on Friday.",
                "2025-09-02 16:00:00",
            ),
        ):
            self.emails.add_email(
                email=Email(
                    email_id=email_id,
                    sender=sender,
                    recipients=[self.emails.user_email],
                    subject=subject,
                    content=content,
                    timestamp=parse_time(time),
                )
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            news = self.emails.send_email_to_user_with_id(
                email_id="start-times",
                sender=CLUB,
                subject="Start times and bibs",
                content=(
                    "The ferry needs the quay on Sunday morning, so the half marathon starts at 09:40 "
                    "instead of 09:00; the 10 km run starts at 11:15 as planned. Fetch your bib at the "
                    "boathouse on Saturday, 6 September, between 10:00 and 13:00. There are none on the "
                    "day of the race!"
                ),
            ).depends_on(None, delay_seconds=60)
            read = (
                self.emails.get_email_by_id(email_id="start-times").oracle().depends_on(news, delay_seconds=5)
            )
            look = (
                self.calendar.get_calendar_events_from_to(
                    start_datetime="2025-09-06 00:00:00", end_datetime="2025-09-08 00:00:00"
                )
                .oracle()
                .depends_on(read, delay_seconds=2)
            )
            search = self.emails.search_emails(query="Sunday").oracle().depends_on(look, delay_seconds=2)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Your half marathon on Sunday starts at 09:40 instead of 09:00. Shall I change "
                        "your calendar, forward the news to Anouk, who comes with her camera, and remind "
                        "you on Saturday at 11:40, after Rosa's sofa, to fetch your bib before 13:00?"
                    )
                )
                .oracle()
                .depends_on(search, delay_seconds=4)
            )
            accept = aui.accept_proposal(content="Perfect.").oracle().depends_on(propose, delay_seconds=30)
            done = self._carry_out(aui, accept)
        self.events = [news, read, look, search, propose, accept, *done]

    def _carry_out(self, aui: PAREAgentUserInterface, accept: Any) -> list[Any]:
        move = (
            self.calendar.edit_calendar_event(
                event_id="race", start_datetime=RACE_START, end_datetime=RACE_END
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        forward = (
            self.emails.forward_email(email_id="start-times", recipients=[ANOUK])
            .oracle()
            .depends_on(move, delay_seconds=2)
        )
        remind = (
            self.reminders.add_reminder(
                title="Fetch the bib at the boathouse",
                due_datetime="2025-09-06 11:40:00",
                description="Until 13:00, and not on Sunday.",
            )
            .oracle()
            .depends_on(forward, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(content="Anouk and your calendar have the new start, 09:40 on Sunday.")
            .oracle()
            .depends_on(remind, delay_seconds=1)
        )
        return [move, forward, remind, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            proposed_first=proposed(env, TIME),
            race_at_its_time=planned(env, RACE_START),
            old_start_gone=not planned(env, OLD_START),
            other_events_kept=kept(self, env, "race"),
            friend_knows_the_start=wrote(env, ANOUK, TIME),
            nobody_else_written_to=readers(env) <= {ANOUK, CLUB},
            reminded_in_time=reminded(env, "2025-09-05 18:00:00", "2025-09-06 12:45:00"),
            told_when_done=reported(env, (*TIME, "Anouk")),
        )
