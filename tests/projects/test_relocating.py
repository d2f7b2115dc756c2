"""Tasks that move to another project: what comes along, what is said before, and back again."""

import json
import re
from typing import Any

import pytest
from django.utils import timezone

from linkstar.accounts.models import User
from notifications.models import Notification
from projects.actions.bulk import PlanChanged
from projects.actions.relocating import Relocate, Relocation, apply, examine
from projects.actions.tasks import move_task
from projects.actions.undo import undo
from projects.models import Activity, Change, Column, Project, ProjectAccess, SearchEntry, StoredFile, Task
from projects.search import search
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task, make_task
from tests.pages import HTMX, text
from tests.projects.test_fields import make_field, show
from tests.races import RACE, at_once


def do(target: Project, tasks: list[Task], actor: Any) -> tuple[Relocation, Change]:
    edit, ids, project = Relocate(target), [task.pk for task in tasks], tasks[0].project
    plan = examine(edit, ids, project=project, actor=actor)
    plan, change = apply(edit, ids, project=project, actor=actor, now=timezone.now(), seal=plan.seal)
    assert change is not None
    return plan, change


def where(*tasks: Task) -> list[tuple[int, int, str, int | None]]:
    found = Task.objects.select_related("column").in_bulk([task.pk for task in tasks])
    return [(found[t.pk].project_id, found[t.pk].number, found[t.pk].column.name, found[t.pk].parent_id) for t in tasks]


@pytest.fixture
def two(owner: Any) -> tuple[Project, Project]:
    User.objects.filter(pk=owner.user_id).update(language="en")
    return make_project(owner, name="Here"), make_project(owner, name="There")


@pytest.mark.django_db
class TestMoving:
    def test_a_family_goes_together_under_new_numbers_and_comes_back_under_the_old_ones(
        self, two: Any, owner: Any
    ) -> None:
        here, there = two
        make_task(there, "was there")
        task = make_task(here, "Ship samples")
        below = make_task(here, "Book a courier", parent_id=task.pk)
        deep = make_task(here, "Ask for a quote", parent_id=below.pk, archived_at=timezone.now())
        before = where(task, below, deep)
        todo = make_column(there).name
        plan, change = do(there, [task], owner)
        assert (len(plan.changed), plan.along) == (3, 2)
        assert where(task, below, deep) == [
            (there.pk, 2, todo, None),
            (there.pk, 3, todo, task.pk),
            (there.pk, 4, todo, below.pk),
        ]
        assert client_of(owner).get(f"/tasks/{task.pk}/").status_code == 200
        assert [hit.text for hit in search(owner, "#2 samples", now=timezone.now()).hits] == ["Ship samples"]
        result = undo(change, actor=owner, now=timezone.now())
        assert (len(result.tasks), where(task, below, deep)) == (3, before)
        assert set(SearchEntry.objects.filter(task=task).values_list("project", flat=True)) == {here.pk}

    def test_columns_are_met_by_name_and_else_by_status(self, two: Any, owner: Any) -> None:
        here, there = two
        doing = make_column(here, "doing")
        Column.objects.filter(pk=doing.pk).update(name="Packing")
        packing = Column.objects.create(board=there.board, name="packing", status="doing", position=9)
        done = make_column(here, "done")
        Column.objects.filter(pk=done.pk).update(name="Shipped")
        first, second = make_ready_task(here, "a"), make_ready_task(here, "b")
        move_task(first, column=doing, before=None, actor=owner, now=timezone.now())
        move_task(second, column=done, before=None, actor=owner, now=timezone.now())
        do(there, [first, second], owner)
        assert Task.objects.get(pk=first.pk).column == packing
        moved = Task.objects.get(pk=second.pk)
        assert (moved.column, moved.is_done) == (make_column(there, "done"), True)

    def test_a_subtask_leaves_a_parent_that_stays_and_the_counts_follow(self, two: Any, owner: Any) -> None:
        here, there = two
        parent = make_task(here, "parent")
        child = make_task(here, "child", parent_id=parent.pk)
        Task.objects.filter(pk=parent.pk).update(subtask_count=1)
        plan, change = do(there, [child], owner)
        assert (plan.cut, where(child)[0][3]) == ([child], None)
        assert Task.objects.get(pk=parent.pk).subtask_count == 0
        undo(change, actor=owner, now=timezone.now())
        assert (where(child)[0][3], Task.objects.get(pk=parent.pk).subtask_count) == (parent.pk, 1)

    def test_a_full_column_there_keeps_the_whole_family_here(self, two: Any, owner: Any) -> None:
        here, there = two
        Column.objects.filter(pk=make_column(there).pk).update(wip_limit=2)
        parent, alone = make_task(here, "parent"), make_task(here, "alone")
        for title in ("one", "two"):
            make_task(here, title, parent_id=parent.pk)
        plan, _change = do(there, [parent, alone], owner)
        assert (plan.changed, plan.barred["full_there"]) == ([alone], [parent])
        assert set(Task.objects.exclude(pk=alone.pk).values_list("project", flat=True)) == {here.pk}

    def test_what_the_actor_may_not_see_goes_along_unsaid(self, two: Any, owner: Any) -> None:
        here, there = two
        maya = make_member(display_name="Maya")
        task = make_task(here, "open")
        hidden = make_task(here, "margins", parent_id=task.pk, sensitivity="finance")
        plan, change = do(there, [task], maya)
        assert ([each.pk for each in plan.changed], where(hidden)[0][0]) == ([task.pk], there.pk)
        assert Activity.objects.get(verb="tasks relocated").data["count"] == 1
        result = undo(change, actor=maya, now=timezone.now())
        assert ([each.pk for each in result.tasks], where(hidden)[0][0]) == ([task.pk], here.pk)

    def test_files_words_and_values_come_along_and_each_person_is_told_once(self, two: Any, owner: Any) -> None:
        here, there = two
        maya, field = make_member(display_name="Maya"), make_field(owner, "Price", "number")
        tasks = [make_task(here, f"t{number}", owner=maya, field_values={str(field.pk): "3"}) for number in range(2)]
        tasks[0].helpers.add(maya)
        file = StoredFile.objects.create(project=here, task=tasks[0], name="quote.pdf", created_by=owner)
        do(there, tasks, owner)
        file.refresh_from_db()
        assert file.project_id == there.pk
        assert list(Task.objects.values_list("field_values", flat=True)) == [{str(field.pk): "3"}] * 2
        notice = Notification.objects.get(member=maya, kind="tasks_relocated")
        assert notice.data["project"] == "There"

    def test_a_change_meanwhile_is_shown_first(self, two: Any, owner: Any) -> None:
        here, there = two
        task = make_task(here)
        plan = examine(Relocate(there), [task.pk], project=here, actor=owner)
        make_task(here, "joined meanwhile", parent_id=task.pk)
        with pytest.raises(PlanChanged):
            apply(Relocate(there), [task.pk], project=here, actor=owner, now=timezone.now(), seal=plan.seal)


