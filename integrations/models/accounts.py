"""A shop that sales come from."""

from datetime import UTC, date, datetime, time
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.accounts.models import validate_zone
from linkstar.members.models import Member
from linkstar.workspaces.fields import SecretField


class ChannelAccountQuerySet(models.QuerySet["ChannelAccount"]):
    def visible_to(self, member: Member) -> Self:
        """Shops are the team's: guests learn of none."""
        return self if member.is_insider else self.none()


class ChannelAccount(models.Model):
    """One account at one channel: a seller at Amazon, a Shopify shop.

    `external_id` is the channel's own name for it: a selling partner's id, `x.myshopify.com`, a partner id, a shop id.
    Days of its facts are days of `time_zone`. `source` FILES: nothing is asked of the channel; people bring files.
    `covered_from`: since that day (included) the channel itself told all sales, and files no longer count.
    `streams` is how far each kind of data has come (integrations/streams.py). `credentials` are encrypted and never
    shown. `busy_until` with `busy_key` is the lease of the one job that works on it.
    """

    class Channel(models.TextChoices):
        AMAZON = "amazon", "Amazon"
        SHOPIFY = "shopify", "Shopify"
        WALMART = "walmart", "Walmart"
        TIKTOK = "tiktok", "TikTok Shop"

    class State(models.TextChoices):
        CONNECTED = "connected", pgettext_lazy("shop", "Connected")
        NEEDS_ATTENTION = "needs_attention", pgettext_lazy("shop", "Needs attention")
        RECONNECT = "reconnect_required", pgettext_lazy("shop", "Reconnect")
        PAUSED = "paused", pgettext_lazy("shop", "Paused")
        DISCONNECTED = "disconnected", pgettext_lazy("shop", "Disconnected")

    class Source(models.TextChoices):
        API = "api", pgettext_lazy("source of sales", "Connected account")
        FILES = "files", pgettext_lazy("source of sales", "Uploaded files")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    external_id = models.CharField(max_length=253)
    name = models.CharField(_("name"), max_length=120)
    marketplace = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    source = models.CharField(max_length=5, choices=Source, default=Source.API)
    state = models.CharField(max_length=20, choices=State, default=State.CONNECTED)
    state_at = models.DateTimeField(db_default=Now())
    credentials = SecretField(default=dict)
    scopes = models.JSONField(default=list)
    covered_from = models.DateField(null=True, blank=True)
    streams = models.JSONField(default=dict)
    # Of uploads: {"kind of file": {"column of ours": "heading of theirs"}}.
    mappings = models.JSONField(default=dict)
    # Files that were taken in, newest first (integrations/actions/uploading.py).
    uploads = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    last_good_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=40, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    # When the channel last told name, zone and currency of the store.
    checked_at = models.DateTimeField(null=True, blank=True)
    authorised_at = models.DateTimeField(null=True, blank=True)
    busy_key = models.CharField(max_length=32, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = ChannelAccountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="channel_account_once")]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<ChannelAccount {self.pk} {self.channel}>"

    def get_absolute_url(self) -> str:
        # Channels call us on the public site, whose addresses are others.
        return reverse("integrations:shop", urlconf=settings.ROOT_URLCONF, args=[self.pk])

    @property
    def is_synced(self) -> bool:
        """Whether jobs may ask its channel for anything."""
        return self.source == self.Source.API and self.state in (self.State.CONNECTED, self.State.NEEDS_ATTENTION)

    def day_of(self, at: datetime) -> date:
        """The shop's own day of an instant."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def beginning_of(self, on: date) -> datetime:
        """The first instant of one of the shop's days, in UTC."""
        return datetime.combine(on, time.min, ZoneInfo(self.time_zone)).astimezone(UTC)

    def tells(self, on: date) -> bool:
        """Whether the channel itself tells the sales of that day of the shop, so that files do not count.

        One that was disconnected told those before the day of its last reading.
        """
        if self.covered_from is None or on < self.covered_from:
            return False
        if self.state != self.State.DISCONNECTED:
            return True
        cursor = self.stream("orders").get("cursor", "")
        return bool(cursor) and on < self.day_of(datetime.fromisoformat(cursor))

    def stream(self, name: str) -> dict[str, Any]:
        return dict(self.streams.get(name, {}))
