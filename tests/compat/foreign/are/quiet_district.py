"""Which district is quieter? The city's service is asked until it refuses."""

from are.simulation.apps import AgentUserInterface
from are.simulation.apps.city import CityApp, CrimeDataPoint
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.utils.validation_utils import get_last_message_from_agent
from are.simulation.types import EventRegisterer, EventType


@register_scenario("foreign_quiet_district")
class QuietDistrict(Scenario):
    start_time: float | None = 0
    duration: float | None = 120

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        city = CityApp(api_call_limit=3)
        city.crime_data = {"10": CrimeDataPoint(violent_crime=3.0, property_crime=20.0)}
        city.add_crime_rate(zip_code="20", violent_crime_rate=1.0, property_crime_rate=30.0)
        self.apps = [AgentUserInterface(), city]

    def build_events_flow(self) -> None:
        aui, city = self.get_typed_app(AgentUserInterface), self.get_typed_app(CityApp)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Which has less violent crime, 10 or 20?").depends_on(None, 1)
            update = city.update_crime_rate(zip_code="10", new_violent_crime_rate=0.5).depends_on(task, delay_seconds=4)
            one = city.get_crime_rate(zip_code="10").oracle().depends_on(update, delay_seconds=2)
            two = city.get_crime_rate(zip_code="20").oracle().depends_on(one, delay_seconds=2)
            count = city.get_api_call_count().oracle().depends_on(two, delay_seconds=1)
            answer = aui.send_message_to_user(content="District 10.").oracle().depends_on([two, count], delay_seconds=1)
        self.events = [task, update, one, two, count, answer]

    def validate(self, env) -> ScenarioValidationResult:
        asked = [
            event.get_args()["zip_code"]
            for event in env.event_log.list_view()
            if event.event_type == EventType.AGENT and event.tool_name == "CityApp__get_crime_rate"
        ]
        answer = get_last_message_from_agent(env) or ""
        return ScenarioValidationResult(success="10" in answer and set(asked) == {"10", "20"})
