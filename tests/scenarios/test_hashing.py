"""What counts as the same settings and the same scenario: every field, and every kind of edit."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from pare.apps import SystemApp
from pare.executors.job_runner import hashes_of
from pare.llm.engine import EngineConfig
from pare.llm.types import SamplingParameters
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import UNSUPPORTED, MultiScenarioRunnerConfig, ScenarioRunnerConfig, part_of
from pare.scenarios.discovery import import_file
from pare.scenarios.hashing import SEMANTICS_VERSION, scenario_hashes
from pare.scenarios.scenario import Scenario
from pare.scenarios.source_digest import _parsed, normalised
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig

# --- settings: every field --------------------------------------------------------------------------------

PROMPTS = Path(__file__).parents[2] / "pare" / "agents" / "prompts"

LOUD = ToolAugmentationConfig(tool_failure_probability=0.5)
BUSY = EnvEventsConfig(num_env_events_per_minute=7)
ENGINE = EngineConfig(provider="openai", model="m")
OTHER_ENGINE = EngineConfig(provider="scripted", model="wait")

NOISY = {"tool_augmentation_config": LOUD}
ALIASES = {f"{role}_model_alias": "a" for role in ("user", "observe", "execute")}

CHANGES: dict[str, Any] = {
    "user_engine_config": OTHER_ENGINE,
    "user_model_alias": "b",
    "user_max_iterations": 2,
    "user_type": "tests.test_play:Idler",
    "observe_engine_config": OTHER_ENGINE,
    "observe_model_alias": "b",
    "observe_max_iterations": 6,
    "execute_engine_config": OTHER_ENGINE,
    "execute_model_alias": "b",
    "execute_max_iterations": 11,
    "agent_type": "default",
    "format": "tool_calls",
    "prompts_dir": PROMPTS,
    "oracle": True,
    "max_turns": 11,
    "min_turn_seconds": 6,
    "simulated_generation_time_mode": "fixed",
    "ttft_seconds": 0.6,
    "tokens_per_second": 51,
    "generation_seconds": 1.5,
    "generation_spread_seconds": 0.3,
    "generation_distribution": "uniform",
    "max_observation_chars": 1000,
    "max_malformed_replies": 9,
    "max_tokens_per_run": 1000,
    "tool_augmentation_config": LOUD,
    "env_events_config": BUSY,
    "noise_seed_scope": "sweep",
    "seed": 1,
    "export": True,
    "output_dir": Path("elsewhere"),
    "trace_dump_format": "lite",
    "use_custom_logger": False,
    "max_scenario_duration": 601,
    "a2a_app_agent": "other",
    "max_concurrent_scenarios": 7,
    "timeout_seconds": 7.0,
    "executor_type": "process",
    "workers": 7,
    "max_retries": 7,
    "max_cost": 7.0,
    "max_infrastructure_share": 0.7,
    "enable_caching": False,
    "experiment_name": "other",
    "log_level": "DEBUG",
    "log_to_file": False,
    "logs_dir": Path("elsewhere"),
}
"""Another value for each field of the settings."""

ENGINE_CHANGES: dict[str, Any] = {
    "provider": "scripted",
    "model": "m-2025",
    "endpoints": ("http://localhost:1/v1",),
    "revision": "2",
    "sampling": {"temperature": 0.5},
    "extra_body": {"top_k": 3},
    "headers": {"x-team": "a"},
    "query": {"api-version": "1"},
    "key": {"env": "OTHER"},
    "auth_header": "x-other",
    "auth_scheme": "Token",
    "label_headers": True,
    "limits": {"concurrency": 3},
    "price": {"prompt": 1, "completion": 2},
}

SAMPLING_CHANGES: dict[str, Any] = {
    "temperature": 0.5,
    "top_p": 0.9,
    "max_tokens": 100,
    "stop": ("END",),
    "seed": 3,
    "reasoning_effort": "high",
}


def hash_of(**changes: Any) -> str:
    return MultiScenarioRunnerConfig(**{**ALIASES, **changes}).get_config_hash()


def test_the_tables_name_every_field() -> None:
    assert {*CHANGES, *UNSUPPORTED} == MultiScenarioRunnerConfig.model_fields.keys()
    assert ENGINE_CHANGES.keys() == EngineConfig.model_fields.keys()
    assert SAMPLING_CHANGES.keys() == {item.name for item in fields(SamplingParameters)}


@pytest.mark.parametrize("name", CHANGES)
def test_settings_count_if_they_are_marked_as_identity(name: str) -> None:
    noise = NOISY if name == "noise_seed_scope" else {}
    is_identity = part_of(MultiScenarioRunnerConfig.model_fields[name]) == "identity"
    assert (hash_of(**{**noise, name: CHANGES[name]}) != hash_of(**noise)) == is_identity


@pytest.mark.parametrize("role", ["user", "observe", "execute"])
@pytest.mark.parametrize("name", ENGINE_CHANGES)
def test_an_engine_counts_by_its_identity(name: str, role: str) -> None:
    is_identity = part_of(EngineConfig.model_fields[name]) == "identity"
    engine = {**ENGINE.model_dump(exclude_unset=True), name: ENGINE_CHANGES[name]}
    changed = hash_of(**{f"{role}_engine_config": engine})
    assert (changed != hash_of(**{f"{role}_engine_config": ENGINE})) == is_identity


@pytest.mark.parametrize("name", SAMPLING_CHANGES)
def test_every_sampling_parameter_counts(name: str) -> None:
    engine = {"provider": "openai", "model": "m", "sampling": {name: SAMPLING_CHANGES[name]}}
    assert hash_of(user_engine_config=engine) != hash_of(user_engine_config=ENGINE)


def test_the_model_counts_by_its_alias_only() -> None:
    other = EngineConfig(provider="openai", model="other")
    assert hash_of(user_engine_config=other) == hash_of()
    named = ScenarioRunnerConfig(user_engine_config=other).get_config_hash()
    assert named != ScenarioRunnerConfig().get_config_hash()


def test_one_run_of_many_has_the_hash_of_a_single_one() -> None:
    many = MultiScenarioRunnerConfig(max_turns=3, executor_type="process", workers=3)
    assert many.scenario_config().get_config_hash() == ScenarioRunnerConfig(max_turns=3).get_config_hash()


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({"min_turn_seconds": 5}, {"min_turn_seconds": 5.0}),
        (
            {"user_engine_config": EngineConfig(provider="x", model="m", sampling=SamplingParameters(1))},
            {"user_engine_config": {"provider": "x", "model": "m", "sampling": {"temperature": 1.0}}},
        ),
        (
            {"user_engine_config": {"provider": "x", "model": "m", "sampling": {"stop": ["a"]}}},
            {"user_engine_config": {"provider": "x", "model": "m", "sampling": {"stop": ("a",)}}},
        ),
        (
            {"user_engine_config": {"provider": "x", "model": "m", "extra_body": {"a": 1, "b": 2}}},
            {"user_engine_config": {"provider": "x", "model": "m", "extra_body": '{"b": 2, "a": 1}'}},
        ),
        ({"env_events_config": EnvEventsConfig(7)}, {"env_events_config": EnvEventsConfig(7.0)}),
        ({"env_events_config": EnvEventsConfig(0)}, {}),
        ({"noise_seed_scope": "sweep"}, {}),
        ({"prompts_dir": PROMPTS}, {}),
    ],
)
def test_other_spellings_of_the_same_settings_are_the_same(one: Any, same: Any) -> None:
    assert hash_of(**one) == hash_of(**same)


def test_prompts_count_by_their_content(tmp_path: Path) -> None:
    execute = (PROMPTS / "execute.md").read_text()
    for name in ("same", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "execute.md").write_text(execute + ("" if name == "same" else "\nBe kind."))
    assert hash_of(prompts_dir=tmp_path / "same") == hash_of()
    assert hash_of(prompts_dir=tmp_path / "other") != hash_of()


# --- scenarios: every kind of edit --------------------------------------------------------------------------

SCENARIO = '''"""An errand."""

from typing import Any

import unused
from judging import is_polite
from pare.apps import PAREAgentUserInterface, StatefulEmailApp, SystemApp
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioValidationResult
from people import ANA
from shared import PLACE

SUBJECT = "Lunch"
WANTED = 1


def sent(env: Any) -> list:
    """List the emails."""
    found = [event for event in env.event_log.list_view() if event.function_name() == "send_email"]
    return found


def greeting(name: str) -> str:
    return f"Dear {name}"


class Errand(PAREScenario):
    """Ana asks for lunch."""

    scenario_id = "errand"
    tags = (CapabilityTag.Time,)
    additional_system_prompt = "Be brief."
    nb_turns = 3

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        mail = Email(email_id="old", sender=ANA, recipients=["me@example.org"], subject="Hi", content="Old")
        self.emails.add_email(mail)
        self.apps = [PAREAgentUserInterface(), SystemApp(), self.emails]

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            asks = self.emails.send_email_to_user_with_id(
                email_id="new", sender=ANA, subject=SUBJECT, content=greeting("me") + PLACE
            ).depends_on(None, delay_seconds=60)
            # answered at once
            answer = self.emails.reply_to_email(email_id="new", content="Yes").oracle()
            answer.depends_on(asks, delay_seconds=5)
        self.events = [asks, answer]

    def wanted(self) -> int:
        return WANTED

    def validate(self, env: Any) -> ScenarioValidationResult:
        texts = [event.action.args["content"] for event in sent(env)]
        polite = is_polite(texts, greeting("Ana") + PLACE)
        return ScenarioValidationResult(success=polite and len(texts) == self.wanted())
'''

FILES = {
    "errand.py": SCENARIO,
    "people.py": '"""People."""\nfrom families import NAME\nANA = f"{NAME}@example.org"\n',
    "families.py": 'NAME = "ana"\n',
    "judging.py": "from words import RUDE\n\ndef is_polite(texts, start):\n    return RUDE not in texts\n",
    "words.py": 'RUDE = "what?"\n',
    "shared.py": 'PLACE = "at the corner"\n',
    "unused.py": "X = 1\n",
}

Parts = Literal["neither", "scenario", "validator"]

MOVED = SCENARIO.partition("    def wanted")
WANTED_AND_VALIDATE = MOVED[1] + MOVED[2]

EDITS: dict[str, tuple[Parts, str, str, str]] = {
    "a comment": ("neither", "errand.py", "# answered at once", "# answered"),
    "layout": ("neither", "errand.py", "subject=SUBJECT, content", "subject=SUBJECT,\n  content"),
    "quotes": ("neither", "errand.py", '"Lunch"', "'Lunch'"),
    "docstring of the scenario": ("neither", "errand.py", "Ana asks for lunch.", "Ana is hungry."),
    "docstring of its module": ("neither", "errand.py", '"""An errand."""', '"""A lunch."""'),
    "docstring of a module beside it": ("neither", "people.py", '"""People."""', '"""All of them."""'),
    "a comment in a module beside it": ("neither", "families.py", "\n", "  # her name\n"),
    "a method moved": (
        "neither",
        "errand.py",
        SCENARIO,
        SCENARIO.replace(WANTED_AND_VALIDATE, "").replace(
            "    def init_and", WANTED_AND_VALIDATE + "\n    def init_and"
        ),
    ),
    "a constant moved": (
        "neither",
        "errand.py",
        SCENARIO,
        SCENARIO.replace("WANTED = 1\n", "") + "\nWANTED = 1\n",
    ),
    "a literal": ("scenario", "errand.py", '"Lunch"', '"Dinner"'),
    "an argument": ("scenario", "errand.py", 'content="Yes"', 'content="No"'),
    "a delay": ("scenario", "errand.py", "delay_seconds=60", "delay_seconds=61"),
    "a dependency": ("scenario", "errand.py", "depends_on(asks,", "depends_on(None,"),
    "an event more": (
        "scenario",
        "errand.py",
        "        self.events = [asks, answer]",
        "            more = self.emails.list_emails().oracle()\n        self.events = [asks, answer, more]",
    ),
    "the prompt": ("scenario", "errand.py", "Be brief.", "Be kind."),
    "a tag": ("scenario", "errand.py", "CapabilityTag.Time", "CapabilityTag.Search"),
    "the turns": ("scenario", "errand.py", "nb_turns = 3", "nb_turns = 4"),
    "a local variable of the scenario": ("scenario", "errand.py", "asks", "asked"),
    "the state of an app": ("scenario", "errand.py", 'content="Old"', 'content="Older"'),
    "another app": ("scenario", "errand.py", "SystemApp(), self", 'SystemApp(name="S"), self'),
    "what both use": ("scenario", "errand.py", 'f"Dear {name}"', 'f"Hi {name}"'),
    "a module that the scenario uses": ("scenario", "people.py", "example.org", "example.com"),
    "a module behind that": ("scenario", "families.py", '"ana"', '"anna"'),
    "a module that both use": ("scenario", "shared.py", "corner", "station"),
    "a module that nobody uses": ("scenario", "unused.py", "X = 1", "X = 2"),
    "the body of validate": ("validator", "errand.py", "== self.wanted()", ">= self.wanted()"),
    "a local variable of validate": ("validator", "errand.py", "polite and", "polite is True and"),
    "what validate alone uses": ("validator", "errand.py", '== "send_email"', '== "reply_to_email"'),
    "a method that validate alone uses": ("validator", "errand.py", "return WANTED", "return WANTED + 1"),
    "a constant behind that": ("validator", "errand.py", "WANTED = 1", "WANTED = 2"),
    "a module that validate alone uses": ("validator", "judging.py", "not in texts", "not in texts[0]"),
    "a module behind it": ("validator", "words.py", "what?", "why?"),
}


def hashes_in(place: Path, files: Mapping[str, str] = FILES, main: str = "errand.py") -> tuple[str, str]:
    """Write scenario files, import them as a user's are, and give both hashes."""
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    module = import_file(place / main)
    found = scenario_hashes(vars(module)["Errand"]())
    assert "content" not in found.parts, found.parts
    return found.scenario, found.validator


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return hashes_in(tmp_path_factory.mktemp("original"))


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_counts_for_what_it_changes(edit: str, original: tuple[str, str], tmp_path: Path) -> None:
    expected, file, old, new = EDITS[edit]
    assert old in FILES[file]
    changed = hashes_in(tmp_path, {**FILES, file: FILES[file].replace(old, new)})
    differing = [name for name, one, other in zip(("scenario", "validator"), original, changed, strict=True)
                 if one != other]  # fmt: skip
    assert differing == ([] if expected == "neither" else [expected])


