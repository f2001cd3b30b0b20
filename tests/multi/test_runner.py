"""The runner of many: what is stored is served, the rest is run, and nothing is paid for twice."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from diskcache.core import DBNAME

from pare.errors import ConfigError
from pare.llm.endpoint import Faults
from pare.llm.journal import Journal
from pare.llm.journal_lines import RunKey
from pare.llm.scripted import steps
from pare.multi_scenario_runner import MultiScenarioRunner
from pare.multi_scenario_runner.folder import FolderError, RunFolder
from pare.multi_scenario_runner.served import DriftError
from pare.multi_scenario_runner.sweep_run import SweepRun
from pare.scenarios.config import ROLES, MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow, line_of
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.caching import ResultStore, StoreError
from pare.scenarios.utils.registry import registry
from pare.testing.endpoint import ServedEndpoint, serve
from tests.executors.fleet import CALLS, told, trace_of, until, writes
from tests.executors.misfits import GOOD
from tests.multi.sweeps import PRICE, Place, created, engine_at, outcomes

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def served() -> Iterator[ServedEndpoint]:
    """Serve in a thread, for tests that start loops of their own."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(writes())) as found:
        yield found


@pytest.fixture
def endpoint(served: ServedEndpoint) -> ServedEndpoint:
    served.counts.received = served.counts.replied = 0
    return served


@pytest.fixture
def place(tmp_path: Path, endpoint: ServedEndpoint) -> Place:
    return Place(tmp_path, endpoint.url)


# --- as published ---------------------------------------------------------------------------------------


class Errand(type(registry.create("dentist_moves_appointment"))):  # type: ignore[misc]
    """A scenario that nobody registered, and whose oracle no scripted model knows."""

    scenario_id = "errand"


def test_scenarios_are_run_as_published_also_those_that_are_not_registered(tmp_path: Path) -> None:
    engine = {"provider": "scripted", "model": "oracle"}
    config = MultiScenarioRunnerConfig(
        **{f"{role}_engine_config": engine for role in ROLES}, max_turns=4, logs_dir=tmp_path / "logs"
    )
    again = registry.create("dentist_moves_appointment")
    again.run_number = 2
    scenarios = [registry.create("dentist_moves_appointment"), again, Errand()]
    runner = MultiScenarioRunner(Place(tmp_path, "").workplace())
    result = runner.run(config, scenarios)
    assert {key: item.success for key, item in result.scenario_results.items()} == {
        ("dentist_moves_appointment", 1): True,
        ("dentist_moves_appointment", 2): True,
        ("errand", 1): False,
    }
    assert (result.successful_count, result.failed_count, result.exception_count) == (2, 1, 0)
    assert (result.success_rate, result.run_config) == (pytest.approx(2 / 3), config)
    assert result.total_proposals >= result.total_acceptances >= 2
    assert result.total_turns == sum(item.number_of_turns for item in result.scenario_results.values())
    assert not any(item._initialized for item in scenarios)
    served = runner.run(config, scenarios)
    assert served.scenario_results.keys() == result.scenario_results.keys()
    assert served.total_turns == result.total_turns


async def test_it_runs_inside_of_a_running_loop_too(place: Place) -> None:
    config = place.config(
        execute_engine_config=engine_at("", provider="scripted", model="wait", endpoints=())
    )
    result = MultiScenarioRunner(place.workplace()).run(config, [Errand()])
    assert result.scenario_results["errand", 1].success is False


def test_what_cannot_be_run_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path, "http://localhost:1")
    runner = MultiScenarioRunner(place.workplace())
    with pytest.raises(ValueError, match="no scenarios"):
        runner.run(place.config(), [])
    with pytest.raises(ConfigError, match="registered scenarios only, not errand"):
        runner.run(place.config(executor_type="process"), [Errand()])
    with pytest.raises(ConfigError, match="nobody"):
        runner.run(place.config(agent_type="nobody"), [Errand()])
    with pytest.raises(ConfigError, match="localhost"):
        runner.run(place.config(), [Errand()])


async def test_a_scenario_that_is_named_twice_is_run_once(place: Place, endpoint: ServedEndpoint) -> None:
    end = await place.sweep([GOOD[0], GOOD[0]])
    assert (outcomes(end.rows), end.progress.total) == (["success"], 1)
    config = place.config(seed=1)
    result = MultiScenarioRunner(place.workplace())._run_scenarios(config, [Errand(), Errand()])
    assert list((await result).scenario_results) == [("errand", 1)]


