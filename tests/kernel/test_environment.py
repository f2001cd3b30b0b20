"""The environment's life: start, tick, advance, join, pause, resume, stop; apps; settings."""

import pytest

from pare.apps.base import App, Protocol
from pare.errors import ConfigError, EnvironmentStateError, ScenarioError, ScenarioNotInitializedError
from pare.kernel.abstract_event import StopEvent
from pare.kernel.calls import CompletedEvent, Event
from pare.kernel.enums import EnvironmentState
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from tests.kernel.phone import Bell, Diary, Inboxes, Plan, armed, arrival, happened, has_entry, oracle, played


def state(env: Environment) -> tuple[str, float, str | None]:
    return env.state.value, env.current_time - env.start_time, env.end_reason


def test_an_environment_can_be_used_without_a_scenario() -> None:
    diary = Diary()
    env = Environment(EnvironmentConfig(start_time=50))
    env.register_apps([diary])
    env.schedule(arrival(diary, "a", None, 3))
    env.schedule([arrival(diary, "b", None, 5), arrival(diary, "c", None, 61)])
    assert (env.state.value, env.duration, env.current_time) == ("SETUP", 60, 50)
    env.start()
    env.join()
    assert happened(env) == [(3, "a"), (5, "b")]
    assert state(env) == ("STOPPED", 60, "duration")


def test_start_arms_and_no_time_passes() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a")])
    assert (state(env), happened(env), env.get_event_queue_length()) == (("RUNNING", 0, None), [], 1)


def test_start_while_running_does_nothing() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a", None, 1)])
    env.start()
    env.join()
    assert happened(env) == [(1, "a")]


def test_an_environment_starts_once() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a", None, 1)])
    env.pause()
    with pytest.raises(EnvironmentStateError, match="in state PAUSED; it starts once"):
        env.start()
    env.resume()
    env.join()
    with pytest.raises(EnvironmentStateError, match="in state STOPPED; it starts once"):
        env.start()
    assert happened(env) == [(1, "a")]


def test_an_environment_that_has_not_started_moves_nothing() -> None:
    env = Environment()
    env.advance(10)
    env.tick()
    assert state(env) == ("SETUP", 0, None)
    with pytest.raises(EnvironmentStateError, match="in state SETUP; nothing would happen"):
        env.join()


def test_the_duration_ends_the_run_at_its_moment() -> None:
    diary = Diary()
    env = played([diary], [arrival(diary, "a", None, 7), arrival(diary, "b", None, 7.5)], duration=7)
    assert (happened(env), state(env)) == ([(7, "a")], ("STOPPED", 7, "duration"))


def test_without_events_left_the_run_ends_before_the_duration() -> None:
    diary = Diary()
    env = played([diary], [arrival(diary, "a", None, 7)], duration=100)
    assert state(env) == ("STOPPED", 7, "no_events")


def test_join_after_the_end_changes_nothing() -> None:
    diary, inboxes = Diary(), Inboxes()
    env = played([diary], [arrival(diary, "a", None, 7)], inboxes=inboxes)
    env.join()
    assert (state(env), inboxes.read()) == (("STOPPED", 7, "no_events"), [(7, "a"), (7, "stop")])


def test_stop_ends_the_run_and_tells_the_readers_once() -> None:
    diary, inboxes = Diary(), Inboxes()
    env = armed([diary], [arrival(diary, "a", None, 7)], inboxes=inboxes)
    env.advance(1003)
    env.stop()
    env.join()
    assert (happened(env), state(env)) == ([], ("STOPPED", 3, "stopped"))
    assert (inboxes.read("agent"), inboxes.read("user")) == ([(3, "stop")], [(3, "stop")])


def test_a_stop_event_may_wait_for_others() -> None:
    diary = Diary()
    first = arrival(diary, "a", None, 2)
    stop = StopEvent().depends_on(first, 3)
    env = played([diary], [first, stop, arrival(diary, "b", None, 4), arrival(diary, "c", None, 6)])
    assert (happened(env), state(env)) == ([(2, "a"), (4, "b")], ("STOPPED", 5, "stopped"))


