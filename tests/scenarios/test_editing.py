from inspect import signature
from itertools import permutations
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from structlog.testing import capture_logs

from pare.apps.base import App
from pare.apps.user_interface import AgentUserInterface
from pare.errors import (
    CyclicEventsError,
    DuplicateEventIdError,
    EventEditError,
    EventTimeError,
    NegativeDelayError,
    UnknownAppError,
    UnknownPredecessorError,
)
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.enums import EventTimeComparator, EventType, Hint, HintType, OperationType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.recording import EventRegisterer, event_registered
from pare.scenarios import Scenario
from pare.scenarios import scenario as published

AGENT, ENV, USER, CONDITION = EventType.AGENT, EventType.ENV, EventType.USER, EventType.CONDITION
TASK, PHONE = HintType.TASK_HINT, HintType.ENVIRONMENT_HINT


class MailApp(App):
    def __init__(self) -> None:
        super().__init__("Mail")
        self.sent: list[str] = []

    @event_registered(operation_type=OperationType.WRITE)
    def send(self, to: str, tags: list[str] | None = None) -> str:
        self.sent.append(f"{to} {tags}")
        return f"mail-{len(self.sent)}"

    @event_registered(operation_type=OperationType.WRITE, event_type=ENV)
    def receive(self, answer_to: str) -> None:
        self.sent.append(f"answer to {answer_to}")


class Mails(Scenario):
    scenario_id = "mails"
    start_time: float | None = 100.0
    condition_factories: ClassVar[dict[str, Any]] = {
        "wrapped_condition": lambda name, metadata: metadata[name]
    }
    execution_metadata: Any = None

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), MailApp()]


@pytest.fixture
def scenario() -> Mails:
    mails = Mails()
    mails.initialize()
    return mails


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "send_message_to_agent": ("AgentUserInterface", {"content": {"value": "Ask Ana", "type": "str"}}),
    "send_message_to_user": ("AgentUserInterface", {"content": {"value": "Done", "type": "str"}}),
    "send": ("Mail", {"to": {"value": "ana", "type": "str"}}),
    "receive": ("Mail", {"answer_to": {"value": "{{work}}", "type": "str"}}),
}


def add(
    scenario: Scenario, event_id: str | None, function: str, after: str = "", **options: Any
) -> AbstractEvent:
    app_name, parameters = CALLS[function]
    event_type = options.pop("event_type", TYPES[function])
    return scenario.add_event(
        app_name, function, parameters, after.split(), event_type, event_id=event_id, **options
    )


def edit(scenario: Scenario, event_id: str, function: str, after: str = "", **options: Any) -> AbstractEvent:
    app_name, parameters = CALLS[function]
    event_type = options.pop("event_type", TYPES[function])
    return scenario.edit_event(app_name, function, parameters, event_id, event_type, after.split(), **options)


TYPES = {"send_message_to_agent": USER, "send_message_to_user": AGENT, "send": AGENT, "receive": ENV}


def talk(scenario: Scenario) -> None:
    """Plan ask, work, tell, and an answer by mail."""
    add(scenario, "ask", "send_message_to_agent", event_relative_time=5)
    add(scenario, "work", "send", "ask", event_relative_time=2)
    add(scenario, "tell", "send_message_to_user", "work", event_relative_time=1)
    add(scenario, "answer", "receive", "tell", event_relative_time=10)


def shape(scenario: Scenario) -> dict[str, tuple[list[str], list[str]]]:
    """Give predecessors and followers of each event by id."""
    return {
        event.event_id: (
            [parent.event_id for parent in event.dependencies],
            [follower.event_id for follower in event.successors],
        )
        for event in scenario.events
    }


TALK = {
    "ask": ([], ["work"]),
    "work": (["ask"], ["tell"]),
    "tell": (["work"], ["answer"]),
    "answer": (["tell"], []),
}


