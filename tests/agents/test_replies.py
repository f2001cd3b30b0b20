"""What models say: replies that cannot be read, that are empty or refused, and what they cost."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pare.agents.seat import Limits
from pare.llm.client import EndpointError
from pare.llm.scripted import Step
from pare.llm.types import Completion, ToolCall, Usage
from tests.agents.table import (
    AUI,
    READ,
    WAIT,
    WRITE,
    Model,
    Phone,
    Rules,
    accept,
    alone,
    pair,
    say,
)

FORMATS = ["react_json", "tool_calls"]
EMPTY = Completion("  \n")
TRUNCATED = Completion("", finish_reason="length", reasoning="I think and think")


def native(*calls: tuple[str, str], text: str = "") -> Completion:
    return Completion(text, tuple(ToolCall(f"id{n}", *call) for n, call in enumerate(calls)))


async def observed(*replies: object, action_format: str = "tool_calls") -> tuple[Model, object]:
    """Let an observer say `replies` and then wait; give the model and the table."""
    model = Model(observe=[*replies, WAIT])
    played = pair(Phone(), model, Rules(format=action_format))
    await played.play(max_turns=1)
    return model, played


# -- malformed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("action_format", FORMATS)
async def test_what_was_wrong_is_said_and_counted(action_format):
    model, played = await observed("I would rather talk.", action_format=action_format)
    reply, complaint = model.messages("observe")[1][-2:]
    assert (reply.role, reply.content) == ("assistant", "I would rather talk.")
    assert complaint.role == "user"
    assert complaint.content.startswith("[OUTPUT OF STEP 1] ERROR:\n***\n")
    assert "try again" in complaint.content
    counts = played.agent.counts["observe"]
    assert (counts.malformed, counts.reads, counts.writes, counts.invalid) == (1, 1, 0, 0)


async def test_a_readable_reply_between_malformed_ones_starts_the_count_anew():
    replies = ["?", "?", READ, "?", "?", READ, "?", "?", "?", READ, READ]
    model = Model(observe=list(replies))
    rules = Rules(iterations=(1, 20, 10), limits=Limits(max_malformed_replies=3))
    played = pair(Phone(), model, rules)
    await played.play(max_turns=1)
    assert len(model.messages("observe")) == 9
    assert played.agent.counts["observe"].malformed == 7


async def test_an_unknown_tool_is_invalid_and_the_offered_ones_are_named():
    model, played = await observed(Step("Emails__lst_emails"))
    told = model.messages("observe")[1][-1].content
    assert "there is no tool 'Emails__lst_emails' now. Did you mean 'Emails__list_emails'" in told
    assert played.agent.counts["observe"].invalid == 1
    assert "lst_emails" not in played.table.functions()


async def test_a_users_tap_that_is_not_on_the_screen_is_invalid():
    played = pair(Phone(), Model(user=[Step("Emails__list_emails"), "nonsense"]))
    await played.play(max_turns=2)
    counts = played.user.counts["user"]
    assert (counts.invalid, counts.malformed, counts.reads, counts.writes) == (1, 1, 0, 0)


# -- arguments -------------------------------------------------------------------------------------


async def test_text_in_place_of_arguments_is_the_first_one():
    for text in ('"hello"', '"  hello"'):
        reply = f'Thought: x\nAction: {{"action": "{AUI}send_message_to_user", "action_input": {text}}}'
        _, played = await observed(reply, action_format="react_json")
        assert played.table.history()[1][2] == "send_message_to_user"
        assert played.agent.pending_goal.strip() == "hello"


@pytest.mark.parametrize("text", ["", "  ", "{}", "null"])
async def test_no_arguments(text):
    model, played = await observed(native(("Emails__list_emails", text)))
    assert played.table.functions() == ["wait", "list_emails", "wait"]
    assert "Observation:" in model.messages("observe")[1][-1].content


async def test_arguments_that_are_no_json_are_complained_about():
    model, played = await observed(native(("Emails__list_emails", '{"limit": ')))
    assert "the arguments are not JSON" in model.messages("observe")[1][-1].content
    assert played.table.functions() == ["wait", "wait"]
    assert played.agent.counts["observe"].reads == 2


async def test_a_word_for_a_tool_without_arguments_is_complained_about():
    reply = f'Thought: x\nAction: {{"action": "{AUI}wait", "action_input": "now"}}<end_action>'
    model, _ = await observed(reply, action_format="react_json")
    assert "the arguments are not JSON" in model.messages("observe")[1][-1].content


@pytest.mark.parametrize("depth", [40, 100, 1000, 3000])
@pytest.mark.parametrize("action_format", FORMATS)
async def test_nested_arguments_break_nothing(depth, action_format):
    nested = "[" * depth + "]" * depth
    text = f'Action: {{"action": "Emails__list_emails", "action_input": {{"limit": {nested}}}}}'
    reply = (
        text if action_format == "react_json" else native(("Emails__list_emails", f'{{"limit": {nested}}}'))
    )
    model, played = await observed(reply, action_format=action_format)
    assert "ERROR" in model.messages("observe")[1][-1].content
    assert played.table.functions() == ["wait", "wait"]


# -- native tool calls -----------------------------------------------------------------------------


async def test_native_calls_are_answered_one_by_one_and_only_the_first_is_made():
    reply = native(("Emails__list_emails", "{}"), (f"{AUI}wait", "{}"), ("nothing", "?"), text="Look first.")
    model, played = await observed(reply)
    told, *answers = model.messages("observe")[1][-4:]
    assert (told.role, told.content, told.tool_calls) == ("assistant", "Look first.", reply.tool_calls)
    assert [(answer.role, answer.tool_call_id) for answer in answers] == [
        ("tool", "id0"),
        ("tool", "id1"),
        ("tool", "id2"),
    ]
    assert answers[0].content.startswith("[OUTPUT OF STEP 1] Observation:")
    assert "not made" in answers[1].content
    assert "not made" in answers[2].content
    assert played.table.functions() == ["wait", "list_emails", "wait"]


async def test_a_nameless_call_is_answered_by_its_id():
    model, played = await observed(native((" ", "{}"), ("x", "{}")))
    assert [answer.tool_call_id for answer in model.messages("observe")[1][-2:]] == ["id0", "id1"]
    assert played.agent.counts["observe"].malformed == 1


async def test_schemas_go_with_the_request_in_one_format_and_in_the_prompt_in_the_other():
    for action_format, has_schemas in (("tool_calls", True), ("react_json", False)):
        model, _ = await observed(action_format=action_format)
        user, observe = model.requests[:2]
        assert bool(observe.tools) is bool(user.tools) is has_schemas
        assert ("Emails__list_emails:" in observe.messages[0].content) is not has_schemas
        assert ("Available Actions" in user.messages[-1].content) is not has_schemas
        names = [tool["function"]["name"] for tool in user.tools]
        assert names[:3] == [f"{AUI}accept_proposal", f"{AUI}reject_proposal", f"{AUI}wait"][: len(names)]


async def test_tools_that_stay_the_same_are_the_same_object():
    model, _ = await observed(READ, READ)
    first, *others = [request.tools for request in model.requests if request.label.role == "observe"]
    assert isinstance(first, tuple)
    assert all(tools is first for tools in others)


async def test_a_native_call_in_the_text_format_is_complained_about():
    model, played = await observed(native(("Emails__list_emails", "{}")), action_format="react_json")
    assert model.messages("observe")[1][-2].content.strip()  # providers refuse empty messages
    assert played.agent.counts["observe"].malformed == 1


# -- empty, filtered, refused ----------------------------------------------------------------------


@pytest.mark.parametrize("action_format", FORMATS)
@pytest.mark.parametrize("reply", [EMPTY, TRUNCATED])
async def test_an_empty_reply_is_asked_for_once_more_and_takes_its_time(reply, action_format):
    model = Model(user=[reply])
    played = pair(Phone(), model, Rules(format=action_format))
    turns = await played.play(max_turns=1)
    assert (turns.ended, played.table.history()[0]) == ("max_turns", (2.0, "USER", "wait"))
    first, second = model.requests[:2]
    assert first.messages == second.messages
    assert (first.label.ordinal, second.label.ordinal) == (0, 1)
    assert first.sampling.seed != second.sampling.seed


@pytest.mark.parametrize("reply", [EMPTY, TRUNCATED])
async def test_two_empty_replies_end_the_run(reply):
    turns = await pair(Phone(), Model(observe=[READ, reply, reply])).play()
    assert (turns.ended, turns.role) == ("empty_reply", "observe")
    assert "twice" in turns.message


async def test_an_empty_reply_is_not_repeated_when_the_run_is_over():
    model = Model(user=[EMPTY, EMPTY])
    turns = await pair(Phone(), model, Rules(duration=0.5)).play()
    assert (turns.ended, len(model.requests)) == ("duration", 1)


async def test_a_filtered_reply_ends_the_run_at_once():
    for text in ("", "Thought: well"):
        model = Model(user=[Completion(text, finish_reason="content_filter")])
        turns = await pair(Phone(), model).play()
        assert (turns.ended, turns.role, len(model.requests)) == ("content_filter", "user", 1)


@pytest.mark.parametrize("kind", ["context_overflow", "content_filter"])
@pytest.mark.parametrize("role", ["user", "observe", "execute"])
async def test_what_the_endpoint_says_about_the_prompt_ends_the_run(kind, role):
    replies = {"user": [WAIT, accept()], "observe": [say("Tea?")], "execute": [WRITE]}
    replies[role] = [*replies[role][:1], EndpointError(kind, "so long")]
    turns = await pair(Phone(), Model(**replies)).play()
    assert (turns.ended, turns.role, turns.message) == (kind, role, "so long")


@pytest.mark.parametrize(
    "kind", ["rate_limit", "overload", "transient", "quota", "auth", "model_gone", "outage"]
)
async def test_other_errors_of_the_endpoint_are_no_fact_about_the_agent(kind):
    with pytest.raises(EndpointError, match="no") as caught:
        await pair(Phone(), Model(observe=[EndpointError(kind, "no")])).play()
    assert caught.value.kind == kind


# -- tokens ----------------------------------------------------------------------------------------


def costing(step: Step, tokens: int) -> Completion:
    usage = Usage(prompt_tokens=tokens - 10, completion_tokens=10)
    said = f'Thought: x\nAction: {{"action": "{step.tool}", "action_input": {{}}}}'
    return Completion(said, usage=usage)


async def test_the_token_limit_is_for_all_roles_of_a_run_together():
    phone = Phone()
    for hour in range(5):
        phone.email(3600 * hour, f"Tea {hour}?")
    model = Model(user=[costing(WAIT, 60)] * 5, observe=[costing(WAIT, 60)] * 5)
    turns = await pair(phone, model, Rules(limits=Limits(max_tokens_per_run=150))).play()
    assert (turns.ended, turns.role, len(model.requests)) == ("token_limit", "observe", 3)
    assert "150" in turns.message


# -- any bytes -------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec=None, exclude_categories=()))
TOOLS = st.sampled_from(
    [
        f"{AUI}wait",
        f"{AUI}send_message_to_user",
        f"{AUI}accept_proposal",
        "Emails__list_emails",
        "System__open_app",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def written(tool: str, arguments: object) -> str:
    return f'Thought: x\nAction: {{"action": {json.dumps(tool)}, "action_input": {json.dumps(arguments)}}}'


CALLS = st.builds(ToolCall, st.sampled_from(["a", "b", ""]), TOOLS | TEXTS, TEXTS | JSON.map(repr))
REPLIES = (
    TEXTS
    | st.builds("Action:{{{}}}".format, TEXTS)
    | st.builds(written, TOOLS | TEXTS, JSON)
    | st.builds(Completion, TEXTS, st.lists(CALLS, max_size=3).map(tuple))
)


@given(
    st.lists(REPLIES, max_size=4),
    st.lists(REPLIES, max_size=4),
    st.lists(REPLIES, max_size=3),
    st.sampled_from(FORMATS),
)
@settings(max_examples=150)
async def test_replies_of_any_bytes_never_break_the_loop(user, observe, execute, action_format):
    phone = Phone()
    phone.email(20)
    model = Model(user=[accept(), *user], observe=[say("Tea?"), *observe], execute=execute)
    turns = await pair(phone, model, Rules(format=action_format, iterations=(2, 3, 3))).play(max_turns=3)
    assert turns.ended in ("max_turns", "idle", "empty_reply")


@given(st.lists(REPLIES, max_size=6), st.sampled_from(FORMATS))
async def test_replies_of_any_bytes_never_break_a_single_agent(replies, action_format):
    phone = Phone()
    phone.message(0, "Plan tea.")
    rules = replace(Rules(format=action_format), iterations=(1, 1, 8))
    turns = await alone(phone, Model(execute=replies), rules).play(max_turns=2)
    assert turns.ended in ("max_turns", "idle", "empty_reply")
