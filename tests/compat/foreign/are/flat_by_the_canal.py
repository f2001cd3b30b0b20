"""A flat gets cheaper while the agent looks; RentAFlat and ApartmentListingApp side by side."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.apartment_listing import Apartment, ApartmentListingApp, RentAFlat
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import ConditionCheckEvent, EventRegisterer


@register_scenario("foreign_flat_by_the_canal")
class FlatByTheCanal(Scenario):
    start_time: float | None = 0
    duration: float | None = 500

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        flats = RentAFlat()
        self.canal = flats.add_new_apartment(
            name="Canal loft",
            location="Lock Street",
            zip_code="1012",
            price=1400.0,
            number_of_bedrooms=2,
            number_of_bathrooms=1,
            square_footage=700,
            amenities=["balcony"],
        )
        flats.add_new_apartment("Mill attic", "Mill Lane", "1013", 900.0, 1, 1, 300)
        old = ApartmentListingApp()
        old.apartments["gone"] = Apartment(
            name="Gone", location="?", zip_code="0", price=1.0, bedrooms=1, bathrooms=1, property_type="Flat",
            square_footage=1, apartment_id="gone",
        )
        self.apps = [AgentUserInterface(), flats, old]

    def build_events_flow(self) -> None:
        aui, flats = self.get_typed_app(AgentUserInterface), self.get_typed_app(RentAFlat)
        old = self.get_typed_app(ApartmentListingApp)
        canal = self.canal
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Save a flat with a balcony below 1300.").depends_on(None, 1)
            cheaper = flats.update_apartment(apartment_id=canal, new_price=1250.0).depends_on(task, delay_seconds=90)
            gone = old.delete_apartment(apartment_id="gone").depends_on(cheaper, delay_seconds=0)
        dropped = ConditionCheckEvent.from_condition(
            lambda env: env.get_app("RentAFlat").apartments[canal].price < 1300, every_tick=1, timeout=200
        ).depends_on(task)
        with EventRegisterer.capture_mode():
            search = flats.search_apartments(max_price=1300, amenities=["balcony"]).oracle().depends_on(dropped, 1)
            save = flats.save_apartment(apartment_id=canal).oracle().depends_on(search, delay_seconds=1)
            tell = aui.send_message_to_user(content="Canal loft is saved.").oracle().depends_on(save, delay_seconds=1)
        self.events = [task, cheaper, gone, dropped, search, save, tell]

    def validate(self, env) -> ScenarioValidationResult:
        flats = env.get_app("RentAFlat")
        return ScenarioValidationResult(success=flats.saved_apartments == [self.canal])