def hints(scenario: Scenario) -> dict[str, tuple[HintType, str]]:
    return {hint.associated_event_id: (hint.hint_type, hint.content) for hint in scenario.hints or ()}


# --- adding -------------------------------------------------------------------------------------------------


def test_added_events_are_linked_both_ways(scenario: Mails) -> None:
    talk(scenario)
    assert shape(scenario) == TALK
    assert [type(event) for event in scenario.events] == [Event, OracleEvent, OracleEvent, Event]
    assert [event.event_relative_time for event in scenario.events] == [5, 2, 1, 10]


def test_what_is_added_runs_in_oracle_mode(scenario: Mails) -> None:
    talk(scenario)
    env = Environment(EnvironmentConfig(oracle_mode=True))
    env.run(scenario)
    log = [
        (event.event_time, event.event_type, event.event_id, event.function_name(), event.failed())
        for event in env.event_log.list_view()
    ]
    assert log == [
        (105, USER, "ask", "send_message_to_agent", False),
        (107, AGENT, "work", "send", False),
        (108, AGENT, "tell", "send_message_to_user", False),
        (118, ENV, "answer", "receive", False),
    ]
    assert scenario.get_typed_app(MailApp, "Mail").sent == ["ana None", "answer to mail-1"]


def test_an_agents_run_takes_what_is_not_the_agents(scenario: Mails) -> None:
    talk(scenario)
    env = Environment()
    env.run(scenario)
    assert [event.event_id for event in env.event_log.list_view()] == ["ask"]


def test_ids_that_are_not_given_are_the_same_in_every_process() -> None:
    made = []
    for _ in range(2):
        mails = Mails()
        mails.initialize()
        made.append([add(mails, None, "send_message_to_agent").event_id for _ in range(1)])
        made[-1].append(add(mails, None, "send", made[-1][0]).event_id)
    assert made[0] == made[1]
    assert made[0] == ["USER-AgentUserInterface.send_message_to_agent-00000000", "OracleEvent-AGENT-00000001"]


def test_a_comparator_and_an_absolute_time_reach_the_event(scenario: Mails) -> None:
    add(scenario, "ask", "send_message_to_agent", event_time=150)
    comparator = EventTimeComparator.LESS_THAN
    work = add(scenario, "work", "send", "ask", event_time=160, event_time_comparator=comparator)
    assert isinstance(work, OracleEvent)
    assert (work.event_time, work.event_relative_time, work.event_time_comparator) == (160, None, comparator)


def test_added_events_get_empty_hints(scenario: Mails) -> None:
    scenario.hints = None
    talk(scenario)
    assert hints(scenario) == {"ask": (TASK, ""), "answer": (PHONE, "")}


def test_a_hint_that_is_there_already_stays(scenario: Mails) -> None:
    scenario.hints = [Hint(TASK, "given", "ask")]
    talk(scenario)
    assert hints(scenario) == {"ask": (TASK, "given"), "answer": (PHONE, "")}


@pytest.mark.parametrize("event_type", [EventType.VALIDATION, EventType.STOP])
def test_only_calls_and_conditions_can_be_added(scenario: Mails, event_type: EventType) -> None:
    with pytest.raises(
        EventEditError, match=r"scenario 'mails': event 'x' .*; give one of AGENT, ENV, USER, COND"
    ):
        add(scenario, "x", "send", event_type=event_type)


def test_an_id_is_given_once(scenario: Mails) -> None:
    talk(scenario)
    with pytest.raises(DuplicateEventIdError, match=r"event 'work' .* there is one of that id already; give"):
        add(scenario, "work", "send", "ask")
    assert shape(scenario) == TALK


def test_an_event_that_cannot_be_made_leaves_the_plan_alone(scenario: Mails) -> None:
    talk(scenario)
    with pytest.raises(UnknownAppError, match=r"event 'x' .* calls an app that is not there"):
        scenario.add_event("Fax", "send", {}, ["ask"], USER, event_id="x")
    with pytest.raises(NegativeDelayError, match=r"event 'x' "):
        add(scenario, "x", "send", "work", event_relative_time=-3)
    assert shape(scenario) == TALK


