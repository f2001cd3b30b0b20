"""Environmental events: when they come, where, and what they leave as it is."""

from collections import Counter
from copy import deepcopy
from math import exp, sqrt
from typing import Any

import pytest

from pare.apps import StatefulEmailApp, StatefulMessagingApp
from pare.apps.apartment import StatefulApartmentApp
from pare.apps.messaging import ConversationV2, MessagingAppMode
from pare.apps.shopping import StatefulShoppingApp
from pare.errors import ConfigError
from pare.kernel.checks import ConditionCheckEvent
from pare.noise import PREFIX, NoiseDraws, arrival_times, load_augmentation_data, parse_augmentation_data
from pare.rng import derive_rng
from pare.scenario_runner import play_oracle
from pare.scenario_runner.table import agent_environment
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.scenario_expander import EnvEventsConfig, PAREEnvEventsExpander
from tests.noise.worlds import Phone, lines_of, noise_of, phone, times_of

CHI_SQUARE_3 = 7.815  # 5 %, 3 degrees of freedom


class Bazaar(Phone):
    """A phone with a shop and a market for flats as well."""

    scenario_id = "bazaar"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        super().init_and_populate_apps()
        self.apps += [StatefulShoppingApp(name="Shop"), StatefulApartmentApp(name="Flats")]


def bazaar(rate: float, seed: int = 0, **config: Any) -> Bazaar:
    scenario = Bazaar()
    scenario.env_events_config = EnvEventsConfig(rate, seed, **config)
    scenario.initialize()
    return scenario


# --- when -------------------------------------------------------------------------------------------------


def test_gaps_between_arrivals_are_exponential() -> None:
    times = list(arrival_times(derive_rng("test"), 30, 10_000))
    gaps = sorted(after - before for before, after in zip([0.0, *times], times, strict=False))
    count = len(gaps)
    assert abs(count - 5000) < 3 * sqrt(5000)
    distance = max(
        max(abs(place / count - (1 - exp(-gap / 2))), abs((place + 1) / count - (1 - exp(-gap / 2))))
        for place, gap in enumerate(gaps)
    )
    assert distance < 1.358 / sqrt(count)  # Kolmogorov-Smirnov, 5 %


def test_counts_have_the_mean_and_the_variance_of_a_poisson_process() -> None:
    counts = [len(list(arrival_times(derive_rng("count", number), 4, 360))) for number in range(1000)]
    mean = sum(counts) / 1000
    variance = sum((count - mean) ** 2 for count in counts) / 999
    assert abs(mean - 24) < 3 * sqrt(24 / 1000)
    assert abs(variance - 24) < 3 * 24 * sqrt(2 / 999)


def test_times_rise_within_the_horizon() -> None:
    times = times_of(phone(rate=60))
    assert times == sorted(set(times))
    assert 0 < times[0] < times[-1] < 360
    assert times[-1] > 300
    assert times_of(phone(rate=60, duration=50.0))[-1] < 50
    assert times_of(phone(rate=60, duration=700.0))[-1] > 600


@pytest.mark.parametrize("rate", [0, 0.0])
def test_a_rate_of_0_brings_nothing(rate: float) -> None:
    assert noise_of(phone(rate=rate)) == []


# --- where ------------------------------------------------------------------------------------------------


def test_apps_get_events_by_weight() -> None:
    weights = {"EmailClientApp": 4.0, "MessagingAppV2": 3.0, "ShoppingApp": 2.0, "ApartmentListingApp": 1.0}
    found: Counter[str] = Counter()
    for seed in range(10):
        scenario = bazaar(30, seed, weight_per_app_class=weights)
        found.update(event.action.app_name for event in noise_of(scenario))
    total = found.total()
    expected = {"Post": 0.4 * total, "Talk": 0.3 * total, "Shop": 0.2 * total, "Flats": 0.1 * total}
    assert sum((found[name] - wanted) ** 2 / wanted for name, wanted in expected.items()) < CHI_SQUARE_3


