"""Errors of agents under their published names. Nothing here raises them; agents of your own may."""

from __future__ import annotations

from typing import ClassVar


class LoggedError(Exception):
    """An error that is noted with its category."""

    category: ClassVar[str] = "LoggedError"

    def __init__(self, message: str | None = "") -> None:
        super().__init__(message)
        self.message = message

    def __init_subclass__(cls) -> None:
        if cls.__bases__ == (LoggedError,):
            cls.category = cls.__name__


class FatalError(LoggedError):
    """The run cannot go on."""


class FormatError(LoggedError):
    """A text is not of the form that was asked for."""


class ServerError(LoggedError):
    """A server failed."""


class AgentError(LoggedError):
    """An agent failed."""


class ToolError(LoggedError):
    """A tool failed."""


class WebError(LoggedError):
    """A page could not be had."""


class MarkdownConverterError(LoggedError):
    """A document could not be read."""


class InvalidActionAgentError(AgentError):
    """An action is not one that can be made."""


class JsonParsingAgentError(AgentError):
    """A reply is no JSON."""


class JsonExecutionAgentError(AgentError):
    """An action that was read could not be made."""


class UnavailableToolAgentError(AgentError):
    """A tool is not offered."""


class MaxIterationsAgentError(AgentError):
    """The agent has used up its steps."""


class TimeoutAgentError(AgentError):
    """The agent has used up its time."""


class InvalidToolCallError(ToolError):
    """The arguments of a call are not valid."""


class NoSearchResultsWebError(WebError):
    """A search found nothing."""


class SearchApiConnectionWebError(WebError):
    """A search engine could not be reached."""


class InfoSearchWebError(WebError):
    """A search failed."""


class VisitPageWebError(WebError):
    """A page could not be visited."""
