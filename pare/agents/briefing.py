"""How an assistant begins: the tools it is offered, its prompt, and what it is told of what arrives."""

from __future__ import annotations

from collections.abc import Sequence

from pare.agents.news import IN_SILENCE, environment_lines, notified_tools
from pare.agents.prompting import PromptName, hour
from pare.agents.protocol import AgentSetup
from pare.agents.react import ReactLoop
from pare.agents.seat import Seat
from pare.agents.transcript import Transcript, block, task
from pare.apps.user_interface import AgentUserInterface
from pare.errors import UnknownAppError
from pare.notifications import Message, MessageType
from pare.tools import AppTool, Toolbox

HIDDEN = (
    "get_last_message_from_user",
    "get_last_message_from_agent",
    "get_last_unread_messages",
    "get_all_messages",
)
"""Tools of the conversation that no assistant is offered: what is said arrives by itself."""

INTERNAL_APPS = ("InternalContacts",)
"""Apps whose tools are not for agents."""

WITH_REQUEST = "They come with each request."


def conversation(seat: Seat) -> AgentUserInterface:
    """Give the conversation with the user; an answer that is there at once arrives as others do.

    Raises:
        UnknownAppError: there is none on the phone.
    """
    interface: AgentUserInterface | None = seat.environment.get_app_with_class(AgentUserInterface)
    if interface is None:
        raise UnknownAppError(
            f"scenario {seat.run.scenario_id!r} has no AgentUserInterface; an agent cannot talk to the user"
        )
    interface.set_wait_for_user_response(False)
    return interface


def assistant_tools(seat: Seat) -> list[AppTool]:
    """Give the tools of all apps that an assistant may be offered."""
    tools: list[AppTool] = seat.environment.get_tools()
    return [tool for tool in tools if tool.app_name not in INTERNAL_APPS and not _is_hidden(tool)]


def _is_hidden(tool: AppTool) -> bool:
    return tool.func_name in HIDDEN and isinstance(tool.class_instance, AgentUserInterface)


def assistant_loop(setup: AgentSetup, role: str, prompt: PromptName, toolbox: Toolbox) -> ReactLoop:
    """Give a loop of `role` with a fresh transcript that begins with `prompt`."""
    values = {
        "tool_descriptions": setup.format.describe(toolbox) or WITH_REQUEST,
        "tool_names": ", ".join(toolbox.tools),
        "curent_time_description": hour(setup.seat.environment.start_time),
        "notification_system_description": announcements(setup.seat),
        "agent_reminder_description": "",
        "task_description": setup.task_description if prompt == "default" else "",
    }
    system = setup.prompts.filled(prompt, setup.format, values)
    if values["task_description"] and "<<task_description>>" not in setup.prompts.text(prompt):
        system += f"\n\n{setup.task_description}"
    return ReactLoop(setup.seat, setup.models[role], setup.format, Transcript(system))


def announcements(seat: Seat) -> str:
    """Say what is announced to an assistant."""
    system = seat.notifications
    calls = notified_tools(seat.environment.apps.values(), system.verbosity_level)
    taps = ["what the user taps"] if system.tells_taps else []
    events = [f"these events: {', '.join(calls)}"] if calls else []
    return "; ".join(["Messages of the user", *taps, "reminders that are due", *events]) + "."


def tell(loop: ReactLoop, news: Sequence[Message]) -> None:
    """Add what has arrived to what an assistant knows."""
    said = [item.message for item in news if item.message_type is MessageType.USER_MESSAGE]
    taps = [item for item in news if item.message_type is MessageType.USER_ACTION]
    lines = environment_lines(
        item for item in news if item.message_type not in (*IN_SILENCE, MessageType.USER_ACTION)
    )
    if said:
        loop.transcript.tell(task("\n".join(said)))
    if lines:
        loop.transcript.tell(block("Environment notifications updates:", lines))
    if taps:
        loop.transcript.tell(block("[User Actions]:", environment_lines(taps)))
