"""What is found wrong with scenarios: by looking at the source, and by running them."""

from typing import Any

import pytest
from are.simulation.apps import AgentUserInterface, EmailClientApp
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.types import ConditionCheckEvent, EventRegisterer, ValidationEvent

from pare.scenarios.lint import source_findings
from pare.testing.inspection import inspect_scenario


class Story(Scenario):
    """The user asks for an email, and the agent sends it."""

    start_time: float | None = 0
    duration: float | None = 100

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), EmailClientApp()]

    def build_events_flow(self) -> None:
        self.aui, self.mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(EmailClientApp)
        with EventRegisterer.capture_mode():
            ask: Any = self.aui.send_message_to_agent(content="Write to Ana")
            send: Any = self.mail.send_email(recipients=["ana@b.c"], subject="Hi")
            more = self.more(ask.with_id("ask").depends_on(None, 1), send.oracle().with_id("send"))
        self.events = [ask, send.oracle_event.depends_on(ask, 1), *more]

    def more(self, ask: Any, send: Any) -> list[Any]:
        return []

    def validate(self, env: Any) -> ScenarioValidationResult:
        sent = [event for event in env.event_log.list_view() if event.function_name() == "send_email"]
        return ScenarioValidationResult(success=bool(sent))


def kinds(scenario: type[Scenario]) -> list[str]:
    return [problem.kind for problem in inspect_scenario(scenario)]


def test_a_good_scenario_has_no_problems() -> None:
    assert inspect_scenario(Story) == []


def test_a_scenario_that_cannot_be_built_is_told() -> None:
    class Empty(Scenario):
        scenario_id: str = "empty"

    (problem,) = inspect_scenario(Empty)
    assert str(problem).startswith("initialise: NoAppsError: scenario 'empty' has no apps")


def test_an_oracle_action_that_fails_is_named_and_makes_the_verdicts_differ() -> None:
    class Failing(Story):
        def more(self, ask: Any, send: Any) -> list[Any]:
            bad: Any = self.mail.delete_email("unknown")
            return [bad.oracle().with_id("bad").depends_on(send, 1)]

        def validate(self, env: Any) -> ScenarioValidationResult:
            done = [event.function_name() for event in env.event_log.list_view()]
            return ScenarioValidationResult(success={"send_email", "delete_email"} <= set(done))

    action, strict = inspect_scenario(Failing)
    assert str(action).startswith("oracle_action: 'bad' (EmailClientApp.delete_email) fails: ")
    assert (
        str(strict) == "strict: the validator says True of the whole log, and False with failed calls hidden"
    )


def test_an_event_of_the_world_that_fails_is_named() -> None:
    class Failing(Story):
        def more(self, ask: Any, send: Any) -> list[Any]:
            bad: Any = self.mail.reply_to_email_from_user("a@b.c", "unknown", "Hi")
            return [bad.with_id("bad").depends_on(ask, 1)]

    assert kinds(Failing) == ["event"]


def test_an_oracle_that_its_validator_does_not_accept_is_told() -> None:
    class Strict(Story):
        def validate(self, env: Any) -> ScenarioValidationResult:
            return ScenarioValidationResult(success=False, rationale="never")

    assert [str(problem) for problem in inspect_scenario(Strict)] == [
        "oracle: its own validator does not accept it: never"
    ]


def test_a_validator_that_breaks_is_told() -> None:
    class Broken(Story):
        def validate(self, env: Any) -> ScenarioValidationResult:
            raise KeyError("x")

    assert [str(problem) for problem in inspect_scenario(Broken)] == [
        "validator: it breaks off: KeyError: 'x'"
    ]


def test_events_that_never_happen_are_told_apart() -> None:
    class Waiting(Story):
        def more(self, ask: Any, send: Any) -> list[Any]:
            never = (
                ConditionCheckEvent.from_condition(lambda env: False, timeout=5)
                .with_id("never")
                .depends_on(ask)
            )
            follows: Any = self.mail.create_and_add_email("a@b.c")
            behind: Any = self.mail.create_and_add_email("a@b.c")
            return [
                never,
                follows.with_id("follows").depends_on(never),
                behind.with_id("behind").depends_on(send, 1),
            ]

    agent, unreachable = inspect_scenario(Waiting)
    assert str(agent).startswith(
        "agent_mode: 'behind' waits for the oracle event 'send', so it never happens"
    )
    assert str(unreachable).startswith("unreachable: 'follows' never happens; the oracle run ends by ")


def test_a_validator_that_accepts_nothing_done_is_told() -> None:
    class Easy(Story):
        def validate(self, env: Any) -> ScenarioValidationResult:
            return ScenarioValidationResult(success=True)

    assert [str(problem) for problem in inspect_scenario(Easy)] == [
        "validator: it accepts a run in which nobody did anything"
    ]


def test_validation_events_do_not_count_as_unreachable() -> None:
    class Watched(Story):
        def more(self, ask: Any, send: Any) -> list[Any]:
            return [ValidationEvent(milestones=[lambda env: True]).with_id("seen").depends_on(ask)]

    assert kinds(Watched) == []


# --- the source -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time\nNOW = time.time()", ["line 2: time.time reads the wall clock"]),
        (
            "from datetime import datetime as dt\nclass S:\n    start_time = dt.now().timestamp()",
            ["line 3: datetime.datetime.now reads the wall clock"],
        ),
        (
            "import random\nclass S:\n def __init__(self): self.x()\n def x(self):\n  random.random()",
            ["line 5: random.random draws unseeded randomness"],
        ),
        ("from uuid import uuid4\ndef f(x=uuid4()): ...", ["line 2: uuid.uuid4 draws unseeded randomness"]),
        (
            "import uuid\nfrom dataclasses import field\nid: str = field(default_factory=uuid.uuid4)",
            ["line 3: uuid.uuid4 draws unseeded randomness"],
        ),
        ("import threading\nthreading.Thread(target=print)", ["line 2: threading.Thread starts a thread"]),
        ("import requests\nPAGE = requests.get('http://x')", ["line 2: requests.get opens a socket"]),
        ("import socket\nS = socket.socket()", ["line 2: socket.socket opens a socket"]),
        ("import numpy as np\nX = np.random.rand()", ["line 2: numpy.random.rand draws unseeded randomness"]),
        ("KEY = hash('a')", ["line 1: hash draws unseeded randomness"]),
        ("import random\nR = random.Random()", ["line 2: random.Random draws unseeded randomness"]),
        ("import random\nR = random.Random(7)\nX = R.choice([1])", []),
        ("import numpy as np\nR = np.random.default_rng(7)", []),
        ("import socket, threading, requests, random, time", []),
        ("import time\nclass S:\n    def validate(self, env):\n        return time.time()", []),
        ("import time\nWHEN = lambda: time.time()", []),
        ("class Clock:\n    def time(self): ...\nclock = Clock()\nclock.time()", []),
        (
            "import time\ndef late():\n    return time.time()\nX = late()",
            ["line 3: time.time reads the wall clock"],
        ),
    ],
)
def test_what_a_file_does_while_it_is_imported_and_built(source: str, found: list[str]) -> None:
    assert [str(finding) for finding in source_findings(source)] == found
