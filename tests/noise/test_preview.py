"""``pare noise preview`` draws what a run would meet."""

import pytest
from typer.testing import CliRunner

from pare.cli.main import app
from pare.errors import ConfigError, PareError, UnknownScenarioError
from pare.scenario_runner import play_oracle
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from tests.noise.worlds import noise_of

ID = "nephew_with_a_new_number"


def shown(*arguments: str) -> list[str]:
    result = CliRunner().invoke(app, ["noise", "preview", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout.splitlines()


def test_the_timeline_shows_the_noise_of_a_run() -> None:
    lines = shown(ID, "--rate", "4", "--seed", "7", "--width", "90")
    scenario = registry.create(ID)
    scenario.env_events_config = EnvEventsConfig(4, 7)
    scenario.initialize()
    events = noise_of(scenario)
    assert lines[0] == f"{ID}: {len(events)} events of noise in 360 seconds"
    listed = lines[-len(events) :]
    assert [float(line.split()[0]) for line in listed] == [event.event_relative_time for event in events]
    assert all(len(line) <= 90 for line in lines)
    rows = [line for line in lines[1 : -len(events)] if "·" in line]
    assert sum(int(line.split()[-1]) for line in rows) == len(events)
    fired = play_oracle(scenario).environment.event_log.count_noise()
    assert 0 < fired <= len(events)


def test_runs_differ_unless_the_sweep_is_the_scope() -> None:
    assert shown(ID, "--run", "1") != shown(ID, "--run", "2")
    assert shown(ID, "--run", "1", "--scope", "sweep") == shown(ID, "--run", "2", "--scope", "sweep")


def test_nothing_is_said_to_be_nothing() -> None:
    lines = shown(ID, "--rate", "0")
    assert lines == [
        f"{ID}: 0 events of noise in 360 seconds",
        "nothing comes: no app takes noise, or the rate is 0",
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nephew"], UnknownScenarioError),
        ([ID, "--rate", "-1"], ConfigError),
        ([ID, "--rate", "50000"], ConfigError),
        ([ID, "--scope", "all"], ConfigError),
    ],
)
def test_what_cannot_be_is_refused_by_name(arguments: list[str], error: type[PareError]) -> None:
    with pytest.raises(error):
        CliRunner().invoke(app, ["noise", "preview", *arguments], catch_exceptions=False)
