"""The address book of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.contacts.model import user_contact
from pare.apps.contacts.states import ContactsList
from pare.apps.contacts.tools import USER_CONTACT, ContactsScreensApp

__all__ = ["USER_CONTACT", "StatefulContactsApp"]


class StatefulContactsApp(ContactsScreensApp):
    """The address book as the user taps through it.

    The user's own contact comes first in it from the start, a new object in each app. Where a scenario
    adds its own user as well, both are contacts, and the scenario's is the one who owns the phone.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._put_user_first()
        self.load_root_state()

    def create_root_state(self) -> ContactsList:
        """Make the first screen."""
        return ContactsList()

    def reset(self) -> None:
        """Forget all contacts but the user's own, and show the first screen."""
        super().reset()
        self._put_user_first()

    def _put_user_first(self) -> None:
        user = user_contact()
        self.contacts = {user.contact_id: user, **self.contacts}
