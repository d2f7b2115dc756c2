"""The letters that FolderBackend left in a folder, as something to read."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[0-9A-Za-z-]+\.eml")


@dataclass(frozen=True, slots=True)
class Mail:
    name: str
    subject: str
    sender: str
    recipient: str
    sent_at: datetime | None
    text: str


def read_mails(*, limit: int = 200) -> list[Mail]:
    """The newest letters first; [] when mail goes elsewhere."""
    paths = sorted(_folder().glob("*.eml"), reverse=True) if _folder().is_dir() else []
    return [_read(path) for path in paths[:limit]]


def read_mail(name: str) -> Mail | None:
    """None when there is no such letter, or when `name` is not the name of one."""
    path = _folder() / name
    return _read(path) if _NAME.fullmatch(name) and path.is_file() else None


def _folder() -> Path:
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR_DIR / "mail")


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - policy.default makes these
    part = message.get_body(preferencelist=("plain", "html"))
    date = message["Date"]
    return Mail(
        name=path.name,
        subject=str(message["Subject"]),
        sender=str(message["From"]),
        recipient=str(message["To"]),
        sent_at=parsedate_to_datetime(str(date)) if date else None,
        text=part.get_content() if part else "",
    )
