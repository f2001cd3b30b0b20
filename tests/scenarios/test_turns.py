from itertools import permutations
from typing import Any

import pytest

from pare.apps.base import App
from pare.apps.user_interface import AgentUserInterface, PAREAgentUserInterface
from pare.errors import CyclicEventsError, EventTimeError, UnknownPredecessorError
from pare.kernel.abstract_event import AbstractEvent, StopEvent
from pare.kernel.action import Action, ActionDescription
from pare.kernel.calls import CompletedEvent, Event, OracleEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.recording import EventRegisterer, event_registered
from pare.scenarios import Scenario


class ChatApp(App):
    @event_registered()
    def look(self) -> str:
        return "nothing"

    @event_registered()
    def send_message_to_user(self, content: str) -> None:
        pass


def scenario_with(*events: Any, **fields: Any) -> Scenario:
    apps: list[App] = [AgentUserInterface(), ChatApp("Chats")]
    return Scenario(scenario_id="talk", apps=apps, events=list(events), start_time=100.0, **fields)


def plan(**delays: float) -> dict[str, Any]:
    """Two turns: ask, work, tell; then again, thank, done."""
    aui, chats = AgentUserInterface(), ChatApp()
    with EventRegisterer.capture_mode():
        ask: Any = aui.send_message_to_agent("Look")
        work: Any = chats.look()
        tell: Any = aui.send_message_to_user("Seen")
        again: Any = aui.send_message_to_agent("Once more")
        done: Any = aui.send_message_to_user("Seen again")
    ask = ask.with_id("ask").depends_on(None, delays.get("ask", 0))
    work = work.oracle().with_id("work").depends_on(ask, delays.get("work", 0))
    tell = tell.oracle().with_id("tell").depends_on(work, delays.get("tell", 0))
    again = again.with_id("again").depends_on(tell, delays.get("again", 0))
    done = done.oracle().with_id("done").depends_on(again, delays.get("done", 0))
    return {"ask": ask, "work": work, "tell": tell, "again": again, "done": done}


def oracle(app: str, function: str, event_id: str = "o") -> OracleEvent:
    return OracleEvent(event_id=event_id, action_desc=ActionDescription(app, function, []))


# --- messages to the user -----------------------------------------------------------------------------------


def test_an_expected_message_is_known_by_its_app_and_function() -> None:
    scenario = scenario_with()
    assert scenario.is_send_message_to_user(oracle("AgentUserInterface", "send_message_to_user"))
    assert not scenario.is_send_message_to_user(oracle("AgentUserInterface", "send_message_to_agent"))
    assert not scenario.is_send_message_to_user(oracle("Chats", "send_message_to_user"))
    assert not scenario.is_send_message_to_user(oracle("PAREAgentUserInterface", "send_message_to_user"))
    assert not scenario.is_send_message_to_user(OracleEvent(event_id="without words"))
    assert Scenario(scenario_id="x").is_send_message_to_user(
        oracle("AgentUserInterface", "send_message_to_user")
    )


def test_an_interface_for_proactive_agents_counts_as_one() -> None:
    scenario = Scenario(scenario_id="x", apps=[PAREAgentUserInterface()])
    assert scenario.is_send_message_to_user(oracle("PAREAgentUserInterface", "send_message_to_user"))


def test_a_message_that_was_sent_is_the_agents() -> None:
    scenario, app = scenario_with(), AgentUserInterface()
    said = Action(app.send_message_to_user, {"content": "x"})
    for event_type, expected in ((EventType.AGENT, True), (EventType.ENV, False)):
        assert scenario.is_send_message_to_user(CompletedEvent(event_type, action=said)) is expected
    other = Action(ChatApp().send_message_to_user, {"content": "x"})
    assert not scenario.is_send_message_to_user(CompletedEvent(EventType.AGENT, action=other))


