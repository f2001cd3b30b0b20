"""A full mailbox: 100 emails lie there, 30 come in, each is read and answered, with a calendar entry."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.calendar import CalendarApp
from are.simulation.apps.contacts import Contact, ContactsApp
from are.simulation.apps.email_client import Email, EmailClientApp
from are.simulation.apps.system import SystemApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType

OLD = 100
ARRIVING = 30


@register_scenario("benchmark_inbox")
class Inbox(Scenario):
    start_time: float | None = 0
    duration: float | None = 4000

    def init_and_populate_apps(self, *_args, **_kwargs) -> None:
        contacts = ContactsApp()
        for number in range(50):
            contacts.add_contact(
                Contact(
                    first_name=f"Ada{number}",
                    last_name="Kern",
                    contact_id=f"contact-{number}",
                    email=f"ada{number}@example.org",
                )
            )
        emails = EmailClientApp()
        for number in range(OLD):
            emails.add_email(
                Email(
                    sender=f"ada{number % 50}@example.org",
                    recipients=["user@meta.com"],
                    subject=f"Minutes of week {number}",
                    content="The minutes are below. " * 20,
                    email_id=f"old-{number}",
                    timestamp=float(number),
                )
            )
        self.apps = [AgentUserInterface(), SystemApp(), emails, CalendarApp(), contacts]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        emails = self.get_typed_app(EmailClientApp)
        calendar = self.get_typed_app(CalendarApp)
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content="Answer what comes in").with_id("ask")
            ask.depends_on(None, delay_seconds=1)
            self.events = [ask]
            for number in range(ARRIVING):
                sender = f"ada{number}@example.org"
                mail = emails.send_email_to_user_only(
                    sender=sender, subject=f"Meeting {number}", content="Monday at nine?"
                )
                mail.with_id(f"mail-{number}").depends_on(ask, delay_seconds=60 * number + 5)
                found = emails.search_emails(query=f"Meeting {number}").oracle().with_id(f"found-{number}")
                found.depends_on(mail, delay_seconds=5)
                entry = calendar.add_calendar_event(
                    title=f"Meeting {number}",
                    start_datetime=f"1970-01-{1 + number % 28:02} 09:00:00",
                    end_datetime=f"1970-01-{1 + number % 28:02} 10:00:00",
                    attendees=[sender],
                )
                entry = entry.oracle().with_id(f"entry-{number}").depends_on(found, delay_seconds=5)
                reply = emails.reply_to_email(email_id=f"{{{{mail-{number}}}}}", content="Monday is fine")
                reply = reply.oracle().with_id(f"reply-{number}").depends_on(entry, delay_seconds=5)
                self.events += [mail, found, entry, reply]
            done = aui.send_message_to_user(content="All are answered").oracle().with_id("done")
            self.events.append(done.depends_on(self.events[-1], delay_seconds=1))

    def validate(self, env) -> ScenarioValidationResult:
        log = env.event_log.list_view()
        replies = [
            e for e in log if e.event_type == EventType.AGENT and e.function_name() == "reply_to_email"
        ]
        entries = env.get_app("CalendarApp").events
        is_complete = len(log) == 4 * ARRIVING + 2 and not any(e.failed() for e in log)
        return ScenarioValidationResult(
            success=is_complete and len(replies) == len(entries) == ARRIVING,
        )