PACKAGE = {
    "pack/__init__.py": "",
    "pack/errand.py": SCENARIO.replace("from people", "from .people").replace(
        "from judging import is_polite", "from pack.judges import judging\nis_polite = judging.is_polite"
    ),
    "pack/people.py": FILES["people.py"].replace("from families", "from .parts.families"),
    "pack/parts/__init__.py": "",
    "pack/parts/families.py": "from .. import towns\n" + FILES["families.py"],
    "pack/towns.py": "TOWN = 1\n",
    "pack/judges/__init__.py": "",
    "pack/judges/judging.py": FILES["judging.py"].replace("from words", "from pack.words"),
    **{f"pack/{name}": FILES[name] for name in ("shared.py", "unused.py", "words.py")},
}


@pytest.mark.parametrize(
    ("file", "old", "expected"),
    [
        ("pack/parts/families.py", "ana", (True, False)),
        ("pack/parts/__init__.py", "", (True, False)),
        ("pack/towns.py", "TOWN", (True, False)),
        ("pack/judges/judging.py", "not in", (False, True)),
        ("pack/words.py", "what", (False, True)),
    ],
)
def test_modules_of_a_package_are_found_however_they_are_imported(
    file: str, old: str, expected: tuple[bool, bool], tmp_path: Path
) -> None:
    first = hashes_in(tmp_path / "one", PACKAGE, "pack/errand.py")
    new = "Y = 1" if not old else {"not in": "in"}.get(old, f"{old}x")
    text = PACKAGE[file].replace(old, new) if old else new
    second = hashes_in(tmp_path / "two", {**PACKAGE, file: text}, "pack/errand.py")
    assert tuple(one != other for one, other in zip(first, second, strict=True)) == expected


