"""The names of ``are.simulation.time_manager``."""

from pare.kernel.clock import Clock as TimeManager

__all__ = [
    "TimeManager",
]
