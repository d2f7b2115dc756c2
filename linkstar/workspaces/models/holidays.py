"""China's holidays as they were announced since this release. Public schema."""

from django.db import models
from django.utils import timezone


class AnnouncedYear(models.Model):
    """One country's holidays of one year, as an announcement has them.

    `days` is a list of `{"date": "2027-02-06", "name": "春节", "off": true}`; `off` false is a weekend that is worked.
    `package` is the version of the installed package when this was checked: a later one that knows the year is newer.
    """

    country = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    days = models.JSONField()
    source = models.CharField(max_length=500)
    papers = models.JSONField(default=list)
    package = models.CharField(max_length=40)
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "year"], name="announced_year_once")]

    def __str__(self) -> str:
        return f"{self.country} {self.year}"