# --- the store ------------------------------------------------------------------------------------------


async def test_what_is_stored_is_served_without_a_call(place: Place, endpoint: ServedEndpoint) -> None:
    first = await place.sweep(runs=2)
    assert (first.stopped, first.progress.state, first.lost) == (None, "complete", 0)
    assert (first.progress.done, first.progress.cached, first.progress.calls) == (12, 0, 24)
    received = endpoint.counts.received
    folder = place.new_folder()
    second = await place.sweep(runs=3, place={"folder": folder})
    assert (second.progress.done, second.progress.cached, second.progress.calls) == (18, 12, 12)
    assert endpoint.counts.replied <= received + 12 + 2
    rows, broken = folder.rows()
    assert (len(rows), broken, second.rows) == (18, [], ())
    stored = {row.key: row for row in first.rows}
    for row in rows.values():
        if row.cached:  # the same bytes, too: the store keeps keys in an order of its own
            assert json.dumps(told(stored[row.key]) | {"cached": True}) == json.dumps(told(row))


async def test_a_sweep_that_is_served_whole_asks_no_endpoint(place: Place, endpoint: ServedEndpoint) -> None:
    await place.sweep()
    received = endpoint.counts.received
    end = await place.sweep()
    assert (end.progress.cached, endpoint.counts.received) == (6, received)


@pytest.mark.parametrize("executor", ["async", "sequential"])
async def test_without_caching_results_are_neither_read_nor_written_but_replies_are_kept(
    place: Place, endpoint: ServedEndpoint, executor: str
) -> None:
    for _ in range(2):
        end = await place.sweep(enable_caching=False, executor_type=executor)
        assert (end.progress.cached, outcomes(end.rows)) == (0, ["success"] * 6)
    assert (end.progress.replayed, end.progress.calls) == (12, 0)
    with ResultStore(place.path / "store") as store:
        assert list(store.runs()) == []
    await place.sweep()
    stored = await place.sweep(enable_caching=False)
    assert stored.progress.cached == 0


async def test_fresh_draws_anew_and_replaces_what_is_stored(place: Place, endpoint: ServedEndpoint) -> None:
    await place.sweep()
    before = endpoint.counts.replied
    end = await place.sweep(place={"fresh": True})
    assert (end.progress.cached, end.progress.calls) == (0, 12)
    assert endpoint.counts.replied >= before + 12


async def test_a_run_is_scored_anew_without_a_call_when_the_validator_changed(tmp_path: Path) -> None:
    files = {name: VALIDATED.format(wanted=wanted) for name, wanted in (("one", "True"), ("other", "False"))}
    makers = {}
    for name, text in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "errand.py").write_text(text)
        makers[name] = errand_of(tmp_path / name / "errand.py")
    async with serve(writes()) as endpoint:
        place = Place(tmp_path, endpoint.url)
        first = await place.sweep(["errand"], create=makers["one"])
        received = endpoint.counts.replied
        second = await place.sweep(["errand"], create=makers["other"])
        served = await place.sweep(["errand"], create=makers["other"])
    assert outcomes([*first.rows, *second.rows, *served.rows]) == ["success", "failure", "failure"]
    assert (second.progress.replayed, second.progress.calls, second.progress.cached) == (2, 0, 0)
    assert served.progress.cached == 1
    assert endpoint.counts.replied <= received + 1  # a probe


VALIDATED = """
from pare.scenarios.validation_result import ScenarioValidationResult
from tests.executors.misfits import Task


class Errand(Task):
    def validate(self, env):
        return ScenarioValidationResult(success={wanted})
"""


def errand_of(file: Path) -> Any:
    from pare.scenarios.discovery import import_file

    cls = vars(import_file(file))["Errand"]
    return lambda name: cls(scenario_id=name)


async def test_other_models_than_the_aliases_name_today_are_refused_or_accepted(place: Place) -> None:
    await place.sweep()
    renamed = engine_at(place.url, model="scripted-2")
    folder = place.new_folder()
    with pytest.raises(DriftError, match="'writer' was 'scripted' in the store and is 'scripted-2' now"):
        await place.sweep(place={"folder": folder}, execute_engine_config=renamed)
    assert folder.rows() == ({}, [])
    accepted = {"folder": folder, "accept_drift": True}
    end = await place.sweep(place=accepted, execute_engine_config=renamed)
    assert (end.progress.cached, len(folder.rows()[0])) == (6, 6)
    revised = engine_at(place.url, revision="2")
    assert (await place.sweep(execute_engine_config=revised)).progress.cached == 0


