"""The names of ``are.simulation.utils.countable_iterator``."""

from pare.compat.conveniences import CountableIterator

__all__ = [
    "CountableIterator",
]
