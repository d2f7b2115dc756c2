"""Timelines on paper that are too long to wait for."""

from django.db import models
from django.urls import reverse

from linkstar.members.models import Member
from projects.models.projects import Project


class Printout(models.Model):
    """A PDF made in the background for one person. `key` is its place in the storage; until it is made, of its HTML.

    `ready_at` None: it is still being made.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    sheets = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.sheets} sheets"

    def get_absolute_url(self) -> str:
        return reverse("projects:printout", args=[self.pk])
