"""A new neighbour introduces herself and wants to help: contacts, the right group, and an answer."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
)
from pare.apps.base import parse_time
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import contact_has, kept, readers, written_to
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.utils.registry import register_scenario

SALMA = "salma.haddad@lindenmail.example"
PHONE = "202 555 0147"
HELPERS = ("Mats Berglund", "Olga Reyes", "Wanda Pietrzak")


@register_scenario("neighbour_joins_street_party")
class NeighbourJoinsStreetParty(PAREScenario):
    """Salma Haddad has moved in at number 14 and would like to be in the group that plans the party."""

    start_time = parse_time("2025-06-05 18:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Collaboration, CapabilityTag.Execution, CapabilityTag.Ambiguity)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            email=Email(
                email_id="benches",
                sender="events@brewerybenches.example",
                recipients=[self.emails.user_email],
                subject="Tables and benches",
                content="Twelve tables are booked for you for 28 June.",
                timestamp=parse_time("2025-06-03 12:00:00"),
            )
        )
        self.contacts = StatefulContactsApp(name="Contacts")
        self.contacts.add_contact(
            contact=Contact(
                first_name="Salim",
                last_name="Haddad",
                contact_id="contact-salim",
                job="Florist",
                email="flowers@salimhaddad.example",
                phone="+1 202 555 0199",
            )
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.contacts,
            self._messages(),
        ]

    def _messages(self) -> StatefulMessagingApp:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={
                "salim": "Salim Haddad",
                "mats": "Mats Berglund",
                "olga": "Olga Reyes",
                "salma": "Salma Haddad",
                "wanda": "Wanda Pietrzak",
            },
        )
        for conversation_id, title, members, time, sender, text in (
            (
                "parking",
                "Street parking",
                ["mats", "olga"],
                *("2025-06-04 08:00:00", "mats", "The red van is in front of my gate again."),
            ),
            (
                "party",
                "Street party",
                ["mats", "olga", "wanda"],
                *(
                    "2025-06-04 21:00:00",
                    "olga",
                    "We are too few! If anybody wants to help, just add them here.",
                ),
            ),
        ):
            message = MessageV2(sender_id=sender, timestamp=parse_time(time), content=text)
            self.messages.add_conversation(
                conversation=ConversationV2(
                    participant_ids=["john", *members],
                    messages=[message],
                    title=title,
                    conversation_id=conversation_id,
                    last_updated=message.timestamp,
                )
            )
        return self.messages

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            hello = self.emails.send_email_to_user_with_id(
                email_id="hello",
                sender=SALMA,
                subject="Your new neighbour",
                content=(
                    "I moved in at number 14 last week. Wanda from the bakery says that you plan the party "
                    "on 28 June in a group chat; I would love to help and can bring baklava for forty. You "
                    "find me there as Salma Haddad, and my phone number is +1 202 555 0147. Do write back!"
                ),
            ).depends_on(None, delay_seconds=60)
            read = self.emails.get_email_by_id(email_id="hello").oracle().depends_on(hello, delay_seconds=5)
            look_up = self.contacts.search_contacts(query="Haddad").oracle().depends_on(read, delay_seconds=2)
            chats = self.messages.list_recent_conversations().oracle().depends_on(look_up, delay_seconds=2)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Your new neighbour Salma Haddad would like to help with the street party. Shall I "
                        "save her as a contact, add her to the group as Olga asked, and welcome her by "
                        "email?"
                    )
                )
                .oracle()
                .depends_on(chats, delay_seconds=4)
            )
            accept = (
                aui.accept_proposal(content="Yes, how nice!").oracle().depends_on(propose, delay_seconds=20)
            )
            done = self._welcome(aui, accept)
        self.events = [hello, read, look_up, chats, propose, accept, *done]

    def _welcome(self, aui: PAREAgentUserInterface, accept: Any) -> list[Any]:
        save = (
            self.contacts.add_new_contact(
                first_name="Salma",
                last_name="Haddad",
                phone=f"+1 {PHONE}",
                email=SALMA,
                description="Number 14",
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        add = (
            self.messages.add_participant_to_conversation(conversation_id="party", user_id="salma")
            .oracle()
            .depends_on(save, delay_seconds=2)
        )
        welcome = (
            self.emails.reply_to_email(
                email_id="hello", content="Welcome to our street! You are in the group now; see you there."
            )
            .oracle()
            .depends_on(add, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content="The group, your contacts and your inbox are done: it is all settled with Salma."
            )
            .oracle()
            .depends_on(welcome, delay_seconds=1)
        )
        return [save, add, welcome, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        groups = env.get_app("Messages").conversations
        return verdict(
            proposed_first=proposed(env, "Salma"),
            contact_saved=contact_has(env, "Salma Haddad", phone=PHONE, email=SALMA),
            in_the_party_group=set(groups["party"].participant_ids)
            == {"john", "mats", "olga", "wanda", "salma"},
            all_else_kept=kept(self, env, "party"),
            welcomed=bool(written_to(env, SALMA, "Salma Haddad")),
            nobody_else_written_to=readers(env) <= {SALMA, "Salma Haddad", *HELPERS},
            told_when_done=reported(env, ("Salma", "neighbour")),
        )
