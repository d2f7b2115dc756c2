"""Addresses that calendar programs read: handing them out, and the letters that carry one event."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from linkstar.lib.ics import CONTENT_TYPE
from linkstar.members.models import Member
from linkstar.members.models.links import hash_of
from linkstar.workspaces.letters import send_letters
from linkstar.workspaces.models import Letter
from projects.actions.trace import leave_trace
from projects.feeds import event_file
from projects.models import CalendarFeed, Project, Task

# Programs read every few minutes; when is only worth a write now and then.
_TOLD_EVERY = timedelta(minutes=10)


def make_feed(member: Member, *, project: Project | None, scope: str, now: datetime) -> str:
    """The token of a new address; that of before for the same project and scope stops working."""
    token = secrets.token_urlsafe(24)
    CalendarFeed.objects.update_or_create(
        member=member,
        project=project,
        scope=scope,
        defaults={"token_hash": hash_of(token), "created_at": now, "read_at": None},
    )
    return token


def note_reading(feed: CalendarFeed, *, now: datetime) -> None:
    """Remember about when the feed was read, so that its owner sees whether an address is in use."""
    if feed.read_at is None or now - feed.read_at >= _TOLD_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)


@transaction.atomic
def send_invites(task: Task, people: Iterable[Member], *, actor: Member, now: datetime) -> int:
    """Mail the deadline as a calendar entry; how many letters. Each in the reader's language and on their clock.

    `people` may see the task. Sent again after the date moved, it replaces the entry: the uid is the same.
    """
    receivers = list(people)
    send_letters([_letter(task, member, actor, now) for member in receivers])
    names = [member.display_name for member in receivers]
    leave_trace("date mailed", project=task.project, task=task, actor=actor, now=now, to=names)
    return len(receivers)


def _letter(task: Task, member: Member, actor: Member, now: datetime) -> Letter:
    workspace = connection.tenant
    at = task.due_time.isoformat() if task.due_time else None
    return Letter(
        workspace_id=workspace.pk,
        key=f"event:{task.pk}:{task.version}:{member.pk}:{now.isoformat()}",
        to=member.email,
        name="milestone",
        language=member.language,
        context={
            "actor": actor.display_name,
            "task": task.title,
            "project": task.project.name,
            "deadline": {"on": f"{task.due_on:%Y-%m-%d}", "time": at, "zone": task.due_zone},
            "reader": member.display_name,
            "time_zone": member.time_zone,
            "workspace": workspace.name,
            "url": workspace.url + task.get_absolute_url(),
            "attachments": [[f"{task.number}.ics", event_file(task, member, now=now).decode(), CONTENT_TYPE]],
        },
    )
