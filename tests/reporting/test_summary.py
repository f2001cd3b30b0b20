"""The summary at the end of a sweep fits a screen, and leads on."""

import io

import pytest
from rich.console import Console

from pare.reporting.labels import has_legend, labels_of, letters
from pare.reporting.run_list import runs_section
from pare.reporting.summary import MOST_CELLS, MOST_FAILURES, print_summary
from pare.reporting.sweep_report import report_of
from pare.reporting.tables import blocks_of
from pare.scenarios.result_row import ResultRow

NAME = "proactive=model-{}, format=react_json, tool_failure_probability=0.2"


def rows(cells=4, **more):
    return [
        ResultRow(
            **{
                "cell": NAME.format(number),
                "scenario_id": f"scenario_{scenario}",
                "outcome": "failure" if number else "success",
                "rationale": f"not met: {'word ' * 30}{'abcdefgh'[scenario]}",
                "duration": 2.5,
                "trace": f"traces/{number}/scenario_{scenario}.jsonl",
                "usage": {"user": {"calls": 1, "cost": 0.25}},
                **more,
            }
        )
        for number in range(cells)
        for scenario in range(6)
    ]


def shown(found, width=80):
    out = io.StringIO()
    print_summary(report_of(found), Console(file=out, width=width))
    return out.getvalue()


def test_a_summary_has_a_row_for_each_cell_and_says_what_its_label_is():
    lines = shown(rows()).splitlines()
    assert lines[0] == "24 runs of 6 scenarios in 4 cells: 6 success, 18 failure"
    assert lines[1].split() == ["cell", "runs", "success", "95", "%", "strict", "lost", "cost", "time/run"]
    assert lines[3].split()[:4] == ["A", "6", "100.0", "%"]
    assert lines[3].split()[-4:] == ["0", "1.50", "2.5", "s"]
    assert [line.split()[0] for line in lines[3:7]] == ["A", "B", "C", "D"]
    assert f"D     {NAME.format(3)}" in [line.rstrip() for line in lines]


@pytest.mark.parametrize("width", [80, 140])
def test_a_summary_fits_a_screen(width):
    told = shown(rows(30), width)
    assert len(told.splitlines()) < 50
    assert len(shown(rows(), width).splitlines()) <= 24
    assert all(len(line) <= width for line in told.splitlines())
    assert f"{30 - MOST_CELLS} more cells are in the full report." in told


def test_the_most_frequent_failures_come_with_a_command_and_defects_come_first():
    odd = ResultRow(scenario_id="odd", outcome="defect", error="KeyError: 1", trace="/elsewhere/odd.jsonl")
    told = shown([*rows(), odd]).splitlines()
    start = next(number for number, line in enumerate(told) if line.startswith("Failures"))
    assert told[start] == f"Failures (defects first, then the most frequent, {MOST_FAILURES} of 7 reasons)"
    assert told[start + 1] == "• 1 × defect · 1 scenario · A · KeyError: #"
    assert told[start + 2].startswith("    pare show ")
    assert told[start + 3].startswith("• 3 × failure · 1 scenario · C, D, E · not met: word")
    assert told[start + 4] == "    pare show traces/1/scenario_0.jsonl"


def test_where_nothing_failed_there_is_nothing_to_say_of_it():
    assert "Failures" not in shown(rows(1))


def test_lost_runs_are_told_and_take_the_headline():
    lost = rows(1, outcome="infrastructure")
    assert "no headline" in shown([*rows(1)[:3], *lost[3:]])
    assert "3 + 0" in shown([*rows(1)[:3], *lost[3:]])


# --- labels, tables and lists -------------------------------------------------------------------------------


def test_short_names_stay_and_long_ones_become_letters():
    assert labels_of(["a", ""]) == {"a": "a", "": "(all)"}
    assert not has_legend(labels_of(["a", ""]))
    assert labels_of(["a", "b" * 40]) == {"a": "A", "b" * 40: "B"}
    assert has_legend(labels_of(["a", "b" * 40]))
    assert [letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]


@pytest.mark.parametrize(
    ("widths", "room", "blocks"),
    [
        ([5, 5, 5], 19, [[0, 1, 2]]),
        ([5, 5, 5], 18, [[0, 1], [2]]),
        ([9, 9], 1, [[0], [1]]),
        ([], 10, [[]]),
    ],
)
def test_columns_go_on_below_where_there_is_no_room(widths, room, blocks):
    assert list(blocks_of(widths, room)) == blocks


def test_single_runs_are_listed_with_what_they_did():
    found = [ResultRow(scenario_id="a", outcome="success", proposal_count=2, acceptance_count=1)]
    section = runs_section(found)
    assert section.rows == (("a", "success", "0", "1 of 2", "0", "0:00:00"),)
    again = runs_section([*found, ResultRow(scenario_id="a", run_number=2, outcome="failure")], oracle=True)
    assert again.columns == ("scenario", "run", "outcome", "simulated")
    assert again.rows[1] == ("a", "2", "failure", "0:00:00")
    assert [item.text for item in again.items] == ["failure a: (no reason given)"]
