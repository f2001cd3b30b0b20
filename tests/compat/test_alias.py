"""The alias: which names it serves, as what, and when it refuses."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import pare.compat
from pare.compat import UnknownAliasModuleError, install, is_installed

DATA = Path(__file__).parent / "data"
TREE = Path(pare.compat.__file__).parent / "are"
NAMES = [
    pytest.param(module, names.split(", "), id=module)
    for module, _, names in (line.partition(": ") for line in (DATA / "names.txt").read_text().splitlines())
]


def python(code: str, *search: Path) -> subprocess.CompletedProcess[str]:
    path = f"import sys; sys.path[:0] = {[str(item) for item in search]!r}\n"
    return subprocess.run([sys.executable, "-c", path + code], capture_output=True, text=True, check=False)


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Give a directory with a package of the name that the alias takes."""
    (tmp_path / "are" / "simulation").mkdir(parents=True)
    for place in ("are", "are/simulation"):
        (tmp_path / place / "__init__.py").write_text("")
    (tmp_path / "are" / "simulation" / "types.py").write_text("REAL = True")
    return tmp_path


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "names"), NAMES)
def test_published_names_are_importable(module: str, names: list[str]) -> None:
    found = import_module(f"are.simulation.{module}")
    assert [name for name in names if not hasattr(found, name)] == []


def test_every_module_of_the_tree_is_importable_and_says_what_it_exports() -> None:
    for file in sorted(TREE.rglob("*.py")):
        parts = file.relative_to(TREE.parent).with_suffix("").parts
        module = import_module(".".join(parts).removesuffix(".__init__"))
        assert module.__doc__, file
        assert [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)] == []


def test_names_are_our_own_classes() -> None:
    from are.simulation.apps import CalendarApp
    from are.simulation.scenarios.scenario import Scenario
    from are.simulation.types import Event, TimeManager

    from pare.apps.calendar import CalendarApp as OurCalendarApp
    from pare.kernel.clock import Clock
    from pare.kernel.events import Event as OurEvent
    from pare.scenarios import Scenario as OurScenario

    assert (CalendarApp, Scenario, Event, TimeManager) == (OurCalendarApp, OurScenario, OurEvent, Clock)


def test_a_module_has_one_identity_under_both_names() -> None:
    import are.simulation.types as by_alias

    import pare.compat.are.simulation.types as by_home

    assert by_alias is by_home
    assert by_alias.__spec__ is not None
    assert (by_alias.__name__, by_alias.__spec__.name) == (by_home.__name__, by_home.__name__)


def test_variants_of_apps_are_subclasses_that_differ_by_name() -> None:
    from are.simulation import apps

    variants = {
        apps.Mail: apps.EmailClientApp,
        apps.Calendar: apps.CalendarApp,
        apps.Contacts: apps.ContactsApp,
        apps.InternalContacts: apps.ContactsApp,
        apps.Shopping: apps.ShoppingApp,
        apps.RentAFlat: apps.ApartmentListingApp,
    }
    for variant, base in variants.items():
        assert issubclass(variant, base)
        assert variant is not base
        assert (variant().name, variant(name="Other").name) == (variant.__name__, "Other")


def test_all_scenarios_are_those_of_the_registry() -> None:
    from are.simulation.scenarios.utils import constants
    from are.simulation.scenarios.utils.registry import registry

    assert constants.ALL_SCENARIOS is registry.get_all_scenarios()
    with pytest.raises(AttributeError):
        _ = constants.ALL_SCENERY


# --- refusals -------------------------------------------------------------------------------------------


def test_an_unknown_module_is_named_with_the_nearest() -> None:
    with pytest.raises(
        UnknownAliasModuleError, match=r"no counterpart of are.simulation.tipes. Did you mean 'types'"
    ):
        import_module("are.simulation.tipes")
    with pytest.raises(ModuleNotFoundError):
        import_module("are.simulation.gui.server")
    with pytest.raises(ImportError, match="cannot import name 'Evnt'"):
        exec("from are.simulation.types import Evnt")


def test_installing_twice_is_installing_once() -> None:
    before = list(sys.meta_path)
    install()
    assert (sys.meta_path, is_installed()) == (before, True)


def test_nothing_is_aliased_before_it_is_asked_for() -> None:
    done = python("import pare.compat\nprint(pare.compat.is_installed())\nimport are.simulation.types")
    assert (done.stdout, done.returncode) == ("False\n", 1)
    assert "ModuleNotFoundError: No module named 'are'" in done.stderr


def test_installing_imports_nothing_heavy() -> None:
    done = python(
        "import pare.compat; pare.compat.install(); print({'pydantic', 'pare.kernel'} & set(sys.modules))"
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_the_real_package_is_left_alone_once_it_is_loaded(real: Path) -> None:
    code = (
        "import are.simulation.types\n"
        "from pare.compat import RealPackageLoadedError, install, is_installed\n"
        "try: install()\n"
        "except RealPackageLoadedError as error: print(error)\n"
        "print(is_installed(), are.simulation.types.REAL)"
    )
    said, left = python(code, real).stdout.splitlines()
    assert said.startswith(f"the package 'are' is loaded already, from {real}/are/__init__.py; ")
    assert left == "False True"


def test_the_alias_stands_before_a_real_package_that_is_only_installed(real: Path) -> None:
    code = (
        "from pare.compat import install; install()\n"
        "import are.simulation.types as found\n"
        "print(found.__name__, hasattr(found, 'REAL'))"
    )
    assert python(code, real).stdout == "pare.compat.are.simulation.types False\n"


def test_the_tree_leads_out_of_itself() -> None:
    # A type checker that reads the tree as `are` must not meet its files again under their other name.
    assert [file for file in TREE.rglob("*.py") if "pare.compat.are" in file.read_text()] == []
