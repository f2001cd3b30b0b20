"""An agency offers two hours to see a saved flat, one during a rehearsal; then another flat is let."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulApartmentApp,
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
from pare.scenarios.app_checks import planned, reminded
from pare.scenarios.checks import clock, day, deeds, proposed, reported, verdict
from pare.scenarios.home_checks import Letters, in_turn, saved_flats, stayed
from pare.scenarios.utils.registry import register_scenario

AGENCY, OTHER_AGENCY = "viewings@tollgatelettings.example", "hello@cobblerents.example"
VIEWING_START, VIEWING_END = "2025-10-16 17:40:00", "2025-10-16 18:10:00"
VIEWING, DAY = clock("17:40"), day("2025-10-16")
CALL_DUE = "2025-10-14 10:00:00"
LET_AFTER = 2700  # seconds after the start


@register_scenario("viewing_slot_clashes_with_rehearsal")
class ViewingSlotClashesWithRehearsal(PAREScenario):
    """Garnet Mews can be seen on Thursday; Bramble Row is let, so nobody needs to call about it."""

    start_time = parse_time("2025-10-13 08:30:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Time, CapabilityTag.Planning)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self._populate_emails()
        self._populate_plans()
        self.flats = StatefulApartmentApp(name="Apartment")
        self.flats.load_apartments_from_dict(
            {
                key: {
                    "name": name,
                    "location": "Tollgate",
                    "zip_code": "30551",
                    "price": rent,
                    "bedrooms": 3,
                    "bathrooms": 1,
                    "property_type": "Apartment",
                    "square_footage": 940,
                    "saved": saved,
                }
                for key, name, rent, saved in (
                    ("garnet", "Garnet Mews", 1610.0, True),
                    ("bramble", "Bramble Row", 1540.0, True),
                    ("sexton", "Sexton Hill", 1890.0, False),
                )
            }
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.reminders,
            self.flats,
        ]

    def _populate_emails(self) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in (
            (
                "call-us",
                OTHER_AGENCY,
                "Bramble Row",
                "Thank you for asking about Bramble Row. We know more on Tuesday; call us in the morning.",
                "2025-10-10 15:20:00",
            ),
            (
                "scores",
                "librarian@weirorchestra.example",
                "New scores",
                "The parts for the autumn concert are on your stands. Nobody can be missing on Wednesday.",
                "2025-10-12 19:00:00",
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

    def _populate_plans(self) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("rehearsal", "Orchestra", "2025-10-15 17:30:00", "2025-10-15 20:00:00"),
            ("daycare", "Fetch Lior", "2025-10-16 16:30:00", "2025-10-16 17:00:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.reminders = StatefulReminderApp(name="Reminders")
        self.fee = self.reminders.add_reminder(
            title="Pay the orchestra's fee", due_datetime="2025-10-14 09:00:00", description=""
        )
        self.call = self.reminders.add_reminder(
            title="Call Cobble Rents",
            due_datetime=CALL_DUE,
            description="Is Bramble Row still to be had?",
        )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            offer = self.emails.send_email_to_user_with_id(
                email_id="slots",
                sender=AGENCY,
                subject="Garnet Mews",
                content=(
                    "You can see Garnet Mews on Wednesday, 15 October, from 18:00 to 18:30, or on Thursday, "
                    "16 October, from 17:40 to 18:10. Please answer this email with the one that you take; "
                    "we keep neither without an answer."
                ),
            ).depends_on(None, delay_seconds=60)
            gone = self.flats.delete_apartment(apartment_id="bramble").depends_on(offer, LET_AFTER - 60)
            news = self.emails.send_email_to_user_with_id(
                email_id="let",
                sender=OTHER_AGENCY,
                subject="Bramble Row is let",
                content=(
                    "Bramble Row has been let this morning, and it will stay so for years. No need to call "
                    "us tomorrow, nor to answer this. We are sorry. Cobble Rents"
                ),
            ).depends_on(gone, delay_seconds=30)
            first = self._take_thursday(aui, offer)
            second = self._forget_bramble_row(aui, [news, first[-1]])
        self.events = [offer, gone, news, *first, *second]

    def _take_thursday(self, aui: PAREAgentUserInterface, offer: Any) -> list[Any]:
        return in_turn(
            offer,
            self.emails.get_email_by_id(email_id="slots"),
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-10-15 00:00:00", end_datetime="2025-10-17 00:00:00"
            ),
            aui.send_message_to_user(
                content=(
                    "You can see Garnet Mews on Wednesday at 18:00, during your rehearsal, or on Thursday "
                    "from 17:40 to 18:10, when you are free. Shall I take Thursday and enter it?"
                )
            ),
            aui.accept_proposal(content="Thursday, yes."),
            self.emails.reply_to_email(
                email_id="slots", content="Thank you, I take Thursday, 16 October, at 17:40."
            ),
            self.calendar.add_calendar_event(
                title="Viewing of Garnet Mews", start_datetime=VIEWING_START, end_datetime=VIEWING_END
            ),
            aui.send_message_to_user(content="You see Garnet Mews on Thursday at 17:40; the agency knows."),
        )

    def _forget_bramble_row(self, aui: PAREAgentUserInterface, before: list[Any]) -> list[Any]:
        return in_turn(
            before,
            self.emails.get_email_by_id(email_id="let"),
            self.reminders.get_all_reminders(),
            aui.send_message_to_user(
                content=(
                    "Meanwhile Bramble Row is let. Shall I delete the reminder of tomorrow, 10:00, to call "
                    "Cobble Rents about it?"
                )
            ),
            aui.accept_proposal(content="A pity. Yes."),
            self.reminders.delete_reminder(reminder_id=self.call),
            aui.send_message_to_user(content="The reminder about Bramble Row is gone."),
        )

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        return verdict(
            agency_has_its_answer=letters.tell(AGENCY, (*VIEWING, *DAY)),
            nobody_else_written_to=letters.readers() <= {AGENCY},
            viewing_in_calendar=planned(env, VIEWING_START, VIEWING_END),
            viewing_proposed_first=proposed(env, VIEWING, before=letters.places(AGENCY)),
            viewing_reported=reported(env, VIEWING),
            needless_reminder_gone=not reminded(env, CALL_DUE, CALL_DUE),
            saved_flat_stays=saved_flats(env) == {"Garnet Mews"},
            all_else_kept=stayed(self, env, self.call),
            deleting_proposed_first=proposed(env, "Bramble", before=deeds(env, self.call)),
            told_about_bramble_row=reported(env, "Bramble"),
        )
