"""What runs after the request."""

from django.utils import timezone

from linkstar.celery import app
from notifications.actions.pushing import push_notice
from notifications.models import Notification


@app.task
def push_notices(ids: list[int]) -> None:
    """Tell the devices of those notices; what is read meanwhile is not told."""
    for notification in Notification.objects.filter(pk__in=ids).select_related("member").order_by("pk"):
        push_notice(notification, now=timezone.now())
