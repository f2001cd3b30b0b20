"""A foundation wants a report a week earlier; of two reports, one moves, with all that hangs on it."""

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
from pare.scenarios.app_checks import kept, planned, readers, reminded, wrote
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

FOUNDATION = "grants@lindenfund.example"
CO_AUTHOR = "Yusuf Karaca"
OLD_DUE = ("2025-10-31 12:00:00", "2025-10-31 12:30:00")
NEW_START, NEW_END = "2025-10-24 12:00:00", "2025-10-24 12:30:00"
DAY_BEFORE = "2025-10-23"
OLD_READING, NEW_READING = "2025-10-30 09:00:00", f"{DAY_BEFORE} 09:00:00"


@register_scenario("grant_report_due_a_week_earlier")
class GrantReportDueAWeekEarlier(PAREScenario):
    """LF-2207 is due on 24 October now; LF-1980, due on the same day as it was, is not."""

    start_time = parse_time("2025-10-06 09:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Search, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            Email(
                email_id="tea",
                sender="events@tilburyinstitute.example",
                recipients=[self.emails.user_email],
                subject="Institute tea",
                content="Tea and cake for everybody on 24 October at 15:00, in the winter garden.",
                timestamp=parse_time("2025-10-03 12:00:00"),
            )
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title in (
            ("final", "LF-1980: final report is due"),
            ("interim", "LF-2207: interim report is due"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(OLD_DUE[0]),
                    end_datetime=parse_time(OLD_DUE[1]),
                )
            )
        self.reminders = StatefulReminderApp(name="Reminders")
        self.audit = self.reminders.add_reminder(
            title="Auditor's letter", due_datetime="2025-10-28 14:00:00", description="For LF-1980"
        )
        self.reading = self.reminders.add_reminder(
            title="Last reading",
            due_datetime=OLD_READING,
            description="Interim report of LF-2207, the day before it is due",
        )
        self._populate_messages()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.reminders,
            self.messages,
        ]

    def _populate_messages(self) -> None:
        self.messages = StatefulMessagingApp(name="Messages")
        self.messages.add_users(["Yusra Haider", CO_AUTHOR])
        for conversation_id, name, text in (
            ("yusra", "Yusra Haider", "The auditor's letter for LF-1980 is on its way."),
            ("yusuf", CO_AUTHOR, "You get my tables for LF-2207 on 27 October, four days ahead. All right?"),
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
            arrives = self.emails.send_email_to_user_with_id(
                email_id="earlier",
                sender=FOUNDATION,
                subject="LF-2207: new date for the interim report",
                content=(
                    "Our board meets a week earlier than planned. Your interim report on LF-2207 is "
                    "therefore due on Friday, 24 October, at 12:00. The dates of other grants stay. Please "
                    "confirm that you have taken note of the new date. Linden Fund"
                ),
            ).depends_on(None, delay_seconds=120)
            reads = self._look_around(arrives)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "The report on LF-2207 is due on 24 October already, but Yusuf means to send his "
                        "tables on 27 October. Shall I confirm the date, move the calendar entry and the "
                        "reminder by a week, and tell Yusuf?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=3)
            )
            accept = aui.accept_proposal(content="Yes.").oracle().depends_on(propose, delay_seconds=30)
            done = [*self._move_the_dates(accept), *self._tell_the_others(accept)]
            report = (
                aui.send_message_to_user(content="All is moved, and Yusuf knows about 24 October.")
                .oracle()
                .depends_on(done, delay_seconds=2)
            )
        self.events = [arrives, *reads, propose, accept, *done, report]

    def _look_around(self, arrives: Any) -> list[Any]:
        read = self.emails.get_email_by_id(email_id="earlier").oracle().depends_on(arrives, delay_seconds=5)
        look = self.calendar.search_events(query="LF-2207").oracle().depends_on(read, delay_seconds=2)
        remind = self.reminders.get_all_reminders().oracle().depends_on(look, delay_seconds=2)
        chats = self.messages.search(query="LF-2207").oracle().depends_on(remind, delay_seconds=2)
        return [read, look, remind, chats]

    def _move_the_dates(self, accept: Any) -> list[Any]:
        move = (
            self.calendar.edit_calendar_event(
                event_id="interim", start_datetime=NEW_START, end_datetime=NEW_END
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        remind = (
            self.reminders.update_reminder(
                reminder_id=self.reading,
                title="Last reading",
                description="Interim report of LF-2207, the day before it is due",
                due_datetime=NEW_READING,
                repetition_unit=None,
                repetition_value=None,
            )
            .oracle()
            .depends_on(move, delay_seconds=2)
        )
        return [move, remind]

    def _tell_the_others(self, accept: Any) -> list[Any]:
        confirm = (
            self.emails.reply_to_email(
                email_id="earlier", content="We have taken note: LF-2207 is due on 24 October."
            )
            .oracle()
            .depends_on(accept, delay_seconds=6)
        )
        tell = (
            self.messages.send_message(
                user_id=self.messages.name_to_id[CO_AUTHOR],
                content="The report is due on 24 October now, so I need your tables well before that.",
            )
            .oracle()
            .depends_on(confirm, delay_seconds=2)
        )
        return [confirm, tell]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            new_date_is_in_the_calendar=planned(env, NEW_START),
            old_date_is_gone=_starts(env).count(parse_time(OLD_DUE[0])) == 1,
            reminder_comes_the_day_before=reminded(env, f"{DAY_BEFORE} 00:00:00", f"{DAY_BEFORE} 23:59:59"),
            old_reminder_is_gone=not reminded(env, OLD_READING, OLD_READING),
            all_else_kept=kept(self, env, "interim", self.reading),
            foundation_has_its_answer=wrote(env, FOUNDATION),
            co_author_knows=wrote(env, CO_AUTHOR, "24"),
            nobody_else_written_to=readers(env) <= {FOUNDATION, CO_AUTHOR},
            proposed_first=proposed(env, ("LF-2207", "report"), "24"),
            told_when_done=reported(env, ("24", "Yusuf", "LF-2207")),
        )


def _starts(env: Any) -> list[float]:
    return [event.start_datetime for event in env.get_app("Calendar").events.values()]
