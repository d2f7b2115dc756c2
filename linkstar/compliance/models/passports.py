"""A product, and its passport for a market."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linkstar.compliance.rulebook import Rulebook, get_rulebook
from linkstar.compliance.verdicts import Facts
from linkstar.members.models import Member
from projects.models import Project


class Product(models.Model):
    """What is sold under one SKU. `answers` are those somebody gave to the rule book's questions: {"battery": true}.

    Tasks name products by SKU or ASIN (projects/models/products.py), whatever the case of the letters.
    """

    sku = models.CharField("SKU", max_length=60)
    asin = models.CharField("ASIN", max_length=10, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=30, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(Upper("sku"), name="product_sku_once"),
            models.CheckConstraint(condition=~models.Q(sku=""), name="product_has_sku"),
        ]

    def __str__(self) -> str:
        return self.sku


class PassportQuerySet(models.QuerySet["Passport"]):
    def visible_to(self, member: Member) -> Self:
        """The team sees all of them, guests none."""
        return self if member.is_insider else self.none()


class Passport(models.Model):
    """A product in a market. `channels` None: nobody has said yet where it is sold; empty: nowhere we know of.

    Tasks about papers that run out go to `project`, or to the workspace's own project for them when that is None.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="passports", db_index=False)
    market = models.CharField(max_length=10, default="us")
    channels = ArrayField(models.CharField(max_length=20), null=True, blank=True)
    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = PassportQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "market"], name="passport_once")]

    def __str__(self) -> str:
        return f"{self.product.sku} · {self.market}"

    def get_absolute_url(self) -> str:
        return reverse("compliance:passport", args=[self.pk])

    @property
    def book(self) -> Rulebook:
        return get_rulebook(self.market)

    @property
    def facts(self) -> Facts:
        channels = None if self.channels is None else frozenset(self.channels)
        return Facts(self.product.category, self.product.answers, channels)


class PassportEvent(models.Model):
    """What somebody did with a passport, or with a paper of the company when `passport` is None. Never changed."""

    passport = models.ForeignKey(Passport, on_delete=models.CASCADE, null=True, related_name="events")
    market = models.CharField(max_length=10)
    requirement = models.CharField(max_length=40, blank=True)
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.verb} {self.requirement}"
