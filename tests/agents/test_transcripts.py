"""A prompt grows by what a step adds, and by nothing else."""

from itertools import pairwise

import pytest

from pare.llm.scripted import Step
from tests.agents.table import READ, WAIT, WRITE, Model, Phone, Rules, accept, alone, pair, reject, say


def kept(messages: list) -> list:
    """Leave out the tail, which holds only now."""
    is_tail = messages[-1].content.startswith(("Available Actions", "Current app state"))
    return messages[:-1] if is_tail else messages


@pytest.mark.parametrize("action_format", ["react_json", "tool_calls"])
async def test_a_prompt_begins_with_the_messages_of_the_one_before(action_format):
    """The very same objects: what a client has encoded once is never encoded again."""
    phone = Phone()
    phone.email(12)
    phone.email(3600, "Cake?")
    model = Model(
        user=[WAIT, READ, reject(), "?", WAIT, accept()],
        observe=[READ, "?", say("Tea?"), READ, WAIT, say("Cake?")],
        execute=[WRITE, READ, "?", say("Done")],
    )
    await pair(phone, model, Rules(format=action_format, iterations=(2, 5, 10))).play()
    for role in ("user", "observe", "execute"):
        prompts = [kept(messages) for messages in model.messages(role)]
        assert len(prompts) > 3
        for earlier, later in pairwise(prompts):
            assert len(later) > len(earlier)
            assert all(was is now for was, now in zip(earlier, later, strict=False))


async def test_a_single_agent_keeps_its_transcript_over_turns():
    phone = Phone()
    phone.message(0, "One")
    phone.message(600, "Two")
    model = Model(execute=[READ, say("Done"), READ, say("Done")])
    await alone(phone, model).play()
    prompts = model.messages("execute")
    assert len(prompts) == 4
    for earlier, later in pairwise(prompts):
        assert all(was is now for was, now in zip(earlier, later, strict=False))


async def test_a_step_adds_a_reply_and_an_observation():
    model = Model(observe=[READ, READ, READ, WAIT])
    await pair(Phone(), model).play(max_turns=1)
    assert [len(messages) for messages in model.messages("observe")] == [2, 4, 6, 8]


async def test_each_execution_begins_anew_and_tells_no_more_than_it_needs():
    model = Model(
        user=[WAIT, accept("One"), WAIT, accept("Two")],
        observe=[say("Tea?"), say("Cake?")],
        execute=[WRITE, say("Done"), WRITE, say("Done")],
    )
    await pair(Phone(), model).play(max_turns=4)
    first, second = (messages for messages in model.messages("execute") if len(messages) == 2)
    assert "Tea?" in first[1].content
    assert "Tea?" not in second[1].content
    assert "Cake?" in second[1].content


async def test_the_screen_holds_only_now():
    model = Model(user=["?", "?", "?"])
    await pair(Phone(), model).play(max_turns=3)
    for prompt in model.prompts("user"):
        assert prompt.count("Available Actions from current state:") == 1
        assert prompt.count("Current app state:") == 1


async def test_news_come_before_each_call_and_only_once():
    phone = Phone()
    phone.email(1.5)
    phone.email(2.5, "Cake?")
    look = Step("System__get_current_time")
    model = Model(observe=[look, look, WAIT])
    await pair(phone, model).play(max_turns=1)
    first, second, third = model.prompts("observe")
    assert ("About Tea?" in first, "About Cake?" in first) == (False, False)
    assert (second.count("About Tea?"), "About Cake?" in second) == (1, False)
    assert (third.count("About Tea?"), third.count("About Cake?")) == (1, 1)


async def test_a_role_is_never_asked_with_the_system_prompt_alone():
    model = Model()
    await pair(Phone(), model).play(max_turns=1)
    assert [request.messages[-1].role for request in model.requests] == ["user", "user"]


async def test_steps_are_numbered_whatever_came_of_them():
    model = Model(observe=[READ, "?", READ, WAIT])
    await pair(Phone(), model).play(max_turns=1)
    told = [
        message.content.split("\n")[0] for message in model.messages("observe")[3] if message.role == "user"
    ]
    assert told[1:] == [
        "[OUTPUT OF STEP 1] Observation:",
        "[OUTPUT OF STEP 2] ERROR:",
        "[OUTPUT OF STEP 3] Observation:",
    ]


async def test_what_is_recorded_of_prompts_adds_up_to_them():
    phone = Phone()
    phone.email(2)
    model = Model(observe=[READ, WAIT])
    played = pair(phone, model)
    await played.play(max_turns=2)
    told = [data for kind, role, data in played.table.records if (kind, role) == ("prompt", "observe")]
    recorded = [message["content"] for data in told for message in data["messages"]]
    assert recorded == [message.content for message in model.messages("observe")[-1]]
    kinds = [kind for kind, role, _ in played.table.records if role in ("observe", "agent")]
    assert kinds[:4] == ["prompt", "reply", "observation", "notice"]
