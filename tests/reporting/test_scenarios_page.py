"""The table of the bundled scenarios is as the code would write it now."""

from pathlib import Path

import pytest

from pare.reporting.scenarios_page import BEGIN, END, bundled, scenarios_table, with_table
from pare.scenarios.utils.registry import registry

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"


def test_the_table_is_fresh():
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "out of date: run `make docs`"


def test_every_bundled_scenario_has_a_row_of_the_same_width():
    head, rule, *rows = scenarios_table().splitlines()
    ids = [row.split("`")[1] for row in rows]
    assert ids == [found.scenario_id for found in bundled()] == sorted(registry.get_all_scenarios())
    assert {row.count("|") for row in (head, rule, *rows)} == {6}


def test_only_what_stands_between_the_marks_changes():
    page = with_table(f"before\n{BEGIN}| out of date |\n{END}after\n")
    assert page.startswith(f"before\n{BEGIN}\n| scenario |")
    assert page.endswith(f" |\n\n{END}after\n")
    assert "out of date" not in page


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="from here: make docs"):
        with_table(f"no table\n{END}")
