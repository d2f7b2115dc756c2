"""What a euro was worth on a day. Public schema: it is nobody's secret, and the same for every workspace."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def published(self) -> Self:
        """Without those that the demo made up."""
        return self.filter(source=ExchangeRate.Source.ECB)


class ExchangeRate(models.Model):
    """One currency on one day on which rates were published (none on weekends and bank holidays)."""

    class Source(models.TextChoices):
        ECB = "ecb", _("European Central Bank")
        # Made up; read in the demo workspace only, and replaced by what was published.
        DEMO = "demo", _("made up for the demo")

    day_on = models.DateField()
    currency = models.CharField(max_length=3)
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=4, choices=Source)
    fetched_at = models.DateTimeField()

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        constraints = [
            # As it is asked: a few currencies over a stretch of days.
            models.UniqueConstraint(fields=["currency", "day_on"], name="exchange_rate_once"),
            models.CheckConstraint(condition=models.Q(per_euro__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="exchange_rate_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.day_on} {self.currency} {self.per_euro}"
