"""A reply of any bytes becomes a decision or a complaint, and never an exception."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pare.agents.parsing import STOP_SEQUENCES, Decision, Malformed, parse_react_json, parse_tool_calls
from pare.llm.scripted import answer_as_server, fixed
from pare.llm.types import CallLabel, Completion, CompletionRequest, SamplingParameters, ToolCall


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


# -- the word Action, texts as models write them, and depth ----------------------------------------


def test_the_word_in_a_text_is_no_second_action():
    text = 'Action: {"action": "Say", "action_input": {"content": "Call to Action: {sign}. Action: {}"}}'
    assert parse_react_json(text) == Decision("Say", {"content": "Call to Action: {sign}. Action: {}"}, "")


def test_the_word_in_the_thought_is_no_action():
    text = 'Thought: the best course of action: wait.\nAction:\n{"action": "Wait"}'
    assert parse_react_json(text) == Decision("Wait", {}, "the best course of action: wait.")


def test_what_follows_the_object_is_ignored():
    for rest in ("\nObservation: {done}", " }", "\n\nThat is all, I think.", '"'):
        assert parse_react_json('Action: {"action": "Wait"}' + rest) == Decision("Wait", {}, "")


def test_a_few_words_before_the_object_are_ignored():
    assert parse_react_json('Action: I call {"action": "Wait"}') == Decision("Wait", {}, "")
    assert "2 actions" in complaint('Action: I call Action: this {"action": "Wait"')


def test_an_interaction_is_no_action():
    assert "no `Action:`" in complaint('Interaction: {"action": "Wait"}')


def test_line_breaks_stand_for_themselves():
    text = 'Action: {\n\t"action": "Say",\n"action_input": {"content": "Dear Ada,\n\tyes.\\n\\"I\\""}}'
    assert parse_react_json(text) == Decision("Say", {"content": 'Dear Ada,\n\tyes.\n"I"'}, "")


def test_quotes_and_backslashes_are_kept():
    decision = parse_react_json(r"""Action: {"action": "Say", "action_input": {"a": "\"\\ {True} '"}}""")
    assert decision == Decision("Say", {"a": "\"\\ {True} '"}, "")


def test_no_argument_is_cut_off_at_an_observation():
    """Stop sequences are applied to what a model writes: none may stand in valid JSON of a tool call."""
    text = 'Action: {"action": "Say", "action_input": {"content": "Observation: red.\\nObservation: blue."}}'
    request = CompletionRequest("m", [], CallLabel("tea", 1, "", "user", 0))
    request = replace(request, sampling=SamplingParameters(stop=STOP_SEQUENCES))
    reply = answer_as_server(fixed([text + "<end_action>\nObservation: done"]), request)
    assert reply.text == text
    assert parse_react_json(reply.text).arguments == {"content": "Observation: red.\nObservation: blue."}


def test_an_object_that_never_ends():
    assert "no JSON object" in complaint('Action: {"action": "Wait"')
    assert "not valid JSON" in complaint('Action: {"action": "Wait, "a": {}')


def test_depth_is_limited():
    def nested(depth: int) -> str:
        inner = "[" * depth + "]" * depth
        return f'Action: {{"action": "A", "action_input": {{"a": {inner}}}}}'

    assert isinstance(parse_react_json(nested(60)), Decision)
    assert "nested more than 64 deep" in complaint(nested(70))
    assert "not valid JSON" in complaint(nested(5000))


def test_hostile_texts_take_no_longer_than_others():
    for text in ('"\\' * 50_000, '{"' * 50_000, "Action:" * 20_000, "Action: {" * 20_000, "```" * 50_000):
        assert isinstance(parse_react_json(f'Action: {{"action": {text}'), Malformed)


@given(st.dictionaries(st.text(), st.text() | st.integers(-(2**63), 2**63 - 1) | st.none()))
def test_what_a_model_means_is_what_is_read(arguments):
    """Whatever stands in the arguments, written as JSON with raw line breaks or without."""
    written = json.dumps({"action": "A", "action_input": arguments}, ensure_ascii=False)
    if "<end_action>" not in written:
        assert parse_react_json(f"Thought: t\nAction: {written}") == Decision("A", arguments, "t")
        raw = written.replace("\\n", "\n").replace("\\t", "\t")
        if "\\\\" not in written:
            assert parse_react_json(f"Thought: t\nAction: {raw}") == Decision("A", arguments, "t")
