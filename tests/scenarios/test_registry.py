"""Where scenarios are found, and what is said when they are not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pare.errors import RegistryError, ScenarioImportError, UnknownScenarioError
from pare.kernel.run_context import current_run
from pare.scenarios import Scenario
from pare.scenarios.discovery import DIRECTORIES_VARIABLE, ENTRY_POINT_GROUPS
from pare.scenarios.utils.registry import ScenarioRegistry, register_scenario, registry

BUNDLED = "dentist_moves_appointment"


@pytest.fixture(autouse=True)
def _others_find_the_registry_as_it_was() -> Iterator[None]:
    known = registry.get_all_scenarios()
    before = dict(known)
    yield
    known.clear()
    known.update(before)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., ScenarioRegistry]:
    """Give a registry that looks into these directories, as the variable names them."""

    def look_into(*directories: Any) -> ScenarioRegistry:
        monkeypatch.setenv(DIRECTORIES_VARIABLE, ", ".join(map(str, directories)))
        monkeypatch.chdir(tmp_path)
        return ScenarioRegistry()

    return look_into


def write(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / name
    file.write_text(text, encoding="utf-8")
    return file


def scenario_file(scenario_id: str, before: str = "", comment: str = "None") -> str:
    return (
        "from __future__ import annotations\n"
        "from pare.scenarios import Scenario\n"
        "from pare.scenarios.utils.registry import register_scenario\n"
        f"{before}\n"
        f"@register_scenario({scenario_id!r})\n"
        "class Found(Scenario):\n"
        "    amount: int = 1\n"
        f"    comment = {comment}\n"
    )


# --- the decorator --------------------------------------------------------------------------------------


def test_a_registered_class_knows_its_id_and_is_found_by_it() -> None:
    own = ScenarioRegistry()

    @own.register("mine")
    class Mine(Scenario):
        scenario_id = "of old"

    @own.register("child")
    class Child(Mine):
        pass

    assert (own.get_scenario("mine"), own.get_all_scenarios()["child"]) == (Mine, Child)
    assert (Mine.scenario_id, Mine().scenario_id, Child().scenario_id) == ("mine", "mine", "child")
    assert Mine(scenario_id="given").scenario_id == "given"


def test_the_module_level_decorator_is_that_of_the_registry() -> None:
    @register_scenario("by_the_module_level_decorator")
    class Mine(Scenario):
        pass

    assert registry.get_scenario("by_the_module_level_decorator") is Mine


@pytest.mark.parametrize("wrong", [object, int, "text", lambda: None, Scenario.initialize])
def test_what_is_no_scenario_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="registered as 'odd' but is no subclass of Scenario"):
        ScenarioRegistry().register("odd")(wrong)


def test_a_class_that_takes_the_place_of_another_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    own = ScenarioRegistry()

    @own.register("same")
    class Former(Scenario):
        pass

    own.register("same")(Former)
    assert "".join(capsys.readouterr()) == ""

    @own.register("same")
    class Later(Scenario):
        pass

    assert own.get_scenario("same") is Later
    said = "".join(capsys.readouterr())
    assert "scenario.replaced" in said
    assert "same" in said
    assert "Former" in said


def test_an_unknown_id_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(KeyError, match=f"no scenario 'dentist_moves_apointment'.*Did you mean '{BUNDLED}'"):
        registry.get_scenario("dentist_moves_apointment")
    with pytest.raises(UnknownScenarioError, match=r"among \d+ registered ones\.$"):
        registry.get_scenario("§§§")
    assert issubclass(UnknownScenarioError, RegistryError)


def test_a_constructor_takes_ids_from_a_run_of_its_own() -> None:
    own = ScenarioRegistry()

    @own.register("drawing")
    class Drawing(Scenario):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.comment = current_run().hex_id()

    assert own.create("drawing").comment == own.create("drawing").comment
    assert own.create("drawing", seed=5).seed == 5


# --- directories ----------------------------------------------------------------------------------------


def test_without_the_variable_the_bundled_set_is_found(found: Callable[..., ScenarioRegistry]) -> None:
    assert set(found("").get_all_scenarios()) >= {BUNDLED}
    assert found("").get_scenario(BUNDLED) is registry.get_scenario(BUNDLED)


def test_a_registry_that_was_reset_finds_everything_again(found: Callable[..., ScenarioRegistry]) -> None:
    own = found("")
    before = dict(own.get_all_scenarios())
    own.reset()
    assert own.get_all_scenarios() == before


@pytest.mark.parametrize("place", ["absolute", "relative"])
def test_named_directories_take_the_place_of_the_bundled_set(
    found: Callable[..., ScenarioRegistry], tmp_path: Path, place: str
) -> None:
    write(tmp_path / "one", "b.py", scenario_file("b"))
    write(tmp_path / "one", "a.py", scenario_file("a"))
    write(tmp_path / "one", "_beside.py", "raise RuntimeError('no scenario file')")
    write(tmp_path / "deep" / "two", "c.py", scenario_file("c"))
    names = ["one", "deep/two"]
    own = found(*(tmp_path / name if place == "absolute" else name for name in names))
    assert list(own.get_all_scenarios()) == ["a", "b", "c"]
    assert own.create("c", amount=7).amount == 7  # type: ignore[attr-defined]


def test_a_directory_of_the_package_can_be_named(
    found: Callable[..., ScenarioRegistry], tmp_path: Path
) -> None:
    write(tmp_path / "one", "a.py", scenario_file("a"))
    own = found("one", "benchmark")
    assert set(own.get_all_scenarios()) == {"a", *found("").get_all_scenarios()}


def test_a_place_that_is_missing_is_named(found: Callable[..., ScenarioRegistry], tmp_path: Path) -> None:
    write(tmp_path / "one", "a.py", scenario_file("a"))
    own = found("one", "nowhere", tmp_path / "file.py")
    with pytest.raises(ScenarioImportError) as caught:
        own.get_all_scenarios()
    assert f"PARE_SCENARIOS_DIR=nowhere: there is no directory {tmp_path / 'nowhere'}" in str(caught.value)
    assert f"there is no directory {tmp_path / 'file.py'}" in str(caught.value)
    assert own.get_scenario("a").scenario_id == "a"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
        ("def broken(:", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(0)", "SystemExit: 0"),
        ("raise RuntimeError", "RuntimeError"),
    ],
)
def test_a_file_that_cannot_be_imported_is_named_and_never_skipped(
    found: Callable[..., ScenarioRegistry], tmp_path: Path, text: str, reason: str
) -> None:
    file = write(tmp_path / "one", "broken.py", text)
    write(tmp_path / "one", "good.py", scenario_file("good"))
    own = found("one")
    for _ in range(2):
        with pytest.raises(ScenarioImportError) as caught:
            own.get_all_scenarios()
        assert f"  {file}: {reason}" in str(caught.value)
    assert own.get_scenario("good").scenario_id == "good"
    with pytest.raises(ScenarioImportError, match="no scenario 'missing' among those that could be imported"):
        own.get_scenario("missing")


def test_a_scenario_imports_modules_beside_it(
    found: Callable[..., ScenarioRegistry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uses = "from words_beside_it import WORD\nimport shared_scenario_beside_it"
    for place in ("one", "two"):
        write(tmp_path / place, "words_beside_it.py", f"WORD = {place!r}")
        write(tmp_path / place, "shared_scenario_beside_it.py", scenario_file(f"shared {place}"))
        write(tmp_path / place, "tells.py", scenario_file(f"tells {place}", uses, comment="WORD"))
    own = found("one", "two")
    assert list(own.get_all_scenarios()) == ["shared one", "tells one", "shared two", "tells two"]
    assert [own.create(f"tells {place}").comment for place in ("one", "two")] == ["one", "two"]
    assert "".join(capsys.readouterr()) == ""  # imported twice, it replaces itself


def test_a_file_beside_an_installed_module_of_its_name_leaves_that_alone(
    found: Callable[..., ScenarioRegistry], tmp_path: Path
) -> None:
    import colorsys

    write(tmp_path / "one", "colorsys.py", scenario_file("colours"))
    write(tmp_path / "one", "__main__.py", "")
    assert found("one").get_scenario("colours").scenario_id == "colours"
    import colorsys as again

    assert again is colorsys


def test_two_files_of_one_id_are_warned_about(
    found: Callable[..., ScenarioRegistry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path / "one", "a.py", scenario_file("same"))
    other = write(tmp_path / "one", "b.py", scenario_file("same"))
    found("one").get_scenario("same")
    said = "".join(capsys.readouterr())
    assert "scenario.replaced" in said
    assert f"{one}::Found" in said
    assert f"{other}::Found" in said


# --- entry points ---------------------------------------------------------------------------------------


def install(directory: Path, name: str, group: str, target: str) -> None:
    """Put a distribution there that declares an entry point, as an installer does."""
    info = directory / f"{name}-1.0.dist-info"
    write(info, "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    write(info, "entry_points.txt", f"[{group}]\n{name} = {target}\n")


@pytest.mark.parametrize("number", [0, 1])
def test_a_distribution_brings_scenarios(
    found: Callable[..., ScenarioRegistry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    module = f"pack_of_scenarios_{number}"
    packed = "from pare.scenarios import Scenario\nclass Packed(Scenario):\n    pass\n"
    write(tmp_path, f"{module}.py", f"{packed}def add(registry):\n    registry.register('packed')(Packed)\n")
    install(tmp_path, module, ENTRY_POINT_GROUPS[number], f"{module}:add")
    monkeypatch.syspath_prepend(tmp_path)
    own = found("")
    assert own.get_scenario("packed").__module__ == module
    assert {BUNDLED, "packed"} <= set(own.get_all_scenarios())
    own.reset()
    assert own.get_scenario("packed").scenario_id == "packed"


def test_the_groups_are_the_published_ones() -> None:
    assert ENTRY_POINT_GROUPS == ("pare.scenarios", "are.simulation.scenarios")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("no_such_pack:add", "ModuleNotFoundError: No module named 'no_such_pack'"),
        ("json:no_such_name", "AttributeError: module 'json' has no attribute 'no_such_name'"),
        ("json:__name__", "TypeError: 'str' object is not callable"),
    ],
)
def test_an_entry_point_that_fails_is_named(
    found: Callable[..., ScenarioRegistry],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    reason: str,
) -> None:
    install(tmp_path, "broken_pack", "pare.scenarios", target)
    monkeypatch.syspath_prepend(tmp_path)
    own = found("")
    with pytest.raises(ScenarioImportError) as caught:
        own.get_all_scenarios()
    assert f"entry point 'broken_pack' ({target}): {reason}" in str(caught.value)
    assert own.get_scenario(BUNDLED).scenario_id == BUNDLED
