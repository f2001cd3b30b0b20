"""Scenarios as JSON files that name code of registered scenarios: conditions, validations, the validator."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

from pare.cli.main import app
from pare.compat.json_scenarios import (
    Apps,
    JsonScenario,
    JsonScenarioError,
    export_json_scenario,
    export_without_oracle,
    left_out,
    load_json_scenario,
)
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent, ValidationEvent
from pare.scenario_runner import play_oracle
from pare.scenarios import Scenario, benchmark
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.hashing import scenario_hashes
from pare.scenarios.utils.registry import registry
from tests.compat.json_documents import garden, packed
from tests.played import good_script, played, scripted

BUNDLED = sorted(file.stem for file in Path(benchmark.__file__).parent.glob("[!_]*.py"))
SEAT, PLUMBER = "course_seat_until_noon", "plumber_answers_the_leak"

Document = dict[str, Any]


def lines(scenario: Scenario) -> list[dict[str, Any]]:
    return play_oracle(scenario).environment.event_log.lines()


def document_of(scenario_id: str) -> Document:
    found: Document = json.loads(export_json_scenario(registry.create(scenario_id)))
    return found


def problems(document: Document) -> list[tuple[str, str]]:
    with pytest.raises(JsonScenarioError) as caught:
        load_json_scenario(packed(document))
    return [(item.path, item.message) for item in caught.value.problems]


# -- every bundled scenario ---------------------------------------------------------------------------------


def test_every_bundled_scenario_is_looked_at() -> None:
    assert sorted(registry.get_all_scenarios()) == BUNDLED


@pytest.mark.parametrize("scenario_id", BUNDLED)
def test_a_bundled_scenario_comes_back_whole(scenario_id: str) -> None:
    text = export_json_scenario(registry.create(scenario_id))
    run = play_oracle(load_json_scenario(text))
    expected = play_oracle(registry.create(scenario_id))
    written, expected_lines = run.environment.event_log.lines(), expected.environment.event_log.lines()
    assert json.dumps(written).encode() == json.dumps(expected_lines).encode()
    assert (run.result.success, run.result.rationale) == (True, None)
    again = load_json_scenario(text)
    assert export_json_scenario(again) == text
    assert export_json_scenario(load_json_scenario(export_json_scenario(again))) == text
    assert left_out(again) == left_out(registry.create(scenario_id)) == []


def test_a_validator_that_is_named_judges_agents(tmp_path: Path) -> None:
    scenario_id = "dentist_moves_appointment"
    python = registry.create(scenario_id)
    (tmp_path / "dentist.json").write_bytes(export_json_scenario(python))

    def outcome(steps: Any) -> Any:
        run = anyio.run(lambda: played(scripted(steps), scenario_id=scenario_id))
        found = [line | {"id": None} for line in run.environment.event_log.lines()]
        return found, run.result.success, run.result.rationale

    scripts = (good_script(python), {})
    expected = [outcome(script) for script in scripts]
    assert registry.load([tmp_path]) == [scenario_id]
    assert issubclass(registry.get_scenario(scenario_id), JsonScenario)
    assert [outcome(script) for script in scripts] == expected
    assert [success for _, success, _ in expected] == [True, False]


def test_prompts_come_along_and_agents_are_given_the_same_phone() -> None:
    def shape(scenario: Scenario) -> Any:
        scenario.set_noise(ScenarioRunnerConfig(agent_type="default"))
        scenario.initialize()
        events = {event.event_id for event in scenario.events}
        return (
            scenario.additional_system_prompt,
            scenario.nb_turns,
            scenario.get_tools_by_app().keys(),
            events,
        )

    scenario_id = "parcel_waits_at_the_depot"
    read = load_json_scenario(export_json_scenario(registry.create(scenario_id)))
    assert shape(read) == shape(registry.create(scenario_id))
    assert "a phone call until 16:20" in str(read.additional_system_prompt)


def test_a_file_without_its_oracle_is_judged_as_well() -> None:
    read = load_json_scenario(export_without_oracle(export_json_scenario(registry.create(SEAT)), strip=True))
    assert [event["event_type"] for event in json.loads(export_json_scenario(read))["events"]] == ["ENV"]
    result = play_oracle(read).result
    assert (result.success, "seat claimed" in str(result.rationale)) == (False, True)


def test_a_variant_is_judged_on_its_own_phone() -> None:
    """The validator compares with how this phone began, which is not how that of the registered one did."""
    document = document_of(PLUMBER)
    document["metadata"]["definition"]["scenario_id"] = "plumber_with_another_friend"
    contacts = next(item for item in document["apps"] if item["name"] == "Contacts")["app_state"]["contacts"]
    first = next(iter(contacts.values()))
    contacts["c-new"] = first | {"contact_id": "c-new", "first_name": "Odile", "phone": "+1 202 555 0000"}
    read = load_json_scenario(packed(document))
    assert play_oracle(read).result.success is True
    assert read.scenario_id == "plumber_with_another_friend"


# -- what is wrong with a reference -------------------------------------------------------------------------

Change = Callable[[Document], object]

CASES: list[tuple[str, Change, str, str]] = [
    (
        PLUMBER,
        lambda d: d["events"][6]["registered_event"].update(scenario_id="plumber_answers_the_leek"),
        "events[6].registered_event.scenario_id",
        "no scenario 'plumber_answers_the_leek' is registered",
    ),
    (
        PLUMBER,
        lambda d: d["events"][6]["registered_event"].update(event_id="asked"),
        "events[6].registered_event.event_id",
        "'plumber_answers_the_leak' has no event 'asked'",
    ),
    (
        PLUMBER,
        lambda d: d["events"][6]["registered_event"].update(event_id=d["events"][0]["event_id"]),
        "events[6].registered_event.event_id",
        "is no condition, but Event",
    ),
    (
        PLUMBER,
        lambda d: d["events"][6]["registered_event"].update(
            scenario_id=SEAT, event_id="seat_claimed_by_noon"
        ),
        "events[6].registered_event.event_id",
        "is no condition, but ValidationEvent",
    ),
    (
        PLUMBER,
        lambda d: d["events"][6]["action"].update(function="_plumber_paid"),
        "events[6].action.function",
        "looks by _plumber_asked, not by _plumber_paid",
    ),
    (
        PLUMBER,
        lambda d: d["events"][0].update(registered_event=d["events"][6]["registered_event"]),
        "events[0].registered_event",
        "only a condition can be one of a registered scenario; this is of type 'ENV'",
    ),
    (
        PLUMBER,
        lambda d: d["events"][6].update(registered_event={"scenario_id": PLUMBER}),
        "events[6].registered_event.event_id",
        "Field required",
    ),
    (
        PLUMBER,
        lambda d: d["events"][6].pop("registered_event"),
        "events[6].action.function",
        "cannot be made again",
    ),
    (
        SEAT,
        lambda d: d["registered_validations"][0].update(class_name="AgentValidationEvent"),
        "registered_validations[0].class_name",
        "is a ValidationEvent, not a AgentValidationEvent",
    ),
    (
        SEAT,
        lambda d: d["registered_validations"][0]["registered_event"].update(event_id="seat_claimed"),
        "registered_validations[0].registered_event.event_id",
        "Did you mean 'seat_claimed_by_noon'?",
    ),
    (
        SEAT,
        lambda d: d["registered_validations"][0]["registered_event"].update(
            event_id=d["events"][0]["event_id"]
        ),
        "registered_validations[0].registered_event.event_id",
        "is no validation, but Event",
    ),
    (
        SEAT,
        lambda d: d["registered_validations"][0].update(dependencies=["nothing"]),
        "registered_validations[0].dependencies[0]",
        "there is no event 'nothing'",
    ),
    (
        SEAT,
        lambda d: d["registered_validations"][0].update(event_time=5.0, event_relative_time=None),
        "registered_validations[0].event_time",
        "before the start",
    ),
    (
        SEAT,
        lambda d: d["registered_validations"].append(d["registered_validations"][0]),
        "registered_validations[1].event_id",
        "another event has the id 'seat_claimed_by_noon'",
    ),
    (
        SEAT,
        lambda d: d["events"][0].update(dependencies=["seat_claimed_by_noon"]),
        "events[0].dependencies[0]",
        "there is no event 'seat_claimed_by_noon'",
    ),
    (
        SEAT,
        lambda d: d["metadata"]["definition"].update(registered_scenario="os.system"),
        "metadata.definition.registered_scenario",
        "no scenario 'os.system' is registered",
    ),
]


@pytest.mark.parametrize(("scenario_id", "change", "path", "message"), CASES)
def test_a_wrong_reference_is_told_with_its_place(
    scenario_id: str, change: Change, path: str, message: str
) -> None:
    document = document_of(scenario_id)
    change(document)
    found = problems(document)
    assert [item for item, _ in found] == [path]
    assert message in found[0][1]


def test_all_wrong_references_are_told_at_once_with_all_else() -> None:
    document = document_of(SEAT)
    document["metadata"]["definition"]["registered_scenario"] = "nothing"
    document["events"][0]["registered_event"] = {"scenario_id": "nothing", "event_id": "x"}
    document["registered_validations"][0]["registered_event"]["scenario_id"] = "nothing"
    document["events"][1]["action"]["function"] = "fly"
    assert [path for path, _ in problems(document)] == [
        "events[1].action.function",
        "metadata.definition.registered_scenario",
        "events[0].registered_event.scenario_id",
        "events[0].registered_event",
        "registered_validations[0].registered_event.scenario_id",
    ]


def test_a_name_is_looked_up_and_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brought.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    document = garden()
    document["metadata"]["definition"]["registered_scenario"] = "brought"
    assert [path for path, _ in problems(document)] == ["metadata.definition.registered_scenario"]
    assert "brought" not in sys.modules


# -- scenarios of one's own ---------------------------------------------------------------------------------

HEAD = """
from functools import partial
from typing import Any

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulContactsApp, StatefulReminderApp
from pare.kernel.checks import ConditionCheckEvent, ValidationEvent
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioValidationResult
from pare.scenarios.utils.registry import register_scenario

