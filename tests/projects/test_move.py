"""Moving a card: the action, its races and its view."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linkstar.lib.deadlines import Deadline
from notifications.models import Reminder
from projects.actions.tasks import ColumnFull, create_tasks, move_task
from projects.models import Activity, Change, Column, Project, ProjectAccess, Task
from tests.factories import FAR_OFF, client_of, make_column, make_member, make_project, make_ready_task
from tests.races import RACE, at_once

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def titles(column: Column) -> list[str]:
    return list(Task.objects.filter(column=column).order_by("rank").values_list("title", flat=True))


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Without what only opens and closes transactions and chooses the schema."""
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET search_path")
    return [query["sql"] for query in captured if not query["sql"].startswith(words)]


def move(member: Any, task: Task, *, htmx: bool = True, **data: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return client_of(member).post(f"/tasks/{task.pk}/move/", data, headers=headers)


@pytest.mark.django_db
class TestAction:
    def test_a_task_goes_above_another_or_last(self, owner: Any) -> None:
        project = make_project(owner)
        todo, doing = make_column(project), make_column(project, "doing")
        a, b, c = (make_ready_task(project, title) for title in "abc")
        x = make_ready_task(project, "x", column=doing)

        move_task(c, column=todo, before=a, actor=owner, now=NOW)
        assert titles(todo) == ["c", "a", "b"]
        move_task(b, column=doing, before=x, actor=owner, now=NOW)
        move_task(a, column=doing, before=None, actor=owner, now=NOW)
        assert (titles(todo), titles(doing)) == (["c"], ["b", "x", "a"])

    def test_a_place_that_is_gone_is_the_end(self, owner: Any) -> None:
        project = make_project(owner)
        doing, done = make_column(project, "doing"), make_column(project, "done")
        task, gone = make_ready_task(project, "task"), make_ready_task(project, "gone", column=done)
        make_ready_task(project, "first", column=doing)

        move_task(task, column=doing, before=gone, actor=owner, now=NOW)
        assert titles(doing) == ["first", "task"]

    def test_a_full_column_takes_no_more_but_keeps_its_own_order(self, owner: Any) -> None:
        project = make_project(owner)
        doing = make_column(project, "doing")
        doing.wip_limit = 2
        doing.save()
        a, b = make_ready_task(project, "a", column=doing), make_ready_task(project, "b", column=doing)
        task = make_ready_task(project, "task")

        with pytest.raises(ColumnFull):
            move_task(task, column=doing, before=None, actor=owner, now=NOW)
        move_task(b, column=doing, before=a, actor=owner, now=NOW)
        assert titles(doing) == ["b", "a"]
        assert Task.objects.get(pk=task.pk).column.status == "todo"

    def test_done_cancels_the_reminder_and_coming_back_plans_it_again(self, owner: Any) -> None:
        project = make_project(owner)
        deadline = Deadline(date(2026, 12, 1), None, "America/Los_Angeles")
        task = make_ready_task(project, owner=owner, deadline=deadline, now=NOW)
        waiting = Reminder.objects.filter(state=Reminder.State.WAITING)
        assert waiting.count() == 1

        move_task(task, column=make_column(project, "done"), before=None, actor=owner, now=NOW)
        assert (task.completed_at, waiting.count()) == (NOW, 0)
        move_task(task, column=make_column(project, "doing"), before=None, actor=owner, now=NOW)
        assert (Task.objects.get(pk=task.pk).completed_at, waiting.count()) == (None, 1)

    def test_the_trace_names_both_columns_and_only_a_change_of_column_leaves_one(self, owner: Any) -> None:
        project = make_project(owner)
        a, b = make_ready_task(project, "a"), make_ready_task(project, "b")
        move_task(b, column=make_column(project), before=a, actor=owner, now=NOW)
        move_task(b, column=make_column(project, "done"), before=None, actor=owner, now=NOW)

        [trace] = Activity.objects.filter(task=b, verb="moved")
        assert (trace.actor, trace.data["before"], trace.data["after"]) == (
            owner, make_column(project).name, make_column(project, "done").name,
        )  # fmt: skip
        assert Task.objects.get(pk=b.pk).version == b.version == 3

    def test_ranks_are_spread_before_they_grow_too_long(self, owner: Any) -> None:
        project = make_project(owner)
        todo = make_column(project)
        _top, upper, lower = (make_ready_task(project, title) for title in ("top", "upper", "lower"))
        lengths = []
        for _step in range(220):
            # The lower of the two goes above the other: the gap below `top` halves every time.
            move_task(lower, column=todo, before=upper, actor=owner, now=NOW)
            upper, lower = lower, upper
            lengths.append(len(upper.rank))
        assert titles(todo) == ["top", upper.title, lower.title]
        assert max(lengths) == 40
        assert lengths[-1] < 20


@RACE
class TestRaces:
    def test_two_people_move_into_the_last_place(self, live_workspace: Any, owner: Any) -> None:
        project = make_project(owner)
        doing = make_column(project, "doing")
        Column.objects.filter(pk=doing.pk).update(wip_limit=1)
        a, b = make_ready_task(project, "a"), make_ready_task(project, "b")

        def into_doing(pk: int) -> Any:
            return lambda: move_task(
                Task.objects.select_related("column", "project").get(pk=pk),
                column=Column.objects.get(pk=doing.pk), before=None, actor=owner, now=NOW,
            )  # fmt: skip

        outcomes = at_once(into_doing(a.pk), into_doing(b.pk), expected=ColumnFull)
        assert sorted(isinstance(outcome, ColumnFull) for outcome in outcomes) == [False, True]
        assert Task.objects.filter(column=doing).count() == 1

    def test_many_moves_at_once_keep_one_order_and_lose_no_card(self, live_workspace: Any, owner: Any) -> None:
        project = make_project(owner)
        columns = list(project.board.columns.order_by("position"))
        tasks = create_tasks(
            [f"t{number}" for number in range(8)],
            column=columns[0],
            actor=owner,
            now=NOW,
            owner=owner,
            deadline=FAR_OFF,
        )

        def shuffle(seed: int) -> Any:
            def run() -> None:
                for step in range(10):
                    task = Task.objects.select_related("column", "project").get(pk=tasks[(seed + step) % 8].pk)
                    above = tasks[(seed * 3 + step * 5) % 8]
                    target = Column.objects.get(pk=columns[(seed + step) % 3].pk)
                    move_task(task, column=target, before=above, actor=owner, now=NOW)

            return run

        at_once(*(shuffle(seed) for seed in range(4)))
        rows = list(Task.objects.values_list("column_id", "rank"))
        assert (len(rows), len(set(rows))) == (8, 8)
        # Every move has counted, so none was written over by another.
        assert sum(Task.objects.values_list("version", flat=True)) == 8 + 40

    def test_numbers_are_given_once(self, live_workspace: Any, owner: Any) -> None:
        project = make_project(owner)
        todo = make_column(project)

        def add() -> None:
            create_tasks(["x"] * 5, column=Column.objects.get(pk=todo.pk), actor=owner, now=NOW)

        at_once(*[add] * 4)
        assert sorted(Task.objects.values_list("number", flat=True)) == list(range(1, 21))


@pytest.mark.django_db
class TestView:
    def test_the_answer_is_the_card_both_counts_and_its_place(self, owner: Any) -> None:
        project = make_project(owner)
        todo, doing = make_column(project), make_column(project, "doing")
        task, below = make_ready_task(project, "task"), make_ready_task(project, "below", column=doing)
        under = make_ready_task(project, "was under")

        client = client_of(owner)
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            response = client.post(
                f"/tasks/{task.pk}/move/", {"column": doing.pk, "before": below.pk}, headers={"HX-Request": "true"}
            )
        assert response.status_code == 200
        assert len(statements(captured)) == 9
        html = response.content.decode()
        assert html.count("<article") == 1
        assert f'id="task-{task.pk}"' in html
        assert f'id="count-{todo.pk}" hx-swap-oob="true">1<' in html
        assert f'id="count-{doing.pk}" hx-swap-oob="true">2<' in html
        events = json.loads(response["HX-Trigger"])
        assert events["task:placed"] == {"task": task.pk, "column": doing.pk, "before": below.pk}
        assert events["toast"]["undo_url"] == f"/changes/{Change.objects.get().pk}/undo/"
        assert titles(doing) == ["task", "below"]

        board = f"http://acme.localhost/projects/{project.pk}/board/"
        headers = {"HX-Request": "true", "HX-Current-URL": board}
        back = client_of(owner).post(events["toast"]["undo_url"], headers=headers)
        assert json.loads(back["HX-Trigger"])["task:placed"] == {"task": task.pk, "column": todo.pk, "before": under.pk}
        assert f'id="count-{doing.pk}" hx-swap-oob="true">1<' in back.content.decode()
        assert (titles(todo), titles(doing)) == (["task", "was under"], ["below"])

    def test_top_is_a_place_and_without_htmx_the_board_comes_back(self, owner: Any) -> None:
        project = make_project(owner)
        make_ready_task(project, "a")
        task = make_ready_task(project, "b")
        response = move(owner, task, htmx=False, column=task.column_id, before="top")
        assert (response.status_code, response.url) == (302, f"/projects/{project.pk}/board/")
        assert titles(task.column) == ["b", "a"]

    @pytest.mark.parametrize("before", ["999999999999999999999", "-1", "x" * 5000, "²"])
    def test_nonsense_as_a_place_is_the_end_or_refused_but_no_crash(self, owner: Any, before: str) -> None:
        project = make_project(owner)
        task = make_ready_task(project, "a")
        make_ready_task(project, "b")
        response = move(owner, task, column=task.column_id, before=before)
        assert response.status_code in (200, 422)

    def test_a_full_column_and_one_of_another_board_are_refused_in_words(self, owner: Any) -> None:
        project, elsewhere = make_project(owner), make_project(owner, name="Elsewhere")
        doing = make_column(project, "doing")
        Column.objects.filter(pk=doing.pk).update(wip_limit=1)
        make_ready_task(project, column=doing)
        task = make_ready_task(project)
        member = make_member(language="en")

        full = move(member, task, column=doing.pk)
        assert full.status_code == 422
        assert json.loads(full["HX-Trigger"])["toast"]["message"] == (
            f"“{doing.name}” takes 1 card at a time. Finish or move one first."
        )
        foreign = move(member, task, column=make_column(elsewhere).pk)
        assert foreign.status_code == 422
        assert json.loads(foreign["HX-Trigger"])["toast"]["message"] == "This column is not on this board."
        assert Task.objects.get(pk=task.pk).column_id == task.column_id

    def test_a_guest_moves_what_is_theirs_and_nothing_else(self, owner: Any) -> None:
        project, hidden = make_project(owner), make_project(owner, name="Hidden")
        guest = make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        doing = make_column(project, "doing")
        theirs = make_ready_task(project, owner=guest)
        shared = make_ready_task(project, visibility="shared")
        internal, far = make_ready_task(project), make_ready_task(hidden, owner=guest)

        assert move(guest, theirs, column=doing.pk).status_code == 200
        assert move(guest, shared, column=doing.pk).status_code == 403
        assert move(guest, internal, column=doing.pk).status_code == 404
        assert move(guest, far, column=make_column(hidden, "doing").pk).status_code == 404

    def test_strangers_archived_projects_and_other_workspaces(self, owner: Any, other: Any) -> None:
        project = make_project(owner)
        task = make_ready_task(project)
        assert move(None, task, column=task.column_id).status_code == 401
        assert client_of(owner).get(f"/tasks/{task.pk}/move/").status_code == 405
        from linkstar.accounts.models import User

        olga = client_of(User.objects.get(email="olga@other.test"), workspace=other)
        assert olga.post(f"/tasks/{task.pk}/move/", {"column": task.column_id}).status_code == 404
        Project.objects.filter(pk=project.pk).update(state="archived", archived_at=NOW)
        assert move(owner, task, column=task.column_id).status_code == 403
