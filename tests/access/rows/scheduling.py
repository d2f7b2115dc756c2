"""Dates that follow from dates: the anchor of a project, and what moves with a task."""

from datetime import date
from typing import TYPE_CHECKING

from projects.models import Project
from tests.access.rows.base import INSIDERS, READ_ONLY_TEAM, RUNNERS, Row
from tests.factories import make_project

if TYPE_CHECKING:
    from tests.access.world import World

ROWS = [
    Row("templates_sop:project-anchor", "anchored", RUNNERS),
    Row("templates_sop:project-anchor", "anchored", RUNNERS, {"anchor_on": "2035-06-20"}, ok=200),
    Row("templates_sop:project-anchor", "archived", READ_ONLY_TEAM),
    Row("templates_sop:questionnaire", "anchored", RUNNERS),
    Row("templates_sop:questionnaire", "anchored", RUNNERS, {"q_battery": "yes"}, ok=200),
    Row("templates_sop:project-signs", "anchored", INSIDERS),
    Row("projects:project-reschedule", "project", RUNNERS),
    Row("projects:project-reschedule", "project", RUNNERS, {"way": "forward", "on": "2035-06-20"}, ok=200),
    Row("projects:project-reschedule", "archived", READ_ONLY_TEAM),
    Row("projects:task-reschedule", "task", INSIDERS),
    Row("projects:task-reschedule", "internal_task", INSIDERS, {"on": "2035-06-20"}, ok=200),
    Row("projects:task-reschedule", "archived_task", READ_ONLY_TEAM, {"on": "2035-06-20"}),
]


def lay(world: "World", project: Project) -> None:
    """A project that counts from a day."""
    anchored = make_project(world.members["owner"], name="Prime Day in secret")
    Project.objects.filter(pk=anchored.pk).update(sop_template="prime_day", anchor_on=date(2035, 7, 9))
    world.ids["anchored"] = anchored.pk
    world.secrets.append("Prime Day in secret")
