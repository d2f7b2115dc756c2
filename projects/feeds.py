"""What calendar programs are told: deadlines as entries, in the words and on the clock of whoever reads them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from linkstar.lib.deadlines import describe
from linkstar.lib.ics import Entry, calendar_file
from linkstar.members.models import Member
from projects.models import CalendarFeed, Task
from projects.models.tasks import TaskQuerySet

# What is told of the past and of the future, and at most so many, the next ones first.
PAST = timedelta(days=60)
AHEAD = timedelta(days=2 * 366)
MOST = 2000
_TOLD = (
    "number", "title", "due_on", "due_time", "due_zone", "due_at", "is_milestone", "completed_at", "version",
    "updated_at", "project__name", "owner__display_name",
)  # fmt: skip


def feed_tasks(feed: CalendarFeed, *, now: datetime) -> list[Task]:
    """The tasks of a feed, soonest first; one statement."""
    member = feed.member
    tasks: TaskQuerySet = Task.objects.current().allowed_to(member)
    tasks = tasks.filter(due_at__range=(now - PAST, now + AHEAD), project__archived_at=None)
    if feed.project_id:
        tasks = tasks.filter(project=feed.project_id)
    elif feed.scope == CalendarFeed.Scope.TASKS:
        tasks = tasks.filter(Q(owner=member) | Q(pk__in=member.helped_tasks.values("pk")))
    if feed.scope == CalendarFeed.Scope.MILESTONES:
        tasks = tasks.filter(is_milestone=True)
    return list(tasks.select_related("project", "owner").only(*_TOLD).order_by("due_at", "pk")[:MOST])


def feed_file(feed: CalendarFeed, *, now: datetime) -> bytes:
    """The whole calendar of a feed. The same while nothing in it changes, from one day to the next."""
    with translation.override(feed.member.language):
        name = feed.project.name if feed.project else _("My LinkStar")
        if feed.scope == CalendarFeed.Scope.MILESTONES:
            name = _("%(name)s: milestones") % {"name": name}
        return calendar_file(
            _entries(feed_tasks(feed, now=now), feed.member, now), name=name, zone=feed.member.time_zone
        )


def event_file(task: Task, member: Member, *, now: datetime) -> bytes:
    """One deadline for this reader; the task has one."""
    with translation.override(member.language):
        return calendar_file(_entries([task], member, now))


def _entries(tasks: Iterable[Task], member: Member, now: datetime) -> Iterable[Entry]:
    workspace = connection.tenant
    return [_entry(task, member, workspace.url, now) for task in tasks]


def _entry(task: Task, member: Member, site: str, now: datetime) -> Entry:
    deadline = task.deadline
    if deadline is None:
        raise ValueError(f"task {task.pk} has no deadline")
    label = describe(deadline, reader_zone=member.time_zone, language=member.language, now=now)
    url = site + task.get_absolute_url()
    who = task.owner.display_name if task.owner else _("Nobody is responsible yet")
    lines = [label.at_text, label.you_text or "", f"{task.project.name} · #{task.number}", who, url]
    return Entry(
        uid=f"task-{task.pk}@{site.partition('://')[2].partition(':')[0]}",
        at=deadline.on if deadline.is_date_only else deadline.instant,
        title=_title(task),
        description="\n".join(line for line in lines if line),
        url=url,
        version=task.version,
        changed_at=task.updated_at,
        category=task.project.name,
    )


def _title(task: Task) -> str:
    # Calendars show no state, so it stands in the title.
    return f"{'✓ ' if task.is_done else ''}{'◆ ' if task.is_milestone else ''}{task.title}"
