"""Each promise of the page on security names tests that hold it, and they exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w/.]+\.py)::(test_\w+)`")


def promises() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the rows of the table of promises, each with the tests that it names."""
    section = PAGE.partition("## What is promised\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    rows = [line.strip("| ").rsplit(" | ", 1) for line in lines]
    return [(promise, NAMED.findall(tests)) for promise, tests in rows]


def functions_in(name: str) -> set[str]:
    """Name the tests of a file, which is one of this directory unless it says where it is."""
    path = ROOT / name if "/" in name else Path(__file__).with_name(name)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def test_the_page_makes_promises() -> None:
    assert len(promises()) > 20


@pytest.mark.parametrize(("promise", "tests"), promises())
def test_a_promise_is_held_by_tests_that_exist(promise: str, tests: list[tuple[str, str]]) -> None:
    assert tests != [], promise
    assert [test for test in tests if test[1] not in functions_in(test[0])] == [], promise


def test_every_test_of_keys_paths_and_such_holds_a_promise_or_checks_another_test() -> None:
    named = {test for _, tests in promises() for test in tests}
    files = [path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)]
    left = {(path.name, test) for path in files for test in functions_in(path.name)} - named
    assert left == {
        ("test_code.py", "test_the_canary_would_sing"),
        ("test_keys.py", "test_what_is_no_secret_is_taken"),
        ("test_modes.py", "test_what_stands_above_a_run_folder_is_as_the_umask_says"),
        ("test_paths.py", "test_a_json_scenario_can_plan_other_calls"),
        ("test_sizes.py", "test_a_large_request_is_sent_whole"),
        ("test_sizes.py", "test_reasoning_is_parted_in_one_pass"),
    }
