"""Scenarios that misbehave, and a worker that knows them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pare.apps import AgentUserInterface, StatefulEmailApp, SystemApp
from pare.executors.worker import main as serve
from pare.kernel.recording import EventRegisterer
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ScenarioValidationResult

COMMAND = (sys.executable, "-c", "from tests.executors.misfits import main; main()")

FLAG = "PARE_TEST_FLAG"
"""Names a file of the test, by which scenarios tell what they did; it reaches workers by the environment."""


def tell(what: str) -> None:
    """Append a line to the test's file."""
    if place := os.environ.get(FLAG):
        with Path(place).open("a") as file:
            file.write(f"{what}\n")


class Task(Scenario):
    """A message for an agent alone, and any verdict."""

    nb_turns = 1
    duration = 600

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.apps = [AgentUserInterface(), SystemApp(), self.emails]

    def build_events_flow(self) -> None:
        interface = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            task = interface.send_message_to_agent(content="Write to Ana.").depends_on(None, delay_seconds=5)
        self.events = [task]

    def validate(self, env: Any) -> ScenarioValidationResult:
        sent = [event for event in env.event_log.list_view() if event.function_name() == "send_email"]
        return ScenarioValidationResult(success=bool(sent), rationale=f"{len(sent)} emails")


class Loops(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        tell("loops")
        while True:
            time.sleep(0.01)


class Allocates(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        held = []
        while True:
            held.append(bytearray(64 << 20))


class Exits(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        tell("exits")
        os._exit(3)


class Leaves(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        sys.exit("enough")


class Ambushes(Task):
    """Kills its process while it waits for a reply, so that no step names it; it is harmless when hashed."""

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        super().init_and_populate_apps()
        if self.run_number is not None:
            tell("ambushes")
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGKILL)).start()


class HangsAtStart(Task):
    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        while True:
            time.sleep(0.01)


class CannotBeMade(Task):
    def __init__(self, **fields: Any) -> None:
        raise LookupError("no constructor")


class Prints(Task):
    def validate(self, env: Any) -> ScenarioValidationResult:
        print('{"kind": "row"}')  # noqa: T201
        os.write(1, b"no message\n")
        return super().validate(env)


GOOD = tuple(f"good_{number}" for number in range(6))

MISFITS: dict[str, type[Scenario]] = {
    **{name: type("Good", (Task,), {"__module__": __name__}) for name in GOOD},
    "loops": Loops,
    "allocates": Allocates,
    "exits": Exits,
    "leaves": Leaves,
    "ambushes": Ambushes,
    "hangs_at_start": HangsAtStart,
    "cannot_be_made": CannotBeMade,
    "prints": Prints,
}


def register() -> None:
    """Make the misfits known to the registry of this process."""
    for name, cls in MISFITS.items():
        registry.register(name)(cls)


def main() -> None:
    """Be a worker that knows them."""
    serve(lambda _setup: register())
