"""The document as the format has it: names, types, and what is left out. Unknown keys are ignored."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

LATEST = 253_402_300_799.0
"""The last second that a calendar can name; no time in a document is later."""

MOST_EVENTS = 20_000
MOST_APPS = 1_000


def _printable(text: str) -> str:
    """Insist that a name can be shown on a terminal as it is."""
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_printable)]
Seconds = Annotated[float, Field(ge=0, le=LATEST, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


class WrittenArg(_Part):
    """An argument: its value as text, and the name of its type."""

    name: Name
    value: str | None = None
    value_type: str | None = None


class WrittenAction(_Part):
    """A call, or a condition by name."""

    action_id: str
    app: str | None = None
    function: str | None = None
    operation_type: str | None = None
    args: tuple[WrittenArg, ...] | None = None


class WrittenReference(_Part):
    """An event of a registered scenario."""

    scenario_id: Name
    event_id: Name


class WrittenEvent(_Part):
    """A planned event; the comparator is an oracle event's.

    `registered_event` is the one whose condition it has, as a file cannot hold one in Python.
    """

    class_name: str
    event_type: str
    event_time: Seconds | None
    event_id: Name
    dependencies: tuple[str, ...]
    event_relative_time: Seconds | None
    action: WrittenAction | None = None
    event_time_comparator: str | None = None
    registered_event: WrittenReference | None = None


class WrittenValidation(_Part):
    """A watch over a run; its milestones and minefields are those of `registered_event`."""

    class_name: str
    event_id: Name
    event_time: Seconds | None = None
    dependencies: tuple[str, ...] = ()
    event_relative_time: Seconds | None = None
    registered_event: WrittenReference


Planned = WrittenEvent | WrittenValidation


class WrittenOutcome(_Part):
    """What came of an event; mode and turn are an agent's."""

    return_value: str | None = None
    return_value_type: str | None = None
    exception: str | None = None
    exception_stack_trace: str | None = None
    proactive_mode: str | None = None
    turn_number: int | None = None


class WrittenCompletedEvent(_Part):
    """An event that took place."""

    class_name: str
    event_type: str
    event_time: Seconds
    event_id: Name
    dependencies: tuple[str, ...]
    event_relative_time: Seconds | None
    action: WrittenAction | None = None
    metadata: WrittenOutcome | None = None


class WrittenHint(_Part):
    """A hint beside an event."""

    hint_type: str
    content: str
    associated_event_id: str


class WrittenDataset(_Part):
    """Where a scenario was published."""

    dataset: str
    split: str
    revision: str | None = None


class Definition(_Part):
    """What a scenario says of itself."""

    scenario_id: Name
    seed: int | None = None
    duration: Seconds | None = None
    time_increment_in_seconds: Annotated[int, Field(ge=1)] | None = None
    start_time: Seconds | None = None
    run_number: int | None = None
    hints: tuple[WrittenHint, ...] = ()
    config: str | None = None
    has_a2a_augmentation: bool = False
    has_tool_augmentation: bool = False
    has_env_events_augmentation: bool = False
    has_exception: bool = False
    exception_type: str | None = None
    exception_message: str | None = None
    tags: tuple[str, ...] | None = None
    hf_metadata: WrittenDataset | None = None
    registered_scenario: Name | None = None


class Simulation(_Part):
    """Who played."""

    agent_id: str | None = None
    model_id: str | None = None


class Annotation(_Part):
    """What was said of it, by whom and when (seconds since the epoch)."""

    annotation_id: str | None = None
    annotator: str | None = None
    validation_decision: str | None = None
    comment: str | None = None
    date: float = 0.0


class WrittenPlaceholder(_Part):
    """An argument that stands for the result of an agent's event."""

    parent_tool_name: str
    parent_turn_idx: int
    parent_event_id: Name
    placeholder_turn_idx: int
    placeholder_event_id: Name


class Execution(_Part):
    """What is needed of the oracle where it is not played."""

    has_placeholder_conflicts: bool
    placeholders: tuple[WrittenPlaceholder, ...]


class Metadata(_Part):
    """All that is said about a scenario."""

    definition: Definition
    simulation: Simulation | None = None
    annotation: Annotation | None = None
    execution: Execution | None = None
    runner_config: dict[str, Any] | None = None


class WrittenApp(_Part):
    """An app with its state as it begins."""

    name: Name
    class_name: str | None = None
    app_state: dict[str, Any] | None = None


class Document(_Part):
    """The whole."""

    metadata: Metadata
    version: str
    apps: Annotated[tuple[WrittenApp, ...], Field(max_length=MOST_APPS)] = ()
    events: Annotated[tuple[WrittenEvent, ...], Field(max_length=MOST_EVENTS)] = ()
    completed_events: tuple[WrittenCompletedEvent, ...] = ()
    world_logs: tuple[str, ...] = ()
    context: str | None = None
    augmentation: dict[str, Any] | None = None
    registered_validations: Annotated[tuple[WrittenValidation, ...], Field(max_length=MOST_EVENTS)] = ()
