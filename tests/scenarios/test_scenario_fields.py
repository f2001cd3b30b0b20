"""The fields of a scenario, and the class attributes that are their defaults."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.enums import CapabilityTag, Hint, HintType
from pare.scenarios import PAREScenario, Scenario, ScenarioStatus

DEFAULTS: list[tuple[str, Any]] = [
    ("_initialized", False),
    ("is_benchmark_ready", False),
    ("events", []),
    ("apps", []),
    ("tags", ()),
    ("scenario_id", ""),
    ("seed", 0),
    ("nb_turns", None),
    ("run_number", None),
    ("config", None),
    ("has_a2a_augmentation", False),
    ("status", ScenarioStatus.Draft),
    ("comment", None),
    ("annotation_id", None),
    ("hints", []),
    ("additional_system_prompt", None),
    ("start_time", DEFAULT_START_TIME),
    ("duration", None),
    ("queue_based_loop", False),
    ("time_increment_in_seconds", 1),
    ("working_dir", ""),
    ("_initial_apps", None),
    ("tool_augmentation_config", None),
    ("env_events_config", None),
    ("gui_config", None),
    ("augmentation_data", {}),
]


@pytest.mark.parametrize("scenario_class", [Scenario, PAREScenario])
def test_fields_stand_in_the_published_order_with_the_published_defaults(scenario_class: Any) -> None:
    scenario = scenario_class()
    assert [(item.name, getattr(scenario, item.name)) for item in fields(scenario)] == DEFAULTS


def test_nothing_mutable_is_shared_between_instances() -> None:
    one, other = Scenario(), Scenario()
    for name in ("events", "apps", "hints", "augmentation_data"):
        assert getattr(one, name) is not getattr(other, name)


def test_none_for_a_list_is_an_empty_list() -> None:
    scenario = Scenario(events=None, apps=None, hints=None)  # type: ignore[arg-type]
    assert (scenario.events, scenario.apps, scenario.hints) == ([], [], [])


def test_a_scenario_without_a_start_time_starts_on_a_monday_at_nine() -> None:
    for scenario in (Scenario(), Scenario(start_time=None), PAREScenario()):
        assert datetime.fromtimestamp(scenario.start_time or 0, UTC) == datetime(2025, 1, 6, 9, tzinfo=UTC)
    assert Scenario(start_time=0.0).start_time == 0.0


def test_plain_class_attributes_are_the_defaults_of_instances() -> None:
    class Ready(PAREScenario):
        start_time = 0
        status = ScenarioStatus.Valid
        is_benchmark_ready = True
        additional_system_prompt = "be brief"
        tags = (CapabilityTag.Time,)
        time_increment_in_seconds = 5

    class Busy(Ready):
        seed = 3
        status = ScenarioStatus.Safe

    ready, busy = Ready(), Busy()
    assert (ready.start_time, ready.status, ready.is_benchmark_ready) == (0, ScenarioStatus.Valid, True)
    assert (ready.additional_system_prompt, ready.tags) == ("be brief", (CapabilityTag.Time,))
    assert (busy.seed, busy.status, busy.time_increment_in_seconds) == (3, ScenarioStatus.Safe, 5)
    assert [item.name for item in fields(Busy)] == [name for name, _ in DEFAULTS]


def test_a_keyword_wins_over_the_class_attribute() -> None:
    class Ready(PAREScenario):
        seed = 3
        status = ScenarioStatus.Valid
        tags = (CapabilityTag.Time,)
        duration = 60

    scenario = Ready(seed=0, status=ScenarioStatus.Draft, tags=(), duration=None)
    assert (scenario.seed, scenario.status, scenario.tags, scenario.duration) == (
        0,
        ScenarioStatus.Draft,
        (),
        None,
    )
    assert Ready(False, True).is_benchmark_ready is True  # by position


def test_a_mutable_class_attribute_is_copied_for_each_instance() -> None:
    class Hinted(Scenario):
        hints = [Hint(HintType.TASK_HINT, "look", "e1")]  # noqa: RUF012
        augmentation_data = {"apps": []}  # noqa: RUF012

    one, other = Hinted(), Hinted()
    assert one.hints is not None
    one.hints[0].content = "changed"
    one.augmentation_data["apps"].append(1)
    assert (other.hints, other.augmentation_data) == (
        [Hint(HintType.TASK_HINT, "look", "e1")],
        {"apps": []},
    )


def test_an_annotated_attribute_is_a_field_of_its_own() -> None:
    class Counted(Scenario):
        amount: int = 4
        LIMIT: ClassVar[int] = 9
        start_time: float | None = 100

    class More(Counted):
        amount = 5

    assert (Counted().amount, Counted(amount=1).amount, Counted().start_time) == (4, 1, 100)
    assert (More().amount, More(amount=6).amount) == (5, 6)
    assert [item.name for item in fields(Counted)][-1] == "amount"
    assert "LIMIT" not in {item.name for item in fields(Counted)}


def test_an_annotated_mutable_default_is_refused_as_in_any_dataclass() -> None:
    with pytest.raises(ValueError, match="mutable default"):

        class Wrong(Scenario):
            names: list[str] = []  # noqa: RUF012


def test_methods_and_properties_are_no_defaults() -> None:
    class Odd(Scenario):
        @property
        def comment(self) -> str:  # type: ignore[override]
            return "always"

        @comment.setter
        def comment(self, value: str | None) -> None:
            pass

    assert Odd().comment == "always"


def test_an_init_of_the_scenarios_own_keeps_the_class_attributes() -> None:
    class Own(Scenario):
        seed = 7
        start_time = 50.0
        tags = [CapabilityTag.Time]  # noqa: RUF012

        def __init__(self, friend: str, **settings: Any) -> None:
            super().__init__(**settings)
            self.friend = friend

    scenario = Own("Ana", duration=9)
    assert (scenario.friend, scenario.seed, scenario.start_time, scenario.duration) == ("Ana", 7, 50.0, 9)
    assert scenario.tags == [CapabilityTag.Time]
    assert Own("Ana", seed=0).seed == 0


def test_a_plain_class_that_is_mixed_in_brings_defaults() -> None:
    class Short:
        duration = 60

    class ShortScenario(Short, Scenario):
        pass

    class BehindTheBase(Scenario, Short):
        pass

    assert (ShortScenario().duration, BehindTheBase().duration) == (60, None)


def test_scenarios_are_compared_by_identity() -> None:
    assert Scenario() != Scenario()
    assert len({Scenario(), Scenario()}) == 2
