"""What noise brings to which app: emails, messages, products and flats, none of them twice.

An app is known by its class and the classes that it derives from, whatever it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pare.noise.augmentation import AugmentationData, NoiseConversation
from pare.noise.draws import NoiseDraws

PREFIX = "env_expansion_"
"""How the ids of noise begin; published judges know it by that."""

GO_ON = 0.75
"""How often an arrival goes on with what was begun (a conversation, a product), where there is any."""


@dataclass(frozen=True)
class NoiseCall:
    """A call of an environment tool: `key` names it, `opening` is the conversation that it is part of."""

    function: str
    arguments: Mapping[str, Any]
    key: str
    opening: Opening | None = None


@dataclass(frozen=True)
class Opening:
    """A conversation that is there as soon as somebody writes in it: people's ids, and names where known."""

    conversation_id: str
    participant_ids: tuple[str, ...]
    names: Mapping[str, str]
    title: str | None = None

    def name_of(self, person: str) -> str:
        """Give the name of a person, or the id of one without a name."""
        return self.names.get(person, person)


@dataclass(frozen=True)
class Caps:
    """How long a conversation may go on, in messages, and how many variants of a product are brought."""

    messages: int = 4
    variants: int = 2


Thread = Sequence[NoiseCall]
"""Calls that come one after the other: the messages of a conversation; a product and its variants."""


@dataclass(frozen=True)
class Kind:
    """Apps of a base class, of the published classes beside or below it, and what noise brings to them."""

    base: str
    classes: tuple[str, ...]
    threads: Callable[[AugmentationData, Caps], Iterator[Thread]]


def _emails(data: AugmentationData, caps: Caps) -> Iterator[Thread]:  # noqa: ARG001 - one shape for all
    for key, email in data.emails.items():
        arguments = {"sender": email.sender, "subject": email.subject, "content": email.content}
        yield [NoiseCall("create_and_add_email", arguments, f"email_{key}")]


def _messages(data: AugmentationData, caps: Caps) -> Iterator[Thread]:
    for key, conversation in data.conversations.items():
        opening = _opening(key, conversation, data.names)
        yield [
            NoiseCall(
                "create_and_add_message",
                {"conversation_id": key, "sender_id": item.sender_id, "content": item.content},
                f"{key}_{number}",
                opening,
            )
            for number, item in enumerate(conversation.messages[: caps.messages])
        ]


def _opening(key: str, conversation: NoiseConversation, names: Mapping[str, str]) -> Opening:
    people = conversation.people
    known = {person: names[person] for person in people if person in names}
    return Opening(key, tuple(people), known, conversation.title)


def _products(data: AugmentationData, caps: Caps) -> Iterator[Thread]:
    for key, product in data.products.items():
        product_name = f"shopping_product_{key}"
        calls = [NoiseCall("add_product", {"name": product.name}, product_name)]
        for item_key, item in list(product.variants.items())[: caps.variants]:
            item_name = f"shopping_item_{item_key}"
            arguments = {"price": item.price, "options": dict(item.options), "available": item.available}
            arguments |= {"product_id": result_of(product_name)}
            calls.append(NoiseCall("add_item_to_product", arguments, item_name))
            for code, percent in data.discount_codes.get(item_key, {}).items():
                discount = {"item_id": result_of(item_name), "discount_code": {code: percent}}
                code_name = f"shopping_discount_code_{item_key}_{code}"
                calls.append(NoiseCall("add_discount_code", discount, code_name))
        yield calls


def result_of(key: str) -> str:
    """Give the placeholder of what the event `key` returned."""
    return f"{{{{{PREFIX}{key}}}}}"


def _apartments(data: AugmentationData, caps: Caps) -> Iterator[Thread]:  # noqa: ARG001 - one shape for all
    for key, flat in data.apartments.items():
        arguments = flat.model_dump()
        arguments["number_of_bedrooms"] = arguments.pop("bedrooms")
        arguments["number_of_bathrooms"] = arguments.pop("bathrooms")
        yield [NoiseCall("add_new_apartment", arguments, f"apartment_{key}")]


KINDS: dict[str, Kind] = {
    "email": Kind("EmailClientApp", ("EmailClientV2", "Mail", "StatefulEmailApp"), _emails),
    "messages": Kind("MessagingAppV2", ("MessagingApp", "StatefulMessagingApp"), _messages),
    "products": Kind("ShoppingApp", ("Shopping", "StatefulShoppingApp"), _products),
    "apartments": Kind("ApartmentListingApp", ("RentAFlat", "StatefulApartmentApp"), _apartments),
}
"""The kinds of apps to which noise comes."""


def known_app_classes() -> list[str]:
    """Name the classes of apps to which noise comes."""
    return [name for kind in KINDS.values() for name in (kind.base, *kind.classes)]


def kind_of(app: object) -> Kind | None:
    """Give the kind of an app, or None for one to which noise does not come."""
    names = _class_names(app)
    return next((kind for kind in KINDS.values() if not {kind.base, *kind.classes}.isdisjoint(names)), None)


def weight_of(app: object, weights: Mapping[str, float]) -> tuple[str, float]:
    """Give the class by which an app is weighted, its own before one it derives from, and the weight."""
    name = next((name for name in _class_names(app) if name in weights), "")
    return name, weights.get(name, 0.0)


def _class_names(app: object) -> list[str]:
    return [cls.__name__ for cls in type(app).__mro__]


@dataclass(eq=False)
class Source:
    """What is left for one app: `unopened` threads, shared with the other apps of its kind, and open ones."""

    app: Any
    weight: float
    unopened: list[Thread]
    _open: list[list[NoiseCall]] = field(default_factory=list)

    def has_more(self) -> bool:
        """Tell whether anything is left."""
        return bool(self._open or self.unopened)

    def take(self, rng: Random) -> NoiseCall:
        """Take the next call: of a thread that is open, or the first of another."""
        if not self._open or (self.unopened and rng.random() >= GO_ON):
            self._open.append(list(self.unopened.pop()))
        place = rng.randrange(len(self._open))
        call = self._open[place].pop(0)
        if not self._open[place]:
            del self._open[place]
        return call


def sources_for(
    apps: Sequence[Any], weights: Mapping[str, float], data: AugmentationData, caps: Caps, draws: NoiseDraws
) -> list[Source]:
    """Give the sources of `apps`: those of a class share its weight, those of a kind what there is for it."""
    weighted = [(app, kind, *weight_of(app, weights)) for app in apps if (kind := kind_of(app)) is not None]
    shares = [name for _, _, name, _ in weighted]
    unopened: dict[str, list[Thread]] = {}
    for _, kind, _, weight in weighted:
        if weight > 0 and kind.base not in unopened:
            unopened[kind.base] = [thread for thread in kind.threads(data, caps) if thread]
            draws.rng("items", kind.base).shuffle(unopened[kind.base])
    return [
        Source(app, weight / shares.count(name), unopened[kind.base])
        for app, kind, name, weight in weighted
        if weight > 0
    ]
