"""An author's own little test bench: tick, pause, resume, notifications, soft_reset."""

from datetime import datetime, timezone

from are.simulation.apps import AgentUserInterface, EmailClientApp, SystemApp
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.notification_system import MessageType, VerboseNotificationSystem, VerbosityLevel
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EnvironmentState, EnvironmentType, EventRegisterer, EventType


@register_scenario("foreign_step_by_step")
class StepByStep(Scenario):
    start_time: float | None = 1000
    duration: float | None = 100

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), SystemApp(), EmailClientApp()]

    def build_events_flow(self) -> None:
        aui, mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(EmailClientApp)
        with EventRegisterer.capture_mode():
            task = (
                aui.send_message_to_agent(content="Thank whoever writes").with_id("task").depends_on(None, 2)
            )
            letter = mail.send_email_to_user_only(sender="aunt@village.example", subject="Jam").with_id(
                "letter"
            )
            letter.depends_on(task, delay_seconds=10)
            thanks = (
                mail.reply_to_email(email_id="{{letter}}", content="Thank you").oracle().with_id("thanks")
            )
            thanks.depends_on(letter, delay_seconds=5)
        self.events = [task, letter, thanks]

    def validate(self, env) -> ScenarioValidationResult:
        thanked = [
            e
            for e in env.event_log.list_view()
            if e.event_type == EventType.AGENT and e.function_name() == "reply_to_email" and not e.failed()
        ]
        return ScenarioValidationResult(success=len(thanked) == 1)


if __name__ == "__main__":
    scenario = StepByStep()
    scenario.initialize()
    notifications = VerboseNotificationSystem(VerbosityLevel.MEDIUM)
    env = Environment(
        EnvironmentConfig(start_time=1000, duration=100),
        EnvironmentType.CLI,
        notification_system=notifications,
    )
    env.run(scenario, wait_for_end=False)
    assert env.state == EnvironmentState.RUNNING
    env.pause()
    assert env.is_paused()
    env.resume_with_offset(3)
    assert [e.event_id for e in env.event_log.list_view()] == ["task"]
    now = datetime.fromtimestamp(env.time_manager.time(), tz=timezone.utc)
    (message,) = notifications.message_queue.get_by_timestamp(now)
    assert message.message_type == MessageType.USER_MESSAGE and "Thank whoever writes" in message.message
    env.get_app("SystemApp").wait_for_notification(timeout=60)
    messages = notifications.message_queue.list_view()
    assert any("Jam" in m.message or "aunt@village.example" in m.message for m in messages), messages
    mail = env.get_app("EmailClientApp")
    letter = mail.search_emails("Jam")[0]
    mail.reply_to_email(email_id=letter.email_id, content="Thank you, aunt")
    env.stop()
    env.join()
    assert scenario.validate(env).success
    assert env.get_state()["apps"]
    assert len(env.get_world_logs()) >= 3

    scenario.soft_reset()
    again = Environment(EnvironmentConfig(oracle_mode=True, queue_based_loop=True, start_time=1000))
    again.run(scenario)
    assert scenario.validate(again).success
    assert again.get_event_log_size() == 3
