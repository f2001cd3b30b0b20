"""The names of ``are.simulation.apps.email_client``."""

from pare.apps.email import (
    Email,
    EmailClientApp,
    EmailClientV2,
    EmailFolder,
    EmailFolderName,
    Mail,
    ReturnedEmails,
)

__all__ = [
    "Email",
    "EmailClientApp",
    "EmailClientV2",
    "EmailFolder",
    "EmailFolderName",
    "Mail",
    "ReturnedEmails",
]
