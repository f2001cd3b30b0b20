"""What a model, an endpoint or a file says is shown and never obeyed, also not by a spreadsheet."""

import ast
import csv
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import structlog
from markdown_it import MarkdownIt

from pare.cli.progress import line_of, picture_of
from pare.cli.terminal import say, unbreakable_console
from pare.llm.scripted import fixed
from pare.logs import get_logger
from pare.reporting.failures import failure_groups
from pare.reporting.sweep_files import write_report
from pare.scenarios.result_row import ResultRow
from tests.cli.nights import Place, counting_endpoint, lines_of, place_at
from tests.security.echo import message_to_user

ROOT = Path(__file__).parents[2]

HOSTILE = (
    "\x1b]0;title\x07\x1b[2J\x9b31m\x9d0;t\x9c\x08\r\x00\u202etxt.exe\u2028\u200b"
    "[red]x[/red] [/] [link=http://x.example]c[/link] "
    "<script>alert(1)</script> | a | ![i](http://x.example/i) @me `code` =1+1 \ud800"
)
ENCODABLE = HOSTILE.replace("\ud800", "")
"""What a row of results can hold: it keeps half characters as escapes."""

HARMLESS_FORMATS = "\u200c\u200d"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with place_at(tmp_path) as place:
        yield place


def obeyed(shown: str) -> set[str]:
    """Give the characters in a text that a terminal would obey, or that turn it round."""
    kinds = ("Cc", "Cs", "Cf", "Zl", "Zp")
    return {letter for letter in shown if category(letter) in kinds and letter not in f"\n{HARMLESS_FORMATS}"}


def rows() -> list[ResultRow]:
    names = ("rationale", "error", "end_message", "end_reason", "error_kind", "scenario_id", "trace", "cell")
    texts: dict[str, Any] = dict.fromkeys(names, ENCODABLE)
    texts |= {"settings": {ENCODABLE: ENCODABLE}, "tags": (ENCODABLE,), "events_unfired": (ENCODABLE,)}
    outcomes = ("failure", "defect", "infrastructure", "success", "no_validation")
    return [ResultRow(run_number=n, outcome=outcome, **texts) for n, outcome in enumerate(outcomes, start=1)]


# --- printing -----------------------------------------------------------------------------------------------


def test_a_line_that_is_printed_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    say(HOSTILE, err=True, fg="red")
    unbreakable_console().print(HOSTILE, markup=False)
    for shown in capsys.readouterr():
        assert obeyed(shown) == set()
        assert r"\x1b]0;title\x07\x1b[2J\x9b31m" in shown.replace("\n", "")


def test_a_console_prints_no_markup_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    unbreakable_console().print("[red]x[/red] [link=http://x.example]c[/link]", markup=False)
    assert capsys.readouterr().out == "[red]x[/red] [link=http://x.example]c[/link]\n"


