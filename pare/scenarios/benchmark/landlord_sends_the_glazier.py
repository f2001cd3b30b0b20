"""The landlord's letter offers two slots for the glazier; one fits, and the flatmate must clear the sill."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulMessagingApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, readers, wrote
from pare.scenarios.checks import clock, day, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

LANDLORD = "office@kestrelhomes.example"
FLATMATE = "Leonie Marsh"
SLOT_START, SLOT_END = "2025-03-13 13:00:00", "2025-03-13 15:00:00"
DAY, HOUR = day("2025-03-13"), clock("13:00")


@register_scenario("landlord_sends_the_glazier")
class LandlordSendsTheGlazier(PAREScenario):
    """Somebody has to let the glazier in, on Tuesday (a review is in the way) or on Thursday."""

    start_time = parse_time("2025-03-07 08:30:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            Email(
                email_id="canteen",
                sender="canteen@brightwater.example",
                recipients=[self.emails.user_email],
                subject="Lunch next week",
                content="Lentil stew on Tuesday, dumplings on Thursday from 13:00.",
                timestamp=parse_time("2025-03-07 07:10:00"),
            )
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("review", "Quarterly review with Brightwater", "2025-03-11 09:30:00", "2025-03-11 10:30:00"),
            ("training", "First aid training", "2025-03-13 10:00:00", "2025-03-13 11:30:00"),
            ("climbing", "Climbing hall", "2025-03-13 18:30:00", "2025-03-13 20:00:00"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self._populate_messages()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.messages,
        ]

    def _populate_messages(self) -> None:
        self.messages = StatefulMessagingApp(name="Messages")
        self.messages.add_users(["Bram Okafor", FLATMATE])
        texts = {
            "Bram Okafor": "Are you coming to the climbing hall on Thursday?",
            FLATMATE: "My tomato seedlings are on the kitchen sill now, please don't open that window.",
        }
        for name, text in texts.items():
            person = self.messages.name_to_id[name]
            self.messages.add_conversation(
                ConversationV2(
                    participant_ids=[self.messages.current_user_id or "", person],
                    messages=[MessageV2(sender_id=person, content=text)],
                    title=name,
                    conversation_id=name.split(" ", maxsplit=1)[0].lower(),
                )
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            arrives = self.emails.send_email_to_user_with_id(
                email_id="glazier",
                sender=LANDLORD,
                subject="New kitchen window at 12 Tannery Row",
                content=(
                    "Dear tenants, our glazier will replace your kitchen window. He can come on Tuesday, "
                    "11 March, from 9:00 to 11:00, or on Thursday, 13 March, from 13:00 to 15:00. One of you "
                    "must be at home for all of it, and the window sill must be empty. Please answer which "
                    "slot you take by Sunday. Kestrel Homes"
                ),
            ).depends_on(None, delay_seconds=120)
            read = (
                self.emails.get_email_by_id(email_id="glazier").oracle().depends_on(arrives, delay_seconds=5)
            )
            look = (
                self.calendar.get_calendar_events_from_to(
                    start_datetime="2025-03-11 00:00:00", end_datetime="2025-03-14 00:00:00"
                )
                .oracle()
                .depends_on(read, delay_seconds=2)
            )
            chats = self.messages.search(query="sill").oracle().depends_on(look, delay_seconds=2)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "The landlord's glazier can come on Tuesday, 9:00 to 11:00, when you have the "
                        "review, or on Thursday, 13 March, 13:00 to 15:00, when you are free. Shall I take "
                        "Thursday at 13:00, put it into your calendar, and ask Leonie to clear the sill?"
                    )
                )
                .oracle()
                .depends_on(chats, delay_seconds=3)
            )
            accept = (
                aui.accept_proposal(content="Yes, do that.").oracle().depends_on(propose, delay_seconds=30)
            )
            done = self._carry_out(accept)
            report = (
                aui.send_message_to_user(content="The glazier comes on Thursday at 13:00, and Leonie knows.")
                .oracle()
                .depends_on(done[-1], delay_seconds=2)
            )
        self.events = [arrives, read, look, chats, propose, accept, *done, report]

    def _carry_out(self, accept: Any) -> list[Any]:
        answer = (
            self.emails.reply_to_email(
                email_id="glazier", content="We take Thursday, 13 March, from 13:00. I shall be at home."
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        enter = (
            self.calendar.add_calendar_event(
                title="Be at home for the glazier",
                start_datetime=SLOT_START,
                end_datetime=SLOT_END,
                location="12 Tannery Row",
            )
            .oracle()
            .depends_on(answer, delay_seconds=2)
        )
        tell = (
            self.messages.send_message(
                user_id=self.messages.name_to_id[FLATMATE],
                content=(
                    "The glazier replaces the kitchen window on Thursday at 13:00. "
                    "Could you take your seedlings off the sill by then?"
                ),
            )
            .oracle()
            .depends_on(enter, delay_seconds=2)
        )
        return [answer, enter, tell]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            landlord_knows_the_slot=wrote(env, LANDLORD, (*DAY, *HOUR)),
            slot_is_in_the_calendar=any(
                event.start_datetime <= parse_time(SLOT_START) and parse_time(SLOT_END) <= event.end_datetime
                for event in env.get_app("Calendar").events.values()
            ),
            other_plans_stay=kept(self, env),
            flatmate_knows=wrote(env, FLATMATE, DAY),
            nobody_else_written_to=readers(env) <= {LANDLORD, FLATMATE},
            proposed_first=proposed(env, DAY, HOUR),
            told_when_done=reported(env, (*DAY, *HOUR, "Leonie")),
        )
