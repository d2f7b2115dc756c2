"""Which products a task is about."""

from django.db import models
from django.db.models.functions import Now

from linkstar.members.models import Member
from projects.models.projects import Project
from projects.models.tasks import Task


class ProductLink(models.Model):
    """A product as somebody pasted it (lib/products.py): an ASIN, an SKU or a listing's address.

    It knows nothing of connected shops; real listings will be attached to these rows by their channel, ASIN and SKU.
    Only the team sees it: factories and agencies are not told which listing they work for.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="products", db_index=False)
    channel = models.CharField(max_length=20, choices=Project.Channel, blank=True)
    store = models.CharField(max_length=253, blank=True)
    sku = models.CharField(max_length=60, blank=True)
    asin = models.CharField(max_length=10, blank=True)
    url = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "asin", "sku", "url"], name="product_link_once"),
            models.CheckConstraint(
                condition=~models.Q(asin="") | ~models.Q(sku="") | ~models.Q(url=""), name="product_link_says_something"
            ),
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__startswith="https://"), name="product_link_is_safe"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What is short and tells it apart."""
        return self.asin or self.sku or self.title or self.url