def apps_of(scenario: Any) -> set[str]:
    return {event.action.app_name for event in noise_of(scenario)}


@pytest.mark.parametrize("name", ["EmailClientApp", "EmailClientV2", "StatefulEmailApp"])
def test_a_class_stands_for_those_that_derive_from_it(name: str) -> None:
    assert apps_of(phone(rate=10, weight_per_app_class={name: 1.0})) == {"Post"}


def test_an_own_class_counts_before_the_one_it_derives_from() -> None:
    weights = {"StatefulEmailApp": 0.0, "EmailClientApp": 1.0, "MessagingAppV2": 1.0}
    assert apps_of(phone(rate=10, weight_per_app_class=weights)) == {"Talk"}


def test_absent_apps_get_no_share() -> None:
    weights = {"EmailClientApp": 1.0, "ShoppingApp": 1000.0, "ApartmentListingApp": 1000.0}
    assert len(noise_of(phone(rate=10, weight_per_app_class=weights))) == len(times_of(phone(rate=10)))


@pytest.mark.parametrize("weights", [{"Mail": 1.0}, {"ShoppingApp": 1.0, "EmailClientApp": 0.0}])
def test_without_an_app_that_has_a_weight_nothing_comes(weights: dict[str, float]) -> None:
    assert noise_of(phone(rate=10, weight_per_app_class=weights)) == []


def test_apps_of_one_class_share_its_weight_and_what_there_is() -> None:
    class Double(Phone):
        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            super().init_and_populate_apps()
            self.apps.append(StatefulEmailApp(name="Work"))

    scenario = Double(env_events_config=EnvEventsConfig(100))
    scenario.initialize()
    found = Counter(event.action.app_name for event in noise_of(scenario))
    assert abs(found["Post"] + found["Work"] - found["Talk"]) < 3 * sqrt(found.total())
    assert min(found["Post"], found["Work"]) > 100
    assert all(line["exception"] is None for line in lines_of(scenario) if line.get("noise"))


def test_nothing_comes_twice_and_there_is_an_end_to_everything() -> None:
    scenario = phone(rate=1000)
    data = load_augmentation_data()
    events = noise_of(scenario)
    messages = sum(min(len(item.messages), 4) for item in data.conversations.values())
    assert len(events) == len(data.emails) + messages
    assert len({event.event_id for event in events}) == len(events)
    assert len({event.action.args["content"] for event in events}) == len(events)


# --- what -------------------------------------------------------------------------------------------------


def test_messages_open_conversations_of_their_own() -> None:
    scenario = phone(rate=40, weight_per_app_class={"MessagingAppV2": 1.0})
    before = set(scenario.messages.conversations)
    run = play_oracle(scenario)
    lines = [line for line in run.environment.event_log.lines() if line.get("noise")]
    assert len(lines) > 30
    assert {line["exception"] for line in lines} == {None}
    assert {line["function"] for line in lines} == {"create_and_add_message"}
    app = scenario.messages
    texts = Counter(line["args"]["conversation_id"] for line in lines)
    assert before.isdisjoint(texts)
    for conversation_id, count in texts.items():
        conversation = app.conversations[conversation_id]
        assert [item.content for item in conversation.messages] == [
            line["args"]["content"] for line in lines if line["args"]["conversation_id"] == conversation_id
        ]
        assert count <= 4
        assert app.current_user_id in conversation.participant_ids
        assert conversation.title
        assert all(app.id_to_name[person] for person in conversation.participant_ids)


def test_a_conversation_is_not_there_before_somebody_writes() -> None:
    scenario = phone(rate=40, weight_per_app_class={"MessagingAppV2": 1.0})
    assert scenario.messages.conversations == {}
    assert len(scenario.messages.id_to_name) == 1


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_conversations_and_products_are_no_longer_than_they_may_be(most: int) -> None:
    scenario = bazaar(200, n_message_events_per_conversation=most, n_item_events_per_product=most)
    calls = Counter(
        (
            event.action.function_name,
            event.action.args.get("conversation_id") or event.action.args.get("product_id"),
        )
        for event in noise_of(scenario)
    )
    messages = [count for (name, _), count in calls.items() if name == "create_and_add_message"]
    items = [count for (name, _), count in calls.items() if name == "add_item_to_product"]
    assert max(messages, default=0) == most
    assert max(items, default=0) == min(most, 2)