DUE = "2025-01-07 09:00:00"


def due(reminders: Any) -> bool:
    return bool(reminders.reminders)


class Looks:
    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, env: Any) -> bool:
        return due(self.app)
"""

BODY = """
@register_scenario("{scenario_id}")
class Own(PAREScenario):
    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.aui, self.reminders = PAREAgentUserInterface(), StatefulReminderApp(name="Reminders")
        self.apps = [self.aui, HomeScreenSystemApp(name="System"), self.reminders]
{more}
    def build_events_flow(self) -> None:
        reminders = self.reminders
        held = reminders.reminders
        with EventRegisterer.capture_mode():
            first = self.reminders.add_reminder(title="a", due_datetime=DUE, description="")
            first.oracle().with_id("first").depends_on(None, delay_seconds=10)
            asked = ConditionCheckEvent.from_condition({condition}, every_tick=3, timeout=600)
            asked.with_id("asked").depends_on(None)
            second = self.reminders.add_reminder(title="b", due_datetime=DUE, description="")
            second.with_id("second").depends_on(asked, delay_seconds=5)
        self.events = [first.in_graph(), asked, second]

    def by_env(self, env: Any) -> bool:
        return due(env.get_app("Reminders"))

    def by_self(self, env: Any) -> bool:
        return due(self.get_typed_app(StatefulReminderApp, "Reminders")) and due(self.reminders)

    def by_dict(self, env: Any) -> bool:
        return due(self.by_name["r"][0])

    @staticmethod
    def alone(env: Any) -> bool:
        return due(env.get_app("Reminders"))

    def validate(self, env: Any) -> ScenarioValidationResult:
        return ScenarioValidationResult(success={verdict})