def test_a_condition_is_added_by_name(scenario: Mails) -> None:
    name = "wrapped_condition__turn_idx_1__scenario_id_mails"
    scenario.execution_metadata = {name: lambda env: True}
    talk(scenario)
    add(scenario, "next", "receive", "answer")
    scenario.add_event("", name, {}, ["answer"], CONDITION, event_id="turn_1-CHECK_0")
    assert shape(scenario)["turn_1-CHECK_0"] == (["answer"], [])


# --- the rules of predecessors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "event_type", "after", "message"),
    [
        ("send", AGENT, "", "the new event 'send' is the agent's, so something must lead to it"),
        ("receive", ENV, "", "'receive' is the environment's and has 0 predecessors; give exactly one"),
        ("receive", ENV, "ask tell", "'receive' is the environment's and has 2 predecessors"),
        ("receive", ENV, "work", "cannot follow 'work', the agent's; choose a message to the user, or"),
        (
            "send",
            AGENT,
            "tell",
            "'send' cannot follow 'tell', a message to the user that ends a turn; only send_",
        ),
        ("send", USER, "tell", "cannot follow 'tell'"),
        ("send", USER, "ask tell", "cannot follow 'tell'"),
    ],
)
def test_predecessors_keep_the_rules(
    scenario: Mails, function: str, event_type: EventType, after: str, message: str
) -> None:
    talk(scenario)
    with pytest.raises(EventEditError, match=f"^scenario 'mails': .*{message}"):
        add(scenario, "x", function, after, event_type=event_type)
    assert shape(scenario) == TALK


@pytest.mark.parametrize("event_type", [AGENT, ENV, USER])
def test_an_unknown_predecessor_is_named_with_the_nearest(scenario: Mails, event_type: EventType) -> None:
    talk(scenario)
    message = "scenario 'mails': the new event 'send' depends on 'asked', which .* Did you mean 'ask'"
    with pytest.raises(UnknownPredecessorError, match=message) as caught:
        add(scenario, "x", "send", "asked", event_type=event_type)
    assert isinstance(caught.value, ValueError)


def test_the_phone_follows_user_phone_condition_and_message(scenario: Mails) -> None:
    talk(scenario)
    condition = "wrapped_condition__turn_idx_1__scenario_id_mails"
    scenario.execution_metadata = {condition: bool}
    scenario.add_event("", condition, {}, [], CONDITION, event_id="met")
    for after in ("ask", "tell", "answer", "met"):
        add(scenario, f"after {after}", "receive", after)
    assert [shape(scenario)[f"after {after}"][0] for after in ("ask", "tell", "answer", "met")] == [
        ["ask"],
        ["tell"],
        ["answer"],
        ["met"],
    ]


def test_the_user_may_answer_a_message(scenario: Mails) -> None:
    talk(scenario)
    add(scenario, "again", "send_message_to_agent", "tell")
    assert scenario.build_event_id_to_turn_idx() == {"ask": 0, "work": 0, "tell": 0, "answer": 1, "again": 1}


def test_events_of_an_authors_own_are_predecessors_too(scenario: Mails) -> None:
    with EventRegisterer.capture_mode():
        plain: Any = scenario.get_typed_app(MailApp, "Mail").send("bo")
    scenario.events = [plain.with_id("plain")]
    expected = plain.oracle()
    add(scenario, "work", "send", "plain")
    assert [follower.event_id for follower in expected.successors] == ["work"]


# --- one conversation ---------------------------------------------------------------------------------------


