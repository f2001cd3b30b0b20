"""Run one scenario: with two agents, or by its oracle."""

from pare.scenario_runner.oracle import (
    oracle_environment,
    play_oracle,
    play_oracle_async,
    play_registered,
)
from pare.scenario_runner.play import play
from pare.scenario_runner.runner import ScenarioRunner, TwoAgentScenarioRunner
from pare.scenario_runner.verdicts import ScenarioRun, validated
from pare.scenarios.validation_result import Outcome

__all__ = [
    "Outcome",
    "ScenarioRun",
    "ScenarioRunner",
    "TwoAgentScenarioRunner",
    "oracle_environment",
    "play",
    "play_oracle",
    "play_oracle_async",
    "play_registered",
    "validated",
]
