"""Tasks that come again: one copy a window, never two open, whoever dies, and nothing in a closed project."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from linkstar.lib.deadlines import Deadline
from linkstar.lib.products import Product
from linkstar.lib.recurrence import Rule
from linkstar.members.models import Member
from linkstar.workspaces.due import LEASE, run_due
from linkstar.workspaces.models import DueItem, Workspace
from notifications.models import Notification, Reminder
from projects.actions.checklists import add_items, check_item
from projects.actions.deadlines import set_deadline
from projects.actions.edits import make_label, set_helpers, set_labels
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.products import link_products
from projects.actions.projects import archive_project, finish_project, restore_project
from projects.actions.recurrence import (
    NothingToSkip,
    coming_days,
    look,
    repeat_task,
    skip_occurrence,
    stop_repeating,
)
from projects.actions.subtasks import create_subtasks, set_parent
from projects.actions.tasks import delete_task, restore_task
from projects.models import Activity, Recurrence, Task
from projects.search import search
from projects.trace import sentence
from tests.factories import make_column, make_member, make_project, make_task
from tests.races import RACE, at_once

PACIFIC = "America/Los_Angeles"
# A Tuesday; the first deadline is that week's Friday, 18:00 in Los Angeles.
NOW = datetime(2026, 10, 6, 16, 0, tzinfo=UTC)
FRIDAY = date(2026, 10, 9)
WEEK = timedelta(days=7)
# The window of 16 October opens three days before, at midnight in Los Angeles.
OPENS = datetime(2026, 10, 13, 7, 0, tzinfo=UTC)


def weekly(**values: Any) -> Rule:
    return Rule(**{"unit": "weeks", "anchor": FRIDAY, "zone": PACIFIC, "at": time(18, 0), "weekdays": (4,), **values})


def make_weekly(owner: Member, rule: Rule | None = None, **values: Any) -> Task:
    project = make_project(owner, now=NOW)
    deadline = Deadline(FRIDAY, time(18, 0), PACIFIC)
    task = make_task(project, "Check the stock", owner=owner, deadline=deadline, actor=owner, now=NOW)
    values = {"window_days": 3, "ends_on": None, "most_copies": None, **values}
    repeat_task(task, rule=rule or weekly(), actor=owner, now=NOW, **values)
    return task


def copies() -> list[tuple[str, str]]:
    tasks = Task.objects.order_by("occurrence_on")
    return [(str(task.occurrence_on), "done" if task.is_done else "open") for task in tasks]


def finish(task: Task, now: datetime) -> None:
    finish_task(Task.objects.get(pk=task.pk), actor=task.project.owner, now=now)


@pytest.mark.django_db
class TestNextCopy:
    def test_it_appears_when_its_window_opens_and_once(self, owner: Member) -> None:
        finish(make_weekly(owner), NOW)
        run_due(NOW)
        run_due(OPENS - timedelta(seconds=1))
        assert copies() == [("2026-10-09", "done")]
        run_due(OPENS)
        assert run_due(OPENS + timedelta(minutes=5))["failed"] == 0
        assert copies() == [("2026-10-09", "done"), ("2026-10-16", "open")]

    def test_it_is_like_the_last_one_and_keeps_the_wall_time_through_a_clock_change(self, owner: Member) -> None:
        helper = make_member()
        task = make_weekly(owner)
        items = add_items(task, ["FBA", "In transit"], actor=owner, now=NOW)
        check_item(items[0], is_done=True, actor=owner, now=NOW)
        set_helpers(task, [helper], actor=owner, now=NOW)
        set_labels(task, [make_label("stock")], actor=owner, now=NOW)
        Task.objects.filter(pk=task.pk).update(
            description="By SKU.", priority=3, start_on=FRIDAY - timedelta(days=2), field_values={"7": "12.5"}
        )
        at = NOW
        for _week in range(4):
            finish(Task.objects.order_by("-occurrence_on")[0], at)
            at += WEEK
            run_due(at)
        newest = Task.objects.order_by("-occurrence_on")[0]
        # Clocks went back on 1 November: 18:00 is an hour later in UTC.
        assert (newest.occurrence_on, newest.due_at) == (date(2026, 11, 6), datetime(2026, 11, 7, 2, 0, tzinfo=UTC))
        assert (newest.title, newest.description, newest.priority) == ("Check the stock", "By SKU.", 3)
        assert (newest.owner, list(newest.helpers.all()), newest.field_values) == (owner, [helper], {"7": "12.5"})
        assert [label.name for label in newest.labels.all()] == ["stock"]
        assert [(item.text, item.done_at) for item in newest.checklist.order_by("position")] == [
            ("FBA", None),
            ("In transit", None),
        ]
        assert (newest.checklist_count, newest.checklist_done_count) == (2, 0)
        assert (newest.start_on, newest.column) == (date(2026, 11, 4), make_column(newest.project))
        assert Reminder.objects.filter(subject_id=newest.pk, state="waiting").count() == 1
        assert Notification.objects.filter(member=owner, kind="assigned").count() == 4

    def test_it_takes_its_subtasks_along_open_again_and_as_far_from_its_day(self, owner: Member) -> None:
        task, wei, gone = make_weekly(owner), make_member(display_name="Wei"), make_member(is_active=False)
        eve = Deadline(FRIDAY - timedelta(days=1), time(9, 30), "Asia/Shanghai")
        [count] = create_subtasks(task, ["Count"], actor=owner, now=NOW)
        [deep] = create_subtasks(count, ["Weigh"], actor=owner, now=NOW)
        make_task(task.project, "given up", parent_id=task.pk, archived_at=NOW)
        set_deadline(count, eve, actor=owner, now=NOW)
        Task.objects.filter(pk=count.pk).update(owner=wei, estimate_minutes=30, start_on=FRIDAY - timedelta(days=3))
        Task.objects.filter(pk=deep.pk).update(owner=gone)
        set_labels(count, [make_label("stock")], actor=owner, now=NOW)
        check_item(add_items(deep, ["Scale"], actor=owner, now=NOW)[0], is_done=True, actor=owner, now=NOW)
        for each in (deep, count, task):
            finish(each, NOW)
        run_due(OPENS)
        copy = Task.objects.get(occurrence_on=FRIDAY + WEEK)
        [again] = copy.subtasks.all()
        [below] = again.subtasks.all()
        assert (copy.subtask_count, copy.subtask_done_count, again.subtask_count) == (1, 0, 1)
        assert again.deadline == Deadline(FRIDAY + timedelta(days=6), time(9, 30), "Asia/Shanghai")
        assert (again.start_on, again.owner, again.estimate_minutes) == (FRIDAY + timedelta(days=4), wei, 30)
        assert (again.is_done, again.column, [label.name for label in again.labels.all()]) == (
            False, make_column(copy.project), ["stock"],
        )  # fmt: skip
        assert (below.title, below.owner, below.deadline) == ("Weigh", None, None)
        assert [(item.text, item.done_at) for item in below.checklist.all()] == [("Scale", None)]
        assert len({task.number for task in Task.objects.all()}) == Task.objects.count() == 7
        assert Notification.objects.get(member=wei, kind="tasks_assigned").data["count"] == 1
        assert Reminder.objects.filter(subject_id=again.pk, state="waiting").count() == 1
        assert {hit.text for hit in search(owner, "weigh", now=NOW).hits} == {"Weigh"}

    def test_it_is_about_the_same_products(self, owner: Member) -> None:
        task = make_weekly(owner)
        link_products(task, [Product(sku="HF-2210")], actor=owner, now=NOW)
        finish(task, NOW)
        run_due(OPENS)
        newest = Task.objects.get(occurrence_on="2026-10-16")
        assert (newest.product_count, newest.products.get().sku) == (1, "HF-2210")
        assert task.products.count() == 1

    def test_it_is_found_by_the_search(self, owner: Member) -> None:
        task = make_weekly(owner)
        add_items(task, ["Pallets"], actor=owner, now=NOW)
        finish(task, NOW)
        run_due(OPENS)
        newest = Task.objects.get(occurrence_on="2026-10-16")
        assert newest.pk in [hit.pk for hit in search(owner, "stock", now=OPENS).hits]
        items = [hit.pk for hit in search(owner, "pallets", now=OPENS).hits]
        assert newest.checklist.get().pk in items

    def test_nothing_is_made_while_the_last_one_is_open(self, owner: Member) -> None:
        task = make_weekly(owner)
        for hours in range(0, 24 * 8, 6):
            run_due(OPENS + timedelta(hours=hours))
        assert copies() == [("2026-10-09", "open")]
        done_at = OPENS + timedelta(days=8)
        finish(task, done_at)
        run_due(done_at)
        # Friday the 16th went by meanwhile: it is left out, and the trace says so.
        assert copies() == [("2026-10-09", "done"), ("2026-10-23", "open")]
        assert Recurrence.objects.get().skipped_on == [date(2026, 10, 16)]
        assert "left out Fri 16 Oct" in sentence(Activity.objects.get(verb="occurrences missed"))

    def test_what_people_changed_in_the_last_one_goes_on(self, owner: Member) -> None:
        task = make_weekly(owner)
        Task.objects.filter(pk=task.pk).update(title="Check stock and ads")
        finish(task, NOW)
        run_due(OPENS)
        assert Task.objects.get(occurrence_on="2026-10-16").title == "Check stock and ads"

    def test_who_has_left_is_not_put_on_it(self, owner: Member) -> None:
        gone = make_member()
        task = make_weekly(owner)
        Task.objects.filter(pk=task.pk).update(owner=gone)
        Member.objects.filter(pk=gone.pk).update(is_active=False)
        finish(task, NOW)
        run_due(OPENS)
        assert Task.objects.get(occurrence_on="2026-10-16").owner is None

    def test_it_ends_after_so_many_copies_or_on_a_day(self, owner: Member) -> None:
        counted, dated = make_weekly(owner, most_copies=2), make_weekly(owner, ends_on=date(2026, 10, 20))
        at = NOW
        for _week in range(6):
            for task in Task.objects.unfinished():
                finish(task, at)
            run_due(at)
            at += WEEK
        for task in (counted, dated):
            recurrence = Recurrence.objects.get(tasks=task)
            days = list(recurrence.tasks.order_by("occurrence_on").values_list("occurrence_on", flat=True))
            assert (days, recurrence.next_on) == ([FRIDAY, FRIDAY + WEEK], None)
        assert not DueItem.objects.filter(kind="recurrence").exists()

    def test_a_task_without_a_deadline_is_given_the_first_that_lies_ahead(self, owner: Member) -> None:
        task = make_task(make_project(owner, now=NOW), "Report", owner=owner, now=NOW)
        rule = weekly(anchor=NOW.date(), weekdays=(1,), at=time(8, 0))
        repeat_task(task, rule=rule, window_days=3, ends_on=None, most_copies=None, actor=owner, now=NOW)
        task.refresh_from_db()
        # It is 9:00 in Los Angeles on that Tuesday.
        assert (task.due_on, task.occurrence_on) == (date(2026, 10, 13), date(2026, 10, 13))


@pytest.mark.django_db
class TestHeld:
    @pytest.mark.parametrize("close", [archive_project, finish_project])
    def test_a_closed_project_gets_no_copy_and_no_flood_afterwards(self, owner: Member, close: Any) -> None:
        task = make_weekly(owner)
        finish(task, NOW)
        close(task.project, actor=owner, now=NOW)
        at = NOW
        while at < NOW + 10 * WEEK:
            assert run_due(at)["failed"] == 0
            at += timedelta(hours=12)
        assert copies() == [("2026-10-09", "done")]
        if close is finish_project:
            type(task.project).objects.update(state="active")
        else:
            restore_project(task.project, actor=owner, now=at)
        for hours in range(0, 24 * 7, 3):
            run_due(at + timedelta(hours=hours))
        assert len(copies()) == 2
        assert not Activity.objects.filter(verb="occurrences missed").exists()

    def test_the_bin_holds_it_and_taking_out_lets_it_go_on(self, owner: Member) -> None:
        task = make_weekly(owner)
        delete_task(task, actor=owner, now=NOW)
        at = NOW
        while at < NOW + 3 * WEEK:
            run_due(at)
            at += timedelta(hours=12)
        assert Task.objects.count() == 1
        restore_task(task, actor=owner, now=at)
        finish(task, at)
        for hours in range(0, 24 * 7, 3):
            run_due(at + timedelta(hours=hours))
        assert Task.objects.count() == 2

    def test_started_again_from_an_older_copy_it_goes_on_though_the_newest_is_gone_for_good(
        self, owner: Member
    ) -> None:
        task = make_weekly(owner)
        finish(task, NOW)
        run_due(OPENS)
        newest = Task.objects.select_related("project", "column__board").get(occurrence_on=FRIDAY + WEEK)
        delete_task(newest, actor=owner, now=OPENS)
        later = OPENS + timedelta(days=40)
        run_due(later)
        run_due(later + timedelta(days=10))
        assert not Recurrence.objects.get().is_active
        task = Task.objects.select_related("project", "column__board").get(pk=task.pk)
        again = later + timedelta(days=11)
        repeat_task(task, rule=weekly(), window_days=3, ends_on=None, most_copies=None, actor=owner, now=again)
        at = again
        while at < again + 2 * WEEK:
            run_due(at)
            at += timedelta(hours=12)
        recurrence = Recurrence.objects.get()
        assert (recurrence.is_active, recurrence.tasks.count()) == (True, 2)

    def test_removed_for_good_stops_it(self, owner: Member) -> None:
        task = make_weekly(owner)
        delete_task(task, actor=owner, now=NOW)
        run_due(NOW + timedelta(days=40))
        run_due(NOW + timedelta(days=50))
        recurrence = Recurrence.objects.get()
        assert (recurrence.is_active, Task.objects.count()) == (False, 1)
        assert not DueItem.objects.filter(kind="recurrence").exists()


@pytest.mark.django_db
class TestByHand:
    def test_skipping_puts_the_open_copy_away_and_the_next_one_comes(self, owner: Member) -> None:
        task = make_weekly(owner)
        assert skip_occurrence(task, actor=owner, now=NOW) == FRIDAY
        task.refresh_from_db()
        assert task.archived_at == NOW
        run_due(OPENS)
        assert [day for day, _state in copies()] == ["2026-10-09", "2026-10-16"]

    def test_a_skipped_part_counts_no_more_in_its_whole(self, owner: Member) -> None:
        task = make_weekly(owner)
        whole = make_task(task.project, "Stock")
        set_parent(task, whole, actor=owner, now=NOW)
        skip_occurrence(task, actor=owner, now=NOW)
        whole.refresh_from_db()
        assert whole.subtask_count == 0

    def test_skipping_with_nothing_open_leaves_the_next_one_out(self, owner: Member) -> None:
        task = make_weekly(owner)
        finish(task, NOW)
        task.refresh_from_db()
        assert skip_occurrence(task, actor=owner, now=NOW) == FRIDAY + WEEK
        run_due(OPENS)
        run_due(OPENS + WEEK)
        assert copies() == [("2026-10-09", "done"), ("2026-10-23", "open")]

    def test_stopping_makes_no_further_copy_and_starting_again_does(self, owner: Member) -> None:
        task = make_weekly(owner)
        finish(task, NOW)
        task.refresh_from_db()
        stop_repeating(task, actor=owner, now=NOW)
        stop_repeating(task, actor=owner, now=NOW)
        run_due(OPENS)
        assert copies() == [("2026-10-09", "done")]
        with pytest.raises(NothingToSkip):
            skip_occurrence(task, actor=owner, now=NOW)
        repeat_task(task, rule=weekly(), window_days=3, ends_on=None, most_copies=None, actor=owner, now=OPENS)
        run_due(OPENS)
        assert copies() == [("2026-10-09", "done"), ("2026-10-16", "open")]
        assert Activity.objects.filter(verb="recurrence stopped").count() == 1

    def test_another_rule_concerns_future_copies_only(self, owner: Member) -> None:
        task = make_weekly(owner)
        rule = weekly(unit="month_day", month_day=31, at=None)
        repeat_task(task, rule=rule, window_days=5, ends_on=None, most_copies=None, actor=owner, now=NOW)
        task.refresh_from_db()
        recurrence = Recurrence.objects.get()
        assert (task.due_on, recurrence.next_on) == (FRIDAY, date(2026, 10, 31))
        days = coming_days(recurrence, now=NOW)
        assert [next(days) for _ in range(3)] == [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]
        said = sentence(Activity.objects.get(verb="recurrence changed"))
        assert "from “every Friday 18:00 (America/Los_Angeles)” to “every month on day 31 (or its last day)" in said

    def test_reopening_the_old_copy_holds_back_the_next(self, owner: Member) -> None:
        task = make_weekly(owner)
        finish(task, NOW)
        run_due(NOW)
        reopen_task(Task.objects.get(pk=task.pk), actor=owner, now=NOW)
        run_due(OPENS)
        assert copies() == [("2026-10-09", "open")]


@pytest.mark.django_db
class TestOnceOnly:
    def test_looking_twice_makes_one(self, owner: Member) -> None:
        finish(make_weekly(owner), NOW)
        pk = Recurrence.objects.get().pk
        look(pk, now=OPENS)
        look(pk, now=OPENS)
        assert len(copies()) == 2

    def test_a_worker_that_died_in_the_middle_leaves_it_to_the_next(
        self, owner: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finish(make_weekly(owner), NOW)
        run_due(NOW)
        with monkeypatch.context() as patched:
            patched.setattr("projects.actions.copies.plan_reminders", lambda *_args, **_kwargs: 1 / 0)
            assert run_due(OPENS)["failed"] == 1
        assert len(copies()) == 1
        assert "failed" not in run_due(OPENS + LEASE)
        assert len(copies()) == 2

    def test_the_other_workspace_has_none(self, owner: Member, other: Workspace) -> None:
        finish(make_weekly(owner), NOW)
        run_due(OPENS)
        with tenant_context(other):
            assert not Task.objects.exists()


@RACE
def test_workers_and_people_at_once_make_one_copy_and_no_dead_lock(live_workspace: Workspace) -> None:
    owner = Member.objects.get(role="owner")
    tasks = [make_weekly(owner) for _ in range(6)]

    def finish_all() -> None:
        for task in tasks:
            finish(task, OPENS)

    def edit_all() -> None:
        for task in tasks:
            fresh = Task.objects.get(pk=task.pk)
            repeat_task(fresh, rule=weekly(), window_days=4, ends_on=None, most_copies=None, actor=owner, now=OPENS)

    _, _, *counts = at_once(finish_all, edit_all, lambda: run_due(OPENS, limit=2), lambda: run_due(OPENS, limit=3))
    assert [count["failed"] for count in counts] == [0, 0]
    run_due(OPENS)
    run_due(OPENS + timedelta(hours=7))
    assert copies() == [("2026-10-09", "done")] * 6 + [("2026-10-16", "open")] * 6