def test_connected_events_are_left_out_whatever_the_direction(scenario: Mails) -> None:
    talk(scenario)
    for event_id in ("alone", "beside"):
        add(scenario, event_id, "send", event_type=USER)
    for event_id in ("ask", "work", "answer"):
        rest = scenario.filter_connected_events([event_id], scenario.events)
        assert [event.event_id for event in rest] == ["alone", "beside"]
    rest = scenario.filter_connected_events(["ask", "alone", "unknown"], scenario.events)
    assert [event.event_id for event in rest] == ["beside"]
    assert scenario.filter_connected_events([], scenario.events) == scenario.events


@pytest.mark.parametrize("function", ["send_message_to_agent", "send_message_to_user"])
def test_a_second_conversation_is_refused(scenario: Mails, function: str) -> None:
    talk(scenario)
    add(scenario, "alone", "send", event_type=USER)
    message = f"event 'x' .{function}. would begin a second conversation beside that of event 'ask'; choose"
    with pytest.raises(EventEditError, match=message):
        add(scenario, "x", function, "alone")


def test_a_second_first_message_is_refused(scenario: Mails) -> None:
    talk(scenario)
    with pytest.raises(EventEditError, match=r"'send_message_to_agent' would begin a second conversation"):
        add(scenario, None, "send_message_to_agent")


def test_other_calls_may_begin_a_branch(scenario: Mails) -> None:
    talk(scenario)
    add(scenario, "alone", "send", event_type=USER)
    add(scenario, "work alone", "send", "alone")
    assert shape(scenario)["work alone"] == (["alone"], [])
    add(scenario, "again", "send_message_to_agent", "tell")
    assert shape(scenario)["again"] == (["tell"], [])


def test_the_first_message_can_be_edited(scenario: Mails) -> None:
    talk(scenario)
    edit(scenario, "ask", "send_message_to_agent", event_relative_time=7)
    assert shape(scenario)["ask"] == ([], ["work"])


# --- the message to the user comes last ---------------------------------------------------------------------


def test_predecessors_are_of_one_turn(scenario: Mails) -> None:
    talk(scenario)
    message = (
        r"'x' \(send\) has predecessors of different turns \('work' is in turn 0, 'answer' is in turn 1\)"
    )
    with pytest.raises(EventEditError, match=message):
        add(scenario, "x", "send", "work answer")


def test_a_message_comes_after_the_rest_of_its_turn(scenario: Mails) -> None:
    add(scenario, "ask", "send_message_to_agent", event_relative_time=5)
    add(scenario, "work", "send", "ask", event_relative_time=60)
    message = "'tell' .* comes at 115.0, before its turn is over at 165.0; .* give it a later time"
    with pytest.raises(EventEditError, match=message):
        add(scenario, "tell", "send_message_to_user", "ask", event_relative_time=10)
    with pytest.raises(EventEditError, match=r"comes at 164, before its turn is over at 165.0"):
        add(scenario, "tell", "send_message_to_user", "ask", event_time=164)
    add(scenario, "tell", "send_message_to_user", "ask", event_time=165)


def test_an_absolute_time_comes_after_the_predecessors(scenario: Mails) -> None:
    talk(scenario)
    with pytest.raises(EventTimeError, match=r"event 'new send' is placed at 104, before what it waits for"):
        add(scenario, None, "send", "ask", event_time=104)


def test_no_event_comes_after_the_message_of_its_turn(scenario: Mails) -> None:
    talk(scenario)
    message = (
        "comes at 109.0, after the message to the user 'tell' at 108.0, which .* give it an earlier time"
    )
    with pytest.raises(EventEditError, match=message):
        add(scenario, "x", "send", "ask", event_relative_time=4)
    add(scenario, "x", "send", "ask", event_relative_time=3)
    add(scenario, "reply", "send_message_to_agent", "tell", event_relative_time=99)


