"""Tools that fail: how often, which calls, and what stays as it was."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from math import sqrt
from typing import Any

import pytest

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulEmailApp
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.errors import ConfigError, InvalidArgumentsError, ScenarioError, ToolError
from pare.kernel.environment import Environment
from pare.noise import InjectedFailureError, NoiseDraws, ToolFailures, is_exempt
from pare.scenario_runner.table import agent_environment
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.tools import Toolbox
from tests.noise.worlds import Phone, phone, times_of

CALLS = 4_000
SEND = {"recipients": ["a@b.example"], "subject": "s", "content": "c"}


def failing(probability: float, **settings: Any) -> Phone:
    scenario = Phone(scenario_id=settings.pop("scenario_id", "phone"))
    scenario.set_noise(
        ScenarioRunnerConfig(tool_augmentation_config=ToolAugmentationConfig(probability), **settings)
    )
    scenario.initialize()
    return scenario


def failed_calls(
    scenario: Phone, run: int | None = None, calls: int = CALLS, tool: str = "list_emails"
) -> set[int]:
    """Ask the noise hook about many calls of one tool, and give the numbers of those that fail."""
    hook = scenario.noise_hook(run)
    assert hook is not None
    called = scenario.emails.get_tool(tool)
    assert called is not None
    found = set()
    for number in range(calls):
        try:
            hook(called, {})
        except InjectedFailureError:
            found.add(number)
    assert (hook.calls.total(), hook.failures) == (calls, len(found))
    return found


@pytest.mark.parametrize("probability", [0.1, 0.4, 0.9])
def test_calls_fail_as_often_as_they_are_to(probability: float) -> None:
    frequency = len(failed_calls(failing(probability))) / CALLS
    assert abs(frequency - probability) < 3 * sqrt(probability * (1 - probability) / CALLS)


def test_what_fails_at_a_low_probability_fails_at_a_higher_one() -> None:
    seldom, often, nearly_always = (failed_calls(failing(level)) for level in (0.1, 0.4, 0.9))
    assert seldom < often < nearly_always
    assert failed_calls(failing(1.0), calls=100) == set(range(100))


def test_models_and_levels_share_draws_while_runs_scenarios_seeds_and_tools_do_not() -> None:
    drawn = failed_calls(failing(0.4))
    assert failed_calls(failing(0.4, user_model_alias="another", max_turns=3)) == drawn
    others = [
        failed_calls(failing(0.4), run=2),
        failed_calls(failing(0.4, scenario_id="another")),
        failed_calls(failing(0.4, seed=1)),
        failed_calls(failing(0.4), tool="search_emails"),
    ]
    for other in others:
        # Independent sets of 0.4 n meet in 0.16 n.
        assert abs(len(drawn & other) / CALLS - 0.16) < 3 * sqrt(0.16 * 0.84 / CALLS)


def test_a_sweep_may_share_one_set_of_draws() -> None:
    first = failed_calls(failing(0.4, noise_seed_scope="sweep"), calls=500)
    assert (
        failed_calls(failing(0.4, noise_seed_scope="sweep", scenario_id="another"), run=7, calls=500) == first
    )
    assert failed_calls(failing(0.4, noise_seed_scope="sweep", seed=1), calls=500) != first


def play(scenario: Phone) -> tuple[Environment, Toolbox]:
    environment = agent_environment()
    environment.load_scenario(scenario)
    return environment, Toolbox(environment.get_tools(), scenario.noise_hook())


def test_a_failed_call_changes_nothing_and_is_no_event() -> None:
    scenario = failing(1.0)
    environment, toolbox = play(scenario)
    before = scenario.emails.get_state()
    with pytest.raises(ToolError, match="Post__send_email failed: ") as caught:
        toolbox.call("Post__send_email", SEND)
    assert "noise" not in str(caught.value)
    assert "inject" not in str(caught.value)
    assert scenario.emails.get_state() == before
    assert environment.event_log.lines() == []


def test_what_is_no_valid_call_is_refused_before_noise_acts() -> None:
    scenario = failing(1.0)
    hook = scenario.noise_hook()
    with pytest.raises(InvalidArgumentsError):
        Toolbox(scenario.get_tools(), hook).call("Post__send_email", {"to": 3})
    assert hook is not None
    assert hook.calls.total() == 0


def test_talking_and_the_phone_itself_never_fail_whatever_they_are_named() -> None:
    scenario = failing(1.0)
    _, toolbox = play(scenario)
    toolbox.call("PAREAgentUserInterface__send_message_to_user", {"content": "Hello"})
    toolbox.call("Anything__get_current_time")
    home = scenario.get_app("Anything")
    home.set_failure_probability(1.0)  # not even if somebody insists
    Toolbox(home.get_tools(), scenario.noise_hook()).call("Anything__get_current_time")

    class Chat(PAREAgentUserInterface):
        pass

    assert all(map(is_exempt, (Chat(), AgentUserInterface(), SystemApp("Mail"), HomeScreenSystemApp())))
    assert not is_exempt(StatefulEmailApp("PAREAgentUserInterface"))


def test_the_users_taps_never_fail() -> None:
    scenario = failing(1.0)
    _, _ = play(scenario)
    taps = Toolbox(scenario.emails.get_user_tools(), scenario.noise_hook())
    taps.call("Post__list_emails")


def test_the_oracle_and_direct_calls_never_fail() -> None:
    scenario = failing(1.0)
    scenario.emails.send_email(**SEND)
    assert len(scenario.emails.get_state()["folders"]["SENT"]["emails"]) == 1


def test_one_app_alone_can_be_made_to_fail() -> None:
    scenario = phone()
    assert scenario.noise_hook() is None
    scenario.messages.set_failure_probability(1.0)
    _, toolbox = play(scenario)
    toolbox.call("Post__send_email", SEND)
    with pytest.raises(InjectedFailureError):
        toolbox.call("Talk__list_recent_conversations")


def test_without_probability_there_is_no_hook() -> None:
    assert failing(0.0).noise_hook() is None
    assert Phone().noise_hook() is None


def test_a_soft_reset_keeps_the_noise() -> None:
    scenario = failing(0.4)
    drawn = failed_calls(scenario, calls=200)
    scenario.soft_reset()
    assert failed_calls(scenario, calls=200) == drawn


@pytest.mark.parametrize("probability", [-0.1, 1.01, float("nan"), float("inf")])
def test_a_probability_is_from_0_to_1(probability: float) -> None:
    with pytest.raises(ConfigError, match=r"tool_failure_probability is .*; it must be from 0 to 1"):
        ToolAugmentationConfig(probability)
    with pytest.raises(ValueError, match="tool_failure_probability\n"):
        ScenarioRunnerConfig.model_validate(
            {"tool_augmentation_config": {"tool_failure_probability": probability}}
        )


def test_noise_may_be_set_after_initialize_but_not_twice() -> None:
    events = EnvEventsConfig(10)
    noisy = ScenarioRunnerConfig(
        tool_augmentation_config=ToolAugmentationConfig(0.4), env_events_config=events
    )
    late, early = phone(), Phone()
    early.set_noise(noisy)
    early.initialize()
    late.set_noise(noisy)
    late.set_noise(noisy)
    assert times_of(late) == times_of(early)
    assert failed_calls(late, calls=200) == failed_calls(early, calls=200)
    with pytest.raises(ScenarioError, match="'phone' is initialised with other noise"):
        late.set_noise(noisy.model_copy(update={"seed": 1}))


def test_texts_differ_and_are_the_same_every_time() -> None:
    def texts() -> list[str]:
        hook, scenario, found = ToolFailures(NoiseDraws(3)), failing(1.0), []
        for _ in range(40):
            with pytest.raises(InjectedFailureError) as caught:
                hook(scenario.emails.get_tool("list_emails"), {})  # type: ignore[arg-type]
            found.append(str(caught.value))
        return found

    assert len(set(texts())) == 5
    assert texts() == texts()


# --- other names ------------------------------------------------------------------------------------------


NAMES = {"Post__send_email": "Post__dispatch_letter", "Anything__get_current_time": "Anything__oclock"}


def renamed(
    data: Mapping[str, Any], change: Callable[[Phone], None] = lambda _: None, **flags: bool
) -> Phone:
    scenario = Phone(augmentation_data=dict(data))
    scenario.tool_augmentation_config = ToolAugmentationConfig(0.0, **flags)
    change(scenario)
    scenario.initialize()
    return scenario


def test_tools_have_the_names_that_the_data_brings_and_are_logged_under_their_own() -> None:
    descriptions = {"Post__list_emails": "Shows letters."}
    scenario = renamed({"tool_names_mapping": NAMES, "tool_descriptions_mapping": descriptions})
    environment, toolbox = play(scenario)
    assert "Post__send_email" not in toolbox.tools
    assert "Anything__get_current_time" in toolbox.tools  # the phone itself keeps its words
    assert toolbox.tools["Post__list_emails"]._public_description == "Shows letters."
    toolbox.call("Post__dispatch_letter", SEND)
    assert [line["function"] for line in environment.event_log.lines()] == ["send_email"]


@pytest.mark.parametrize("part", ["name", "description"])
def test_each_flag_switches_off_its_part(part: str) -> None:
    data = {"tool_names_mapping": NAMES, "tool_descriptions_mapping": {"Post__send_email": "Sends."}}
    scenario = renamed(data, **{f"apply_tool_{part}_augmentation": False})
    tool = next(tool for tool in scenario.emails.get_tools() if tool.func_name == "send_email")
    assert (tool._public_name == "Post__send_email") is (part == "name")
    assert (tool._public_description != "Sends.") is (part == "description")


def test_the_bundled_data_renames_nothing() -> None:
    assert [tool._public_name for tool in failing(0.4).get_tools()] == [
        tool.name for tool in phone().get_tools()
    ]


def test_names_survive_a_soft_reset_and_a_copy() -> None:
    scenario = renamed({"tool_names_mapping": NAMES})
    scenario.soft_reset()
    for item in (scenario, deepcopy(scenario)):
        item.noise_hook()
        assert "Post__dispatch_letter" in [tool._public_name for tool in item.get_tools()]


def test_draws_go_by_a_tools_own_name() -> None:
    drawn = failed_calls(failing(0.4), calls=200, tool="send_email")
    scenario = renamed({"tool_names_mapping": NAMES})
    scenario.emails.set_failure_probability(0.4)
    assert failed_calls(scenario, calls=200, tool="send_email") == drawn


def test_two_tools_cannot_have_one_name() -> None:
    names = {"Post__send_email": "go", "Post__list_emails": "go"}
    with pytest.raises(ConfigError, match=r"'Post__list_emails' and 'Post__send_email'|one name, 'go'"):
        renamed({"tool_names_mapping": names})
