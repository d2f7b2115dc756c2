"""Subtasks: made, hung elsewhere, counted, binned with their parent, and made of checklist items."""

import itertools
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from linkstar.workspaces.due import run_due
from linkstar.workspaces.models import DueItem
from notifications.models import Reminder
from projects.actions.checklists import add_items, check_item
from projects.actions.edits import set_priority
from projects.actions.family_limits import CyclicParent, NotItsParent, TooDeep, TooManySubtasks
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.ownership import hand_over_work
from projects.actions.subtasks import (
    WorkedOnSince,
    create_subtasks,
    promote_item,
    set_parent,
    take_promotion_back,
)
from projects.actions.tasks import delete_task, restore_task
from projects.models import Activity, ChecklistItem, Task
from tests.factories import make_column, make_member, make_project, make_task
from tests.races import RACE, at_once


def fresh(task: Task) -> Task:
    return Task.objects.select_related("project__owner", "column__board").get(pk=task.pk)


def counts(task: Task) -> tuple[int, int]:
    task = fresh(task)
    return task.subtask_done_count, task.subtask_count


def chain(owner: Any, length: int) -> list[Task]:
    """Tasks of one project, each the parent of the next."""
    project, now = make_project(owner), timezone.now()
    tasks = [make_task(project, f"Level {level}") for level in range(length)]
    for parent, child in itertools.pairwise(tasks):
        set_parent(child, parent, actor=owner, now=now)
    return [fresh(task) for task in tasks]


