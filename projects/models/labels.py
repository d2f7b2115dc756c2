"""A workspace's labels."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Label(models.Model):
    """`tint` is one of the six of the palette; a label is shared by all projects of the workspace."""

    name = models.CharField(_("name"), max_length=40)
    tint = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="label_name_once"),
            models.CheckConstraint(condition=models.Q(tint__gte=1, tint__lte=6), name="label_tint_known"),
        ]

    def __str__(self) -> str:
        return self.name
