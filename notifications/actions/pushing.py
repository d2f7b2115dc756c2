"""Send a notice to the devices of its reader. Apart from push.py, since what encrypts and sends is slow to import."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.utils.translation import override
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush
from requests import RequestException

from linkstar.lib.vapid import private_key
from notifications.kinds import kind_of
from notifications.models import Notification, PushDevice

# A device that is off for longer learns of it in the inbox.
_LIVES = timedelta(hours=12)
_TIMEOUT_SECONDS = 5
_NIGHT = (22, 7)
log = structlog.get_logger(__name__)


def push_notice(notification: Notification, *, now: datetime) -> int:
    """Tell each device of the reader; how many took it. At night on the reader's clock it makes no sound.

    A device that is gone is forgotten; another failure is logged and left: the notice is in the inbox. Told twice, a
    device shows it once, since both carry the same tag.
    """
    member = notification.member
    if notification.read_at is not None or not member.is_active:
        return 0
    message = json.dumps(_message(notification, now), ensure_ascii=False)
    return sum(_send(device, message, now) for device in member.push_devices.all())


def _message(notification: Notification, now: datetime) -> dict[str, object]:
    member = notification.member
    with override(member.language):
        title = kind_of(notification.kind).words(notification.data)
    hour = now.astimezone(ZoneInfo(member.time_zone)).hour
    return {
        "title": title[:200],
        "body": str(notification.data.get("excerpt") or notification.data.get("project", ""))[:200],
        "url": notification.data["url"],
        "tag": f"notice-{notification.pk}",
        "silent": hour >= _NIGHT[0] or hour < _NIGHT[1],
    }


def _send(device: PushDevice, message: str, now: datetime) -> bool:
    try:
        webpush(
            {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
            message,
            vapid_private_key=Vapid02(private_key(settings.VAPID_SECRET)),
            vapid_claims={"sub": f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}"},
            ttl=int(_LIVES.total_seconds()),
            timeout=_TIMEOUT_SECONDS,
            headers={"urgency": "high"},
        )
    except WebPushException as error:
        status = getattr(error.response, "status_code", None)
        if status in (404, 410):
            device.delete()
        else:
            log.warning("push refused", device=device.pk, status=status)
        return False
    except RequestException as error:
        log.warning("push not sent", device=device.pk, error=type(error).__name__)
        return False
    device.told_at = now
    device.save(update_fields=["told_at"])
    return True
