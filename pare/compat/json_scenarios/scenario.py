"""A scenario that was read from a document: apps with their states, and the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import orjson

from pare.apps.system import SystemApp
from pare.compat.json_scenarios.models import (
    Metadata,
    Planned,
    WrittenEvent,
    WrittenReference,
    WrittenValidation,
)
from pare.compat.json_scenarios.phone import AppRecipe
from pare.compat.json_scenarios.planning import planned_events, stand_ins
from pare.compat.json_scenarios.problems import Problem
from pare.compat.json_scenarios.registered import Classes, RegisteredCode, capture_problems
from pare.compat.json_scenarios.turn_planning import (
    KIND,
    EndsTurn,
    Trigger,
    Turns,
    condition_again,
    refuse_waiting,
)
from pare.compat.published import ExecutionMetadata, PlaceholderMetadata
from pare.errors import ScenarioNotInitializedError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import OracleEvent
from pare.kernel.graph import EventGraph
from pare.logs import get_logger
from pare.scenarios.augmentation import NoiseSettings
from pare.scenarios.conditions import ConditionFactory
from pare.scenarios.scenario import Scenario
from pare.scenarios.source_digest import SourceParts, source_parts
from pare.scenarios.validation_result import ScenarioValidationResult

ALONE = "default"
"""The agent that has the phone to itself: its messages are the turns of a scenario."""

ValidationFunction = Callable[[Any], ScenarioValidationResult]

NO_JUDGE = "a JSON scenario brings no validator, so there is no verdict on what agents did"


@dataclass(frozen=True)
class Written:
    """What a scenario is made from, again and again: checked, and nothing in it changes."""

    metadata: Metadata
    apps: tuple[AppRecipe, ...]
    events: tuple[WrittenEvent, ...]
    augmentation: bytes | None
    context: str | None
    validations: tuple[WrittenValidation, ...] = ()
    code: Classes = field(default_factory=dict)

    @property
    def plan(self) -> tuple[Planned, ...]:
        """The events, and the validations that stand beside them."""
        return self.events + self.validations

    @property
    def references(self) -> dict[str, WrittenReference]:
        """The events of registered scenarios that are named, by place, in the order of the plan."""
        parts: dict[str, tuple[Planned, ...]] = {
            "events": self.events,
            "registered_validations": self.validations,
        }
        return {
            f"{name}[{place}]": item.registered_event
            for name, items in parts.items()
            for place, item in enumerate(items)
            if item.registered_event is not None
        }

    @property
    def registered_scenario(self) -> str | None:
        """The id of the registered scenario that this one is, for all that no file holds."""
        return self.metadata.definition.registered_scenario

    @cached_property
    def digest(self) -> str:
        """The digest of what a run depends on."""
        definition = self.metadata.definition
        execution = self.metadata.execution
        parts = [
            *(f"{app.name} {app.app_class.__qualname__}" for app in self.apps),
            *(event.model_dump_json(exclude={"registered_event"}) for event in self.events),
            execution.model_dump_json() if execution else "",
            definition.model_dump_json(include={"duration", "tags"}),
            (self.augmentation or b"").decode(),
            *self._names(),
        ]
        states = [app.state or b"" for app in self.apps]
        return hashlib.blake2b(orjson.dumps(parts) + b"\0".join(states), digest_size=16).hexdigest()

    def _names(self) -> Iterator[str]:
        """Give what is named of registered scenarios, and their source."""
        if self.registered_scenario is not None:  # it says how turns go, and what the agents are told
            yield f"registered_scenario {self.registered_scenario}"
        for item in self.validations:
            yield item.model_dump_json()
        for event in self.events:
            if event.registered_event is not None:
                yield f"{event.event_id} {event.registered_event.model_dump_json()}"
        for name, scenario_class in sorted(self.code.items()):
            yield f"{name} {source_parts(scenario_class).scenario}"

    @property
    def validator(self) -> str:
        """The source of the validator, if a registered scenario has it."""
        whole = self.registered_scenario
        return source_parts(self.code[whole]).validator if whole else ""


class JsonScenario(Turns, Scenario):
    """A scenario that was written down as JSON; `written` is what it is made from.

    Played by agents, its turns are planned: what follows a message to the user follows the one that the
    agent sends. An oracle run takes the plan as it is.
    """

    written: ClassVar[Written]
    condition_factories: ClassVar[Mapping[str, ConditionFactory]] = {KIND: condition_again}

    execution_metadata: ExecutionMetadata | None = None
    event_id_to_turn_idx: dict[str, int] | None = None
    oracle_run_event_log: list[Any] | None = None
    hf_metadata: dict[str, Any] | None = None
    has_tool_augmentation: bool = False
    has_env_events_augmentation: bool = False
    has_exception: bool = False
    exception_type: str | None = None
    exception_message: str | None = None
    registered_events: dict[AbstractEvent, WrittenReference] = field(default_factory=dict)
    _turns_initialized: bool = False
    _for_agents: bool = False
    _counts_turns: bool = False
    _verdicts: list[ValidationFunction] = field(default_factory=list)
    _code: RegisteredCode | None = None
    _whole: Scenario | None = None

    @classmethod
    def source_parts(cls) -> SourceParts:
        """Give what stands for the source of a scenario that has none in Python."""
        return SourceParts(cls.written.digest, cls.written.validator)

    # -- life -------------------------------------------------------------------------------------

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        """Make the apps, then the events; what registered scenarios lend looks at these apps."""
        super().initialize(*args, **kwargs)
        if self._code is not None:
            self._code.move_to(self)
            self._code = None

    def set_noise(self, settings: NoiseSettings) -> None:
        """Take over the noise of a run, and learn from its settings whether agents are to play."""
        super().set_noise(settings)
        if getattr(settings, "oracle", True):
            return
        self.play_by_agents(is_alone=getattr(settings, "agent_type", None) == ALONE)

    def play_by_agents(self, is_alone: bool = True) -> None:
        """Let agents play, before it is initialised; the turns of one that is alone are counted."""
        self._for_agents = True
        self._counts_turns = is_alone and self.nb_turns is None

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the hook's
        """Make the apps; files are kept in the directory `sandbox_dir`."""
        sandbox_dir = kwargs.get("sandbox_dir")
        self.apps = [recipe.make(sandbox_dir) for recipe in self.written.apps]
        if self._is_turned and not any(isinstance(app, SystemApp) for app in self.apps):
            self.apps.append(SystemApp())

    def build_events_flow(self) -> None:
        """Plan the events, and the turns where agents are to play; a registered scenario has its own."""
        code = self._code = RegisteredCode(self.written.code, self.seed, self.start_time)
        if self.execution_metadata is None:
            self.execution_metadata = _execution_metadata(self.written.metadata)
        apps = {app.name: app for app in self.apps or ()}
        plan = self.written.plan
        self.events = planned_events(plan, apps, self.condition_factories, self.execution_metadata, code)
        self.registered_events = {
            event: item.registered_event
            for event, item in zip(self.events, plan, strict=True)
            if item.registered_event is not None
        }
        self._take_over_whole(code)
        execution = self.written.metadata.execution
        self.events += stand_ins(execution.placeholders if execution else (), self.events)
        if self._is_turned:
            EventGraph(self.events, self.scenario_id)
            waiting = self.add_turn_conditions(None, self.is_send_message_to_user)
            self._turns_initialized = True
            self.nb_turns = self._turn_count() if self._counts_turns else self.nb_turns
            if waiting:
                get_logger().warning(
                    "scenario.events_wait_for_oracle", scenario_id=self.scenario_id, events=waiting[:10]
                )

    @property
    def _is_turned(self) -> bool:
        """Whether turns are planned: where agents play, unless a registered scenario is played as it is."""
        return self._for_agents and self.written.registered_scenario is None

    def _take_over_whole(self, code: RegisteredCode) -> None:
        """Take over from the registered scenario what no file holds."""
        whole = self.written.registered_scenario
        if whole is not None:
            self._whole = made = code.scenario(whole)
            self.additional_system_prompt = self.additional_system_prompt or made.additional_system_prompt
            self.nb_turns = made.nb_turns if self.nb_turns is None else self.nb_turns

    def validate(self, env: Any) -> ScenarioValidationResult:
        """Judge a run by what `initialize_turns` was given, by the registered scenario, or by the plan."""
        if self._whole is not None and not self._verdicts:
            return self._whole.validate(env)
        result = super().validate(env)
        if not result.success:
            return result
        if self._verdicts:
            verdicts = (judge(env) for judge in self._verdicts)
            return next((item for item in verdicts if not item.success), result)
        if getattr(env, "oracle_mode", False):
            return self._oracle_result(env)
        return ScenarioValidationResult(success=None, rationale=NO_JUDGE)

    def capture_problems(self) -> list[Problem]:
        """Tell what of registered scenarios would look at another phone than that of this initialised one."""
        code = RegisteredCode(self.written.code, self.seed, self.start_time)
        return list(capture_problems(code, self, self.written.references, self.written.registered_scenario))

    def _oracle_result(self, env: Any) -> ScenarioValidationResult:
        done = {event.event_id for event in env.event_log.events if not event.failed()}
        missing = [
            event.event_id
            for event in self.events
            if isinstance(event, OracleEvent) and event.event_id not in done
        ]
        if missing:
            return ScenarioValidationResult(False, rationale=f"not as planned: {', '.join(missing[:10])}")
        return ScenarioValidationResult(success=True)

    # -- turns ------------------------------------------------------------------------------------

    def initialize_turns(
        self,
        trigger_condition: Trigger | None = None,
        validation_fn: ValidationFunction | None = None,
        is_end_of_turn_event: EndsTurn | None = None,
        offline_validation: bool = False,
    ) -> None:
        """Plan the turns of an initialised scenario; a second call does nothing.

        `validation_fn` judges a run: once, or `offline_validation`, for each turn until it says no.

        Raises:
            ScenarioNotInitializedError: ``initialize()`` has not been called.
            EventGraphError: an event waits for an event of the oracle that ends no turn.
        """
        if not self._initialized:
            raise ScenarioNotInitializedError(
                f"scenario {self.scenario_id!r} is not initialised; call scenario.initialize() first"
            )
        if self._turns_initialized:
            return
        ends_turn = is_end_of_turn_event or self.is_send_message_to_user
        with self.run_context.active():
            waiting = self.add_turn_conditions(trigger_condition, ends_turn)
        refuse_waiting(waiting, self.scenario_id)
        self._turns_initialized = True
        count = self._turn_count()
        self.nb_turns = count if self._whole is None else self.nb_turns
        if validation_fn is not None:
            self._verdicts = [validation_fn] * (count if offline_validation else 1)

    def _turn_count(self) -> int:
        return max((self.event_id_to_turn_idx or {}).values(), default=0) + 1


def _execution_metadata(metadata: Metadata) -> ExecutionMetadata | None:
    execution = metadata.execution
    if execution is None:
        return None
    placeholders = [PlaceholderMetadata(**item.model_dump()) for item in execution.placeholders]
    return ExecutionMetadata(execution.has_placeholder_conflicts, placeholders)
