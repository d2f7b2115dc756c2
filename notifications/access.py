"""Everybody reads their own inbox, and no other."""

from django.shortcuts import get_object_or_404

from linkstar.members.models import Member
from notifications.models import Notification
from notifications.models.notifications import NotificationQuerySet


def inbox_of(member: Member) -> NotificationQuerySet:
    """The member's notices, newest first."""
    return Notification.objects.filter(member=member).order_by("-created_at", "-pk")


def get_notification(member: Member, pk: int) -> Notification:
    """404 for anybody else's."""
    return get_object_or_404(Notification, pk=pk, member=member)
