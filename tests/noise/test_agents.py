"""What agents notice of noise: on phones with every app, with a user, and alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from pare.apps import StatefulCabApp, StatefulNotesApp
from pare.apps.apartment import StatefulApartmentApp
from pare.apps.city import CityApp
from pare.apps.email import EmailClientApp
from pare.apps.files import SandboxLocalFileSystem
from pare.apps.messaging import MessagingApp, StatefulMessagingApp
from pare.apps.shopping import StatefulShoppingApp
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.kernel.recording import EventRegisterer
from pare.llm.scripted import ScriptedModel, Step
from pare.llm.types import Completion, CompletionRequest
from pare.noise import PREFIX
from pare.scenario_runner import play_oracle
from pare.scenario_runner.oracle_policy import oracle
from pare.scenario_runner.play import play
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from tests.noise.worlds import ROLES, noise_of, times_of

TALK = ("AgentUserInterface__send_message_to_user", {"content": "Noted."})
WAIT = ("SystemApp__wait_for_notification", {"timeout": 1000})

NOTICES = (
    "New product in the shop: ",
    "New item of product ",
    "New discount code for item ",
    "New apartment: ",
)


class Town(Scenario):
    """A phone with every kind of app; a task comes after 5 seconds, and a flat of its own after 100."""

    scenario_id = "town"
    duration = 150.0

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.flats = StatefulApartmentApp(name="Homes")
        self.chats = MessagingApp(name="Chats")
        self.apps = [
            AgentUserInterface(),
            SystemApp(),
            EmailClientApp(name="Post"),
            StatefulMessagingApp(name="Talk"),
            self.chats,
            StatefulShoppingApp(name="Market"),
            self.flats,
            StatefulCabApp(name="Cab"),
            StatefulNotesApp(name="Notes"),
            CityApp(),
            SandboxLocalFileSystem(),
        ]

    def build_events_flow(self) -> None:
        interface = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            task = interface.send_message_to_agent(content="Tell me of flats.").depends_on(
                None, delay_seconds=5
            )
            flat = self.flats.add_new_apartment(
                name="Own", location="Here", zip_code="1", price=1.0, number_of_bedrooms=1,
                number_of_bathrooms=1, square_footage=1,
            ).depends_on(task, delay_seconds=95)  # fmt: skip
        self.events = [task, flat]


def town(rate: float, **config: Any) -> Town:
    return Town(env_events_config=EnvEventsConfig(rate, **config))


# --- to whom it comes -------------------------------------------------------------------------------------

BROUGHT = {
    "Post": {"create_and_add_email"},
    "Talk": {"create_and_add_message"},
    "Chats": {"create_and_add_message"},
    "Market": {"add_product", "add_item_to_product", "add_discount_code"},
    "Homes": {"add_new_apartment"},
}


def functions_of(events: list[Any]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for event in events:
        found.setdefault(event.action.app_name, set()).add(event.action.function_name)
    return found


def test_each_app_of_a_kind_gets_what_is_for_it_and_others_get_nothing() -> None:
    scenario = town(400)
    run = play_oracle(scenario)
    assert functions_of(noise_of(scenario)) == BROUGHT
    lines = [line for line in run.environment.event_log.lines() if line.get("noise")]
    assert {line["exception"] for line in lines} == {None}
    assert {line["app"] for line in lines} == {*BROUGHT}


@pytest.mark.parametrize(
    ("name", "apps"),
    [
        ("EmailClientApp", {"Post"}),
        ("MessagingAppV2", {"Talk"}),
        ("MessagingApp", {"Chats"}),
        ("ShoppingApp", {"Market"}),
        ("StatefulShoppingApp", {"Market"}),
        ("ApartmentListingApp", {"Homes"}),
        ("StatefulApartmentApp", {"Homes"}),
        ("StatefulEmailApp", set()),
    ],
)
def test_weights_are_matched_by_the_class_or_one_above_it(name: str, apps: set[str]) -> None:
    scenario = town(20, weight_per_app_class={name: 1.0})
    scenario.initialize()
    assert {event.action.app_name for event in noise_of(scenario)} == apps


def test_where_people_have_names_alone_noise_writes_under_names() -> None:
    scenario = town(60, weight_per_app_class={"MessagingApp": 1.0})
    lines = [line for line in play_oracle(scenario).environment.event_log.lines() if line.get("noise")]
    assert len(lines) > 60
    for line in lines:
        assert line["exception"] is None
        assert line["id"].startswith(f"{PREFIX}Chats_")
        conversation = scenario.chats.conversations[line["args"]["conversation_id"]]
        assert line["args"]["sender"] in conversation.participants
        assert " " in line["args"]["sender"]  # a name, and no id
        assert conversation.participants[-1] == "Me"
        assert len(conversation.messages) <= 4
    texts = [message.content for item in scenario.chats.conversations.values() for message in item.messages]
    assert sorted(texts) == sorted(line["args"]["content"] for line in lines)


def test_two_messaging_apps_do_not_get_the_same_conversation() -> None:
    scenario = town(1000, weight_per_app_class={"MessagingApp": 1.0, "MessagingAppV2": 1.0})
    scenario.initialize()
    texts = [event.action.args["content"] for event in noise_of(scenario)]
    assert len(texts) == len(set(texts)) > 300


# --- an agent alone ---------------------------------------------------------------------------------------


async def agents_times(
    scenario: Town, action: tuple[str, dict[str, Any]]
) -> tuple[list[float], list[CompletionRequest], Any]:
    """Let an agent alone do one thing again and again; give when it did, what it read, and the result."""
    asked: list[CompletionRequest] = []
    times: list[float] = []

    async def complete(request: CompletionRequest) -> Completion:
        asked.append(request)
        times.append(round(scenario.run_context.clock.time() - scenario.start_time, 3))
        return Step(*action).reply_to(request)

    config = ScenarioRunnerConfig(
        agent_type="default",
        max_turns=None,
        execute_max_iterations=1000,
        simulated_generation_time_mode="fixed",
        generation_seconds=0,
    )
    result = await play(config, scenario, {"execute": complete})
    return times, asked, result


async def test_an_agent_alone_is_woken_by_every_noise_and_not_jumped_past_it() -> None:
    scenario = town(30)
    times, asked, result = await agents_times(scenario, TALK)
    on_the_way = [time for time in times_of(scenario) if time < 100]
    assert len(on_the_way) > 20
    assert times == sorted([*on_the_way, 5.0, 100.0])
    assert (result.outcome, result.end_reason) == ("success", "idle")
    assert (result.noise_events_fired, result.number_of_turns) == (len(on_the_way), len(times))
    news = [request.messages[-1].content for request in asked]
    for event, text in zip(
        [item for item in noise_of(scenario) if item.event_relative_time < 100],
        [text for time, text in zip(times, news, strict=True) if time in set(on_the_way)],
        strict=True,
    ):
        told = event.action.args.get("content") or event.action.args.get("name")
        assert told is None or str(told)[:40] in text
    quiet, *_ = await agents_times(town(0), TALK)
    assert quiet == [5.0, 100.0]


async def test_noise_ends_the_waits_of_an_agent_alone_until_the_time_is_up() -> None:
    scenario = town(30)
    times, _, result = await agents_times(scenario, WAIT)
    assert times == sorted([*times_of(scenario), 5.0, 100.0])
    assert (result.end_reason, result.noise_events_fired) == ("duration", len(times_of(scenario)))


async def test_goods_and_flats_are_told_to_an_agent_alone() -> None:
    weights = {"ShoppingApp": 1.0, "ApartmentListingApp": 1.0}
    _, asked, _ = await agents_times(town(60, weight_per_app_class=weights), TALK)
    text = "\n".join(message.content for message in asked[-1].messages)
    assert [notice for notice in NOTICES if notice not in text] == []


# --- agents with a user -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario_id", "notices"),
    [
        ("group_gift_before_the_code_ends", NOTICES[:2]),
        ("lease_ends_and_a_quiet_flat_comes_up", NOTICES[3:]),
        ("book_club_finds_another_evening", ()),
    ],
)
async def test_what_noise_brings_to_bundled_scenarios_is_told_to_user_and_agent(
    scenario_id: str, notices: tuple[str, ...]
) -> None:
    asked: dict[str, list[str]] = {role: [] for role in ROLES}
    model = ScriptedModel(oracle())

    def listening(role: str) -> Any:
        async def complete(request: CompletionRequest) -> Completion:
            asked[role] += [message.content for message in request.messages]
            return await model(request)

        return complete

    scenario = registry.create(scenario_id)
    config = ScenarioRunnerConfig(env_events_config=EnvEventsConfig(30), max_turns=None)
    result = await play(config, scenario, {role: listening(role) for role in ROLES})
    assert result.outcome == "success"
    assert result.noise_events_fired > 20
    for role in ("user", "observe"):
        text = "\n".join(asked[role])
        assert [notice for notice in notices if notice not in text] == []
        messages = [event for event in noise_of(scenario) if "sender" in event.action.args]
        assert any(event.action.args["sender"] in text for event in messages)
