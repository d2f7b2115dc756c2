"""The checklist of a task."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.actions.checklists import add_items
from projects.models import ChecklistItem, Task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db


def words(task: Task) -> list[str]:
    return list(task.checklist.order_by("position").values_list("text", flat=True))


def test_pasted_lines_become_items_in_order(browser: Any, task: Task) -> None:
    address = reverse("projects:item-add", args=[task.pk])
    browser.post(address, {"lines": "First"}, **HTMX)
    response = browser.post(address, {"lines": "  Second \r\n\r\n\tThird\n第四"}, **HTMX)
    task.refresh_from_db()
    assert words(task) == ["First", "Second", "Third", "第四"]
    assert (task.checklist_count, task.checklist_done_count) == (4, 0)
    assert "added 3 items to the checklist" in text(response)
    assert 'hx-swap-oob="beforeend:#checklist"' in text(response)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("  \n ", "Type what is to be ticked off."),
        ("x" * 301, "up to 300 characters"),
        ("line\n" * 101, "101 lines are too many"),
    ],
)
def test_bad_lines_come_back_as_they_were_typed(browser: Any, task: Task, typed: str, said: str) -> None:
    response = browser.post(reverse("projects:item-add", args=[task.pk]), {"lines": typed}, **HTMX)
    assert response.status_code == 422
    assert said in text(response)
    assert typed.strip() in text(response)
    assert words(task) == []


def test_tick_and_its_taking_back_are_counted(browser: Any, task: Task, maya: Any) -> None:
    item, _rest = add_items(task, ["One", "Two"], actor=maya, now=timezone.now())
    address = reverse("projects:item-check", args=[item.pk])
    response = browser.post(address, {"is_done": "1"}, **HTMX)
    task.refresh_from_db()
    assert task.checklist_done_count == 1
    assert "1/2" in text(response)
    assert "ticked off" in text(response)
    browser.post(address, {}, **HTMX)
    task.refresh_from_db()
    assert task.checklist_done_count == 0


def test_item_is_edited_and_removed(browser: Any, task: Task, maya: Any) -> None:
    item, other = add_items(task, ["One", "Two"], actor=maya, now=timezone.now())
    address = reverse("projects:item-edit", args=[item.pk])
    assert 'value="One"' in text(browser.get(address, **HTMX))
    assert 'value="One"' in text(browser.get(address))
    assert browser.post(address, {"lines": "Uno"}, **HTMX).status_code == 200
    assert browser.post(address, {"lines": "x" * 301}, **HTMX).status_code == 422
    assert words(task) == ["Uno", "Two"]
    response = browser.post(reverse("projects:item-remove", args=[other.pk]))
    assert (response.status_code, response["Location"]) == (302, task.get_absolute_url())
    assert words(task) == ["Uno"]
    verbs = list(task.activity.order_by("created_at", "pk").values_list("verb", flat=True))
    assert sorted(verbs) == ["checklist added", "checklist edited", "checklist removed", "task created"]


def test_item_of_a_task_one_may_not_see_is_not_there(browser: Any, task: Task, maya: Any) -> None:
    [item] = add_items(task, ["One"], actor=maya, now=timezone.now())
    Task.objects.filter(pk=task.pk).update(sensitivity="finance", owner=None)
    names = ("item-check", "item-edit", "item-remove")
    assert [browser.post(reverse(f"projects:{name}", args=[item.pk])).status_code for name in names] == [404, 404, 404]
    assert ChecklistItem.objects.get().done_at is None


def test_a_list_takes_two_hundred_items_and_says_what_room_is_left(browser: Any, task: Task, maya: Any) -> None:
    add_items(task, [f"Point {number}" for number in range(198)], actor=maya, now=timezone.now())
    address = reverse("projects:item-add", args=[task.pk])
    refused = browser.post(address, {"lines": "One\nTwo\nThree"}, **HTMX)
    assert refused.status_code == 422
    assert "A checklist has up to 200 items: there is room for 2 more." in text(refused)
    assert "One\nTwo\nThree" in text(refused)
    assert browser.post(address, {"lines": "One\nTwo"}, **HTMX).status_code == 200
    full = browser.post(address, {"lines": "Three"}, **HTMX)
    assert (full.status_code, task.checklist.count()) == (422, 200)
    assert "A checklist has up to 200 items, and this one is full." in text(full)
