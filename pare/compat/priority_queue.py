"""A queue that gives the smallest item first, by chosen fields."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from queue import Empty
from typing import Generic, TypeVar

T = TypeVar("T")


class HeapItem(Generic[T]):
    """An item that is compared by the values of `fields`, or by itself without any."""

    def __init__(self, item: T, fields: list[str]) -> None:
        self.item = item
        self.fields = fields
        self.serial = 0

    def __lt__(self, other: HeapItem[T]) -> bool:
        return (*self.get_tuple(self), self.serial) < (*self.get_tuple(other), other.serial)

    def get_tuple(self, item: HeapItem[T]) -> tuple[object, ...]:
        """Give what an item is compared by."""
        return tuple(getattr(item.item, name) for name in self.fields) or (item.item,)


class PriorityQueue(Generic[T]):
    """Items in the order of `fields`; of equal ones the first that came is the first."""

    def __init__(self, maxsize: int = 0, fields: list[str] | None = None) -> None:
        self.maxsize = maxsize
        self.fields = fields or []
        self._heap: list[HeapItem[T]] = []
        self._serial = 0

    def put(self, item: T) -> None:
        """Add an item."""
        entry = HeapItem(item, self.fields)
        entry.serial = self._serial
        heappush(self._heap, entry)
        self._serial += 1

    def get(self) -> T:
        """Take the first item.

        Raises:
            Empty: there is none.
        """
        if not self._heap:
            raise Empty
        return heappop(self._heap).item

    def peek(self) -> T | None:
        """Give the first item and leave it; None if there is none."""
        return self._heap[0].item if self._heap else None

    def extend(self, items: Iterable[T]) -> None:
        """Add items."""
        for item in items:
            self.put(item)

    def list_view(self) -> list[T]:
        """Give the items in order, and leave them."""
        return [entry.item for entry in sorted(self._heap)]

    def empty(self) -> bool:
        """Tell whether there is no item."""
        return not self._heap

    def qsize(self) -> int:
        """Count the items."""
        return len(self._heap)

    __len__ = qsize