def test_a_failing_event_leaves_the_run_going() -> None:
    diary = Diary()

    def broken() -> None:
        raise RuntimeError("broken")

    events = [Event.from_function(broken).with_id("x").depends_on(None, 1), arrival(diary, "y", None, 2)]
    env = played([diary], events)
    assert [(line["id"], line["exception"]) for line in env.event_log.lines()] == [
        ("x", "broken"),
        ("y", None),
    ]


def test_a_scenario_that_was_not_initialised_is_refused() -> None:
    plan = Plan([Diary()])
    plan._initialized = False
    env = Environment()
    with pytest.raises(
        ScenarioNotInitializedError, match=r"'plan' is not initialised; call scenario.initialize\(\)"
    ):
        env.run(plan)
    assert env.state is EnvironmentState.SETUP


def test_an_environment_runs_one_scenario() -> None:
    env = played([Diary()])
    with pytest.raises(EnvironmentStateError, match="runs one scenario; make a new one"):
        env.run(Plan([Diary()]))


@pytest.mark.parametrize("increment", [0, -5, 0.5])
def test_a_tick_lasts_a_second_or_more(increment: float) -> None:
    with pytest.raises(ConfigError, match=rf"time_increment_in_seconds is {increment}; it must be 1 or more"):
        EnvironmentConfig(time_increment_in_seconds=increment)
    with pytest.raises(
        ScenarioError, match=rf"scenario 'plan' has a time_increment_in_seconds of {increment};"
    ):
        armed([Diary()], time_increment_in_seconds=increment)


def test_a_queue_based_loop_is_for_oracle_runs() -> None:
    with pytest.raises(ConfigError, match="needs oracle_mode"):
        EnvironmentConfig(queue_based_loop=True)
    assert EnvironmentConfig(queue_based_loop=True, oracle_mode=True).oracle_mode


def test_events_are_scheduled_before_the_start() -> None:
    diary = Diary()
    env = armed([diary])
    with pytest.raises(EnvironmentStateError, match="before the environment starts"):
        env.schedule(arrival(diary, "a"))


def test_a_scenario_can_be_loaded_without_its_events() -> None:
    diary = Diary()
    env = Environment()
    env.run(Plan([diary], [arrival(diary, "a")]), schedule_events=False)
    assert (happened(env), env.get_app("Diary")) == ([], diary)


def test_the_configured_start_wins_over_the_scenarios() -> None:
    diary = Diary()
    env = Environment(EnvironmentConfig(start_time=5))
    env.run(Plan([diary], [arrival(diary, "a", None, 2)]))
    assert (env.start_time, env.current_time, diary.now()) == (5, 7, 7)


def test_a_start_at_the_epoch_is_a_start() -> None:
    diary = Diary()
    env = played([diary], [arrival(diary, "a", None, 2)], start_time=0)
    assert (env.start_time, env.current_time) == (0, 2)


def test_the_run_of_the_scenario_is_taken_over() -> None:
    plan = Plan([Diary()])
    plan.run_context = RunContext(5, 1000.0)
    env = Environment(notification_system=Inboxes())
    env.run(plan, wait_for_end=False)
    assert (env.run_context, env.time_manager) == (plan.run_context, plan.run_context.clock)
    assert (plan.apps[0].run, plan.apps[0].time_manager) == (plan.run_context, plan.run_context.clock)
    assert env.notification_system.clock is plan.run_context.clock


def test_ticks_are_counted_from_the_start() -> None:
    env = armed([Diary()], time_increment_in_seconds=10)
    counts = []
    for moment in (1000, 1000.5, 1010, 1010.1, 1025):
        env.advance(moment)
        counts.append(env.tick_count)
    assert counts == [0, 1, 1, 2, 3]


