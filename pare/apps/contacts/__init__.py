"""The contacts app."""

from pare.apps.contacts.app import StatefulContactsApp
from pare.apps.contacts.model import (
    Contact,
    ContactDataError,
    Gender,
    Status,
    UnknownContactFieldError,
    user_contact,
)
from pare.apps.contacts.states import ContactDetail, ContactEdit, ContactsList
from pare.apps.contacts.tools import USER_CONTACT, Contacts, ContactsApp, InternalContacts

__all__ = [
    "USER_CONTACT",
    "Contact",
    "ContactDataError",
    "ContactDetail",
    "ContactEdit",
    "Contacts",
    "ContactsApp",
    "ContactsList",
    "Gender",
    "InternalContacts",
    "StatefulContactsApp",
    "Status",
    "UnknownContactFieldError",
    "user_contact",
]
