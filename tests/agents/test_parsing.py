"""A reply of any bytes becomes a decision or a complaint, and never an exception."""

from hypothesis import given
from hypothesis import strategies as st

from pare.agents.parsing import Decision, Malformed, parse_react_json, parse_tool_calls
from pare.llm.types import Completion, ToolCall


def reply(action: str) -> str:
    return f"Thought: look first.\nAction:\n{action}<end_action>"


def test_a_plain_reply():
    decision = parse_react_json(reply('{"action": "Emails__list_emails", "action_input": {"limit": 3}}'))
    assert decision == Decision("Emails__list_emails", {"limit": 3}, "look first.")


def test_fences_and_text_around_the_object_are_forgiven():
    text = 'Thought: a\nAction:\n```json\n{"action": "Wait", "action_input": {}}\n```<end_action>Observation:'
    assert parse_react_json(text) == Decision("Wait", {}, "a")


def test_missing_and_null_input_are_no_arguments():
    for action in ('{"action": "Wait"}', '{"action": "Wait", "action_input": null}'):
        assert parse_react_json(reply(action)) == Decision("Wait", {}, "look first.")


def test_text_as_input_is_passed_on():
    decision = parse_react_json(reply('{"action": "Wait", "action_input": "now"}'))
    assert decision == Decision("Wait", "now", "look first.")


def complaint(text: str) -> str:
    result = parse_react_json(text)
    assert isinstance(result, Malformed)
    return result.complaint


def test_what_is_wrong_is_said():
    assert "no `Action:`" in complaint("I would rather talk.")
    assert "2 actions" in complaint('Action: {"action": "A"} Action: {"action": "B"}')
    assert "no JSON object" in complaint(reply("nothing"))
    assert "not valid JSON" in complaint(reply('{"action": }'))
    assert "names no tool" in complaint(reply('{"tool": "A"}'))
    assert "not a list" in complaint(reply('{"action": "A", "action_input": [1]}'))


def test_native_tool_calls():
    calls = (ToolCall("1", "Emails__list_emails", '{"limit": 3}'), ToolCall("2", "Wait", "{}"))
    decision = parse_tool_calls(Completion("first things first", calls))
    assert decision == Decision("Emails__list_emails", '{"limit": 3}', "first things first", "1", ("2",))
    assert parse_tool_calls(Completion("", (ToolCall("1", "Wait", ""),))) == Decision("Wait", {}, "", "1")


def test_native_replies_without_a_tool():
    assert parse_tool_calls(Completion("just text")) == Malformed(
        "you called no tool; call exactly one tool in every step"
    )
    nameless = parse_tool_calls(Completion("", (ToolCall("7", " ", "{}"),)))
    assert nameless == Malformed("the tool call names no tool", ("7",))


@given(st.text())
def test_any_text_is_read(text):
    assert isinstance(parse_react_json(text), (Decision, Malformed))
    assert isinstance(parse_react_json(f"Action:{{{text}}}"), (Decision, Malformed))
