"""What the user does reaches the agent, and the other way round; and how a proposal is answered."""

from pare.llm.scripted import Step
from tests.agents.table import (
    AUI,
    READ,
    WAIT,
    WRITE,
    Model,
    Phone,
    Rules,
    accept,
    pair,
    say,
)

# -- the user's wait -------------------------------------------------------------------------------


async def test_a_users_wait_is_a_tap_that_nobody_is_told_of():
    phone = Phone()
    model = Model(observe=[READ])
    played = pair(phone, model)
    await played.play(max_turns=1)
    waited = played.table.environment.event_log.events[0]
    assert waited.event_type.value == "USER"
    assert (waited.app_name(), waited.function_name()) == ("PAREAgentUserInterface", "wait")
    assert waited.get_args()["self"] is phone.interface
    assert "User Actions" not in model.prompts("observe")[0]


async def test_any_other_tap_is_told_to_the_agent():
    phone = Phone()
    model = Model(user=[Step("System__open_app", {"app_name": "Emails"})])
    await pair(phone, model).play(max_turns=1)
    assert (
        "[User Actions]:\n***\n[2025-01-06 09:00:01] HomeScreenSystemApp__open_app(app_name='Emails')"
        in (model.prompts("observe")[0])
    )


async def test_an_answer_to_a_proposal_is_taken_by_its_beginning():
    """A rejection that quotes the mark of an acceptance is a rejection."""
    model = Model(
        user=[WAIT, Step(f"{AUI}reject_proposal", {"content": "I shall not say [ACCEPT]: yes"})],
        observe=[say("Tea?"), WAIT],
        execute=[WRITE],
    )
    turns = await pair(Phone(), model).play(max_turns=2)
    assert (turns.acceptances, model.messages("execute")) == (0, [])


async def test_an_acceptance_is_seen_behind_which_another_message_came():
    phone = Phone()
    phone.message(6.5, "And bring milk.")
    model = Model(user=[WAIT, accept("Yes, do")], observe=[say("Tea?")], execute=[say("Done")])
    turns = await pair(phone, model, Rules(iterations=(2, 5, 10))).play(max_turns=2)
    assert turns.acceptances == 1
    assert "And bring milk." in model.prompts("execute")[0]


async def test_the_last_answer_counts():
    model = Model(
        user=[WAIT, Step(f"{AUI}reject_proposal", {"content": "No"}), accept("After all, yes")],
        observe=[say("Tea?")],
        execute=[say("Done")],
    )
    turns = await pair(Phone(), model, Rules(iterations=(2, 5, 10))).play(max_turns=2)
    assert turns.acceptances == 1


async def test_without_an_answer_the_proposal_stays_and_news_reach_the_observer_later():
    phone = Phone()
    phone.email(2.5)
    model = Model(
        user=[WAIT, WAIT, Step(f"{AUI}reject_proposal", {"content": "No"})], observe=[say("Tea?"), WAIT]
    )
    played = pair(phone, model)
    await played.play(max_turns=3)
    assert len(model.messages("observe")) == 2
    assert "About Tea?" in model.prompts("observe")[1]


async def test_messages_of_the_assistant_are_the_users_task():
    model = Model(user=[WAIT, accept()], observe=[say("Shall I plan tea?")])
    await pair(Phone(), model).play(max_turns=2)
    told = model.messages("user")[1][-2].content
    assert told.startswith("[TASK]:\n")
    assert "Shall I plan tea?" in told