def test_apps_are_found_by_name_and_class() -> None:
    one, two = Diary("One"), Diary("Two")
    env = armed([one, two])
    assert (env.get_app("Two"), env.has_app("One"), env.has_app("Diary")) == (two, True, False)
    assert (env.get_app_with_class(App), env.get_app_with_class(Bell)) == (one, None)
    with pytest.raises(KeyError, match=r"no app 'Tow' on the phone \(apps: One, Two\). Did you mean 'Two'\?"):
        env.get_app("Tow")
    with pytest.raises(KeyError, match=r"\(apps: none\)"):
        Environment().get_app("Tow")


def test_tools_are_listed_by_app_and_role() -> None:
    env = armed([Diary("One"), Bell()])
    agent = {name: [tool.name for tool in tools] for name, tools in env.get_tools_by_app().items()}
    assert agent == {
        "One": ["One__write", "One__read", "One__copy_last", "One__tear", "One__fetch"],
        "Bell": ["Bell__wait"],
    }
    assert [tool.name for tool in env.get_tools()] == agent["One"] + agent["Bell"]
    assert [tool.name for tool in env.get_user_tools()] == ["One__tap", "Bell__user_wait"]
    assert list(env.get_user_tools_by_app()) == ["One", "Bell"]


def test_the_first_app_that_offers_a_protocol_provides_it() -> None:
    class Files(App):
        def get_implemented_protocols(self) -> list[Protocol]:
            return [Protocol.FILE_SYSTEM]

    class Reader(App):
        def connect_to_protocols(self, protocols: dict) -> None:
            self.files = protocols.get(Protocol.FILE_SYSTEM)

    reader, one, two = Reader(), Files("One"), Files("Two")
    armed([reader, one, two])
    assert reader.files is one


def test_sizes_and_the_next_event_can_be_asked() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a", None, 2), arrival(diary, "b", None, 4)])
    env.advance(1003)
    assert (env.get_event_log_size(), env.get_event_queue_length(), env.get_next_event_time()) == (1, 1, 1004)
    env.join()
    assert (env.get_event_log_size(), env.get_event_queue_length(), env.get_next_event_time()) == (2, 0, None)


def test_subscribers_hear_every_event_as_it_completes() -> None:
    heard: list[CompletedEvent] = []
    diary = Diary()
    env = Environment(add_event_to_agent_log=heard.append)
    env.subscribe(heard.append)
    env.run(Plan([diary], [arrival(diary, "a"), has_entry("a")]))
    diary.write("late")
    assert [event.event_id for event in heard[::2]] == ["a", "has-CHECK_0", "AGENT-Diary.write-00000000"]
    assert heard[::2] == heard[1::2] == env.event_log.events


def test_several_calls_can_be_added_to_the_log_at_once() -> None:
    diary = Diary()
    records = played([diary], [arrival(diary, "a"), arrival(diary, "b")]).event_log.events
    env = armed([diary])
    env.add_to_log(records)
    env.add_to_log(records[0])
    assert [event.event_id for event in env.event_log.events] == ["a", "b", "a"]


def test_what_cannot_be_processed_is_named() -> None:
    env = armed([Diary()], [CompletedEvent(event_id="done")])
    with pytest.raises(TypeError, match="an event of type CompletedEvent cannot be processed"):
        env.join()


def test_an_event_of_a_subclass_is_processed_as_its_base() -> None:
    class Visit(Event):
        """A scenario's own kind of event."""

    diary = Diary()
    env = played([diary], [Visit.from_function(diary.arrive, text="x").with_id("visit")])
    assert happened(env) == [(0, "visit")]


def test_in_oracle_mode_nobody_need_act() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        nested = diary.copy_last().oracle().with_id("copy")
    first = oracle(diary, "a", None, 1)
    env = played([diary], [first, nested.depends_on(first, 1)], oracles=True)
    assert (happened(env), diary.entries) == ([(1, "a"), (2, "copy")], ["a", "a"])
