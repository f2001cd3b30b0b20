"""Record the calls that are made on apps, or capture them as planned events.

Only the outermost call is an event; what it calls in turn is not. A tool may be ``async def``: its
record is written when it has been awaited.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from types import CoroutineType
from typing import Any, ParamSpec, TypeVar, cast

from pare.kernel.action import Action, EventMetadata
from pare.kernel.calls import NOBODY, CompletedEvent, Event, call_id, failure
from pare.kernel.enums import EventType, OperationType
from pare.kernel.frames import CAPTURING, MUTED, capturing, frame, muted
from pare.kernel.run_context import current, current_run

P = ParamSpec("P")
R = TypeVar("R")

Binder = Callable[[tuple[Any, ...], dict[str, Any]], dict[str, Any]]


def event_registered(
    operation_type: OperationType = OperationType.READ, event_type: EventType = EventType.AGENT
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a method of an app (or of a screen of one) so that calls of it are recorded.

    A direct call runs the method and hands a CompletedEvent of `event_type`, stamped with the time
    of the call's start, to the app's environment. In capture mode the method does not run: the call
    gives a planned ``Event`` of type ENV.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        bind, by_name = argument_binder(method), callable_by_name(method)

        @wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            state = frame.get()
            if state & MUTED:
                return method(*args, **kwargs)
            bound = bind(args, kwargs)
            app = owner_of(args[0])
            if state & CAPTURING:
                return cast(R, captured(app, by_name, bound, operation_type))
            action = Action(by_name, bound, app=app, operation_type=operation_type)
            return cast(R, recorded(action, event_type))

        call.__event_registered__ = True  # type: ignore[attr-defined]  # published marks
        call.__operation_type__ = operation_type  # type: ignore[attr-defined]
        call.__event_type__ = event_type  # type: ignore[attr-defined]
        return call

    return decorate


def argument_binder(method: Callable[..., Any]) -> Binder:
    """Give a function that binds arguments to the parameters of `method`, defaults included.

    It does what ``inspect.Signature.bind`` does at a tenth of its cost, for plain parameters; it
    leaves everything else, and every error, to the signature itself.
    """
    signature = inspect.signature(method)
    plain = _is_plain(signature)
    names = list(signature.parameters)
    defaults = {name: item.default for name, item in signature.parameters.items()}
    defined = [name for name, item in signature.parameters.items() if item.kind not in VARIADIC]
    required = [name for name, default in defaults.items() if default is inspect.Parameter.empty]
    # By the number of positional arguments: what may come by name, and what must.
    allowed = [frozenset(names[given:]) for given in range(len(names) + 1)]
    needed = [frozenset(required[given:]) for given in range(len(names) + 1)]

    def bind_slowly(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return {name: value for name, value in bound.arguments.items() if name in defined or value}

    def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        given = len(args)
        if given > len(names) or not needed[given] <= kwargs.keys() <= allowed[given]:
            return bind_slowly(args, kwargs)
        bound = defaults.copy()
        bound.update(zip(names, args, strict=False))
        bound.update(kwargs)
        return bound

    return bind if plain else bind_slowly


def callable_by_name(method: Callable[P, R]) -> Callable[P, R]:
    """Give `method` so that it takes what its binder gives: ``*args`` and the like under their names."""
    signature = inspect.signature(method)
    if _is_plain(signature):
        return method

    @wraps(method)
    def call(receiver: Any, /, **arguments: Any) -> R:
        named = zip(signature.parameters, [receiver], strict=False)
        bound = inspect.BoundArguments(signature, OrderedDict(named) | arguments)
        return method(*bound.args, **bound.kwargs)

    return cast(Callable[P, R], call)


VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
"""Kinds of parameters that stand for any number of arguments: where there are none, none is recorded."""


def _is_plain(signature: inspect.Signature) -> bool:
    return all(item.kind is item.POSITIONAL_OR_KEYWORD for item in signature.parameters.values())


def owner_of(receiver: Any) -> Any:
    """Give the app whose call it is: the receiver, or the app that a screen belongs to."""
    return receiver if hasattr(receiver, "add_event") else receiver.app


def captured(
    app: Any, method: Callable[..., Any], bound: dict[str, Any], operation_type: OperationType
) -> Event:
    """Plan the call instead of making it."""
    action = Action(method, bound, app=app, operation_type=operation_type)
    return Event(event_id=call_id(EventType.ENV, action), action=action)


def recorded(action: Action, event_type: EventType) -> Any:
    """Make the call and record it, whatever comes of it."""
    started = action.app.time_manager.time()
    frame_token = frame.set(frame.get() | MUTED)
    run_token = current.set(getattr(action.app, "run", None) or current_run())
    try:
        result = action.execute()
    except Exception as error:
        hand_over(action, event_type, started, failure(error))
        raise
    finally:
        current.reset(run_token)
        frame.reset(frame_token)
    if type(result) is CoroutineType:
        return _recorded_later(action, event_type, started, result)
    hand_over(action, event_type, started, EventMetadata(return_value=result))
    return result


async def _recorded_later(
    action: Action, event_type: EventType, started: float, pending: CoroutineType[Any, Any, Any]
) -> Any:
    frame_token = frame.set(frame.get() | MUTED)
    run_token = current.set(getattr(action.app, "run", None) or current_run())
    try:
        result = await pending
    except Exception as error:
        hand_over(action, event_type, started, failure(error))
        raise
    finally:
        current.reset(run_token)
        frame.reset(frame_token)
    hand_over(action, event_type, started, EventMetadata(return_value=result))
    return result


def hand_over(action: Action, event_type: EventType, started: float, metadata: EventMetadata) -> None:
    """Give the record of a call to the app's environment."""
    action.app.add_event(
        CompletedEvent(
            event_type, started, None, call_id(event_type, action), NOBODY, NOBODY, action, metadata
        )
    )


class EventRegisterer:
    """The switches of recording, under their published names."""

    event_registered = staticmethod(event_registered)

    @staticmethod
    def is_active() -> bool:
        """Tell whether calls are recorded or captured at all."""
        return not frame.get() & MUTED

    @staticmethod
    def is_capture_mode() -> bool:
        """Tell whether calls become planned events."""
        return bool(frame.get() & CAPTURING)

    @staticmethod
    def set_active(state: bool) -> None:
        """Switch recording on or off for the present task."""
        frame.set(frame.get() & ~MUTED if state else frame.get() | MUTED)

    @staticmethod
    def set_capture_mode(state: bool) -> None:
        """Switch capture mode on or off for the present task."""
        frame.set(frame.get() | CAPTURING if state else frame.get() & ~CAPTURING)

    @staticmethod
    def disable() -> AbstractContextManager[None]:
        """Let the calls of a ``with`` block run without a record."""
        return muted()

    @staticmethod
    def capture_mode() -> AbstractContextManager[None]:
        """Turn the calls of a ``with`` block into planned events."""
        return capturing()


disable_events = EventRegisterer.disable
