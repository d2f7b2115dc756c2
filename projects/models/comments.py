"""What is said on a task, and its list of things to tick off."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from linkstar.members.models import Member
from projects.models.tasks import Task


class ChecklistItem(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="checklist", db_index=False)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("text"), max_length=300)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "position"], name="checklist_position_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.text


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, member: Member) -> Self:
        """Of tasks the member sees: insiders read all; guests what was shared with them, and their own."""
        if member.is_insider:
            return self.filter(deleted_at=None)
        return self.filter(models.Q(is_shared=True) | models.Q(author=member), deleted_at=None)


class Comment(models.Model):
    """Markdown. Private to the team unless `is_shared`, which must be chosen."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments", db_index=False)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.TextField(_("comment"), max_length=20_000)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["task", "created_at"], name="comment_of_task")]

    def __str__(self) -> str:
        return self.body[:80]


class Reaction(models.Model):
    """One of the few signs of projects/reactions.py, by one person on one comment; taken back by removing it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    sign = models.CharField(max_length=10)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "sign", "member"], name="reaction_once")]

    def __str__(self) -> str:
        return f"{self.sign} on {self.comment_id}"
