"""The landlady does not renew the lease; of two flats that come up, one is what a note asks for."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    CityApp,
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulApartmentApp,
    StatefulEmailApp,
    StatefulNotesApp,
)
from pare.apps.base import parse_time
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.checks import day, proposed, reported, verdict
from pare.scenarios.home_checks import Letters, in_turn, saved_flats, stayed
from pare.scenarios.utils.registry import register_scenario

LANDLADY = "halldora.weiss@weisshouses.example"
LAST_DAY = day("2025-07-31")

LISTED = (  # id, name, quarter, zip code, rent, bedrooms, pets
    ("mill", "Mill Corner", "Ottergate", "40213", 1520.0, 2, "Pets allowed"),
    ("dove", "Dovecote Lane", "Ottergate", "40213", 1190.0, 1, "Pets allowed"),
    ("bell", "Bell Yard", "Saltern", "40217", 1395.0, 2, "No pets"),
)
CRIME = {  # zip code: violent crime, property crime
    "40213": (9.5, 24.0),
    "40217": (12.0, 19.5),
    "40219": (31.0, 22.0),
}


@register_scenario("lease_ends_and_a_quiet_flat_comes_up")
class LeaseEndsAndAQuietFlatComesUp(PAREScenario):
    """Halldora Weiss needs the flat from August; Linden Yard is quiet enough, and Foundry Loft is not."""

    start_time = parse_time("2025-04-07 09:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Planning)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in (
            ("heating", LANDLADY, "Heating", "The heating is serviced on 2 April.", "2025-03-26 11:00:00"),
            (
                "removals",
                "offers@heronremovals.example",
                "Spring offer",
                "Three movers and a van at the price of two until 31 May.",
                "2025-04-04 07:15:00",
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
        self._populate_flats()
        self.notes = StatefulNotesApp(name="Notes")
        self.notes.create_note_with_time(
            folder="Personal",
            title="What the next flat needs",
            content=(
                "At most 1,450 a month. Two bedrooms. Miso the cat must be welcome. A quiet quarter: violent "
                "crime below 20 in the city's figures.\nWhatever has all of that is to be saved in the flat "
                "app at once, I look through the saved ones every evening."
            ),
            created_at="2025-02-16 20:30:00",
        )
        self.notes.create_note_with_time(
            folder="Work", title="Slides", content="Shorten part 2.", created_at="2025-04-03 16:00:00"
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.notes,
            self.flats,
            self.city,
        ]

    def _populate_flats(self) -> None:
        self.flats = StatefulApartmentApp(name="Apartment")
        self.flats.load_apartments_from_dict(
            {
                key: {
                    "name": name,
                    "location": quarter,
                    "zip_code": zip_code,
                    "price": price,
                    "bedrooms": bedrooms,
                    "bathrooms": 1,
                    "property_type": "Apartment",
                    "square_footage": 800,
                    "pet_policy": pets,
                }
                for key, name, quarter, zip_code, price, bedrooms, pets in LISTED
            }
        )
        self.city = CityApp(name="City")
        for zip_code, (violent, of_property) in CRIME.items():
            self.city.add_crime_rate(
                zip_code=zip_code, violent_crime_rate=violent, property_crime_rate=of_property
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            letter = self.emails.send_email_to_user_with_id(
                email_id="lease",
                sender=LANDLADY,
                subject="Your lease",
                content=(
                    "Dear John, your lease ends on 31 July, and I will not renew it: my son comes home and "
                    "needs the flat. Please confirm by email that you will have moved out by then. I am "
                    "sorry to lose you. Halldora Weiss"
                ),
            ).depends_on(None, delay_seconds=60)
            loft = self._comes_up("Foundry Loft", "Harbour", "40219", 1290.0).depends_on(letter, 300)
            linden = self._comes_up("Linden Yard", "Ottergate", "40213", 1380.0).depends_on(loft, 60)
            linden.with_id("linden")
            plan = in_turn(
                linden,
                self.emails.get_email_by_id(email_id="lease"),
                self.notes.search_notes(query="flat"),
                self.flats.search_apartments(max_price=1450, number_of_bedrooms=2),
                self.city.get_crime_rate(zip_code="40213"),
                self.city.get_crime_rate(zip_code="40219"),
                aui.send_message_to_user(
                    content=(
                        "Halldora Weiss ends your lease on Thursday, 31 July, and wants that confirmed. "
                        "Linden Yard in Ottergate has just come up and fits your note: 1,380 a month, two "
                        "bedrooms, pets allowed, violent crime 9.5; Foundry Loft has 31. Shall I confirm "
                        "the date to her and save Linden Yard?"
                    )
                ),
                aui.accept_proposal(content="Yes, both."),
                self.flats.save_apartment(apartment_id="{{linden}}"),
                self.emails.reply_to_email(
                    email_id="lease",
                    content="Dear Halldora, we will have moved out by Thursday, 31 July. All the best!",
                ),
                aui.send_message_to_user(
                    content="I saved Linden Yard, and Halldora knows that you move out by 31 July."
                ),
            )
        self.events = [letter, loft, linden, *plan]

    def _comes_up(self, name: str, quarter: str, zip_code: str, price: float) -> Any:
        return self.flats.add_new_apartment(
            name=name,
            location=quarter,
            zip_code=zip_code,
            price=price,
            number_of_bedrooms=2,
            number_of_bathrooms=1,
            square_footage=820,
            property_type="Apartment",
            pet_policy="Pets allowed",
        )

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        return verdict(
            landlady_has_her_answer=letters.tell(LANDLADY, (*LAST_DAY, "end of July")),
            nobody_else_written_to=letters.readers() <= {LANDLADY},
            only_the_fitting_flat_saved=saved_flats(env) == {"Linden Yard"},
            all_else_kept=stayed(self, env),
            answer_proposed_first=proposed(env, LAST_DAY, before=letters.places(LANDLADY)),
            flat_proposed_first=proposed(env, "Linden"),
            told_when_done=reported(env, "Linden"),
        )
