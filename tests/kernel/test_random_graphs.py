"""Whatever the graph of events is, each completes once, after its dependencies, in order."""

import asyncio
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from pare.kernel.calls import Event
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.recording import EventRegisterer
from tests.kernel.phone import START, Bell, Diary, Inboxes, Plan, has_entry

DELAYS = st.sampled_from([0, 0, 0, 0.5, 1, 1, 2, 7])


class Node(NamedTuple):
    name: str
    parents: list[int]
    delay: float
    wait: float | None


@st.composite
def graphs(draw: st.DrawFn, waits: bool = False) -> list[Node]:
    names = draw(st.lists(st.text("abc", min_size=1, max_size=4), unique=True, min_size=1, max_size=12))
    return [
        Node(
            name,
            sorted(draw(st.sets(st.integers(0, number - 1), max_size=4))) if number else [],
            draw(DELAYS),
            draw(st.none() | DELAYS) if waits else None,
        )
        for number, name in enumerate(names)
    ]


def planned(graph: list[Node], listed: list[int] | None = None) -> Plan:
    diary, bell = Diary(), Bell()
    events: list[Event] = []
    with EventRegisterer.capture_mode():
        for node in graph:
            call = diary.arrive(node.name) if node.wait is None else bell.wait(node.wait)
            events.append(call.with_id(node.name).depends_on([events[at] for at in node.parents], node.delay))
    return Plan([diary, bell], [events[at] for at in listed] if listed else events)


def run(plan: Plan, **settings: Any) -> Environment:
    env = Environment(EnvironmentConfig(), notification_system=Inboxes())
    env.run(plan, **settings)
    return env


def lines(env: Environment) -> list[dict[str, Any]]:
    return env.event_log.lines()


def expected(graph: list[Node]) -> list[tuple[float, int, str]]:
    """Work out (time, pass, id) of every event without waits, by the rules alone."""
    found: list[tuple[float, int, str]] = []
    for node in graph:
        latest = max((found[at][0] for at in node.parents), default=START)
        same = [found[at][1] for at in node.parents if found[at][0] == latest + node.delay]
        found.append((latest + node.delay, max(same) + 1 if same else 0, node.name))
    return sorted(found)


@given(graphs())
def test_the_log_is_ordered_by_time_pass_and_id(graph: list[Node]) -> None:
    env = run(planned(graph))
    assert [(line["time"], line["id"]) for line in lines(env)] == [
        (time, name) for time, _, name in expected(graph)
    ]
    assert env.event_log.events == env.event_log.list_view()


@given(graphs(waits=True))
def test_every_event_completes_once_and_after_its_dependencies(graph: list[Node]) -> None:
    env = run(planned(graph))
    completed = [event.event_id for event in env.event_log.events]
    assert sorted(completed) == sorted(node.name for node in graph)
    order = {name: number for number, name in enumerate(completed)}
    starts = {line["id"]: line["time"] for line in lines(env)}
    for node in graph:
        for parent in (graph[at] for at in node.parents):
            assert order[parent.name] < order[node.name]
            assert starts[parent.name] + node.delay <= starts[node.name]
    times = [line["time"] for line in lines(env)]
    assert times == sorted(times)
    assert env.current_time >= times[-1]


@given(graphs(waits=True), st.randoms(use_true_random=False))
def test_the_order_of_the_list_and_a_second_run_change_nothing(graph: list[Node], random: Any) -> None:
    first = run(planned(graph))
    listed = list(range(len(graph)))
    random.shuffle(listed)
    second = run(planned(graph, listed))
    assert lines(first) == lines(second)
    assert (first.current_time, first.end_reason) == (second.current_time, second.end_reason)


@given(graphs(waits=True), st.none() | st.integers(0, 10))
def test_both_drivers_give_equal_logs(graph: list[Node], duration: int | None) -> None:
    plan, other = planned(graph), planned(graph)
    plan.duration = other.duration = duration
    first, second = run(plan), Environment(EnvironmentConfig(), notification_system=Inboxes())
    asyncio.run(second.run_async(other))
    assert lines(first) == lines(second)
    assert (first.current_time, first.end_reason) == (second.current_time, second.end_reason)


@given(graphs(), st.lists(st.sampled_from([0.25, 0.5, 1, 3]), max_size=8))
def test_a_run_that_is_stepped_is_the_run_at_one_go(graph: list[Node], steps: list[float]) -> None:
    env = run(planned(graph), wait_for_end=False)
    for step in steps:
        env.advance(env.current_time + step)
    env.join()
    assert lines(env) == lines(run(planned(graph)))


@given(graphs(waits=True), st.integers(0, 12), st.integers(1, 3))
def test_checks_leave_the_order_of_the_others_alone(graph: list[Node], timeout: int, every: int) -> None:
    watched = planned(graph)
    watched.events = [*watched.events, has_entry("never", "~watch", every_tick=every, timeout=timeout)]
    env = run(watched)
    others = [line for line in lines(env) if line["type"] != "CONDITION"]
    assert others == lines(run(planned(graph)))
    looks = [line["time"] - START for line in lines(env) if line["type"] == "CONDITION"]
    assert looks == list(range(0, timeout + 1, every))


@given(graphs(waits=True), st.sampled_from([0, 1, 2.5, 6]))
def test_the_duration_cuts_a_run_off_and_changes_nothing_before_it(
    graph: list[Node], duration: float
) -> None:
    cut = planned(graph)
    cut.duration = duration
    env, whole = run(cut), run(planned(graph))
    assert env.current_time <= START + duration
    early = [
        line for line in lines(whole) if line["time"] < START + duration and line["function"] == "arrive"
    ]
    assert early == [
        line for line in lines(env) if line["time"] < START + duration and line["function"] == "arrive"
    ]
