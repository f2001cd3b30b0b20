"""The email app: four folders, attachments, and what arrives from outside."""

from pare.apps.attachments import FileSystem
from pare.apps.email.app import StatefulEmailApp
from pare.apps.email.model import Email, EmailFolder, EmailFolderName, ReturnedEmails
from pare.apps.email.states import ComposeDraft, ComposeEmail, EmailDetail, MailboxView
from pare.apps.email.tools import EmailClientApp, EmailClientV2, Mail

__all__ = [
    "ComposeDraft",
    "ComposeEmail",
    "Email",
    "EmailClientApp",
    "EmailClientV2",
    "EmailDetail",
    "EmailFolder",
    "EmailFolderName",
    "FileSystem",
    "Mail",
    "MailboxView",
    "ReturnedEmails",
    "StatefulEmailApp",
]
