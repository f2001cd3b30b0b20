"""Agents by name, from a module, or from an installed package; and what is said when there is none."""

from dataclasses import dataclass, field, replace
from importlib import invalidate_caches
from typing import ClassVar

import pytest

from pare.agents.proactive import ProactiveAgent
from pare.agents.protocol import TurnResult
from pare.agents.registry import (
    AgentFactoryError,
    UnknownAgentError,
    agent_factory,
    create_agent,
    create_user,
    user_factory,
)
from pare.agents.single import SingleAgent
from pare.agents.turns import TurnLoop
from pare.agents.user import UserAgent
from pare.apps import AgentUserInterface
from pare.errors import ConfigError, UnknownAppError
from pare.kernel.host import AGENT, USER
from tests.agents.table import Model, Phone, lay


@dataclass
class Quiet:
    """An agent of one's own."""

    setup: object
    counts: dict = field(default_factory=dict)
    has_pending_proposal: bool = False

    async def take_turn(self):
        return TurnResult(waited=True)


class Makers:
    quiet = Quiet
    number = 7
    counts: ClassVar = {}

    @staticmethod
    def broken(setup):
        raise LookupError("no weights")

    @staticmethod
    def nobody(setup):
        return "an agent"


HERE = f"{__name__}:"


def setup(reader: str = AGENT, phone: Phone | None = None) -> object:
    return lay(phone or Phone(), Model()).setups[reader]


def test_our_own():
    assert agent_factory("observe-execute") is ProactiveAgent
    assert agent_factory("default") is SingleAgent
    assert user_factory("default") is UserAgent
    assert isinstance(create_agent("observe-execute", setup()), ProactiveAgent)
    assert isinstance(create_user("default", setup(USER)), UserAgent)


def test_an_unknown_name_says_what_was_tried():
    with pytest.raises(UnknownAgentError) as caught:
        agent_factory("observe-excute")
    assert str(caught.value) == (
        "agent_type 'observe-excute' names no agent. Did you mean 'observe-execute'? Tried: our own "
        "(observe-execute, default), entry points of the group 'pare.agents' (none installed); a factory of "
        "your own is named module:factory"
    )
    assert isinstance(caught.value, ConfigError)
    with pytest.raises(UnknownAgentError, match=r"user_type 'observe-execute' names no agent"):
        user_factory("observe-execute")


async def test_a_factory_of_a_module():
    assert agent_factory(f"{HERE}Quiet") is Quiet
    assert user_factory(f"{HERE}Makers.quiet") is Quiet
    table = lay(Phone(), Model())
    user = create_user(f"{HERE}Quiet", table.setups[USER])
    agent = create_agent(f"{HERE}Quiet", table.setups[AGENT])
    turns = await TurnLoop(table.environment, table.notifications, user, agent, 3).play()
    assert (turns.number, turns.ended) == (1, "idle")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("no_such_module:make", "importing 'no_such_module' failed: ModuleNotFoundError: No module named"),
        (":make", "importing '' failed"),
        (f"{HERE}Quite", f"'{__name__}' has no 'Quite'. Did you mean 'Quiet'?"),
        (f"{HERE}Makers.quite", "'Makers' has no 'quite'. Did you mean 'quiet'?"),
        (HERE, "has no ''"),
        (f"{HERE}Makers.number", "is of type int; a factory takes an AgentSetup and gives an agent"),
    ],
)
def test_a_factory_that_cannot_be_had(name, complaint):
    with pytest.raises(UnknownAgentError) as caught:
        agent_factory(name)
    assert complaint in str(caught.value)
    assert f"agent_type {name!r}" in str(caught.value)


def test_a_factory_that_fails():
    with pytest.raises(AgentFactoryError, match="no weights") as caught:
        create_agent(f"{HERE}Makers.broken", setup())
    assert f"agent_type '{HERE}Makers.broken' failed to make its agent: LookupError" in str(caught.value)
    assert isinstance(caught.value.__cause__, LookupError)


def test_a_factory_that_makes_what_is_no_agent():
    with pytest.raises(AgentFactoryError) as caught:
        create_user(f"{HERE}Makers.nobody", setup())
    assert "made a str, which is no agent: it has no counts, has_pending_proposal, take_turn" in str(
        caught.value
    )


def test_what_a_scenario_lacks_is_said_as_it_is():
    with pytest.raises(UnknownAppError, match="has no PAREAgentUserInterface; a user agent needs one"):
        create_user("default", setup(USER, Phone(interface=AgentUserInterface())))


def test_a_user_needs_a_home_screen():
    without = replace(setup(USER), phone=None)
    with pytest.raises(UnknownAppError, match="has no HomeScreenSystemApp; a user agent needs one"):
        create_user("default", without)


def test_a_module_that_breaks_when_it_is_imported(tmp_path, monkeypatch):
    (tmp_path / "broken_agents.py").write_text("import sys\nsys.exit('not today')\n")
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()
    with pytest.raises(UnknownAgentError, match="SystemExit: not today"):
        agent_factory("broken_agents:make")


def test_entry_points(tmp_path, monkeypatch):
    """A package that is installed declares its agents in the group `pare.agents`."""
    (tmp_path / "tea_agents.py").write_text("def make(setup):\n    return setup\n\nkettle = 3\n")
    info = tmp_path / "tea-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tea\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[pare.agents]\ntea = tea_agents:make\nkettle = tea_agents:kettle\ngone = tea_agents:gone\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()
    factory = agent_factory("tea")
    assert (factory.__module__, factory.__name__) == ("tea_agents", "make")
    assert user_factory("tea") is factory
    for name, complaint in {
        "kettle": "is of type int",
        "gone": "loading its entry point 'tea_agents:gone' failed: AttributeError",
        "teapot": r"entry points of the group 'pare.agents' \(tea, kettle, gone\)",
    }.items():
        with pytest.raises(UnknownAgentError, match=complaint):
            agent_factory(name)
