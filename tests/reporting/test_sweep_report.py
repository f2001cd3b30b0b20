"""The report of a sweep: the same value from rows in any order, shown as text, Markdown, JSON and tables."""

import csv
import io
import random
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import orjson
import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from pare.errors import ConfigError
from pare.reporting.sweep_files import columns_of, csv_of, write_parquet, write_report, write_whole
from pare.reporting.sweep_lists import MOST_LISTED
from pare.reporting.sweep_render import markdown_of, print_failures, print_report, text_of
from pare.reporting.sweep_report import json_of, latest_rows, report_of
from pare.reporting.sweep_tables import MOST_CELL_COLUMNS, MOST_ROWS
from pare.scenarios.metrics import Counts
from pare.scenarios.result_row import BrokenLine, ResultRow

NAMES = {"s": "success", "f": "failure", "n": "no_validation", "d": "defect", "i": "infrastructure"}
NASTY = "\x1b[2J[bold]x[/bold] | `code` <b> [a](http://x) @you \u202e# =1+1\n- y $m$ ![i](j) www.x.org 1"


def runs(scenario, letters, **more):
    return [
        ResultRow(scenario_id=scenario, run_number=number, outcome=NAMES[letter], **more)
        for number, letter in enumerate(letters, start=1)
    ]


def sweep():
    small = {"cell": "proactive=small", "settings": {"proactive": "small"}, "tags": ("Time", "Noise")}
    large = {"cell": "proactive=large", "settings": {"proactive": "large"}}
    return [
        *runs("dentist", "ssf", **small, oracle_length=4, trace="traces/a b.jsonl", rationale="late by 12 s"),
        *runs("rent", "sfd", **small, error="KeyError: 'x'", error_stage="validate", trace="/t/rent.jsonl"),
        *runs("dentist", "sss", **large, strict_success=False, duration=60.0),
        *runs("rent", "ffs", **large, end_role="user", end_reason="content_filter", end_message="refused"),
        *runs("parcel", "ff", **large, rationale="late by 7 s", events_unfired=("Event-9",)),
    ]


# --- the value ----------------------------------------------------------------------------------------------


def test_a_report_depends_on_the_rows_not_on_their_order():
    rows = sweep()
    mixed = random.Random(3).sample(rows, len(rows))
    assert json_of(report_of(mixed)) == json_of(report_of(rows))


def test_the_later_row_of_a_run_counts():
    first = runs("dentist", "iss")
    report = report_of([*first, *runs("dentist", "f")])
    assert report.counts == Counts(runs=3, success=2, failure=1)
    assert (report.rows, report.replaced, report.outside) == (3, 1, 0)
    assert [row.outcome for row in latest_rows([*first, *runs("dentist", "f")])] == ["failure"] + [
        "success"
    ] * 2


def test_cells_are_told_in_the_order_asked_for_and_are_there_when_empty():
    report = report_of(sweep(), ["proactive=small", "proactive=none"])
    assert [cell.name for cell in report.cells] == ["proactive=small", "proactive=none"]
    assert (report.rows, report.outside) == (6, 8)
    assert report.cells[1].summary.counts == Counts()
    assert "8 runs left out" in text_of(report)
    assert [cell.name for cell in report_of(sweep()).cells] == ["proactive=large", "proactive=small"]


def test_cells_are_compared_with_the_baseline():
    report = report_of(sweep(), baseline="proactive=small")
    [pair] = report.comparisons
    assert (pair.first, pair.second, pair.scenarios) == ("proactive=small", "proactive=large", 2)
    with pytest.raises(ConfigError, match=r"no cell 'proactive=smal' .* Did you mean 'proactive=small'"):
        report_of(sweep(), baseline="proactive=smal")


def test_runs_are_told_apart_with_the_command_that_shows_them():
    report = report_of(sweep(), folder=Path("out"))
    [defect] = report.defects
    assert (defect.scenario_id, defect.run_number, defect.text) == ("rent", 3, "KeyError: 'x' (validate)")
    assert defect.command == "pare show /t/rent.jsonl"
    assert {note.scenario_id for note in report.verdicts_differ} == {"dentist"}
    assert [note.run_number for note in report.ended_by_user] == [1, 2]
    assert [note.text for note in report.unfired] == ["Event-9", "Event-9"]
    assert [note.text for note in report.failed_with_error] == ["KeyError: 'x'"]


