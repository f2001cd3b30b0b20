"""Turns of two agents: how long they last, when the clock jumps, and how a run ends."""

import pytest

from pare.agents.seat import Limits
from pare.kernel.abstract_event import StopEvent
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent, ValidationEvent
from pare.kernel.enums import EnvironmentState
from pare.llm.client import EndpointError
from tests.agents.table import (
    READ,
    WAIT,
    WRITE,
    Model,
    Phone,
    Rules,
    accept,
    pair,
    reject,
    say,
    wait_for_notification,
)


async def test_a_turn_is_the_users_then_the_agents_and_lasts_a_minimum():
    phone = Phone()
    phone.email(30)
    played = pair(phone, Model(observe=[READ, WAIT]))
    turns = await played.play(max_turns=2)
    assert played.table.history() == [
        (1.0, "USER", "wait"),
        (2.0, "AGENT", "list_emails"),
        (3.0, "AGENT", "wait"),
        (6.0, "USER", "wait"),
        (7.0, "AGENT", "wait"),
    ]
    assert (turns.number, turns.ended, played.table.seconds) == (2, "max_turns", 10.0)


async def test_a_turn_that_took_longer_than_the_minimum_is_not_lengthened():
    played = pair(Phone(), Model(observe=[READ, READ, READ, READ, READ]))
    await played.play(max_turns=1)
    assert played.table.seconds == 6.0


async def test_what_falls_due_while_a_turn_is_filled_up_happens():
    phone = Phone()
    phone.email(4)
    played = pair(phone, Model())
    turns = await played.play(max_turns=2)
    assert played.table.history()[2] == (4.0, "ENV", "send_email_to_user_with_id")
    assert "About Tea?" in played.table.model.prompts("observe")[1]
    assert turns.number == 2


async def test_after_an_idle_turn_the_clock_jumps_to_the_next_event():
    phone = Phone()
    phone.email(3600)
    played = pair(phone, Model())
    turns = await played.play()
    assert [time for time, kind, _ in played.table.history() if kind == "USER"] == [1.0, 3601.0]
    assert (turns.number, turns.ended) == (2, "idle")


async def test_what_falls_due_at_the_start_is_told_at_once():
    phone = Phone()
    phone.email(0)
    played = pair(phone, Model())
    await played.play(max_turns=1)
    assert "Tea?" in played.table.model.prompts("user")[0]


@pytest.mark.parametrize(
    "busy",
    [
        {"observe": [READ, WAIT]},
        {"user": ["nonsense"]},
        {"observe": ["nonsense", WAIT]},
        {"observe": [wait_for_notification(-1), WAIT]},
        {"user": [accept("what?")]},
    ],
)
async def test_only_waiting_is_idle(busy):
    phone = Phone()
    phone.email(3600)
    played = pair(phone, Model(**busy))
    await played.play(max_turns=2)
    assert [time for time, kind, _ in played.table.history() if kind == "USER"][-1] < 60


async def test_an_unread_notice_keeps_a_turn_from_being_idle():
    phone = Phone()
    phone.email(1.5)  # after the user has looked, before the agent has
    later = phone.email(3600, "Cake?")
    played = pair(phone, Model())
    await played.play(max_turns=2)
    assert later.event_id not in [event.event_id for event in played.table.environment.event_log.events]
    assert "Tea?" in played.table.model.prompts("user")[1]


async def test_a_wait_that_is_over_is_no_news():
    """The notice that a wait has timed out is no event of the scenario: the turn is idle all the same."""
    phone = Phone()
    phone.email(100_000)
    played = pair(phone, Model(observe=[wait_for_notification(60)]))
    turns = await played.play()
    assert [time for time, kind, _ in played.table.history() if kind == "ENV"] == [100_000.0]
    assert (turns.number, turns.ended) == (2, "idle")


async def test_a_wait_that_an_event_ended_is_news():
    phone = Phone()
    phone.email(30)
    phone.email(100_000, "Cake?")
    played = pair(phone, Model(observe=[wait_for_notification(600)]))
    await played.play(max_turns=2)
    assert played.table.history()[-1] == (32.0, "AGENT", "wait")