async def test_rows_of_an_earlier_start_stand_while_the_scenario_is_the_same(place: Place) -> None:
    folder = place.new_folder()
    await place.sweep(enable_caching=False, place={"folder": folder})
    rows, _ = folder.rows()
    end = await place.sweep(enable_caching=False, place={"folder": folder, "known": rows})
    assert (end.progress.cached, end.progress.calls) == (6, 0)
    other = {key: row.model_copy(update={"scenario_hash": "x.y"}) for key, row in rows.items()}
    end = await place.sweep(enable_caching=False, place={"folder": folder, "known": other})
    assert (end.progress.cached, end.progress.replayed) == (0, 12)


# --- what goes wrong ------------------------------------------------------------------------------------


async def test_infrastructure_is_tried_again_on_a_fresh_scenario_that_keeps_its_replies(
    tmp_path: Path,
) -> None:
    made: list[str] = []

    def create(name: str) -> Scenario:
        made.append(name)
        return created(name)

    async with serve(writes(), latency_seconds=0.3) as endpoint:
        place = Place(tmp_path, endpoint.url)
        end = await place.sweep(
            [GOOD[0]], create=create, timeout_seconds=0.45, max_retries=1, place={"fresh": True}
        )
    assert outcomes(end.rows) == ["success"]
    assert end.progress.retries == 1
    assert made == [GOOD[0]] * 3  # hashed, run, and run again
    assert end.rows[0].wall_effort["execute"]["replayed_calls"] == 1
    assert (end.progress.calls, end.progress.replayed) == (2, 1)


async def test_what_fails_each_time_is_a_result_at_last_and_not_stored(tmp_path: Path) -> None:
    async with serve(writes(), latency_seconds=0.3) as endpoint:
        place = Place(tmp_path, endpoint.url)
        end = await place.sweep(GOOD[:2], timeout_seconds=0.1, max_retries=2)
        assert (outcomes(end.rows), end.progress.retries) == (["infrastructure"] * 2, 4)
        assert {row.error_kind for row in end.rows} == {"timeout"}
        assert end.stopped is None
    with ResultStore(tmp_path / "store") as store:
        assert list(store.runs()) == []


async def test_a_defect_is_neither_tried_again_nor_stored(place: Place) -> None:
    for _ in range(2):
        end = await place.sweep(["leaves", "cannot_be_made", GOOD[0]])
        assert sorted(outcomes(end.rows)) == ["defect", "defect", "success"]
        assert end.progress.retries == 0
    assert end.progress.cached == 1


async def test_time_in_a_queue_is_no_working_time(tmp_path: Path) -> None:
    async with serve(writes(), latency_seconds=0.1) as endpoint:
        place = Place(tmp_path, endpoint.url)
        alone = engine_at(endpoint.url, limits={"concurrency": 1})
        end = await place.sweep(timeout_seconds=0.8, execute_engine_config=alone, max_retries=0)
    assert outcomes(end.rows) == ["success"] * 6  # they took 1.2 s together, and waited most of it


async def test_a_stopped_sweep_lets_those_under_way_finish(tmp_path: Path) -> None:
    async with serve(writes(), latency_seconds=0.1) as endpoint:
        place = Place(tmp_path, endpoint.url)
        begun: list[SweepRun] = []

        async def stop() -> None:
            await until(lambda: begun and begun[0].progress.state == "running")
            await until(lambda: endpoint.counts.in_flight)
            begun[0].stop("drained")

        async with anyio.create_task_group() as group:
            group.start_soon(stop)
            end = await place.sweep(runs=3, on_start=begun.append, max_concurrent_scenarios=3)
    assert (end.stopped, end.progress.state) == ("drained", "stopped: drained")
    assert 1 <= len(end.rows) <= 4
    assert set(outcomes(end.rows)) == {"success"}


# --- money ----------------------------------------------------------------------------------------------


