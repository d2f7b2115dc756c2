"""LinkStar as an app: what a browser fetches for itself, and the devices a person is told on."""

from typing import TYPE_CHECKING

from django.utils import timezone

from notifications.models import PushDevice
from projects.models import Project
from tests.access.rows.base import ANYONE, EVERYBODY, THE_GUEST, Row

if TYPE_CHECKING:
    from tests.access.world import World

KEYS = {
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "auth": "tBHItJI5svbpez7KI4CCXg",
}
DEVICE = {"endpoint": "https://fcm.googleapis.com/fcm/send/matrix", **KEYS}

ROWS = [
    Row("phone:manifest", "", ANYONE),
    Row("phone:worker", "", ANYONE),
    Row("phone:offline", "", ANYONE),
    Row("notifications:push-devices", "", EVERYBODY),
    Row("notifications:push-devices", "", EVERYBODY, DEVICE, ok=200),
    Row("notifications:push-device-remove", "device", THE_GUEST, {}),
]


def lay(world: "World", project: Project) -> None:
    """The guest's phone."""
    device = PushDevice.objects.create(
        member=world.members["guest"],
        endpoint=f"https://fcm.googleapis.com/{project.pk}/{timezone.now()}",
        name="Phone",
    )
    world.ids["device"] = device.pk