@pytest.mark.django_db
class TestMaking:
    def test_lines_become_drafts_under_it_in_the_first_column_as_confidential_as_it_is(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        parent = make_task(project, owner=owner, sensitivity="finance", may_be_shared=False)
        titles = ["打样 🎨", "ספק חדש", "Order samples"]
        made = create_subtasks(parent, titles, actor=owner, now=now)
        rows = Task.objects.filter(parent=parent).order_by("number")
        assert [(row.title, row.owner, row.due_on, row.sensitivity, row.may_be_shared) for row in rows] == [
            (title, None, None, "finance", False) for title in titles
        ]
        assert {row.column for row in rows} == {make_column(project)}
        assert (counts(parent), parent.subtask_count) == ((0, 3), 3)
        trace = parent.activity.get(verb="subtasks added")
        assert trace.data == {"titles": titles, "numbers": [task.number for task in made]}

    def test_a_task_takes_two_hundred(self, owner: Any) -> None:
        parent, now = make_task(make_project(owner)), timezone.now()
        create_subtasks(parent, [f"Part {number}" for number in range(199)], actor=owner, now=now)
        with pytest.raises(TooManySubtasks) as refused:
            create_subtasks(parent, ["One", "Two"], actor=owner, now=now)
        create_subtasks(parent, ["One"], actor=owner, now=now)
        assert (refused.value.room, counts(parent)) == (1, (0, 200))

    def test_none_under_what_lies_in_the_bin(self, owner: Any) -> None:
        parent, now = make_task(make_project(owner)), timezone.now()
        delete_task(parent, actor=owner, now=now)
        with pytest.raises(NotItsParent):
            create_subtasks(parent, ["One"], actor=owner, now=now)

    def test_the_sixth_level_is_refused(self, owner: Any) -> None:
        *_others, fourth, fifth = chain(owner, 5)
        with pytest.raises(TooDeep):
            create_subtasks(fifth, ["One"], actor=owner, now=timezone.now())
        create_subtasks(fourth, ["One"], actor=owner, now=timezone.now())
        assert Task.objects.count() == 6


@pytest.mark.django_db
class TestHanging:
    def test_it_goes_from_one_to_another_and_out_with_numbers_in_the_trace(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        first, second, child = (make_task(project, title) for title in ("First", "Second", "Child"))
        set_parent(child, first, actor=owner, now=now)
        set_parent(child, first, actor=owner, now=now)
        set_parent(child, second, actor=owner, now=now)
        assert (counts(first), counts(second)) == ((0, 0), (0, 1))
        set_parent(child, None, actor=owner, now=now)
        assert (fresh(child).parent, counts(second)) == (None, (0, 0))
        said = child.activity.filter(verb="parent changed").order_by("pk").values_list("data", flat=True)
        one, two = first.number, second.number
        assert list(said) == [
            {"before": None, "after": one},
            {"before": one, "after": two},
            {"before": two, "after": None},
        ]
        verbs = second.activity.exclude(verb="task created").order_by("pk").values_list("verb", "data__number")
        assert list(verbs) == [("subtask joined", child.number), ("subtask left", child.number)]

    def test_a_circle_is_refused_and_its_path_named(self, owner: Any) -> None:
        top, middle, low = chain(owner, 3)
        for above, below, path in ((top, low, [top, middle, low]), (top, top, [top]), (middle, low, [middle, low])):
            with pytest.raises(CyclicParent) as refused:
                set_parent(above, below, actor=owner, now=timezone.now())
            assert refused.value.path == path
        assert fresh(top).parent is None

    def test_nothing_hangs_under_another_project_or_under_the_bin(self, owner: Any) -> None:
        child, elsewhere = make_task(make_project(owner)), make_task(make_project(owner))
        binned = make_task(child.project)
        delete_task(binned, actor=owner, now=timezone.now())
        for parent in (elsewhere, binned):
            with pytest.raises(NotItsParent):
                set_parent(child, parent, actor=owner, now=timezone.now())
        assert fresh(child).parent is None

    def test_a_tree_is_hung_with_its_depth(self, owner: Any) -> None:
        low = chain(owner, 3)[-1]
        project, now = low.project, timezone.now()
        tree = [make_task(project, f"Other {level}") for level in range(3)]
        for parent, child in itertools.pairwise(tree):
            set_parent(child, parent, actor=owner, now=now)
        with pytest.raises(TooDeep):
            set_parent(tree[0], low, actor=owner, now=now)
        delete_task(tree[2], actor=owner, now=now)
        set_parent(tree[0], low, actor=owner, now=now)
        assert fresh(tree[0]).parent == low


@pytest.mark.django_db
class TestCounts:
    def test_they_follow_finishing_reopening_the_bin_and_its_undoing(self, owner: Any) -> None:
        parent, now = make_task(make_project(owner)), timezone.now()
        one, two = (fresh(task) for task in create_subtasks(parent, ["One", "Two"], actor=owner, now=now))
        version = fresh(parent).version
        finish_task(one, actor=owner, now=now)
        assert (counts(parent), fresh(parent).version) == ((1, 2), version + 1)
        delete_task(one, actor=owner, now=now)
        assert counts(parent) == (0, 1)
        restore_task(one, actor=owner, now=now)
        reopen_task(fresh(one), actor=owner, now=now)
        assert counts(parent) == (0, 2)
        set_parent(fresh(one), two, actor=owner, now=now)
        assert (counts(parent), counts(two)) == ((0, 1), (0, 1))

    def test_a_stale_copy_counts_where_the_task_hangs_now(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        before, after, child = (make_task(project, title) for title in ("Before", "After", "Child"))
        set_parent(child, before, actor=owner, now=now)
        stale = fresh(child)
        set_parent(child, after, actor=owner, now=now)
        finish_task(stale, actor=owner, now=now)
        assert (counts(before), counts(after)) == ((0, 0), (1, 1))


@pytest.mark.django_db
class TestBin:
    def test_subtasks_go_with_their_parent_and_come_back_with_it(self, owner: Any) -> None:
        top, middle, low = chain(owner, 3)
        now = timezone.now()
        gone_before = create_subtasks(top, ["Gone before"], actor=owner, now=now)[0]
        delete_task(fresh(gone_before), actor=owner, now=now)
        delete_task(top, actor=owner, now=now + timedelta(seconds=1))
        assert not Task.objects.alive().exists()
        assert DueItem.objects.filter(kind="binned_task").count() == 4
        restore_task(top, actor=owner, now=now + timedelta(seconds=2))
        assert list(Task.objects.alive().order_by("pk")) == [top, middle, low]
        assert DueItem.objects.get(kind="binned_task").object_id == gone_before.pk
        assert (counts(top), counts(middle)) == ((0, 1), (0, 1))
        verbs = Activity.objects.filter(task=low).order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["task created", "parent changed", "task deleted", "task restored"]

    def test_their_reminders_stop_and_wait_again(self, owner: Any) -> None:
        from linkstar.lib.deadlines import Deadline

        project, now = make_project(owner), timezone.now()
        due = Deadline((now + timedelta(days=9)).date(), None, "UTC")
        parent, child = make_task(project), make_task(project, deadline=due)
        set_parent(child, parent, actor=owner, now=now)
        waiting = Reminder.objects.filter(state=Reminder.State.WAITING)
        delete_task(parent, actor=owner, now=now)
        assert waiting.count() == 0
        restore_task(parent, actor=owner, now=now)
        assert waiting.get().subject_id == child.pk

    def test_what_the_actor_may_not_see_stays(self, owner: Any) -> None:
        member, now = make_member(), timezone.now()
        parent = make_task(make_project(owner))
        seen, hidden = create_subtasks(parent, ["Seen", "Margins"], actor=owner, now=now)
        Task.objects.filter(pk=hidden.pk).update(sensitivity="finance")
        below = create_subtasks(fresh(hidden), ["Below"], actor=owner, now=now)[0]
        Task.objects.filter(pk=below.pk).update(sensitivity="normal")
        delete_task(fresh(parent), actor=member, now=now)
        assert list(Task.objects.alive().order_by("pk")) == [hidden, below]
        assert seen.pk in Task.objects.in_bin().values_list("pk", flat=True)
        restore_task(fresh(parent), actor=member, now=now)
        assert counts(parent) == (0, 2)

    def test_a_subtask_taken_out_alone_is_a_task_of_its_own_until_its_parent_is_back(self, owner: Any) -> None:
        parent, child = chain(owner, 2)
        now = timezone.now()
        delete_task(parent, actor=owner, now=now)
        restore_task(child, actor=owner, now=now)
        assert list(Task.objects.alive()) == [child]
        restore_task(parent, actor=owner, now=now)
        assert (fresh(child).parent, counts(parent)) == (parent, (0, 1))


@pytest.mark.django_db
class TestPromotion:
    def test_an_item_becomes_a_subtask_and_goes_back_where_it_stood(self, owner: Any) -> None:
        task, now = make_task(make_project(owner)), timezone.now()
        items = add_items(task, ["First", "White background 🐈", "Last"], actor=owner, now=now)
        made = promote_item(items[1], actor=owner, now=now)
        task = fresh(task)
        assert (made.title, made.parent, made.owner, made.is_done) == ("White background 🐈", task, None, False)
        assert (task.checklist_count, counts(task)) == (2, (0, 1))
        assert made.activity.get(verb="made of item").data == {"number": task.number}
        assert task.activity.get(verb="item promoted").data["text"] == "White background 🐈"
        take_promotion_back(fresh(made), actor=owner, now=now)
        texts = task.checklist.order_by("position").values_list("text", flat=True)
        assert list(texts) == ["First", "White background 🐈", "Last"]
        assert (fresh(task).checklist_count, counts(task)) == (3, (0, 0))

    def test_a_ticked_one_becomes_a_finished_task_and_is_ticked_again_by_the_undo(self, owner: Any) -> None:
        task, now = make_task(make_project(owner)), timezone.now()
        [item] = add_items(task, ["Done already"], actor=owner, now=now)
        check_item(item, is_done=True, actor=owner, now=now)
        made = promote_item(item, actor=owner, now=now)
        assert (made.is_done, made.column.is_done, counts(task)) == (True, True, (1, 1))
        take_promotion_back(fresh(made), actor=owner, now=now)
        item = ChecklistItem.objects.get()
        assert (item.done_at, item.done_by, fresh(task).checklist_done_count) == (now, owner, 1)

    def test_what_was_worked_on_stays_a_task(self, owner: Any) -> None:
        task, now = make_task(make_project(owner)), timezone.now()
        [item] = add_items(task, ["Grown"], actor=owner, now=now)
        made = promote_item(item, actor=owner, now=now)
        set_priority(fresh(made), Task.Priority.URGENT, actor=owner, now=now)
        for each in (made, task):
            with pytest.raises(WorkedOnSince):
                take_promotion_back(fresh(each), actor=owner, now=now)

    def test_a_full_list_of_subtasks_leaves_the_item_where_it_is(self, owner: Any) -> None:
        task, now = make_task(make_project(owner)), timezone.now()
        create_subtasks(task, [f"Part {number}" for number in range(200)], actor=owner, now=now)
        [item] = add_items(task, ["One more"], actor=owner, now=now)
        with pytest.raises(TooManySubtasks):
            promote_item(item, actor=owner, now=now)
        assert task.checklist.get() == item


@RACE
def test_two_people_who_hang_tasks_under_each_other_make_no_circle(live_workspace: Any, owner: Any) -> None:
    project, now = make_project(owner), timezone.now()
    one, two, three = (make_task(project) for _ in range(3))
    for _ in range(3):
        Task.objects.update(parent=None)
        ring = ((one, two), (two, three), (three, one))
        acts = [partial(set_parent, fresh(child), fresh(above), actor=owner, now=now) for child, above in ring]
        refused = [each for each in at_once(*acts, expected=CyclicParent) if each is not None]
        assert [type(error) for error in refused] == [CyclicParent]
        assert Task.objects.filter(parent=None).count() == 1


@RACE
def test_subtasks_finished_added_and_binned_at_once_are_all_counted(live_workspace: Any, owner: Any) -> None:
    project, now = make_project(owner), timezone.now()
    leaver = make_member()
    # The parent is the younger row, so that who locks by pk takes the two the other way round.
    children = [make_task(project, owner=leaver) for _ in range(4)]
    parent = make_task(project, owner=leaver)
    for child in children:
        set_parent(child, parent, actor=owner, now=now)
    at_once(
        *(partial(finish_task, fresh(child), actor=owner, now=now) for child in children[:2]),
        partial(delete_task, fresh(children[2]), actor=owner, now=now),
        partial(create_subtasks, fresh(parent), ["More"], actor=owner, now=now),
        partial(set_priority, fresh(parent), Task.Priority.URGENT, actor=owner, now=now),
        partial(hand_over_work, leaver, heir=owner, actor=owner, now=now),
    )
    assert counts(parent) == (2, 4)
    assert Task.objects.filter(owner=leaver, completed_at=None, deleted_at=None).count() == 0


@RACE
def test_a_parent_restored_while_the_worker_removes_comes_back_whole_or_not_at_all(
    live_workspace: Any, owner: Any
) -> None:
    from projects.actions.tasks import RemovedForGood

    project, now = make_project(owner), timezone.now()
    parent = make_task(project)
    create_subtasks(parent, ["One", "Two"], actor=owner, now=now)
    delete_task(fresh(parent), actor=owner, now=now - timedelta(days=31))
    copy = fresh(parent)
    _done, refused = at_once(
        partial(run_due, now), partial(restore_task, copy, actor=owner, now=now), expected=RemovedForGood
    )
    alive, removed = Task.objects.alive().count(), Task.objects.filter(title="").count()
    assert alive + removed == 3
    assert isinstance(refused, RemovedForGood) == (fresh(parent).title == "")
