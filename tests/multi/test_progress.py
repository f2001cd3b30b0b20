"""Rates and the time that is left go by the clock that progress is given."""

from pare.multi_scenario_runner.progress import WINDOW_SECONDS, Progress
from pare.scenarios.result_row import ResultRow, RoleUse


def row(calls):
    usage = {"user": RoleUse(calls=calls)}
    return ResultRow.model_construct(outcome="success", cached=False, usage=usage, wall_effort={})


def test_rates_go_by_the_clock():
    now = [0.0]
    progress = Progress(total=40, clock=lambda: now[0])
    for _ in range(10):
        progress.add(row(calls=6))
        now[0] += 2.0
    assert progress.rates == (0.5, 3.0)
    assert progress.seconds_left == 60.0
    now[0] += WINDOW_SECONDS + 1
    assert progress.rates == (0.0, 0.0)
    assert progress.seconds_left is None
