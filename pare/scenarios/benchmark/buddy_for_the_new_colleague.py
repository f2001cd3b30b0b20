"""A new colleague starts on Monday: greet her, save her details, and find the one hour for a tour."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import contact_has, kept, planned, readers, wrote
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

PEOPLE_OFFICE = "people@tallowridge.example"
NEWCOMER, ADDRESS, NUMBER = "Amara Diallo", "amara.diallo@tallowridge.example", "01632-960771"
NAMESAKE_ADDRESS = "amara.singh@quillandco.example"
TOUR_START, TOUR_END = "2025-10-06 11:00:00", "2025-10-06 12:00:00"
HOUR = (*clock("11:00"), "eleven")


@register_scenario("buddy_for_the_new_colleague")
class BuddyForTheNewColleague(PAREScenario):
    """The people office makes the user the buddy of Amara Diallo, who is not Amara Singh."""

    start_time = parse_time("2025-10-03 13:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Ambiguity, CapabilityTag.Execution)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content in (
            ("garage", PEOPLE_OFFICE, "Bicycles", "The garage is painted on Monday; please use the yard."),
            ("drafts", NAMESAKE_ADDRESS, "Cover drafts", "The drafts are ready on Monday at 11:00. Amara"),
        ):
            self.emails.add_email(
                Email(
                    email_id=email_id,
                    sender=sender,
                    recipients=[self.emails.user_email],
                    subject=subject,
                    content=content,
                    timestamp=parse_time("2025-10-02 16:45:00"),
                )
            )
        self.contacts = StatefulContactsApp(name="Contacts")
        for contact_id, first, last, phone, email in (
            ("singh", "Amara", "Singh", "01632-960340", NAMESAKE_ADDRESS),
            ("diaz", "Amaro", "Diaz", "01632-960341", "amaro.diaz@tallowridge.example"),
        ):
            self.contacts.add_contact(
                Contact(contact_id=contact_id, first_name=first, last_name=last, phone=phone, email=email)
            )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("sync", "Weekly sync", "2025-10-06 09:00:00", "2025-10-06 09:45:00"),
            ("planning", "Planning", "2025-10-06 10:00:00", "2025-10-06 11:00:00"),
            ("lunch", "Lunch with the printers", "2025-10-06 12:00:00", "2025-10-06 13:00:00"),
        ):
            self.calendar.set_calendar_event(
                CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.contacts,
            self.calendar,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            arrives = self.emails.send_email_to_user_with_id(
                email_id="buddy",
                sender=PEOPLE_OFFICE,
                subject="Your new colleague",
                content=(
                    "Amara Diallo starts on Monday, 6 October, and you are her buddy. Please save her "
                    f"details: {ADDRESS}, mobile {NUMBER}. She is in the house from 9:00. Take an hour "
                    "before noon to show her around, and write her a line today to tell her when you come."
                ),
            ).depends_on(None, delay_seconds=60)
            read = self.emails.get_email_by_id(email_id="buddy").oracle().depends_on(arrives, delay_seconds=5)
            find = self.contacts.search_contacts(query="Amara").oracle().depends_on(read, delay_seconds=2)
            look = (
                self.calendar.get_calendar_events_from_to(
                    start_datetime="2025-10-06 08:00:00", end_datetime="2025-10-06 13:00:00"
                )
                .oracle()
                .depends_on(find, delay_seconds=2)
            )
            propose = (
                aui.send_message_to_user(
                    content=(
                        "You are the buddy of Amara Diallo, who starts on Monday. Before noon you have an "
                        "hour at 11:00. Shall I save her details, enter the tour, and write to her?"
                    )
                )
                .oracle()
                .depends_on(look, delay_seconds=3)
            )
            accept = aui.accept_proposal(content="Yes.").oracle().depends_on(propose, delay_seconds=15)
            done = self._prepare_the_day(accept)
            report = (
                aui.send_message_to_user(content="All done: Amara knows that you fetch her at 11:00.")
                .oracle()
                .depends_on(done[-1], delay_seconds=2)
            )
        self.events = [arrives, read, find, look, propose, accept, *done, report]

    def _prepare_the_day(self, accept: Any) -> list[Any]:
        save = (
            self.contacts.add_new_contact(first_name="Amara", last_name="Diallo", phone=NUMBER, email=ADDRESS)
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        enter = (
            self.calendar.add_calendar_event(
                title="Show Amara Diallo around",
                start_datetime=TOUR_START,
                end_datetime=TOUR_END,
                attendees=[NEWCOMER],
            )
            .oracle()
            .depends_on(save, delay_seconds=2)
        )
        write = (
            self.emails.send_email(
                recipients=[ADDRESS],
                subject="Welcome on Monday",
                content="I am your buddy and look forward to meeting you. On Monday I fetch you at 11:00.",
            )
            .oracle()
            .depends_on(enter, delay_seconds=2)
        )
        return [save, enter, write]

    def validate(self, env: Any) -> ScenarioValidationResult:
        guests = {guest for event in env.get_app("Calendar").events.values() for guest in event.attendees}
        return verdict(
            details_are_saved=contact_has(env, NEWCOMER, phone=NUMBER, email=ADDRESS),
            tour_is_in_the_calendar=planned(env, TOUR_START, TOUR_END),
            nobody_else_is_invited=guests <= {NEWCOMER, ADDRESS},
            all_else_kept=kept(self, env),
            newcomer_knows=wrote(env, ADDRESS, HOUR),
            nobody_else_written_to=readers(env) <= {ADDRESS, PEOPLE_OFFICE},
            proposed_first=proposed(env, "Amara", HOUR),
            told_when_done=reported(env, (*HOUR, "Amara")),
        )