# --- the same everywhere -----------------------------------------------------------------------------------

IDS = sorted(registry.get_all_scenarios())

PRINT_HASHES = """
import json, sys
from pare.executors.job_runner import hashes_of
from pare.scenarios.config import ScenarioRunnerConfig

config = ScenarioRunnerConfig(env_events_config={"num_env_events_per_minute": 3})
print(json.dumps([config.get_config_hash(), *map(hashes_of, sys.argv[1:])]))
"""


def check_hashes_elsewhere(names: list[str], place: Path) -> None:
    """Compare hashes with those of two other processes, which share neither hash seed nor time zone."""
    config = ScenarioRunnerConfig(env_events_config=EnvEventsConfig(num_env_events_per_minute=3))
    shared = {**os.environ, "LC_ALL": "C", "PYTHONPATH": str(PROMPTS.parents[2])}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PRINT_HASHES, *names],
            cwd=place,
            env={**shared, "PYTHONHASHSEED": seed, "TZ": zone},
            stdout=subprocess.PIPE,
        )
        for seed, zone in (("0", "Pacific/Kiritimati"), ("1", "America/St_Johns"))
    ]
    here = [config.get_config_hash(), *map(hashes_of, names)]
    told = [json.loads(process.communicate()[0]) for process in processes]
    assert told == [here, here]


