"""In a browser: a project is planned anew, its anchor moved, its clock changed: seen first, done, taken back."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linkstar.lib.deadlines import Deadline
from projects.models import Dependency, Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template
from tests.browser.test_task import make_maya
from tests.factories import make_project, make_task

PACIFIC = "America/Los_Angeles"
Dates = dict[int, tuple[date | None, datetime | None, str]]


def dates(tasks: Iterable[Task]) -> Dates:
    found = Task.objects.filter(pk__in=[task.pk for task in tasks])
    return {pk: (start, at, zone) for pk, start, at, zone in found.values_list("pk", "start_on", "due_at", "due_zone")}


def take_back(page: Page, tasks: list[Task], before: Dates) -> None:
    """By the button of the toast; another page says that it is done."""
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="put back")).to_be_visible()
    assert dates(tasks) == before


@pytest.mark.parametrize(
    ("way", "on", "ends"),
    [
        ("Forward from the day it begins", "2035-03-05", [date(2035, 3, 6), date(2035, 3, 8)]),
        ("Backward from the day it must be done", "2035-03-30", [date(2035, 3, 28), date(2035, 3, 30)]),
    ],
)
def test_a_project_is_planned_seen_first_and_taken_back(site: Any, way: str, on: str, ends: list[date]) -> None:
    """Two days each, one after the other: from Monday 5 March on, or up to Friday 30 March."""
    maya = make_maya()
    project = make_project(maya, time_zone=PACIFIC)
    tasks = [
        make_task(
            project, title, owner=maya, calendar="us", duration_days=2,
            deadline=Deadline(date(2035, 3, day), time(18), PACIFIC),
        )
        for title, day in (("Photos", 13), ("Listing", 15))
    ]  # fmt: skip
    Dependency.objects.create(blocker=tasks[0], blocked=tasks[1])
    before = dates(tasks)
    page: Page = site.page_for(maya, language="en")
    page.goto(site.url(f"/projects/{project.pk}/reschedule/"))
    # One answer after the other: a question that is overtaken is taken back.
    with page.expect_response("**/reschedule/"):
        page.locator("#id_on").fill(on)
    choice = page.get_by_label(way)
    if not choice.is_checked():
        with page.expect_response("**/reschedule/"):
            page.get_by_text(way).click()
    plan = page.locator("#project-plan")
    expect(plan).to_contain_text("2 tasks move")
    for end in ends:
        expect(plan).to_contain_text(f"{end.day} {end:%b}")
    assert dates(tasks) == before
    plan.get_by_role("button", name="Move 2 tasks").click()
    expect(page.locator(".toast", has_text="planned anew, and 2 tasks moved.")).to_be_visible()
    assert [Task.objects.get(pk=task.pk).due_on for task in tasks] == ends
    take_back(page, tasks, before)


def test_an_anchor_is_moved_seen_first_and_taken_back(site: Any) -> None:
    maya = make_maya()
    template = get_template("black_friday_cyber_monday")
    project = start_project(
        template, variant=None, anchor=date(2035, 11, 23), owner=maya, roles=dict.fromkeys(template.role_keys(), maya),
        name="Black Friday", actor=maya, now=timezone.now(), language="en",
    )  # fmt: skip
    tasks = list(project.tasks.all())
    opening = project.tasks.get(sop_step="bf_on")
    before = dates(tasks)
    page: Page = site.page_for(maya, language="en")
    page.goto(site.url(f"/projects/{project.pk}/anchor/"))
    with page.expect_response("**/anchor/"):
        page.locator("#id_anchor_on").fill("2035-11-30")
    plan = page.locator("#anchor-plan")
    expect(plan.get_by_role("button", name="Move ")).to_be_visible()
    assert dates(tasks) == before
    plan.get_by_role("button", name="Move ").click()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    opening.refresh_from_db()
    project.refresh_from_db()
    assert (project.anchor_on, opening.due_on) == (date(2035, 11, 30), date(2035, 11, 30))
    take_back(page, tasks, before)
    project.refresh_from_db()
    assert project.anchor_on == date(2035, 11, 23)


@pytest.mark.parametrize(
    ("answer", "wall", "is_same_moment"), [("Keep the times", time(18), False), ("Keep the moments", time(2), True)]
)
def test_a_clock_is_changed_with_either_answer_and_taken_back(
    site: Any, answer: str, wall: time, is_same_moment: bool
) -> None:
    """18:00 in Shanghai is 02:00 of that day in Los Angeles, whose winter is sixteen hours behind."""
    maya = make_maya()
    project = make_project(maya, time_zone="Asia/Shanghai")
    task = make_task(project, "Photos", owner=maya, deadline=Deadline(date(2035, 3, 5), time(18), "Asia/Shanghai"))
    before = dates([task])
    page: Page = site.page_for(maya, language="en")
    page.goto(site.url(f"/projects/{project.pk}/zone/"))
    page.locator("#id_to").select_option(PACIFIC)
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".zonechoice")).to_contain_text("Photos")
    assert dates([task]) == before
    page.get_by_role("button", name=answer).click()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    task.refresh_from_db()
    assert task.due_at is not None
    assert (task.due_zone, task.due_time, task.due_at == before[task.pk][1]) == (PACIFIC, wall, is_same_moment)
    assert Project.objects.get(pk=project.pk).time_zone == PACIFIC
    take_back(page, [task], before)
    assert Project.objects.get(pk=project.pk).time_zone == "Asia/Shanghai"
