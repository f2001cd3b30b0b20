"""Three saved flats become cheaper at once; one is what the partner wants, and she has to be asked first."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    CityApp,
    HomeScreenSystemApp,
    MessagingApp,
    PAREAgentUserInterface,
    StatefulApartmentApp,
    StatefulCalendarApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import planned
from pare.scenarios.checks import clock, deeds, mentions, proposals, proposed, reported, verdict
from pare.scenarios.home_checks import Letters, chat, in_turn, saved_flats, stayed
from pare.scenarios.utils.registry import register_scenario

PARTNER = "Nadia Brandt"
VIEWING_START, VIEWING_END = "2025-09-04 19:15:00", "2025-09-04 19:45:00"
VIEWING = clock("19:15")

FLATS = (  # id, name, zip code, rent, new rent
    ("kiln", "Kiln House", "70112", 1420.0, 1280.0),
    ("wharf", "Wharf Terrace", "70118", 1390.0, 1240.0),
    ("ash", "Ash Court", "70115", 1480.0, 1350.0),
)
CRIME = {"70112": (11.0, 22.0), "70115": (9.0, 31.0), "70118": (10.0, 58.0)}  # violent, property


@register_scenario("saved_flat_drops_below_the_limit")
class SavedFlatDropsBelowTheLimit(PAREScenario):
    """Only Kiln House falls below Nadia's limit in a quarter that she accepts; she finds a slot to see it."""

    start_time = parse_time("2025-09-02 17:45:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Collaboration, CapabilityTag.Adaptability)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.flats = StatefulApartmentApp(name="Apartment", saved_apartments=[key for key, *_ in FLATS])
        self.flats.load_apartments_from_dict(
            {
                key: {
                    "name": name,
                    "location": "Fenwick",
                    "zip_code": zip_code,
                    "price": rent,
                    "bedrooms": 2,
                    "bathrooms": 1,
                    "property_type": "Apartment",
                    "square_footage": 760,
                    "saved": key != "pear",
                }
                for key, name, zip_code, rent, _ in (*FLATS, ("pear", "Pear Lane", "70118", 990.0, 0.0))
            }
        )
        self.city = CityApp(name="City")
        for zip_code, (violent, of_property) in CRIME.items():
            self.city.add_crime_rate(
                zip_code=zip_code, violent_crime_rate=violent, property_crime_rate=of_property
            )
        self._populate_chats()
        self._populate_calendar()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.flats,
            self.city,
            self.chats,
            self.calendar,
        ]

    def _populate_chats(self) -> None:
        self.chats = MessagingApp(name="Chats")
        self.chats.add_conversations(
            conversations=[
                chat(
                    "nadia",
                    [PARTNER],
                    ("Me", "2025-08-31 21:02:00", "So what about our three saved flats?"),
                    (
                        PARTNER,
                        "2025-08-31 21:10:00",
                        (
                            "Too dear, all of them. Below 1,300 a month we talk about it, and only where the "
                            "property crime rate is below 40. If one of the three gets there, tell "
                            "me before anybody else, then I call the agency."
                        ),
                    ),
                ),
                chat(
                    "hunters",
                    [PARTNER, "Tomasz Wolny"],
                    ("Tomasz Wolny", "2025-08-20 12:00:00", "I can lend you my van for the move."),
                    title="Flat hunters",
                ),
                chat(
                    "brandl",
                    ["Nadja Brandl"],
                    ("Nadja Brandl", "2025-08-28 08:40:00", "The projector is back in room 4."),
                ),
            ]
        )

    def _populate_calendar(self) -> None:
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("dinner", "Dinner with Tomasz", "2025-09-03 19:00:00", "2025-09-03 21:30:00"),
            ("gym", "Climbing hall", "2025-09-04 17:00:00", "2025-09-04 18:30:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            drops = [
                self.flats.update_apartment(apartment_id=key, new_price=rent).depends_on(
                    None, delay_seconds=60 + 20 * number
                )
                for number, (key, _, _, _, rent) in enumerate(FLATS)
            ]
            first = self._ask_nadia(aui, drops[-1])
            asked = ConditionCheckEvent.from_condition(self._nadia_knows, every_tick=5)
            asked.depends_on(drops[-1])
            answer = self.chats.create_and_add_message(
                conversation_id="nadia",
                sender=PARTNER,
                content=(
                    "At last! The agency lets us see Kiln House on Thursday, 4 September, from 19:15 to "
                    "19:45. Put it down, will you? And take Wharf Terrace off the saved ones: with that "
                    "many break-ins I do not want to hear of it again."
                ),
            ).depends_on(asked, delay_seconds=300)
            second = self._settle(aui, answer)
        self.events = [*drops, *first, asked, answer, *second]

    def _ask_nadia(self, aui: PAREAgentUserInterface, drop: Any) -> list[Any]:
        return in_turn(
            drop,
            self.flats.list_saved_apartments(),
            self.chats.read_conversation(conversation_id="nadia"),
            self.city.get_crime_rate(zip_code="70112"),
            self.city.get_crime_rate(zip_code="70118"),
            aui.send_message_to_user(
                content=(
                    "Of your saved flats, Kiln House costs 1,280 now, below the 1,300 that Nadia named, with "
                    "a property crime rate of 22. Wharf Terrace fell as well, but has 58 there. Shall I tell "
                    "Nadia about Kiln House?"
                )
            ),
            aui.accept_proposal(content="Yes, tell her."),
            self.chats.send_message(
                conversation_id="nadia",
                content="You were right to wait: now Kiln House costs 1,280, property crime is 22.",
            ),
        )

    def _settle(self, aui: PAREAgentUserInterface, answer: Any) -> list[Any]:
        return in_turn(
            answer,
            self.chats.read_conversation(conversation_id="nadia"),
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-09-04 00:00:00", end_datetime="2025-09-05 00:00:00"
            ),
            aui.send_message_to_user(
                content=(
                    "The two of you can see it on Thursday from 19:15 to 19:45, after your climbing. Shall I "
                    "enter that, and take Wharf Terrace off your saved flats, as Nadia wishes?"
                )
            ),
            aui.accept_proposal(content="Please do."),
            self.calendar.add_calendar_event(
                title="Viewing of Kiln House with Nadia",
                start_datetime=VIEWING_START,
                end_datetime=VIEWING_END,
            ),
            self.flats.remove_saved_apartment(apartment_id="wharf"),
            aui.send_message_to_user(
                content="Thursday at 19:15 is in your calendar, and Wharf Terrace is off the list."
            ),
        )

    def _nadia_knows(self, env: Any) -> bool:
        return Letters(env).tell(PARTNER, "Kiln")

    def _removal_was_agreed(self, env: Any, letters: Letters) -> bool:
        """Tell whether the flat went once a proposal that names it was accepted, after Nadia knew."""
        told = min(letters.places(PARTNER), default=None)
        accepted = (place for place, text in proposals(env) if mentions(text, "Wharf"))
        agreed = next((place for place in accepted if told is not None and place > told), None)
        return agreed is not None and all(agreed < place for place in deeds(env, "'wharf'"))

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        return verdict(
            partner_was_asked=letters.tell(PARTNER, "Kiln"),
            nobody_else_written_to=letters.readers() <= {PARTNER},
            asking_proposed_first=proposed(env, "Kiln", before=letters.places(PARTNER)),
            viewing_in_calendar=planned(env, VIEWING_START, VIEWING_END),
            viewing_proposed_first=proposed(env, VIEWING),
            the_other_cheap_one_is_off=saved_flats(env) == {"Kiln House", "Ash Court"},
            removal_proposed_first=self._removal_was_agreed(env, letters),
            all_else_kept=stayed(self, env),
            told_when_done=reported(env, VIEWING, "Wharf"),
        )
