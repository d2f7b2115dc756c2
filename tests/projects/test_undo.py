"""What was just done is taken back: as far as nobody has changed it since, once, and for ten minutes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from linkstar.workspaces.models import DueItem
from notifications.models import Reminder
from projects.actions.archive import archive_task, unarchive_task
from projects.actions.days import move_deadline
from projects.actions.deadlines import set_start
from projects.actions.edits import set_owner
from projects.actions.finishing import finish_task
from projects.actions.remembering import record
from projects.actions.tasks import delete_task, move_task
from projects.actions.undo import AlreadyUndone, TooLate, forget, undo
from projects.models import Activity, Change, Column, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task, make_task
from tests.projects.test_move import statements
from tests.races import RACE, at_once

HTMX = {"HX-Request": "true"}


def fresh(task: Task) -> Task:
    return Task.objects.select_related("project", "column__board").get(pk=task.pk)


def titles(column: Column) -> list[str]:
    return list(column.tasks.current().order_by("rank").values_list("title", flat=True))


def waiting() -> int:
    return Reminder.objects.filter(state=Reminder.State.WAITING).count()


@pytest.mark.django_db
class TestUndo:
    def test_a_finished_task_goes_back_to_its_place_with_its_reminders(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        todo = make_column(project)
        task, _below = make_ready_task(project, "task"), make_ready_task(project, "below")
        planned = waiting()
        change = finish_task(fresh(task), actor=owner, now=now)
        assert (titles(todo), waiting()) == (["below"], planned - 1)
        undone = undo(change, actor=owner, now=now)
        assert ([each.pk for each in undone.tasks], undone.left) == ([task.pk], {})
        assert (titles(todo), fresh(task).completed_at, waiting()) == (["task", "below"], None, planned)
        line = Activity.objects.latest("pk")
        assert (line.verb, line.task_id, line.data["column"]) == ("undone", task.pk, todo.name)

    def test_twice_is_once_and_after_ten_minutes_it_is_too_late(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        change = move_task(make_task(project), column=make_column(project, "done"), before=None, actor=owner, now=now)
        late = make_task(project)
        other = move_task(late, column=make_column(project, "done"), before=None, actor=owner, now=now)
        undo(change, actor=owner, now=now + timedelta(minutes=9))
        with pytest.raises(AlreadyUndone):
            undo(change, actor=owner, now=now + timedelta(minutes=9))
        with pytest.raises(TooLate):
            undo(other, actor=owner, now=now + timedelta(minutes=10))
        assert fresh(late).is_done

    def test_what_somebody_changed_since_is_left_and_counted(self, owner: Any) -> None:
        project, now, maya = make_project(owner), timezone.now(), make_member()
        tasks = [make_task(project, f"t{number}", owner=owner) for number in range(3)]
        rows = [(task, {"owner": None}, {"owner": owner.pk}) for task in tasks]
        change = record("owner changed", project=project, actor=owner, now=now, rows=rows)
        set_owner(fresh(tasks[0]), maya, actor=maya, now=now)
        undone = undo(change, actor=owner, now=now)
        assert ([task.pk for task in undone.tasks], undone.left) == ([tasks[1].pk, tasks[2].pk], {"changed": 1})
        assert list(Task.objects.order_by("pk").values_list("owner", flat=True)) == [maya.pk, None, None]

    def test_a_deadline_does_not_come_back_before_a_start_that_was_set_since(self, owner: Any) -> None:
        project, now, zone = make_project(owner), timezone.now(), "Asia/Shanghai"
        day = timezone.localdate()
        task = make_task(project, owner=owner, deadline=Deadline(day, None, zone))
        change = move_deadline(fresh(task), Deadline(day + timedelta(days=9), None, zone), actor=owner, now=now)
        set_start(fresh(task), day + timedelta(days=5), actor=owner, now=now)
        assert undo(change, actor=owner, now=now).left == {"changed": 1}
        assert fresh(task).due_on == day + timedelta(days=9)

    def test_nothing_is_given_back_to_who_has_left(self, owner: Any) -> None:
        project, now, maya = make_project(owner), timezone.now(), make_member()
        task = make_task(project, owner=owner)
        rows = [(task, {"owner": maya.pk}, {"owner": owner.pk})]
        change = record("owner changed", project=project, actor=owner, now=now, rows=rows)
        type(maya).objects.filter(pk=maya.pk).update(is_active=False)
        assert undo(change, actor=owner, now=now).left == {"barred": 1}
        assert fresh(task).owner == owner

    def test_what_the_person_does_not_see_stays_promised_to_the_bin(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        tasks = [make_task(project, "open"), make_task(project, "secret")]
        Task.objects.filter(pk=tasks[1].pk).update(sensitivity="finance")
        for task in tasks:
            delete_task(fresh(task), actor=owner, now=now)
        rows = [(task, {"deleted": None}, {"deleted": now.isoformat()}) for task in tasks]
        change = record("task deleted", project=project, actor=owner, now=now, rows=rows)
        boss = make_member(role="manager")
        assert [task.pk for task in undo(change, actor=boss, now=now).tasks] == [tasks[0].pk]
        assert list(DueItem.objects.filter(kind="binned_task").values_list("object_id", flat=True)) == [tasks[1].pk]

    def test_a_column_that_has_filled_up_takes_nothing_back(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        todo = make_column(project)
        task = make_task(project, "task")
        change = move_task(fresh(task), column=make_column(project, "done"), before=None, actor=owner, now=now)
        make_task(project, "new")
        Column.objects.filter(pk=todo.pk).update(wip_limit=1)
        undone = undo(change, actor=owner, now=now)
        assert (undone.tasks, undone.left) == ([], {"full": 1})
        assert Change.objects.get(pk=change.pk).undone_at is None

    def test_a_place_that_is_taken_is_found_beside(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        todo, done = make_column(project), make_column(project, "done")
        one, _two = make_task(project, "one"), make_task(project, "two")
        rank = fresh(one).rank
        change = move_task(fresh(one), column=done, before=None, actor=owner, now=now)
        Task.objects.filter(pk=make_task(project, "new").pk).update(rank=rank)
        undo(change, actor=owner, now=now)
        assert titles(todo) == ["new", "one", "two"]

    def test_deletion_and_archive_are_taken_back_with_subtasks_and_counts(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        parent = make_task(project, "parent")
        child = make_task(project, "child")
        Task.objects.filter(pk=child.pk).update(parent=parent)
        Task.objects.filter(pk=parent.pk).update(subtask_count=1)
        for act in (delete_task, archive_task):
            change = act(fresh(parent), actor=owner, now=now)
            assert titles(make_column(project)) == []
            assert len(undo(change, actor=owner, now=now).tasks) == 2
            assert titles(make_column(project)) == ["parent", "child"]
        assert fresh(parent).subtask_count == 1

    def test_links_and_deadlines_are_put_back(self, owner: Any) -> None:
        project, now, maya, bo = make_project(owner), timezone.now(), make_member(), make_member()
        task = make_ready_task(project, owner=owner)
        task.helpers.set([maya, bo])
        due = [task.due_on.isoformat(), None, task.due_zone, task.due_at.isoformat()]
        rows = [
            (task, {"helpers": [maya.pk], "deadline": None}, {"helpers": sorted([maya.pk, bo.pk]), "deadline": due})
        ]
        change = record("helpers changed", project=project, actor=owner, now=now, rows=rows)
        assert len(undo(change, actor=owner, now=now).tasks) == 1
        task = fresh(task)
        assert (list(task.helpers.all()), task.due_on, task.due_at, task.due_zone) == ([maya], None, None, "")
        assert waiting() == 0

    def test_what_is_remembered_of_a_big_change_is_let_go(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        rows = [(make_task(project), {"owner": None}, {"owner": owner.pk})]
        change = record("owner changed", project=project, actor=owner, now=now, rows=rows)
        forget(change.pk, now=now + timedelta(minutes=9))
        assert Change.objects.get(pk=change.pk).data
        forget(change.pk, now=now + timedelta(minutes=10))
        assert Change.objects.get(pk=change.pk).data == {}


@pytest.mark.django_db
class TestPage:
    def test_only_who_did_it_and_managers_are_offered_it(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        maya, bo, ann = make_member(language="en"), make_member(language="en"), make_member("manager", language="en")
        task = make_task(project)
        change = move_task(fresh(task), column=make_column(project, "done"), before=None, actor=maya, now=now)
        address = f"/changes/{change.pk}/undo/"
        for member, is_offered in ((maya, True), (bo, False), (ann, True)):
            client = client_of(member)
            for page in (f"/tasks/{task.pk}/", f"/projects/{project.pk}/activity/"):
                assert (address in client.get(page).content.decode()) is is_offered
        assert client_of(bo).post(address).status_code == 403
        assert client_of(ann).post(address, {"to": "activity"}).url == f"/projects/{project.pk}/activity/"
        assert not fresh(task).is_done
        said = json.loads(client_of(maya).post(address, headers=HTMX)["HX-Trigger"])["toast"]
        assert said == {"message": f"{ann.display_name} has undone this already."}

    def test_too_late_is_said_and_changes_nothing(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(language="en")
        task = make_task(project)
        before = timezone.now() - timedelta(minutes=11)
        change = move_task(fresh(task), column=make_column(project, "done"), before=None, actor=maya, now=before)
        response = client_of(maya).post(f"/changes/{change.pk}/undo/", headers=HTMX)
        assert response.status_code == 422
        said = json.loads(response["HX-Trigger"])["toast"]["message"]
        assert said == "This can be taken back for 10 minutes only. Nothing was changed."
        assert fresh(task).is_done
        assert "/undo/" not in client_of(maya).get(f"/tasks/{task.pk}/").content.decode()

    def test_a_guest_takes_back_what_they_moved(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        task = make_task(project, owner=guest)
        move = client_of(guest).post(
            f"/tasks/{task.pk}/move/", {"column": make_column(project, "done").pk}, headers=HTMX
        )
        address = json.loads(move["HX-Trigger"])["toast"]["undo_url"]
        assert client_of(guest).post(address, headers=HTMX).status_code == 200
        assert not fresh(task).is_done


@pytest.mark.django_db
class TestArchive:
    def test_it_is_put_away_and_taken_out_on_its_page(self, owner: Any) -> None:
        project, maya = make_project(owner), make_member(language="en")
        task = make_ready_task(project, "Old launch")
        client = client_of(maya)
        planned = waiting()
        assert client.post(f"/tasks/{task.pk}/archive/").url == f"/tasks/{task.pk}/"
        assert waiting() == planned - 1
        assert "Take out of the archive" in client.get(f"/tasks/{task.pk}/").content.decode()
        page = client.get(f"/projects/{project.pk}/archived/").content.decode()
        assert "Old launch" in page
        back = client.post(f"/tasks/{task.pk}/unarchive/", {"to": "archive"})
        assert back.url == f"/projects/{project.pk}/archived/"
        assert (fresh(task).archived_at, waiting()) == (None, planned)
        assert "The archive is empty" in client.get(f"/projects/{project.pk}/archived/").content.decode()
        verbs = Activity.objects.filter(task=task).order_by("pk").values_list("verb", flat=True)
        assert list(verbs)[-2:] == ["task archived", "task unarchived"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_its_page_takes_the_same_statements_for_any_number(self, owner: Any, count: int) -> None:
        project, now = make_project(owner), timezone.now()
        for _ in range(count):
            archive_task(make_task(project, owner=owner), actor=owner, now=now)
        client = client_of(owner)
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/projects/{project.pk}/archived/").content.decode().count('class="filerow"') == count
        assert len(statements(captured)) == 6

    def test_twice_is_once(self, owner: Any) -> None:
        task, now = make_task(make_project(owner)), timezone.now()
        assert archive_task(fresh(task), actor=owner, now=now) is not None
        assert archive_task(fresh(task), actor=owner, now=now) is None
        assert unarchive_task(fresh(task), actor=owner, now=now) is not None
        assert unarchive_task(fresh(task), actor=owner, now=now) is None


@RACE
def test_of_two_who_undo_at_once_one_is_told(live_workspace: Any, owner: Any) -> None:
    project, now = make_project(owner), timezone.now()
    task = make_task(project)
    change = move_task(fresh(task), column=make_column(project, "done"), before=None, actor=owner, now=now)
    acts = [lambda: undo(Change.objects.get(pk=change.pk), actor=owner, now=now)] * 2
    results = at_once(*acts, expected=AlreadyUndone)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyUndone", "Undone"]
    assert Activity.objects.filter(verb="undone").count() == 1
