"""Which browsers of a person are told of news while LinkStar is shut there."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from linkstar.celery import app
from linkstar.members.models import Member
from linkstar.workspaces.jobs import HEADER, current_workspace_id
from notifications.models import PushDevice

MOST_DEVICES = 10
# What the makers of browsers run; nothing of ours is sent to an address that a page made up.
_SERVICES = re.compile(
    r"(fcm\.googleapis\.com|(.+\.)?push\.services\.mozilla\.com|.+\.notify\.windows\.com|(.+\.)?push\.apple\.com)\Z"
)


class UnknownService(ValueError):
    """The address is not one of a push service that we know."""


@transaction.atomic
def add_device(member: Member, *, endpoint: str, p256dh: str, auth: str, name: str) -> PushDevice:
    """Tell this person in this browser too; the oldest of more than MOST_DEVICES gives way. Raises UnknownService."""
    if not is_push_service(endpoint):
        raise UnknownService(endpoint)
    values = {"member": member, "p256dh": p256dh, "auth": auth, "name": name}
    device, _is_new = PushDevice.objects.update_or_create(endpoint=endpoint, defaults=values)
    kept = member.push_devices.order_by("-pk").values_list("pk", flat=True)[:MOST_DEVICES]
    member.push_devices.exclude(pk__in=list(kept)).delete()
    return device


def is_push_service(endpoint: str) -> bool:
    """Whether it is an https address of a browser maker; on this machine, too, where the operator allowed stubs."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if settings.INTEGRATIONS_ALLOW_LOOPBACK and parts.hostname == "127.0.0.1":
        return True
    return parts.scheme == "https" and port in (None, 443) and bool(_SERVICES.match(parts.hostname or ""))


def push_later(notices: Mapping[int, int]) -> None:
    """Once the notices (pks, by the pk of their member) are safe, have a worker tell the devices of these members.

    Without a broker they stay in the inbox alone.
    """
    reached = set(PushDevice.objects.filter(member__in=list(notices)).values_list("member_id", flat=True))
    if reached:
        ids, headers = [notices[pk] for pk in sorted(reached)], {HEADER: current_workspace_id()}
        name = "notifications.tasks.push_notices"
        transaction.on_commit(lambda: app.send_task(name, [ids], headers=headers, retry=False), robust=True)
