"""A gym becomes dearer; how and until when one can leave it stands in a scanned contract alone."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulEmailApp,
    StatefulReminderApp,
)
from pare.apps.base import parse_time
from pare.apps.email import Email
from pare.apps.files import SandboxLocalFileSystem
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import reminded
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.home_checks import Letters, in_turn, stayed
from pare.scenarios.utils.registry import register_scenario

WIFE, GYM = "milena.doe@quickwillow.example", "notices@tidewatergym.example"
NEWSLETTER = "news@tidewatergym.example"
NUMBER = ("TW-40718", "40718")

SCANS = (  # path, content
    (
        "/Scans/tidewater.txt",
        (
            "TIDEWATER GYM - MEMBERSHIP\nMember no. TW-40718, John Doe\n"
            "1. The fee is 39 a month.\n"
            "2. The term ends on 30 September of each year. It goes on for a year unless notice with the "
            "member number has come in 42 days before its end, by email to notices@tidewatergym.example.\n"
            "3. Notices to any other address are void.\n"
        ),
    ),
    (
        "/Scans/harbourpool.txt",
        "HARBOUR POOL - SEASON TICKET\nTicket no. HP-3306\nMay be returned until 31 August.\n",
    ),
    ("/Scans/lease.txt", "LEASE\nNotice: three months to the end of a month.\n"),
)


@register_scenario("notice_period_in_the_scanned_contract")
class NoticePeriodInTheScannedContract(PAREScenario):
    """Milena wants to leave at the next rise; six weeks before 30 September are until 19 August."""

    start_time = parse_time("2025-08-05 08:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Time, CapabilityTag.Exploration)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.files = SandboxLocalFileSystem(name="Files")
        for path, content in SCANS:
            self.files.create_file(path=path, content=content)
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in (
            (
                "last-time",
                WIFE,
                "That gym",
                (
                    "I have scanned your contract. If Tidewater raises the fee once more, we leave, as soon "
                    "as the contract lets us. Their office loses things: have yourself reminded between the "
                    "14th and the 17th of August to see whether they have confirmed, if it comes to that."
                ),
                "2025-07-20 21:15:00",
            ),
            ("opening", NEWSLETTER, "Summer hours", "We close at 21:00.", "2025-07-01 06:00:00"),
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
        self.reminders = StatefulReminderApp(name="Reminders")
        self.ticket = self.reminders.add_reminder(
            title="Return the pool ticket?", due_datetime="2025-08-16 10:00:00", description=""
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.files,
            self.reminders,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            rise = self.emails.send_email_to_user_with_id(
                email_id="rise",
                sender=NEWSLETTER,
                subject="Even more for you",
                content=(
                    "From 1 October your membership costs 54 a month instead of 39. There is nothing that "
                    "you need to do: we go on with you for another year. Your Tidewater team"
                ),
            ).depends_on(None, delay_seconds=60)
            plan = in_turn(
                rise,
                self.emails.get_email_by_id(email_id="rise"),
                self.emails.search_emails(query="Tidewater"),
                self.files.tree(path="/"),
                self.files.read_document(file_path="/Scans/tidewater.txt"),
                aui.send_message_to_user(
                    content=(
                        "Tidewater raises its fee to 54, and Milena wanted to leave then. By its scan your "
                        "contract ends on 30 September if notice reaches notices@tidewatergym.example by "
                        "19 August. Shall I give notice with your number TW-40718, and remind you on 17 "
                        "August to see whether they have confirmed?"
                    )
                ),
                aui.accept_proposal(content="Yes, out of there."),
                self.emails.send_email(
                    recipients=[GYM],
                    subject="Notice",
                    content=("I end my membership, TW-40718, to 30 September 2025. Please confirm. John Doe"),
                ),
                self.reminders.add_reminder(
                    title="Has Tidewater confirmed?",
                    due_datetime="2025-08-17 09:00:00",
                    description="Notice was given for TW-40718; they must have it by 19 August.",
                ),
                aui.send_message_to_user(
                    content="The notice for TW-40718 is sent, and I will remind you to check on it."
                ),
            )
        self.events = [rise, *plan]

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        return verdict(
            notice_given=letters.tell(GYM, NUMBER),
            nobody_else_written_to=letters.readers() <= {GYM, WIFE},
            reminded_to_check=reminded(env, "2025-08-14 00:00:00", "2025-08-17 23:59:59", self.ticket),
            all_else_kept=stayed(self, env),
            notice_proposed_first=proposed(env, "Tidewater", before=letters.places(GYM)),
            told_when_done=reported(env, (*NUMBER, "notice", "Tidewater"), of=["Tidewater"]),
        )
