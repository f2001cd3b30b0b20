"""Scenarios that misbehave, each in its own way; tests put a copy of this file into a place of their own."""

import os
import time

from pare.apps import AgentUserInterface, StatefulEmailApp, SystemApp
from pare.kernel.recording import EventRegisterer
from pare.scenarios import Scenario
from pare.scenarios.utils.registry import register_scenario
from pare.scenarios.validation_result import ScenarioValidationResult


class Task(Scenario):
    """A message for an agent alone."""

    nb_turns = 1
    duration = 600

    def init_and_populate_apps(self, *args, **kwargs):
        self.apps = [AgentUserInterface(), SystemApp(), StatefulEmailApp(name="Emails")]

    def build_events_flow(self):
        interface = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            task = interface.send_message_to_agent(content="Write to Ana.").depends_on(None, delay_seconds=5)
        self.events = [task]

    def validate(self, env):
        return ScenarioValidationResult(success=True, rationale="it is done")


@register_scenario("good_one")
class GoodOne(Task):
    pass


@register_scenario("good_two")
class GoodTwo(Task):
    def validate(self, env):
        return ScenarioValidationResult(success=True, rationale="it is done as well")


@register_scenario("raises_when_made")
class RaisesWhenMade(Task):
    def __init__(self, **fields):
        raise LookupError("no constructor")


@register_scenario("raises_in_apps")
class RaisesInApps(Task):
    def init_and_populate_apps(self, *args, **kwargs):
        raise LookupError("no apps")


@register_scenario("raises_in_events")
class RaisesInEvents(Task):
    def build_events_flow(self):
        raise LookupError("no events")


@register_scenario("raises_in_validate")
class RaisesInValidate(Task):
    def validate(self, env):
        raise LookupError("no verdict")


@register_scenario("allocates")
class Allocates(Task):
    def validate(self, env):
        held = []
        while True:
            held.append(bytes(256 << 20))  # which is reserved, but not filled


@register_scenario("kills_its_worker")
class KillsItsWorker(Task):
    def validate(self, env):
        os._exit(3)


@register_scenario("loops")
class Loops(Task):
    def validate(self, env):
        while True:
            time.sleep(0.01)
