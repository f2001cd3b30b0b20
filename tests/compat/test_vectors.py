"""The worked vectors of the published environment, with real apps, through the alias."""

from typing import Any

import pytest
from are.simulation.apps import AgentUserInterface, CalendarApp, EmailClientApp, SystemApp
from are.simulation.apps.email_client import EmailFolderName
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.notification_system import NotificationSystem, VerboseNotificationSystem
from are.simulation.scenarios.scenario import Scenario
from are.simulation.types import (
    AgentValidationEvent,
    ConditionCheckEvent,
    EventRegisterer,
    ValidationEvent,
)

START = 1000.0


class Phone(Scenario):
    start_time: float | None = START

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), EmailClientApp(), SystemApp(), CalendarApp()]

    def build_events_flow(self) -> None:
        self.aui, self.mail, self.system, self.calendar = self.apps
        with EventRegisterer.capture_mode():
            self.events = self.plan()

    def plan(self) -> list[Any]:
        return []

    def email(self, name: str, after: Any, delay: float) -> Any:
        email = self.mail.create_and_add_email("x@y.z", ["user@meta.com"], name, "")
        return email.with_id(name).depends_on(after, delay)


def inbox(count: int) -> Any:
    return lambda env: len(env.get_app("EmailClientApp").folders[EmailFolderName.INBOX].emails) >= count


def armed(scenario: Phone, oracle: bool = False, notices: Any = None, **settings: Any) -> Environment:
    scenario.initialize()
    config = EnvironmentConfig(oracle_mode=oracle, queue_based_loop=oracle, start_time=START, **settings)
    env = Environment(config, notification_system=notices)
    env.run(scenario, wait_for_end=False)
    return env


def log(env: Environment) -> list[tuple[float, str, str]]:
    events = env.event_log.list_view()
    return [(event.event_time - START, event.event_type.value, event.event_id) for event in events]


class Exchange(Phone):
    def plan(self) -> list[Any]:
        u = self.aui.send_message_to_agent("Write").with_id("u").depends_on(None, 5)
        o1 = self.mail.send_email(["a@b.c"], "Hello").oracle().with_id("o1").depends_on(u, 2)
        e1 = self.mail.reply_to_email_from_user("a@b.c", "{{o1}}", "Hi").with_id("e1").depends_on(o1)
        o2 = self.aui.send_message_to_user("Done").oracle().with_id("o2").depends_on([o1, e1], 1)
        return [u, o1, e1, o2]


def test_a_an_exchange_in_an_oracle_run() -> None:
    notices, scenario = NotificationSystem(), Exchange()
    env = armed(scenario, oracle=True, notices=notices)
    env.join()
    assert log(env) == [(5, "ENV", "u"), (7, "AGENT", "o1"), (7, "ENV", "e1"), (8, "AGENT", "o2")]
    assert (env.state.value, env.tick_count, scenario.validate(env).success) == ("STOPPED", 8, True)
    queued = [message.message_type.value for message in notices.message_queue.list_view()]
    assert queued == ["USER_MESSAGE", "ENVIRONMENT_STOP"]
    assert notices.message_queue.has_environment_stop_message()


def test_a_the_same_without_an_agent() -> None:
    env = armed(Exchange(), exit_when_no_events=True)
    env.join()
    assert (log(env), env.state.value) == ([(5, "ENV", "u")], "STOPPED")


class Mails(Phone):
    def plan(self) -> list[Any]:
        m1, m2 = self.email("m1", None, 1), self.email("m2", None, 4)
        cond = ConditionCheckEvent.from_condition(inbox(2), every_tick=2).with_id("cond").depends_on(m1)
        m3 = self.email("m3", cond, 1)
        bad = self.mail.delete_email("unknown").with_id("bad").depends_on(m1)
        return [m1, m2, cond, m3, bad, self.email("after", bad, 0)]


