"""A buyer moves the tasting; the agent edits what the calendar holds (Calendar, CalendarV2 and Mail)."""

from datetime import datetime, timezone

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.calendar import DATETIME_FORMAT, Calendar, CalendarEvent
from are.simulation.apps.calendar_v2 import CalendarV2
from are.simulation.apps.email_client import Mail
from are.simulation.scenarios.scenario import Scenario, ScenarioStatus, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType


def stamp(text: str) -> float:
    return datetime.strptime(text, DATETIME_FORMAT).replace(tzinfo=timezone.utc).timestamp()


@register_scenario("foreign_orchard_calendar")
class OrchardCalendar(Scenario):
    start_time: float | None = stamp("2024-09-02 08:00:00")
    duration: float | None = 1800
    status: ScenarioStatus = ScenarioStatus.Valid
    is_benchmark_ready: bool = True

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        own = CalendarV2()
        own.set_calendar_event(
            CalendarEvent(
                event_id="tasting",
                title="Cider tasting",
                start_datetime=stamp("2024-09-03 10:00:00"),
                end_datetime=stamp("2024-09-03 11:00:00"),
                attendees=["Buyer Brandt"],
                tag="orchard",
            )
        )
        shared = Calendar()
        shared.add_calendar_event(
            title="Press the early apples", start_datetime="2024-09-03 13:00:00", end_datetime="2024-09-03 17:00:00"
        )
        self.apps = [AgentUserInterface(), Mail(), own, shared]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        own = self.get_typed_app(CalendarV2)
        shared = self.get_typed_app(Calendar)
        mail = self.get_typed_app(Mail)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Whatever Brandt writes about the tasting, keep it current.")
            task.depends_on(None, delay_seconds=3)
            note = mail.create_and_add_email(
                sender="brandt@cider.example",
                recipients=["user@meta.com"],
                subject="Tasting",
                content="Could we taste on the 4th at nine?",
            ).depends_on(task, delay_seconds=60)
            invited = shared.add_calendar_event_by_attendee(
                who_add="Buyer Brandt",
                title="Harvest walk",
                start_datetime="2024-09-04 15:00:00",
                end_datetime="2024-09-04 16:00:00",
            ).depends_on(note, delay_seconds=5)
            day = (
                own.get_calendar_events_from_to(start_datetime="2024-09-03 00:00:00", end_datetime="2024-09-05 00:00:00")
                .oracle()
                .depends_on(note, delay_seconds=10)
            )
            moved = (
                own.edit_calendar_event(
                    event_id="tasting", start_datetime="2024-09-04 09:00:00", end_datetime="2024-09-04 10:00:00"
                )
                .oracle()
                .depends_on(day, delay_seconds=5)
            )
            told = aui.send_message_to_user(content="The tasting is on the 4th at nine now.").oracle()
            told.depends_on([moved, invited], delay_seconds=2)
        self.events = [task, note, invited, day, moved, told]

    def validate(self, env) -> ScenarioValidationResult:
        try:
            event = env.get_app("CalendarV2").events["tasting"]
            walk = [e for e in env.get_app("Calendar").events.values() if "Harvest walk" in e.title]
            told = any(
                e.event_type == EventType.AGENT and e.function_name() == "send_message_to_user"
                for e in env.event_log.list_view()
            )
            right = event.start_datetime == stamp("2024-09-04 09:00:00") and len(walk) == 1 and told
            return ScenarioValidationResult(success=right, rationale=None if right else str(event))
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
