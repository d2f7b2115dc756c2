"""Single edits of a task are taken back: from the toast, by part, and never over what somebody else has made of it."""

import json
from datetime import date, time
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from notifications.models import Reminder
from projects.actions.deadlines import set_deadline, set_reminders, set_start
from projects.actions.edits import (
    edit_text,
    make_label,
    set_helpers,
    set_labels,
    set_milestone,
    set_owner,
    set_priority,
    set_visibility,
)
from projects.actions.effort import set_estimate
from projects.actions.fields import set_field
from projects.actions.undo import undo
from projects.models import Activity, Change, Task
from projects.search import search
from projects.trace import sentence
from tests.factories import FAR_OFF, client_of, make_member
from tests.pages import HTMX, text
from tests.projects.test_fields import make_field, show, values_of

pytestmark = pytest.mark.django_db


def fresh(task: Task) -> Task:
    return Task.objects.select_related("project", "column__board").get(pk=task.pk)


def back(change: Change | None, actor: Any) -> str:
    """What the undo says it put back."""
    assert change is not None
    result = undo(change, actor=actor, now=timezone.now())
    assert dict(result.left) == {}
    return str(sentence(Activity.objects.filter(verb="undone").select_related("actor").latest("pk")))


def test_each_part_goes_back_to_what_it_was(task: Task, maya: Any) -> None:
    wei, label = make_member(display_name="Wei"), make_label("Ads")
    acts: dict[str, tuple[Any, Any, str]] = {
        "owner_id": (set_owner, wei, "the owner"),
        "priority": (set_priority, 4, "the priority"),
        "is_milestone": (set_milestone, True, "whether it is a milestone"),
        "visibility": (set_visibility, "shared", "who sees it"),
        "estimate_minutes": (set_estimate, 90, "the estimate"),
        "remind_hours_before": (set_reminders, [2, 48], "the reminders"),
        "due_on": (set_deadline, FAR_OFF, "the deadline"),
        "start_on": (set_start, date(2035, 2, 1), "the start"),
    }
    for field, (act, value, said) in acts.items():
        before = getattr(fresh(task), field)
        change = act(fresh(task), value, actor=maya, now=timezone.now())
        assert getattr(fresh(task), field) != before
        assert said in back(change, maya)
        assert getattr(fresh(task), field) == before
        assert act(fresh(task), before if field != "owner_id" else maya, actor=maya, now=timezone.now()) is None
    lists: list[tuple[Any, Any, Any]] = [(task.labels, set_labels, label), (task.helpers, set_helpers, wei)]
    for links, act, value in lists:
        change = act(fresh(task), [value], actor=maya, now=timezone.now())
        assert list(links.all()) == [value]
        back(change, maya)
        assert list(links.all()) == []


def test_a_title_that_is_put_back_is_found_again(task: Task, maya: Any) -> None:
    change = edit_text(fresh(task), "title", "Order samples", was=None, actor=maya, now=timezone.now())
    assert "the title" in back(change, maya)
    found = [hit.text for hit in search(maya, "image", now=timezone.now()).hits]
    assert (found, search(maya, "samples", now=timezone.now()).hits) == (["Shoot the main image"], [])


def test_reminders_follow_what_is_put_back(task: Task, maya: Any) -> None:
    set_deadline(fresh(task), FAR_OFF, actor=maya, now=timezone.now())
    change = set_reminders(fresh(task), [], actor=maya, now=timezone.now())
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING)
    assert waiting.count() == 0
    back(change, maya)
    assert waiting.count() == 1


def test_one_custom_field_goes_back_and_the_others_keep_what_they_were_given_since(task: Task, maya: Any) -> None:
    first, second = make_field(maya, "Price", "number"), make_field(maya, "Notes")
    show(task, first, second)
    set_field(fresh(task), first, "3", actor=maya, now=timezone.now())
    change = set_field(fresh(task), first, "4", actor=maya, now=timezone.now())
    emptied = set_field(fresh(task), second, "later", actor=maya, now=timezone.now())
    assert "put back a field" in back(change, maya)
    assert values_of(task) == {str(first.pk): "3", str(second.pk): "later"}
    back(emptied, maya)
    assert values_of(task) == {str(first.pk): "3"}


def test_a_start_does_not_come_back_after_a_deadline_that_was_set_since(task: Task, maya: Any) -> None:
    set_start(fresh(task), date(2035, 2, 1), actor=maya, now=timezone.now())
    change = set_start(fresh(task), date(2035, 1, 1), actor=maya, now=timezone.now())
    assert change is not None
    set_deadline(fresh(task), Deadline(date(2035, 1, 15), time(9), "UTC"), actor=maya, now=timezone.now())
    result = undo(change, actor=maya, now=timezone.now())
    assert (dict(result.left), fresh(task).start_on) == ({"changed": 1}, date(2035, 1, 1))


def test_the_toast_takes_it_back_and_a_stale_one_is_refused_with_who_changed_it(
    task: Task, maya: Any, browser: Any
) -> None:
    response = browser.post(f"/tasks/{task.pk}/set/priority/", {"priority": "4"}, **HTMX)
    toast = json.loads(response["HX-Trigger"])["toast"]
    assert toast["message"] == "Priority changed."
    assert f'action="{toast["undo_url"]}"' in text(browser.get(f"/tasks/{task.pk}/"))
    assert f'action="{toast["undo_url"]}"' in text(browser.get(f"/projects/{task.project_id}/activity/"))
    wei = make_member(display_name="Wei 50%")
    set_priority(fresh(task), 1, actor=wei, now=timezone.now())
    refused = browser.post(toast["undo_url"], **HTMX)
    said = json.loads(refused["HX-Trigger"])["toast"]
    assert (refused.status_code, said["message"]) == (422, "Wei 50% has changed it since, so it stays as it is now.")
    assert fresh(task).priority == 1


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("task-title", {"text": "Order samples"}, "Title changed."),
        ("task-description", {"text": "Two of each."}, "Description changed."),
        ("task-deadline", {"on": "2035-03-01", "zone": "UTC"}, "Deadline changed."),
    ],
)
def test_every_form_of_the_sheet_offers_it(
    task: Task, browser: Any, name: str, given: dict[str, str], said: str
) -> None:
    response = browser.post(reverse(f"projects:{name}", args=[task.pk]), given, **HTMX)
    toast = json.loads(response["HX-Trigger"])["toast"]
    assert toast["message"] == said
    assert browser.post(toast["undo_url"], **HTMX).status_code == 200
    again = browser.post(reverse(f"projects:{name}", args=[task.pk]), {"text": task.title, "clear": "1"}, **HTMX)
    assert "toast" not in again.get("HX-Trigger", "") or name == "task-description"


def test_a_cell_of_the_list_and_a_field_offer_it_too(task: Task, maya: Any, browser: Any) -> None:
    field = make_field(maya, "Price", "number")
    show(task, field)
    for url, given in (
        (reverse("projects:task-cell", args=[task.pk, "title"]), {"text": "Order samples", "was": task.title}),
        (reverse("projects:task-field", args=[task.pk, field.pk]), {"value": "4"}),
    ):
        toast = json.loads(browser.post(url, given, **HTMX)["HX-Trigger"])["toast"]
        assert browser.post(toast["undo_url"], **HTMX).status_code == 200
    assert (fresh(task).title, values_of(task)) == ("Shoot the main image", {})
    assert client_of(make_member()).post(toast["undo_url"], **HTMX).status_code == 403
