"""What changed since a cursor: nothing is lost when transactions overlap, nobody hears of what they may not see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from linkstar.lib.snapshots import Cursor
from linkstar.members.models import Member
from projects.actions import trace
from projects.actions.boards import edit_column
from projects.actions.comments import add_comment, edit_comment
from projects.actions.edits import edit_text, set_visibility
from projects.actions.projects import create_project
from projects.actions.tasks import create_tasks, delete_task, move_task
from projects.changes import Changes, changes_since
from projects.models import ChangeMark, Project, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.races import RACE, meanwhile

pytestmark = RACE


@pytest.fixture
def project(live_workspace: Any) -> Project:
    return make_project(Member.objects.get(role="owner"))


def now_cursor() -> Cursor:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return Cursor.of(cursor.fetchone()[0], now=timezone.now())


def since(cursor: Cursor, project: Project, member: Member | None = None) -> Changes:
    return changes_since(cursor, project, member or project.owner, now=timezone.now())


def told(found: Changes) -> tuple[list[int], list[int], bool]:
    return found.tasks, found.gone, found.is_whole


def test_every_kind_of_change_is_told_once(project: Project) -> None:
    me, now, task = project.owner, timezone.now(), make_task(project)
    comment = add_comment(task, "One", is_shared=False, author=me, now=now)
    other = make_task(project, "Another")
    acts = [
        lambda: edit_text(task, "title", "Newer", was=None, actor=me, now=now),
        lambda: move_task(task, column=task.column, before=None, actor=me, now=now),
        lambda: move_task(task, column=make_column(project, "done"), before=None, actor=me, now=now),
        lambda: edit_comment(comment, "Two", now=now),
        lambda: add_comment(task, "Three", is_shared=False, author=me, now=now),
    ]
    for act in acts:
        before = now_cursor()
        act()
        found = since(before, project)
        assert told(found) == ([task.pk], [], False)
        assert since(found.cursor, project).is_nothing
    before = now_cursor()
    delete_task(other, actor=me, now=now)
    assert told(since(before, project)) == ([], [other.pk], False)
    before = now_cursor()
    column = make_column(project)
    edit_column(column, name="Later", wip_limit=None, actor=me, now=now)
    assert told(since(before, project)) == ([], [], True)


def test_who_commits_late_is_not_lost_and_nobody_comes_twice(project: Project) -> None:
    early, late, me = make_task(project, "Early"), make_task(project, "Late"), project.owner
    start = now_cursor()
    with transaction.atomic():
        # The older transaction, still open while the younger one comes and goes.
        edit_text(late, "title", "Late, edited", was=None, actor=me, now=timezone.now())
        tenant = connection.tenant

        def meanwhile_edit() -> tuple[Changes, int]:
            # Not through an action: those of one project wait for each other at its row.
            ChangeMark.objects.bulk_create([ChangeMark(project_id=project.pk, xid=_xid(), task_id=early.pk)])
            return since(start, project), tenant.pk

        first, _ = meanwhile(meanwhile_edit).result(10)
    second = since(first.cursor, project)
    third = since(second.cursor, project)

    assert [told(found) for found in (first, second, third)] == [
        ([early.pk], [], False), ([late.pk], [], False), ([], [], False)
    ]  # fmt: skip


def _xid() -> int:
    """Of the current transaction: the statement that writes the mark is one of its own."""
    transaction.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            return int(cursor.fetchone()[0])
    finally:
        transaction.commit()
        transaction.set_autocommit(True)


def test_what_was_rolled_back_is_not_told(project: Project) -> None:
    start = now_cursor()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_task(project)
        raise RuntimeError
    assert since(start, project).is_nothing


def test_a_paste_of_very_many_is_told_as_a_whole(project: Project) -> None:
    start = now_cursor()
    column = make_column(project)
    create_tasks([f"Task {n}" for n in range(201)], column=column, actor=project.owner, now=timezone.now())
    assert told(since(start, project)) == ([], [], True)


def test_a_guest_is_told_no_id_of_what_they_may_not_see(project: Project) -> None:
    guest, me, now = make_member("guest"), project.owner, timezone.now()
    ProjectAccess.objects.create(project=project, member=guest, created_at=now)
    hidden, shown = make_task(project, "Margins"), make_task(project, "Photos")
    set_visibility(shown, Task.Visibility.SHARED, actor=me, now=now)

    start = now_cursor()
    edit_text(shown, "title", "Photos, 8", was=None, actor=me, now=now)
    assert told(since(start, project, guest)) == ([shown.pk], [], False)
    edit_text(hidden, "title", "Margins, 8", was=None, actor=me, now=now)
    assert told(since(start, project, guest)) == ([shown.pk], [], True)

    start = now_cursor()
    set_visibility(shown, Task.Visibility.INTERNAL, actor=me, now=now)
    assert told(since(start, project, guest)) == ([], [], True)


def test_finance_is_told_to_those_who_see_it(project: Project) -> None:
    task, plain, now = make_task(project), make_member(), timezone.now()
    Task.objects.filter(pk=task.pk).update(sensitivity=Task.Sensitivity.FINANCE, may_be_shared=False)
    start = now_cursor()
    edit_text(task, "title", "Pay", was=None, actor=project.owner, now=now)

    assert told(since(start, project)) == ([task.pk], [], False)
    assert told(since(start, project, plain)) == ([], [], True)


def test_after_two_days_of_sleep_the_page_is_drawn_anew(project: Project) -> None:
    old = Cursor(now_cursor().snapshot, int((timezone.now() - timedelta(days=2)).timestamp()))
    found = since(old, project)
    assert told(found) == ([], [], True)
    assert since(found.cursor, project).is_nothing


def test_old_marks_are_swept_by_later_writers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    ChangeMark.objects.update(at=timezone.now() - timedelta(days=3))
    old = set(ChangeMark.objects.values_list("xid", flat=True))
    assert old
    monkeypatch.setattr(trace, "SWEPT_ONCE_IN", 1)
    create_tasks(["One"], column=make_column(project), actor=project.owner, now=timezone.now())
    assert not old & set(ChangeMark.objects.values_list("xid", flat=True))


def test_the_other_workspace_is_not_heard_of(project: Project, other: Any) -> None:
    from django_tenants.utils import tenant_context

    start = now_cursor()
    with tenant_context(other):
        owner = Member.objects.get(role="owner")
        there = create_project(name="X", owner=owner, actor=owner, time_zone="UTC", now=timezone.now())
        make_task(there)
    assert since(start, project).is_nothing


class TestAddress:
    def test_a_page_asks_from_its_own_cursor_and_gets_304_while_nothing_happens(self, project: Project) -> None:
        client = client_of(project.owner)
        path = f"/projects/{project.pk}/changes/"
        start = client.get(path).json()["cursor"]
        task = make_task(project)

        first = client.get(path, {"since": start})
        again = client.get(path, {"since": first.json()["cursor"]}, HTTP_IF_NONE_MATCH=first.headers["ETag"])

        assert first.json() == {"cursor": first.json()["cursor"], "tasks": [task.pk], "gone": [], "whole": False}
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])

    @pytest.mark.parametrize("since", ["", "x", "1:2", "3:2:@5", "5:9:4@1", "1:2:@" + "9" * 30, "9" * 5000])
    def test_a_cursor_that_no_page_of_ours_wrote_begins_anew(self, project: Project, since: str) -> None:
        answer = client_of(project.owner).get(f"/projects/{project.pk}/changes/", {"since": since})
        assert (answer.status_code, answer.json()["tasks"]) == (200, [])

    def test_cards_come_with_their_places_and_all_counts(self, project: Project) -> None:
        column = make_column(project)
        one, two, three = create_tasks(["One", "Two", "Three"], column=column, actor=project.owner, now=timezone.now())
        client = client_of(project.owner)
        path = f"/projects/{project.pk}/board/cards/"
        page = client.get(path, {"ids": f"{one.pk},{three.pk},999"}, HTTP_HX_REQUEST="true").content.decode()

        places = [f'data-place="{column.pk}" data-before=""', f'data-place="{column.pk}" data-before="{two.pk}"']
        assert [page.index(place) for place in places] == sorted(page.index(place) for place in places)
        assert page.count('id="count-') == project.board.columns.count()
        assert client.get(path, {"ids": ",".join(["1"] * 31)}, HTTP_HX_REQUEST="true").status_code == 400