def test_conversations_of_the_scenario_and_people_who_share_a_name_are_passed_over() -> None:
    conversation = {"participant_ids": ["x"], "messages": [{"sender_id": "x", "content": "Hi"}]}
    state = {"conversations": {"c": conversation}, "id_to_name": {"x": "Somebody Else"}}
    data = [{"name": "Chats", "app_state": state}]
    expander = PAREEnvEventsExpander(EnvEventsConfig(100))
    known = phone()
    known.messages.add_contacts([("Somebody Else", "x")])
    assert len(expander.events_for(known, data)) == len(expander.events_for(phone(), data)) == 1
    mistaken = phone()
    mistaken.messages.add_users(["Somebody Else"])
    assert expander.events_for(mistaken, data) == []
    present = phone()
    present.messages.add_conversation(ConversationV2(["x"], conversation_id="c"))
    assert expander.events_for(present, data) == []


def test_where_people_are_numbers_those_of_noise_have_some() -> None:
    class Numbers(Phone):
        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            super().init_and_populate_apps()
            self.messages.mode = MessagingAppMode.PHONE_NUMBER

    scenario = Numbers(env_events_config=EnvEventsConfig(20))
    scenario.initialize()
    lines = [line for line in lines_of(scenario) if line.get("noise") and line["app"] == "Talk"]
    assert lines
    assert all(line["args"]["sender_id"].startswith("+1555") and not line["exception"] for line in lines)


def test_emails_arrive_unread_for_the_owner_of_the_phone() -> None:
    scenario = phone(rate=20, weight_per_app_class={"EmailClientApp": 1.0})
    lines_of(scenario)
    emails = [
        item
        for item in scenario.emails.get_state()["folders"]["INBOX"]["emails"]
        if item["email_id"] != "own"
    ]
    assert len(emails) > 20
    assert {(tuple(item["recipients"]), item["is_read"]) for item in emails} == {
        ((scenario.emails.user_email,), False)
    }


def test_products_flats_and_codes_come_as_calls_that_work() -> None:
    weights = {"ShoppingApp": 1.0, "ApartmentListingApp": 1.0}
    scenario = bazaar(400, weight_per_app_class=weights)
    lines = [line for line in lines_of(scenario) if line.get("noise")]
    assert {line["exception"] for line in lines} == {None}
    counts = Counter(line["function"] for line in lines)
    assert min(counts[name] for name in ("add_product", "add_item_to_product", "add_new_apartment")) > 50
    assert counts["add_discount_code"] > 5


# --- what stays -------------------------------------------------------------------------------------------


def plan_of(events: list[Any]) -> list[Any]:
    return [
        (
            event.event_id,
            event.event_time,
            event.event_relative_time,
            [other.event_id for other in event.dependencies],
            [other.event_id for other in event.successors],
        )
        for event in events
    ]


def test_the_scenarios_own_events_are_untouched() -> None:
    quiet, noisy = phone(), phone(rate=40)
    assert plan_of(noisy.events[: len(quiet.events)]) == plan_of(quiet.events)
    assert all(not event.dependencies and not event.successors for event in noise_of(noisy))
    assert all(event.event_id.startswith(PREFIX) for event in noise_of(noisy))
    own = [line for line in lines_of(noisy) if "noise" not in line]
    assert own == lines_of(quiet)  # ids that are drawn while it runs, too


