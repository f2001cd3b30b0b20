"""Write scenarios and runs as JSON by the published calls."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel

from pare.compat.json_scenarios import export_json_scenario
from pare.compat.json_scenarios.models import (
    WrittenAction,
    WrittenApp,
    WrittenArg,
    WrittenCompletedEvent,
    WrittenEvent,
    WrittenOutcome,
)
from pare.errors import PareError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action, ActionDescription, EventMetadata
from pare.kernel.calls import CompletedEvent
from pare.kernel.checks import ConditionCheckAction
from pare.kernel.environment import Environment
from pare.kernel.serialization import to_plain
from pare.logs import get_logger
from pare.scenarios.scenario import Scenario
from pare.traces.encoding import encoded
from pare.traces.export import interactions
from pare.traces.exported import as_text, exported_action, exported_completed, exported_event
from pare.traces.files import replace_file, run_name


class JsonScenarioExporter:
    """Writes a scenario together with what took place in an environment."""

    def export_to_json(  # noqa: PLR0913 - the published call
        self,
        env: Environment,
        scenario: Scenario,
        scenario_id: str,
        runner_config: BaseModel | None = None,
        model_id: str | None = None,
        agent_id: str | None = None,
        validation_decision: str | None = None,
        annotation_id: str | None = None,
        annotator_name: str | None = None,
        context: str | None = None,
        comment: str | None = None,
        indent: int | None = None,
        apps_state: Any = None,  # noqa: ARG002 - published, and not used there either
        world_logs: Iterable[Any] | None = None,
        export_apps: bool = True,
        scenario_exception: BaseException | None = None,
        **kwargs: Any,  # noqa: ARG002 - published
    ) -> str:
        """Give the whole as JSON text: apps as they began, the plan, and what took place.

        Raises:
            JsonScenarioError: parts of the plan have no form in JSON; all of them.
        """
        data = orjson.loads(export_json_scenario(scenario, env))
        metadata = data["metadata"]
        metadata["definition"] |= {"scenario_id": scenario_id, **_raised(scenario_exception)}
        metadata["simulation"] = {"agent_id": agent_id, "model_id": model_id}
        given = {
            "annotation_id": annotation_id,
            "annotator": annotator_name,
            "validation_decision": validation_decision,
            "comment": comment,
        }
        metadata["annotation"] |= {name: value for name, value in given.items() if value is not None}
        metadata["runner_config"] = None if runner_config is None else runner_config.model_dump(mode="json")
        data["world_logs"] = [encoded(_plain(log)).decode() for log in world_logs or ()]
        data["context"] = context
        if not export_apps and metadata["definition"]["hf_metadata"] is not None:
            data["apps"] = []
        return json.dumps(data, indent=indent, ensure_ascii=False)

    def export_to_json_lite(  # noqa: PLR0913 - the published call
        self,
        env: Environment,
        scenario: Scenario,
        scenario_id: str,
        model_id: str | None = None,
        agent_id: str | None = None,
        validation_decision: str | None = None,
        validation_rationale: str | None = None,
        run_duration: float | None = None,
    ) -> str:
        """Give what the agents saw and said, as the environment's world log has it."""
        facts = {
            "model_id": model_id,
            "main_agent_type": agent_id,
            "validation_decision": validation_decision or scenario.status.name,
            "validation_rationale": validation_rationale,
            "run_duration": run_duration,
        }
        logs = [_plain(log) for log in env.get_world_logs()]
        return encoded(interactions(scenario_id, facts, logs)).decode()

    def export_to_json_file(  # noqa: PLR0913 - the published call
        self,
        env: Environment,
        scenario: Scenario,
        model_id: str | None = None,
        agent_id: str | None = None,
        validation_decision: str | None = None,
        validation_rationale: str | None = None,
        run_duration: float | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        export_apps: bool = True,
        trace_dump_format: str = "hf",
        scenario_exception: BaseException | None = None,
        runner_config: BaseModel | None = None,
    ) -> tuple[bool, str | None]:
        """Write `hf`, `lite` or `both`, which go into directories of their own; give success and path.

        What cannot be written is logged.
        """
        formats = ("hf", "lite") if trace_dump_format == "both" else (trace_dump_format,)
        directory = Path(output_dir or tempfile.gettempdir())
        name = run_name(scenario.scenario_id, scenario.run_number) + ".json"
        said = (model_id, agent_id, validation_decision)
        paths = [directory / (item if len(formats) > 1 else ".") / name for item in formats]
        try:
            for item, path in zip(formats, paths, strict=True):
                if item == "hf":
                    text = self.export_to_json(
                        env,
                        scenario,
                        scenario.scenario_id,
                        runner_config,
                        *said,
                        comment=validation_rationale,
                        world_logs=env.get_world_logs(),
                        export_apps=export_apps,
                        scenario_exception=scenario_exception,
                    )
                elif item == "lite":
                    rest = (validation_rationale, run_duration)
                    text = self.export_to_json_lite(env, scenario, scenario.scenario_id, *said, *rest)
                else:
                    raise ValueError(f"there is no trace format {item!r}; there are hf, lite and both")
                replace_file(path, text.encode())
        except (PareError, OSError, ValueError) as error:
            get_logger().error("trace.export_failed", scenario_id=scenario.scenario_id, reason=str(error))
            return False, None
        return True, str(paths[0])

    # -- parts ------------------------------------------------------------------------------------

    @staticmethod
    def process_state(state: dict[str, Any] | None) -> dict[str, Any] | None:
        """Give a state as plain data."""
        found: dict[str, Any] | None = to_plain(state)
        return found

    @staticmethod
    def convert_app(app_name: str, app_class: str, app_state: dict[str, Any] | None) -> WrittenApp:
        """Give an app as it is written."""
        return WrittenApp(name=app_name, class_name=app_class, app_state=to_plain(app_state))

    @staticmethod
    def convert_event(event: AbstractEvent) -> WrittenEvent:
        """Give a planned event as it is written."""
        return WrittenEvent.model_validate(exported_event(event))

    @staticmethod
    def convert_completed_event(event: CompletedEvent) -> WrittenCompletedEvent:
        """Give an event that took place as it is written."""
        return WrittenCompletedEvent.model_validate(exported_completed(event, None, None))

    @staticmethod
    def convert_event_metadata(metadata: EventMetadata) -> WrittenOutcome:
        """Give what came of an event as it is written."""
        value = metadata.return_value
        return WrittenOutcome(
            return_value=as_text(value),
            return_value_type=None if value is None else type(value).__name__,
            exception=metadata.exception,
            exception_stack_trace=metadata.exception_stack_trace,
        )

    @staticmethod
    def convert_action(action: Action | ConditionCheckAction) -> WrittenAction:
        """Give a call, or a condition, as it is written."""
        return WrittenAction.model_validate(exported_action(action))

    @staticmethod
    def convert_action_args(name: str, value: Any) -> WrittenArg:
        """Give an argument as it is written."""
        kind = None if value is None else type(value).__name__
        return WrittenArg(name=name, value=as_text(value), value_type=kind)

    @staticmethod
    def convert_oracle_action(action_desc: ActionDescription) -> WrittenAction:
        """Give what an agent is expected to call as it is written."""
        args = tuple(WrittenArg.model_validate(arg) for arg in action_desc.args)
        return WrittenAction(action_id="", app=action_desc.app, function=action_desc.function, args=args)


def _plain(log: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict(log) if isinstance(log, dict) else log.to_dict()
    return found


def _raised(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    return {
        "has_exception": True,
        "exception_type": type(error).__name__,
        "exception_message": str(error),
    }
