"""The worked vectors of the published simulator, on the real apps.

Where the design differs on purpose (a fan-in waits for completion, an oracle event is not queued in an
agent run, time ends with the last event), so do the numbers here.
"""

from typing import Any

import pytest

from pare.apps.base import App
from pare.apps.calendar import CalendarApp
from pare.apps.email import EmailClientApp, EmailFolderName
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.kernel.calls import CompletedEvent
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent, ValidationEvent
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.recording import EventRegisterer
from pare.notifications import MessageType, VerboseNotificationSystem, VerbosityLevel
from pare.scenarios import Scenario, ScenarioValidationResult
from tests.kernel.phone import happened, history

START = 1000.0


class Phone(Scenario):
    """User interface, emails, system and calendar, and nothing that happens."""

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.aui, self.emails = AgentUserInterface(), EmailClientApp()
        self.system, self.calendar = SystemApp(), CalendarApp()
        self.apps: list[App] = [self.aui, self.emails, self.system, self.calendar]

    def email(self, name: str, after: Any = None, delay: float = 0) -> Any:
        email = self.emails.create_and_add_email(sender="a@b.c", recipients=["user@meta.com"], subject=name)
        return email.with_id(name).depends_on(after, delay)

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            self.events = self.plan()

    def plan(self) -> list[Any]:
        return []

    def inbox_holds(self, count: int) -> Any:
        return lambda env: len(env.get_app("EmailClientApp").folders[EmailFolderName.INBOX].emails) >= count


class Run:
    """A scenario that has been armed, its environment and its verdict."""

    def __init__(
        self, scenario: Phone, oracles: bool = False, level: VerbosityLevel = VerbosityLevel.LOW
    ) -> None:
        self.scenario = scenario
        scenario.initialize()
        self.notices = VerboseNotificationSystem(level)
        config = EnvironmentConfig(oracle_mode=oracles, queue_based_loop=oracles, exit_when_no_events=True)
        self.env = Environment(config, notification_system=self.notices)
        self.env.run(scenario, wait_for_end=False)

    def to_the_end(self) -> "Run":
        self.env.join()
        return self

    def verdict(self) -> ScenarioValidationResult:
        return self.scenario.validate(self.env)

    def told(self) -> list[tuple[str, float]]:
        unread = self.notices.inbox("agent").list_view()
        return [(message.message_type.value, message.timestamp.timestamp() - START) for message in unread]

    def record(self, name: str) -> CompletedEvent:
        record = self.env.event_log.find(name)
        assert record is not None
        return record


# --- A: an exchange, with an oracle -------------------------------------------------------------------------


class Exchange(Phone):
    """The user asks, the agent writes an email and gets an answer, then it tells the user."""

    def plan(self) -> list[Any]:
        u = self.aui.send_message_to_agent("Write to a@b.c").with_id("u").depends_on(None, 5)
        o1 = self.emails.send_email(["a@b.c"], "Hello").oracle().with_id("o1").depends_on(u, 2)
        e1 = self.emails.reply_to_email_from_user("a@b.c", "{{o1}}", "Hi").with_id("e1").depends_on(o1)
        o2 = self.aui.send_message_to_user("Done").oracle().with_id("o2").depends_on([o1, e1], 1)
        return [u, o1, e1, o2]


def test_a_with_oracle_events() -> None:
    run = Run(Exchange(start_time=START), oracles=True).to_the_end()
    assert history(run.env) == [(5, "ENV", "u"), (7, "AGENT", "o1"), (7, "ENV", "e1"), (8, "AGENT", "o2")]
    assert run.record("e1").action.resolved_args["email_id"] == run.record("o1").metadata.return_value
    assert not run.record("e1").failed()
    assert (run.env.state.value, run.env.tick_count, run.verdict().success) == ("STOPPED", 8, True)
    assert run.told() == [("USER_MESSAGE", 5), ("ENVIRONMENT_STOP", 8)]


def test_a_without_oracle_events() -> None:
    run = Run(Exchange(start_time=START)).to_the_end()
    assert history(run.env) == [(5, "ENV", "u")]
    assert (run.env.state.value, run.env.tick_count, run.env.end_reason) == ("STOPPED", 5, "no_events")
    assert (run.env.get_event_queue_length(), run.told()) == (
        0,
        [("USER_MESSAGE", 5), ("ENVIRONMENT_STOP", 5)],
    )


# --- B: order, a condition, a failure -----------------------------------------------------------------------


class Mails(Phone):
    """Emails, one of them after a condition, one after a call that fails."""

    def plan(self) -> list[Any]:
        m1, m2 = self.email("m1", None, 1), self.email("m2", None, 4)
        cond = (
            ConditionCheckEvent.from_condition(self.inbox_holds(2), every_tick=2)
            .with_id("cond")
            .depends_on(m1)
        )
        m3 = self.email("m3", cond, 1)
        bad = self.emails.delete_email("unknown").with_id("bad").depends_on(m1)
        return [m1, m2, cond, m3, bad, self.email("after", bad)]


def test_b() -> None:
    run = Run(Mails(start_time=START), oracles=True).to_the_end()
    assert history(run.env) == [
        (1, "ENV", "m1"),
        (1, "ENV", "bad"),
        (1, "CONDITION", "cond-CHECK_0"),
        (1, "ENV", "after"),
        (3, "CONDITION", "cond-CHECK_1"),
        (4, "ENV", "m2"),
        (4, "ENV", "m3"),
    ]
    assert [line["return"] for line in run.env.event_log.lines() if line["type"] == "CONDITION"] == [
        False,
        True,
    ]
    assert "unknown" in str(run.record("bad").metadata.exception)
    assert [name for _, name in happened(run.env) if run.record(name).failed()] == ["bad"]
    assert (run.env.state.value, run.env.tick_count, run.verdict().success) == ("STOPPED", 4, True)