async def test_a_pending_proposal_keeps_a_turn_from_being_idle():
    phone = Phone()
    phone.email(3600)
    played = pair(phone, Model(observe=[say("Shall I?")]))
    turns = await played.play(max_turns=4)
    assert (turns.number, turns.ended, played.table.seconds) == (4, "max_turns", 20.0)
    assert len(played.table.model.messages("observe")) == 1  # it waits for the answer and is not asked


async def test_a_run_without_a_limit_ends_when_nothing_is_left():
    turns = await pair(Phone(), Model()).play(max_turns=None)
    assert (turns.number, turns.ended) == (1, "idle")


async def test_no_turn_at_all():
    model = Model()
    turns = await pair(Phone(), model).play(max_turns=0)
    assert (turns.number, turns.ended, model.requests) == (0, "max_turns", [])


# -- the end ---------------------------------------------------------------------------------------


async def test_the_duration_ends_the_run_and_an_action_that_came_too_late_is_not_taken():
    played = pair(Phone(), Model(observe=[WRITE]), Rules(duration=1.5))
    turns = await played.play()
    assert played.table.functions() == ["wait"]
    assert (turns.ended, played.table.seconds, turns.number) == ("duration", 1.5, 1)


async def test_a_jump_does_not_pass_the_duration():
    phone = Phone()
    phone.email(3600)
    played = pair(phone, Model(), Rules(duration=60))
    turns = await played.play()
    assert (turns.ended, turns.number) == ("duration", 1)
    assert played.table.functions() == ["wait", "wait"]


async def test_the_user_waits_past_the_duration_and_the_agent_is_not_asked():
    model = Model()
    turns = await pair(Phone(), model, Rules(duration=0.5)).play()
    assert (turns.ended, len(model.requests)) == ("duration", 1)


async def test_stop_ends_the_run_where_it_is():
    phone = Phone()
    phone.plan(StopEvent(), 1.5)
    model = Model(observe=[WRITE])
    played = pair(phone, model)
    turns = await played.play()
    assert (turns.ended, turns.number, played.table.functions()) == ("stopped", 1, ["wait"])


async def test_a_stop_that_is_jumped_to_ends_the_run_without_another_call():
    phone = Phone()
    phone.plan(StopEvent(), 3600)
    model = Model()
    turns = await pair(phone, model).play()
    assert (turns.ended, turns.number, len(model.requests)) == ("stopped", 1, 2)


async def test_a_stop_at_the_start():
    phone = Phone()
    phone.plan(StopEvent(), 0)
    model = Model()
    turns = await pair(phone, model).play()
    assert (turns.ended, turns.number, model.requests) == ("stopped", 0, [])


async def test_a_minefield_fails_the_run_in_the_middle_of_a_turn():
    phone = Phone()
    phone.plan(
        AgentValidationEvent(minefields=[lambda env, event: event.function_name() == "add_calendar_event"])
    )
    model = Model(observe=[say("Tea?")], user=[WAIT, accept()], execute=[WRITE, WRITE])
    played = pair(phone, model)
    turns = await played.play()
    assert played.table.environment.state is EnvironmentState.FAILED
    assert (turns.ended, turns.number, len(model.messages("execute"))) == ("failed", 2, 1)
    assert (turns.proposals, turns.acceptances) == (1, 1)


async def test_a_milestone_that_is_missed_during_a_jump_fails_the_run():
    phone = Phone()
    phone.plan(ValidationEvent(milestones=[lambda env: False], timeout=600), 30)
    model = Model()
    turns = await pair(phone, model).play()
    assert (turns.ended, len(model.requests)) == ("failed", 2)


async def test_a_condition_that_never_holds_is_no_reason_to_go_on_for_ever():
    phone = Phone()
    check = phone.plan(ConditionCheckEvent.from_condition(lambda env: False, timeout=None))
    phone.email(0, after=check)
    turns = await pair(phone, Model()).play()
    assert turns.ended == "idle"


async def test_what_breaks_while_an_agent_waits_breaks_the_run_before_the_next_call():
    phone = Phone()
    phone.plan(ConditionCheckEvent.from_condition(lambda env: env.nothing), 10)
    model = Model(observe=[wait_for_notification(60)])
    with pytest.raises(AttributeError, match="nothing"):
        await pair(phone, model).play()
    assert len(model.requests) == 2