def test_times_that_mean_nothing_are_not_compared(scenario: Mails) -> None:
    add(scenario, "ask", "send_message_to_agent", event_relative_time=1)
    add(scenario, "work", "send", "ask")
    add(scenario, "tell", "send_message_to_user", "work", event_relative_time=1)
    add(scenario, "late", "send", "ask", event_relative_time=50)
    add(scenario, "at once", "send_message_to_user", "ask")
    assert shape(scenario)["ask"][1] == ["work", "late", "at once"]


def test_the_rules_are_free_without_predecessors(scenario: Mails) -> None:
    talk(scenario)
    scenario.validate_events_dag_message_to_user_time([], "send", 99)


def test_the_rule_of_times_names_unknown_predecessors(scenario: Mails) -> None:
    talk(scenario)
    with pytest.raises(UnknownPredecessorError, match=r"'later' .send. depends on 'nothing'"):
        scenario.validate_events_dag_message_to_user_time(["nothing"], "send", 1, None, "later")


def test_an_edited_event_is_judged_by_its_own_new_place(scenario: Mails) -> None:
    talk(scenario)
    add(scenario, "beside", "send", "ask", event_relative_time=3)
    edit(scenario, "work", "send", "ask", event_relative_time=4)
    with pytest.raises(EventEditError, match=r"'tell' .* comes at 106.0, before its turn is over at 109.0"):
        edit(scenario, "tell", "send_message_to_user", "ask", event_relative_time=1)
    with pytest.raises(EventEditError, match=r"'beside' .* comes at 115.0, after the message .* at 110.0"):
        edit(scenario, "beside", "send", "ask", event_relative_time=10)


# --- editing ------------------------------------------------------------------------------------------------


def test_an_edited_event_takes_the_place_of_the_former(scenario: Mails) -> None:
    talk(scenario)
    former = scenario.events[1]
    event = edit(scenario, "work", "send", "ask", event_relative_time=3)
    assert event is scenario.events[-1]
    assert event is not former
    assert (event.event_id, event.event_relative_time) == ("work", 3)
    assert shape(scenario) == TALK
    assert scenario.events[1].dependencies == [event]
    assert scenario.events[0].successors == [event]
    assert (former.dependencies, former.successors) == ([], [])


def test_an_edited_event_moves_to_other_predecessors(scenario: Mails) -> None:
    talk(scenario)
    add(scenario, "first", "send", "ask")
    edit(scenario, "work", "send", "first ask")
    assert shape(scenario) == {
        "ask": ([], ["first", "work"]),
        "tell": (["work"], ["answer"]),
        "answer": (["tell"], []),
        "first": (["ask"], ["work"]),
        "work": (["first", "ask"], ["tell"]),
    }


def test_another_type_means_another_id(scenario: Mails) -> None:
    talk(scenario)
    event = edit(scenario, "work", "receive", "ask")
    assert event.event_id == "ENV-Mail.receive-00000004"
    assert shape(scenario)["tell"] == ([event.event_id], ["answer"])
    assert "work" not in shape(scenario)


def test_an_event_that_is_not_there_cannot_be_edited(scenario: Mails) -> None:
    talk(scenario)
    message = "scenario 'mails': there is no event 'wrk' to edit; name one .* Did you mean 'work'"
    with pytest.raises(EventEditError, match=message):
        edit(scenario, "wrk", "send", "ask")


def test_an_event_cannot_be_edited_into_a_condition(scenario: Mails) -> None:
    talk(scenario)
    with pytest.raises(
        EventEditError, match=r"event 'work' .* has the type .*; give one of AGENT, ENV, USER$"
    ):
        edit(scenario, "work", "send", "ask", event_type=CONDITION)


@pytest.mark.parametrize("after", ["work", "beside"])
def test_an_event_cannot_wait_for_what_waits_for_it(scenario: Mails, after: str) -> None:
    talk(scenario)
    add(scenario, "beside", "send", "work")
    before = shape(scenario)
    with pytest.raises(CyclicEventsError, match=r"circle.* 'work'.*; remove one of these dependencies"):
        edit(scenario, "work", "send", after)
    assert shape(scenario) == before


