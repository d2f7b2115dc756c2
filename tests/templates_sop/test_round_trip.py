"""Project → template → project gives the same offsets, and the page that saves a project says what it leaves behind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.comments import add_comment
from projects.actions.deadlines import put_deadline
from projects.models import Dependency, Project
from templates_sop import drafting
from templates_sop.actions.projects import start_project
from templates_sop.drafting import Drafted, anchored_of, draft_from
from templates_sop.library import get_template, library
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.shapes import SopTemplate, Step, Text
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
VARIANTS = ["", "apparel", "electronics", "toys_children", "beauty_supplements", "home"]


class _Undo(Exception):
    """Leaves the transaction of one example."""


def start(template: SopTemplate, owner: Member, anchor: date, variant: str | None) -> Project:
    on: Any = (
        datetime(anchor.year, anchor.month, anchor.day, 20, 15, tzinfo=UTC) if template.anchor.is_instant else anchor
    )
    return start_project(
        template, variant=variant, anchor=on, owner=owner, roles={}, name="Again", actor=owner, now=NOW, language="en"
    )


def saved(project: Project, owner: Member) -> Drafted:
    anchored = anchored_of(project)
    assert anchored is not None
    return draft_from(project, name=Text("再来", "Again"), anchored=anchored, roles={owner.pk: "design"}, reader=owner)


def places(steps: tuple[Step, ...]) -> dict[str, tuple[Any, ...]]:
    return {
        step.key: (step.offset_days, step.offset_hours, step.due_time, step.zone, frozenset(step.depends_on))
        for step in steps
    }


@settings(max_examples=14)
@given(
    key=st.sampled_from(sorted(library())),
    variant=st.sampled_from(VARIANTS),
    anchor=st.dates(date(2026, 9, 1), date(2027, 12, 31)),
    shifts=st.lists(st.integers(0, 40), min_size=6, max_size=6),
)
def test_round_trip_gives_the_same_offsets(key: str, variant: str, anchor: date, shifts: list[int]) -> None:
    """With the last tasks moved by hand, on to whatever day: weekends, holidays, over a clock change."""
    owner = Member.objects.get(role="owner")
    try:
        with transaction.atomic():
            project = start(get_template(key), owner, anchor, variant or None)
            held = Dependency.objects.filter(blocker__project=project).values("blocker")
            last = project.tasks.exclude(pk__in=held).filter(is_fixed=False).order_by("number")
            for task, days in zip(last, shifts, strict=False):
                deadline = task.deadline
                assert deadline is not None
                put_deadline(task, deadline.moved_to_day(deadline.on + timedelta(days=days)))
                task.save()
            first = saved(project, owner)
            template = replace(first.template, key="ws-again", version=1)
            second = saved(start(template, owner, anchor, None), owner)
            assert places(second.template.steps) == places(first.template.steps)
            assert second.template.steps == first.template.steps
            raise _Undo
    except _Undo:
        pass


def test_tasks_added_by_hand_come_back_on_their_days(owner: Member) -> None:
    project = make_project(owner, name="新品")
    on = {"打样": date(2026, 10, 3), "拍主图": date(2026, 10, 9), "上架": date(2026, 10, 12)}
    for title, day in on.items():
        make_task(project, title, owner=owner, deadline=Deadline(day, None, "Asia/Shanghai"))
    task = {one.title: one for one in project.tasks.all()}
    Dependency.objects.create(blocker=task["打样"], blocked=task["拍主图"])
    page = client_of(owner).post(
        reverse("templates_sop:project-template", args=[project.pk]),
        {"name_zh": "新品流程", "anchor_on": "2026-10-12", "anchor_zh": "上架日", f"role_{owner.pk}": "design"},
    )
    template = WorkspaceTemplate.objects.get()
    assert page["Location"] == template.get_absolute_url()
    draft = parse(template.draft, is_draft=True)
    assert [(step.title.zh, step.offset_days, step.role) for step in draft.steps] == [
        ("打样", -9, "design"), ("拍主图", -3, "design"), ("上架", 0, "design"),
    ]  # fmt: skip
    assert (draft.languages, draft.anchor.label.zh) == (("zh",), "上架日")
    again = start(replace(draft, version=1), owner, date(2026, 10, 12), None)
    assert {task.title: task.due_on for task in again.tasks.all()} == on


def test_the_preview_says_what_is_left_behind_and_why(owner: Member) -> None:
    reader = make_member("manager", language="en")
    project = make_project(owner, name="Launch")
    task = make_task(project, "Shoot it", owner=owner, deadline=Deadline(date(2026, 10, 9), None, "Asia/Shanghai"))
    add_comment(task, "Where is the box?", is_shared=False, author=owner, now=NOW)
    make_task(project, "Some day")
    hidden = make_task(project, "Pay the factory", deadline=Deadline(date(2026, 10, 9), None, "Asia/Shanghai"))
    project.tasks.filter(pk=hidden.pk).update(sensitivity="finance")
    browser, url = client_of(reader), reverse("templates_sop:project-template", args=[project.pk])
    page = browser.get(url).content.decode()
    for words in ("Tasks you may not see", "Tasks without a deadline", "Comments", "Deadlines without a time of day"):
        assert words in page
    assert ("Some day" in page, "Pay the factory" in page) == (True, False)
    assert "1 working day" in page
    answer = browser.get(url, {"name_zh": "", "name_en": "x", "anchor_on": "2026-10-10"}, HTTP_HX_REQUEST="true")
    assert ("1 day before" in answer.content.decode(), "<form" in answer.content.decode()) == (True, False)
    assert browser.post(url, {"anchor_on": "2026-10-10"}).status_code == 422


def test_finance_tasks_are_not_told_to_the_team(owner: Member) -> None:
    """But for what the template of the project has told it already."""
    project = start(get_template("amazon_us_new_product_launch"), owner, date(2026, 11, 27), None)
    pay = make_task(project, "Pay the factory", deadline=Deadline(date(2026, 10, 9), None, "Asia/Shanghai"))
    costs = project.tasks.exclude(sop_step="").order_by("due_at", "number")[0]
    project.tasks.filter(pk=costs.pk).update(title="Margin 41 %")
    copied = make_task(project, "Margin 42 %", deadline=costs.deadline, sop_step=costs.sop_step)
    before = saved(project, owner).template.steps
    project.tasks.filter(pk__in=[pay.pk, costs.pk, copied.pk]).update(sensitivity="finance")
    drafted = saved(project, owner)
    after = {step.key: step for step in drafted.template.steps}
    assert {step.title.en for step in before} - {step.title.en for step in after.values()} == {
        "Pay the factory", "Margin 41 %", "Margin 42 %",
    }  # fmt: skip
    step = next(one for one in get_template("amazon_us_new_product_launch").steps if one.key == costs.sop_step)
    assert (after[costs.sop_step].title, after[costs.sop_step].is_finance) == (step.title, True)
    assert [dropped.titles for dropped in drafted.dropped if dropped.loss == "finance"] == [
        ("Margin 42 %", "Pay the factory")
    ]


def test_the_preview_asks_no_more_for_more_tasks(owner: Member) -> None:
    project = start(get_template("prime_day"), owner, date(2026, 11, 27), None)
    browser, url = client_of(owner), reverse("templates_sop:project-template", args=[project.pk])
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for number in range(12):
        make_task(project, f"Task {number}", deadline=Deadline(date(2026, 10, 9), None, "Asia/Shanghai"))
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(few) == len(many)


def test_what_no_step_can_be_is_left_behind(owner: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(owner, name="Launch")
    days = {"Long ago": date(2020, 1, 6), "First": date(2026, 10, 8), "Second": date(2026, 10, 9)}
    for title, day in days.items():
        make_task(project, title, owner=owner, deadline=Deadline(day, None, "Asia/Shanghai"))
    project.tasks.filter(title="First").update(duration_days=900, remind_hours_before=[9000, 24])
    monkeypatch.setattr(drafting, "MOST_STEPS", 1)
    anchored = drafting.Anchored(Text("", "Launch day"), date(2026, 10, 12), "America/Los_Angeles")
    drafted = draft_from(project, name=Text("", "Launch"), anchored=anchored, roles={}, reader=owner)
    [step] = parse(drafted.content | {"key": "ws-launch"}, is_draft=True).steps
    assert (step.title.en, step.duration_days, step.reminders_hours) == ("First", 250, (24,))
    losses = {dropped.loss: dropped.titles for dropped in drafted.dropped}
    assert (losses[drafting.Loss.TOO_FAR], losses[drafting.Loss.TOO_MANY]) == (("Long ago",), ("Second",))
