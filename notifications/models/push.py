"""Browsers that a person wants to be told in, though LinkStar is not open there."""

from django.db import models
from django.db.models.functions import Now

from linkstar.members.models import Member


class PushDevice(models.Model):
    """A push subscription: an address at the browser maker's service and the keys for what is sent there (RFC 8291).

    One address belongs to one person: who signs in on a shared phone takes it over.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint"], name="push_endpoint_once")]

    def __str__(self) -> str:
        return self.name
