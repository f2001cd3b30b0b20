"""The life of a scenario: initialise, look up, judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from pare.apps.base import App
from pare.apps.email import Email
from pare.errors import EventGraphError, NoAppsError, UnknownAppError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.enums import CapabilityTag
from pare.kernel.environment import Environment
from pare.kernel.events import ValidationEvent
from pare.kernel.recording import EventRegisterer
from pare.scenario_runner import play_oracle
from pare.scenarios import Scenario
from pare.scenarios.scenario import INTERNAL_APP_NAMES
from tests.kernel.phone import Diary, arrival


class Diaries(Scenario):
    """An entry arrives, the agent answers it; the diary holds one entry before."""

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.diary = Diary()
        self.diary.add("before")
        self.apps = [self.diary]

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            arrives = self.diary.arrive("news").depends_on(None, 5)
            answers = self.diary.write("seen").oracle().depends_on(arrives, 2)
        self.events = [arrives, answers]


def lines_of(scenario: Scenario) -> list[dict[str, Any]]:
    run = play_oracle(scenario)
    assert run.result.exception is None
    return run.environment.event_log.lines()


class Told(Diary):
    """A diary that tells what is done with it."""

    def __init__(self, told: list[Any]) -> None:
        super().__init__("Told")
        self.told = told

    def set_seed(self, seed: int) -> None:
        self.told.append(("seed", seed))
        super().set_seed(seed)

    def get_state(self) -> dict[str, Any]:
        self.told.append("state")
        return {"entries": self.entries, "tag": CapabilityTag.Time, "raw": b"ab"}


class Steps(Scenario):
    """It notes the order of its steps."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.told: list[Any] = []

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.told.append(("apps", args, kwargs))
        self.apps = [Told(self.told)]

    def apply_augmentation_configs(self) -> None:
        self.told.append("noise")

    def build_events_flow(self) -> None:
        self.told.append(("events", self._initialized))


def test_initialize_takes_its_steps_in_order_and_once() -> None:
    scenario = Steps(seed=8)
    scenario.initialize(sandbox_dir=Path("sandbox"))
    assert scenario.told[:5] == [
        ("apps", (), {"sandbox_dir": Path("sandbox")}),
        ("seed", 8),
        "noise",
        ("events", False),
        "state",
    ]
    told = list(scenario.told)
    scenario.initialize(sandbox_dir=Path("elsewhere"))
    assert (scenario.told, scenario._initialized) == (told, True)
    assert [item for item in told if item == ("seed", 8)] == [("seed", 8)]


def test_the_snapshot_is_json_text_by_app_name() -> None:
    scenario = Steps()
    scenario.initialize()
    assert scenario._initial_apps is not None
    (initial,) = scenario._initial_apps.values()
    assert (list(scenario._initial_apps), initial["class_name"]) == (["Told"], "Told")
    assert orjson.loads(initial["serialized_state"]) == {"entries": [], "tag": "Time", "raw": "YWI="}


def test_an_app_without_a_state_is_stored_as_null() -> None:
    scenario = Diaries()
    scenario.initialize()
    assert scenario._initial_apps == {"Diary": {"class_name": "Diary", "serialized_state": "null"}}


@pytest.mark.parametrize("apps", [None, []])
def test_a_scenario_without_apps_is_refused(apps: Any) -> None:
    scenario = Scenario(scenario_id="empty", apps=apps)
    with pytest.raises(NoAppsError, match=r"'empty' has no apps; set self\.apps"):
        scenario.initialize()
    assert scenario._initialized is False


def test_two_apps_of_one_name_are_refused() -> None:
    with pytest.raises(NoAppsError, match="'twice' has more than one app named 'Diary'"):
        Scenario(scenario_id="twice", apps=[Diary(), App("Other"), Diary()]).initialize()


def test_a_plan_that_cannot_run_is_refused_by_name() -> None:
    diary = Diary()
    first, second = arrival(diary, "one"), arrival(diary, "one")
    with pytest.raises(EventGraphError, match=r"scenario 'talk': two events carry the id 'one'"):
        Scenario(scenario_id="talk", apps=[diary], events=[first, second]).initialize()


