"""What people keep of how they look at tasks: views, each under a name."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member
from projects.models.projects import Project


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, member: Member) -> Self:
        """Their own, and what is shared; guests keep none and are shown none. Sales are for those who see finances."""
        if member.is_guest:
            return self.none()
        seen = self if member.sees_finance else self.of_tasks()
        return seen.filter(models.Q(member=member) | models.Q(is_shared=True))

    def of_tasks(self) -> Self:
        return self.exclude(kind=SavedView.Kind.SALES)

    def of_sales(self) -> Self:
        return self.filter(kind=SavedView.Kind.SALES)

    def for_project(self, project: Project) -> Self:
        """Those of the project, and those of all projects."""
        return self.filter(models.Q(project=project) | models.Q(project=None))


class SavedView(models.Model):
    """`project` None: for every project, and then nobody else's. `query` is that of an address, without the question
    mark; what it names may have been deleted since. `columns` are a list's: [] are those of whoever looks.

    Views of sales belong to the room of shops (integrations/views/kept.py): one of no project may be shared, and is
    mailed each week to the members whose pk stands in `mailed_to`.
    """

    class Kind(models.TextChoices):
        BOARD = "board", pgettext_lazy("page", "Board")
        LIST = "list", pgettext_lazy("page", "List")
        CALENDAR = "calendar", pgettext_lazy("page", "Calendar")
        TIMELINE = "timeline", pgettext_lazy("page", "Timeline")
        SALES = "sales", pgettext_lazy("page", "Sales")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views", db_index=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, related_name="saved_views", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True, max_length=4000)
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    is_shared = models.BooleanField(_("shared"), default=False)
    mailed_to = ArrayField(
        models.BigIntegerField(), default=list, db_default=Value([], ArrayField(models.BigIntegerField()))
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("member", Lower("name"), name="saved_view_name_once"),
            models.CheckConstraint(
                condition=models.Q(is_shared=False) | models.Q(project__isnull=False) | models.Q(kind="sales"),
                name="saved_view_shared_in_project",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:saved-view", args=[self.pk])

    def address_in(self, project: Project) -> str:
        """The page of tasks that it is a view of, in this project."""
        query = f"{self.query}&saved={self.pk}" if self.query else f"saved={self.pk}"
        if self.columns:
            query += f"&columns={','.join(self.columns)}"
        return f"{reverse(f'projects:{self.kind}', args=[project.pk])}?{query}"
