"""A scripted model that does what the scenario's oracle does: it proposes, answers and carries out.

It sees no more than any model: its reply is a function of the request, and it goes by what the prompt
tells, so the same prompts, parsers and HTTP are used. Only the score is known to it beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence

from pare.errors import UnknownScenarioError
from pare.llm.scripted import WAIT, ScriptedPolicy, Step
from pare.llm.types import Completion, CompletionRequest, Message
from pare.scenario_runner.score import ACCEPT, PROPOSE, REJECT, Call, Phase, score_of

TALK = "PAREAgentUserInterface__send_message_to_user"


def oracle() -> ScriptedPolicy:
    """Follow the oracle of the scenario that the request names."""

    def answer(request: CompletionRequest) -> Completion:
        try:
            phases = score_of(request.label.scenario_id)
        except UnknownScenarioError:  # a probe, or somebody else's scenario: there is nothing to follow
            return Step(WAIT).reply_to(request)
        choose = {"user": _as_user, "observe": _observing}.get(request.label.role, _executing)
        return choose(request.messages, phases).reply_to(request)

    return answer


def _as_user(messages: Sequence[Message], phases: Sequence[Phase]) -> Step:
    """Accept or reject the first proposal that was not answered yet, if it has been made."""
    answered = sum(_called(message, ACCEPT) or _called(message, REJECT) for message in messages)
    asked = [phase for phase in phases if phase.answer is not None]
    if answered < len(asked) and _was_told(messages, asked[answered].proposal):
        return _step(asked[answered].answer)
    return Step(WAIT)


def _observing(messages: Sequence[Message], phases: Sequence[Phase]) -> Step:
    """Look and propose, once the notices that lead to the next proposal have come."""
    proposals = [place for place, message in enumerate(messages) if _called(message, PROPOSE)]
    if len(proposals) >= len(phases):
        return Step(WAIT)
    phase = phases[len(proposals)]
    if not all(_was_told(messages, text) for text in phase.notices):
        return Step(WAIT)
    since = messages[proposals[-1] + 1 :] if proposals else messages
    done = sum(message.role == "assistant" and not _called(message, "wait") for message in since)
    return _step(phase.observe[done]) if done < len(phase.observe) else Step(WAIT)


def _executing(messages: Sequence[Message], phases: Sequence[Phase]) -> Step:
    """Carry out what was accepted, and say so at the end."""
    phase = next((phase for phase in phases if phase.proposal and _was_told(messages, phase.proposal)), None)
    done = sum(message.role == "assistant" for message in messages)
    if phase is not None and done < len(phase.execute):
        return _step(phase.execute[done])
    return Step(TALK, {"content": "That is all."})


def _step(call: Call | None) -> Step:
    return Step(WAIT) if call is None else Step(call.tool, call.arguments)


def _called(message: Message, function: str) -> bool:
    """Tell whether a message of the model calls a tool of that function name."""
    if message.role != "assistant":
        return False
    names = [call.name for call in message.tool_calls]
    return any(name.endswith(f"__{function}") for name in names) or f'__{function}"' in message.content


def _was_told(messages: Sequence[Message], text: str) -> bool:
    return any(text in message.content for message in messages if message.role == "user")
