from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.apps.apartment_listing import Apartment
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface
from pare.apps.apartment import StatefulApartmentApp
from pare.apps.note import StatefulNotesApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_attic_flat_notes")
class AtticFlatNotes(PAREScenario):
    """Two proposals, one after the other: a saved flat gets dearer, and a note is to be kept current."""

    start_time = datetime(2025, 6, 1, 8, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.apartment = StatefulApartmentApp(name="Apartment")
        self.note = StatefulNotesApp(name="Notes")
        self.attic = self.apartment.add_new_apartment(
            name="Attic",
            location="Old Town",
            zip_code="04109",
            price=700.0,
            number_of_bedrooms=1,
            number_of_bathrooms=1,
            square_footage=420,
        )
        self.apartment.save_apartment(self.attic)
        self.apartment.apartments["barn"] = Apartment(
            name="Barn",
            location="Out",
            zip_code="04200",
            price=650.0,
            bedrooms=2,
            bathrooms=1,
            property_type="House",
            square_footage=800,
            apartment_id="barn",
        )
        self.note.new_folder("Flats")
        self.hunt = self.note.create_note_with_time(
            folder="Flats",
            title="Hunt",
            content="Attic: 700",
            pinned=False,
            created_at="2025-05-30 10:00:00",
            updated_at="2025-05-31 10:00:00",
        )
        self.apps = [self.agent_ui, self.system_app, self.apartment, self.note]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        apartment_app = self.get_typed_app(StatefulApartmentApp, "Apartment")
        note_app = self.get_typed_app(StatefulNotesApp, "Notes")
        with EventRegisterer.capture_mode():
            dearer = apartment_app.update_apartment(apartment_id=self.attic, new_price=990.0).delayed(10)
            saved = apartment_app.list_saved_apartments().oracle().depends_on(dearer, delay_seconds=2)
            offer = aui.send_message_to_user(
                content="Attic costs 990 now. Drop it from the saved ones?"
            ).oracle()
            offer.depends_on(saved, delay_seconds=1)
            yes = aui.accept_proposal(content="Drop it").oracle().depends_on(offer, delay_seconds=2)
            drop = (
                apartment_app.remove_saved_apartment(apartment_id=self.attic)
                .oracle()
                .depends_on(yes, delay_seconds=1)
            )
            fresh = apartment_app.add_new_apartment(
                name="Gatehouse",
                location="Park",
                zip_code="04105",
                price=680.0,
                number_of_bedrooms=1,
                number_of_bathrooms=1,
                square_footage=500,
            ).depends_on(dearer, delay_seconds=120)
            notes = note_app.search_notes(query="Attic").oracle().depends_on([drop, fresh], delay_seconds=2)
            offer2 = aui.send_message_to_user(
                content="There is the Gatehouse for 680. Write it into your note?"
            ).oracle()
            offer2.depends_on(notes, delay_seconds=1)
            yes2 = aui.accept_proposal(content="Yes").oracle().depends_on(offer2, delay_seconds=2)
            write = note_app.update_note(note_id=self.hunt, content="Gatehouse: 680").oracle()
            write.depends_on(yes2, delay_seconds=1)
        self.events = [dearer, saved, offer, yes, drop, fresh, notes, offer2, yes2, write]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            names = [
                e.action.function_name
                for e in env.event_log.list_view()
                if e.event_type == EventType.AGENT and isinstance(e.action, Action)
            ]
            accepted = [
                e
                for e in env.event_log.list_view()
                if isinstance(e.action, Action) and e.action.function_name == "accept_proposal"
            ]
            ok = "remove_saved_apartment" in names and "update_note" in names and len(accepted) == 2
            return ScenarioValidationResult(success=ok, rationale=", ".join(names))
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
