"""HEAD is answered wherever GET is."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.actions.checklists import add_items
from projects.actions.comments import add_comment
from tests.factories import client_of, make_project, make_task

pytestmark = pytest.mark.django_db


def test_head_is_answered_as_get_is(owner: Any) -> None:
    task = make_task(make_project(owner))
    [item] = add_items(task, ["White background"], actor=owner, now=timezone.now())
    comment = add_comment(task, body="Good.", is_shared=False, author=owner, now=timezone.now())
    pages = [
        ("projects:task", task.pk),
        ("projects:task-stream", task.pk),
        ("projects:task-properties", task.pk),
        ("projects:task-description", task.pk),
        ("projects:task-deadline", task.pk),
        ("projects:deadline-preview", task.pk),
        ("projects:item-edit", item.pk),
        ("projects:comment-edit", comment.pk),
        ("projects:people", task.pk),
        ("projects:activity", task.project_id),
        ("notifications:inbox",),
        ("notifications:unread",),
    ]
    client, htmx = client_of(owner), {"HTTP_HX_REQUEST": "true"}
    answers = {name: client.head(reverse(name, args=at), **htmx) for name, *at in pages}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert {answer.content for answer in answers.values()} == {b""}
