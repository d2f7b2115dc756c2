"""Comments on a task."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects import access
from projects.actions.search_index import forget, index_comment
from projects.actions.trace import leave_trace, touch
from projects.mentions import mentioned
from projects.models import Comment, SearchEntry, Task

_EXCERPT = 200


@transaction.atomic
def add_comment(task: Task, body: str, *, is_shared: bool, author: Member, now: datetime) -> Comment:
    """Say something on a task. A guest's comment is always shared: they cannot speak where they cannot read.

    Who is named with an @ and the people on the task are told, each once; guests only of what they may read.
    """
    is_shared = is_shared or author.is_guest
    comment = Comment.objects.create(task=task, author=author, body=body, is_shared=is_shared, created_at=now)
    index_comment(comment)
    _count(task, now=now)
    leave_trace(
        "commented", project=task.project, task=task, actor=author, now=now, comment=comment.pk, is_shared=is_shared
    )
    named = _mentioned(comment, body)
    _tell(comment, named, kind="mentioned", now=now)
    _tell(comment, [member for member in _people_on(task) if member not in named], kind="commented", now=now)
    return comment


@transaction.atomic
def edit_comment(comment: Comment, body: str, *, now: datetime) -> None:
    """Change one's own words; the trace keeps the old ones. Who is named now and was not before is told."""
    before = comment.body
    if before == body:
        return
    comment.body, comment.edited_at = body, now
    comment.save(update_fields=["body", "edited_at"])
    index_comment(comment)
    task = comment.task
    leave_trace(
        "comment edited",
        project=task.project,
        task=task,
        actor=comment.author,
        now=now,
        comment=comment.pk,
        before=before,
        after=body,
    )
    known = _mentioned(comment, before)
    _tell(comment, [member for member in _mentioned(comment, body) if member not in known], kind="mentioned", now=now)


@transaction.atomic
def delete_comment(comment: Comment, *, actor: Member, now: datetime) -> None:
    comment.deleted_at = now
    comment.save(update_fields=["deleted_at"])
    forget(SearchEntry.Kind.COMMENT, comment.pk)
    _count(comment.task, now=now)
    leave_trace(
        "comment deleted", project=comment.task.project, task=comment.task, actor=actor, now=now, comment=comment.pk
    )


@transaction.atomic
def react(comment: Comment, sign: str, *, member: Member, now: datetime) -> bool:
    """Put a sign of projects/reactions.py under a comment, or take one's own back; whether it stands there now.

    Nobody is told and the trace says nothing: a sign is there so that nobody has to be told.
    """
    # Two presses of one person at once are one press and one more.
    Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
    own = comment.reactions.filter(member=member, sign=sign)
    if own.exists():
        own.delete()
        is_there = False
    else:
        comment.reactions.create(member=member, sign=sign, created_at=now)
        is_there = True
    touch(comment.task, now=now)
    return is_there


def _count(task: Task, *, now: datetime) -> None:
    # Locked, so that two who comment at once both count what the other said.
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=task.pk)
    task.comment_count = task.comments.filter(deleted_at=None).count()
    touch(task, "comment_count", now=now)


def _people_on(task: Task) -> list[Member]:
    people = {member.pk: member for member in [task.owner, *task.helpers.all()] if member is not None}
    return list(people.values())


def _mentioned(comment: Comment, text: str) -> list[Member]:
    """Whoever is named, works here and sees the task."""
    if "@" not in text:
        return []
    named = mentioned(text, access.assignable_to(comment.author, comment.task, comment.task.project))
    return [member for member in named if _sees(member, comment.task)]


def _sees(member: Member, task: Task) -> bool:
    return Task.objects.visible_to(member).filter(pk=task.pk).exists()


def _tell(comment: Comment, members: Sequence[Member], *, kind: str, now: datetime) -> None:
    """Tell those of `members` who may read the comment; nobody is told of their own.

    A guest stays on finished tasks when their key is taken or runs out, and is told nothing of them any more.
    """
    task, author = comment.task, comment.author
    readers = [member for member in members if member.is_insider or (comment.is_shared and _sees(member, task))]
    if not readers:
        return
    notify(
        readers,
        kind=kind,
        key=f"{kind}:{comment.pk}",
        data={
            "task": task.title,
            "project": task.project.name,
            "actor": author.display_name,
            "excerpt": comment.body[:_EXCERPT],
        },
        url=f"{task.get_absolute_url()}#comment-{comment.pk}",
        actor=author,
        now=now,
    )
