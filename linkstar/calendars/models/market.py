"""A date of the American retail year, as this workspace knows it."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.accounts.models import validate_zone
from linkstar.members.models import Member


class MarketDateQuerySet(models.QuerySet["MarketDate"]):
    def of_years(self, first: int, last: int) -> Self:
        return self.filter(year__gte=first, year__lte=last)


class MarketDate(models.Model):
    """What the team wrote down or corrected; everything else comes from the facts that LinkStar ships (market.py).

    `key`, `year` and `number` name the fact that a row stands in the place of: the `number`-th of that key in that
    year. Dates of the team's own have a key that begins with "own-". Without days it is not announced yet, and with a
    time of day (on the clock of `zone`) it is an instant. `is_confirmed` False: expected, not announced.
    """

    class Kind(models.TextChoices):
        FEDERAL_HOLIDAY = "federal_holiday", _("Federal holiday")
        RETAIL = "retail", _("Shopping day")
        SEASON = "season", pgettext_lazy("retail", "Season")
        MARKETPLACE_EVENT = "marketplace_event", _("Sale of a marketplace")
        MARKETPLACE_DEADLINE = "marketplace_deadline", _("Cut-off of a marketplace")
        FEE_WINDOW = "fee_window", _("Fees")
        TAX = "tax", _("Tax")
        REGULATORY_DATE = "regulatory_date", _("Rule that takes effect")

    class Channel(models.TextChoices):
        NONE = "", _("All channels")
        AMAZON_US = "amazon_us", "Amazon US"
        WALMART_US = "walmart_us", "Walmart US"
        SHOPIFY = "shopify", "Shopify"
        TIKTOK_US = "tiktok_us", "TikTok Shop US"

    key = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, blank=True, default=Channel.NONE)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    first_on = models.DateField(_("first day"), null=True, blank=True)
    last_on = models.DateField(_("last day"), null=True, blank=True)
    at_time = models.TimeField(_("time"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    is_confirmed = models.BooleanField(_("confirmed"), default=False)
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # Hidden rather than gone: a fact that LinkStar ships would come back.
    is_hidden = models.BooleanField(default=False, db_default=False)
    edited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    edited_at = models.DateTimeField(db_default=Now())

    objects = MarketDateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "year", "number"], name="market_date_once"),
            models.CheckConstraint(
                condition=models.Q(first_on=None, last_on=None)
                | models.Q(first_on__isnull=False, last_on__gte=models.F("first_on")),
                name="market_date_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(first_on__isnull=False) | models.Q(is_confirmed=False, at_time=None),
                name="market_date_confirmed_has_days",
            ),
            models.CheckConstraint(
                condition=~models.Q(name_zh="") | ~models.Q(name_en=""), name="market_date_has_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.year}"
