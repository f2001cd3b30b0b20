"""Directories of scenario files: what is loaded, what is told of what is not."""

import sys
from pathlib import Path

import pytest

from pare.compat import install
from pare.scenarios.utils.registry import ScenarioRegistry, registry

SCENARIO = """
from are.simulation.scenarios import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
{before}

@register_scenario({id!r})
class Found(Scenario):
    comment = {comment}
"""


def write(file: Path, scenario_id: str, before: str = "", comment: str = "None") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SCENARIO.format(id=scenario_id, before=before, comment=comment))
    return file


def comments(own: ScenarioRegistry, *ids: str) -> list[str | None]:
    return [own.get_scenario(item)().comment for item in ids]


def test_files_of_one_name_in_two_directories_are_two_modules(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for place in ("one", "two"):
        (tmp_path / place / "common.py").write_text(f"WHERE = {place!r}")
        write(tmp_path / place / "first.py", place, "import common", "common.WHERE")
    own = ScenarioRegistry()
    assert own.load([tmp_path / "one", tmp_path / "two"]) == ["one", "two"]
    assert comments(own, "one", "two") == ["one", "two"]
    assert (own.failures, own.replaced) == ([], [])


def test_modules_of_a_package_import_each_other_by_their_relative_names(tmp_path: Path) -> None:
    package = tmp_path / "pack"
    write(package / "top.py", "top", "from .common import WHERE", "WHERE")
    write(
        package / "inner" / "deep.py",
        "deep",
        "from ..common import WHERE\nfrom . import beside",
        "beside.WHERE + WHERE",
    )
    (package / "common.py").write_text("WHERE = 'pack'")
    (package / "inner" / "beside.py").write_text("WHERE = 'inner '")
    for place in (package, package / "inner"):
        (place / "__init__.py").write_text("")
    own = ScenarioRegistry()
    assert own.load([tmp_path]) == ["deep", "top"]
    assert comments(own, "top", "deep") == ["pack", "inner pack"]


def test_a_package_can_be_named_itself(tmp_path: Path) -> None:
    package = tmp_path / "alone"
    write(package / "only.py", "only", "from alone.common import WHERE", "WHERE")
    (package / "common.py").write_text("WHERE = 'here'")
    (package / "__init__.py").write_text("")
    own = ScenarioRegistry()
    assert own.load([package]) == ["only"]
    assert comments(own, "only") == ["here"]
    assert str(tmp_path) not in sys.path


def test_a_file_may_register_two_scenarios(tmp_path: Path) -> None:
    file = write(tmp_path / "two.py", "first")
    file.write_text(file.read_text() + "\n@register_scenario('second')\nclass Other(Scenario):\n    pass\n")
    assert ScenarioRegistry().load([tmp_path]) == ["first", "second"]


def test_an_id_that_is_taken_twice_is_told(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.py", "same"), write(tmp_path / "b.py", "same")
    registry.load([tmp_path])
    assert str(registry.replaced[-1]) == (
        f"{second}::Found: registers 'same', which {first}::Found had registered before"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n\nimport no_such_module", "ModuleNotFoundError: No module named 'no_such_module' (line 3)"),
        ("x = 1\ndef f():\n    return 1 / 0\nf()\n", "ZeroDivisionError: division by zero (line 3)"),
        ("x = 1\ndef f(:\n", "SyntaxError: "),
        (
            "import are.simulation.tipes",
            "UnknownAliasModuleError: pare has no counterpart of are.simulation.tipes.",
        ),
        ("raise SystemExit(3)", "SystemExit: 3 (line 1)"),
    ],
)
def test_a_file_that_does_not_load_is_told_with_reason_and_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(text)
    write(tmp_path / "good.py", "good")
    own = ScenarioRegistry()
    assert own.load([tmp_path]) == ["good"]
    (failure,) = own.failures
    assert str(failure).startswith(f"{broken}: {reason}")


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    own = ScenarioRegistry()
    assert own.load([tmp_path / "nowhere"]) == []
    assert [str(item) for item in own.failures] == [
        f"scenarios directory {tmp_path}/nowhere: there is no directory {tmp_path}/nowhere"
    ]


def test_whoever_hands_a_hook_over_is_asked_before_anything_is_imported(tmp_path: Path) -> None:
    (tmp_path / "looks.py").write_text("import asked\nassert asked.CALLED")
    own, called = ScenarioRegistry(), []

    def hook() -> None:
        called.append(True)
        (tmp_path / "asked.py").write_text("CALLED = True")
        install()

    own.before_import = hook
    assert (own.load([tmp_path]), own.failures, called) == ([], [], [True])
