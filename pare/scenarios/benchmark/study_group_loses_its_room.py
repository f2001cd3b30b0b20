"""The study group's room is closed, and the group settles on another day while the user looks away."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulMessagingApp,
    StatefulReminderApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, reminded, written
from pare.scenarios.checks import clock, day, mentions, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

STUDENTS = ("Anouk Beyer", "Samir Toure", "Lena Fisk")
PLAYERS = ("Joris Vale", "Lena Fisk", "Mattis Brand")
OLD_START, OLD_END = "2025-11-26 16:00:00", "2025-11-26 17:30:00"
KEY_DUE = "2025-11-26 15:30:00"
NEW_START, NEW_END = "2025-11-27 18:00:00", "2025-11-27 19:30:00"
DAY, HOUR = day("2025-11-27"), clock("18:00")


@register_scenario("study_group_loses_its_room")
class StudyGroupLosesItsRoom(PAREScenario):
    """Two days are possible for most, one for all; the group waits for the user's word."""

    start_time = parse_time("2025-11-24 10:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Collaboration, CapabilityTag.Adaptability, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("tutorial", "Tutorial, linear models", "2025-11-27 16:00:00", "2025-11-27 17:30:00"),
            ("study", "Study group, room 214", OLD_START, OLD_END),
            ("badminton", "Badminton", "2025-11-27 20:00:00", "2025-11-27 21:30:00"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.reminders = StatefulReminderApp(name="Reminders")
        self.sheets = self.reminders.add_reminder(
            title="Print the exercise sheets", due_datetime="2025-11-25 18:00:00", description=""
        )
        self.key = self.reminders.add_reminder(
            title="Fetch the key",
            due_datetime=KEY_DUE,
            description="The caretaker has the key of room 214",
        )
        self._populate_messages()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.messages,
            self.calendar,
            self.reminders,
        ]

    def _populate_messages(self) -> None:
        self.messages = StatefulMessagingApp(name="Messages")
        self.messages.add_users([*STUDENTS, *PLAYERS])
        for conversation_id, title, names, text in (
            ("badminton", "Badminton", PLAYERS, "Court 2 again on Thursday at 20:00?"),
            ("study", "Statistics study group", STUDENTS, "See you on Wednesday in 214!"),
        ):
            people = [self.messages.name_to_id[name] for name in names]
            self.messages.add_conversation(
                ConversationV2(
                    participant_ids=[self.messages.current_user_id or "", *people],
                    messages=[MessageV2(sender_id=people[0], content=text)],
                    title=title,
                    conversation_id=conversation_id,
                )
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        anouk, samir, _ = (self.messages.name_to_id[name] for name in STUDENTS)
        with EventRegisterer.capture_mode():
            closed = self.messages.create_and_add_message(
                conversation_id="study",
                sender_id=samir,
                content=(
                    "Room 214 is closed this week, so nobody needs to fetch the key. The library gives us "
                    "group room 3, on Wednesday from 17:30 to 19:00 or on Thursday from 18:00 to 19:30."
                ),
            ).depends_on(None, delay_seconds=30)
            settled = self.messages.create_and_add_message(
                conversation_id="study",
                sender_id=anouk,
                content="I work on Wednesday evening. Thursday suits Lena and me. John, can you come too?",
            ).depends_on(closed, delay_seconds=300)
            reads = self._look_around(settled)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Room 214 is closed, and your study group wants to meet on Thursday, 18:00 to 19:30, "
                        "in the library; you are free then. Shall I tell the group that you come, move the "
                        "entry in your calendar, and delete the reminder about the key?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=3)
            )
            accept = aui.accept_proposal(content="Sure.").oracle().depends_on(propose, delay_seconds=15)
            done = self._move_the_meeting(accept)
            report = (
                aui.send_message_to_user(content="The group counts on you, on Thursday in group room 3.")
                .oracle()
                .depends_on(done[-1], delay_seconds=2)
            )
        self.events = [closed, settled, *reads, propose, accept, *done, report]

    def _look_around(self, settled: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="study")
            .oracle()
            .depends_on(settled, delay_seconds=5)
        )
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-11-26 00:00:00", end_datetime="2025-11-28 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        remind = self.reminders.get_all_reminders().oracle().depends_on(look, delay_seconds=2)
        return [read, look, remind]

    def _move_the_meeting(self, accept: Any) -> list[Any]:
        answer = (
            self.messages.send_message_to_group_conversation(
                conversation_id="study", content="I shall be there on Thursday at 18:00!"
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        move = (
            self.calendar.edit_calendar_event(
                event_id="study",
                title="Study group, library, group room 3",
                start_datetime=NEW_START,
                end_datetime=NEW_END,
            )
            .oracle()
            .depends_on(answer, delay_seconds=2)
        )
        forget = (
            self.reminders.delete_reminder(reminder_id=self.key).oracle().depends_on(move, delay_seconds=2)
        )
        return [answer, move, forget]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            group_knows=_group_knows(env),
            nobody_else_written_to=readers(env) <= {*STUDENTS},
            meeting_is_moved=planned(env, NEW_START, NEW_END),
            old_hour_is_free=not planned(env, OLD_START),
            all_else_kept=kept(self, env, "study", self.key),
            key_is_forgotten=not reminded(env, KEY_DUE, KEY_DUE),
            proposed_first=proposed(env, DAY, HOUR),
            told_when_done=reported(env, (*DAY, *HOUR, "room 3", "study group")),
        )


def _group_knows(env: Any) -> bool:
    """Tell whether all students can read a yes: an answer to the question, or one that names the day."""
    asked = parse_time("2025-11-24 10:05:30")
    return any(
        item.readers.issuperset(STUDENTS) and (item.time > asked or mentions(item.text, (*DAY, *HOUR)))
        for item in written(env)
    )
