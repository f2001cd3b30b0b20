"""Agents by name: ours, a factory in a module of your own, or an entry point of the group ``pare.agents``.

A name is looked up where a run is made, also in another process: so nothing is registered at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pare.agents.proactive import ProactiveAgent
from pare.agents.protocol import Agent, AgentSetup
from pare.agents.single import SingleAgent
from pare.agents.user import UserAgent
from pare.errors import ConfigError, PareError, nearest

AgentFactory = Callable[[AgentSetup], Agent]

ENTRY_POINT_GROUP = "pare.agents"

AGENTS: Mapping[str, AgentFactory] = {"observe-execute": ProactiveAgent, "default": SingleAgent}
"""What `agent_type` can name: beside a user, and alone."""

USERS: Mapping[str, AgentFactory] = {"default": UserAgent}
"""What `user_type` can name."""

MEMBERS = ("counts", "has_pending_proposal", "take_turn")


class UnknownAgentError(ConfigError):
    """A name stands for no agent, or its module cannot be imported."""


class AgentFactoryError(PareError, RuntimeError):
    """A factory raised, or made what is no agent."""


def agent_factory(agent_type: str) -> AgentFactory:
    """Give the factory that `agent_type` names.

    Raises:
        UnknownAgentError: there is none; what was tried and the nearest names are said.
    """
    return _factory("agent_type", agent_type, AGENTS)


def user_factory(user_type: str) -> AgentFactory:
    """Give the factory that `user_type` names.

    Raises:
        UnknownAgentError: there is none; what was tried and the nearest names are said.
    """
    return _factory("user_type", user_type, USERS)


def create_agent(agent_type: str, setup: AgentSetup) -> Agent:
    """Make the agent that `agent_type` names.

    Raises:
        UnknownAgentError: there is none.
        AgentFactoryError: it cannot be made; the reason is said.
    """
    return _made(f"agent_type {agent_type!r}", agent_factory(agent_type), setup)


def create_user(user_type: str, setup: AgentSetup) -> Agent:
    """Make the user that `user_type` names.

    Raises:
        UnknownAgentError: there is none.
        AgentFactoryError: it cannot be made; the reason is said.
    """
    return _made(f"user_type {user_type!r}", user_factory(user_type), setup)


def _factory(field: str, name: str, ours: Mapping[str, AgentFactory]) -> AgentFactory:
    if name in ours:
        return ours[name]
    if ":" in name:
        return _checked(field, name, _from_module(field, name))
    points = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    if name in points:
        return _checked(field, name, _loaded(field, points[name]))
    known = [*ours, *points]
    raise UnknownAgentError(
        f"{field} {name!r} names no agent.{nearest(name, known)} Tried: our own ({', '.join(ours)}), entry "
        f"points of the group {ENTRY_POINT_GROUP!r} ({', '.join(points) or 'none installed'}); a factory of "
        "your own is named module:factory"
    )


def _from_module(field: str, name: str) -> Any:
    """Import ``module:factory``; the factory may stand in a class, as ``module:Class.method``."""
    module_name, _, path = name.partition(":")
    try:
        found: Any = import_module(module_name)
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UnknownAgentError(f"{field} {name!r}: importing {module_name!r} failed: {reason}") from error
    for part in path.split("."):
        if not hasattr(found, part):
            where = getattr(found, "__name__", module_name)
            raise UnknownAgentError(
                f"{field} {name!r}: {where!r} has no {part!r}.{nearest(part, dir(found))}"
            )
        found = getattr(found, part)
    return found


def _loaded(field: str, point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise UnknownAgentError(
            f"{field} {point.name!r}: loading its entry point {point.value!r} failed: {reason}"
        ) from error


def _checked(field: str, name: str, factory: Any) -> AgentFactory:
    if not callable(factory):
        kind = type(factory).__name__
        raise UnknownAgentError(
            f"{field} {name!r} is of type {kind}; a factory takes an AgentSetup and gives an agent"
        )
    checked: AgentFactory = factory
    return checked


def _made(what: str, factory: AgentFactory, setup: AgentSetup) -> Agent:
    try:
        agent = factory(setup)
    except PareError:
        raise
    except Exception as error:
        raise AgentFactoryError(
            f"{what} failed to make its agent: {type(error).__name__}: {error}"
        ) from error
    missing = [name for name in MEMBERS if not hasattr(agent, name)]
    if missing:
        raise AgentFactoryError(
            f"{what} made a {type(agent).__name__}, which is no agent: it has no {', '.join(missing)}"
        )
    return agent