def test_hashes_are_the_same_in_any_process_with_any_hash_seed_and_time_zone(tmp_path: Path) -> None:
    check_hashes_elsewhere(IDS[::6], tmp_path)


@pytest.mark.long
def test_hashes_of_all_scenarios_are_the_same_in_any_process(tmp_path: Path) -> None:
    check_hashes_elsewhere(IDS, tmp_path)


@pytest.mark.parametrize("name", ["dentist_moves_appointment", "plumber_answers_the_leak"])
def test_noise_and_an_earlier_initialisation_change_nothing(name: str) -> None:
    plain = scenario_hashes(registry.create(name))
    noisy = registry.create(name)
    noisy.set_noise(ScenarioRunnerConfig(tool_augmentation_config=LOUD, env_events_config=BUSY, seed=3))
    noisy.run_number = 7
    initialised = registry.create(name)
    initialised.initialize()
    assert scenario_hashes(noisy) == scenario_hashes(initialised) == scenario_hashes(initialised) == plain
    assert any(event.is_noise for event in noisy.events)


def test_parts_say_what_has_changed() -> None:
    plain = scenario_hashes(registry.create(IDS[0]))
    assert plain.parts.keys() == {"apps", "events", "prompt", "tags", "settings", "source", "semantics"}
    assert plain.parts["semantics"] == str(SEMANTICS_VERSION)
    seeded = scenario_hashes(registry.create(IDS[0], additional_system_prompt="Be kind."))
    assert [name for name in plain.parts if plain.parts[name] != seeded.parts[name]] == ["prompt"]
    assert seeded.scenario != plain.scenario
    assert seeded == replace(plain, scenario=seeded.scenario, parts=seeded.parts)


