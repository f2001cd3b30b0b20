"""Read JSON scenarios, and make them ready for agents, by the published calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from pare.apps.base import App
from pare.compat import agent_logs
from pare.compat.config import ScenarioRunnerConfig
from pare.compat.json_scenarios import (
    Apps,
    JsonScenario,
    JsonScenarioError,
    Problem,
    export_without_oracle,
    load_json_scenario,
    load_json_trace,
)
from pare.compat.json_scenarios.models import WrittenApp
from pare.compat.json_scenarios.phone import recipes_of
from pare.compat.json_scenarios.turn_planning import execution_metadata_of
from pare.compat.published import ExecutionMetadata
from pare.errors import ConfigError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import CapabilityTag
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.turns import steps_of, turns_of
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.traces.exported import VERSION

ORACLE_EVENT_CLASS_NAME = "OracleEvent"

Imported = tuple[JsonScenario, list[CompletedEvent], list[agent_logs.BaseAgentLog]]


class JsonScenarioImporter:
    """Reads scenarios from JSON text: they are not initialised yet."""

    SUPPORTED_VERSIONS: ClassVar[list[str]] = [VERSION]

    def import_from_json(
        self,
        json_str: str | bytes,
        apps_to_skip: list[str] | None = None,
        apps_to_keep: list[str] | None = None,
        load_completed_events: bool = True,
    ) -> Imported:
        """Give the scenario, what took place in its run, and the logs of its agents.

        Raises:
            JsonScenarioError: it is no scenario; everything that is wrong with it.
        """
        text = json_str.encode() if isinstance(json_str, str) else json_str
        keep = None if apps_to_keep is None else tuple(apps_to_keep)
        apps = Apps(skip=tuple(apps_to_skip or ()), keep=keep)
        if not load_completed_events:
            return load_json_scenario(text, apps=apps), [], []
        trace = load_json_trace(text, apps=apps)
        return trace.scenario, trace.completed_events, _logs(trace.world_logs)

    import_from_json_to_benchmark = import_from_json


def _logs(written: Iterable[dict[str, Any]]) -> list[agent_logs.BaseAgentLog]:
    """Make entries of logs.

    Raises:
        JsonScenarioError: some are of no known kind, or lack what their kind has.
    """
    found: list[Problem] = []
    logs = [_log(values, f"world_logs[{place}]", found) for place, values in enumerate(written)]
    if found:
        raise JsonScenarioError("the document", found)
    return [log for log in logs if log is not None]


def _log(values: dict[str, Any], path: str, found: list[Problem]) -> agent_logs.BaseAgentLog | None:
    try:
        return agent_logs.BaseAgentLog.from_dict(values)
    except (TypeError, ValueError) as error:
        found.append(Problem(path, str(error)))
        return None


def get_apps(
    apps_metadata: Iterable[Any],
    apps_to_skip: list[str] | None = None,
    apps_to_keep: list[str] | None = None,
    sandbox_dir: str | os.PathLike[str] | None = None,
) -> list[App]:
    """Make the apps of a document, given as in its `apps`; files are kept in `sandbox_dir`.

    Raises:
        JsonScenarioError: a class is not known.
    """
    choice = Apps(skip=tuple(apps_to_skip or ()), keep=None if apps_to_keep is None else tuple(apps_to_keep))
    written = [WrittenApp.model_validate(item, from_attributes=True) for item in apps_metadata]
    found: list[Problem] = []
    recipes = list(recipes_of([app for app in written if choice.takes(app.name)], {}, found))
    if found:
        raise JsonScenarioError("the apps", found)
    return [recipe.make(sandbox_dir) for recipe in recipes]


# -- ready for agents ---------------------------------------------------------------------------------------


def build_event_id_to_turn_idx(
    scenario: Scenario, is_end_of_turn_event: Callable[[AbstractEvent], bool] | None = None
) -> None:
    """Note the turn of each event of an initialised scenario, and how many turns there are."""
    ends_turn = is_end_of_turn_event or scenario.is_send_message_to_user
    turns = turns_of(steps_of(scenario._nodes(), ends_turn), scenario.scenario_id)
    scenario.event_id_to_turn_idx = turns  # type: ignore[attr-defined]  # a field of JSON scenarios
    scenario.nb_turns = max(turns.values(), default=0) + 1


def is_oracle_event(event: Mapping[str, Any]) -> bool:
    """Tell whether a written event is one that the agent is expected to make."""
    return event.get("class_name") == ORACLE_EVENT_CLASS_NAME


def extract_execution_metadata(scenario: Scenario) -> ExecutionMetadata:
    """Tell which arguments of an initialised scenario stand for results of the agent's events."""
    turns = turns_of(steps_of(scenario._nodes(), scenario.is_send_message_to_user), scenario.scenario_id)
    return execution_metadata_of(scenario._nodes(), turns)


def preprocess_scenario_str_for_execution_without_oracle(scenario_str: str) -> str:
    """Give JSON text of a scenario with its turns planned, so that it can be played without its oracle.

    Raises:
        JsonScenarioError: it is no scenario.
    """
    return export_without_oracle(scenario_str.encode()).decode()


def get_scenario_duration(
    scenario: Scenario, max_time_scenario_duration: int, max_scenario_duration: int
) -> int:
    """Give how long a scenario lasts: those about time have a limit of their own."""
    is_about_time = CapabilityTag.Time in (scenario.tags or ())
    return max_time_scenario_duration if is_about_time else max_scenario_duration


def preprocess_scenario(
    scenario: JsonScenario,
    judge_config: Any = None,
    max_scenario_duration: int | None = None,
    offline_validation: bool = False,
    tool_augmentation_config: ToolAugmentationConfig | None = None,
    env_events_config: EnvEventsConfig | None = None,
) -> None:
    """Initialise a scenario for agents, with its turns planned; nobody judges what they do.

    Raises:
        ConfigError: a judge is asked for.
    """
    if judge_config is not None or offline_validation:
        raise ConfigError(
            "judges that are models are not here; give initialize_turns a validation_fn of your own, or "
            "judge in validate()"
        )
    if max_scenario_duration is not None:
        scenario.set_duration(max_scenario_duration)
    scenario.tool_augmentation_config = tool_augmentation_config
    scenario.env_events_config = env_events_config
    scenario.play_by_agents()
    scenario.initialize()
    scenario.initialize_turns()


def preprocess_scenario_from_config(scenario: JsonScenario, config: ScenarioRunnerConfig) -> None:
    """Initialise a scenario for a run with `config`: for its oracle, or for agents."""
    if config.oracle:
        scenario.initialize()
        scenario.patch_oracle_user_message_order()
        return
    preprocess_scenario(
        scenario,
        max_scenario_duration=get_scenario_duration(
            scenario, config.max_time_scenario_duration, config.max_scenario_duration
        ),
        tool_augmentation_config=config.tool_augmentation_config,
        env_events_config=config.env_events_config,
    )


def load_and_preprocess_scenario_str(
    config: ScenarioRunnerConfig,
    sceanrio_str: str,  # the published name
) -> tuple[JsonScenario, list[CompletedEvent] | None]:
    """Read a scenario from JSON text and initialise it for a run with `config`."""
    scenario = load_json_scenario(sceanrio_str.encode())
    preprocess_scenario_from_config(scenario, config)
    return scenario, None
