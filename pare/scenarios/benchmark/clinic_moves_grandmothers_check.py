"""A clinic moves a grandmother's check; her cab needs a ramp and enough time, and her carer must know."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCabApp,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulNotesApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
from pare.apps.note import Note
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, wrote
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.shop_checks import belongings_kept, booked, goes, starts
from pare.scenarios.utils.registry import register_scenario

CLINIC, CARER = "reception@rosebankclinic.example", "Petra Novotna"
OLD_START, OLD_END, OLD_RIDE = "2025-11-20 11:00:00", "2025-11-20 11:45:00", "2025-11-20 10:15:00"
NEW_START, NEW_END, NEW_RIDE = "2025-11-20 09:30:00", "2025-11-20 10:15:00", "2025-11-20 08:45:00"
TIMES = (*clock("08:45"), *clock("09:30"))
HOME, GOAL = "3 Larch Court", "Rosebank Clinic"

SERVICES = {
    "Default": {"nb_seats": 4, "price_per_km": 1.0, "base_delay_min": 5, "max_distance_km": 25},
    "Van": {"nb_seats": 6, "price_per_km": 1.5, "base_delay_min": 7, "max_distance_km": 25},
    "Ramp": {"nb_seats": 2, "price_per_km": 1.4, "base_delay_min": 9, "max_distance_km": 25},
}

NOTES = (
    ("recipe", "Alma's plum cake", "500 g of plums, and cinnamon. Bake it for 45 minutes."),
    (
        "alma",
        "Grandma Alma",
        (
            "Since she has the wheelchair: cabs with a Ramp only. The cab has to come 45 minutes before any "
            "appointment. Petra gets her ready and rides along, so tell Petra of every change."
        ),
    ),
)

CONTACTS = (
    ("Alma", "Lindgren", "8 Birch Walk", "Book club"),
    ("Alma", "Lindqvist", HOME, "Grandma"),
    ("Petra", "Novotna", "12 Quarry Road", "Grandma's carer"),
)

CHATS = (
    ("petr", "Petr Novak", "2025-11-17 09:00:00", "The snow tyres are on your car."),
    ("petra", CARER, "2025-11-16 18:00:00", "Alma and I are ready on Thursday at 10:15. See you there!"),
)


@register_scenario("clinic_moves_grandmothers_check")
class ClinicMovesGrandmothersCheck(PAREScenario):
    """The check is at 9:30 instead of 11:00, so the cab that was ordered for 10:15 comes too late."""

    start_time = parse_time("2025-11-18 15:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Memory, CapabilityTag.Adaptability)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.cab = StatefulCabApp(name="Cab", d_service_config=SERVICES)
        self.ride = self.cab.order_ride(
            start_location=HOME, end_location=GOAL, service_type="Ramp", ride_time=OLD_RIDE
        ).ride_id
        self.notes = StatefulNotesApp(name="Notes")
        for note_id, title, content in NOTES:
            self.notes.folders["Personal"].add_note(note=Note(note_id=note_id, title=title, content=content))
        self.contacts = StatefulContactsApp(name="Contacts")
        for first_name, last_name, address, description in CONTACTS:
            self.contacts.add_contact(
                contact=Contact(
                    first_name=first_name, last_name=last_name, address=address, description=description
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self._emails(),
            self._calendar(),
            self._messages(),
            self.contacts,
            self.notes,
            self.cab,
        ]

    def _emails(self) -> StatefulEmailApp:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            email=Email(
                email_id="survey",
                sender="survey@rosebankpatients.example",
                recipients=[self.emails.user_email],
                subject="How was your visit?",
                content="Please answer ten questions about Rosebank Clinic.",
                timestamp=parse_time("2025-11-10 07:00:00"),
            )
        )
        return self.emails

    def _calendar(self) -> StatefulCalendarApp:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("budget", "Budget meeting", "2025-11-20 13:00:00", "2025-11-20 14:30:00"),
            ("check", "Grandma: check at Rosebank Clinic", OLD_START, OLD_END),
            ("birthday", "Grandma's birthday", "2025-11-23 15:00:00", "2025-11-23 18:00:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        return self.calendar

    def _messages(self) -> StatefulMessagingApp:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={"petr": "Petr Novak", "petra": CARER},
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
            moved = self.emails.send_email_to_user_with_id(
                email_id="moved",
                sender=CLINIC,
                subject="Alma Lindqvist: earlier on Thursday",
                content=(
                    "We have to move Mrs Lindqvist's check on Thursday, 20 November, from 11:00 to 9:30; it "
                    "ends at 10:15 then. Please answer whether she can come."
                ),
            ).depends_on(None, delay_seconds=60)
            reads = self._look_around(moved)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Rosebank Clinic moves Alma's check on Thursday to 9:30, and you are free then. "
                        "Shall I agree, change your calendar, order the cab with Ramp for 8:45 instead of "
                        "10:15, and tell Petra?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=4)
            )
            accept = (
                aui.accept_proposal(content="Yes, thank you.").oracle().depends_on(propose, delay_seconds=60)
            )
            done = [*self._agree(accept), *self._order_the_ramp(accept)]
            report = (
                aui.send_message_to_user(
                    content=(
                        "Alma is expected on Thursday at 9:30. The cab with Ramp comes at 8:45, and Petra "
                        "knows."
                    )
                )
                .oracle()
                .depends_on(done, delay_seconds=1)
            )
        self.events = [moved, *reads, propose, accept, *done, report]

    def _look_around(self, moved: Any) -> list[Any]:
        read = self.emails.get_email_by_id(email_id="moved").oracle().depends_on(moved, delay_seconds=5)
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-11-20 00:00:00", end_datetime="2025-11-21 00:00:00"
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        note = self.notes.search_notes(query="Alma").oracle().depends_on(look, delay_seconds=2)
        who = self.contacts.search_contacts(query="Alma").oracle().depends_on(note, delay_seconds=2)
        ride = self.cab.get_current_ride_status().oracle().depends_on(who, delay_seconds=2)
        carer = self.messages.lookup_user_id(user_name=CARER).oracle().depends_on(ride, delay_seconds=2)
        return [read, look, note, who, ride, carer]

    def _agree(self, accept: Any) -> list[Any]:
        answer = (
            self.emails.reply_to_email(email_id="moved", content="Alma will be there on Thursday at 9:30.")
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        move = (
            self.calendar.edit_calendar_event(
                event_id="check", start_datetime=NEW_START, end_datetime=NEW_END
            )
            .oracle()
            .depends_on(answer, delay_seconds=2)
        )
        return [answer, move]

    def _order_the_ramp(self, accept: Any) -> list[Any]:
        cancel = self.cab.user_cancel_ride().oracle().depends_on(accept, delay_seconds=6)
        prices = (
            self.cab.list_rides(start_location=HOME, end_location=GOAL, ride_time=NEW_RIDE)
            .oracle()
            .depends_on(cancel, delay_seconds=2)
        )
        order = (
            self.cab.order_ride(
                start_location=HOME, end_location=GOAL, service_type="Ramp", ride_time=NEW_RIDE
            )
            .oracle()
            .depends_on([cancel, prices], delay_seconds=2)
        )
        tell = (
            self.messages.send_message(
                user_id="petra",
                content="The check is earlier: the cab comes on Thursday at 8:45, and it begins at 9:30.",
            )
            .oracle()
            .depends_on(order, delay_seconds=2)
        )
        return [cancel, prices, order, tell]

    def validate(self, env: Any) -> ScenarioValidationResult:
        ride = booked(env)
        return verdict(
            check_moved=planned(env, NEW_START, NEW_END) and not planned(env, OLD_START),
            clinic_answered=wrote(env, CLINIC),
            ride_to_the_clinic=goes(ride, "Larch", "Rosebank"),
            wheelchair_fits=ride is not None and ride.service_type == "Ramp",
            cab_comes_in_time=starts(ride, "2025-11-20 08:20:00", NEW_RIDE),
            carer_knows_when=wrote(env, CARER, TIMES),
            nobody_else_written_to=readers(env) <= {CLINIC, CARER},
            all_else_kept=kept(self, env, "check") and belongings_kept(self, env, self.ride),
            proposed_first=proposed(env, TIMES),
            told_when_done=reported(env, TIMES),
        )
