"""Every bundled scenario: its validator accepts the oracle and what amounts to it, and nothing less."""

import pytest

from pare.scenario_runner import play_oracle
from pare.scenarios.utils.registry import registry
from pare.testing import mutants

IDS = sorted(registry.get_all_scenarios())


@pytest.mark.parametrize("scenario_id", IDS)
def test_accepts_its_oracle(scenario_id):
    run = play_oracle(registry.create(scenario_id))
    assert (run.outcome, run.result.rationale, run.result.exception) == ("success", None, None)
    assert [event.event_id for event in run.environment.event_log.list_view() if event.failed()] == []


@pytest.mark.parametrize("scenario_id", IDS)
def test_tells_mutants_apart(scenario_id):
    wrong = []
    kinds = set()
    for mutant in mutants(lambda: registry.create(scenario_id)):
        kinds.add(mutant.kind)
        run = mutant.play()
        if run.outcome != ("success" if mutant.must_succeed else "failure"):
            wrong.append(f"{mutant} -> {run.outcome}: {run.result.rationale or run.result.exception}")
    assert wrong == []
    assert kinds >= {"drop_read", "drop_write", "paraphrase", "wrong_target"}


def test_the_benchmark_has_scenarios():
    assert len(IDS) >= 1
