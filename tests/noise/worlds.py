"""Phones and scenarios for tests of noise, and runs of bundled scenarios with the scripted oracle."""

import json
from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulMessagingApp,
)
from pare.kernel.recording import EventRegisterer
from pare.llm.scripted import ScriptedModel
from pare.scenario_runner import play_oracle
from pare.scenario_runner.oracle_policy import oracle
from pare.scenario_runner.play import play
from pare.scenarios import PAREScenario
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig

ROLES = ("user", "observe", "execute")


class Phone(PAREScenario):
    """A phone on which one email arrives after 100 seconds; the agent answers 20 seconds later."""

    scenario_id = "phone"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Post")
        self.messages = StatefulMessagingApp(name="Talk")
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="Anything"),
            self.emails,
            self.messages,
            StatefulCalendarApp(name="Calendar"),
        ]

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            arrives = self.emails.send_email_to_user_with_id(
                email_id="own", sender="a@b.example", subject="Hello", content="Own"
            ).depends_on(None, delay_seconds=100)
            answers = (
                self.emails.reply_to_email(email_id="own", content="Yes")
                .oracle()
                .depends_on(arrives, delay_seconds=20)
            )
        self.events = [arrives, answers]


def phone(rate: float | None = None, seed: int = 0, duration: float | None = None, **config: Any) -> Phone:
    """Give an initialised phone, with noise of a rate if one is given."""
    scenario = Phone(duration=duration)
    if rate is not None:
        scenario.env_events_config = EnvEventsConfig(rate, seed, **config)
    scenario.initialize()
    return scenario


def noise_of(scenario: Any) -> list[Any]:
    """Give the events of noise that are planned."""
    return [event for event in scenario.events if event.is_noise]


def times_of(scenario: Any) -> list[float]:
    """Give the times at which noise is planned, in seconds from the start."""
    return [event.event_relative_time for event in noise_of(scenario)]


def lines_of(scenario: Any) -> list[dict[str, Any]]:
    """Play a scenario by its oracle, and give its log."""
    return list(play_oracle(scenario).environment.event_log.lines())


def oracle_logs(rate: float) -> bytes:
    """Play all bundled scenarios by their oracles under noise of a rate, and give what is logged as JSON."""
    found = {}
    for scenario_id in sorted(registry.get_all_scenarios()):
        scenario = registry.create(scenario_id)
        scenario.env_events_config = EnvEventsConfig(rate)
        run = play_oracle(scenario)
        log = run.environment.event_log
        found[scenario_id] = {
            "outcome": run.outcome,
            "noise": log.count_noise(),
            "lines": log.lines(),
            "log": log.to_dict(),
        }
    return json.dumps(found).encode()


async def played_with_noise(scenario_id: str, config: ScenarioRunnerConfig, run: int = 1) -> tuple[Any, Any]:
    """Play a bundled scenario with the scripted oracle; give the result and the scenario."""
    scenario = registry.create(scenario_id)
    scenario.run_number = run
    models = dict.fromkeys(ROLES, ScriptedModel(oracle()))
    result = await play(config, scenario, models)
    return result, scenario
