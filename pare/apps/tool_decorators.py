"""The published path of the markers of taps, which live in `pare.apps.navigation` and `pare.tools`."""

from pare.apps.navigation import pare_event_registered
from pare.tools.markers import ToolAttributeName, user_tool

__all__ = ["APPTOOL_ATTR_NAME", "pare_event_registered", "user_tool"]

APPTOOL_ATTR_NAME = ToolAttributeName.APP.value
"""The attribute by which a tool of the agent is known."""