@pytest.fixture
def logs_as_in_the_beginning() -> Iterator[None]:
    """Let loggers be as they are before anybody sets them up; other tests of this process may have."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("logs_as_in_the_beginning")
def test_a_log_line_on_the_console_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    solid = HOSTILE.replace(" ", "")
    get_logger().warning("endpoint.went_down", message=solid, error=HOSTILE, **{solid: 1}, items=[HOSTILE])
    shown = capsys.readouterr().err
    assert obeyed(shown) == set()
    assert shown.count("title") == 4


def told() -> dict[str, object]:
    numbers = dict.fromkeys(
        ("total", "done", "cached", "retries", "calls", "prompt_tokens", "completion_tokens"), 1
    )
    return {
        **numbers,
        "outcomes": {"success": 1},
        "running": [[HOSTILE, 1, HOSTILE, HOSTILE]],
        "state": HOSTILE,
        "endpoints": {HOSTILE: {"state": HOSTILE, "kind": HOSTILE}},
        "spent": 0.0,
        "max_cost": None,
        "calls_per_second": 1.0,
        "seconds_left": 1.0,
        "written": 0.0,
    }


def test_the_progress_of_a_sweep_is_shown_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    console = unbreakable_console()
    console.print(picture_of(told()))
    console.print(line_of(told()), markup=False)
    shown = capsys.readouterr().out
    assert obeyed(shown) == set()
    assert "[red]x[/red]" in shown.replace("\n", "")


def test_commands_print_through_one_door() -> None:
    """What is printed otherwise is a constant, or JSON that was asked for as data."""
    allowed = {
        "pare/cli/conducting.py print": "the user's own path, where standard output is gone",
        "pare/cli/endpoint.py print": "the user's own options",
        "pare/cli/report.py sys.stdout.buffer.write": "JSON, asked for with --json",
        "pare/cli/scenarios.py sys.stdout.write": "a scenario as JSON",
        "pare/cli/schema.py typer.echo": "the schema, which is ours",
        "pare/cli/terminal.py typer.secho": "the door itself",
        "pare/cli/terminal.py self._stream.write": "the stream behind it",
    }
    streams = r".*\.std(out|err)(\.buffer)?\.write|self\._stream\.write"
    doors = re.compile(rf"print|typer\.s?echo|typer\.secho|click\.s?echo|{streams}")
    found = set()
    for path in (ROOT / "pare/cli").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and doors.fullmatch(name := ast.unparse(node.func)):
                found.add(f"pare/cli/{path.name} {name}")
    assert found == set(allowed)


def test_consoles_are_made_where_texts_are_made_safe() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pare").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Console"
    }
    assert makers == MAKERS


MAKERS = {"pare/cli/show.py", "pare/reporting/summary.py", "pare/reporting/sweep_render.py"}
"""These print `Text` made of safe texts alone, which the tests of reports and of a run below show."""


# --- reports ------------------------------------------------------------------------------------------------


@pytest.fixture
def report(tmp_path: Path) -> Path:
    write_report(tmp_path, rows())
    return tmp_path


def test_no_file_of_a_report_holds_what_a_terminal_obeys(report: Path) -> None:
    for name in ("report.txt", "report.md"):
        shown = (report / name).read_text(encoding="utf-8")
        assert obeyed(shown) == set(), name
        assert r"\x1b]0;title" in shown.replace("\\\\", "\\"), name


def test_markdown_holds_no_markup_of_others(report: Path) -> None:
    page = MarkdownIt("commonmark").enable("table").render((report / "report.md").read_text(encoding="utf-8"))
    found = set(re.findall(r"</?(\w+)", page))
    assert found <= {
        *("h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code", "br")
    }
    assert "&lt;script&gt;" in page


def test_a_spreadsheet_works_out_nothing_of_others(tmp_path: Path) -> None:
    formulas = ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]
    for number, text in enumerate(formulas):
        folder = tmp_path / str(number)
        folder.mkdir()
        row = ResultRow(scenario_id=text, outcome="failure", rationale=text, cell=text, error=f"x\r{text}")
        write_report(folder, [row])
        with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        shown = "'" + text.replace("\r", "\\r")
        assert [[row[name] for name in ("cell", "scenario_id", "rationale")] for row in found] == [
            [shown] * 3
        ]


def test_a_command_in_a_report_runs_nothing_of_others(report: Path) -> None:
    row = rows()[0].model_copy(update={"trace": "x; touch canary $(id)"})
    (group,) = failure_groups([row], report)
    assert shlex.split(str(group.example.command)) == ["pare", "show", str(report / "x; touch canary $(id)")]


# --- a run of a model that says it --------------------------------------------------------------------------


def test_a_hostile_reply_is_a_run_like_others_and_is_shown_as_text(place: Place) -> None:
    with counting_endpoint(fixed([message_to_user(ENCODABLE)])) as desk:
        sweep = place.write(
            "s",
            url=desk.url,
            model={"model": "m"},
            scenarios={"split": "full", "limit": 2},
            limits={"executor_type": "async"},
            base={"max_turns": 2},
        )
        code, said = place.here("run", sweep)
    assert code == 0, said
    folder = place.folder()
    assert [row["outcome"] in ("success", "failure") for row in lines_of(folder)] == [True, True]
    said += "".join(place.here(*words)[1] for words in [("status", folder), ("report", folder)])
    said += place.here("report", folder, "--failures")[1]
    shown = place.pare("show", folder / lines_of(folder)[0]["trace"])[1]
    assert r"\x1b]0;title\x07" in shown.replace("\n", "")
    assert obeyed(said + shown) == set()
    for line in (folder / lines_of(folder)[0]["trace"]).read_bytes().splitlines():
        assert obeyed(line.decode()) <= obeyed(HOSTILE)
        json.loads(line)


def test_an_error_is_shown_as_text(place: Place) -> None:
    name = "a\x1b]0;title\x07\u202e.yaml"
    (place.path / name).write_text("users: [\x9b31m]")
    for words in (("run", name), ("show", name)):
        code, said = place.pare(*words)
        assert (code, obeyed(said)) == (2, set()), said
        assert r"\x1b]0;title\x07" in said
    assert io.StringIO(said).readline() != ""
