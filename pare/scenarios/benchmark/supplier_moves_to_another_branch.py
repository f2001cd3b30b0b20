"""A supplier has a new number and address: contact, reminder, and a colleague who asked for it."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulReminderApp,
)
from pare.apps.base import parse_time
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import contact_has, kept, readers, written_to
from pare.scenarios.checks import mentions_number, proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

OLD_ADDRESS, NEW_ADDRESS = "noor@harbourprint.example", "noor.haddad@eastgateprint.example"
OLD_NUMBER, NEW_NUMBER = "01632-960117", "01632-960482"
NAMESAKE_ADDRESS, NAMESAKE_NUMBER = "nora@haddadboats.example", "01632-960655"
COLLEAGUE = "jasper.lund@fjordtravel.example"
CALL = "2025-02-11 10:00:00"


@register_scenario("supplier_moves_to_another_branch")
class SupplierMovesToAnotherBranch(PAREScenario):
    """Noor Haddad, who prints the brochures, moves; Nora Haddad, who repairs boats, does not."""

    start_time = parse_time("2025-02-06 09:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Ambiguity, CapabilityTag.Execution)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in (
            (
                "question",
                COLLEAGUE,
                "Brochures",
                "I want to order posters from Noor as well. Which number do you ring her on? Jasper",
                "2025-02-05 17:20:00",
            ),
            (
                "boat",
                NAMESAKE_ADDRESS,
                "Your dinghy",
                "The dinghy is ready. You can fetch it any day from Monday on. Nora Haddad",
                "2025-02-06 08:10:00",
            ),
        ):
            self.emails.add_email(
                Email(
                    email_id=email_id,
                    sender=sender,
                    recipients=[self.emails.user_email],
                    subject=subject,
                    content=content,
                    timestamp=parse_time(time),
                )
            )
        self.contacts = StatefulContactsApp(name="Contacts")
        for contact_id, first, last, job, phone, email in (
            ("nora", "Nora", "Haddad", "boat builder", NAMESAKE_NUMBER, NAMESAKE_ADDRESS),
            ("noor", "Noor", "Haddad", "printer", OLD_NUMBER, OLD_ADDRESS),
            ("jasper", "Jasper", "Lund", "tour planner", "01632-960203", COLLEAGUE),
        ):
            self.contacts.add_contact(
                Contact(
                    contact_id=contact_id, first_name=first, last_name=last, job=job, phone=phone, email=email
                )
            )
        self._populate_reminders()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.contacts,
            self.reminders,
        ]

    def _populate_reminders(self) -> None:
        self.reminders = StatefulReminderApp(name="Reminders")
        self.boat = self.reminders.add_reminder(
            title="Fetch the dinghy",
            due_datetime="2025-02-10 17:00:00",
            description=f"Nora Haddad, {NAMESAKE_NUMBER}",
        )
        self.call = self.reminders.add_reminder(
            title="Call Noor about the brochures",
            due_datetime=CALL,
            description=f"Paper and folding; ring {OLD_NUMBER}",
        )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            arrives = self.emails.send_email_to_user_with_id(
                email_id="moving",
                sender=OLD_ADDRESS,
                subject="I am moving to Eastgate",
                content=(
                    f"From Monday I work at our Eastgate branch. You reach me on {NEW_NUMBER} and at "
                    f"{NEW_ADDRESS}; my old line and address are switched off tomorrow night. Noor Haddad"
                ),
            ).depends_on(None, delay_seconds=90)
            reads = self._look_around(arrives)
            propose = (
                aui.send_message_to_user(
                    content=(
                        f"From Monday you reach Noor Haddad on {NEW_NUMBER} and at {NEW_ADDRESS}. Shall I "
                        "change the contact of Noor and the number in your reminder, and give it to Jasper, "
                        "who asked you for it?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=3)
            )
            accept = (
                aui.accept_proposal(content="Yes, thanks.").oracle().depends_on(propose, delay_seconds=15)
            )
            done = self._spread_the_number(accept)
            report = (
                aui.send_message_to_user(content="The contact is up to date, and Jasper has the number.")
                .oracle()
                .depends_on(done[-1], delay_seconds=2)
            )
        self.events = [arrives, *reads, propose, accept, *done, report]

    def _look_around(self, arrives: Any) -> list[Any]:
        read = self.emails.get_email_by_id(email_id="moving").oracle().depends_on(arrives, delay_seconds=5)
        find = self.contacts.search_contacts(query="Haddad").oracle().depends_on(read, delay_seconds=2)
        asked = self.emails.search_emails(query="Noor").oracle().depends_on(find, delay_seconds=2)
        remind = self.reminders.get_all_reminders().oracle().depends_on(asked, delay_seconds=2)
        return [read, find, asked, remind]

    def _spread_the_number(self, accept: Any) -> list[Any]:
        change = (
            self.contacts.edit_contact(contact_id="noor", updates={"phone": NEW_NUMBER, "email": NEW_ADDRESS})
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        remind = (
            self.reminders.update_reminder(
                reminder_id=self.call,
                title="Call Noor about the brochures",
                description=f"Paper and folding; ring {NEW_NUMBER}",
                due_datetime=CALL,
                repetition_unit=None,
                repetition_value=None,
            )
            .oracle()
            .depends_on(change, delay_seconds=2)
        )
        answer = (
            self.emails.reply_to_email(
                email_id="question", content=f"From Monday you can ring Noor on {NEW_NUMBER}."
            )
            .oracle()
            .depends_on(remind, delay_seconds=2)
        )
        return [change, remind, answer]

    def validate(self, env: Any) -> ScenarioValidationResult:
        reminders = env.get_app("Reminders").reminders.values()
        calls = [item for item in reminders if item.due_datetime.timestamp() == parse_time(CALL)]
        return verdict(
            contact_is_up_to_date=contact_has(env, "Noor Haddad", phone=NEW_NUMBER, email=NEW_ADDRESS),
            reminder_comes_when_it_did=bool(calls),
            reminder_has_the_number=all(
                mentions_number(f"{item.title} {item.description}", NEW_NUMBER) for item in calls
            ),
            all_else_kept=kept(self, env, "noor", self.call),
            other_reminder_has_its_number=any(
                mentions_number(item.description, NAMESAKE_NUMBER) for item in reminders
            ),
            colleague_has_the_number=any(
                mentions_number(item.text, NEW_NUMBER) for item in written_to(env, COLLEAGUE)
            ),
            nobody_else_written_to=readers(env) <= {COLLEAGUE, OLD_ADDRESS, NEW_ADDRESS},
            proposed_first=proposed(env, "Noor"),
            told_when_done=reported(env, ("Jasper", "Noor")),
        )