"""

DICT = "        self.by_name = {'r': [self.reminders]}"
HIDDEN = "        self.hidden = Looks(self.reminders)"


def source(
    condition: str, more: str = "", verdict: str = "len(self.reminders.reminders) == 2", name: str = "own"
) -> str:
    return HEAD + BODY.format(condition=condition, more=more, verdict=verdict, scenario_id=name)


def own(directory: Path, text: str, *others: Path) -> Scenario:
    """Load the scenario of a file, and nothing beside it."""
    directory.mkdir(exist_ok=True)
    (directory / "own.py").write_text(text)
    assert registry.load([directory, *others])[0] == "own"
    assert [str(item) for item in registry.failures] == []
    return registry.create("own")


@pytest.mark.parametrize(
    ("condition", "more"),
    [
        ("self.by_env", ""),
        ("self.by_self", ""),
        ("self.by_dict", DICT),
        ("self.alone", HIDDEN),
        ("lambda env: due(self.reminders)", ""),
        ("partial(lambda app, env: due(env.get_app(app)), 'Reminders')", ""),
    ],
)
def test_functions_that_ask_the_phone_of_the_run_come_back(condition: str, more: str, tmp_path: Path) -> None:
    scenario = own(tmp_path, source(condition, more))
    text = export_json_scenario(scenario)
    read = load_json_scenario(text)
    run = play_oracle(read)
    expected = play_oracle(scenario)
    assert run.environment.event_log.lines() == expected.environment.event_log.lines()
    assert [line["id"] for line in run.environment.event_log.lines()][-2:] == ["asked-CHECK_4", "second"]
    assert run.result.success is expected.result.success is True
    assert export_json_scenario(load_json_scenario(text)) == text
    read.soft_reset()
    assert lines(read) == expected.environment.event_log.lines()


@pytest.mark.parametrize(
    ("condition", "more"),
    [
        ("lambda env: due(reminders)", ""),
        ("lambda env: bool(held)", ""),
        ("lambda env, app=reminders: due(app)", ""),
        ("lambda env, *, app=reminders: due(app)", ""),
        ("partial(lambda app, env: due(app), reminders)", ""),
        ("Looks(reminders)", ""),
        ("[Looks(reminders)].pop().__call__", ""),
        ("lambda env: due(first.action.app)", ""),
        ("lambda env: self.hidden(env)", HIDDEN),
        ("self.by_env", HIDDEN),
    ],
)
def test_functions_that_hold_on_to_an_app_are_refused(condition: str, more: str, tmp_path: Path) -> None:
    scenario = own(tmp_path, source(condition, more))
    with pytest.raises(JsonScenarioError, match="holds on to the app 'Reminders'") as caught:
        export_json_scenario(scenario)
    assert [item.path for item in caught.value.problems] == ["events[1].registered_event"]
    assert lines(scenario)[-1]["id"] == "second"


def test_a_file_that_names_such_a_function_is_refused_as_well(tmp_path: Path) -> None:
    text = export_json_scenario(own(tmp_path, source("self.by_env")))
    holding = (
        "        held",
        "        def by_env(env: Any) -> bool:\n            return due(reminders)\n        held",
    )
    own(tmp_path, source("by_env").replace(*holding))
    found = problems(json.loads(text))
    assert [path for path, _ in found] == ["events[1].registered_event"]
    assert "let it ask its environment, env.get_app('Reminders')" in found[0][1]


def test_a_validator_that_holds_on_to_an_app_is_left_out(tmp_path: Path) -> None:
    text = source("self.alone", HIDDEN, verdict="self.hidden(env)")
    scenario = own(tmp_path, text)
    document = json.loads(export_json_scenario(scenario))
    assert "registered_scenario" not in document["metadata"]["definition"]
    assert left_out(scenario) == ["validate(), the validator: it is Python code"]
    assert lines(load_json_scenario(packed(document))) == lines(scenario)
    document["metadata"]["definition"]["registered_scenario"] = "own"
    assert problems(document)[0][0] == "metadata.definition.registered_scenario"


def test_what_is_not_registered_is_refused_with_what_to_do(tmp_path: Path) -> None:
    registered = own(tmp_path, source("self.by_env"))

    class Unregistered(type(registered)):  # type: ignore[misc]
        pass

    with pytest.raises(JsonScenarioError, match=r"put @register_scenario\(ID\) on the class") as caught:
        export_json_scenario(Unregistered())
    assert [item.path for item in caught.value.problems] == ["events[1].action.function"]
    registry.load([tmp_path])
    with pytest.raises(JsonScenarioError, match="register_scenario"):
        export_json_scenario(registered)


def test_an_event_that_was_changed_after_it_was_built_is_refused(tmp_path: Path) -> None:
    scenario = own(tmp_path, source("self.by_env"))
    scenario.initialize()
    check = next(event for event in scenario.events if isinstance(event, ConditionCheckEvent))
    check.schedule(every_ticks=99)
    with pytest.raises(JsonScenarioError, match="changed since"):
        export_json_scenario(scenario)


def test_a_prompt_that_was_changed_is_left_out_with_the_validator() -> None:
    scenario = registry.create("dentist_moves_appointment", additional_system_prompt="Be brief.", nb_turns=3)
    assert left_out(scenario) == [
        "validate(), the validator: it is Python code",
        "additional_system_prompt: 'Be brief.'",
        "nb_turns: 3",
    ]
    assert "registered_scenario" not in json.loads(export_json_scenario(scenario))["metadata"]["definition"]


def test_each_instance_looks_at_its_own_phone(tmp_path: Path) -> None:
    text = export_json_scenario(own(tmp_path, source("self.by_self")))
    read_class = type(load_json_scenario(text))
    first, second = read_class(), read_class()
    first.initialize()
    second.initialize()
    reminders: Any = first.get_app("Reminders")
    reminders.add_reminder(title="x", due_datetime="2025-01-07 09:00:00", description="")
    looks = [
        event.action.function
        for scenario in (first, second)
        for event in scenario.events
        if isinstance(event, ConditionCheckEvent)
    ]
    assert [look(None) for look in looks] == [True, False]


def test_an_app_that_is_left_out_is_none_that_a_function_finds(tmp_path: Path) -> None:
    document = json.loads(export_json_scenario(own(tmp_path, source("self.by_self"))))
    del document["events"][0], document["events"][1]
    document["events"][0]["dependencies"] = []
    read = load_json_scenario(packed(document), apps=Apps(skip=("Reminders",)))
    read.initialize()
    look = read.events[0].action.function  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="reminders"):
        look.__self__.reminders  # noqa: B018
    with pytest.raises(ValueError, match="no StatefulReminderApp"):
        look(None)


def test_watches_are_those_of_the_registered_scenario() -> None:
    guarded = load_json_scenario(export_json_scenario(registry.create("farewell_kept_from_tomas")))
    guarded.initialize()
    guard = guarded.events[-1]
    assert isinstance(guard, AgentValidationEvent)
    assert [item.__name__ for item in guard.minefields] == ["leaver_would_notice"]  # type: ignore[attr-defined]
    watched = load_json_scenario(export_json_scenario(registry.create(SEAT)))
    watched.initialize()
    watch = watched.events[-1]
    assert isinstance(watch, ValidationEvent)
    assert (watch.schedule_every_ticks, len(watch.milestones), len(watch.minefields)) == (60, 1, 1)


def test_a_registered_scenario_that_cannot_be_built_is_a_problem_of_the_file(tmp_path: Path) -> None:
    document = json.loads(export_json_scenario(own(tmp_path, source("self.by_env"))))
    own(tmp_path, source("self.by_env", "        raise OSError('no phone')"))
    found = problems(document)
    assert [path for path, _ in found] == [
        "metadata.definition.registered_scenario",
        "events[1].registered_event.scenario_id",
    ]
    assert "'own' cannot be initialised: OSError: no phone" in found[1][1]


# -- hashes -------------------------------------------------------------------------------------------------


def test_the_code_that_is_named_counts_in_the_hashes(tmp_path: Path) -> None:
    def hashes(place: str, *replaced: tuple[str, str]) -> Any:
        text = source("self.by_env")
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        own(tmp_path / place, text)
        return scenario_hashes(load_json_scenario(document))

    document = export_json_scenario(own(tmp_path / "first", source("self.by_env")))
    first = hashes("same")
    condition = hashes("condition", ('return due(env.get_app("Reminders"))', "return env.current_time > 20"))
    validator = hashes("validator", ("success=len", "success=1 + len"))
    assert condition.scenario != first.scenario
    assert (validator.scenario, validator.validator == first.validator) == (first.scenario, False)
    assert hashes("comment", ("DUE =", "# said twice\nDUE =")) == first


# -- the registry -------------------------------------------------------------------------------------------


def test_bundled_scenarios_lend_their_code_also_where_others_are_loaded(tmp_path: Path) -> None:
    text = export_json_scenario(registry.create(PLUMBER))
    (tmp_path / f"{PLUMBER}.json").write_bytes(text)
    assert registry.load([tmp_path]) == [PLUMBER]
    assert (registry.failures, registry.replaced) == ([], [])
    read = registry.create(PLUMBER)
    assert (type(read).__name__, export_json_scenario(read)) == ("JsonScenario", text)
    python = registry.code_of(PLUMBER)
    assert (python is not None and python.__module__) == f"pare.scenarios.benchmark.{PLUMBER}"
    assert registry.ids == [PLUMBER]


def test_files_beside_the_class_that_they_name_are_read_after_it(tmp_path: Path) -> None:
    document = json.loads(export_json_scenario(own(tmp_path / "code", source("self.by_env"))))
    document["metadata"]["definition"]["scenario_id"] = "a_variant"
    both = tmp_path / "both"
    both.mkdir()
    (both / "a.json").write_bytes(packed(document))
    own(both, source("self.by_env"))
    assert (registry.ids, registry.failures, registry.replaced) == (["own", "a_variant"], [], [])
    assert play_oracle(registry.create("a_variant")).result.success is True
    document["metadata"]["definition"]["scenario_id"] = "own"
    (both / "a.json").write_bytes(packed(document))
    registry.load([both])
    assert (registry.ids, len(registry.replaced)) == (["own"], 1)
    assert play_oracle(registry.create("own")).result.success is True


def test_code_is_forgotten_with_the_scenarios_that_brought_it(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_bytes(export_json_scenario(own(tmp_path / "code", source("self.by_env"))))
    assert registry.code_of("own") is registry.get_scenario("own")
    assert registry.load([tmp_path / "own.json"]) == []
    assert "no scenario 'own' is registered" in str(registry.failures[0])
    assert registry.code_of("own") is None


# -- commands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario_id", [SEAT, PLUMBER])
def test_an_exported_file_is_checked_in_place_of_the_bundled_scenarios(
    scenario_id: str, tmp_path: Path
) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["scenarios", *arguments], env={"NO_COLOR": "1"})

    file = tmp_path / "f.json"
    exported = run("export", scenario_id, "--out", str(file))
    assert (exported.exit_code, exported.stderr) == (0, "")
    checked = run("check", "--scenarios-dir", str(file))
    assert (checked.exit_code, checked.stdout) == (
        0,
        f"{scenario_id}: ok\n1 scenarios checked, 0 problems\n",
    )
    again = run("export", scenario_id, "--scenarios-dir", str(file))
    assert again.stdout.rstrip().encode() == file.read_bytes().rstrip()


def test_a_process_that_imported_no_scenario_finds_the_code(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_bytes(export_json_scenario(registry.create(SEAT)))
    command = [sys.executable, "-m", "pare", "scenarios", "check", "-d", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"{SEAT}: ok", "1 scenarios checked, 0 problems"]
