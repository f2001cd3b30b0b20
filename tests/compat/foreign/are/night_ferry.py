"""The last ferry does not wait: a cab that is late, a second one, and absolute times."""

from are.simulation.apps import AgentUserInterface, CabApp, SystemApp
from are.simulation.apps.cab import Ride
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import Event, EventRegisterer, EventType

EVENING = 1_720_000_000


@register_scenario("foreign_night_ferry")
class NightFerry(Scenario):
    start_time: float | None = EVENING
    duration: float | None = 3600

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        cab = CabApp()
        cab.add_new_ride("Default", "Mill", "Market", 9.0, 12.0, EVENING - 86_400, 6.0)
        self.apps = [AgentUserInterface(), SystemApp(), cab]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        cab = self.get_typed_app(CabApp)
        task = Event.from_function(
            aui.send_message_to_agent, event_type=EventType.USER, content="A cab from Mill to Ferry, whatever it takes."
        ).at_absolute_time(EVENING + 10)
        with EventRegisterer.capture_mode():
            offer = cab.list_rides(start_location="Mill", end_location="Ferry").oracle().depends_on(task, 5)
            first = cab.order_ride(start_location="Mill", end_location="Ferry", service_type="Default").oracle()
            first.depends_on(offer, delay_seconds=5)
            late = cab.update_ride_status(status="DELAYED", message="A herd of sheep").depends_on(first, delay_seconds=300)
            off = cab.user_cancel_ride().oracle().depends_on(late, delay_seconds=10)
            second = cab.order_ride(start_location="Mill", end_location="Ferry", service_type="Premium").oracle()
            second.depends_on(off, delay_seconds=5)
            there = cab.end_ride().depends_on(second, delay_seconds=900)
            word = aui.send_message_to_user(content="The first was late, so I took another.").oracle().depends_on(second)
        self.events = [task, offer, first, late, off, second, there, word]

    def validate(self, env) -> ScenarioValidationResult:
        rides: list[Ride] = env.get_app("CabApp").ride_history
        kinds = [(ride.service_type, ride.status) for ride in rides[1:]]
        right = ("Premium", "COMPLETED") in kinds and ("Default", "CANCELLED") in kinds
        return ScenarioValidationResult(success=right, rationale=str(kinds))
