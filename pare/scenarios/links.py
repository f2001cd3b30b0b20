"""Links between planned events: tie two together, take one out, put one in another's place."""

from __future__ import annotations

from collections.abc import Iterable

from pare.kernel.abstract_event import AbstractEvent


def link(parent: AbstractEvent, child: AbstractEvent) -> None:
    """Let `child` wait for `parent`, once; its delay stays."""
    if child not in parent.successors:
        parent.successors.append(child)
    if parent not in child.dependencies:
        child.dependencies.append(parent)


def cut(event_id: str, events: Iterable[AbstractEvent]) -> None:
    """Take the event `event_id` out of the neighbours that `events` name."""
    for event in events:
        for neighbours in (event.successors, event.dependencies):
            neighbours[:] = [neighbour for neighbour in neighbours if neighbour.event_id != event_id]


def take_place(event: AbstractEvent, former: AbstractEvent) -> None:
    """Let what waited for `former` wait for `event`; `former` loses all its links."""
    for parent in former.dependencies:
        parent.successors[:] = [node for node in parent.successors if node.in_graph() is not former]
    for follower in former.successors:
        nodes = [event if node.in_graph() is former else node for node in follower.dependencies]
        follower.dependencies[:] = nodes
    event.successors = list(former.successors)
    former.reset_dependencies()
