"""Comments on a task."""

from datetime import datetime

from django.db import transaction

from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.trace import leave_trace, touch
from projects.models import Comment, Task


@transaction.atomic
def add_comment(task: Task, body: str, *, is_shared: bool, author: Member, now: datetime) -> Comment:
    """Say something on a task. A guest's comment is always shared: they cannot speak where they cannot read.

    The people on the task are told; guests only of what they may read.
    """
    is_shared = is_shared or author.is_guest
    comment = Comment.objects.create(task=task, author=author, body=body, is_shared=is_shared, created_at=now)
    _count(task, now=now)
    leave_trace("commented", project=task.project, task=task, actor=author, now=now, comment=comment.pk, is_shared=is_shared)
    _tell(comment, now=now)
    return comment


@transaction.atomic
def edit_comment(comment: Comment, body: str, *, now: datetime) -> None:
    """Change one's own words; the trace keeps the old ones."""
    before = comment.body
    if before == body:
        return
    comment.body, comment.edited_at = body, now
    comment.save(update_fields=["body", "edited_at"])
    task = comment.task
    leave_trace(
        "comment edited", project=task.project, task=task, actor=comment.author, now=now,
        comment=comment.pk, before=before, after=body,
    )


@transaction.atomic
def delete_comment(comment: Comment, *, actor: Member, now: datetime) -> None:
    comment.deleted_at = now
    comment.save(update_fields=["deleted_at"])
    _count(comment.task, now=now)
    leave_trace("comment deleted", project=comment.task.project, task=comment.task, actor=actor, now=now, comment=comment.pk)


def _count(task: Task, *, now: datetime) -> None:
    task.comment_count = task.comments.filter(deleted_at=None).count()
    touch(task, "comment_count", now=now)


def _tell(comment: Comment, *, now: datetime) -> None:
    task, author = comment.task, comment.author
    people = {member.pk: member for member in [task.owner, *task.helpers.all()] if member is not None}
    readers = [member for member in people.values() if comment.is_shared or member.is_insider]
    notify(
        readers,
        kind="commented",
        key=f"comment:{comment.pk}",
        data={
            "task": task.title, "project": task.project.name, "actor": author.display_name, "excerpt": comment.body[:200],
        },
        url=f"{task.get_absolute_url()}#comment-{comment.pk}",
        actor=author,
        now=now,
    )
