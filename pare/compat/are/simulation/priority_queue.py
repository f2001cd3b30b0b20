"""The names of ``are.simulation.priority_queue``."""

from pare.compat.priority_queue import HeapItem, PriorityQueue

__all__ = [
    "HeapItem",
    "PriorityQueue",
]