def test_calls_that_agents_make_have_the_ids_that_they_have_without_noise() -> None:
    def ids(scenario: Phone) -> list[Any]:
        environment = agent_environment()
        environment.load_scenario(scenario)
        environment.advance(environment.start_time + 200)
        sent = scenario.emails.send_email(["a@b.example"], "s", "c")
        return [
            sent,
            environment.event_log.events[-1].event_id,
            environment.event_log.events[-1].action.action_id,
        ]

    assert ids(phone(rate=40)) == ids(phone())


def test_noise_is_marked_in_the_log_and_counted() -> None:
    run = play_oracle(phone(rate=40))
    log = run.environment.event_log
    marked = [event.event_id for event in log.events if event.is_noise]
    assert marked
    assert marked == [event.event_id for event in log.events if event.event_id.startswith(PREFIX)]
    assert [data["event_id"] for data in log.to_dict()["past_events"] if data.get("noise")] == marked
    assert log.count_noise() == len(marked)
    assert len(marked) < len(noise_of(run.scenario))  # what would have come after the end did not


def test_noise_is_the_same_every_time_and_differs_between_runs_and_scenarios() -> None:
    def drawn(run: int, scenario_id: str, scope: str, seed: int = 0) -> list[Any]:
        scenario = Phone(run_number=run, scenario_id=scenario_id, env_events_config=EnvEventsConfig(10, seed))
        scenario.set_noise(ScenarioRunnerConfig(noise_seed_scope=scope, seed=run))
        scenario.initialize()
        return [(event.event_id, event.event_relative_time) for event in noise_of(scenario)]

    runs = [
        drawn(1, "phone", "run"),
        drawn(2, "phone", "run"),
        drawn(1, "other", "run"),
        drawn(1, "phone", "run", 7),
    ]
    assert drawn(1, "phone", "run") == runs[0]
    assert len({tuple(run) for run in runs}) == 4
    swept = drawn(1, "phone", "sweep")
    assert drawn(2, "other", "sweep") == swept
    assert drawn(1, "phone", "sweep", 7) != swept


def test_a_soft_reset_brings_the_same_noise() -> None:
    scenario = phone(rate=40)
    first = lines_of(scenario)
    scenario.soft_reset()
    assert lines_of(scenario) == first


def test_a_copy_of_a_scenario_is_as_noisy_and_leaves_the_other_alone() -> None:
    scenario = phone(rate=40)
    copied = deepcopy(scenario)
    assert lines_of(copied) == lines_of(phone(rate=40))
    assert scenario.messages.conversations == {}


# --- what noise does to time ------------------------------------------------------------------------------


async def test_a_jump_goes_past_noise_to_the_next_event_of_its_own() -> None:
    environment = agent_environment()
    environment.load_scenario(phone(rate=40))
    assert await environment.jump_async()
    assert environment.current_time - environment.start_time == 100
    happened = [event.event_id for event in environment.event_log.events]
    assert happened[-1] == "own" or "send_email_to_user_with_id" in happened[-1]
    assert len(happened) > 20


async def test_noise_alone_is_no_reason_to_jump() -> None:
    environment = agent_environment()
    environment.load_scenario(phone(rate=40))
    await environment.jump_async()
    before = environment.current_time, len(environment.event_log)
    assert not await environment.jump_async()
    assert (environment.current_time, len(environment.event_log)) == before
    assert environment.event_queue.next_item_time() is None
    assert len(environment.event_queue) > 0
    environment.finish()
    assert environment.end_reason == "no_events"


async def test_an_agent_alone_may_be_woken_by_noise() -> None:
    environment = agent_environment()
    environment.load_scenario(phone(rate=40))
    assert await environment.jump_async(stop_at_noise=True)
    assert [event.is_noise for event in environment.event_log.events] == [True]


async def test_noise_ends_a_wait_for_a_notification() -> None:
    scenario = phone(rate=40)
    environment = agent_environment()
    environment.load_scenario(scenario)
    await scenario.get_app("Anything").wait_for_notification(90)
    assert environment.current_time == environment.start_time + times_of(scenario)[0]


