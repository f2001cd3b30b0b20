"""What importing costs, and that the names of the package lead somewhere."""

import json
import subprocess
import sys
from importlib import import_module

import pytest

import pare

HEAVY = ("anyio", "orjson", "pare.kernel", "pydantic", "rich", "structlog", "typer")


def imported_by(statement: str) -> set[str]:
    """Tell which modules a fresh interpreter has after `statement`."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(json.loads(done.stdout))


def test_importing_pare_imports_nothing_heavy() -> None:
    found = imported_by("import pare")
    assert "pare" in found
    assert found.isdisjoint(HEAVY)
    assert [name for name in found if name.startswith("pare.")] == []


def test_the_command_line_imports_no_simulation_before_a_command_runs() -> None:
    found = imported_by("import pare.cli")
    assert found.isdisjoint({"pydantic", "structlog", "pare.kernel", "pare.apps"})


@pytest.mark.parametrize("name", pare.__all__)
def test_every_name_of_the_package_leads_to_its_home(name: str) -> None:
    value = getattr(pare, name)
    assert name in dir(pare)
    assert value is getattr(import_module(pare._HOMES[name]), name)


def test_a_star_import_gives_every_name() -> None:
    names: dict[str, object] = {}
    exec("from pare import *", names)
    assert set(pare.__all__) <= set(names)


def test_an_unknown_name_is_refused_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'pare' has no attribute 'Scenery'"):
        _ = pare.Scenery
    with pytest.raises(ImportError):
        exec("from pare import Scenery")


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert pare.__version__ == version("pare")
