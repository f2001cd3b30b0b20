"""The messaging app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.messaging.states import ConversationList
from pare.apps.messaging.tools import MessagingScreensApp

__all__ = ["StatefulMessagingApp"]

DEFAULT_USER_NAME = "John Doe"


class StatefulMessagingApp(MessagingScreensApp):
    """The messaging app as the user taps through it; the phone is John Doe's unless it is told otherwise."""

    def __post_init__(self) -> None:
        super().__post_init__()
        name = self.current_user_name or self.id_to_name.get(self.current_user_id or "", DEFAULT_USER_NAME)
        self._set_owner(self.current_user_id or self.name_to_id.get(name) or self.new_id(), name)
        self.load_root_state()

    def create_root_state(self) -> ConversationList:
        """Make the first screen."""
        return ConversationList()

    def reset(self) -> None:
        """Empty the app but for the owner of the phone, and show the first screen."""
        user_id, name = self.current_user_id, self.current_user_name
        super().reset()
        self._set_owner(user_id or self.new_id(), name or DEFAULT_USER_NAME)

    def _set_owner(self, user_id: str, name: str) -> None:
        self.current_user_id, self.current_user_name = user_id, name
        self._add_user(name, user_id)
