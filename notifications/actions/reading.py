"""What a person does with their inbox."""

from datetime import datetime

from linkstar.members.models import Member
from notifications.models import Notification


def read(notification: Notification, *, now: datetime) -> None:
    """Mark one notice read; the first time stays."""
    if notification.read_at is None:
        notification.read_at = now
        notification.save(update_fields=["read_at"])


def read_everything(member: Member, *, now: datetime) -> None:
    Notification.objects.filter(member=member, read_at=None).update(read_at=now)
