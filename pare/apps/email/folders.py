"""The four folders of a mailbox together: their names, their state, what is in which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.apps.email.model import Email, EmailFolder, EmailFolderName, UnknownFolderError
from pare.errors import NotFoundError

Folders = dict[EmailFolderName, EmailFolder]


def empty_folders() -> Folders:
    """Give one empty folder of each name."""
    return {name: EmailFolder(name) for name in EmailFolderName}


def folders_from_state(state: Mapping[str, Any]) -> Folders:
    """Read the folders of a mailbox; those that are missing are empty.

    Raises:
        UnknownFolderError: the state names another folder.
    """
    folders = empty_folders()
    for name, folder_state in state.items():
        folders[folder_name_of(name)].load_state(folder_state or {})
    return folders


def folder_name_of(folder: object) -> EmailFolderName:
    """Give the folder that a text names, in any case.

    Raises:
        UnknownFolderError: it names none.
    """
    if isinstance(folder, EmailFolderName):
        return folder
    name = str(folder).strip().upper()
    if name not in EmailFolderName.__members__:
        valid = ", ".join(EmailFolderName.__members__)
        raise UnknownFolderError(f"there is no folder {folder!r:.200}. Folders: {valid}")
    return EmailFolderName[name]


def find_email(folders: Folders, email_id: str, folder_name: object) -> Email:
    """Give an email of a folder by its id.

    Raises:
        UnknownFolderError: there is no such folder.
        NotFoundError: the email is not in it; the text says where it is.
    """
    folder = folders[folder_name_of(folder_name)]
    email = folder.find(email_id)
    if email is not None:
        return email
    others = [name.value for name, other in folders.items() if other.find(email_id) is not None]
    if others:
        raise NotFoundError(
            f"email {email_id!r:.200} is not in {folder.folder_name.value} but in {others[0]}"
        )
    return folder.get_email_by_id(email_id)


def other_side(folders: Folders, email: Email, user_email: str) -> str:
    """Give who a reply of the user goes to: the sender, further back in the thread if that is the user."""
    seen: set[str] = set()
    while email.sender == user_email and email.parent_id and email.parent_id not in seen:
        seen.add(email.parent_id)
        parents = [folder.find(email.parent_id) for folder in folders.values()]
        email = next((parent for parent in parents if parent is not None), email)
    return email.sender