def test_a_condition_that_never_holds_does_not_look_longer_because_of_noise() -> None:
    class Waiting(Phone):
        def build_events_flow(self) -> None:
            self.events = [ConditionCheckEvent.from_condition(lambda env: False)]

    quiet = lines_of(Waiting())
    scenario = Waiting(env_events_config=EnvEventsConfig(600))
    lines = [line for line in lines_of(scenario) if "noise" not in line]
    assert len(lines) - len(quiet) <= 1


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"num_env_events_per_minute": -1}, "num_env_events_per_minute is -1; it must be from 0 to 1,000"),
        ({"num_env_events_per_minute": 1000.5}, "num_env_events_per_minute is 1000.5; .* to 1,000"),
        ({"num_env_events_per_minute": float("nan")}, "num_env_events_per_minute is nan"),
        ({"num_env_events_per_minute": float("inf")}, "num_env_events_per_minute is inf"),
        ({"n_message_events_per_conversation": -1}, "n_message_events_per_conversation is -1"),
        ({"n_item_events_per_product": -2}, "n_item_events_per_product is -2"),
        (
            {"weight_per_app_class": {"EmailClientApp": -1.0}},
            r"weight_per_app_class\['EmailClientApp'\] is -1.0",
        ),
        ({"weight_per_app_class": {"StatefulEmailAp": 1.0}}, "Did you mean 'StatefulEmailApp'"),
        ({"weight_per_app_class": {"Calculator": 1.0}}, "'Calculator'.*Known: EmailClientApp"),
        ({"weight_per_app_class": {}}, "gives no class of apps a weight"),
        ({"weight_per_app_class": {"Mail": 0.0, "Shopping": 0}}, "gives no class of apps a weight"),
    ],
)
def test_settings_that_cannot_be_are_refused(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        EnvEventsConfig(**values)
    with pytest.raises(ValueError, match=next(iter(values))):
        ScenarioRunnerConfig.model_validate({"env_events_config": values})


def test_all_that_is_wrong_with_settings_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        EnvEventsConfig(-1, n_item_events_per_product=-2, weight_per_app_class={"Calculator": 1, "Mail": -1})
    problems = ("num_env_events_per_minute is -1", "n_item_events_per_product is -2", "names 'Calculator'")
    assert all(problem in str(refused.value) for problem in (*problems, "['Mail'] is -1"))


def test_a_rate_beyond_all_reason_is_refused_with_the_count() -> None:
    with pytest.raises(ConfigError, match="would be about 180,000 events"):
        phone(rate=1_000, duration=10_800.0)
    with pytest.raises(ConfigError, match="about 600,000 events"):
        phone(rate=10, duration=3_600_000.0)


def test_the_published_face_of_the_expander() -> None:
    scenario = phone()
    own = list(scenario.events)
    data = parse_augmentation_data([], "nowhere")
    expander = PAREEnvEventsExpander(env_events_config=EnvEventsConfig(10))
    assert expander.add_env_events_to_scenario(scenario=scenario, apps_augmentation_data=data) == []
    added = expander.add_env_events_to_scenario(scenario=scenario)
    assert scenario.events == [*own, *added]
    # What is there already is passed over.
    more = expander.add_env_events_to_scenario(scenario=scenario)
    assert {event.event_id for event in more}.isdisjoint(event.event_id for event in added)


def test_a_scenario_for_a_single_agent_is_as_noisy() -> None:
    class Alone(Scenario):
        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            self.apps = [StatefulMessagingApp(name="Talk")]

    scenario = Alone(env_events_config=EnvEventsConfig(10))
    scenario.initialize()
    assert len(noise_of(scenario)) > 30


def test_draws_are_named_and_not_counted() -> None:
    draws = NoiseDraws(1, "run", "s", 2)
    assert draws.uniform("a", 1) == NoiseDraws(1, "run", "s", 2).uniform("a", 1)
    numbers = [draws.uniform("a", number) for number in range(1000)]
    assert all(0 <= number < 1 for number in numbers)
    assert len(set(numbers)) == 1000
    assert draws.rng("x").random() == draws.stream("x").generator.random()
