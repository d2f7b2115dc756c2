"""The owner looks at a project: its health check says when nobody does."""

from datetime import datetime, timedelta

from linkstar.members.models import Member
from projects.models import Project

# To the hour: this writes on a page that is only read.
_EVERY = timedelta(hours=1)


def note_opened(project: Project, *, actor: Member, now: datetime) -> None:
    """Keep that its owner opened it, at most once an hour."""
    if project.owner_id == actor.pk and now - project.owner_opened_at > _EVERY:
        Project.objects.filter(pk=project.pk).update(owner_opened_at=now)