def test_an_edit_that_is_refused_changes_nothing(scenario: Mails) -> None:
    talk(scenario)
    events, before = list(scenario.events), hints(scenario)
    with pytest.raises(EventEditError, match=r"the agent's"):
        edit(scenario, "work", "send")
    with pytest.raises(NegativeDelayError):
        edit(scenario, "answer", "receive", "tell", event_relative_time=-1)
    assert (scenario.events, shape(scenario), hints(scenario)) == (events, TALK, before)


def test_an_authors_own_oracle_is_edited_through_its_plain_event(scenario: Mails) -> None:
    with EventRegisterer.capture_mode():
        plain: Any = scenario.get_typed_app(MailApp, "Mail").send("bo")
    ask = add(scenario, "ask", "send_message_to_agent")
    expected = plain.with_id("plain").depends_on(ask).oracle()
    after = Event(event_id="after").depends_on(plain)
    scenario.events += [plain, after]
    event = edit(scenario, "plain", "send", "ask")
    assert after.dependencies == [event]
    assert ask.successors == [event]
    assert expected not in scenario.events
    assert plain not in scenario.events


# --- hints --------------------------------------------------------------------------------------------------


def test_the_text_of_a_hint_is_edited(scenario: Mails) -> None:
    talk(scenario)
    scenario.edit_hint_content("ask", "look at the mail")
    assert hints(scenario) == {"ask": (TASK, "look at the mail"), "answer": (PHONE, "")}


def test_a_hint_that_is_not_there_cannot_be_edited(scenario: Mails) -> None:
    with pytest.raises(EventEditError, match=r"scenario 'mails': event 'ask' has no hint; .*there is none"):
        scenario.edit_hint_content("ask", "x")
    talk(scenario)
    with pytest.raises(
        EventEditError, match=r"event 'asks' has no hint.*\(ask, answer\).* Did you mean 'ask'"
    ):
        scenario.edit_hint_content("asks", "x")


def with_hints(scenario: Mails) -> None:
    talk(scenario)
    scenario.edit_hint_content("ask", "task")
    scenario.edit_hint_content("answer", "phone")


def test_a_task_keeps_its_hint_and_the_phone_begins_anew(scenario: Mails) -> None:
    with_hints(scenario)
    edit(scenario, "ask", "send_message_to_agent")
    edit(scenario, "answer", "receive", "tell")
    assert hints(scenario) == {"ask": (TASK, "task"), "answer": (PHONE, "")}


def test_a_hint_follows_a_task_to_another_id(scenario: Mails) -> None:
    with_hints(scenario)
    add(scenario, "again", "send_message_to_agent", "tell")
    scenario.edit_hint_content("again", "more")
    event = edit(scenario, "again", "send_message_to_agent", "tell", event_type=ENV)
    assert hints(scenario)[event.event_id] == (TASK, "more")
    assert "again" not in hints(scenario)


def test_a_hint_goes_with_what_it_explained(scenario: Mails) -> None:
    with_hints(scenario)
    edit(scenario, "ask", "send", event_type=USER)
    assert hints(scenario) == {"answer": (PHONE, "phone")}
    event = edit(scenario, "answer", "send_message_to_agent", "tell", event_type=USER)
    assert hints(scenario) == {event.event_id: (TASK, "")}


def test_a_hint_comes_with_what_it_explains(scenario: Mails) -> None:
    talk(scenario)
    event = edit(scenario, "work", "receive", "ask")
    assert hints(scenario)[event.event_id] == (PHONE, "")


def test_a_hint_of_an_authors_own_follows_its_event(scenario: Mails) -> None:
    talk(scenario)
    scenario.hints = [Hint(TASK, "own", "work")]
    event = edit(scenario, "work", "send", "ask", event_type=USER)
    assert hints(scenario) == {event.event_id: (TASK, "own")}


# --- deleting -----------------------------------------------------------------------------------------------


