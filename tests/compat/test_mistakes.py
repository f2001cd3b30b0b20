"""One mistake in each file below `mistakes`: `pare scenarios check` finds it, and finds nothing else."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pare.cli.main import app
from pare.scenarios.utils.registry import ScenarioRegistry, registry

MISTAKES = Path(__file__).parent / "mistakes"

GOOD = ("duplicate_id_first", "only_imports", "opening_hours")
"""Files without a mistake: the first of a pair, one that calls nothing that it imports, and no scenario."""

FINDINGS = {
    "accepts_nothing": ["validator: it accepts a run in which nobody did anything"],
    "after_the_end": ["unreachable: 'late' never happens; the oracle run ends by duration"],
    "clock_at_import": ["source: clock_at_import.py, line 10: time.time reads the wall clock"],
    "clock_beside": ["source: opening_hours.py, line 5: time.time reads the wall clock"],
    "clock_in_build": ["source: clock_in_build.py, line 23: datetime.datetime.now reads the wall clock"],
    "condition_raises": ["oracle: the run breaks off: UnknownAppError: there is no app 'Emials'"],
    "cyclic": ["initialise: CyclicEventsError: "],
    "duplicate_id_second": ["load: registers 'mistake_duplicate_id_first', which "],
    "event_fails": ["event: 'answer' (EmailClientApp.reply_to_email_from_user) fails: "],
    "import_error": ["load: ModuleNotFoundError: No module named 'no_such_module_of_ours' (line 3)"],
    "misspelt_app": ["initialise: UnknownAppError: "],
    "never_with_agents": ["agent_mode: 'answer' waits for the oracle event 'thank', so it never happens"],
    "no_apps": ["initialise: NoAppsError: "],
    "no_decorator": ["load: the class Mistake is not registered; put @register_scenario(id) above it"],
    "oracle_action_fails": ["oracle_action: 'gone' (EmailClientApp.delete_email) fails: "],
    "oracle_not_accepted": ["oracle: its own validator does not accept it: success is False"],
    "raises_at_import": ["load: KeyError: 'tuesday' (line 8)"],
    "random_at_import": ["source: random_at_import.py, line 10: random.choice draws unseeded randomness"],
    "random_in_build": ["source: random_in_build.py, line 29: uuid.uuid4 draws unseeded randomness"],
    "socket_at_import": ["source: socket_at_import.py, line 10: socket.socket opens a socket"],
    "syntax_error": ["load: SyntaxError: expected ':' (syntax_error.py, line 6) (line 6)"],
    "thread_in_build": ["source: thread_in_build.py, line 21: threading.Thread starts a thread"],
    "twice_one_event_id": ["initialise: DuplicateEventIdError: "],
    "unknown_placeholder": ["initialise: UnknownPlaceholderError: "],
    "unreachable": ["unreachable: 'late' never happens; the oracle run ends by condition_never_met"],
    "validator_raises": ["validator: it breaks off: KeyError: 'thanks'"],
    "validator_returns_bool": ["validator: it breaks off: TypeError: validate() of scenario "],
    "validator_returns_list": ["validator: `success` is of type list"],
    "verdicts_differ": [
        "oracle_action: 'gone' (EmailClientApp.delete_email) fails: ",
        "strict: the validator says True of the whole log, and False with failed calls hidden",
    ],
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """Check the directory once, and give what is said of each file."""
    known, state = dict(registry.get_all_scenarios()), dict(vars(registry))
    result = CliRunner().invoke(
        app, ["scenarios", "check", "-d", str(MISTAKES)], env={"NO_COLOR": "1", "COLUMNS": "200"}
    )
    vars(registry).update(state)
    registry.get_all_scenarios().clear()
    registry.get_all_scenarios().update(known)
    assert result.exit_code == 1
    told: dict[str, list[str]] = {}
    name = ""
    for line in result.stdout.splitlines():
        if line.startswith("  "):
            told[name].append(line.strip())
        elif line.startswith("mistake_"):
            name = line.partition(":")[0].removeprefix("mistake_")
            told[name] = []
    for line in result.stderr.splitlines():
        if line.startswith("load: "):
            place, _, reason = line.removeprefix("load: ").partition(".py")
            told.setdefault(Path(place).stem, []).append(f"load: {reason.partition(': ')[2]}")
    return told


def test_each_file_is_listed_here() -> None:
    assert sorted(file.stem for file in MISTAKES.glob("*.py")) == sorted([*FINDINGS, *GOOD])


@pytest.mark.parametrize("name", FINDINGS)
def test_a_mistake_is_found_and_nothing_else(name: str, found: dict[str, list[str]]) -> None:
    texts = found[name]
    assert len(texts) == len(FINDINGS[name]), texts
    assert all(text.startswith(wanted) for text, wanted in zip(texts, FINDINGS[name], strict=True)), texts


def test_nothing_is_found_where_nothing_is_wrong(found: dict[str, list[str]]) -> None:
    assert [found.get(name, []) for name in GOOD] == [[], [], []]


def test_importing_such_modules_is_refused_nowhere() -> None:
    own = ScenarioRegistry()
    assert "mistake_only_imports" in own.load([MISTAKES])
    assert {Path(failure.place).stem for failure in own.failures} == {
        *("import_error", "raises_at_import", "syntax_error")
    }
