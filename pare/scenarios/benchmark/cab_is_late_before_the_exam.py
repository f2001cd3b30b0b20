"""The cab to an exam is stuck behind a closed bridge; what still gets across has one seat only."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCabApp,
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
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.shop_checks import arrives, belongings_kept, booked, goes, starts
from pare.scenarios.utils.registry import register_scenario

START, RIDE, DOORS = "2025-06-17 07:55:00", "2025-06-17 08:05:00", "2025-06-17 08:45:00"
HOME, HALL = "22 Tanner Row", "Alderman Hall"
FRIEND = "Noemi Adeyinka"

SERVICES = {
    "Default": {"nb_seats": 4, "price_per_km": 1.0, "base_delay_min": 5, "max_distance_km": 25},
    "Premium": {"nb_seats": 4, "price_per_km": 2.0, "base_delay_min": 3, "max_distance_km": 25},
    "Moto": {"nb_seats": 1, "price_per_km": 0.8, "base_delay_min": 3, "max_distance_km": 25},
}

EMAILS = (
    (
        "rules",
        "exams@aldermancollege.example",
        "Pharmacology: how it goes",
        (
            "The doors of Alderman Hall close at 08:45; nobody is let in later, whatever the reason. Bring "
            "your student card. Writing begins at 09:00."
        ),
        "2025-06-10 09:00:00",
    ),
    (
        "gym",
        "hello@tannerrowgym.example",
        "Your gym",
        "The sauna is closed on 17 June.",
        "2025-06-16 12:00:00",
    ),
)

CHATS = (
    ("marek", "Marek Sowa", "2025-06-16 21:00:00", "Fingers crossed for tomorrow!"),
    (
        "noemi",
        FRIEND,
        "2025-06-16 22:10:00",
        "So I stand at your door at 08:05 and ride along as far as the library. Thank you!",
    ),
)


@register_scenario("cab_is_late_before_the_exam")
class CabIsLateBeforeTheExam(PAREScenario):
    """A Moto still comes in time, but Noemi, who was to ride along, has to find another way."""

    start_time = parse_time(START)
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Search, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.cab = StatefulCabApp(name="Cab", d_service_config=SERVICES)
        self.ride = self.cab.order_ride(
            start_location=HOME, end_location=HALL, service_type="Default", ride_time=RIDE
        ).ride_id
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("exam", "Exam in pharmacology, Alderman Hall", "2025-06-17 09:00:00", "2025-06-17 11:00:00"),
            ("lunch", "Lunch with Marek", "2025-06-17 12:30:00", "2025-06-17 13:30:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.cab,
            self.calendar,
            self._emails(),
            self._messages(),
        ]

    def _emails(self) -> StatefulEmailApp:
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in EMAILS:
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
        return self.emails

    def _messages(self) -> StatefulMessagingApp:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={"marek": "Marek Sowa", "noemi": FRIEND},
        )
        for user_id, name, time, text in CHATS:
            message = MessageV2(sender_id=user_id, timestamp=parse_time(time), content=text)
            self.messages.add_conversation(
                conversation=ConversationV2(
                    participant_ids=["john", user_id],
                    messages=[message],
                    title=name,
                    conversation_id=f"chat-{user_id}",
                    last_updated=message.timestamp,
                )
            )
        return self.messages

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            late = self.cab.update_ride_status(
                status="DELAYED",
                message=(
                    "The bridge is closed. I am with you at 08:50 at the earliest. No car gets across "
                    "before; a Moto does."
                ),
            ).depends_on(None, delay_seconds=240)
            reads = self._look_around(late)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Your cab is stuck until 08:50, and the doors of Alderman Hall close at 08:45. A "
                        "Moto still gets across the bridge. Shall I cancel the cab, order a Moto now, and "
                        "tell Noemi, as it has one seat only?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=3)
            )
            accept = aui.accept_proposal(content="Yes, go!").oracle().depends_on(propose, delay_seconds=10)
            done = self._take_the_moto(accept)
            report = (
                aui.send_message_to_user(content="A Moto is on its way to you, and Noemi knows. Good luck!")
                .oracle()
                .depends_on(done[-1], delay_seconds=1)
            )
        self.events = [late, *reads, propose, accept, *done, report]

    def _look_around(self, late: Any) -> list[Any]:
        ride = self.cab.get_current_ride_status().oracle().depends_on(late, delay_seconds=3)
        today = self.calendar.read_today_calendar_events().oracle().depends_on(ride, delay_seconds=2)
        rules = self.emails.search_emails(query="Alderman").oracle().depends_on(today, delay_seconds=2)
        chats = self.messages.list_recent_conversations().oracle().depends_on(rules, delay_seconds=2)
        prices = (
            self.cab.list_rides(start_location=HOME, end_location=HALL)
            .oracle()
            .depends_on(chats, delay_seconds=2)
        )
        return [ride, today, rules, chats, prices]

    def _take_the_moto(self, accept: Any) -> list[Any]:
        cancel = self.cab.user_cancel_ride().oracle().depends_on(accept, delay_seconds=2)
        order = (
            self.cab.order_ride(start_location=HOME, end_location=HALL, service_type="Moto")
            .oracle()
            .depends_on([accept, cancel], delay_seconds=2)
        )
        tell = (
            self.messages.send_message(
                user_id="noemi",
                content="The bridge is closed and I have to take a Moto with one seat. I am so sorry!",
            )
            .oracle()
            .depends_on(order, delay_seconds=2)
        )
        return [cancel, order, tell]

    def validate(self, env: Any) -> ScenarioValidationResult:
        ride = booked(env)
        return verdict(
            ride_to_the_exam=goes(ride, "Tanner", "Alderman"),
            gets_across_the_bridge=ride is not None and ride.service_type == "Moto",
            starts_from_now_on=starts(ride, START, DOORS),
            there_before_the_doors_close=arrives(ride) <= parse_time(DOORS),
            friend_knows=wrote(env, FRIEND),
            nobody_else_written_to=readers(env) <= {FRIEND},
            all_else_kept=kept(self, env) and belongings_kept(self, env, self.ride),
            proposed_first=proposed(env, "Moto"),
            told_when_done=reported(env, ("Moto", "Noemi")),
        )
