"""Environmental noise: how busy the world around a scenario is, and the events that it gets from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, Field

from pare.errors import ConfigError, nearest
from pare.kernel.calls import Event
from pare.kernel.graph import reachable
from pare.noise import (
    MOST_PER_MINUTE,
    PREFIX,
    AugmentationData,
    Caps,
    NoiseDraws,
    NoisePlan,
    has_noise_for,
    known_app_classes,
    load_augmentation_data,
    parse_augmentation_data,
    plan_noise,
)

NOISY_APP_CLASSES = (
    "EmailClientApp",
    "ApartmentListingApp",
    "MessagingApp",
    "MessagingAppV2",
    "ShoppingApp",
)

DEFAULT_HORIZON = ENV_EVENT_DEFAULT_HORIZON = 360.0
"""For how many seconds there is noise in a scenario without a duration."""

ENV_EVENT_EXPANSION_TAG = PREFIX.rstrip("_")
"""How the ids of noise begin, under the published name."""


def default_weight_per_app_class() -> dict[str, float]:
    """Give every noisy class of apps the same share; subclasses count as their class."""
    return dict.fromkeys(NOISY_APP_CLASSES, 1.0)


def _known_class(name: str) -> str:
    known = known_app_classes()
    if name in known:
        return name
    raise ConfigError(
        f"weight_per_app_class names {name!r}, and there are no environmental events for such an app."
        f"{nearest(name, known)} Known: {', '.join(known)}"
    )


AppClass = Annotated[str, AfterValidator(_known_class)]
Rate = Annotated[int | float, Field(ge=0, le=MOST_PER_MINUTE)]
Cap = Annotated[int, Field(ge=0)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass
class EnvEventsConfig:
    """Events unrelated to the task: their rate per simulated minute, seed, caps and shares.

    A class stands for those that derive from it; apps that a scenario does not have get no share.

    Raises:
        ConfigError: a number is negative, none or beyond all reason, a class of apps is unknown, or none
            has a weight although events are to come; all that is wrong at once.
    """

    num_env_events_per_minute: Rate = 10
    env_events_seed: int = 0
    n_message_events_per_conversation: Cap = 4
    n_item_events_per_product: Cap = 2
    weight_per_app_class: dict[AppClass, Weight] = field(default_factory=default_weight_per_app_class)

    def __post_init__(self) -> None:
        if problems := "; ".join(self._problems()):
            raise ConfigError(problems)

    def _problems(self) -> Iterator[str]:
        if not 0 <= self.num_env_events_per_minute <= MOST_PER_MINUTE:
            yield (
                f"num_env_events_per_minute is {self.num_env_events_per_minute}; "
                f"it must be from 0 to {MOST_PER_MINUTE:,}"
            )
        numbers: dict[str, float] = {
            name: getattr(self, name)
            for name in ("n_message_events_per_conversation", "n_item_events_per_product")
        }
        for name, weight in self.weight_per_app_class.items():
            try:
                _known_class(name)
            except ConfigError as error:
                yield str(error)
            numbers[f"weight_per_app_class[{name!r}]"] = weight
        for name, number in numbers.items():
            if not 0 <= number < inf:
                yield f"{name} is {number}; it must be 0 or more"
        if self.num_env_events_per_minute > 0 and not any(self.weight_per_app_class.values()):
            yield (
                "weight_per_app_class gives no class of apps a weight, so no event could come; "
                "for none set num_env_events_per_minute to 0"
            )

    @property
    def caps(self) -> Caps:
        """How long conversations and products may become."""
        return Caps(self.n_message_events_per_conversation, self.n_item_events_per_product)

    def identity(self) -> dict[str, Any] | None:
        """Give what can change the events; None for settings that bring none."""
        if not self.num_env_events_per_minute:
            return None
        weights = {name: float(weight) for name, weight in self.weight_per_app_class.items() if weight}
        return {
            "rate": float(self.num_env_events_per_minute),
            "seed": self.env_events_seed,
            "messages": self.n_message_events_per_conversation,
            "variants": self.n_item_events_per_product,
            "weights": weights,
        }


class NoisyScenario(Protocol):
    """What noise needs of a scenario."""

    scenario_id: str
    apps: Any
    events: Any
    duration: Any

    def noise_draws(self, seed: int | None = None, run_number: int | None = None) -> NoiseDraws:
        """Give the draws of a run."""


class PAREEnvEventsExpander:
    """Adds environmental events to scenarios."""

    def __init__(self, env_events_config: EnvEventsConfig) -> None:
        self.env_events_config = env_events_config

    def add_env_events_to_scenario(
        self,
        scenario: NoisyScenario,
        apps_augmentation_data: AugmentationData | list[dict[str, Any]] | Mapping[str, Any] | None = None,
    ) -> list[Event]:
        """Plan events beside those that the scenario has, and give them, in the order of their times.

        The data is that of ``apps`` in a file of augmentation data; without it, the file is looked for.

        Raises:
            ConfigError: the data is broken, or the rate is beyond all reason.
        """
        events = self.events_for(scenario, apps_augmentation_data)
        scenario.events = [*scenario.events, *events]
        return events

    def events_for(
        self, scenario: NoisyScenario, data: AugmentationData | list[Any] | Mapping[str, Any] | None = None
    ) -> list[Event]:
        """Plan events and leave the scenario as it is.

        Raises:
            ConfigError: the data is broken, or the rate is beyond all reason.
        """
        config, plan = self.env_events_config, self._plan(scenario)
        taken = frozenset(event.event_id for event in reachable(scenario.events))
        draws = scenario.noise_draws(config.env_events_seed)
        return plan_noise(plan, scenario.apps or (), _read(data, scenario.scenario_id), draws, taken)

    def reaches(
        self, scenario: NoisyScenario, data: AugmentationData | list[Any] | Mapping[str, Any] | None = None
    ) -> bool:
        """Tell whether there is an app in a scenario to which events can come; draws do not matter.

        Raises:
            ConfigError: the data is broken.
        """
        found = _read(data, scenario.scenario_id)
        return has_noise_for(scenario.apps or (), self._plan(scenario), found)

    def _plan(self, scenario: NoisyScenario) -> NoisePlan:
        config = self.env_events_config
        return NoisePlan(
            config.num_env_events_per_minute, horizon_of(scenario), config.weight_per_app_class, config.caps
        )


def horizon_of(scenario: NoisyScenario) -> float:
    """Give the seconds for which there is noise: the duration of the scenario, if it has one."""
    return DEFAULT_HORIZON if scenario.duration is None else float(scenario.duration)


def _read(
    data: AugmentationData | list[Any] | Mapping[str, Any] | None, scenario_id: str
) -> AugmentationData:
    if data is None:
        return load_augmentation_data()
    if isinstance(data, AugmentationData):
        return data
    return parse_augmentation_data(data, f"the augmentation data of scenario {scenario_id!r}")


EnvEventsExpander = PAREEnvEventsExpander
"""Its other published name."""
