"""A field of a task in a popover beside its card, and what its form is answered."""

import json
from typing import Any

import pytest

from projects.models import Label, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
BESIDE = {**HTMX, "HTTP_HX_TARGET": "picker-error"}


def test_each_field_has_its_form(browser: Any, maya: Any, task: Task) -> None:
    Label.objects.create(name="coupon", tint=1)
    for field, words in {
        "owner": ["Maya", f'action="/tasks/{task.pk}/set/owner/"', "Nobody yet"],
        "labels": ["coupon", f'action="/tasks/{task.pk}/set/labels/"'],
        "priority": ["Urgent", 'data-digit="4"'],
        "deadline": ['name="typed"', f'action="/tasks/{task.pk}/deadline/"'],
        "column": [make_column(task.project, "doing").name, f'action="/tasks/{task.pk}/move/"'],
    }.items():
        html = text(browser.get(f"/tasks/{task.pk}/pick/{field}/", **HTMX))
        assert [word for word in words if word not in html] == []
        assert browser.get(f"/tasks/{task.pk}/pick/{field}/").status_code == 302
    assert f'action="/tasks/{task.pk}/set/column/"' in text(browser.get(f"/tasks/{task.pk}/pick/column/?row", **HTMX))
    assert browser.get(f"/tasks/{task.pk}/pick/title/", **HTMX).status_code == 404


def test_what_worked_is_answered_for_the_card_and_what_did_not_with_the_reason(browser: Any, task: Task) -> None:
    saved = browser.post(f"/tasks/{task.pk}/set/priority/", {"priority": "4"}, **BESIDE)
    told = json.loads(saved["HX-Trigger"])
    assert (saved.status_code, told["task:changed"]) == (204, {"task": task.pk})
    assert told["toast"]["undo_url"]
    refused = browser.post(f"/tasks/{task.pk}/deadline/", {"typed": "someday", "zone": "UTC"}, **BESIDE)
    assert (refused.status_code, "This was not understood." in text(refused)) == (422, True)
    assert Task.objects.get(pk=task.pk).priority == 4


def test_a_guest_moves_theirs_and_is_told_of_nobody(maya: Any, task: Task) -> None:
    guest = make_member("guest")
    ProjectAccess.objects.create(project=task.project, member=guest)
    task.helpers.add(guest)
    client = client_of(guest)
    assert client.get(f"/tasks/{task.pk}/pick/column/", **HTMX).status_code == 200
    for field in ("owner", "labels", "deadline", "priority"):
        assert client.get(f"/tasks/{task.pk}/pick/{field}/", **HTMX).status_code == 403
