"""Three flatmates change what they agreed on: the list in the notes and the saved flats must follow."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    MessagingApp,
    PAREAgentUserInterface,
    StatefulApartmentApp,
    StatefulNotesApp,
)
from pare.apps.base import parse_time
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.checks import mentions, proposed, reported, verdict
from pare.scenarios.home_checks import Letters, amount, chat, in_turn, saved_flats, stayed
from pare.scenarios.shop_checks import noted, notes
from pare.scenarios.utils.registry import register_scenario

JONTE, MIRZA = "Jonte Aas", "Mirza Begic"
OLD_LIMIT, LIMIT = amount(1950), amount(2150)

FLATS = (  # id, name, rent, bedrooms, pets, amenities, saved
    ("sable", "Sable Street", 1900.0, 3, "No pets", ["Balcony"], True),
    ("heron", "Heron Place", 1940.0, 3, "Pets allowed", ["Yard", "Cellar"], True),
    ("quarry", "Quarry View", 2120.0, 3, "Pets allowed", ["Balcony"], False),
    ("cobble", "Cobble End", 2050.0, 3, "Pets allowed", ["Cellar"], False),
    ("poplar", "Poplar Lane", 2300.0, 3, "Pets allowed", ["Balcony", "Yard"], False),
    ("minster", "Minster Close", 1780.0, 2, "Pets allowed", ["Yard"], False),
)


@register_scenario("flatmates_take_in_a_dog")
class FlatmatesTakeInADog(PAREScenario):
    """Jonte brings Bruno and pays for him, and Mirza wants a balcony or a yard then."""

    start_time = parse_time("2025-06-11 19:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Collaboration, CapabilityTag.Search, CapabilityTag.Execution)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.flats = StatefulApartmentApp(name="Apartment")
        self.flats.load_apartments_from_dict(
            {
                key: {
                    "name": name,
                    "location": "Northgate",
                    "zip_code": "20095",
                    "price": rent,
                    "bedrooms": bedrooms,
                    "bathrooms": 1,
                    "property_type": "Apartment",
                    "square_footage": 1050,
                    "pet_policy": pets,
                    "amenities": amenities,
                    "saved": saved,
                }
                for key, name, rent, bedrooms, pets, amenities, saved in FLATS
            }
        )
        self.notes = StatefulNotesApp(name="Notes")
        self.criteria = self.notes.create_note_with_time(
            folder="Personal",
            title="Our flat: what we agreed on",
            content="- Rent: 1,950 at most\n- Bedrooms: 3\n- Pets: none\n- A Tram within 10 minutes",
            created_at="2025-05-20 21:00:00",
        )
        self.notes.create_note_with_time(
            folder="Personal",
            title="Who brings what",
            content="- Jonte: sofa, table\n- Mirza: washing machine\n- I: fridge, two lamps",
            created_at="2025-06-01 11:00:00",
        )
        self.chats = MessagingApp(name="Chats")
        self.chats.add_conversations(
            conversations=[
                chat(
                    "sunniva",
                    ["Sunniva Berg"],
                    ("Sunniva Berg", "2025-06-10 09:00:00", "Do you still need my drill?"),
                ),
                chat(
                    "three",
                    [JONTE, MIRZA],
                    (MIRZA, "2025-06-08 20:15:00", "Sable Street looks nice, but so dark."),
                    title="Three for a flat",
                ),
            ]
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.chats,
            self.notes,
            self.flats,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            last: Any = None
            talk = []
            for sender, seconds, text in (
                (
                    JONTE,
                    60,
                    (
                        "My sister cannot keep Bruno, so the dog moves in with us, wherever that is. "
                        "I pay 200 more for him, which makes 2,150 at most. All right?"
                    ),
                ),
                (
                    MIRZA,
                    90,
                    "Hooray! But then I want a balcony or a yard. All else on our list stays as it is.",
                ),
                (
                    JONTE,
                    40,
                    (
                        "Deal. John, you keep the list: will you change it, sort out the saved flats, drop "
                        "what is impossible now and save what fits, and tell us here what is new?"
                    ),
                ),
            ):
                last = self.chats.create_and_add_message(
                    conversation_id="three", sender=sender, content=text
                ).depends_on(last, delay_seconds=seconds)
                talk.append(last)
            plan = in_turn(last, *self._look_around(), *self._put_in_order(aui))
        self.events = [*talk, *plan]

    def _look_around(self) -> list[Any]:
        return [
            self.chats.read_conversation(conversation_id="three"),
            self.notes.search_notes(query="agreed"),
            self.flats.list_saved_apartments(),
            self.flats.search_apartments(max_price=2150, number_of_bedrooms=3, pet_policy="Pets allowed"),
        ]

    def _put_in_order(self, aui: PAREAgentUserInterface) -> list[Any]:
        return [
            aui.send_message_to_user(
                content=(
                    "Jonte brings his dog Bruno, so you three agreed on 2,150 at most and on a Balcony or "
                    "Yard. Shall I change your list, take Sable Street off the saved flats, where no pets "
                    "may live, save Quarry View at 2,120, and tell the group?"
                )
            ),
            aui.accept_proposal(content="Yes, go ahead."),
            self.notes.update_note(
                note_id=self.criteria,
                content=(
                    "- Rent: at most 2,150\n- Bedrooms: all 3\n- Pets: the dog Bruno\n- A Balcony or a Yard\n"
                    "- A Tram within 10 minutes"
                ),
            ),
            self.flats.remove_saved_apartment(apartment_id="sable"),
            self.flats.save_apartment(apartment_id="quarry"),
            self.chats.send_message(
                conversation_id="three",
                content="The list is changed. Off goes Sable Street, and new is Quarry View for 2,120.",
            ),
            aui.send_message_to_user(
                content="Your list is up to date, Quarry View is saved, and the others know."
            ),
        ]

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        wanted = (LIMIT, ("3", "three"), ("Bruno", "dog", "pets"), "Balcony", "Yard", "Tram")
        return verdict(
            list_has_all=noted(env, *wanted),
            old_limit_gone=not any(mentions(note.content, OLD_LIMIT) for note in notes(env).values()),
            right_flats_saved=saved_flats(env) == {"Heron Place", "Quarry View"},
            both_know=all(letters.tell(name, "Quarry") for name in (JONTE, MIRZA)),
            nobody_else_written_to=letters.readers() <= {JONTE, MIRZA},
            all_else_kept=stayed(self, env, self.criteria),
            change_proposed_first=proposed(env, LIMIT),
            flat_proposed_first=proposed(env, "Quarry", before=letters.places(JONTE, MIRZA)),
            told_when_done=reported(env, "Quarry"),
        )
