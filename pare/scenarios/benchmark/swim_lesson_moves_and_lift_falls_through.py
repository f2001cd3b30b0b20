"""A child's swimming lesson moves to another day, and then the neighbour who was to drive cannot."""

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
from pare.scenarios.app_checks import kept, planned, readers, reminded, written_to
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

START = parse_time("2025-05-14 10:00:00")
MOVED, REQUEST = 120, 2820  # seconds after the start
SCHOOL = "office@bluelaneswim.example"
LESSON_START, LESSON_END = "2025-05-22 16:40:00", "2025-05-22 17:25:00"
LESSON_TIME, PICK_UP_TIME = clock("16:40"), clock("16:15")


@register_scenario("swim_lesson_moves_and_lift_falls_through")
class SwimLessonMovesAndLiftFallsThrough(PAREScenario):
    """First the Otters swim on Thursday instead; then Hugo asks for a lift for his daughter Noor."""

    start_time = START
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Collaboration, CapabilityTag.Planning)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails, self.calendar = _emails(), _calendar()
        self.messages, self.reminders = _messages(), StatefulReminderApp(name="Reminders")
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.messages,
            self.reminders,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            moved = self.emails.send_email_to_user_with_id(
                email_id="pool-closed",
                sender=SCHOOL,
                subject="Next week's lessons",
                content=(
                    "The small pool is closed next Tuesday. The Otters swim on Thursday, 22 May, from "
                    "16:40 to 17:25 instead; the Seals keep Tuesday and use the large pool. Please answer "
                    "this email so that we know who is coming."
                ),
            ).depends_on(None, delay_seconds=MOVED)
            request = self.messages.create_and_add_message(
                conversation_id="chat-hugo",
                sender_id="hugo",
                content=(
                    "On Thursday I cannot drive them to the pool, I am at work until five. Could you take "
                    "Noor along? She would wait at our gate at 16:15. I will fetch both of them "
                    "afterwards."
                ),
            ).depends_on(moved, delay_seconds=REQUEST - MOVED)
            first = self._move_the_lesson(aui, moved)
            second = self._take_noor_along(aui, request, first[-1])
        self.events = [moved, request, *first, *second]

    def _move_the_lesson(self, aui: PAREAgentUserInterface, moved: Any) -> list[Any]:
        read = self.emails.get_email_by_id(email_id="pool-closed").oracle().depends_on(moved, delay_seconds=5)
        look = self.calendar.search_events(query="Pia").oracle().depends_on(read, delay_seconds=2)
        propose = (
            aui.send_message_to_user(
                content=(
                    "Pia's lesson moves from Tuesday to Thursday, 22 May, 16:40 to 17:25, after violin. "
                    "Shall I change it in your calendar and tell the swimming school that Pia is coming?"
                )
            )
            .oracle()
            .depends_on(look, delay_seconds=3)
        )
        accept = (
            aui.accept_proposal(content="Yes, she will come.").oracle().depends_on(propose, delay_seconds=40)
        )
        move = (
            self.calendar.edit_calendar_event(
                event_id="lesson", start_datetime=LESSON_START, end_datetime=LESSON_END
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        answer = (
            self.emails.reply_to_email(email_id="pool-closed", content="Pia is coming on Thursday.")
            .oracle()
            .depends_on(move, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(content="Pia swims on Thursday at 16:40, and the school knows.")
            .oracle()
            .depends_on(answer, delay_seconds=1)
        )
        return [read, look, propose, accept, move, answer, report]

    def _take_noor_along(self, aui: PAREAgentUserInterface, request: Any, before: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="chat-hugo")
            .oracle()
            .depends_on([request, before], delay_seconds=5)
        )
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-05-22 00:00:00", end_datetime="2025-05-23 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        propose = (
            aui.send_message_to_user(
                content=(
                    "Hugo cannot drive to the pool on Thursday and asks you to take Noor along, from his "
                    "gate at 16:15; nothing else is in your calendar then. Shall I agree, and remind you "
                    "in time?"
                )
            )
            .oracle()
            .depends_on(look, delay_seconds=3)
        )
        accept = aui.accept_proposal(content="Of course.").oracle().depends_on(propose, delay_seconds=40)
        agree = (
            self.messages.send_message(user_id="hugo", content="Sure, we will pick Noor up at 16:15.")
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        remind = (
            self.reminders.add_reminder(
                title="Drive Pia and Noor to the pool",
                due_datetime="2025-05-22 15:50:00",
                description="Noor waits at Hugo's gate at 16:15.",
            )
            .oracle()
            .depends_on(agree, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(content="Hugo knows that you bring Noor; I will remind you at 15:50.")
            .oracle()
            .depends_on(remind, delay_seconds=1)
        )
        return [read, look, propose, accept, agree, remind, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        to_school = [item.place for item in written_to(env, SCHOOL)]
        to_hugo = [item.place for item in written_to(env, "Hugo Aalto") if item.time >= START + REQUEST]
        lift = ("Noor", PICK_UP_TIME)
        return verdict(
            asked_before_anything=proposed(env),
            lesson_proposed_first=proposed(env, LESSON_TIME, before=to_school),
            lift_proposed_first=proposed(env, *lift, before=to_hugo),
            lesson_moved=planned(env, LESSON_START, LESSON_END),
            tuesday_free=not planned(env, "2025-05-20 16:00:00"),
            other_events_kept=kept(self, env, "lesson"),
            school_answered=bool(to_school),
            move_reported=reported(env, (*LESSON_TIME, "Pia", "school"), of=[LESSON_TIME]),
            hugo_answered=bool(to_hugo),
            nobody_else_written_to=readers(env) <= {SCHOOL, "Hugo Aalto"},
            reminded_in_time=reminded(env, "2025-05-22 12:00:00", "2025-05-22 16:15:00"),
            lift_reported=reported(env, ("Noor", "Hugo"), of=lift),
        )


def _calendar() -> StatefulCalendarApp:
    """Make the calendar: two lessons of Pia's, and violin."""
    calendar = StatefulCalendarApp(name="Calendar")
    for event_id, title, start, end, description in (
        (
            "lesson",
            "Pia: swimming",
            *("2025-05-20 16:00:00", "2025-05-20 16:45:00"),
            "Otters group. Hugo drives Pia and Noor there, and back.",
        ),
        ("violin", "Pia: violin", "2025-05-22 14:30:00", "2025-05-22 15:15:00", "At school."),
        ("next-lesson", "Pia: swimming", "2025-05-27 16:00:00", "2025-05-27 16:45:00", "Otters group."),
    ):
        calendar.set_calendar_event(
            event=CalendarEvent(
                event_id=event_id,
                title=title,
                start_datetime=parse_time(start),
                end_datetime=parse_time(end),
                description=description,
            )
        )
    return calendar


def _emails() -> StatefulEmailApp:
    """Make the mailbox with two older emails."""
    emails = StatefulEmailApp(name="Emails")
    for email_id, sender, subject, content, time in (
        ("caps", SCHOOL, "Bathing caps", "Every Otter needs a green cap.", "2025-04-30 09:00:00"),
        (
            "fair",
            "parents@larkhillschool.example",
            "Summer fair",
            "Who can bake for the fair on 14 June?",
            "2025-05-13 18:20:00",
        ),
    ):
        emails.add_email(
            email=Email(
                email_id=email_id,
                sender=sender,
                recipients=[emails.user_email],
                subject=subject,
                content=content,
                timestamp=parse_time(time),
            )
        )
    return emails


def _messages() -> StatefulMessagingApp:
    """Make the chats with two other parents."""
    messages = StatefulMessagingApp(
        name="Messages",
        current_user_id="john",
        current_user_name="John Doe",
        id_to_name={"mirela": "Mirela Costa", "hugo": "Hugo Aalto"},
    )
    for user_id, name, time, text in (
        ("mirela", "Mirela Costa", "2025-05-11 20:00:00", "Luca has outgrown his flippers. Any use?"),
        ("hugo", "Hugo Aalto", "2025-05-13 17:05:00", "Both delivered, both hungry."),
    ):
        message = MessageV2(sender_id=user_id, timestamp=parse_time(time), content=text)
        messages.add_conversation(
            conversation=ConversationV2(
                participant_ids=["john", user_id],
                messages=[message],
                title=name,
                conversation_id=f"chat-{user_id}",
                last_updated=message.timestamp,
            )
        )
    return messages
