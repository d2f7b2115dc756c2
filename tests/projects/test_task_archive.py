"""An archived task: off the board and out of the counts, but found and read; how it is put away and taken out."""

from typing import Any

import pytest
from django.utils import timezone

from projects.models import Column, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task


def put_away(task: Task) -> Task:
    Task.objects.filter(pk=task.pk).update(archived_at=timezone.now())
    return task


@pytest.mark.django_db
class TestSight:
    def test_it_leaves_the_board_and_takes_no_room_in_a_full_column(self, owner: Any) -> None:
        project = make_project(owner)
        doing = make_column(project, "todo")
        Column.objects.filter(pk=doing.pk).update(wip_limit=1)
        put_away(make_task(project, "Long ago", column=doing))
        make_task(project, "Now", column=doing)
        page = client_of(owner).get(f"/projects/{project.pk}/board/").content.decode()
        assert "Now" in page and "Long ago" not in page and "1/1" in page

    def test_it_is_read_by_its_address_and_changed_by_nobody(self, owner: Any) -> None:
        project = make_project(owner)
        task = put_away(make_task(project, "Long ago", owner=owner))
        client = client_of(make_member())
        page = client.get(f"/tasks/{task.pk}/")
        assert page.status_code == 200 and "Long ago" in page.content.decode()
        done = make_column(project, "done")
        for address, data in (
            (f"/tasks/{task.pk}/move/", {"column": done.pk}),
            (f"/tasks/{task.pk}/set/priority/", {"priority": "4"}),
            (f"/tasks/{task.pk}/comments/add/", {"body": "Hm."}),
            (f"/tasks/{task.pk}/title/", {"text": "Newer"}),
        ):
            assert client.post(address, data).status_code == 403

    def test_it_is_no_work_of_its_owner(self, owner: Any) -> None:
        put_away(make_task(make_project(owner), "Long ago", owner=owner))
        assert "Long ago" not in client_of(owner).get("/").content.decode()
