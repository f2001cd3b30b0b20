"""Planned events of noise: they come beside a scenario's own, and leave these as they are.

A call of noise draws ids from a generator of its own, so what the app makes for others has the ids that
it would have without noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from pare.apps.messaging.by_name import MessagingApp
from pare.apps.messaging.by_name_model import OWNER, Conversation
from pare.apps.messaging.model import ConversationV2, MessagingAppMode
from pare.kernel.calls import Event
from pare.kernel.frames import CAPTURING, entered, muted
from pare.kernel.run_context import RunContext
from pare.noise.arrivals import arrival_times
from pare.noise.augmentation import AugmentationData
from pare.noise.draws import NoiseDraws
from pare.noise.sources import PREFIX, Caps, NoiseCall, Opening, Source, sources_for
from pare.rng import RandomStream, derive_seed


@dataclass(frozen=True)
class NoisePlan:
    """How much noise comes: events per minute over so many seconds, the share of each class, and caps."""

    rate_per_minute: float
    seconds: float
    weights: Mapping[str, float]
    caps: Caps = field(default_factory=Caps)


def plan_noise(
    plan: NoisePlan, apps: Sequence[Any], data: AugmentationData, draws: NoiseDraws, taken: frozenset[str]
) -> list[Event]:
    """Plan the noise for `apps`, in the order of arrival; ids that are `taken` are passed over.

    There is less where the data does not hold enough: nothing comes twice.

    Raises:
        ConfigError: so many events are to be expected that they must be a mistake.
    """
    times = arrival_times(draws.rng("arrivals"), plan.rate_per_minute, plan.seconds)
    planned = zip(times, _calls(_sources(plan, apps, data, draws, taken), draws), strict=False)
    return [_event(app, call, time, draws) for time, (app, call) in planned]


def has_noise_for(apps: Sequence[Any], plan: NoisePlan, data: AugmentationData) -> bool:
    """Tell whether `data` holds anything for one of `apps` that has a weight."""
    return any(source.has_more() for source in _sources(plan, apps, data, NoiseDraws(), frozenset()))


def _sources(
    plan: NoisePlan, apps: Sequence[Any], data: AugmentationData, draws: NoiseDraws, taken: frozenset[str]
) -> list[Source]:
    sources = sources_for(apps, plan.weights, data, plan.caps, draws)
    for source in sources:
        _leave_out(source, taken)
    return sources


def _leave_out(source: Source, taken: frozenset[str]) -> None:
    """Pass over what is planned already, and conversations that the app has or whose people it mistakes."""
    source.unopened[:] = [
        thread
        for thread in source.unopened
        if _event_id(source.app, thread[0]) not in taken and _is_of_its_own(source.app, thread[0].opening)
    ]


def _is_of_its_own(app: Any, opening: Opening | None) -> bool:
    """Tell whether a conversation is none of the scenario's, and no name in it stands for somebody else."""
    if opening is None:
        return True
    if opening.conversation_id in app.conversations:
        return False
    if isinstance(app, MessagingApp):
        known = {name for conversation in app.conversations.values() for name in conversation.participants}
        return known.isdisjoint(map(opening.name_of, opening.participant_ids))
    return all(app.name_to_id.get(name, person) == person for person, name in opening.names.items())


def _calls(sources: list[Source], draws: NoiseDraws) -> Iterator[tuple[Any, NoiseCall]]:
    """Give what comes, one call after the other, until nothing is left; an empty source has no share."""
    choices, items = draws.rng("apps"), draws.rng("order")
    left = [source for source in sources if source.has_more()]
    while left:
        source = choices.choices(left, [item.weight for item in left])[0]
        yield source.app, source.take(items)
        left = [item for item in left if item.has_more()]


def _event_id(app: Any, call: NoiseCall) -> str:
    return f"{PREFIX}{app.name}_{call.key}" if call.opening else PREFIX + call.key


def _event(app: Any, call: NoiseCall, time: float, draws: NoiseDraws) -> Event:
    """Plan one call at `time`, in seconds from the start."""
    event_id, opening, arguments = _event_id(app, call), call.opening, dict(call.arguments)
    if opening is not None and getattr(app, "mode", None) is MessagingAppMode.PHONE_NUMBER:
        opening, arguments = _by_phone(opening, arguments)
    if opening is not None and isinstance(app, MessagingApp):
        arguments["sender"] = opening.name_of(arguments.pop("sender_id"))
    if hasattr(app, "user_email"):
        arguments["recipients"] = [app.user_email]
    event = _captured(app, call.function, arguments)
    event.event_id = event.action.action_id = event_id
    event.action.function = beside(event.action.function, draws.stream("ids", event_id), opening)
    event.is_noise = True
    return event.depends_on(None, delay_seconds=time)


def _captured(app: Any, function: str, arguments: Mapping[str, Any]) -> Event:
    """Plan a call without using up the numbers that the run has for the scenario's own."""
    run: RunContext = app.run
    mark = run.mark()
    with entered(CAPTURING):
        event: Event = getattr(app, function)(**arguments)
    run.rewind(mark)
    return event


def _by_phone(opening: Opening, arguments: Mapping[str, Any]) -> tuple[Opening, dict[str, Any]]:
    """Give people phone numbers, in an app that knows them by these."""
    numbers = {person: phone_number(person) for person in opening.participant_ids}
    names = {numbers[person]: name for person, name in opening.names.items()}
    by_phone = replace(opening, participant_ids=tuple(numbers.values()), names=names)
    return by_phone, {**arguments, "sender_id": numbers[arguments["sender_id"]]}


def phone_number(person: str) -> str:
    """Make up the phone number of somebody."""
    return f"+1555{derive_seed('phone number', person) % 10**7:07d}"


def beside(method: Callable[..., Any], stream: RandomStream, opening: Opening | None) -> Callable[..., Any]:
    """Give a method of an app so that a call of it draws from `stream`, and finds its conversation open."""

    @wraps(method)
    def call(app: Any, **arguments: Any) -> Any:
        stream.rewind(None)
        own, app.stream = app.stream, stream
        try:
            if opening is not None and opening.conversation_id not in app.conversations:
                open_conversation(app, opening)
            return method(app, **arguments)
        finally:
            app.stream = own

    return call


def open_conversation(app: Any, opening: Opening) -> None:
    """Let a conversation be there, and let the app know its people."""
    conversation = _named(app, opening) if isinstance(app, MessagingApp) else _numbered(app, opening)
    with muted():
        app.add_conversation(conversation)


def _named(app: MessagingApp, opening: Opening) -> Conversation:
    """Give a conversation of people who are known by their names alone."""
    names = [opening.name_of(person) for person in opening.participant_ids]
    title = opening.title or ", ".join(names)
    return Conversation([*names, OWNER], [], title, opening.conversation_id, app.now())


def _numbered(app: Any, opening: Opening) -> ConversationV2:
    """Give a conversation of people who have ids, which the app learns where it does not know them."""
    for person, name in opening.names.items():
        app.id_to_name.setdefault(person, name)
        app.name_to_id.setdefault(name, person)
    owner = [app.current_user_id] if app.current_user_id else []
    people = [*opening.participant_ids, *owner]
    title = opening.title or ", ".join(
        app.id_to_name.get(person, person) for person in people if person not in owner
    )
    return ConversationV2(people, [], title, opening.conversation_id, app.now())
