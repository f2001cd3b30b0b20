"""Make a planned call: placeholders replaced, in a fresh recording frame, whatever it raises noted.

This is one of the three borders at which exceptions are caught: the event is recorded as failed and
the run goes on.
"""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from types import CoroutineType
from typing import Any

from pare.kernel.action import Action, EventMetadata
from pare.kernel.calls import failure
from pare.kernel.frames import MUTED, entered, frame
from pare.kernel.log import EventLog
from pare.kernel.placeholders import resolve

Awaited = Coroutine[Any, Any, Any]
"""The rest of an ``async def`` tool."""


def make_call(action: Action, refers: bool, log: EventLog) -> tuple[Action, EventMetadata | Awaited]:
    """Call `action`; give it with its resolved arguments, and its outcome or what is to be awaited.

    `refers` says that its arguments hold placeholders, which stand for results in `log`.
    """
    token = frame.set(MUTED)
    try:
        args = resolve(action.args, log) if refers else action.args
        action = action.resolved(args)
        result = action.execute()
    except Exception as error:  # noqa: BLE001 - the border
        return action, failure(error)
    finally:
        frame.reset(token)
    return action, result if type(result) is CoroutineType else EventMetadata(return_value=result)


async def await_call(pending: Awaited) -> EventMetadata:
    """Await the rest of an ``async def`` tool and give its outcome."""
    with entered(MUTED):
        try:
            return EventMetadata(await pending)
        except Exception as error:  # noqa: BLE001 - the border
            return failure(error)


def discard(pending: Coroutine[Any, Any, Any]) -> None:
    """Close a coroutine that was never begun, and those that it would have awaited."""
    for value in inspect.getcoroutinelocals(pending).values() if type(pending) is CoroutineType else ():
        if type(value) is CoroutineType:
            discard(value)
    pending.close()