def test_a_deleted_event_leaves_no_trace(scenario: Mails) -> None:
    talk(scenario)
    scenario.delete_event("tell")
    assert shape(scenario) == {"ask": ([], ["work"]), "work": (["ask"], []), "answer": ([], [])}
    scenario.delete_event("answer")
    assert hints(scenario) == {"ask": (TASK, "")}


def test_to_delete_what_is_not_there_changes_nothing(scenario: Mails) -> None:
    talk(scenario)
    scenario.delete_event("nothing")
    assert shape(scenario) == TALK


def test_a_deleted_event_is_forgotten_by_those_that_only_follow(scenario: Mails) -> None:
    first = Event(event_id="first")
    second = Event(event_id="second").depends_on(first)
    third = Event(event_id="third").depends_on([first, second])
    scenario.events = [first]
    scenario.delete_event("second")
    assert (first.successors, third.dependencies) == ([third], [first])


def test_to_delete_completed_events_empties_the_plan(scenario: Mails) -> None:
    talk(scenario)
    scenario.delete_completed_events()
    assert (scenario.events, scenario.hints) == ([], [])


# --- exported events ----------------------------------------------------------------------------------------


def exported(event_id: str, function: str, dependencies: str = "", **fields: Any) -> dict[str, Any]:
    app_name, parameters = CALLS[function]
    args = [
        {"name": name, "value": given["value"], "value_type": given["type"]}
        for name, given in parameters.items()
    ]
    values: dict[str, Any] = {
        "class_name": "ignored",
        "event_type": TYPES[function].value,
        "event_id": event_id,
        "event_time": None,
        "event_relative_time": 1.0,
        "dependencies": dependencies.split(),
        "action": {"action_id": "a", "app": app_name, "function": function, "args": args},
    }
    return values | fields


def exported_talk() -> list[dict[str, Any]]:
    return [
        exported("answer", "receive", "tell", event_relative_time=10),
        exported("tell", "send_message_to_user", "work"),
        exported("work", "send", "ask", event_relative_time=2),
        exported("ask", "send_message_to_agent", event_relative_time=5),
    ]


def as_object(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{name: as_object(item) for name, item in value.items()})
    return [as_object(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("as_given", [dict, as_object])
def test_exported_events_are_added_in_their_order(scenario: Mails, as_given: Any) -> None:
    for order in permutations(exported_talk()):
        scenario.delete_completed_events()
        scenario.process_events(as_given(item) for item in order)
        assert shape(scenario) == TALK
    env = Environment(EnvironmentConfig(oracle_mode=True))
    env.run(scenario)
    log = [(event.event_time, event.event_id) for event in env.event_log.list_view()]
    assert log == [(105, "ask"), (107, "work"), (108, "tell"), (118, "answer")]


def test_exported_events_are_read_when_the_scenario_is_made() -> None:
    class Imported(Mails):
        def build_events_flow(self) -> None:
            self.process_events(exported_talk())

    imported = Imported()
    imported.initialize()
    assert shape(imported) == TALK


def test_the_relative_time_wins(scenario: Mails) -> None:
    both = exported("ask", "send_message_to_agent", event_relative_time=3, event_time=500)
    absolute = exported("work", "send", "ask", event_relative_time=None, event_time=500)
    scenario.process_events([both, absolute])
    times = [(event.event_time, event.event_relative_time) for event in scenario.events]
    assert times == [(None, 3), (500, None)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, None), ("EQUAL", EventTimeComparator.EQUAL), (EventTimeComparator.EQUAL,) * 2, ("SOON", None)],
)
def test_a_comparator_that_is_unknown_is_left_out(scenario: Mails, given: Any, expected: Any) -> None:
    ask = exported("ask", "send_message_to_agent")
    with capture_logs() as logs:
        scenario.process_events([ask, exported("work", "send", "ask", event_time_comparator=given)])
    work = scenario.events[1]
    assert isinstance(work, OracleEvent)
    assert work.event_time_comparator is expected
    assert [entry["event"] for entry in logs] == ["event.comparator_ignored"] * (given == "SOON")


