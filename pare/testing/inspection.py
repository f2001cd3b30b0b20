"""Look a scenario over: can it be built, does its oracle succeed, does its validator tell right from wrong.

| kind | what is wrong |
| --- | --- |
| load | the file could not be imported, or took an id that another one has |
| initialise | apps or events could not be built |
| oracle | the oracle run breaks off, or its own validator does not accept it |
| oracle_action | an oracle action fails |
| event | an event of the world fails in the oracle run |
| strict | published and strict verdict of the oracle run differ |
| unreachable | an event never happens, in the oracle run either |
| idle | a run in which nobody does anything breaks off |
| agent_mode | an event waits for an oracle event, so it never happens in a run with agents |
| validator | the validator breaks off, gives no verdict, or accepts a run in which nobody did anything |
| source | building it reads the wall clock, draws unseeded randomness, starts a thread, opens a socket |
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pare.kernel.abstract_event import AbstractEvent, StopEvent
from pare.kernel.calls import OracleEvent
from pare.kernel.checks import AgentValidationEvent
from pare.kernel.enums import EnvironmentType, EventType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.graph import EventGraph
from pare.notifications import NotificationSystem
from pare.scenario_runner import oracle_environment
from pare.scenario_runner.verdicts import states_for_strict_verdict, strictly_validated, verdict_as_given
from pare.scenarios.discovery import Failure
from pare.scenarios.lint import source_findings
from pare.scenarios.scenario import Scenario
from pare.scenarios.source_digest import files_beside
from pare.scenarios.validation_result import ScenarioValidationResult

_CHECK = "-CHECK_"


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a scenario, by a kind of the table above."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def inspect_scenario(make: Callable[[], Scenario]) -> list[Problem]:
    """Give what is wrong with the scenario that `make` constructs; each run gets one of its own."""
    try:
        scenario = make()
        scenario.initialize()
    except Exception as error:  # noqa: BLE001 - whatever building raises is a finding
        return [Problem("initialise", _said(error))]
    found = list(source_problems(type(scenario)))
    found += agent_mode_problems(scenario)
    found += oracle_problems(scenario)
    known = [problem.text for problem in found if problem.kind == "oracle"]
    found += (problem for problem in idle_problems(make) if problem.text not in known)
    return list(dict.fromkeys(found))


def source_problems(scenario_class: type[Scenario]) -> Iterator[Problem]:
    """Give what the file of a scenario, and those beside it that it imports, do while it is built."""
    own = getattr(sys.modules.get(scenario_class.__module__), "__file__", None)
    if own is None or not linecache.getlines(own):
        return
    for path in (Path(own), *sorted(files_beside(Path(own)))):
        for finding in source_findings("".join(linecache.getlines(str(path)))):
            yield Problem("source", f"{path.name}, {finding}")


def agent_mode_problems(scenario: Scenario) -> Iterator[Problem]:
    """Give the events of the world that wait for an oracle event, with the first such one."""
    behind: dict[AbstractEvent, str] = {}
    for event in EventGraph(scenario.events).order:
        causes = [behind[parent.in_graph()] for parent in event.dependencies if parent.in_graph() in behind]
        if isinstance(event, OracleEvent):
            behind[event] = event.event_id
        elif causes:
            behind[event] = causes[0]
            yield Problem(
                "agent_mode",
                f"{event.event_id!r} waits for the oracle event {causes[0]!r}, so it never happens in a run "
                "with agents; let it wait for a condition, or for an event of the world",
            )


def oracle_problems(scenario: Scenario) -> Iterator[Problem]:
    """Play the oracle of an initialised scenario and give what is wrong with it."""
    environment = oracle_environment()
    try:
        environment.run(scenario)
        states = states_for_strict_verdict(environment)
    except Exception as error:  # noqa: BLE001 - whatever a run raises is a finding
        yield Problem("oracle", f"the run breaks off: {_said(error)}")
        return
    published, problems = _verdict(scenario, environment)
    yield from problems
    if published is not None and not published.success:
        yield Problem("oracle", f"its own validator does not accept it: {_reason(published)}")
    yield from _failed_calls(environment)
    yield from _unreachable(scenario, environment)
    if published is None:
        return
    strict = strictly_validated(scenario, environment, published, states)
    if strict != published.success:
        yield Problem(
            "strict",
            f"the validator says {published.success} of the whole log, and {strict} with failed calls hidden",
        )


def idle_problems(make: Callable[[], Scenario]) -> Iterator[Problem]:
    """Let a scenario take its course with nobody at the phone; its validator must not accept that."""
    environment = Environment(EnvironmentConfig(), EnvironmentType.CLI, NotificationSystem())
    try:
        scenario = make()
        scenario.initialize()
        environment.run(scenario)
    except Exception as error:  # noqa: BLE001 - whatever a run raises is a finding
        yield Problem("idle", f"the run breaks off: {_said(error)}")
        return
    verdict, problems = _verdict(scenario, environment)
    yield from problems
    if verdict is not None and verdict.success:
        yield Problem("validator", "it accepts a run in which nobody did anything")


def _verdict(
    scenario: Scenario, environment: Environment
) -> tuple[ScenarioValidationResult | None, list[Problem]]:
    """Ask the validator; give its verdict, if it has one, and what is wrong with that."""
    try:
        given = verdict_as_given(scenario, environment)
    except Exception as error:  # noqa: BLE001 - whatever a validator raises is a finding
        return None, [Problem("validator", f"it breaks off: {_said(error)}")]
    success: object = given.success  # whatever the scenario put there
    if success is None or isinstance(success, bool):
        return given, []
    kind = type(success).__name__
    return (
        replace(given, success=bool(success)),
        [Problem("validator", f"`success` is of type {kind}; make it a bool, and its truth no accident")],
    )


def unregistered(files: Iterable[Path]) -> list[Failure]:
    """Give the scenario classes of `files` that no id leads to, apart from bases of those that have one."""
    paths = {str(file) for file in files}
    found = []
    for cls in _below(Scenario):
        place = getattr(sys.modules.get(cls.__module__), "__file__", None)
        is_there = getattr(sys.modules.get(cls.__module__), cls.__name__, None) is cls
        if place in paths and is_there and _has_a_plan(cls) and not _leads_to_an_id(cls):
            reason = f"the class {cls.__name__} is not registered; put @register_scenario(id) above it"
            found.append(Failure(place, reason))
    return sorted(found, key=str)


def _below(cls: type[Scenario]) -> Iterator[type[Scenario]]:
    for child in cls.__subclasses__():
        yield child
        yield from _below(child)


def _has_a_plan(cls: type[Scenario]) -> bool:
    return cls.build_events_flow is not Scenario.build_events_flow


def _leads_to_an_id(cls: type[Scenario]) -> bool:
    return any("_registered_as" in vars(item) for item in (cls, *_below(cls)))


def _failed_calls(environment: Environment) -> Iterator[Problem]:
    for event in environment.event_log.list_view():
        if event.failed():
            is_oracle = event.event_type is EventType.AGENT
            kind = "oracle_action" if is_oracle else "event"
            call = f"{event.app_name()}.{event.function_name()}"
            yield Problem(kind, f"{event.event_id!r} ({call}) fails: {event.metadata.exception}")


def _unreachable(scenario: Scenario, environment: Environment) -> Iterator[Problem]:
    happened = {event.event_id.partition(_CHECK)[0] for event in environment.event_log.events}
    for event in EventGraph(scenario.events).order:
        is_logged = not isinstance(event, (StopEvent, AgentValidationEvent))
        if is_logged and not event.is_noise and event.event_id.partition(_CHECK)[0] not in happened:
            end = environment.end_reason or "its end"
            yield Problem("unreachable", f"{event.event_id!r} never happens; the oracle run ends by {end}")


def _reason(result: ScenarioValidationResult) -> str:
    said = f"success is {result.success}" if result.exception is None else _said(result.exception)
    return result.rationale or said


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
