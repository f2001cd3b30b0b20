"""The screens behind the list of emails: one email, and an email that is being written."""

from __future__ import annotations

from pare.apps.attachments import attach
from pare.apps.checks import check_text, check_texts, optional_text, require_text
from pare.apps.email.folders import find_email, folder_name_of, other_side
from pare.apps.email.model import ComposeDraft, Email, check_address
from pare.apps.email.tools import EmailScreensApp
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import NotFoundError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


class EmailDetail(AppState[EmailScreensApp]):
    """One email of a folder, opened."""

    def __init__(self, email_id: str, folder_name: str = "INBOX") -> None:
        super().__init__()
        self.email_id = email_id
        self.folder_name = folder_name_of(folder_name or "INBOX").value

    def on_enter(self) -> None:
        """Mark the email as read.

        Raises:
            NotFoundError: it is not in the folder.
        """
        self.email.is_read = True

    @property
    def email(self) -> Email:
        """The email as it is now.

        Raises:
            NotFoundError: it is not in the folder any more.
        """
        try:
            return find_email(self.app.folders, self.email_id, self.folder_name)
        except NotFoundError as error:
            raise NotFoundError(f"the opened email cannot be shown, go back: {error}") from None

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def refresh(self) -> Email:
        """Read the opened email again, as it is now.

        :returns: the email
        """
        email = self.email
        email.is_read = True
        return email

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def reply(self, content: str = "", attachment_paths: list[str] | None = None) -> str:
        """Reply to the opened email at once; it stays open.

        :param content: text of the reply, default empty
        :param attachment_paths: paths of the files to attach, default none
        :returns: the id of the reply, which is in SENT
        """
        return self.app.reply_to_email(self.email.email_id, self.folder_name, content, attachment_paths)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def forward(self, recipients: list[str]) -> str:
        """Forward the opened email, with its attachments; it stays open.

        :param recipients: email addresses of who gets it; at least one is needed
        :returns: the id of the forwarded email, which is in SENT
        """
        return self.app.forward_email(self.email.email_id, recipients, self.folder_name)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def move(self, destination_folder: str) -> str:
        """Move the opened email to another folder and go back to the list.

        :param destination_folder: INBOX, SENT, DRAFT or TRASH
        :returns: the id of the email
        """
        email_id = self.app.move_email(self.email.email_id, self.folder_name, destination_folder)
        self.app.close_current_state()
        return email_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def delete(self) -> str:
        """Move the opened email to TRASH and go back to the list.

        :returns: the id of the email
        """
        email_id = self.app.delete_email(self.email.email_id, self.folder_name)
        self.app.close_current_state()
        return email_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def download_attachments(self, path_to_save: str) -> list[str]:
        """Save all attachments of the opened email as files.

        :param path_to_save: folder of the file system to save them in, such as Downloads/
        :returns: the paths of the saved files; an empty list if the email has no attachments
        """
        return self.app.download_attachments(self.email.email_id, self.folder_name, path_to_save)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def start_compose_reply(self) -> dict[str, object]:
        """Start to write a reply to the opened email; it is sent later, by send_composed_email.

        :returns: the draft: recipients, subject, an empty body, and the id and folder of this email
        """
        draft = self._reply_draft()
        self.app.set_current_state(ComposeEmail(draft))
        shown = {"recipients": list(draft.recipients), "subject": draft.subject, "body": draft.body}
        return {"draft": {**shown, "reply_to": self.email_id, "folder_name": self.folder_name}}

    def _reply_draft(self) -> ComposeDraft:
        email = self.email
        recipients = [other_side(self.app.folders, email, self.app.user_email)]
        subject = f"Re: {email.subject}"
        return ComposeDraft(
            recipients,
            subject=subject,
            reply_to=email.email_id,
            reply_to_folder=self.folder_name,
            default_recipients=recipients,
            default_subject=subject,
        )


class ComposeEmail(AppState[EmailScreensApp]):
    """An email that is being written; what leads here hands over a draft, or an empty one is started."""

    def __init__(self, draft: ComposeDraft | None = None) -> None:
        super().__init__()
        self.draft = ComposeDraft() if draft is None else draft.copy()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_recipients(self, recipients: list[str]) -> dict[str, object]:
        """Set who gets the email, in place of all recipients so far.

        :param recipients: email addresses
        :returns: the recipients
        """
        self.draft.recipients = _addresses("recipients", recipients)
        return {"recipients": list(self.draft.recipients)}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def add_recipient(self, recipient: str) -> dict[str, object]:
        """Add one recipient; one who is there already is not added again.

        :param recipient: email address
        :returns: all recipients
        """
        self.draft.recipients = _joined(self.draft.recipients, _addresses("recipient", [recipient])[0])
        return {"recipients": list(self.draft.recipients)}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_cc(self, cc: list[str]) -> dict[str, object]:
        """Set who gets a copy, in place of all who got one so far.

        :param cc: email addresses
        :returns: who gets a copy
        """
        self.draft.cc = _addresses("cc", cc)
        return {"cc": list(self.draft.cc)}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_subject(self, subject: str) -> dict[str, object]:
        """Set the subject line.

        :param subject: the subject line
        :returns: the subject
        """
        self.draft.subject = optional_text("subject", subject)
        return {"subject": self.draft.subject}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def set_body(self, body: str) -> dict[str, object]:
        """Set the text of the email, in place of the text so far.

        :param body: the whole text
        :returns: the text
        """
        self.draft.body = optional_text("body", body)
        return {"body": self.draft.body}

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def attach_file(self, attachment_path: str) -> dict[str, object]:
        """Attach a file; one that is attached already is not attached again.

        :param attachment_path: path of the file in the file system
        :returns: the paths of all attached files
        """
        self._check_file(attachment_path)
        self.draft.attachments = _joined(self.draft.attachments, attachment_path)
        return {"attachments": list(self.draft.attachments)}

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def send_composed_email(self) -> str:
        """Send the email as it is written now, and go back to where it was started.

        :returns: the id of the sent email, which is in SENT
        """
        draft = self.draft
        if draft.reply_to:
            email_id = self.app.send_reply_from_draft(draft)
        else:
            email_id = self.app.send_email(
                draft.recipients, draft.subject, draft.body, draft.cc, draft.attachments
            )
        self.app.close_current_state()
        return email_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def save_draft(self) -> str:
        """Keep the email in the DRAFT folder without sending it, and go back to where it was started.

        :returns: the id of the draft
        """
        email_id = self.app.store_draft(self.draft)
        self.app.close_current_state()
        return email_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def discard_draft(self) -> str:
        """Throw away what is written, and go back to where it was started.

        :returns: draft_discarded
        """
        self.draft = ComposeDraft()
        self.app.close_current_state()
        return "draft_discarded"

    def _check_file(self, path: str) -> None:
        """Refuse a file that could not be sent: only a whole new draft would be rid of it."""
        require_text("attachment_path", path)
        if self.app.internal_fs is not None:
            attach(self.app.internal_fs, [path])


def _addresses(name: str, addresses: list[str]) -> list[str]:
    checked = check_texts(name, addresses)
    for address in checked:
        check_address(name, check_text(name, address))
    return checked


def _joined(values: list[str], value: str) -> list[str]:
    return values if value in values else [*values, value]
