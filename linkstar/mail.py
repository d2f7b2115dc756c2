"""Mail into a folder, for machines without a mail server: one .eml a message, readable at /dev/mail/."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FolderBackend(BaseEmailBackend):
    """The file's name comes from the Message-ID, so sending a letter twice leaves one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mail = message.message()
            digest = sha256(str(mail["Message-ID"]).encode()).hexdigest()[:24]
            if not list(folder.glob(f"*-{digest}.eml")):
                stamp = timezone.now().strftime("%Y%m%dT%H%M%S%f")
                (folder / f"{stamp}-{digest}.eml").write_bytes(mail.as_bytes())
        return len(email_messages)
