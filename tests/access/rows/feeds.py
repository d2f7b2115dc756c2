"""Deadlines in other calendar programs."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.feeds import make_feed
from projects.models import CalendarFeed, Project
from tests.access.rows.base import ANYONE, EVERYBODY, INSIDERS, INTERNAL, SHARED, THE_GUEST, Row
from tests.factories import make_task

if TYPE_CHECKING:
    from tests.access.world import World

ROWS = [
    Row("projects:feeds", "", EVERYBODY),
    Row("projects:feeds", "", EVERYBODY, {"scope": "tasks"}, ok=200),
    Row("projects:project-feeds", "project", SHARED),
    Row("projects:project-feeds", "project", SHARED, {"scope": "milestones"}, ok=200),
    Row("projects:feed-withdraw", "feed", THE_GUEST, {}),
    Row("projects:feed", "feed_token", ANYONE),
    Row("projects:task-event", "dated", INTERNAL),
    Row("projects:task-invite", "dated", INSIDERS),
    Row("projects:task-invite", "dated", INSIDERS, {}, ok=422),
]


def lay(world: "World", project: Project) -> None:
    """The guest's own calendar, and an internal task with a date."""
    guest = world.members["guest"]
    world.ids["feed_token"] = make_feed(guest, project=None, scope="tasks", now=timezone.now())
    world.ids["feed"] = CalendarFeed.objects.get(member=guest, scope="tasks").pk
    deadline = Deadline(date(2035, 3, 1), None, project.time_zone)
    world.ids["dated"] = make_task(project, "A date", deadline=deadline).pk