def test_scenarios_and_tags_are_told_by_cell():
    report = report_of(sweep())
    assert [item.scenario_id for item in report.scenarios] == ["dentist", "parcel", "rent"]
    assert report.scenarios[1].cells == {"proactive=large": Counts(runs=2, failure=2)}
    rates = {item.tag: {name: rate.value for name, rate in item.cells.items()} for item in report.tags}
    assert rates == {
        "(no tag)": {"proactive=large": 0.5},
        "Noise": {"proactive=small": 0.6},
        "Time": {"proactive=small": 0.6},
    }


# --- shown --------------------------------------------------------------------------------------------------


def test_defects_come_before_all_figures():
    for shown in (text_of(report_of(sweep())), markdown_of(report_of(sweep()))):
        assert 0 < shown.index("Defects") < shown.index("Success") < shown.index("Differences")


def test_a_plain_text_has_the_figures():
    shown = text_of(report_of(sweep(), folder=Path("out")))
    assert "14 runs of 3 scenarios in 2 cells: 1 defect, 7 success, 6 failure" in shown
    assert "60.0 %" in shown
    assert "pare show 'out/traces/a b.jsonl'" in shown
    assert "2/3" in shown
    assert "\x1b" not in shown
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_a_cell_that_lost_too_much_has_no_headline():
    report = report_of(runs("dentist", "sssi", cell="here"))
    assert not report.cells[0].has_headline
    assert "no headline" in text_of(report)
    assert report_of(runs("dentist", "sssi"), max_infrastructure_share=0.5).cells[0].has_headline


def test_a_load_dependent_cell_is_labelled():
    shown = text_of(report_of(runs("dentist", "s", cell="measured", load_dependent=True)))
    assert "measured (load-dependent)" in shown
    assert "load-dependent" not in text_of(report_of(sweep()))


def test_lines_that_are_no_rows_are_told():
    broken = [BrokenLine(3, "scenario_id: Field required"), BrokenLine(9, "no JSON", is_torn=True)]
    shown = text_of(report_of(sweep(), broken=broken))
    assert "line 3 no row, left out: scenario_id: Field required" in shown
    assert "line 9 torn off, left out" in shown


@pytest.mark.parametrize("width", [1, 20, 40, 80, 300])
def test_a_report_can_be_shown_in_any_width(width):
    shown = text_of(report_of(sweep()), width)
    assert "success" in shown.replace("\n", "") or width < 40


def test_a_terminal_gets_colours_and_a_file_none():
    for is_terminal in (True, False):
        out = io.StringIO()
        print_report(report_of(sweep()), Console(file=out, force_terminal=is_terminal, width=100))
        assert ("\x1b[" in out.getvalue()) == is_terminal


def test_long_lists_are_cut_and_say_so():
    rows = [row for number in range(MOST_ROWS + 50) for row in runs(f"s{number}", "d", error="KeyError: 1")]
    report = report_of(rows)
    shown = text_of(report)
    assert f"… and {len(rows) - MOST_LISTED:,} more in report.json" in shown
    assert "50 more rows are in report.json" in " ".join(shown.split())
    assert len(report.defects) == len(orjson.loads(json_of(report))["defects"]) == len(rows)


def test_many_cells_leave_the_tables_readable():
    cells = range(MOST_CELL_COLUMNS + 3)
    rows = [row for number in cells for row in runs("dentist", "s", cell=f"n={number}")]
    assert "3 more cells are in report.json." in " ".join(text_of(report_of(rows)).split())


def long_names():
    names = {"proactive=small, format=react_json": "s", "proactive=large, format=react_json": "f"}
    return [row for name, letter in names.items() for row in runs("dentist", letter * 2, cell=name)]