def test_exported_events_may_follow_what_is_planned(scenario: Mails) -> None:
    add(scenario, "ask", "send_message_to_agent")
    scenario.process_events([exported("work", "send", "ask ask")])
    assert shape(scenario) == {"ask": ([], ["work"]), "work": (["ask"], [])}


def test_an_exported_condition_is_made_by_its_factory() -> None:
    name = "wrapped_condition__turn_idx_1__scenario_id_mails"
    mails = Mails(execution_metadata={name: bool})
    action = {"action_id": "c", "app": None, "function": name, "operation_type": None, "args": None}
    mails.process_events([exported("met", "send", event_type="CONDITION", action=action)])
    assert shape(mails) == {"met": ([], [])}


def without(name: str) -> dict[str, Any]:
    return exported("work", "send", "ask") | {name: None}


@pytest.mark.parametrize(
    ("items", "error", "message"),
    [
        ([without("event_id")], EventEditError, "exported event None has no event_id; give each"),
        ([without("action")], EventEditError, "exported event 'work' calls nothing; give it an action"),
        ([without("event_type")], EventEditError, "'work' is of type None; give one of AGENT, ENV"),
        ([exported("a", "send")] * 2, DuplicateEventIdError, "two exported events carry the id 'a'"),
        ([exported("a", "send", "ask")], UnknownPredecessorError, "event 'a' depends on 'ask', which"),
        (
            [exported("a", "send", "b"), exported("b", "send", "a")],
            CyclicEventsError,
            "'a' -> 'b' -> 'a'; rem",
        ),
        ([exported("a", "send")], EventEditError, "'send' is the agent's, so something must lead to it"),
    ],
)
def test_exported_events_that_cannot_be_added_are_named(
    scenario: Mails, items: list[Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"scenario 'mails': .*{message}") as caught:
        scenario.process_events(items)
    assert isinstance(caught.value, ValueError)
    assert scenario.events == []


# --- what is published --------------------------------------------------------------------------------------


def test_the_switches_of_the_rules_are_on() -> None:
    assert published.SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER is True
    assert published.ORACLE_EVENT_DEPENDENCY_REQUIRED is True
    assert published.SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS is True
    assert published.ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED is True
    assert published.EVENT_TIME_VALIDATION_REQUIRED is True


SIGNATURES = {
    "is_send_message_to_user": "event",
    "build_event_id_to_turn_idx": "",
    "edit_hint_content": "event_id content",
    "delete_completed_events": "",
    "delete_event": "event_id",
    "validate_predecessors": "predecessor_event_ids function_name event_type events",
    "filter_connected_events": "predecessor_event_ids events",
    "validate_events_dag_aui_single_branch": "predecessor_event_ids function_name events event_id=None",
    "accumulate_times_from_event": "events event_id=None new_event_time=None new_event_relative_time=None",
    "validate_events_dag_message_to_user_time": (
        "predecessor_event_ids function_name new_event_relative_time=None new_event_time=None event_id=None"
    ),
    "add_event": (
        "app_name function_name parameters predecessor_event_ids event_type event_id=None "
        "event_relative_time=None event_time=None event_time_comparator=None"
    ),
    "edit_event": (
        "app_name function_name parameters event_id event_type predecessor_event_ids "
        "event_relative_time=None event_time=None event_time_comparator=None"
    ),
    "process_events": "events",
    "patch_oracle_user_message_order": "",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_methods_take_what_is_published(name: str) -> None:
    parameters = list(signature(getattr(Scenario, name)).parameters.values())[1:]
    words = [item.name + ("" if item.default is item.empty else f"={item.default}") for item in parameters]
    assert " ".join(words) == SIGNATURES[name]
