"""Every error that pare raises by name.

    PareError
    ├── ScenarioError                 a scenario is not what it must be
    │   ├── EventGraphError           its events cannot be ordered or found
    │   │   ├── CyclicEventsError
    │   │   ├── DuplicateEventIdError
    │   │   ├── UnknownPredecessorError
    │   │   ├── NegativeDelayError
    │   │   ├── EventTimeError
    │   │   └── UnknownPlaceholderError
    │   ├── NoAppsError
    │   ├── UnknownAppError
    │   ├── UnknownToolError
    │   ├── EventEditError            an edit breaks a rule of the event graph
    │   │   └── UnknownConditionError
    │   └── ScenarioNotInitializedError
    ├── RegistryError                 scenarios cannot be found or loaded
    │   ├── UnknownScenarioError
    │   └── ScenarioImportError
    ├── ToolError                     a tool call failed; its text is written for the model
    │   ├── InvalidArgumentsError
    │   ├── UnknownCallError
    │   ├── InvalidValueError
    │   ├── NotFoundError
    │   └── NotFoundKeyError
    ├── EnvironmentStateError         the environment cannot do this in its present state
    ├── AsyncToolError                an ``async def`` tool met the synchronous driver
    ├── UnresolvedPlaceholderError    an argument names a value that no past event has
    ├── ConfigError                   a configuration value is refused
    └── ValidationException           a milestone was missed or a minefield hit

Each also inherits the built-in exception that scenario code written for the published interfaces
catches in that case.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_SUGGESTED_FROM = 500
"""Above so many known words none is suggested: the search would cost more than the call."""

MOST_SHOWN = 200
"""So many characters of what others wrote are part of a message."""


class PareError(Exception):
    """Anything that pare refuses or reports by name."""

    def __str__(self) -> str:
        """Give the message itself, also where a built-in base (KeyError) would quote it."""
        return str(self.args[0]) if self.args else self.__class__.__name__


class ScenarioError(PareError):
    """A scenario is not what it must be to run."""


class EventGraphError(ScenarioError, ValueError):
    """The events of a scenario do not form a graph that can be run."""


class CyclicEventsError(EventGraphError):
    """Events wait for each other in a circle."""


class DuplicateEventIdError(EventGraphError):
    """Two different events carry one id."""


class UnknownPredecessorError(EventGraphError, KeyError):
    """An event depends on one that the scenario does not hold."""


class NegativeDelayError(EventGraphError, AssertionError):
    """A delay is below zero."""


class EventTimeError(EventGraphError):
    """An event is placed before the start of the scenario."""


class UnknownPlaceholderError(EventGraphError):
    """An argument refers to an event id that exists nowhere in the scenario."""


class NoAppsError(ScenarioError, ValueError):
    """A scenario has no apps."""


class UnknownAppError(ScenarioError, ValueError, KeyError):
    """No app of that name or class is on the phone."""


class UnknownToolError(ScenarioError, ValueError, AttributeError):
    """The app has no function of that name."""


class EventEditError(ScenarioError, ValueError):
    """An added or edited event breaks a rule of the event graph."""


class UnknownConditionError(EventEditError, NotImplementedError):
    """A condition is named that nothing makes."""


class ScenarioNotInitializedError(ScenarioError):
    """The scenario was given to an environment before ``initialize()``."""


class RegistryError(PareError):
    """Scenarios could not be found or loaded."""


class UnknownScenarioError(RegistryError, KeyError):
    """No scenario is registered under that id."""


class ScenarioImportError(RegistryError, ImportError):
    """A scenario module could not be imported."""


class ToolError(PareError):
    """A tool call failed; the text tells the model what was wrong and what is valid."""


class InvalidArgumentsError(ToolError, TypeError):
    """The arguments of a tool call do not fit the tool's signature."""


class UnknownCallError(ToolError, KeyError):
    """The tool that was called does not exist, or is not offered now."""


class InvalidValueError(ToolError, ValueError):
    """A value has the right type but cannot be used."""


class NotFoundError(ToolError, ValueError):
    """Nothing has the id that was given."""


class NotFoundKeyError(ToolError, KeyError):
    """Nothing has the id that was given, where callers catch ``KeyError``."""


class EnvironmentStateError(PareError, ValueError):
    """The environment cannot do this in its present state."""


class AsyncToolError(PareError):
    """An ``async def`` tool was reached by the synchronous driver."""


class UnresolvedPlaceholderError(PareError, ValueError):
    """A placeholder names a value that no past event has."""


class ConfigError(PareError, ValueError, AssertionError):
    """A configuration value is refused."""


class ValidationException(PareError):  # noqa: N818 - the published name
    """A milestone was missing at its deadline, or a minefield was hit."""


def shown(text: str, most: int = MOST_SHOWN) -> str:
    """Give what others wrote for a message: at most `most` characters, what is not printable as escapes.

    A terminal would obey control characters, and no encoder takes a lone surrogate.
    """
    if len(text) <= most and text.isprintable():
        return text
    written = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text[: most + 1]
    )
    return written if len(written) <= most else f"{written[: most - 3]}..."


def nearest(word: str, known: Iterable[str], limit: int = 3) -> str:
    """Say which known words are closest to `word`, as the end of an error message ("" if none is)."""
    words = list(known)
    if len(words) > MOST_SUGGESTED_FROM:
        return ""
    matches = get_close_matches(word[:200], words, n=limit, cutoff=0.5)
    return f" Did you mean {' or '.join(repr(match) for match in matches)}?" if matches else ""
