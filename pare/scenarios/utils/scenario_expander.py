"""Environmental noise as data: how busy the world around a scenario is."""

from __future__ import annotations

from dataclasses import dataclass, field

NOISY_APP_CLASSES = (
    "EmailClientApp",
    "ApartmentListingApp",
    "MessagingApp",
    "MessagingAppV2",
    "ShoppingApp",
)


def default_weight_per_app_class() -> dict[str, float]:
    """Give every noisy class of apps the same share; subclasses count as their class."""
    return dict.fromkeys(NOISY_APP_CLASSES, 1.0)


@dataclass
class EnvEventsConfig:
    """Events unrelated to the task: their rate per simulated minute, seed, caps and shares."""

    num_env_events_per_minute: int = 10
    env_events_seed: int = 0
    n_message_events_per_conversation: int = 4
    n_item_events_per_product: int = 2
    weight_per_app_class: dict[str, float] = field(default_factory=default_weight_per_app_class)
