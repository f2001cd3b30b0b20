"""The published path of the screens' base classes, which live in `pare.apps.navigation`."""

from pare.apps.navigation import AppState, StatefulApp

__all__ = ["AppState", "StatefulApp"]
