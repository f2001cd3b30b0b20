"""The names of ``are.simulation.apps.agent_user_interface``."""

from pare.apps.user_interface import (
    NO_RESPONSE_FROM_USER_DEFAULT_MESSAGE,
    AgentUserInterface,
    AUIMessage,
    Sender,
)

__all__ = ["NO_RESPONSE_FROM_USER_DEFAULT_MESSAGE", "AUIMessage", "AgentUserInterface", "Sender"]
