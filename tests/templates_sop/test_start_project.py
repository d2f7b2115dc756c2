"""A template becomes a project: the story US-01, and what every created task carries."""

from dataclasses import replace
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from linkstar.workspaces.models import DueItem
from notifications.models import Notification, Reminder
from projects.models import Activity, ChecklistItem, Dependency, Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template
from templates_sop.planning import plan
from templates_sop.shapes import NOTHING, LeadTime, Text
from tests.factories import make_member

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
QUERIES = 40


def start(by: Any, **values: Any) -> Project:
    template = values.pop("template", None) or get_template(values.pop("key", "black_friday_cyber_monday"))
    values = {
        "variant": "electronics",
        "anchor": date(2026, 11, 27),
        "owner": by,
        "roles": {},
        "name": "Q4 黑五备战 - Amazon US",
        "actor": by,
        "now": NOW,
        "language": "zh-hans",
        **values,
    }
    return start_project(template, **values)


def test_us_01_creates_36_tasks_with_dates_and_dependencies(owner: Any) -> None:
    project = start(owner, channel="amazon_us")
    tasks = {task.sop_step: task for task in project.tasks.all()}
    assert len(tasks) == 36
    assert tasks["bf_on"].due_at == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert tasks["deadline_fba"].due_at == datetime(2026, 10, 21, 0, tzinfo=UTC)
    assert (tasks["deadline_fba"].due_on, tasks["deadline_fba"].due_zone) == (date(2026, 10, 20), "America/Los_Angeles")
    assert tasks["creative_done"].due_at == datetime(2026, 10, 26, 10, tzinfo=UTC)
    assert set(tasks["h24_bf"].blocked_by_links.values_list("blocker__sop_step", flat=True)) == {
        "week_deals_on",
        "email_sms",
        "wfs_3pl",
        "battery_ship",
    }
    assert Dependency.objects.filter(blocked__project=project).count() == sum(
        len(step.step.depends_on)
        for step in plan(
            get_template("black_friday_cyber_monday"), variant="electronics", anchor=date(2026, 11, 27)
        ).steps
    )
    assert (project.owner, project.channel, project.time_zone) == (owner, "amazon_us", "America/Los_Angeles")
    assert (project.sop_template, project.sop_version, project.sop_variant) == (
        "black_friday_cyber_monday",
        2,
        "electronics",
    )
    assert (project.anchor_on, project.anchor_at, project.last_task_number) == (date(2026, 11, 27), None, 36)


def test_tasks_stand_in_the_order_of_the_work(owner: Any) -> None:
    project = start(owner)
    steps = plan(get_template("black_friday_cyber_monday"), variant="electronics", anchor=date(2026, 11, 27)).steps
    expected = [planned.step.key for planned in steps]
    assert list(project.tasks.order_by("rank").values_list("sop_step", flat=True)) == expected
    assert list(project.tasks.order_by("number").values_list("sop_step", flat=True)) == expected
    assert set(project.tasks.values_list("column__status", flat=True)) == {"todo"}


def test_a_task_carries_all_of_its_step(owner: Any) -> None:
    project = start(owner)
    task = project.tasks.get(sop_step="bf_on")
    assert task.title == "黑五开场巡检"
    assert "前台错价会在数分钟内放大" in task.description
    assert "巡检记录" in task.description
    step = next(step for step in get_template("black_friday_cyber_monday").steps if step.key == "bf_on")
    assert step.why.zh in task.description
    assert step.outcome.zh in task.description
    assert "\n".join(f"- {item.zh}" for item in step.evidence) in task.description
    assert (task.is_milestone, task.is_fixed, task.duration_days, task.calendar) == (True, True, 1, "us")
    assert (task.remind_hours_before, task.sop_role, task.sop_phase) == ([24, 2], "operations", "peak")
    assert list(task.checklist.order_by("position").values_list("text", flat=True)) == [
        "前台价格逐一核对",
        "独立站结账实测",
    ]
    assert task.checklist_count == 2
    assert ChecklistItem.objects.filter(task__project=project).count() == sum(
        project.tasks.values_list("checklist_count", flat=True)
    )