def test_a_plan_to_call_is_no_message_until_it_is_an_oracle() -> None:
    scenario = scenario_with()
    with EventRegisterer.capture_mode():
        planned: Any = AgentUserInterface().send_message_to_user("x")
    assert not scenario.is_send_message_to_user(planned)
    planned.oracle()
    assert scenario.is_send_message_to_user(planned)
    assert not scenario.is_send_message_to_user(StopEvent())
    assert not scenario.is_send_message_to_user(ConditionCheckEvent.from_condition(bool))


# --- turns --------------------------------------------------------------------------------------------------


def test_turns_do_not_depend_on_the_order_of_the_list() -> None:
    events = plan()
    for order in permutations(events.values()):
        turns = scenario_with(*order).build_event_id_to_turn_idx()
        assert turns == {"ask": 0, "work": 0, "tell": 0, "again": 1, "done": 1}


def test_an_event_waits_for_the_turns_of_all_its_predecessors() -> None:
    events = plan()
    late = Event(event_id="late").depends_on([events["ask"], events["done"]])
    scenario = scenario_with(late, *events.values())
    assert scenario.build_event_id_to_turn_idx()["late"] == 2


def test_turns_reach_events_that_only_follow() -> None:
    scenario = scenario_with(plan()["ask"])
    assert scenario.build_event_id_to_turn_idx() == {"ask": 0, "work": 0, "tell": 0, "again": 1, "done": 1}


def test_turns_hold_when_an_oracle_was_made_after_its_links() -> None:
    with EventRegisterer.capture_mode():
        tell: Any = AgentUserInterface().send_message_to_user("x")
    ask = Event(event_id="ask")
    tell = tell.with_id("tell").depends_on(ask)
    after = Event(event_id="after").depends_on(tell)
    turns = {"ask": 0, "tell": 0, "after": 1}
    assert scenario_with(ask, tell.oracle(), after).build_event_id_to_turn_idx() == turns
    assert scenario_with(ask, tell, after).build_event_id_to_turn_idx() == turns


def test_no_events_have_no_turns() -> None:
    assert scenario_with().build_event_id_to_turn_idx() == {}


def test_a_circle_is_named() -> None:
    one, two = Event(event_id="one"), Event(event_id="two")
    one.depends_on(two)
    two.depends_on(one)
    with pytest.raises(
        CyclicEventsError, match=r"scenario 'talk': .* circle.*'one' -> 'two' -> 'one'; remove"
    ):
        scenario_with(one, two).build_event_id_to_turn_idx()


def test_a_predecessor_that_is_not_there_is_named() -> None:
    lost = Event(event_id="lost").depends_on(Event(event_id="gone"))
    with pytest.raises(UnknownPredecessorError, match=r"scenario 'talk': event 'lost' depends on 'gone'"):
        scenario_with(lost).build_event_id_to_turn_idx()


# --- times --------------------------------------------------------------------------------------------------


def accumulated(scenario: Scenario, *args: Any) -> dict[str, float]:
    return scenario.accumulate_times_from_event(scenario.events, *args)


def test_delays_add_up_whatever_the_order_of_the_list() -> None:
    events = plan(ask=5, work=2, tell=1, again=10, done=3)
    expected = {"ask": 105, "work": 107, "tell": 108, "again": 118, "done": 121}
    for order in permutations(events.values()):
        assert accumulated(scenario_with(*order)) == expected


def test_the_latest_predecessor_and_the_absolute_time_count() -> None:
    early, late = Event(event_id="early", event_time=110), Event(event_id="late", event_time=120)
    both = Event(event_id="both").depends_on([early, late], 3)
    fixed = Event(event_id="fixed", event_time=130).depends_on(both, 50)
    times = accumulated(scenario_with(both, fixed, early, late))
    assert times == {"early": 110, "late": 120, "both": 123, "fixed": 130}


def test_an_absolute_time_before_a_predecessor_is_refused() -> None:
    first = Event(event_id="first").depends_on(None, 20)
    scenario = scenario_with(Event(event_id="second", event_time=119).depends_on(first), first)
    message = "scenario 'talk': event 'second' is placed at 119, before what it waits for, at 120"
    with pytest.raises(EventTimeError, match=message):
        accumulated(scenario)


