"""The names of ``are.simulation.scenarios.utils.turn_conditions``."""

from pare.compat.running import is_conditional_event, is_send_message_to_user

__all__ = [
    "is_conditional_event",
    "is_send_message_to_user",
]