def test_a_task_says_how_long_others_take(owner: Any) -> None:
    """Headings and texts are in the project's language; what a step does not know has no heading."""
    step = replace(get_template("black_friday_cyber_monday").steps[0], why=NOTHING, outcome=NOTHING, evidence=())
    step = replace(step, lead_time=LeadTime(3, 14, Text(zh="亚马逊仓库收货", en="Amazon receiving")))
    template = replace(get_template("black_friday_cyber_monday"), steps=(step,), variants=(), gate_step="")
    task = start(owner, template=template, variant=None, language="en").tasks.get()
    assert task.description.split("\n\n") == [
        "**Deliverable**",
        step.deliverable.en,
        "**Usual lead time**",
        "3–14 days, Amazon receiving",
        "**What goes wrong**",
        step.risk.en,
    ]


def test_reminders_wait_in_the_due_queue(owner: Any) -> None:
    task = start(owner).tasks.get(sop_step="bf_on")
    reminders = Reminder.objects.filter(subject="task", subject_id=task.pk, state="waiting").order_by("fire_at")
    assert list(reminders.values_list("fire_at", flat=True)) == [
        datetime(2026, 11, 26, 8, tzinfo=UTC),
        datetime(2026, 11, 27, 6, tzinfo=UTC),
    ]
    rows = DueItem.objects.filter(workspace=connection.tenant, object_id__in=reminders.values_list("pk", flat=True))
    assert sorted(rows.values_list("run_at", flat=True)) == [reminder.fire_at for reminder in reminders]


def test_what_is_past_gets_no_reminder(owner: Any) -> None:
    project = start(owner, now=datetime(2026, 11, 24, 17, tzinfo=UTC))
    past = project.tasks.filter(due_at__lt=datetime(2026, 11, 24, 17, tzinfo=UTC)).values_list("pk", flat=True)
    assert len(past) > 20
    assert not Reminder.objects.filter(subject="task", subject_id__in=list(past), state="waiting").exists()


def test_roles_become_owners_and_the_rest_are_drafts(owner: Any) -> None:
    designer = make_member(display_name="Chen")
    project = start(owner, roles={"design": designer, "operations": owner})
    assert {(task.sop_role, task.owner_id) for task in project.tasks.all() if task.owner_id is not None} == {
        ("design", designer.pk),
        ("operations", owner.pk),
    }
    assert all(task.is_draft for task in project.tasks.exclude(sop_role__in=["design", "operations"]))


def test_a_person_is_told_once_of_all_their_tasks(owner: Any) -> None:
    designer, boss = make_member(display_name="Chen"), make_member("manager", display_name="Zhao")
    start(owner, owner=boss, roles={"design": designer, "operations": owner})
    assert Notification.objects.filter(member=designer).count() == 1
    assert Notification.objects.filter(member=boss).count() == 1
    assert Notification.objects.filter(member=owner).count() == 0


def test_nothing_is_shown_to_guests_by_itself(owner: Any) -> None:
    project = start(owner)
    assert set(project.tasks.values_list("visibility", flat=True)) == {"internal"}
    may = set(project.tasks.filter(may_be_shared=True).values_list("sop_step", flat=True))
    assert {"creative_brief", "creative_done"} <= may
    assert may & {"deal_margin", "settle", "ad_plan"} == set()


def test_settlements_are_for_finance_only(owner: Any) -> None:
    project = start(owner, key="tiktok_shop_us_launch", variant=None, anchor=date(2026, 11, 5))
    member, finance = make_member(), make_member(can_see_finance=True)
    hidden = project.tasks.filter(sop_step="aff_settle")
    assert not hidden.visible_to(member).exists()
    assert hidden.visible_to(finance).exists()
    assert hidden.visible_to(owner).exists()


def test_instant_anchor_keeps_elapsed_hours(owner: Any) -> None:
    knowledge = datetime(2026, 10, 31, 20, 15, tzinfo=ZoneInfo("America/Los_Angeles"))
    project = start(
        owner, key="product_recall_return_spike", variant=None, anchor=knowledge, language="en", now=knowledge
    )
    assert (project.anchor_on, project.anchor_at) == (None, knowledge)
    report = project.tasks.get(sop_step="report_cpsc")
    assert report.due_at == datetime(2026, 11, 2, 3, 15, tzinfo=UTC)
    assert report.title == "File the CPSC section 15(b) report within 24 hours of knowledge"


