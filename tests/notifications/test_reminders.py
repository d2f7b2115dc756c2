"""Reminders of tasks: at their exact instant, once, and never of what is done."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from linkstar.workspaces.due import run_due
from linkstar.workspaces.letters import deliver
from linkstar.workspaces.models import DueItem, Letter, Workspace
from notifications.actions.reminders import Wish, cancel_all, plan, plan_many
from notifications.models import Notification, Reminder
from projects.actions.deadlines import set_deadline
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.projects import archive_project
from projects.actions.tasks import delete_task
from projects.models import ProjectAccess, Task
from tests.factories import make_member, make_project, make_task
from tests.races import RACE, at_once

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 28, 7, 59, tzinfo=UTC)
FRIDAY = Deadline(date(2026, 11, 27), time(23, 59), "America/Los_Angeles")
SECOND = timedelta(seconds=1)


def waiting() -> list[tuple[int, datetime]]:
    rows = Reminder.objects.filter(state=Reminder.State.WAITING).order_by("fire_at", "pk")
    return [(row.hours_before, row.fire_at) for row in rows]


def promised() -> list[tuple[int, datetime]]:
    """The due rows, said as `waiting` says them; equal unless one of the two was forgotten."""
    hours = dict(Reminder.objects.values_list("pk", "hours_before"))
    return [(hours[row.object_id], row.run_at) for row in DueItem.objects.order_by("run_at", "pk")]


def make_due(owner: Member, deadline: Deadline = FRIDAY, hours: Sequence[int] = (24,), **values: Any) -> Task:
    project = make_project(owner, now=NOW)
    # What a project promises besides reminders is not counted here.
    DueItem.objects.filter(kind__in=["project_rest", "project_forecast", "forecast_sweep"]).delete()
    values = {"owner": values.pop("task_owner", owner), "actor": owner, "now": NOW, **values}
    task = make_task(project, "Set the coupon live", **values)
    task.remind_hours_before = list(hours)
    task.save(update_fields=["remind_hours_before"])
    set_deadline(task, deadline, actor=owner, now=min(NOW, deadline.instant - timedelta(days=30)))
    return task


@pytest.mark.django_db
class TestPlan:
    def test_reminders_lie_elapsed_hours_before_the_deadline(self) -> None:
        plan("task", 1, due_at=DUE, hours_before=[24, 2], now=NOW)
        assert waiting() == [(24, DUE - timedelta(hours=24)), (2, DUE - timedelta(hours=2))] == promised()

    def test_a_moved_deadline_moves_the_same_rows(self) -> None:
        plan("task", 1, due_at=DUE, hours_before=[24, 2], now=NOW)
        before = set(Reminder.objects.values_list("pk", flat=True))
        later = DUE + timedelta(days=3)
        plan("task", 1, due_at=later, hours_before=[24, 2], now=NOW)
        assert waiting() == [(24, later - timedelta(hours=24)), (2, later - timedelta(hours=2))] == promised()
        assert set(Reminder.objects.values_list("pk", flat=True)) == before

    def test_instants_that_have_passed_are_neither_added_nor_moved_to(self) -> None:
        plan("task", 1, due_at=DUE, hours_before=[48, 2], now=DUE - timedelta(hours=30))
        assert waiting() == [(2, DUE - timedelta(hours=2))]
        plan("task", 1, due_at=DUE - timedelta(hours=29), hours_before=[2], now=DUE - timedelta(hours=30))
        assert waiting() == [] == promised()

    def test_one_that_is_late_already_stays(self) -> None:
        """The workers were down at its instant, and somebody edits the task before they are back."""
        plan("task", 1, due_at=DUE, hours_before=[24], now=NOW)
        plan("task", 1, due_at=DUE, hours_before=[24, 2], now=DUE - timedelta(hours=23))
        assert waiting() == [(24, DUE - timedelta(hours=24)), (2, DUE - timedelta(hours=2))] == promised()

    def test_other_hours_and_no_deadline_cancel(self) -> None:
        plan("task", 1, due_at=DUE, hours_before=[24, 2], now=NOW)
        plan("task", 1, due_at=DUE, hours_before=[2, 5], now=NOW)
        assert waiting() == [(5, DUE - timedelta(hours=5)), (2, DUE - timedelta(hours=2))] == promised()
        plan("task", 1, due_at=None, hours_before=[2, 5], now=NOW)
        assert waiting() == [] == promised()
        assert Reminder.objects.filter(state=Reminder.State.CANCELLED).count() == 3

    def test_cancelling_concerns_one_subject(self) -> None:
        for subject_id in (1, 2, 3):
            plan("task", subject_id, due_at=DUE, hours_before=[24], now=NOW)
        cancel_all("task", 1, 3)
        assert list(Reminder.objects.filter(state="waiting").values_list("subject_id", flat=True)) == [2]
        assert DueItem.objects.count() == 1

    def test_many_wishes_are_a_few_statements(self) -> None:
        wishes = [Wish(number, DUE + timedelta(minutes=number), [24, 2]) for number in range(150)]
        with CaptureQueriesContext(connection) as queries:
            plan_many("task", wishes, now=NOW)
        assert len(queries) <= 6
        assert len(waiting()) == 300 == len(promised())
        with CaptureQueriesContext(connection) as queries:
            plan_many("task", [Wish(w.subject_id, w.due_at + SECOND, [24]) for w in wishes if w.due_at], now=NOW)
        assert len(queries) <= 12
        assert len(waiting()) == 150 == len(promised())


# (deadline, hours before, the instant of the reminder), of user stories US-01, US-02, US-03 and US-10.
PACIFIC, EASTERN = "America/Los_Angeles", "America/New_York"
STORIES = [
    pytest.param(Deadline(date(2026, 11, 27), time(0, 0), PACIFIC), 24, "2026-11-26T08:00:00Z", id="US-01"),
    pytest.param(Deadline(date(2026, 3, 9), time(0, 0), PACIFIC), 24, "2026-03-08T07:00:00Z", id="US-02 coupon A"),
    pytest.param(Deadline(date(2026, 3, 8), time(0, 0), PACIFIC), 24, "2026-03-07T08:00:00Z", id="US-02 coupon B"),
    pytest.param(Deadline(date(2026, 11, 1), time(1, 30), EASTERN), 0, "2026-11-01T05:30:00Z", id="US-03"),
    pytest.param(Deadline(date(2026, 11, 1), time(19, 15), PACIFIC), 12, "2026-11-01T15:15:00Z", id="US-10 12 h"),
    pytest.param(Deadline(date(2026, 11, 1), time(19, 15), PACIFIC), 4, "2026-11-01T23:15:00Z", id="US-10 4 h"),
]


@pytest.mark.django_db
class TestFire:
    @pytest.mark.parametrize(("deadline", "hours", "instant"), STORIES)
    def test_stories_fire_at_their_instant_and_once(
        self, owner: Member, deadline: Deadline, hours: int, instant: str
    ) -> None:
        make_due(owner, deadline, [hours])
        at = datetime.fromisoformat(instant)
        assert run_due(at - SECOND) == {}
        assert run_due(at) == {"done": 1}
        assert run_due(at + timedelta(days=2)) == {}
        assert Notification.objects.filter(kind="task_due").count() == 1
        assert Letter.objects.filter(name="task_due").count() == 1

    def test_the_owner_is_told_on_both_clocks(self, owner: Member, acme: Workspace) -> None:
        task = make_due(owner)
        at = DUE - timedelta(hours=24)
        run_due(at)
        notice = Notification.objects.get(kind="task_due")
        assert (notice.member, notice.data["url"]) == (owner, task.get_absolute_url())
        assert notice.data["deadline"] == {"on": "2026-11-27", "time": "23:59", "zone": "America/Los_Angeles"}
        Letter.objects.exclude(name="task_due").delete()
        assert deliver(max(at, Letter.objects.get().send_at)) == {"sent": 1}
        (message,) = mail.outbox
        assert message.to == ["lin@acme.test"]
        assert "11月27日 周五 23:59 太平洋时间 (UTC−8)" in message.body
        assert "11月28日 周六 15:59 (UTC+8)" in message.body
        assert acme.url + task.get_absolute_url() in message.body

    def test_a_sent_reminder_is_not_sent_again_by_a_plan(self, owner: Member) -> None:
        task = make_due(owner)
        at = DUE - timedelta(hours=24)
        run_due(at)
        finish_task(task, actor=owner, now=at)
        reopen_task(task, actor=owner, now=at)
        assert waiting() == []
        assert run_due(at + timedelta(hours=30)) == {}
        assert Notification.objects.filter(kind="task_due").count() == 1

    def test_a_moved_deadline_moves_the_reminder(self, owner: Member) -> None:
        task = make_due(owner)
        set_deadline(task, FRIDAY.moved_to_day(date(2026, 11, 30)), actor=owner, now=NOW)
        assert run_due(DUE) == {}
        assert run_due(DUE + timedelta(days=2)) == {"done": 1}

    def test_a_finished_task_reminds_nobody_and_a_reopened_one_does(self, owner: Member) -> None:
        task = make_due(owner)
        finish_task(task, actor=owner, now=NOW)
        assert promised() == []
        reopen_task(task, actor=owner, now=NOW)
        assert waiting() == promised() == [(24, DUE - timedelta(hours=24))]

    def test_binned_and_archived_work_reminds_nobody(self, owner: Member) -> None:
        binned, archived = make_due(owner), make_due(owner)
        delete_task(binned, actor=owner, now=NOW)
        archive_project(archived.project, actor=owner, now=NOW)
        assert run_due(DUE) == {}

    def test_the_truth_is_asked_again_when_the_due_row_is_wrong(self, owner: Member) -> None:
        task = make_due(owner)
        Task.objects.filter(pk=task.pk).update(completed_at=NOW)
        assert run_due(DUE) == {"done": 1}
        assert Reminder.objects.get().state == Reminder.State.CANCELLED
        assert not Notification.objects.filter(kind="task_due").exists()

    def test_a_due_row_that_comes_early_is_put_back(self, owner: Member) -> None:
        make_due(owner)
        DueItem.objects.update(run_at=NOW)
        assert run_due(NOW) == {"done": 1}
        assert waiting() == promised() == [(24, DUE - timedelta(hours=24))]

    @pytest.mark.parametrize("sees_it", [True, False])
    def test_a_guest_is_told_only_while_they_see_the_task(self, owner: Member, *, sees_it: bool) -> None:
        guest = make_member("guest")
        task = make_due(owner, task_owner=guest)
        access = ProjectAccess.objects.create(project=task.project, member=guest, created_at=NOW)
        if not sees_it:
            access.delete()
        run_due(DUE)
        assert [row.member for row in Notification.objects.filter(kind="task_due")] == [guest if sees_it else owner]

    def test_a_project_owner_who_may_not_see_finances_is_not_told_of_them(self, owner: Member) -> None:
        plain = make_member("member")
        task = make_due(owner, sensitivity="finance")
        type(task.project).objects.filter(pk=task.project_id).update(owner=plain)
        Task.objects.filter(pk=task.pk).update(owner=None)
        run_due(DUE)
        assert Reminder.objects.get().state == Reminder.State.CANCELLED

    def test_the_other_workspace_hears_nothing(self, owner: Member, other: Workspace) -> None:
        make_due(owner)
        with tenant_context(other):
            theirs = Member.objects.get()
            make_due(theirs)
            Reminder.objects.all().delete()
        run_due(DUE)
        assert Notification.objects.filter(kind="task_due").count() == 1
        with tenant_context(other):
            assert not Notification.objects.filter(kind="task_due").exists()


@RACE
def test_moving_deadlines_while_reminders_fire_stops_nobody(live_workspace: Workspace) -> None:
    """Deadlines move and tasks finish while two workers fire; no dead-lock, and no reminder is sent twice or lost."""
    owner = Member.objects.get(role="owner")
    tasks = [make_due(owner) for _ in range(12)]
    at = DUE - timedelta(hours=24)
    later = FRIDAY.moved_to_day(date(2026, 12, 4))

    def move() -> None:
        for task in tasks[:8]:
            set_deadline(task, later, actor=owner, now=at - SECOND)

    def finish() -> None:
        for task in tasks[8:]:
            finish_task(task, actor=owner, now=at - SECOND)

    _, _, *counts = at_once(move, finish, lambda: run_due(at, limit=3), lambda: run_due(at, limit=2))
    assert [count["failed"] for count in counts] == [0, 0]
    assert waiting() == promised() == [(24, later.instant - timedelta(hours=24))] * 8
    sent = list(Reminder.objects.filter(state=Reminder.State.SENT).values_list("subject_id", flat=True))
    assert len(sent) == len(set(sent)) == Notification.objects.filter(kind="task_due").count()