class Broken(Scenario):
    scenario_id = "broken"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        raise LookupError("no data")


class Leaving(Scenario):
    scenario_id = "leaving"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        sys.exit("no data")


class WithoutSource(Scenario):
    scenario_id = "without_source"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [SystemApp()]


WithoutSource.__module__ = "nowhere"


@pytest.mark.parametrize("scenario", [Broken, Leaving])
def test_a_scenario_that_cannot_start_is_known_by_its_error(scenario: type[Scenario]) -> None:
    found = scenario_hashes(scenario())
    assert found.parts.keys() == {"content", "source", "semantics"}
    assert found == scenario_hashes(scenario())


def test_a_scenario_without_source_is_known_by_its_content() -> None:
    found = scenario_hashes(WithoutSource())
    assert found.parts["apps"]
    assert found != scenario_hashes(WithoutSource(nb_turns=2))


# --- source as a value --------------------------------------------------------------------------------------


def test_what_only_some_versions_of_python_tell_does_not_count() -> None:
    plain = ast.parse("def f(x):\n    return 'ä' + x")
    told = ast.parse("def f(x):\n    return u'ä' + x")
    function: Any = told.body[0]
    function.type_params = [ast.Name("T", ast.Load())]
    function.type_comment = "(str) -> str"
    for node in ast.walk(told):
        if isinstance(node, ast.Name):
            node.ctx = ast.Store()
    assert normalised(plain) == normalised(told)


