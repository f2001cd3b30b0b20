"""Every bundled scenario: its validator accepts the oracle and what amounts to it, and nothing less."""

from collections import Counter
from functools import cache

import pytest

from pare.kernel.enums import CapabilityTag
from pare.reporting.apps_page import phone_apps, plain_apps
from pare.scenario_runner import play_oracle
from pare.scenarios.overview import overview
from pare.scenarios.utils.registry import registry
from pare.sweep.selection import Selection, select
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


@cache
def facts():
    """Look every bundled scenario over, and say which packages of `pare.apps` it uses."""
    found = {}
    for scenario_id in IDS:
        scenario = registry.create(scenario_id)
        scenario.initialize()
        found[scenario_id] = (overview(scenario), {package(type(app)) for app in scenario.apps})
    return found


def package(app_class):
    return app_class.__module__.split(".")[2]


APPS = sorted({package(app) for app in [*phone_apps(), *plain_apps()]})


@pytest.mark.parametrize("app", APPS)
def test_every_app_occurs_at_least_three_times(app):
    assert sum(app in apps for _, apps in facts().values()) >= 3


def test_both_kinds_of_messages_occur_at_least_three_times():
    named = Counter(name for found, _ in facts().values() for name in found.apps)
    assert min(named["Messages"], named["Chats"]) >= 3


def test_scenarios_use_several_apps():
    assert [name for name, (found, _) in facts().items() if len(found.apps) < 2] == []


def test_scenarios_have_tags_a_summary_and_an_oracle():
    for found, _ in facts().values():
        assert (found.tags != (), found.summary != "", found.oracle_length >= 5) == (True, True, True)
    known = {tag.value for tag in CapabilityTag}
    assert {tag for found, _ in facts().values() for tag in found.tags} <= known


def split(name):
    return select(Selection(split=name), {name: found.tags for name, (found, _) in facts().items()})


def test_the_full_split_has_them_all():
    assert sorted(split("full")) == IDS


def test_every_app_occurs_in_the_ablation_split():
    assert {app for name in split("ablation") for app in facts()[name][1]} == set(APPS)


def test_the_ablation_split_is_a_third_and_like_the_whole():
    """What an app, a tag or a difficulty has of the split is within one scenario of its third."""
    chosen = split("ablation")
    assert len(chosen) == round(len(IDS) / 3)
    whole, part = Counter(), Counter()
    for name, (found, apps) in facts().items():
        kinds = [*apps, *found.tags, found.difficulty]
        whole.update(kinds)
        part.update(kinds if name in chosen else ())
    share = len(chosen) / len(IDS)
    assert {kind: part[kind] for kind in whole if abs(part[kind] - share * whole[kind]) >= 1} == {}