def test_b_order_within_an_instant_a_condition_and_a_failure() -> None:
    env = armed(Mails(), oracle=True)
    env.join()
    assert log(env) == [
        (1, "ENV", "m1"),
        (1, "ENV", "bad"),
        (1, "CONDITION", "cond-CHECK_0"),
        (1, "ENV", "after"),
        (3, "CONDITION", "cond-CHECK_1"),
        (4, "ENV", "m2"),
        (4, "ENV", "m3"),
    ]
    assert [event.event_id for event in env.event_log.list_view() if event.failed()] == ["bad"]
    assert (env.state.value, env.tick_count) == ("STOPPED", 4)


class Watched(Phone):
    patient: bool = True

    def plan(self) -> list[Any]:
        v1 = ValidationEvent(milestones=[inbox(1)]).with_id("v1").depends_on(None)
        return [self.email("m1", None, 1), v1.schedule(1, 5) if self.patient else v1]


def test_c_a_validation_waits_until_its_timeout() -> None:
    scenario = Watched()
    env = armed(scenario, oracle=True)
    env.join()
    assert log(env) == [(0, "VALIDATION", "v1"), (1, "ENV", "m1"), (1, "VALIDATION", "v1")]
    assert (env.state.value, scenario.validate(env).success) == ("STOPPED", True)


def test_c_a_validation_with_the_default_timeout_fails_at_once() -> None:
    scenario = Watched(patient=False)
    env = armed(scenario, oracle=True)
    env.join()
    assert (log(env), env.state.value) == ([(0, "VALIDATION", "v1")], "FAILED")
    verdict = scenario.validate(env)
    assert (verdict.success, str(verdict.exception)) == (False, "v1: milestone missing: <lambda>")


def says(text: str) -> Any:
    return lambda env, event: (
        event.function_name() == "send_message_to_user" and event.action.args["content"] == text
    )


class Guarded(Phone):
    duration: float | None = 6

    def plan(self) -> list[Any]:
        u = self.aui.send_message_to_agent("Say ok").with_id("u").depends_on(None)
        guard = AgentValidationEvent(milestones=[says("ok")], minefields=[says("bad")], timeout=15)
        return [u, guard.with_id("guard").depends_on(u)]


@pytest.mark.parametrize(
    ("answer", "state", "success"),
    [("ok", "STOPPED", True), ("bad", "FAILED", False), (None, "FAILED", False)],
)
def test_d_a_guard_over_the_agent(answer: str | None, state: str, success: bool) -> None:
    scenario = Guarded()
    env = armed(scenario)
    env.tick()
    env.time_manager.add_offset(2)
    env.tick()
    if answer is not None:
        scenario.aui.send_message_to_user(answer)
    env.join()
    assert (env.state.value, scenario.validate(env).success) == (state, success)


class Quiet(Phone):
    def plan(self) -> list[Any]:
        b = self.calendar.delete_calendar_event("unknown").with_id("b").depends_on(None, 10)
        return [self.email("a", None, 20), b]


def test_w_waiting_moves_the_clock_to_the_first_notice_or_to_the_timeout() -> None:
    scenario, notices = Quiet(), VerboseNotificationSystem()
    env, queue = armed(scenario, notices=notices), notices.message_queue
    env.time_manager.add_offset(0.5)
    scenario.system.wait_for_notification(60)
    assert env.current_time - START == 20
    assert [(message.timestamp.timestamp() - START) for message in queue.list_view()] == [20]
    assert [(time, name) for time, _, name in log(env)][1:] == [(10, "b"), (20, "a")]
    assert (log(env)[0][0], log(env)[0][1]) == (0.5, "AGENT")

    assert len(queue.get_by_timestamp(queue.list_view()[0].timestamp)) == 1
    scenario.system.wait_for_notification(30)
    assert env.current_time - START == 50
    assert [(message.timestamp.timestamp() - START) for message in queue.list_view()] == [50]
    assert scenario.system.get_wait_for_notification_timeout() is None

    scenario.system.wait_for_notification(30)
    assert env.current_time - START == 50
