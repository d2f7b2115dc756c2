"""Ask the owner of a project that seems to be over: archive it, keep it, or ask again in 30 days."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.notify import notify
from projects.actions.trace import leave_trace
from projects.models import Project
from projects.resting import QUIET, SNOOZE, rest_of

# object_id is the project's pk. The row looks again once a day; it is a hint, the project's own row is the truth.
KIND = "project_rest"
_LOOK_AGAIN = timedelta(days=1)


def watch_rest(project: Project, *, now: datetime) -> None:
    """Promise to look whether the project is over; a second promise moves the first."""
    due.schedule_many(promises(project, now=now))


def promises(project: Project, *, now: datetime) -> list[tuple[str, int, datetime]]:
    return [(KIND, project.pk, now + _LOOK_AGAIN)]


@transaction.atomic
def keep_going(project: Project, *, actor: Member, now: datetime) -> None:
    """It is not over: nobody is asked again until something has happened in it, and then nothing for two weeks."""
    leave_trace("project kept", project=project, actor=actor, now=now)
    _answer(project, answered_at=now, until=None)


@transaction.atomic
def snooze_rest(project: Project, *, actor: Member, now: datetime) -> None:
    """Ask again in 30 days."""
    leave_trace("project snoozed", project=project, actor=actor, now=now, days=SNOOZE.days)
    _answer(project, answered_at=None, until=now + SNOOZE)


@due.handles(KIND)
def ask_owner(project_id: int, *, now: datetime) -> None:
    """Tell the owner once an occasion, and look again tomorrow; a project that is archived is looked at no more."""
    project = Project.objects.open().select_related("owner").filter(pk=project_id).first()
    if project is None:
        return
    watch_rest(project, now=now)
    counts = project.tasks.current().aggregate(all=Count("pk"), open=Count("pk", filter=Q(completed_at=None)))
    rest = rest_of(project, open_count=counts["open"], count=counts["all"], now=now)
    if rest is None or rest.reason == "soon":
        return
    since = project.rest_snoozed_until or project.last_activity_at
    notify(
        [project.owner],
        kind="project_rest",
        key=f"project_rest:{project.pk}:{since:%Y%m%d%H%M}",
        data={"project": project.name, "reason": rest.reason, "days": QUIET.days},
        url=project.get_absolute_url(),
        now=now,
    )


def _answer(project: Project, *, answered_at: datetime | None, until: datetime | None) -> None:
    project.rest_answered_at, project.rest_snoozed_until = answered_at, until
    project.save(update_fields=["rest_answered_at", "rest_snoozed_until"])
