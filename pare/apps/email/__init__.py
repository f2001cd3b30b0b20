"""The email app: four folders, attachments, and what arrives from outside."""

from pare.apps.email.app import EmailClientApp, EmailClientV2, Mail
from pare.apps.email.attachments import FileSystem
from pare.apps.email.model import Email, EmailFolder, EmailFolderName, ReturnedEmails
from pare.apps.email.states import StatefulEmailApp

__all__ = [
    "Email",
    "EmailClientApp",
    "EmailClientV2",
    "EmailFolder",
    "EmailFolderName",
    "FileSystem",
    "Mail",
    "ReturnedEmails",
    "StatefulEmailApp",
]
