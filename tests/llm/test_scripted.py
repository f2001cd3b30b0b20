"""Scripted models answer as plain functions of the request."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.errors import ConfigError
from pare.llm import scripted
from pare.llm.offered import OfferedTool, offered_tools, random_arguments
from pare.llm.scripted import ScriptedModel, ScriptedPolicies, Step, answer_as_server, jittered
from pare.llm.types import (
    CallLabel,
    Completion,
    CompletionRequest,
    Message,
    SamplingParameters,
    ToolCall,
    Usage,
)
from pare.rng import derive_rng


def tool(name, properties=None, **schema):
    parameters = {"type": "object", "properties": properties or {}} | schema
    return {"type": "function", "function": {"name": name, "description": "", "parameters": parameters}}


PROMPT = """You may call `PAREAgentUserInterface__wait`, or Mail__send_email(to) and Mail__list-all.
- Mail__send_email: send. __init__ and A__ are none."""
NATIVE = (
    tool("Mail__send_email", {"to": {"type": "string"}, "urgent": {"type": "boolean"}}, required=["to"]),
    tool("PAREAgentUserInterface__wait"),
)


def asking(ordinal=0, messages=None, role="user", **changes):
    label = CallLabel("mail_from_ana", 1, "c0ffee", role, ordinal)
    return replace(CompletionRequest("m", messages or [Message("system", PROMPT)], label), **changes)


def action_of(completion):
    """Read the call that a reply in the text format makes."""
    text = completion.text.split("Action:\n")[1].removesuffix("<end_action>")
    return json.loads(text)


# --- what is offered ----------------------------------------------------------------------------------------


def test_native_tools_are_offered_with_their_schemas():
    offered = offered_tools(asking(tools=NATIVE))
    assert [tool.name for tool in offered] == ["Mail__send_email", "PAREAgentUserInterface__wait"]
    assert offered[0].parameters["required"] == ["to"]


def test_the_tools_of_the_text_format_are_those_that_the_prompt_names():
    names = [tool.name for tool in offered_tools(asking())]
    assert names == ["PAREAgentUserInterface__wait", "Mail__send_email", "Mail__list"]


def test_only_the_last_listing_of_the_screen_counts():
    def listing(name):
        return Message("user", f"Available Actions from current state:\n***\n{name}\n***")

    messages = [Message("system", "Go."), listing("A__old"), Message("assistant", "X__y"), listing("B__now")]
    messages += [Message("user", "Observation: C__no")]
    assert [tool.name for tool in offered_tools(asking(messages=messages))] == ["B__now"]


def test_a_prompt_without_tools_offers_none():
    messages = [Message("system", "")]
    assert [*offered_tools(asking(messages=messages)), *offered_tools(asking(messages=messages))] == []


# --- policies -----------------------------------------------------------------------------------------------


def test_fixed_replies_come_in_turn_for_each_role():
    policy = scripted.fixed(["one", Completion("two", reasoning="hm")])
    assert [policy(asking(n)).text for n in range(3)] == ["one", "two", "one"]
    assert policy(asking(0, role="observe")).text == "one"
    assert policy(asking(1)).reasoning == "hm"


def test_waiting_takes_the_tool_that_is_offered():
    def waits(*names):
        return action_of(scripted.wait()(asking(messages=[Message("system", " ".join(names))])))["action"]

    assert waits("System__wait_for_notification", "Ui__wait", "Mail__send") == "Ui__wait"
    assert waits("System__wait_for_notification", "Mail__send") == "System__wait_for_notification"
    assert waits("Mail__send") == "PAREAgentUserInterface__wait"


def test_waiting_is_a_native_call_where_those_are_offered():
    reply = scripted.wait()(asking(3, tools=NATIVE))
    assert reply.tool_calls == (ToolCall("call_user_3", "PAREAgentUserInterface__wait", "{}"),)
    assert reply.finish_reason == "tool_calls"


def test_steps_are_made_in_order_and_then_it_waits():
    policy = scripted.steps(
        [
            {"tool": "Mail__open", "arguments": {"id": 'a"b'}, "thought": "Look."},
            Step("Mail__reply"),
        ]
    )
    assert policy(asking(0)).text == (
        'Thought: Look.\n\nAction:\n{"action": "Mail__open", "action_input": {"id":"a\\"b"}}<end_action>'
    )
    assert [action_of(policy(asking(n)))["action"] for n in range(4)] == [
        *("Mail__open", "Mail__reply"),
        *["PAREAgentUserInterface__wait"] * 2,
    ]
    assert policy(asking(0, tools=NATIVE)).tool_calls == (
        ToolCall("call_user_0", "Mail__open", '{"id":"a\\"b"}'),
    )


def test_roles_may_have_policies_of_their_own():
    policy = scripted.by_role({"user": scripted.fixed(["mine"])}, scripted.fixed(["another's"]))
    assert [policy(asking(role=role)).text for role in ("user", "observe")] == ["mine", "another's"]
    assert "wait" in scripted.by_role({})(asking()).text


def test_random_calls_are_drawn_per_call_and_repeat():
    policy, requests = scripted.random(7), [asking(n, tools=NATIVE) for n in range(40)]
    drawn = [policy(request) for request in requests]
    assert drawn == [scripted.random(7)(request) for request in reversed(requests)][::-1]
    assert drawn != [scripted.random(8)(request) for request in requests]
    assert {reply.tool_calls[0].name for reply in drawn} == {tool["function"]["name"] for tool in NATIVE}
    for reply in drawn:
        arguments = json.loads(reply.tool_calls[0].arguments)
        assert reply.tool_calls[0].name != "Mail__send_email" or isinstance(arguments["to"], str)


def test_random_takes_its_tools_from_whoever_knows_them():
    policy = scripted.random(tools_of=lambda request: [OfferedTool("A__b")])
    assert action_of(policy(asking())) == {"action": "A__b", "action_input": {}}


def test_random_waits_where_nothing_is_offered():
    assert "wait" in scripted.random()(asking(messages=[Message("user", "hi")])).text


SCHEMA = {
    "$defs": {"Day": {"enum": ["mon", "tue"]}, "Loop": {"type": "array", "items": {"$ref": "#/$defs/Loop"}}},
    "properties": {
        "day": {"$ref": "#/$defs/Day"},
        "loop": {"$ref": "#/$defs/Loop"},
        "count": {"type": "integer", "minimum": 3, "maximum": 5},
        "price": {"type": "number"},
        "flag": {"type": "boolean"},
        "kind": {"const": "fixed"},
        "maybe": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        "names": {"type": "array", "items": {"type": "string"}},
        "nested": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        "odd": {"type": ["string", "null"]},
        "lost": {"$ref": "#/$defs/Nowhere"},
    },
}
SCHEMA["required"] = list(SCHEMA["properties"])


@given(st.integers())
def test_random_arguments_fit_the_schema(seed):
    found = random_arguments(OfferedTool("A__b", SCHEMA), derive_rng(seed), ["word"])
    assert list(found) == SCHEMA["required"]
    assert found["day"] in ("mon", "tue")
    assert found["count"] in (3, 4, 5)
    assert 0 <= found["price"] <= 10
    assert found["flag"] in (True, False)
    assert (found["kind"], found["odd"], found["lost"]) == ("fixed", "word", "word")
    assert found["maybe"] in (None, "word")
    assert set(found["names"]) == {"word"}
    assert isinstance(found["nested"]["a"], int)


def test_arguments_without_a_schema_are_empty():
    assert random_arguments(OfferedTool("A__b"), derive_rng(1)) == {}
    assert random_arguments(OfferedTool("A__b", {"type": "string"}), derive_rng(1)) == {}


# --- by name ------------------------------------------------------------------------------------------------


def test_policies_are_made_by_name():
    policies = ScriptedPolicies()
    assert policies.names == ["fixed", "random", "steps", "wait"]
    assert policies.create("fixed", replies=["hi"])(asking()).text == "hi"
    assert policies.create("wait")(asking()) == scripted.wait()(asking())
    policies.register("oracle", lambda: scripted.fixed(["from above"]))
    assert policies.create("oracle")(asking()).text == "from above"
    assert "oracle" not in ScriptedPolicies().names


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("rnadom", {}, "Did you mean 'random'?"),
        ("wait", {"seconds": 3}, "unexpected keyword argument 'seconds'. Options: tools_of"),
        ("fixed", {}, "missing a required argument: 'replies'"),
        ("fixed", {"replies": []}, "needs replies; there are none"),
        ("fixed", {"replies": [3]}, "the replies of a scripted model are wrong"),
        ("steps", {"steps": [{"argument": {}}]}, "the steps of a scripted model are wrong"),
    ],
)
def test_a_wrong_name_or_option_is_said(name, options, said):
    with pytest.raises(ConfigError) as caught:
        ScriptedPolicies().create(name, **options)
    assert said in str(caught.value)


def test_a_name_is_registered_once():
    with pytest.raises(ConfigError, match="registered already"):
        ScriptedPolicies().register("wait", scripted.wait)


# --- as a model ---------------------------------------------------------------------------------------------


async def test_a_scripted_model_waits_for_its_latency_and_reports_it():
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    model = ScriptedModel(scripted.fixed(["hi"]), latency=0.25, sleep=sleep)
    reply = await model(asking())
    assert (reply.text, reply.latency_seconds, reply.model, slept) == ("hi", 0.25, "m", [0.25])
    assert not reply.usage.estimated


async def test_jitter_belongs_to_the_call():
    async def sleep(seconds):
        pass

    model = ScriptedModel(scripted.wait(), jittered(1.0, 0.5, seed=3), sleep)
    seen = [(await model(asking(n))).latency_seconds for n in (0, 1, 0)]
    assert seen[0] == seen[2] != seen[1]
    assert all(0.5 <= latency <= 1.5 for latency in seen)


def test_a_reply_is_cut_as_a_server_cuts_it():
    def cut(**sampling):
        reply = answer_as_server(
            scripted.fixed(["Thought: x<end_action>Observation: y"]),
            asking(sampling=SamplingParameters(**sampling)),
        )
        return reply.text, reply.finish_reason, reply.usage.completion_tokens

    assert cut(stop=("Observation:", "<end_action>", "")) == ("Thought: x", "stop", 3)
    assert cut(max_tokens=2) == ("Thought:", "length", 2)
    assert cut(stop=("no",)) == ("Thought: x<end_action>Observation: y", "stop", 9)


def test_usage_is_plausible():
    messages = [
        Message("system", "x" * 4000),
        Message("user", "y" * 400),
        Message("assistant", "", (ToolCall("1", "abcd", "{}ab"),)),
        Message("tool", "z" * 40, tool_call_id="1"),
    ]
    policy = scripted.fixed([Completion("four" * 5, reasoning="hmmm" * 3)])
    usage = answer_as_server(policy, asking(messages=messages)).usage
    assert usage == Usage(
        prompt_tokens=1004 + 104 + 6 + 14, cached_tokens=1024, completion_tokens=8, reasoning_tokens=3
    )
    assert answer_as_server(policy, asking(messages=messages[:2])).usage.cached_tokens == 0
    assert answer_as_server(policy, asking(messages=messages, tools=NATIVE)).usage.prompt_tokens > 1128


def test_a_policy_that_counts_is_believed():
    usage = Usage(7, 0, 3)
    assert answer_as_server(scripted.fixed([Completion("x", usage=usage)]), asking()).usage == usage
