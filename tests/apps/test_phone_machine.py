"""Whatever user, agent and world do to a phone, it stays usable and its state can be saved.

A random sequence of taps (of the screen that is shown), tool calls of the agent and environment
events, with valid and invalid arguments, raises nothing but a ToolError.
"""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from pare.errors import ToolError
from pare.kernel.events import EventType
from pare.tools import AppTool, Toolbox
from tests.apps.worlds import APPS, arguments_for, home_of, phone_with


class PhoneMachine(RuleBasedStateMachine):
    """A phone with the apps `names`."""

    names: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.env = phone_with(*self.names)
        self.phone = home_of(self.env).phone
        self.refusals: list[ToolError] = []

    @rule(data=st.data())
    def user_taps(self, data: Any) -> None:
        before = self.look()
        tool = data.draw(st.sampled_from(self.phone.user_tools()), label="tap")
        failed = self.call(tool, data)
        new = self.env.event_log.events[before["events"] :]
        if new:
            assert [event.event_type for event in new] == [EventType.USER]
        if failed:
            assert self.look() | {"events": 0} == before | {"events": 0}

    @rule(data=st.data())
    def agent_calls(self, data: Any) -> None:
        before = self.look()
        tools = [tool for tool in self.env.get_tools() if tool.func_name != "wait_for_notification"]
        failed = self.call(data.draw(st.sampled_from(tools), label="agent"), data)
        assert self.look()["screen"] == before["screen"]
        if failed:
            assert self.look()["states"] == before["states"]

    @rule(data=st.data())
    def world_acts(self, data: Any) -> None:
        tools = [tool for app in self.env.apps.values() for tool in app.get_env_tools()]
        if tools:
            before = self.look()
            failed = self.call(data.draw(st.sampled_from(tools), label="world"), data)
            assert self.look()["screen"] == before["screen"]
            if failed:
                assert self.look()["states"] == before["states"]

    @rule(seconds=st.sampled_from([1, 600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.env.advance(self.env.current_time + seconds)

    @invariant()
    def refusals_are_named(self) -> None:
        unnamed = [error.__cause__ for error in self.refusals if not str(error) or " failed: " in str(error)]
        assert unnamed == []

    @invariant()
    def there_is_a_way_home(self) -> None:
        tools = self.phone.user_tools()
        assert "go_home" in {tool.func_name for tool in tools}
        assert len({tool.name for tool in tools}) == len(tools)

    @invariant()
    def state_survives_saving(self) -> None:
        for app in self.env.apps.values():
            state = app.get_state()
            if state is not None:
                twin = type(app)() if app.name not in APPS else type(app)(name=app.name)
                twin.load_state(deepcopy(state))
                assert twin.get_state() == state

    def call(self, tool: AppTool, data: Any) -> bool:
        arguments = data.draw(arguments_for(tool, self.env), label="arguments")
        try:
            with self.env.run_context.active():
                Toolbox([tool]).call(tool.name, arguments)
        except ToolError as error:
            self.refusals.append(error)
            return True
        return False

    def look(self) -> dict[str, Any]:
        """Give what a failed call must leave alone."""
        active = self.phone.active_app
        return {
            "events": len(self.env.event_log.events),
            "screen": (
                active.name,
                [app.name for app in self.phone.background_apps],
                [
                    (id(app.current_state), len(app.navigation_stack))
                    for app in self.env.apps.values()
                    if hasattr(app, "current_state")
                ],
            ),
            "states": {name: deepcopy(app.get_state()) for name, app in self.env.apps.items()},
        }


@pytest.mark.parametrize("names", [*((name,) for name in APPS), tuple(APPS)], ids="+".join)
def test_a_phone_survives_anything(names):
    machine = type("Machine", (PhoneMachine,), {"names": names})
    run_state_machine_as_test(machine, settings=settings(max_examples=10, stateful_step_count=25))


@pytest.mark.long
@pytest.mark.parametrize("names", [*((name,) for name in APPS), tuple(APPS)], ids="+".join)
def test_a_phone_survives_anything_for_long(names):
    machine = type("Machine", (PhoneMachine,), {"names": names})
    run_state_machine_as_test(machine, settings=settings(max_examples=150, stateful_step_count=50))