@pytest.mark.django_db
class TestBack:
    def test_a_family_that_has_changed_stays_together(self, two: Any, owner: Any) -> None:
        here, there = two
        task, other = make_task(here, "a"), make_task(here, "b")
        child = make_task(here, "child", parent_id=task.pk)
        _plan, change = do(there, [task, other], owner)
        make_task(there, "added there", parent_id=child.pk)
        result = undo(change, actor=owner, now=timezone.now())
        assert ([each.pk for each in result.tasks], dict(result.left)) == ([other.pk], {"changed": 2})
        assert [place[0] for place in where(task, child, other)] == [there.pk, there.pk, here.pk]

    def test_a_project_archived_meanwhile_takes_nothing_back(self, two: Any, owner: Any) -> None:
        here, there = two
        task = make_task(here)
        _plan, change = do(there, [task], owner)
        Project.objects.filter(pk=here.pk).update(state="archived", archived_at=timezone.now())
        result = undo(change, actor=owner, now=timezone.now())
        assert (result.tasks, dict(result.left), where(task)[0][0]) == ([], {"barred": 1}, there.pk)


@pytest.mark.django_db
class TestPage:
    def test_it_says_what_is_lost_or_mapped_and_who_sees_it(self, two: Any, owner: Any) -> None:
        here, there = two
        field = make_field(owner, "Price", "number")
        Column.objects.filter(pk=make_column(there).pk).update(name="Ideas")
        task = make_task(here, "shared", visibility="shared", field_values={str(field.pk): "3"})
        show(task, field)
        for project, name in ((here, "Ann of the agency"), (there, "Bob of the factory")):
            ProjectAccess.objects.create(project=project, member=make_member("guest", display_name=name))
        given = {"tasks": str(task.pk), "kind": "relocate", "shown": "1", "target": str(there.pk)}
        client, url = client_of(owner), f"/projects/{here.pk}/bulk/"
        page = text(client.post(url, given, **HTMX))
        for words in (
            "1 task moves to the project “There”.", "They get new numbers.", "becomes “Ideas”",
            "“There” does not show Price; the values are kept.",
            "No longer seen by the guests Ann of the agency.", "Seen from now on by the guests Bob of the factory.",
        ):  # fmt: skip
            assert words in page
        seal = re.search(r'name="seal" value="([^"]+)"', page)
        assert seal is not None
        response = client.post(url, {**given, "step": "apply", "seal": seal[1]}, **HTMX)
        events = json.loads(response["HX-Trigger"])
        assert (events["task:changed"], where(task)[0][0]) == ({"task": task.pk}, there.pk)
        for project in two:
            assert "There" in text(client.get(f"/projects/{project.pk}/activity/"))
        client.post(events["toast"]["undo_url"], **HTMX)
        assert where(task)[0][0] == here.pk

    def test_only_projects_that_take_tasks_are_offered(self, two: Any, owner: Any) -> None:
        here, _there = two
        old, task = make_project(owner, name="Put away"), make_task(here)
        Project.objects.filter(pk=old.pk).update(state="archived", archived_at=timezone.now())
        client, url = client_of(owner), f"/projects/{here.pk}/bulk/"
        page = text(client.post(url, {"tasks": str(task.pk), "kind": "relocate"}, **HTMX))
        assert (">There<" in page, ">Put away<" in page, ">Here</option>" in page) == (True, False, False)
        refused = client.post(
            url, {"tasks": str(task.pk), "kind": "relocate", "shown": "1", "target": str(old.pk)}, **HTMX
        )
        assert refused.status_code == 422
        assert f'name="task" value="{task.pk}"><button name="kind" value="relocate">' in text(
            client.get(f"/tasks/{task.pk}/")
        )


@RACE
def test_two_that_pass_each_other_wait_for_each_other(live_workspace: Any, owner: Any) -> None:
    here, there = make_project(owner, name="Here"), make_project(owner, name="There")
    going, coming = make_task(here, "going"), make_task(there, "coming")
    at_once(lambda: do(there, [going], owner), lambda: do(here, [coming], owner))
    assert [place[0] for place in where(going, coming)] == [there.pk, here.pk]
