"""Many tasks at once: what it comes to is said first, then done in one go, for one undo and one notice a person."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from notifications.models import Notification, Reminder
from projects.actions.bulk import MOST, Plan, PlanChanged, TooMany, apply, examine
from projects.actions.bulk_edits import (
    Archive,
    Bin,
    ChangeHelpers,
    ChangeLabels,
    Edit,
    Finish,
    Move,
    SetDeadline,
    SetOwner,
    SetPriority,
    ShiftDeadline,
)
from projects.actions.tasks import move_task
from projects.actions.undo import undo
from projects.models import Activity, Change, Column, Label, Project, Task
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task, make_task
from tests.projects.test_move import statements
from tests.races import RACE, at_once

HTMX = {"HX-Request": "true"}


def do(edit: Edit, tasks: list[Task], project: Project, actor: Any, now: Any = None) -> tuple[Plan, Change | None]:
    ids = [task.pk for task in tasks]
    plan = examine(edit, ids, project=project, actor=actor, now=timezone.now())
    return apply(edit, ids, project=project, actor=actor, now=now or timezone.now(), seal=plan.seal)


def titles(column: Column) -> list[str]:
    return list(column.tasks.current().order_by("rank").values_list("title", flat=True))


@pytest.mark.django_db
class TestEdits:
    def test_owners_are_given_told_once_and_taken_back(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(display_name="Maya")
        tasks = [make_task(project, f"t{number}") for number in range(3)]
        Task.objects.filter(pk=tasks[0].pk).update(owner=maya)
        plan, change = do(SetOwner(maya), tasks, project, owner)
        assert ([task.pk for task in plan.changed], len(plan.same)) == ([tasks[1].pk, tasks[2].pk], 1)
        assert set(Task.objects.values_list("owner", flat=True)) == {maya.pk}
        notice = Notification.objects.get(member=maya)
        assert (notice.kind, notice.data["count"]) == ("tasks_assigned", 2)
        lines = Activity.objects.filter(verb="owner changed")
        assert [line.data for line in lines] == [{"before": None, "after": "Maya"}] * 2
        assert {line.change_id for line in lines} == {change.pk}
        assert len(undo(change, actor=owner, now=timezone.now()).tasks) == 2
        assert set(Task.objects.exclude(pk=tasks[0].pk).values_list("owner", flat=True)) == {None}

    def test_a_column_takes_what_it_has_room_for_in_the_order_of_the_board(self, owner: Any) -> None:
        project = make_project(owner)
        todo, doing = make_column(project), make_column(project, "doing")
        Column.objects.filter(pk=doing.pk).update(wip_limit=2)
        doing.refresh_from_db()
        tasks = [make_ready_task(project, title) for title in "abc"]
        draft = make_task(project, "draft")
        plan, change = do(Move(doing), [draft, *reversed(tasks)], project, owner)
        assert {why: len(left) for why, left in plan.barred.items()} == {"draft": 1, "full": 1}
        assert (titles(todo), titles(doing)) == (["c", "draft"], ["a", "b"])
        undo(change, actor=owner, now=timezone.now())
        assert titles(todo) == ["a", "b", "c", "draft"]

    def test_finishing_cancels_reminders_and_is_taken_back_with_them(self, owner: Any) -> None:
        project = make_project(owner)
        tasks = [make_ready_task(project) for _ in range(2)]
        waiting = Reminder.objects.filter(state="waiting")
        assert waiting.count() == 2
        _plan, change = do(Finish(make_column(project, "done")), tasks, project, owner)
        assert (waiting.count(), Task.objects.filter(completed_at=None).count()) == (0, 0)
        undo(change, actor=owner, now=timezone.now())
        assert (waiting.count(), Task.objects.filter(completed_at=None).count()) == (2, 2)

    def test_deadlines_move_by_days_on_their_own_clock(self, owner: Any) -> None:
        project = make_project(owner)
        night = Deadline(date(2027, 3, 13), None, "America/Los_Angeles")
        one, fixed, without = make_ready_task(project, deadline=night), make_ready_task(project), make_task(project)
        Task.objects.filter(pk=fixed.pk).update(is_fixed=True)
        shift = ShiftDeadline(days=1, today=timezone.now().date())
        plan, _change = do(shift, [one, fixed, without], project, owner)
        assert {why: len(left) for why, left in plan.barred.items()} == {"fixed": 1, "no_deadline": 1}
        one.refresh_from_db()
        # The night in which clocks go forward: the wall time stays, the instant is 23 hours on.
        assert (one.deadline, one.deadline.instant - night.instant) == (
            night.moved_to_day(date(2027, 3, 14)),
            timedelta(hours=23),
        )

    def test_work_in_hand_keeps_its_owner_and_deadline(self, owner: Any) -> None:
        project = make_project(owner)
        task = make_ready_task(project, column=make_column(project, "doing"))
        for edit in (SetOwner(None), SetDeadline(None)):
            plan = examine(edit, [task.pk], project=project, actor=owner, now=timezone.now())
            assert (plan.changed, list(plan.barred)) == ([], ["in_hand"])

    def test_labels_and_helpers_are_added_and_removed(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member()
        red, blue = (Label.objects.create(name=name, tint=1) for name in ("red", "blue"))
        one, two = make_task(project), make_task(project)
        one.labels.add(red)
        do(ChangeLabels((red, blue), True), [one, two], project, owner)
        assert set(one.labels.all()) == set(two.labels.all()) == {red, blue}
        _plan, change = do(ChangeLabels((red,), False), [one, two], project, owner)
        assert set(one.labels.all()) == {blue}
        undo(change, actor=owner, now=timezone.now())
        assert set(two.labels.all()) == {red, blue}
        do(ChangeHelpers((maya,), True), [one, two], project, owner)
        assert list(one.helpers.all()) == list(two.helpers.all()) == [maya]

    def test_archive_and_bin_take_subtasks_along(self, owner: Any) -> None:
        project = make_project(owner)
        parent, child, other = make_task(project, "p"), make_task(project, "c"), make_task(project, "o")
        Task.objects.filter(pk=child.pk).update(parent=parent)
        Task.objects.filter(pk=parent.pk).update(subtask_count=1)
        for edit in (Archive(), Bin()):
            plan, change = do(edit, [parent, other], project, owner)
            assert (len(plan.changed), plan.along, titles(make_column(project))) == (3, 1, [])
            undo(change, actor=owner, now=timezone.now())
            assert titles(make_column(project)) == ["p", "c", "o"]

    def test_a_guest_is_not_put_on_internal_steps_and_finance_stays_unseen(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest")
        internal = make_task(project, may_be_shared=False)
        secret = make_task(project, sensitivity="finance")
        plan = examine(
            SetOwner(guest), [internal.pk, secret.pk], project=project, actor=make_member(), now=timezone.now()
        )
        assert (plan.total, list(plan.barred)) == (1, ["internal"])

    def test_a_plan_that_has_changed_is_not_carried_out(self, owner: Any) -> None:
        project = make_project(owner)
        one, two = make_task(project), make_task(project)
        edit = SetPriority(4)
        plan = examine(edit, [one.pk, two.pk], project=project, actor=owner, now=timezone.now())
        Task.objects.filter(pk=two.pk).update(priority=4)
        with pytest.raises(PlanChanged):
            apply(edit, [one.pk, two.pk], project=project, actor=owner, now=timezone.now(), seal=plan.seal)
        with pytest.raises(TooMany):
            examine(edit, range(MOST + 1), project=project, actor=owner, now=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["move", "owner", "shift", "labels", "bin"])
def test_the_statements_do_not_grow_with_the_tasks(owner: Any, kind: str) -> None:
    counts = []
    label, maya = Label.objects.create(name="red", tint=1), make_member()
    for number in (3, 60):
        project = make_project(owner)
        tasks = [make_ready_task(project) for _ in range(number)]
        edit: Edit = {
            "move": Move(make_column(project, "done")),
            "owner": SetOwner(maya),
            "shift": ShiftDeadline(days=3, today=timezone.now().date()),
            "labels": ChangeLabels((label,), True),
            "bin": Bin(),
        }[kind]
        seal = examine(edit, [task.pk for task in tasks], project=project, actor=owner, now=timezone.now()).seal
        with CaptureQueriesContext(connection) as captured:
            apply(edit, [t.pk for t in tasks], project=project, actor=owner, now=timezone.now(), seal=seal)
        counts.append(len(statements(captured)))
    # A big change is promised to be forgotten in time.
    assert counts[0] <= counts[1] <= counts[0] + 1
    assert counts[1] <= 25


def seal_in(html: str) -> str:
    found = re.search(r'name="seal" value="(\w+)"', html)
    assert found
    return found[1]


@pytest.mark.django_db
class TestPage:
    def test_it_says_what_happens_then_does_it_and_offers_to_undo(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(display_name="Maya", language="en")
        tasks = [make_task(project, f"t{number}") for number in range(3)]
        client, url = client_of(maya), f"/projects/{project.pk}/bulk/"
        asked = {"tasks": ",".join(str(task.pk) for task in tasks), "kind": "owner"}
        assert "Choose a person" in client.post(url, asked, headers=HTMX).content.decode()
        asked |= {"shown": "1", "owner": str(maya.pk)}
        page = client.post(url, asked, headers=HTMX).content.decode()
        assert "3 tasks get the owner Maya." in page and "Change 3 tasks" in page
        assert set(Task.objects.values_list("owner", flat=True)) == {None}
        response = client.post(url, {**asked, "step": "apply", "seal": seal_in(page)}, headers=HTMX)
        events = json.loads(response["HX-Trigger"])
        assert events["toast"] == {
            "message": "3 tasks changed.",
            "undo_url": f"/changes/{Change.objects.get().pk}/undo/",
        }
        assert {"board:changed", "select:clear", "dialog:close"} <= set(events)
        back = client.post(events["toast"]["undo_url"], headers=HTMX)
        assert json.loads(back["HX-Trigger"])["toast"]["message"] == "3 tasks put back as they were."
        assert set(Task.objects.values_list("owner", flat=True)) == {None}

    def test_all_that_match_are_found_again_and_a_change_meanwhile_is_shown(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(language="en")
        for number in range(40):
            make_task(project, f"Photo {number}")
        make_task(project, "Other")
        client, url = client_of(maya), f"/projects/{project.pk}/bulk/"
        asked = {"all": "1", "query": "q=photo&f77=gone", "kind": "priority", "shown": "1", "priority": "4"}
        page = client.post(url, asked, headers=HTMX).content.decode()
        assert "40 tasks get the priority Urgent." in page
        assert "A field this filter asks for no longer exists." in page
        make_task(project, "Photo again")
        late = client.post(url, {**asked, "step": "apply", "seal": seal_in(page)}, headers=HTMX)
        assert late.status_code == 409
        again = late.content.decode()
        assert "41 tasks get the priority Urgent." in again and not Task.objects.filter(priority=4).exists()
        assert client.post(url, {**asked, "step": "apply", "seal": seal_in(again)}, headers=HTMX).status_code == 200
        assert Task.objects.filter(priority=4).count() == 41

    def test_without_scripts_the_ticks_of_a_list_come_as_a_form(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(language="en")
        tasks = [make_task(project) for _ in range(2)]
        client, url = client_of(maya), f"/projects/{project.pk}/bulk/"
        assert (
            f'name="task" value="{tasks[0].pk}" form="bulk"'
            in client.get(f"/projects/{project.pk}/list/").content.decode()
        )
        page = client.post(url, {"task": [task.pk for task in tasks], "kind": "archive"}).content.decode()
        assert "2 tasks go into the archive." in page
        asked = {"tasks": ",".join(str(task.pk) for task in tasks), "kind": "archive", "step": "apply"}
        assert client.post(url, {**asked, "seal": seal_in(page)}).status_code == 302
        assert Task.objects.current().count() == 0

    def test_what_is_gone_foreign_or_nonsense_is_said(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(language="en")
        task, foreign = make_task(project), make_task(make_project(owner, name="Elsewhere"))
        client, url = client_of(maya), f"/projects/{project.pk}/bulk/"
        asked = {"kind": "priority", "shown": "1", "priority": "4"}
        page = client.post(url, {**asked, "tasks": f"{task.pk},{foreign.pk},x,-1,99999999999"}, headers=HTMX)
        assert "1 of them is gone meanwhile." in page.content.decode()
        assert "1 task gets the priority Urgent." in page.content.decode()
        nothing = client.post(url, {**asked, "tasks": ""}, headers=HTMX)
        assert (nothing.status_code, json.loads(nothing["HX-Trigger"])["toast"]["message"]) == (
            422,
            "Choose tasks first.",
        )
        labels = [Label.objects.create(name=f"l{number}", tint=1).pk for number in range(60)]
        many = {"tasks": str(task.pk), "kind": "labels", "shown": "1", "way": "add", "chosen": labels}
        refused = client.post(url, many, headers=HTMX)
        assert (refused.status_code, "Choose up to 50 at a time." in refused.content.decode()) == (422, True)
        wrong = client.post(url, {"tasks": str(task.pk), "kind": "owner", "shown": "1", "owner": "999"}, headers=HTMX)
        assert wrong.status_code == 422
        due = {"tasks": str(task.pk), "kind": "deadline", "shown": "1", "way": "set", "typed": "soonish", "zone": "UTC"}
        assert "This was not understood." in client.post(url, due, headers=HTMX).content.decode()


@RACE
def test_two_bulk_edits_and_a_move_at_once_wait_for_each_other(live_workspace: Any, owner: Any) -> None:
    project, now = make_project(owner), timezone.now()
    done = make_column(project, "done")
    tasks = [make_ready_task(project) for _ in range(8)]
    ids = [task.pk for task in tasks]

    def change(edit: Edit) -> None:
        seal = examine(edit, ids, project=project, actor=owner, now=timezone.now()).seal
        apply(edit, ids, project=project, actor=owner, now=now, seal=seal)

    acts = [
        lambda: change(SetPriority(4)),
        lambda: change(ShiftDeadline(days=2, today=now.date())),
        lambda: change(Archive()),
        lambda: move_task(
            Task.objects.select_related("project", "column__board").get(pk=ids[3]),
            column=done,
            before=None,
            actor=owner,
            now=now,
        ),
    ]
    at_once(*acts, expected=PlanChanged)
    # Whoever comes second may find the tasks archived, and then changes none of them.
    assert len(set(Task.objects.values_list("priority", flat=True))) == 1
    assert Task.objects.get(pk=ids[3]).column_id == done.pk
