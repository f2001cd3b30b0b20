"""`pare benchmark run` with agents: scripted ones, so that no key is needed."""

import pytest
from typer.testing import CliRunner

from pare.cli.main import app

ROLES = ("user", "observe", "execute")


def run(model: str, *options: str) -> tuple[int, str]:
    models = [part for role in ROLES for part in (f"--{role}-model", model, f"--{role}-provider", "scripted")]
    result = CliRunner().invoke(app, ["benchmark", "run", *models, *options])
    return result.exit_code, result.output


@pytest.mark.parametrize("action_format", ["react_json", "tool_calls"])
def test_the_oracle_succeeds(action_format):
    code, output = run("oracle", "--limit", "3", "--format", action_format)
    assert (code, output.strip().splitlines()[-1]) == (0, "3 success")


def test_failures_are_told_with_their_reasons():
    code, output = run("wait", "--scenarios", "dentist_moves_appointment")
    assert (code, output.strip().splitlines()[-1]) == (1, "1 failure")
    assert "failure dentist_moves_appointment: not met: appointment moved" in output


def test_what_is_wrong_with_endpoints_is_said_before_anything_runs(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    options = ["--user-model", "m", "--user-provider", "nowhere", "--limit", "1"]
    result = CliRunner().invoke(app, ["benchmark", "run", *options])
    said = str(result.exception)
    assert "m at no URL" in said
    assert "OPENAI_API_KEY" in said
