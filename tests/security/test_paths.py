"""No name that a model, an endpoint or a file gives leads out of the folder that it is used in."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps import EmailClientApp
from pare.apps.files import SandboxLocalFileSystem, VirtualFileSystem
from pare.compat.json_scenarios.checking import function_of
from pare.compat.json_scenarios.checking import functions as functions_of
from pare.errors import ToolError
from pare.llm.journal_lines import RunKey
from pare.logs import LogFiles
from pare.reporting.published_files import place_of
from pare.scenarios.config import ScenarioRunnerConfig
from pare.sweep.loader import load_sweep
from pare.sweep.problems import SweepError
from pare.traces.files import run_name

HOSTILE = [
    *("../../x", "..", ".", "/", "/etc/passwd", "a/../../b", "a\\..\\b", "~", "~root/x", "a\nb", "a\x00b"),
    *("x" * 300, "é" * 300, "con", "-rf", ".hidden", "", " ", "a\x1b[2J", "\ud800", "\u202etxt"),
]


def is_plain(name: str) -> bool:
    """Tell whether a text names one file of the folder that it is put in."""
    is_short = len(os.fsencode(name)) <= 200
    return (
        is_short and name.isascii() and name.isprintable() and not {*"/\\"} & {*name} and name[0] not in ".-"
    )


@pytest.mark.parametrize("scenario_id", HOSTILE)
def test_an_id_makes_plain_names_of_files(scenario_id: str) -> None:
    shard, journal = RunKey(scenario_id, 1, scenario_id).file_name.split("/")
    log = Path(LogFiles("/logs").path_of({"scenario": scenario_id}))
    assert is_plain(run_name(scenario_id, 1))
    assert is_plain(shard)
    assert is_plain(journal)
    assert (log.parent, len(log.name) < 200, log.name not in (".", "..")) == (Path("/logs"), True, True)


@given(st.text(), st.text())
def test_ids_that_differ_have_traces_and_journals_of_their_own(one: str, other: str) -> None:
    for name_of in (run_name, lambda text: RunKey(text, 1, "c").file_name):
        assert (name_of(one) == name_of(other)) == (one == other)


@pytest.mark.parametrize("name", ["../x", "a/b", "/x", "..", "a\\b", " ", "x" * 300, "a\nb"])
def test_the_name_of_a_sweep_leads_out_of_no_folder(name: str) -> None:
    for word in ("name", "experiment_name"):
        with pytest.raises(SweepError, match="a name is a part of file names"):
            load_sweep(f"{word}: {name!r}\n".replace("'", '"'), environ={})


def test_an_alias_leads_out_of_no_folder(tmp_path: Path) -> None:
    config = ScenarioRunnerConfig(
        user_model_alias="../../x", observe_model_alias="/etc/y", execute_model_alias=".."
    )
    place = place_of(tmp_path, "../../e", "full", config)
    assert place.folder.resolve().is_relative_to(tmp_path)
    assert place.named("_result.json").resolve().is_relative_to(tmp_path)


# --- the files of the phone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SandboxLocalFileSystem, VirtualFileSystem])
def test_no_path_of_a_model_reaches_the_files_of_the_machine(kind, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    app = kind()
    app.create_file("/mine.txt", "mine")
    root = Path(app.tmpdir)
    (root / "link").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")
    out = f"../{secret.name}"
    paths = [str(secret), f"../{out}", out, "/link", "link", "folder/secret.txt", "/folder/../link", "pipe"]
    paths += [
        "/dev/zero",
        "/proc/self/environ",
        "%2e%2e/secret.txt",
        "a\x00b",
        "x" * 300,
        "/".join("d" * 3000),
    ]
    for path in paths:
        for call in (app.cat, app.info, app.rm, lambda path: app.mv(path, "/got")):
            with pytest.raises(ToolError):
                call(path)
    for path in (f"../{out}", "/link", "link", "folder/new.txt"):
        with pytest.raises(ToolError):
            app.create_file(path, "overwritten")
    assert (secret.read_text(), list(tmp_path.iterdir())) == ("secret", [secret])
    assert app.ls("/") == ["/mine.txt"]


def test_the_files_of_the_phone_are_only_the_users() -> None:
    old = os.umask(0)
    try:
        app = SandboxLocalFileSystem()
        app.create_file("/a/b.txt", "mine")
    finally:
        os.umask(old)
    root = Path(app.tmpdir)
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "a/b.txt").stat().st_mode) == 0o600


def test_an_attachment_is_no_file_of_the_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    mail = EmailClientApp()
    with pytest.raises(ToolError, match="no file system"):
        mail.send_email(recipients=["a@b.example"], attachment_paths=[str(secret)])
    files = SandboxLocalFileSystem()
    mail.connect_to_protocols(dict.fromkeys(files.get_implemented_protocols(), files))
    with pytest.raises(ToolError):
        mail.send_email(recipients=["a@b.example"], attachment_paths=[str(secret)])


@pytest.mark.parametrize("kind", [SandboxLocalFileSystem, VirtualFileSystem])
@pytest.mark.parametrize(
    "name",
    [
        *("load_directory_from_path", "load_file_system_from_path", "load_file_system_state", "populate"),
        *("tmpdir", "load_state", "write_bytes", "__init__", "__class__", "_disk", "reset"),
    ],
)
def test_a_json_scenario_can_plan_no_call_that_takes_a_path_of_the_machine(kind, name: str) -> None:
    assert hasattr(SandboxLocalFileSystem(), name)
    assert function_of(kind, name) is None
    assert name not in functions_of(kind)


def test_a_json_scenario_can_plan_other_calls() -> None:
    assert {"cat", "mkdir", "rm"} <= set(functions_of(SandboxLocalFileSystem))
    assert function_of(SandboxLocalFileSystem, "cat") is not None