def test_ids_depend_on_the_seed_and_on_nothing_else() -> None:
    class Drawing(Scenario):
        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            self.mail = Email()
            self.apps = [Diary()]

        def drawn(self) -> tuple[str, str]:
            self.initialize()
            return self.mail.email_id, (self.apps or [])[0].new_id()

    late = Drawing(run_number=4)
    late.seed = 5
    assert Drawing(seed=5).drawn() == Drawing(seed=5, run_number=2).drawn() == late.drawn()
    assert not set(Drawing(seed=5).drawn()) & set(Drawing(seed=6).drawn())


def test_apps_that_were_made_before_the_run_take_ids_and_times_from_it() -> None:
    class Prepared(Diaries):
        def __init__(self) -> None:
            super().__init__(apps=[Diary()])

        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            (self.diary,) = self.apps  # type: ignore[assignment, misc]
            self.made_at = self.diary.now()

    one, other = Prepared(), Prepared()
    assert lines_of(one) == lines_of(other)
    assert [line["id"] for line in lines_of(Prepared())] == [
        "ENV-Diary.arrive-00000000",
        "ENV-Diary.write-00000001",
    ]
    assert one.made_at == DEFAULT_START_TIME


# --- look-ups -------------------------------------------------------------------------------------------


class Special(Diary):
    """A diary of another class."""


def test_apps_are_looked_up_by_name_and_by_class() -> None:
    diary, special = Diary("Mine"), Special()
    scenario = Scenario(scenario_id="s", apps=[diary, special])
    assert scenario.get_app("Mine") is diary
    assert scenario.get_typed_app(Diary, "Mine") is diary
    assert scenario.get_typed_app(Special) is special
    assert scenario.get_typed_app(Diary, "Special") is special


def test_a_look_up_that_fails_names_what_is_there() -> None:
    scenario = Scenario(scenario_id="s", apps=[Diary("Mine"), Special()])
    with pytest.raises(UnknownAppError, match=r"'s' has no app 'Mina' \(apps: Mine, Special\).*'Mine'\?"):
        scenario.get_app("Mina")
    with pytest.raises(ValueError, match=r"no Diary named 'Diary' \(apps: Mine \(Diary\), Special"):
        scenario.get_typed_app(Diary)
    with pytest.raises(KeyError, match=r"no Special named 'Mine'"):
        scenario.get_typed_app(Special, "Mine")
    with pytest.raises(UnknownAppError, match=r"has no app 'x' \(apps: none\)"):
        Scenario().get_app("x")


def test_tools_come_by_role_and_without_internal_apps() -> None:
    internal = Diary(INTERNAL_APP_NAMES[0])
    scenario = Scenario(apps=[Diary(), internal])
    assert list(scenario.get_tools_by_app()) == ["Diary"]
    assert [tool.func_name for tool in scenario.get_tools()] == [
        "write",
        "read",
        "copy_last",
        "tear",
        "fetch",
    ]
    for by_app, flat, name in (
        (scenario.get_user_tools_by_app(), scenario.get_user_tools(), "tap"),
        (scenario.get_env_tools_by_app(), scenario.get_env_tools(), "arrive"),
    ):
        assert list(by_app) == ["Diary", internal.name]
        assert [tool.func_name for tool in flat] == [name, name]
    assert scenario.get_data_tools_by_app() == {"Diary": [], internal.name: []}
    assert scenario.get_data_tools() == []


def test_settings_can_be_changed() -> None:
    scenario = Scenario()
    scenario.set_duration(30)
    scenario.set_time_increment(5)
    assert (scenario.duration, scenario.time_increment_in_seconds) == (30, 5)
    scenario.set_duration(None)
    assert scenario.duration is None


# --- the default verdict --------------------------------------------------------------------------------


def judged(*events: AbstractEvent) -> Any:
    scenario = Scenario(apps=[Diary()], events=list(events), duration=10)
    scenario.initialize()
    env = Environment()
    env.run(scenario)
    return scenario.validate(env)


def written(env: Any) -> bool:
    return bool(env.get_app("Diary").entries)


def test_without_a_validator_the_validation_events_decide() -> None:
    milestone = ValidationEvent(milestones=[written]).schedule(1, timeout=5)
    assert (judged().success, judged().exception) == (True, None)
    result = judged(milestone)
    assert result.success is False
    assert "milestone missing: written" in str(result.exception)
