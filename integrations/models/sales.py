"""What was sold: each line as the channel told it, and the day's numbers made from the lines."""

from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from integrations.models.accounts import ChannelAccount
from linkstar.members.models import Member

# As many as Shopify takes; nobody takes more.
SKU_LENGTH = 255
ASIN_LENGTH = 20
PIECES: Any = {"max_digits": 14, "decimal_places": 4}


class SalesLine(models.Model):
    """A line of an order, or of a refund: the grain below which nothing is counted (integrations.md, section 7).

    `line_id` is the channel's own, unique in its order; a line that left the order stays, VOID. `day_on` is the shop's
    day of `happened_at`: when the order was placed, or the refund posted. Of a refund `amount` and `units` are what was
    given back, positive. The newest `changed_at` wins; equal ones overwrite.
    """

    class Kind(models.TextChoices):
        SALE = "sale", "sale"
        REFUND = "refund", "refund"

    class Status(models.TextChoices):
        COUNTED = "counted", "counted"
        PENDING = "pending", "pending"
        VOID = "void", "void"

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind)
    order_id = models.CharField(max_length=120)
    line_id = models.CharField(max_length=160)
    sku = models.CharField(max_length=SKU_LENGTH)
    asin = models.CharField(max_length=ASIN_LENGTH, blank=True)
    status = models.CharField(max_length=7, choices=Status)
    happened_at = models.DateTimeField()
    day_on = models.DateField()
    changed_at = models.DateTimeField()
    units = models.IntegerField()
    amount = models.DecimalField(**PIECES)
    discount = models.DecimalField(**PIECES, default=0)
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=5, choices=ChannelAccount.Source, default=ChannelAccount.Source.API)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "order_id", "line_id"], name="sales_line_once"),
            models.CheckConstraint(condition=models.Q(units__gte=0, discount__gte=0), name="sales_line_is_positive"),
        ]
        indexes = [models.Index(fields=["account", "day_on", "sku"], name="sales_line_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id} {self.line_id}"


class DailySalesQuerySet(models.QuerySet["DailySales"]):
    def visible_to(self, member: Member) -> Self:
        """Numbers are for those who may see finances."""
        return self if member.sees_finance else self.none()


class DailySales(models.Model):
    """The facts of one SKU on one day of its shop, in one currency (integrations.md, section 7).

    Sums may be taken over any rows of one currency. `orders` counts the orders that hold this SKU, so it only sums over
    days; `orders_first` counts each order at the first of its SKUs and sums over SKUs too. Each group of columns says
    where it comes from and as of when; None: nobody has told. Rows with `sales_source` API are made from SalesLine and
    only from there (integrations/daily.py).
    """

    class Origin(models.TextChoices):
        API = "api", pgettext_lazy("source of sales", "Connected account")
        FILES = "files", pgettext_lazy("source of sales", "Uploaded files")
        HAND = "hand", pgettext_lazy("source of sales", "Entered by hand")

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="+", db_index=False)
    day_on = models.DateField()
    sku = models.CharField(max_length=SKU_LENGTH)
    currency = models.CharField(max_length=3)
    asin = models.CharField(max_length=ASIN_LENGTH, blank=True, default="")

    orders = models.IntegerField(default=0, db_default=0)
    orders_first = models.IntegerField(default=0, db_default=0)
    units_ordered = models.IntegerField(default=0, db_default=0)
    gross_sales = models.DecimalField(**PIECES, default=0, db_default=0)
    discounts = models.DecimalField(**PIECES, default=0, db_default=0)
    units_refunded = models.IntegerField(default=0, db_default=0)
    refund_amount = models.DecimalField(**PIECES, default=0, db_default=0)
    pending_units = models.IntegerField(default=0, db_default=0)
    sales_source = models.CharField(max_length=5, choices=Origin, blank=True, default="", db_default="")
    sales_as_of = models.DateTimeField(null=True)

    sessions = models.IntegerField(null=True)
    page_views = models.IntegerField(null=True)
    # Of 100, of the page views.
    buy_box_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    traffic_source = models.CharField(max_length=5, choices=Origin, blank=True, default="", db_default="")
    traffic_as_of = models.DateTimeField(null=True)

    ad_spend = models.DecimalField(**PIECES, null=True)
    ad_source = models.CharField(max_length=5, choices=Origin, blank=True, default="", db_default="")
    ad_as_of = models.DateTimeField(null=True)

    # At the end of the day, or when it was looked at last.
    stock = models.IntegerField(null=True)
    price = models.DecimalField(**PIECES, null=True)
    stock_source = models.CharField(max_length=5, choices=Origin, blank=True, default="", db_default="")
    stock_as_of = models.DateTimeField(null=True)

    objects = DailySalesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day_on", "sku", "currency"], name="daily_sales_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} on {self.day_on}"


class Listing(models.Model):
    """What a shop shows of one SKU, as it was seen last; prices in the shop's currency.

    `seen` holds what the change detector compares (integrations/detecting.py) by day of the last look; `cover_days` how
    long the stock lasts at the present pace. None: the channel does not say.
    """

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="listings", db_index=False)
    sku = models.CharField(max_length=SKU_LENGTH)
    asin = models.CharField(max_length=ASIN_LENGTH, blank=True)
    # The ASIN, or the product, of which it is a variation.
    parent = models.CharField(max_length=60, blank=True)
    # The channel's own number of the product and its variant: what its pages are addressed by.
    product_id = models.CharField(max_length=60, blank=True)
    variant_id = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=500, blank=True)
    image_url = models.CharField(max_length=500, blank=True)
    price = models.DecimalField(**PIECES, null=True)
    stock = models.IntegerField(null=True)
    inbound = models.IntegerField(null=True)
    status = models.CharField(max_length=30, blank=True)
    has_buy_box = models.BooleanField(null=True)
    seen = models.JSONField(default=dict)
    seen_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sku"], name="listing_once")]

    def __str__(self) -> str:
        return self.sku