async def test_a_budget_stops_the_sweep_before_it_is_overspent(tmp_path: Path) -> None:
    async with serve(steps([{"tool": "Emails__list_emails"}] * 4 + CALLS), latency_seconds=0.01) as endpoint:
        place = Place(tmp_path, endpoint.url)
        engine = engine_at(endpoint.url, price=PRICE, sampling={"max_tokens": 200})
        whole = await place.sweep(execute_engine_config=engine)
        cost = sum(row.usage["execute"].cost or 0 for row in whole.rows)
        assert whole.progress.spent == pytest.approx(cost)
        folder = place.new_folder()
        limit = cost / 2
        place.path = tmp_path / "other"
        end = await place.sweep(execute_engine_config=engine, max_cost=limit, place={"folder": folder})
        assert (end.stopped, end.progress.max_cost) == ("budget", limit)
        assert 0 < end.progress.spent <= limit
        rows = folder.rows()[0].values()
        assert {row.error_kind for row in rows if row.outcome == "infrastructure"} == {"budget"}
        again = await place.sweep(execute_engine_config=engine, max_cost=cost)
    assert outcomes(again.rows) == ["success"] * 6
    assert end.progress.spent + again.progress.spent == pytest.approx(cost, rel=0.1)


# --- the folder -----------------------------------------------------------------------------------------


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    one, other = RunFolder(tmp_path), RunFolder(tmp_path)
    one.lock()
    with pytest.raises(FolderError, match="is in use by process"):
        other.lock()
    assert other.holder is not None
    one.unlock()
    assert other.holder is None
    other.lock()
    other.unlock()


