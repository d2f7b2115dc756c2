"""A column that goes while something lies in it, or is on its way to it."""

from typing import Any

import pytest
from django.utils import timezone

from projects.actions.boards import ColumnInUse, delete_column
from projects.actions.tasks import ColumnGone, delete_task, move_task, restore_task
from projects.models import Column, ProjectAccess, Task
from projects.views import adding, boards
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task
from tests.races import RACE, at_once

HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
class TestBin:
    def test_what_lies_in_the_bin_goes_to_the_next_column_and_comes_back_there(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        doing, review = project.board.columns.filter(status="doing").order_by("position")
        first, second, alive = (make_ready_task(project, title, column=doing) for title in ("first", "second", "alive"))
        stays = make_ready_task(project, "stays", column=review)
        for task in (first, second):
            delete_task(task, actor=owner, now=now)
        with pytest.raises(ColumnInUse):
            delete_column(doing, actor=owner, now=now)
        move_task(alive, column=review, before=None, actor=owner, now=now)
        delete_column(Column.objects.get(pk=doing.pk), actor=owner, now=now)
        for task in (second, first):
            restore_task(Task.objects.get(pk=task.pk), actor=owner, now=now)
        found = Task.objects.alive().filter(column=review).order_by("rank")
        assert list(found) == [stays, alive, second, first]

    def test_the_last_column_of_a_status_stays_whatever_lies_in_the_bin(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        todo = make_column(project)
        delete_task(make_ready_task(project, column=todo), actor=owner, now=now)
        with pytest.raises(ColumnInUse):
            delete_column(todo, actor=owner, now=now)

    def test_a_task_is_taken_out_though_its_column_went_meanwhile(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        doing, review = project.board.columns.filter(status="doing").order_by("position")
        task = make_ready_task(project, column=doing)
        delete_task(task, actor=owner, now=now)
        shown = Task.objects.select_related("column", "project").get(pk=task.pk)
        delete_column(doing, actor=owner, now=now)
        restore_task(shown, actor=owner, now=now)
        assert Task.objects.alive().get().column == review


@pytest.mark.django_db
class TestGone:
    def test_moving_and_adding_say_that_the_column_is_gone(self, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        project, now = make_project(owner), timezone.now()
        doing, _review = project.board.columns.filter(status="doing").order_by("position")
        task, client = make_ready_task(project), client_of(make_member(language="en"))

        def too_late(act: Any) -> Any:
            def run(*args: Any, **given: Any) -> Any:
                Column.objects.filter(pk=doing.pk).delete()
                return act(*args, **given)

            return run

        monkeypatch.setattr(boards, "move_task", too_late(move_task))
        moved = client.post(f"/tasks/{task.pk}/move/", {"column": doing.pk}, headers=HTMX)
        assert moved.status_code == 422
        assert "This column was deleted in the meantime." in moved["HX-Trigger"]
        doing.status = Column.Status.TODO
        doing.save(force_insert=True)
        monkeypatch.setattr(adding, "add_tree", too_late(adding.add_tree))
        added = client.post(f"/columns/{doing.pk}/tasks/add/", {"titles": "one"}, headers=HTMX)
        assert added.status_code == 422
        assert "This column was deleted in the meantime." in added.content.decode()
        assert list(Task.objects.values_list("column__status", flat=True)) == ["todo"]
        with pytest.raises(ColumnGone):
            move_task(task, column=doing, before=None, actor=owner, now=now)

    def test_a_guest_is_told_that_a_column_is_full_and_no_number(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest", language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        doing = make_column(project, "doing")
        Column.objects.filter(pk=doing.pk).update(wip_limit=1)
        make_ready_task(project, column=doing)
        task = make_ready_task(project, owner=guest)
        answer = client_of(guest).post(f"/tasks/{task.pk}/move/", {"column": doing.pk}, headers=HTMX)
        assert answer.status_code == 422
        assert '"message": "This column is full."' in answer["HX-Trigger"]
        told = client_of(make_member(language="en")).post(f"/tasks/{task.pk}/move/", {"column": doing.pk}, headers=HTMX)
        assert "takes 1 card at a time" in told["HX-Trigger"]


@RACE
def test_a_column_and_a_card_on_its_way_to_it_never_end_in_an_error(live_workspace: Any, owner: Any) -> None:
    project, now = make_project(owner), timezone.now()
    doing, _review = project.board.columns.filter(status="doing").order_by("position")
    task = make_ready_task(project)

    def delete() -> None:
        delete_column(Column.objects.get(pk=doing.pk), actor=owner, now=now)

    def move() -> None:
        move_task(Task.objects.get(pk=task.pk), column=doing, before=None, actor=owner, now=now)

    outcomes = at_once(delete, move, expected=(ColumnInUse, ColumnGone))
    assert {type(outcome) for outcome in outcomes} in ({type(None), ColumnInUse}, {type(None), ColumnGone})