def test_a_predecessor_that_is_not_listed_counts_as_zero() -> None:
    events = plan(work=2, tell=1)
    assert scenario_with().accumulate_times_from_event([events["tell"], events["work"]]) == {
        "work": 2,
        "tell": 3,
    }


def test_one_event_can_take_other_times() -> None:
    scenario = scenario_with(*plan(ask=5, work=2, tell=1).values())
    assert accumulated(scenario, "work", None, 30.0)["tell"] == 136
    assert accumulated(scenario, "work", 140.0)["tell"] == 141
    assert accumulated(scenario, "work")["tell"] == 106
    assert accumulated(scenario, "unknown", 140.0)["tell"] == 108
    assert accumulated(scenario)["tell"] == 108


# --- the message goes last ----------------------------------------------------------------------------------


def message_and_work(delay: float) -> list[AbstractEvent]:
    aui, chats = AgentUserInterface(), ChatApp()
    with EventRegisterer.capture_mode():
        ask: Any = aui.send_message_to_agent("Look")
        tell: Any = aui.send_message_to_user("Seen")
        early: Any = chats.look()
        last: Any = chats.look()
    ask = ask.with_id("ask").depends_on(None, 1)
    tell = tell.oracle().with_id("a tell").depends_on(ask, delay)
    early = early.oracle().with_id("early").depends_on(ask, 1)
    last = last.oracle().with_id("last").depends_on(ask, 5)
    return [ask, tell, early, last]


@pytest.mark.parametrize(("delay", "expected"), [(2, ["ask", "last"]), (5, ["ask", "last"]), (6, ["ask"])])
def test_the_message_of_a_turn_waits_for_its_last_moment(delay: float, expected: list[str]) -> None:
    events = message_and_work(delay)
    scenario = scenario_with(*events)
    for _ in range(2):
        scenario.patch_oracle_user_message_order()
        assert [parent.event_id for parent in events[1].dependencies] == expected
    assert events[1].event_relative_time == delay
    assert ("a tell" in [event.event_id for event in events[3].successors]) is ("last" in expected)


def test_each_turn_has_its_own_message() -> None:
    events = plan(work=1, tell=0, again=2, done=0)
    scenario = scenario_with(*events.values())
    scenario.patch_oracle_user_message_order()
    parents = {name: [parent.event_id for parent in events[name].dependencies] for name in events}
    assert parents == {"ask": [], "work": ["ask"], "tell": ["work"], "again": ["tell"], "done": ["again"]}


def test_a_second_message_of_a_turn_is_left_alone() -> None:
    events = message_and_work(5)
    with EventRegisterer.capture_mode():
        second: Any = AgentUserInterface().send_message_to_user("And more")
    second = second.oracle().with_id("second").depends_on(events[0], 5)
    scenario = scenario_with(*events, second)
    scenario.patch_oracle_user_message_order()
    assert [parent.event_id for parent in events[1].dependencies] == ["ask", "last"]
    assert [parent.event_id for parent in second.dependencies] == ["ask"]


def test_an_oracle_run_then_ends_with_the_message() -> None:
    logs = []
    for patched in (False, True):
        events = message_and_work(0)
        events[3].event_relative_time = 0
        events[2].event_relative_time = 0
        scenario = scenario_with(*events)
        scenario._initialized = True
        if patched:
            scenario.patch_oracle_user_message_order()
        env = Environment(EnvironmentConfig(oracle_mode=True))
        env.run(scenario)
        logs.append([(event.event_time, event.event_id) for event in env.event_log.list_view()])
    assert logs[0] == [(101, "ask"), (101, "a tell"), (101, "early"), (101, "last")]
    assert logs[1] == [(101, "ask"), (101, "early"), (101, "last"), (101, "a tell")]
