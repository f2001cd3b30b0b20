"""The plan is drawn up by ids and edited, as an annotation tool does it; hints come and go with it."""

from are.simulation.apps import AgentUserInterface, CalendarApp, EmailClientV2
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventTimeComparator, EventType


def text(value: str) -> dict[str, str]:
    return {"value": value, "type": "str"}


@register_scenario("foreign_drawn_up_plan")
class DrawnUpPlan(Scenario):
    start_time: float | None = 0
    duration: float | None = 200

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), EmailClientV2(), CalendarApp()]

    def build_events_flow(self) -> None:
        self.add_event(
            app_name="AgentUserInterface",
            function_name="send_message_to_agent",
            parameters={"content": text("Book the barn for Tuesday at ten")},
            predecessor_event_ids=[],
            event_type=EventType.USER,
            event_id="wish",
            event_relative_time=4,
        )
        self.add_event(
            app_name="CalendarApp",
            function_name="add_calendar_event",
            parameters={"title": text("Barn"), "start_datetime": text("1970-01-06 09:00:00")},
            predecessor_event_ids=["wish"],
            event_type=EventType.AGENT,
            event_id="book",
            event_relative_time=2,
            event_time_comparator=EventTimeComparator.LESS_THAN,
        )
        self.add_event(
            app_name="EmailClientV2",
            function_name="send_email",
            parameters={
                "recipients": {"value": '["x@y.example"]', "type": "list[str]"},
                "subject": text("Never sent"),
            },
            predecessor_event_ids=["book"],
            event_type=EventType.AGENT,
            event_id="mistake",
        )
        self.add_event(
            app_name="AgentUserInterface",
            function_name="send_message_to_user",
            parameters={"content": text("The barn is booked.")},
            predecessor_event_ids=["book"],
            event_type=EventType.AGENT,
            event_id="say",
            event_relative_time=5,
        )
        self.delete_event("mistake")
        self.edit_event(
            app_name="CalendarApp",
            function_name="add_calendar_event",
            parameters={
                "title": text("Barn"),
                "start_datetime": text("1970-01-06 10:00:00"),
                "end_datetime": text("1970-01-06 12:00:00"),
            },
            event_id="book",
            event_type=EventType.AGENT,
            predecessor_event_ids=["wish"],
            event_relative_time=3,
        )
        self.edit_hint_content("wish", "Tuesday is the 6th")
        self.patch_oracle_user_message_order()

    def validate(self, env) -> ScenarioValidationResult:
        starts = [e.start_strftime for e in env.get_app("CalendarApp").events.values() if e.title == "Barn"]
        functions = [e.function_name() for e in env.event_log.list_view()]
        ids = sorted(event.event_id for event in self.events)
        ok = len(starts) == 1 and "10:00:00" in starts[0] and "send_email" not in functions
        ok = (
            ok
            and ids == ["book", "say", "wish"]
            and [hint.content for hint in self.hints] == ["Tuesday is the 6th"]
        )
        return ScenarioValidationResult(success=ok, rationale=f"{starts} {functions} {ids}")