def test_a_torn_line_is_told_and_ended(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    row = ResultRow(scenario_id="a", outcome="success", config_hash="c")
    folder.append([row])
    folder.unlock()
    folder.results.write_bytes(folder.results.read_bytes() + line_of(row)[:20])
    rows, broken = folder.rows()
    assert (len(rows), [line.is_torn for line in broken]) == (1, [True])
    folder.append([row.model_copy(update={"run_number": 2})])
    folder.unlock()
    rows, broken = folder.rows()
    assert (len(rows), [(line.number, line.is_torn) for line in broken]) == (2, [(2, False)])


async def test_traces_are_named_relative_to_the_folder_and_shared_with_the_store(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.path)
    for _ in range(2):
        folder = RunFolder(Path(place.new_folder().path.name))
        await place.sweep(place={"folder": folder})
        rows = list(folder.rows()[0].values())
        assert [row.trace for row in rows] == [
            f"traces/{row.config_hash}/{row.scenario_id}_run_1.jsonl" for row in rows
        ]
        for row in rows:
            there = row.model_copy(update={"trace": str(folder.path / str(row.trace))})
            assert trace_of(there)[-1]["data"]["outcome"] == "success"
    assert all(row.cached for row in rows)


async def test_a_store_that_cannot_be_read_is_refused_before_anything_is_asked(
    place: Place, endpoint: ServedEndpoint
) -> None:
    (place.path / "store" / "results" / DBNAME).mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be written"):
        await place.sweep()
    assert endpoint.counts.received == 0


async def test_a_store_that_refuses_later_stops_the_sweep_and_costs_no_result(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[str] = []

    def create(name: str) -> Scenario:
        made.append(name)
        if len(made) == 7:  # the first one that is run; six were hashed
            (place.path / "store" / "results" / DBNAME).mkdir(parents=True)
        return created(name)

    end = await place.sweep(create=create, max_concurrent_scenarios=1)
    assert 1 <= end.lost == len(end.rows) < 6
    assert (set(outcomes(end.rows)), end.stopped) == ({"success"}, "disk: results cannot be written")
    said = capsys.readouterr().err
    assert "result.not_kept" in said
    assert "store.not_readable" in said


async def test_a_folder_that_refuses_is_said_and_counted(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place.new_folder()
    folder.results.mkdir()
    end = await place.sweep(place={"folder": folder}, max_concurrent_scenarios=2)
    assert (end.progress.outcomes, end.stopped) == ({"success": end.lost}, "disk: results cannot be written")
    assert "result.not_kept" in capsys.readouterr().err
    assert (await place.sweep()).progress.cached >= end.lost >= 1


async def test_a_store_without_journals_asks_no_model(place: Place, endpoint: ServedEndpoint) -> None:
    (place.path / "store").mkdir()
    (place.path / "store" / "journals").write_text("a file where a directory should be")
    end = await place.sweep(GOOD[:2], max_retries=1)
    assert {(row.outcome, row.error_kind) for row in end.rows} == {("infrastructure", "journal")}
    assert endpoint.counts.replied <= 1


# --- executors ------------------------------------------------------------------------------------------


STARTED_AND_FINISHED = ["run.started", "run.finished"]


def logs_of_runs(folder: Path) -> dict[str, list[str]]:
    return {
        str(path.relative_to(folder)): [json.loads(line)["event"] for line in path.read_bytes().splitlines()]
        for path in sorted(folder.rglob("good*.jsonl"))
    }


@pytest.mark.parametrize("executor", ["async", "thread", "sequential"])
async def test_all_executors_write_a_log_of_each_run(place: Place, executor: str) -> None:
    folder = place.new_folder()
    end = await place.sweep(
        GOOD[:3],
        executor_type=executor,
        place={"folder": folder},
        logs_dir=MultiScenarioRunnerConfig().logs_dir,
    )
    assert (end.stopped, end.progress.outcomes) == (None, {"success": 3})
    assert logs_of_runs(folder.logs) == {f"{name}.jsonl": STARTED_AND_FINISHED for name in GOOD[:3]}
    assert not (place.path / "logs").exists()


async def test_without_a_folder_logs_go_where_the_settings_say(place: Place) -> None:
    await place.sweep(GOOD[:1], experiment_name="night")
    assert [path.name for path in (place.path / "logs" / "night").glob("good*")] == [f"{GOOD[0]}.jsonl"]
    await place.sweep(GOOD[1:2], log_to_file=False, experiment_name="quiet")
    assert not (place.path / "logs" / "quiet").exists()


async def test_workers_share_one_budget_one_store_and_the_logs(tmp_path: Path) -> None:
    async with serve(writes(), latency_seconds=0.01) as endpoint:
        place = Place(tmp_path, endpoint.url)
        engine = engine_at(endpoint.url, price=PRICE, sampling={"max_tokens": 200})
        processes = {"executor_type": "process", "workers": 2, "execute_engine_config": engine}
        limit = 0.03
        end = await place.sweep(runs=2, max_cost=limit, experiment_name=".", **processes)
        assert (end.stopped, "success" in outcomes(end.rows)) == ("budget", True)
        assert 0 < end.progress.spent <= limit
        logs = logs_of_runs(tmp_path / "logs")
        assert set(logs) <= {f"{name}.jsonl" for name in GOOD}
        assert sum(events.count("run.finished") for events in logs.values()) == len(end.rows)
        replied = endpoint.counts.replied
        rest = await place.sweep(runs=2, **{**processes, "executor_type": "async"})
        assert outcomes(rest.rows) == ["success"] * 12
        assert rest.progress.cached == outcomes(end.rows).count("success")
        assert rest.progress.calls + end.progress.calls == 24
        assert endpoint.counts.replied <= replied + rest.progress.calls + 1


async def test_journals_are_kept_where_the_store_is(place: Place) -> None:
    await place.sweep()
    journal = Journal(place.path / "store" / "journals")
    cell = Cell(place.config().scenario_config())
    assert all(journal.path_of(RunKey(*Job(name, cell).key)).is_file() for name in GOOD)


async def test_an_outage_is_waited_out(tmp_path: Path) -> None:
    async with serve(writes(), faults=Faults(errors=0.3), seed=3) as endpoint:
        place = Place(tmp_path, endpoint.url)
        end = await place.sweep(GOOD[:2], max_retries=5)
    assert outcomes(end.rows) == ["success"] * 2


# --- two sweeps at once ---------------------------------------------------------------------------------

SWEEP = """
import sys
import anyio
from pathlib import Path
from tests.multi.sweeps import Place, outcomes

end = anyio.run(lambda: Place(Path(sys.argv[1]), sys.argv[2]).sweep(runs=2, max_concurrent_scenarios=4))
print(outcomes(end.rows).count("success"), end.progress.calls, end.progress.replayed, flush=True)
"""


async def test_two_sweeps_on_one_store_share_the_work(tmp_path: Path) -> None:
    async with serve(writes(), latency_seconds=0.1) as endpoint:

        async def sweep() -> None:
            done = await anyio.run_process(
                [sys.executable, "-c", SWEEP, str(tmp_path), endpoint.url], cwd=ROOT, stderr=None
            )
            told.append([int(number) for number in done.stdout.split()])

        told: list[list[int]] = []
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(sweep)
        probes = endpoint.counts.replied - 24
    assert [finished for finished, _, _ in told] == [12, 12]
    assert sum(calls for _, calls, _ in told) == 24
    assert 0 < told[0][1] < 24, "one did it all"
    assert probes <= 2
