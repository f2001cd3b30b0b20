"""Tools that fail, and tools under other names: what noise does to the calls of an agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.errors import ConfigError, ToolError
from pare.noise.draws import NoiseDraws
from pare.tools.app_tool import AppTool

EXEMPT = (AgentUserInterface, SystemApp)
"""Apps whose tools noise leaves alone: talking to the user, the clock, waiting, the home screen."""

TEXTS = (
    "{tool} failed: internal error in the service. Nothing was changed; it may work later.",
    "{tool} failed: the service did not answer in time. The request was not carried out.",
    "{tool} failed: the service is overloaded at the moment (internal error 503). Please try again.",
    "{tool} failed: the connection to the service was lost before the request was taken.",
    "{tool} failed: the service is being restarted. The request was not carried out; try again.",
)
"""What an agent reads of a call that was made to fail."""


class InjectedFailureError(ToolError):
    """A call was made to fail; to the agent it is an error like any other."""


class ToolFailures:
    """A noise hook: lets calls fail with the failure probability that their tools have.

    The draw of a call depends on the app, the tool and how often it was called before, so the calls
    that fail at one probability fail at every higher one. One instance is for one run.
    """

    def __init__(self, draws: NoiseDraws) -> None:
        self._draws = draws
        self.calls: Counter[str] = Counter()
        self.injected: Counter[str] = Counter()

    def __call__(self, tool: AppTool, arguments: Mapping[str, Any]) -> None:  # noqa: ARG002 - a noise hook
        """Let the call pass, or fail in its place.

        Raises:
            InjectedFailureError: it fails; the tool was not called.
        """
        if tool.failure_probability is None or is_exempt(tool.class_instance):
            return
        call = ("tool failure", tool.app_name, tool.func_name, self.calls[tool.name])
        self.calls[tool.name] += 1
        if self._draws.uniform(*call) < tool.failure_probability:
            self.injected[tool.name] += 1
            text = self._draws.rng(*call, "text").choice(TEXTS)
            raise InjectedFailureError(text.format(tool=tool._public_name))

    @property
    def failures(self) -> int:
        """How many calls were made to fail."""
        return self.injected.total()


def is_exempt(owner: object) -> bool:
    """Tell whether noise leaves the tools of an app, or of a screen of one, alone; names do not matter."""
    return isinstance(getattr(owner, "app", owner), EXEMPT)


def rename_tools(tools: Iterable[AppTool], names: Mapping[str, str], descriptions: Mapping[str, str]) -> None:
    """Give `tools` the public names and descriptions that are mapped to their own names.

    Raises:
        ConfigError: two tools would have one name.
    """
    owners: dict[str, str] = {}
    for tool in tools:
        tool._public_name = names.get(tool.name, tool.name)
        tool._public_description = descriptions.get(tool.name, tool._public_description)
        if owners.setdefault(tool._public_name, tool.name) != tool.name:
            raise ConfigError(
                f"tool_names_mapping gives {owners[tool._public_name]!r} and {tool.name!r} one name, "
                f"{tool._public_name!r}; every tool needs its own"
            )
