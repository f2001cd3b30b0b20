"""The contacts app."""

from pare.apps.contacts.app import USER_CONTACT, Contacts, ContactsApp, InternalContacts
from pare.apps.contacts.model import (
    Contact,
    ContactDataError,
    Gender,
    Status,
    UnknownContactFieldError,
    user_contact,
)
from pare.apps.contacts.states import StatefulContactsApp

__all__ = [
    "USER_CONTACT",
    "Contact",
    "ContactDataError",
    "Contacts",
    "ContactsApp",
    "Gender",
    "InternalContacts",
    "StatefulContactsApp",
    "Status",
    "UnknownContactFieldError",
    "user_contact",
]