def test_an_empty_text_that_a_format_ends_in_does_not_count() -> None:
    plain = ast.parse("f'{x:{width}}'", mode="eval")
    told = ast.parse("f'{x:{width}}'", mode="eval")
    for node in ast.walk(told):
        if isinstance(node, ast.JoinedStr):  # as Python 3.12 writes it
            node.values.append(ast.Constant(""))
    assert normalised(plain) == normalised(told)


def test_a_new_field_that_is_empty_does_not_count() -> None:
    function: Any = ast.parse("def f(): return 1").body[0]
    before = normalised(function)
    function._fields = (*function._fields, "later")
    function.later = []
    assert normalised(function) == before


@pytest.mark.parametrize("text", ['"""One.\n\n    Two.\n    """', '"""One.\n\n  Two."""', '"One.\\n\\nTwo."'])
def test_the_indentation_of_a_docstring_does_not_count(text: str) -> None:
    plain = ast.parse('class A:\n    """One.\n\n    Two.\n    """\n    x = 1')
    assert normalised(ast.parse(f"class A:\n    {text}\n    x = 1")) == normalised(plain)


def test_what_a_docstring_says_counts_since_it_may_be_a_prompt() -> None:
    one, other = (ast.parse(f'def tool():\n    """{text}"""\n') for text in ("Send.", "Send it."))
    assert normalised(one) != normalised(other)


def test_texts_are_written_the_same_whatever_unicode_python_knows() -> None:
    assert normalised(ast.parse("'\U0001fae9 ä'")).isascii()


@pytest.mark.parametrize(
    "pair", [("1", "1.0"), ("1", "True"), ("b'1'", "'1'"), ("None", "'None'"), ("-1", "1")]
)
def test_values_that_python_takes_for_alike_are_told_apart(pair: tuple[str, str]) -> None:
    one, other = map(normalised, map(ast.parse, pair))
    assert one != other


def test_threads_read_source_at_the_same_time(tmp_path):
    files = [tmp_path / f"module_{number}.py" for number in range(40)]
    for number, file in enumerate(files):
        file.write_text("value = " + "[" * 30 + f"{number}" + "]" * 30 + "\n" + "x = (1 + 2) * 3\n" * 2_000)
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(_parsed, files))
    assert [len(tree.body) for tree in trees] == [2_001] * 40
