"""Who can be written to: the users of the messaging app and their ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pare.apps.base import App
from pare.apps.checks import check_texts, require_text
from pare.apps.messaging.model import (
    MessagingAppMode,
    NoCurrentUserError,
    joined,
)
from pare.apps.messaging.similarity import most_similar
from pare.errors import InvalidValueError
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools.app_tool import AppTool
from pare.tools.markers import ToolAttributeName, app_tool

WHAT_USER_IDS_ARE = {
    MessagingAppMode.NAME: (
        "User ids are internal ids of this app, neither names nor phone numbers: "
        "find the id behind a name with get_user_id or lookup_user_id."
    ),
    MessagingAppMode.PHONE_NUMBER: "User ids are phone numbers.",
}
SIMILAR = 80
"""The least similarity (0 to 100) at which one name is taken for another."""


@dataclass(eq=False, repr=False)
class UserDirectoryApp(App):
    """An app whose users have a name and an id each; one of them is the owner of the phone."""

    current_user_id: str | None = None
    current_user_name: str | None = None
    name: str | None = None  # type: ignore[assignment]  # published: None asks for the class's name
    mode: MessagingAppMode = MessagingAppMode.NAME
    id_to_name: dict[str, str] = field(default_factory=dict)
    name_to_id: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.mode = self._described_mode = MessagingAppMode(self.mode)
        self.id_to_name = dict(self.id_to_name)
        self.name_to_id = dict(self.name_to_id)
        self._complete_maps()
        if self.current_user_id is not None and self.current_user_name is not None:
            self._add_user(self.current_user_name, self.current_user_id)

    def add_users(self, user_names: list[str]) -> None:
        """Give each name that is not known yet an internal id."""
        names = [require_text("name of a user", name) for name in check_texts("user_names", user_names)]
        for name in dict.fromkeys(names):
            if name not in self.name_to_id:
                self._add_user(name, self.new_id())

    def add_contacts(self, contacts: list[tuple[str, str]]) -> None:
        """Add people as pairs of name and phone number, which is their id; known names are left alone."""
        pairs = [check_texts("a contact", pair) for pair in contacts]
        if not all(len(pair) == 2 and all(pair) for pair in pairs):
            raise InvalidValueError("contacts must be a list of pairs of name and phone number")
        for name, phone in pairs:
            if name not in self.name_to_id:
                self._add_user(name, phone)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_user_id(self, user_name: str) -> str | None:
        """Give the id of the user with exactly this name.

        :param user_name: full name, spelled as in the app
        :returns: the user's id, or None if nobody has that name
        """
        return self.name_to_id.get(user_name)

    def get_user_ids(self, user_names: list[str]) -> list[str | None]:
        """Give the id behind each name, None where there is none."""
        return [self.name_to_id.get(name) for name in check_texts("user_names", user_names)]

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_user_name_from_id(self, user_id: str) -> str | None:
        """Give the name of the user with this id.

        :param user_id: id of a user
        :returns: the user's name, or None if nobody has that id
        """
        return self.id_to_name.get(user_id)

    def get_user_names(self, user_ids: list[str]) -> list[str | None]:
        """Give the name behind each id, None where there is none."""
        return [self.id_to_name.get(user_id) for user_id in check_texts("user_ids", user_ids)]

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def lookup_user_id(self, user_name: str) -> dict[str, str]:
        """Find the ids of users whose name is like the given one; case and small mistakes do not matter.

        :param user_name: a name or a part of one
        :returns: user ids by full name, the most similar first; only the exact match if there is one,
            empty if no name is similar
        """
        require_text("user_name", user_name)
        if user_name in self.name_to_id:
            return {user_name: self.name_to_id[user_name]}
        names = {name: name.lower() for name in self.name_to_id}
        found = most_similar(user_name.lower(), names, SIMILAR)
        return {name: self.name_to_id[name] for name in found}

    def get_default_title(self, user_ids: list[str]) -> str:
        """Give the title of an untitled conversation: the others' names, in alphabetical order.

        Numbers without a name stand for themselves; so do ids when no one among them has a name.

        Raises:
            NoCurrentUserError: the owner of the phone is not among the users.
        """
        me = self._me()
        if me not in self.id_to_name:
            raise NoCurrentUserError(f"the owner of this phone, {me!r}, has no name; set current_user_name")
        others = [user_id for user_id in check_texts("user_ids", user_ids) if user_id != me]
        if self.mode is MessagingAppMode.PHONE_NUMBER:
            return joined(sorted(self.id_to_name.get(user_id, user_id) for user_id in others))
        names = [self.id_to_name[user_id] for user_id in others if user_id in self.id_to_name]
        return joined(sorted(names or others))

    def _me(self) -> str:
        if not self.current_user_id:
            raise NoCurrentUserError("nobody owns this phone; set current_user_id and current_user_name")
        return self.current_user_id

    def _add_user(self, name: str, user_id: str) -> None:
        self.name_to_id[name] = user_id
        self.id_to_name[user_id] = name

    def _complete_maps(self) -> None:
        if not self.id_to_name:
            self.id_to_name = {user_id: name for name, user_id in self.name_to_id.items()}
        if not self.name_to_id:
            self.name_to_id = {name: user_id for user_id, name in self.id_to_name.items()}

    def _load_directory(self, state_dict: dict[str, Any]) -> None:
        self.mode = MessagingAppMode(state_dict.get("mode", MessagingAppMode.NAME))
        self.current_user_id = state_dict.get("current_user_id")
        self.current_user_name = state_dict.get("current_user_name")
        self.id_to_name = dict(state_dict.get("id_to_name", {}))
        self.name_to_id = dict(state_dict.get("name_to_id", {}))
        if "id_to_name" not in state_dict or "name_to_id" not in state_dict:
            self._complete_maps()

    def _tools_of(self, attribute: ToolAttributeName) -> list[AppTool]:
        if self._described_mode is not self.mode:
            self._tools.clear()
            self._described_mode = self.mode
        return super()._tools_of(attribute)

    def _tool(self, function_name: str) -> AppTool:
        tool = super()._tool(function_name)
        if not hasattr(tool.function, ToolAttributeName.USER.value):  # taps take no user ids
            tool._public_description += f"\n{WHAT_USER_IDS_ARE[self.mode]}"
        return tool
