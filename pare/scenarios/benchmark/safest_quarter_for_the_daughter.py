"""A daughter has two rooms to choose from; which quarter is the safer one, the city's figures tell."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    CityApp,
    HomeScreenSystemApp,
    MessagingApp,
    PAREAgentUserInterface,
    StatefulEmailApp,
)
from pare.apps.base import parse_time
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.home_checks import Letters, chat, in_turn, stayed
from pare.scenarios.utils.registry import register_scenario

DAUGHTER, MOTHER = "Ilka Mertens", "Renate Mertens"
RATE = ("8.4", "8,4")

CRIME = {  # zip code: violent crime, property crime
    "51012": (5.2, 12.0),
    "51070": (8.4, 33.0),
    "51083": (6.1, 27.0),
    "51099": (17.3, 14.0),
}


@register_scenario("safest_quarter_for_the_daughter")
class SafestQuarterForTheDaughter(PAREScenario):
    """By this morning's figures Pine Hall is the better one of Ilka's two, whatever a brochure says."""

    start_time = parse_time("2025-08-19 10:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Safety)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.city = CityApp(name="City")
        for zip_code, (violent, of_property) in CRIME.items():
            self.city.add_crime_rate(
                zip_code=zip_code, violent_crime_rate=violent, property_crime_rate=of_property
            )
        self.chats = MessagingApp(name="Chats")
        self.chats.add_conversations(
            conversations=[
                chat("ilka", [DAUGHTER], (DAUGHTER, "2025-08-16 13:30:00", "I got the place! Ravensford!!")),
                chat(
                    "family",
                    [DAUGHTER, MOTHER],
                    (MOTHER, "2025-08-17 18:00:00", "Cake at four on Sunday."),
                    title="Mertens",
                ),
            ]
        )
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            email=Email(
                email_id="brochure",
                sender="rooms@ravensfordletting.example",
                recipients=[self.emails.user_email],
                subject="Rooms for freshers",
                content="Orchard Rooms: the safest quarter of Ravensford, with a rate of 6.1 only!",
                timestamp=parse_time("2025-08-18 09:00:00"),
            )
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.chats,
            self.emails,
            self.city,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            figures = self.city.update_crime_rate(zip_code="51083", new_violent_crime_rate=14.2).depends_on(
                None, delay_seconds=30
            )
            question = self.chats.create_and_add_message(
                conversation_id="ilka",
                sender=DAUGHTER,
                content=(
                    "I must book by tonight: Pine Hall, zip code 51070, or Orchard Rooms in 51083. They cost "
                    "the same, so I want the quarter with less violent crime; bikes get stolen anywhere. Can "
                    "you look it up in that city app of yours, and tell me which one, and its rate? But not "
                    "a word to Mum, she only worries."
                ),
            ).depends_on(figures, delay_seconds=60)
            plan = in_turn(
                question,
                self.chats.read_conversation(conversation_id="ilka"),
                self.city.get_crime_rate(zip_code="51070"),
                self.city.get_crime_rate(zip_code="51083"),
                aui.send_message_to_user(
                    content=(
                        "Ilka asks which of two rooms lies in the safer quarter. Violent crime is 8.4 at "
                        "Pine Hall and 14.2 at Orchard Rooms now. Shall I write that to Ilka, to her alone?"
                    )
                ),
                aui.accept_proposal(content="Yes, thank you."),
                self.chats.send_message(
                    conversation_id="ilka",
                    content="Take Pine Hall: violent crime is 8.4 there, and 14.2 at the other one.",
                ),
                aui.send_message_to_user(content="Ilka knows that Pine Hall is the safer one."),
            )
        self.events = [figures, question, *plan]

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        return verdict(
            daughter_has_room_and_rate=letters.tell(DAUGHTER, "Pine", RATE),
            nobody_else_written_to=letters.readers() <= {DAUGHTER},
            all_else_kept=stayed(self, env),
            answer_proposed_first=proposed(env, "Pine", before=letters.places(DAUGHTER)),
            told_when_done=reported(env, ("Pine", "Ilka")),
        )
