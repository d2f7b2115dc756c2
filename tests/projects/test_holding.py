"""What holds a task holds it on every way to be done; an admin may waive it with a word why."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from linkstar.lib.recurrence import Rule
from projects import holding
from projects.actions.bulk import apply, examine
from projects.actions.bulk_edits import Finish, Move
from projects.actions.edits import set_passport_need
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.recurrence import look, repeat_task
from projects.actions.refusals import Withheld
from projects.actions.tasks import move_task
from projects.actions.undo import undo
from projects.holding import Hold
from projects.models import Activity, ProjectAccess, Task
from tests.factories import FAR_OFF, client_of, make_column, make_member, make_project, make_ready_task

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LACKS = Hold("HF-100", "HF-100 lacks its FCC grant.", "/compliance/1/")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def papers(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """A room above that holds whatever needs a passport, but for tasks (pks) whose papers are in order."""
    in_order: set[int] = set()
    monkeypatch.setattr(holding, "_holders", [])

    @holding.holds(lambda task: task.needs_passport)
    def look(tasks: Collection[Task], *, now: datetime) -> dict[int, list[Hold]]:
        return {task.pk: [LACKS] for task in tasks if task.pk not in in_order}

    yield in_order


def make_held(owner: Any, status: str = "todo", **values: Any) -> Task:
    project = make_project(owner)
    values = {"needs_passport": True, "column": make_column(project, status), **values}
    return make_ready_task(project, "Send the first batch", **values)


def done(task: Task) -> bool:
    return bool(Task.objects.get(pk=task.pk).completed_at)


class TestActions:
    def test_it_is_not_done_by_a_move(self, owner: Any) -> None:
        task = make_held(owner)
        with pytest.raises(Withheld) as refusal:
            move_task(task, column=make_column(task.project, "done"), before=None, actor=owner, now=NOW)
        assert (done(task), refusal.value.holds) == (False, [LACKS])

    def test_it_goes_anywhere_else(self, owner: Any) -> None:
        task = make_held(owner)
        move_task(task, column=make_column(task.project, "doing"), before=None, actor=owner, now=NOW)
        assert task.column.is_doing

    def test_a_row_read_before_the_switch_is_held_all_the_same(self, owner: Any) -> None:
        task = make_held(owner, needs_passport=False)
        Task.objects.filter(pk=task.pk).update(needs_passport=True)
        with pytest.raises(Withheld):
            finish_task(task, actor=owner, now=NOW)

    def test_it_is_done_once_its_papers_are_in_order(self, owner: Any, papers: set[int]) -> None:
        task = make_held(owner)
        papers.add(task.pk)
        finish_task(task, actor=owner, now=NOW)
        assert done(task)

    def test_an_admin_waives_with_a_reason_and_a_trace(self, owner: Any) -> None:
        task = make_held(owner)
        column = make_column(task.project, "done")
        with pytest.raises(Withheld):
            move_task(task, column=column, before=None, actor=make_member("manager"), now=NOW, waived="Lab said so")
        move_task(task, column=column, before=None, actor=make_member("admin"), now=NOW, waived="Lab said so")
        trace = Activity.objects.get(task=task, verb="hold waived")
        assert (done(task), trace.data) == (True, {"of": ["HF-100"], "reason": "Lab said so"})

    @pytest.mark.parametrize("kind", [Move, Finish])
    def test_many_at_once_leave_it_open(self, owner: Any, kind: Any) -> None:
        held = make_held(owner)
        free = make_ready_task(held.project, "Shoot it")
        edit, ids = kind(make_column(held.project, "done")), [held.pk, free.pk]
        asked = {"project": held.project, "actor": owner, "now": NOW}
        plan, _change = apply(edit, ids, **asked, seal=examine(edit, ids, **asked).seal)
        assert (plan.changed, plan.barred["withheld"], done(held), done(free)) == ([free], [held], False, True)

    def test_what_was_done_before_the_switch_moves_among_done_columns(self, owner: Any) -> None:
        task = make_held(owner, "done")
        column = task.project.board.columns.create(name="Archive", status="done", position=9)
        move_task(task, column=column, before=None, actor=owner, now=NOW)
        assert task.column == column

    def test_an_undone_reopening_does_not_finish_it(self, owner: Any, papers: set[int]) -> None:
        task = make_held(owner)
        papers.add(task.pk)
        finish_task(task, actor=owner, now=NOW)
        change = reopen_task(task, actor=owner, now=NOW)
        papers.clear()
        result = undo(change, actor=owner, now=NOW)
        assert (result.left["withheld"], result.tasks, done(task)) == (1, [], False)

    def test_the_next_copy_of_a_repeated_task_needs_it_too(self, owner: Any, papers: set[int]) -> None:
        task = make_held(owner, deadline=FAR_OFF)
        rule = Rule("days", FAR_OFF.on, "America/Los_Angeles", None, every=7)
        recurrence = repeat_task(task, rule=rule, window_days=7, ends_on=None, most_copies=None, actor=owner, now=NOW)
        papers.add(task.pk)
        finish_task(task, actor=owner, now=NOW)
        look(recurrence.pk, now=datetime(2035, 3, 7, tzinfo=UTC))
        copy = recurrence.tasks.exclude(pk=task.pk).get()
        with pytest.raises(Withheld):
            finish_task(copy, actor=owner, now=NOW)


class TestSwitch:
    def test_anybody_may_ask_for_it_and_only_an_admin_takes_it_off(self, owner: Any) -> None:
        task, member = make_held(owner, needs_passport=False), make_member()
        set_passport_need(task, True, actor=member, now=NOW)
        with pytest.raises(PermissionDenied):
            set_passport_need(task, False, actor=member, now=NOW)
        set_passport_need(task, False, actor=owner, now=NOW)
        verbs = (
            Activity.objects.filter(task=task, verb="passport changed").order_by("pk").values_list("data", flat=True)
        )
        assert [data["after"] for data in verbs] == [True, False]

    def test_undoing_it_for_another_is_a_waiver_too(self, owner: Any) -> None:
        task, member, manager = make_held(owner, needs_passport=False), make_member(), make_member("manager")
        change = set_passport_need(task, True, actor=member, now=NOW)
        assert change is not None
        assert undo(change, actor=manager, now=NOW).left == {"barred": 1}
        assert Task.objects.get(pk=task.pk).needs_passport
        assert undo(change, actor=member, now=NOW).tasks == [task]
        assert not Task.objects.get(pk=task.pk).needs_passport

    def test_the_sheet_saves_it(self, owner: Any) -> None:
        task, member = make_held(owner, needs_passport=False), make_member()
        answer = client_of(member).post(
            f"/tasks/{task.pk}/set/passport/", {"passport": "1"}, headers={"HX-Request": "true"}
        )
        assert (answer.status_code, Task.objects.get(pk=task.pk).needs_passport) == (200, True)
        assert "Only an admin can take this off" in answer.text
        assert client_of(member).post(f"/tasks/{task.pk}/set/passport/", {}).status_code == 403


WAYS = {
    "sheet": ("finish/", {}),
    "list": ("check/", {}),
    "column on the sheet": ("set/column/", {"column": "$done"}),
    "cell of a list": ("cell/column/", {"column": "$done"}),
    "board": ("move/", {"column": "$done", "before": ""}),
    "dialog": ("begin/", {"column": "$done", "before": ""}),
}


class TestPages:
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "Idempotency-Key": "kept-while-offline"}])
    def test_every_way_says_what_is_missing(self, owner: Any, way: str, headers: dict[str, str]) -> None:
        member, task = make_member(), make_held(owner)
        address, given = WAYS[way]
        done_column = make_column(task.project, "done")
        data = {name: str(done_column.pk) if value == "$done" else value for name, value in given.items()}
        answer = client_of(member).post(f"/tasks/{task.pk}/{address}", data, headers=headers, follow=True)
        assert not done(task)
        assert LACKS.text in answer.text and LACKS.url in answer.text
        assert "waived" not in answer.text
        if headers:
            assert answer.status_code == 422

    def test_a_subtask_is_not_ticked_off(self, owner: Any) -> None:
        task = make_held(owner)
        parent = make_ready_task(task.project, "Launch")
        Task.objects.filter(pk=task.pk).update(parent=parent)
        answer = client_of(make_member()).post(
            f"/tasks/{task.pk}/tick/", {"is_done": "1"}, headers={"HX-Request": "true"}
        )
        assert (answer.status_code, done(task)) == (422, False)
        assert LACKS.text in answer.text

    def test_many_at_once_say_which_stays_and_why(self, owner: Any) -> None:
        task = make_held(owner)
        free = make_ready_task(task.project, "Shoot it")
        chosen = {"tasks": f"{task.pk},{free.pk}", "kind": "finish", "shown": "1"}
        answer = client_of(make_member()).post(
            f"/projects/{task.project_id}/bulk/", chosen, headers={"HX-Request": "true"}
        )
        assert "1 stays open: it needs a passport that is not in order." in answer.text
        assert LACKS.text in answer.text

    def test_the_toast_that_would_finish_it_again_says_why_not(self, owner: Any, papers: set[int]) -> None:
        task = make_held(owner)
        papers.add(task.pk)
        finish_task(task, actor=owner, now=timezone.now())
        change = reopen_task(task, actor=owner, now=timezone.now())
        papers.clear()
        answer = client_of(make_member("admin")).post(f"/changes/{change.pk}/undo/", headers={"HX-Request": "true"})
        assert not done(task)
        assert "needs a passport that is not in order" in answer.headers["HX-Trigger"]

    def test_a_guest_is_not_told_of_papers(self, owner: Any) -> None:
        guest = make_member("guest")
        task = make_held(owner, visibility="shared")
        ProjectAccess.objects.create(project=task.project, member=guest)
        Task.objects.filter(pk=task.pk).update(owner=guest)
        answer = client_of(guest).post(f"/tasks/{task.pk}/finish/", headers={"HX-Request": "true"})
        assert (answer.status_code, done(task)) == (422, False)
        assert "HF-100" not in answer.text and "The team has to clear something first" in answer.text

    def test_an_admin_says_why_in_the_dialog(self, owner: Any) -> None:
        task = make_held(owner)
        place = {"column": make_column(task.project, "done").pk, "before": ""}
        client = client_of(make_member("admin"))
        empty = client.post(f"/tasks/{task.pk}/begin/", place, headers={"HX-Request": "true"})
        assert (empty.status_code, done(task)) == (422, False)
        client.post(f"/tasks/{task.pk}/begin/", {**place, "waived": "Lab said so"}, headers={"HX-Request": "true"})
        assert done(task)