def test_the_second_of_two_equal_times_stays_the_second(owner: Any) -> None:
    """21:30 PDT plus 4 elapsed hours is 01:30 PDT, an hour before the clocks go back; 22:30 plus 4 is 01:30 PST."""
    knowledge = datetime(2026, 10, 31, 22, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    project = start(owner, key="product_recall_return_spike", variant=None, anchor=knowledge, now=knowledge)
    task = project.tasks.get(sop_step="stop_sale")
    assert task.due_at == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert task.deadline is not None
    assert task.deadline.instant == task.due_at


def test_it_leaves_its_trace(owner: Any) -> None:
    project = start(owner)
    verbs = list(Activity.objects.filter(project=project).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["project created", "project started", "plan frozen"]
    data = Activity.objects.get(project=project, verb="project started").data
    assert data == {"template": "Q4黑五网一备战", "version": 2, "tasks": 36}


def test_number_of_statements_does_not_grow_with_the_tasks(owner: Any) -> None:
    counts = {}
    for key, anchor in (
        ("quarterly_retrospective", date(2026, 9, 30)),
        ("black_friday_cyber_monday", date(2026, 11, 27)),
    ):
        with CaptureQueriesContext(connection) as queries:
            project = start(owner, key=key, anchor=anchor, variant="home", roles={"operations": owner})
        counts[project.tasks.count()] = len(queries)
    print(f"statements by tasks: {counts}")
    assert len(set(counts.values())) == 1
    assert max(counts.values()) <= QUERIES


@pytest.mark.parametrize("count", [30, 150])
def test_many_tasks_take_the_statements_of_few(owner: Any, count: int) -> None:
    template = get_template("black_friday_cyber_monday")
    steps = [
        replace(step, key=f"{step.key}_{copy}", depends_on=tuple(f"{key}_{copy}" for key in step.depends_on))
        for copy in range(5)
        for step in template.steps
    ][:count]
    large = replace(template, steps=tuple(steps), variants=())
    with CaptureQueriesContext(connection) as captured:
        project = start_project(
            large,
            variant=None,
            anchor=date(2026, 11, 27),
            owner=owner,
            roles={"operations": owner},
            name="Large",
            actor=owner,
            now=NOW,
            language="en",
        )
    assert project.tasks.count() == count
    assert len([query for query in captured if "search_path" not in query["sql"]]) <= QUERIES


def test_150_tasks_with_their_dependencies_take_the_time_of_their_rows(owner: Any) -> None:
    """In one transaction, and well under a second on a machine that does nothing else: no step costs a statement."""
    took = {count: min(_seconds(owner, count) for _again in range(3)) for count in (30, 150)}
    print(f"seconds by tasks: {took}")
    assert took[150] < 5 * took[30] * 1.5


def _seconds(owner: Any, count: int) -> float:
    template = get_template("black_friday_cyber_monday")
    steps = [
        replace(step, key=f"{step.key}_{copy}", depends_on=tuple(f"{key}_{copy}" for key in step.depends_on))
        for copy in range(5)
        for step in template.steps
    ][:count]
    large = replace(template, steps=tuple(steps), variants=())
    started = perf_counter()
    start_project(
        large,
        variant=None,
        anchor=date(2026, 11, 27),
        owner=owner,
        roles={"operations": owner},
        name="Large",
        actor=owner,
        now=NOW,
        language="en",
    )
    return perf_counter() - started


def test_nothing_remains_when_it_fails_half_way(owner: Any) -> None:
    template = get_template("prime_day")
    long = replace(template.steps[-1], title=Text(zh="长" * 301, en="x" * 301))
    broken = replace(template, steps=(*template.steps[:-1], long))
    with pytest.raises(DataError):
        start_project(
            broken,
            variant=None,
            anchor=date(2026, 11, 27),
            owner=owner,
            roles={},
            name="Half",
            actor=owner,
            now=NOW,
            language="en",
        )
    assert Project.objects.count() == 0
    assert Task.objects.count() == 0
