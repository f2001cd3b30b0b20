"""Twice a day: the agent sets a reminder, waits for it, and says so."""

from datetime import datetime, timedelta, timezone

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.reminder import Reminder, ReminderApp
from are.simulation.apps.system import SystemApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, EventType

MORNING = datetime(2024, 5, 6, 7, 0, tzinfo=timezone.utc)


@register_scenario("foreign_pill_reminder")
class PillReminder(Scenario):
    start_time: float | None = MORNING.timestamp()
    duration: float | None = 3600

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        reminders = ReminderApp(max_future_datetime=MORNING + timedelta(days=2))
        reminders.add_reminder("Water the cat grass", "2024-05-06 20:00:00", "Half a cup")
        self.apps = [AgentUserInterface(), SystemApp(), reminders]

    def build_events_flow(self) -> None:
        aui, system = self.get_typed_app(AgentUserInterface), self.get_typed_app(SystemApp)
        reminders = self.get_typed_app(ReminderApp)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Remind me of the pill at half past seven.").depends_on(
                None, 1
            )
            now = system.get_current_time().oracle().depends_on(task, delay_seconds=1)
            add = (
                reminders.add_reminder(
                    title="Pill", due_datetime="2024-05-06 07:30:00", description="With water"
                )
                .oracle()
                .depends_on(now, delay_seconds=2)
            )
            wait = system.wait_for_notification(timeout=3000).oracle().depends_on(add, delay_seconds=1)
            tell = (
                aui.send_message_to_user(content="It is time for the pill.")
                .oracle()
                .depends_on(
                wait, delay_seconds=1800
            )
            )
        self.events = [task, now, add, wait, tell]

    def validate(self, env) -> ScenarioValidationResult:
        reminders: list[Reminder] = list(env.get_app("ReminderApp").reminders.values())
        pill = [r for r in reminders if r.title == "Pill"]
        told = [
            e
            for e in env.event_log.list_view()
            if e.event_type == EventType.AGENT and e.function_name() == "send_message_to_user"
        ]
        in_time = [e for e in told if e.event_time >= MORNING.timestamp() + 1800]
        return ScenarioValidationResult(success=len(pill) == 1 and len(in_time) == 1)
