"""The tax adviser wants March's expenses as a file; the folder holds a draft, other months, and a rule."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulContactsApp,
    StatefulEmailApp,
)
from pare.apps.base import parse_time
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.apps.files import VirtualFileSystem
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.home_checks import Letters, file_at, in_turn, stayed
from pare.scenarios.utils.registry import register_scenario

ADVISER, FRONT_DESK = "priya.nair@nairandoduya.example", "desk@nairandoduya.example"
REPORT_PATH, HANDED_IN = "/Expenses/2025-03.csv", "/Expenses/handed-in/2025-03.csv"
REPORT = "date,what,amount\n2025-03-04,Train to Leeds,61.80\n2025-03-18,Paper and ink,905.35\ntotal,,967.15\n"

FILES = (  # path, content
    ("/Expenses/2025-03-draft.csv", "date,what,amount\n2025-03-04,Train to Leeds,61.80\ntotal,,61.80\n"),
    (REPORT_PATH, REPORT),
    ("/Expenses/handed-in/2025-02.csv", "date,what,amount\n2025-02-11,Stamps,22.40\ntotal,,22.40\n"),
    ("/Expenses/README.txt", "What the tax adviser has got goes to handed-in, so that nothing goes twice.\n"),
)


@register_scenario("expense_report_for_the_new_accountant")
class ExpenseReportForTheNewAccountant(PAREScenario):
    """Priya Nair looks after the books since Gerd Lohse retired; she gets the report, and it is filed."""

    start_time = parse_time("2025-04-08 11:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Execution)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.files = VirtualFileSystem(name="Files")
        for path, content in FILES:
            self.files.create_file(path=path, content=content)
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in (
            (
                "goodbye",
                "gerd@lohsetax.example",
                "Goodbye",
                "After 31 years I close my office today. Mrs Nair has all your papers. Gerd Lohse",
                "2025-02-28 17:00:00",
            ),
            ("order", "shop@inkwellsupply.example", "Order 5512", "Sent today.", "2025-04-07 10:10:00"),
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
        self.contacts = StatefulContactsApp(name="Contacts")
        for first, last, address, about in (
            ("Gerd", "Lohse", "gerd@lohsetax.example", "Tax adviser until February"),
            ("Priya", "Nair", ADVISER, "Tax adviser since March"),
            ("Priya", "Noor", "priya.noor@kiteschool.example", "Kite surfing teacher"),
        ):
            self.contacts.add_contact(
                contact=Contact(
                    first_name=first,
                    last_name=last,
                    contact_id=f"contact-{last.lower()}",
                    email=address,
                    description=about,
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.contacts,
            self.files,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            request = self.emails.send_email_to_user_with_id(
                email_id="return",
                sender=FRONT_DESK,
                subject="Your return for the first quarter",
                content=(
                    "For your return we still need the expenses of March, as a file. Please send them to "
                    "Mrs Nair's own address by tomorrow, not to this one: the desk cannot open attachments."
                ),
            ).depends_on(None, delay_seconds=60)
            plan = in_turn(
                request,
                self.emails.get_email_by_id(email_id="return"),
                self.contacts.search_contacts(query="Nair"),
                self.files.tree(path="/Expenses"),
                self.files.cat(path="/Expenses/README.txt"),
                self.files.cat(path=REPORT_PATH),
                aui.send_message_to_user(
                    content=(
                        "Your tax adviser waits for the expenses of March. Shall I send the finished report, "
                        "2025-03.csv with a total of 967.15, to Priya Nair (priya.nair@nairandoduya.example) "
                        "and move it to handed-in?"
                    )
                ),
                aui.accept_proposal(content="Yes, that one."),
                self.emails.send_email(
                    recipients=[ADVISER],
                    subject="Expenses of March",
                    content="Dear Mrs Nair, here are my expenses of March, 967.15 in all.",
                    attachment_paths=[REPORT_PATH],
                ),
                self.files.ls(path="/Expenses"),
                self.files.mv(path1=REPORT_PATH, path2=HANDED_IN),
                aui.send_message_to_user(content="Mrs Nair has the report, and it lies in handed-in now."),
            )
        self.events = [request, *plan]

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters, report = Letters(env), REPORT.encode()
        return verdict(
            adviser_has_the_report=letters.bring(ADVISER, report),
            nothing_else_sent=all(file == report for item in letters.all for file in item.files),
            nobody_else_written_to=letters.readers() <= {ADVISER, FRONT_DESK},
            report_filed=file_at(env, HANDED_IN) == report and file_at(env, REPORT_PATH) is None,
            all_else_kept=stayed(self, env, REPORT_PATH),
            sending_proposed_first=proposed(env, "Nair", before=letters.places(ADVISER)),
            told_when_done=reported(env, "Nair"),
        )