async def test_a_user_is_not_asked_again_when_the_run_is_over():
    phone = Phone()
    phone.plan(StopEvent(), 1.5)
    model = Model(user=["?", "?", "?"])
    turns = await pair(phone, model, Rules(iterations=(3, 1, 1))).play()
    assert (turns.ended, len(model.requests)) == ("stopped", 2)


# -- proposals -------------------------------------------------------------------------------------


async def test_what_was_accepted_is_executed_in_the_same_turn():
    model = Model(
        user=[WAIT, accept("Please do")], observe=[say("Plan tea?")], execute=[WRITE, say("Planned.")]
    )
    played = pair(Phone(), model)
    turns = await played.play()
    assert played.table.functions()[:5] == [
        "wait",
        "send_message_to_user",
        "accept_proposal",
        "add_calendar_event",
        "send_message_to_user",
    ]
    assert (turns.proposals, turns.acceptances, turns.ended) == (1, 1, "idle")
    prompt = model.prompts("execute")[0]
    assert "Plan tea?" in prompt
    assert "[ACCEPT]: Please do" in prompt


async def test_a_rejection_is_shown_to_the_observer_who_goes_on():
    model = Model(
        user=[WAIT, reject("Not today"), WAIT, accept()], observe=[say("Tea?"), say("Cake?")], execute=[WRITE]
    )
    played = pair(Phone(), model)
    turns = await played.play(max_turns=4)
    assert "[REJECT]: Not today" in model.prompts("observe")[1]
    assert "Cake?" in model.prompts("execute")[0]
    assert "Tea?" not in model.prompts("execute")[0]
    assert (turns.proposals, turns.acceptances) == (2, 1)
    assert (played.agent.has_pending_proposal, played.agent.pending_goal) == (False, None)


async def test_after_a_rejection_nothing_is_pending():
    phone = Phone()
    phone.email(3600)
    played = pair(phone, Model(user=[WAIT, reject()], observe=[say("Tea?")]))
    turns = await played.play()
    assert (turns.ended, played.agent.has_pending_proposal) == ("idle", False)


async def test_what_arrives_while_it_is_executed_reaches_the_observer_too():
    phone = Phone()
    phone.email(7.5)
    model = Model(user=[WAIT, accept()], observe=[say("Tea?"), WAIT], execute=[READ, READ, say("Done")])
    await pair(phone, model).play(max_turns=3)
    assert "Environment notifications updates:" in model.prompts("execute")[-1]
    assert "Environment notifications updates:" in model.prompts("observe")[-1]


async def test_an_acceptance_counts_although_its_execution_broke_the_run_off():
    overflow = EndpointError("context_overflow", "too long")
    model = Model(user=[WAIT, accept()], observe=[say("Tea?")], execute=[WRITE, overflow])
    turns = await pair(Phone(), model).play()
    assert (turns.ended, turns.role, turns.proposals, turns.acceptances) == (
        "context_overflow",
        "execute",
        1,
        1,
    )
    assert turns.number == 1


async def test_a_proposal_that_failed_is_none():
    model = Model(observe=[say("x" * 200_000), WAIT])
    played = pair(Phone(), model)
    turns = await played.play(max_turns=1)
    assert (turns.proposals, played.agent.has_pending_proposal) == (0, False)


async def test_a_limit_of_iterations_ends_the_turn_not_the_run():
    model = Model(observe=[READ] * 20)
    turns = await pair(Phone(), model, Rules(iterations=(1, 3, 10))).play(max_turns=2)
    assert (turns.ended, len(model.messages("observe"))) == ("max_turns", 6)


async def test_a_limit_of_malformed_replies_ends_the_turn_and_holds_anew_in_the_next():
    model = Model(user=["?"] * 20, observe=["?"] * 20)
    rules = Rules(limits=Limits(max_malformed_replies=2), iterations=(5, 5, 10))
    await pair(Phone(), model, rules).play(max_turns=2)
    assert (len(model.messages("user")), len(model.messages("observe"))) == (4, 4)