def test_cells_with_long_names_go_by_letters_in_text_and_markdown_and_by_names_in_json():
    report = report_of(long_names())
    for shown in (text_of(report, 80), markdown_of(report)):
        told = " ".join(shown.replace("|", " ").replace("\\", "").split())
        assert "A proactive=large, format=react_json B proactive=small, format=react_json" in told
        assert shown.count("proactive=large") == 1
    assert [cell["name"] for cell in orjson.loads(json_of(report))["cells"]] == sorted(
        {row.cell for row in long_names()}
    )
    assert "settings" not in text_of(report_of(sweep()))


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_of_a_report_is_wider_than_the_terminal_and_no_figure_is_broken(width):
    more = {f"proactive=model-{number}, format=react_json": "ssf" for number in range(9)}
    cells = [
        row
        for name, letters in more.items()
        for scenario in ("a_scenario_with_quite_a_long_name_of_its_own", "dentist")
        for row in runs(scenario, letters, cell=name, tags=("Time",), number_of_turns=1234)
    ]
    shown = text_of(report_of(cells), width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown.count("66.7 % (1 to 100)") == len(more)
    assert "1,234.0" in shown


def test_failures_name_the_cells():
    [group] = report_of(long_names()).failures
    assert (group.runs, list(group.cells)) == (2, ["proactive=large, format=react_json"])
    assert "2 × failure · 1 scenario · A · (no reason given)" in text_of(report_of(long_names()))


# --- levels of noise ----------------------------------------------------------------------------------------


def noisy(**settings):
    return {"cell": ", ".join(f"{name}={value}" for name, value in settings.items()), "settings": settings}


def test_cells_that_differ_in_noise_alone_are_compared_with_the_quiet_one():
    rows = [
        *runs("dentist", "sf", **noisy(proactive="a", tool_failure_probability=0.5, env_events_per_min=0)),
        *runs("dentist", "ff", **noisy(proactive="a", tool_failure_probability=0.05, env_events_per_min=4)),
        *runs("dentist", "ss", **noisy(proactive="a", tool_failure_probability=0, env_events_per_min=0)),
        *runs("dentist", "ss", **noisy(proactive="b", tool_failure_probability=0.5, env_events_per_min=0)),
    ]
    levels = report_of(rows).levels
    assert [tuple(item.level.values()) for item in levels] == [(0, 0), (0.05, 4), (0.5, 0)]
    assert [item.rate.value for item in levels] == [1.0, 0.0, 0.5]
    assert levels[0].difference is None
    assert [item.difference.difference for item in levels[1:]] == [-1.0, -0.5]
    shown = text_of(report_of(rows))
    assert "tool failures 0.05, events a minute 4" in shown
    assert shown.index("Success by level of noise") < shown.index("Differences")


@pytest.mark.parametrize("levels", [[0.2, 0.5], [0], [None]])
def test_without_a_quiet_cell_or_another_one_there_are_no_levels(levels):
    rows = [row for level in levels for row in runs("a", "s", **noisy(tool_failure_probability=level))]
    assert report_of(rows).levels == ()
    assert report_of(sweep()).levels == ()


def test_an_empty_sweep_has_a_report():
    report = report_of([])
    assert "0 runs of 0 scenarios in 0 cells: no runs" in text_of(report)
    assert markdown_of(report).startswith("# Sweep\n")
    assert orjson.loads(json_of(report))["cells"] == []


# --- what others wrote --------------------------------------------------------------------------------------


def nasty_report():
    more = dict.fromkeys(("rationale", "end_message", "end_reason", "error_stage", "trace", "error"), NASTY)
    told = {"end_role": "user", "strict_success": True, "events_unfired": (NASTY,), "usage": {NASTY: {}}}
    row = {"cell": NASTY, "tags": (NASTY,), "settings": {NASTY: NASTY}, **more, **told}
    return runs(NASTY, "sfdin", **row)


def test_a_terminal_obeys_nothing_that_others_wrote():
    shown = text_of(report_of(nasty_report(), max_infrastructure_share=1.0))
    assert "[bold]x[/bold]" in shown.replace("\n", "")
    assert not {"\x1b", "\u202e"} & set(shown)


def test_markdown_shows_what_others_wrote_as_it_is():
    shown = markdown_of(report_of(nasty_report(), max_infrastructure_share=1.0))
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(shown)
    assert not {"\x1b", "\u202e"} & set(shown)
    assert not {"<a", "<img", "<b>", "<em>", "<strong>"} & set(re.findall(r"<\w+>?", page))
    assert "[bold]x[/bold] | `code` &lt;b&gt; [a](http://x) @you" in page
    for linked_elsewhere in ("http:", "www.", "@you"):
        assert linked_elsewhere not in re.sub(r"(`+) .*? \1", "", shown)
    columns = {len(re.findall("<t[dh]", row)) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)}
    assert columns <= {2, 3, 5, 7, 8, 9, 12}


