"""What a phone sends twice is done once."""

from typing import Any

import pytest
from django.utils import timezone

from linkstar.members.models import Receipt
from projects.actions.checklists import add_items
from projects.models import Activity, Comment
from tests.factories import client_of, make_member, make_project, make_task
from tests.races import RACE, at_once

KEY = "0b9a1a0e-0f5c-4c55-9d3a-2d9d0f7d1f11"


def say(member: Any, task: Any, body: str = "Live now.", key: str = KEY) -> Any:
    headers = {"HX-Request": "true", "Idempotency-Key": key}
    return client_of(member).post(f"/tasks/{task.pk}/comments/add/", {"body": body}, headers=headers)


@pytest.mark.django_db
class TestOnce:
    def test_the_second_copy_changes_nothing_and_says_so(self, owner: Any) -> None:
        task = make_task(make_project(owner))
        first, second = say(owner, task), say(owner, task)
        assert (first.status_code, second.status_code, second["X-Replayed"]) == (200, 200, "1")
        assert Comment.objects.count() == 1

    def test_another_person_may_use_the_same_key_and_another_key_is_another_deed(self, owner: Any) -> None:
        task = make_task(make_project(owner))
        say(owner, task)
        say(make_member(), task)
        say(owner, task, key=KEY[::-1])
        assert Comment.objects.count() == 3

    def test_what_was_refused_may_be_sent_again(self, owner: Any) -> None:
        task = make_task(make_project(owner))
        assert say(owner, task, body="  ").status_code == 422
        assert not Receipt.objects.exists()
        assert say(owner, task).status_code == 200
        assert Comment.objects.count() == 1

    def test_a_tick_that_is_sent_twice_leaves_one_trace(self, owner: Any) -> None:
        task = make_task(make_project(owner))
        [item] = add_items(task, ["White background"], actor=owner, now=timezone.now())
        for _copy in range(2):
            client_of(owner).post(f"/items/{item.pk}/check/", {"is_done": "1"}, headers={"Idempotency-Key": KEY})
        assert Activity.objects.filter(verb="checked").count() == 1

    def test_a_key_that_is_none_of_ours_is_as_no_key(self, owner: Any) -> None:
        task = make_task(make_project(owner))
        say(owner, task, key="short")
        say(owner, task, key="short")
        assert Comment.objects.count() == 2


@RACE
def test_two_copies_at_once_are_one_deed(live_workspace: Any, owner: Any) -> None:
    task = make_task(make_project(owner))
    answers = at_once(lambda: say(owner, task), lambda: say(owner, task))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.has_header("X-Replayed") for answer in answers) == [False, True]
    assert Comment.objects.count() == 1
