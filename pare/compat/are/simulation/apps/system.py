"""The names of ``are.simulation.apps.system``."""

from pare.apps.system import SystemApp, WaitForNotificationTimeout

__all__ = [
    "SystemApp",
    "WaitForNotificationTimeout",
]