def test_a_spreadsheet_works_nothing_out():
    rows = runs("=1+1", "s", cell="@cell", rationale="-2", tags=("+3",), settings={"=x": "=4"})
    [header, values] = csv.reader(io.StringIO(b"".join(csv_of(rows)).decode()))
    found = dict(zip(header, values, strict=True))
    assert (found["scenario_id"], found["cell"], found["rationale"]) == ("'=1+1", "'@cell", "'-2")
    assert (found["tags"], found["settings.=x"]) == ("'+3", "'=4")


# --- files --------------------------------------------------------------------------------------------------


def test_the_files_of_a_report_are_written_whole(tmp_path):
    report = write_report(tmp_path, iter(sweep()), baseline="proactive=small")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("report.json", "report.md", "report.txt", "results.csv")
    ]
    assert (tmp_path / "report.txt").read_text() == text_of(report)
    assert (tmp_path / "report.md").read_text() == markdown_of(report)
    assert (tmp_path / "report.json").read_bytes() == json_of(report)
    assert report == report_of(sweep(), baseline="proactive=small", folder=tmp_path)


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path):
    def parts():
        yield b"half"
        raise OSError("disk full")

    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, parts())
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("report.json", "old")]


def test_the_csv_holds_a_row_for_each_run():
    use = {"calls": 2, "prompt_tokens": 10, "cost": 0.5}
    rows = runs(
        "a", "s", cell="x", settings={"proactive": "small", "n": 3}, usage={"user": use, "observe": use}
    )
    rows += runs("b", "f", success=False, tags=("Time", "Noise"), rationale='say "no", twice\nplease')
    found = list(csv.DictReader(io.StringIO(b"".join(csv_of(rows)).decode())))
    assert list(found[0]) == columns_of(rows)
    assert (found[0]["settings.proactive"], found[0]["settings.n"]) == ("small", "3")
    assert (found[0]["calls"], found[0]["prompt_tokens"], found[0]["cost"]) == ("4", "20", "1.0")
    assert orjson.loads(found[0]["usage"])["user"]["prompt_tokens"] == 10
    assert (found[1]["success"], found[1]["tags"], found[1]["settings.n"]) == ("false", "Time; Noise", "")
    assert found[1]["rationale"] == 'say "no", twice\nplease'


def test_parquet_holds_the_same_columns(tmp_path):
    polars = pytest.importorskip("polars")
    rows = sweep()
    write_parquet(tmp_path / "results.parquet", rows)
    frame = polars.read_parquet(tmp_path / "results.parquet")
    assert (frame.columns, frame.height) == (columns_of(rows), len(rows))
    assert frame["run_number"].to_list() == [row.run_number for row in rows]
    assert frame["strict_success"].dtype == polars.Boolean


@pytest.mark.skipif(find_spec("polars") is not None, reason="polars is there")
def test_without_polars_parquet_says_what_to_install(tmp_path):
    with pytest.raises(ConfigError, match=r"pare\[tables\]"):
        write_parquet(tmp_path / "results.parquet", sweep())


# --- failures by reason -------------------------------------------------------------------------------------


def test_failures_are_printed_by_reason():
    out = io.StringIO()
    print_failures(report_of(sweep(), folder=Path("out")).failures, Console(file=out, width=100))
    shown = out.getvalue()
    assert "3 × failure · 2 scenarios · late by # s" in shown
    assert "pare show 'out/traces/a b.jsonl'" in shown
    print_failures([], Console(file=out))
    assert "no run failed" in out.getvalue()


def test_reports_are_values():
    report = report_of(sweep())
    assert report == report_of(sweep())
    assert replace(report, rows=0) != report


def test_scenarios_that_no_noise_can_reach_are_named():
    noisy = {"noise_events_planned": 12, "noise_events_fired": 3}
    rows = [*runs("rent", "s", **noisy), *runs("cab", "s", noise_events_planned=0), *runs("mail", "s")]
    report = report_of(rows)
    assert report.without_noise == ("cab",)
    assert "Without noise" in text_of(report)
    assert "Without noise" not in text_of(report_of(runs("mail", "s")))