# --- C: a validation ----------------------------------------------------------------------------------------


class Watched(Phone):
    """An email, and a validation that waits for it."""

    patient: bool = True

    def plan(self) -> list[Any]:
        v1 = ValidationEvent(milestones=[self.inbox_holds(1)]).with_id("v1").depends_on(None)
        return [self.email("m1", None, 1), v1.schedule(1, 5) if self.patient else v1]


def validations(run: Run) -> list[bool]:
    lines = run.env.event_log.lines()
    return [line["return"]["success"] for line in lines if line["type"] == "VALIDATION"]


def test_c_with_a_timeout_of_five_ticks() -> None:
    run = Run(Watched(start_time=START), oracles=True).to_the_end()
    assert history(run.env) == [(0, "VALIDATION", "v1"), (1, "ENV", "m1"), (1, "VALIDATION", "v1")]
    assert (validations(run), run.env.state.value, run.verdict().success) == ([False, True], "STOPPED", True)


def test_c_with_the_default_timeout() -> None:
    run = Run(Watched(start_time=START, patient=False), oracles=True).to_the_end()
    assert history(run.env) == [(0, "VALIDATION", "v1")]
    assert (validations(run), run.env.state.value, run.verdict().success) == ([False], "FAILED", False)


# --- D: a guard over the agent ------------------------------------------------------------------------------


def says(text: str) -> Any:
    return lambda env, event: (
        event.function_name() == "send_message_to_user" and event.action.args["content"] == text
    )


class Guarded(Phone):
    """The user asks; the agent has to say ok and must not say bad."""

    def plan(self) -> list[Any]:
        u = self.aui.send_message_to_agent("Say ok").with_id("u").depends_on(None)
        guard = AgentValidationEvent(milestones=[says("ok")], minefields=[says("bad")], timeout=15)
        return [u, guard.with_id("guard").depends_on(u)]


@pytest.mark.parametrize(
    ("answer", "state", "success", "complaint"),
    [
        ("ok", "STOPPED", True, None),
        ("bad", "FAILED", False, "guard: minefield hit: <lambda>"),
        (None, "FAILED", False, "guard: milestone missing: <lambda>"),
    ],
)
def test_d(answer: str | None, state: str, success: bool, complaint: str | None) -> None:
    run = Run(Guarded(start_time=START, duration=6))
    run.env.advance(START + 2)
    if answer is not None:
        run.scenario.aui.send_message_to_user(answer)
    run.to_the_end()
    assert [time for time, _ in happened(run.env)] == ([0, 2] if answer else [0])
    assert (run.env.state.value, run.verdict().success) == (state, success)
    assert (str(run.env.failure) if run.env.failure else None) == complaint
    assert run.env.current_time == START + (2 if answer == "bad" else 6)


# --- W: waiting ---------------------------------------------------------------------------------------------


class Quiet(Phone):
    """An email after twenty seconds, and before it a call that fails."""

    def plan(self) -> list[Any]:
        b = self.calendar.delete_calendar_event("unknown").with_id("b").depends_on(None, 10)
        return [self.email("a", None, 20), b]


def test_w() -> None:
    run = Run(Quiet(start_time=START), level=VerbosityLevel.MEDIUM)
    env, system, inbox = run.env, run.scenario.system, run.notices.inbox("agent")
    env.advance(START + 0.5)

    system.wait_for_notification(60)
    assert env.current_time == START + 20
    assert run.told() == [("ENVIRONMENT_NOTIFICATION", 20)]
    wait, b, a = history(env)
    assert (wait[:2], b, a) == ((0.5, "AGENT"), (10, "ENV", "b"), (20, "ENV", "a"))
    assert [line["function"] for line in env.event_log.lines()][:1] == ["wait_for_notification"]
    assert run.record("b").failed()

    inbox.read()
    system.wait_for_notification(30)
    assert env.current_time == START + 50
    assert run.told()[1:] == [("ENVIRONMENT_NOTIFICATION", 50)]
    assert inbox.unread()[0].message.startswith("SystemApp: ")
    assert system.get_wait_for_notification_timeout() is None

    system.wait_for_notification(30)
    assert (env.current_time, len(inbox)) == (START + 50, 2)
    run.to_the_end()
    assert [message.message_type for message in inbox.unread()][-1] is MessageType.ENVIRONMENT_STOP


# --- where the design differs -------------------------------------------------------------------------------


class FanIns(Phone):
    """An oracle event and an event, a condition and an event, and what waits for both of each."""

    def plan(self) -> list[Any]:
        u = self.aui.send_message_to_agent("Write").with_id("u").depends_on(None, 1)
        o = self.emails.send_email(["a@b.c"], "Hello").oracle().with_id("o").depends_on(u, 1)
        m = self.email("m", u, 5)
        cond = ConditionCheckEvent.from_condition(self.inbox_holds(2)).with_id("cond").depends_on(u)
        later = self.email("later", None, 9)
        return [u, o, m, cond, later, self.email("x", [o, m], 1), self.email("y", [cond, u], 1)]


def test_a_fan_in_waits_for_completion() -> None:
    agent = Run(FanIns(start_time=START)).to_the_end()
    emails = [(time, name) for time, name in happened(agent.env) if not name.startswith("cond")]
    assert emails == [(1, "u"), (6, "m"), (9, "later"), (11, "y")]
    oracle = Run(FanIns(start_time=START), oracles=True).to_the_end()
    emails = [(time, name) for time, name in happened(oracle.env) if not name.startswith("cond")]
    assert emails == [(1, "u"), (2, "o"), (6, "m"), (7, "x"), (9, "later"), (9, "y")]
