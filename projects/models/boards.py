"""A project's board and its columns."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.models.projects import Project


class Board(models.Model):
    """Locked while a card moves, so that two moves on one board never interleave."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="board")

    def __str__(self) -> str:
        return f"board of {self.project_id}"

    def get_absolute_url(self) -> str:
        return reverse("projects:board", args=[self.project_id])


class Column(models.Model):
    """The status is what reports count; the name is the team's own."""

    class Status(models.TextChoices):
        TODO = "todo", pgettext_lazy("status", "To do")
        DOING = "doing", pgettext_lazy("status", "Doing")
        DONE = "done", pgettext_lazy("status", "Done")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="columns")
    name = models.CharField(_("name"), max_length=60)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    position = models.PositiveSmallIntegerField()
    wip_limit = models.PositiveSmallIntegerField(_("WIP limit"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["board", "position"], name="column_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=models.Q(wip_limit=None) | models.Q(wip_limit__gte=1), name="column_wip_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_full(self) -> bool:
        """Whether the WIP limit is reached; asks the database."""
        return self.wip_limit is not None and self.tasks.current().count() >= self.wip_limit

    @property
    def is_doing(self) -> bool:
        return self.status == self.Status.DOING

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE
