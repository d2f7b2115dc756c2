"""Changing a task: its words, its properties, its end."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.actions.deadlines import set_deadline
from projects.actions.edits import edit_text, make_label
from projects.actions.tasks import delete_task
from projects.models import Change, Label, ProjectAccess, Task
from tests.factories import FAR_OFF, make_column, make_member, make_project, make_ready_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db


def put(browser: Any, task: Task, field: str, **values: Any) -> Any:
    return browser.post(reverse("projects:task-set", args=[task.pk, field]), values, **HTMX)


def trace(task: Task) -> list[str]:
    return list(task.activity.exclude(verb="task created").order_by("created_at", "pk").values_list("verb", flat=True))


def test_title_is_saved_and_leaves_a_line(browser: Any, task: Task) -> None:
    address = reverse("projects:task-title", args=[task.pk])
    response = browser.post(address, {"text": "  New\ttitle ", "was": task.title}, **HTMX)
    task.refresh_from_db()
    assert (response.status_code, task.title, trace(task)) == (200, "New title", ["title changed"])
    assert "changed the title from" in text(response)
    assert f'"task:changed": {{"task": {task.pk}, "also": []}}' in response["HX-Trigger"]


def test_title_without_a_script_goes_back_to_the_task(browser: Any, task: Task) -> None:
    response = browser.post(reverse("projects:task-title", args=[task.pk]), {"text": "New", "was": task.title})
    assert (response.status_code, response["Location"]) == (302, task.get_absolute_url())


@pytest.mark.parametrize(("typed", "said"), [("", "A task needs a title."), ("long " * 2000, "up to 300 characters")])
def test_bad_title_comes_back_as_it_was_typed(browser: Any, task: Task, typed: str, said: str) -> None:
    response = browser.post(reverse("projects:task-title", args=[task.pk]), {"text": typed, "was": task.title}, **HTMX)
    task.refresh_from_db()
    assert (response.status_code, task.title) == (422, "Shoot the main image")
    assert said in text(response)
    assert typed in text(response)
    page = browser.post(reverse("projects:task-title", args=[task.pk]), {"text": typed, "was": task.title})
    assert page.status_code == 422
    assert said in text(page)


@pytest.mark.parametrize("field", ["title", "description"])
def test_stale_edit_shows_both_and_can_be_saved_over(browser: Any, task: Task, field: str) -> None:
    lin = make_member(display_name="Lin Two")
    edit_text(task, field, "Theirs", was=None, actor=lin, now=timezone.now())
    address = reverse(f"projects:task-{field}", args=[task.pk])
    response = browser.post(address, {"text": "Mine", "was": "What I had read"}, **HTMX)
    page = text(response)
    assert response.status_code == 409
    assert all(part in page for part in ("Theirs", "Mine", "Lin Two wrote"))
    assert getattr(Task.objects.get(pk=task.pk), field) == "Theirs"
    plain = browser.post(address, {"text": "Mine", "was": "What I had read"})
    assert plain.status_code == 409
    assert "Mine" in text(plain)
    assert browser.post(address, {"text": "Mine", "was": "Theirs"}, **HTMX).status_code == 200
    assert getattr(Task.objects.get(pk=task.pk), field) == "Mine"


def test_line_ends_of_a_browser_are_no_stale_edit(browser: Any, task: Task, maya: Any) -> None:
    edit_text(task, "description", "one\ntwo", was=None, actor=maya, now=timezone.now())
    address = reverse("projects:task-description", args=[task.pk])
    response = browser.post(address, {"text": "one\r\ntwo\r\nthree", "was": "one\r\ntwo"}, **HTMX)
    assert response.status_code == 200
    assert Task.objects.get(pk=task.pk).description == "one\ntwo\nthree"


def test_same_words_by_two_people_are_no_quarrel(browser: Any, task: Task, maya: Any) -> None:
    edit_text(task, "title", "Agreed", was=None, actor=maya, now=timezone.now())
    address = reverse("projects:task-title", args=[task.pk])
    assert browser.post(address, {"text": "Agreed", "was": "Shoot the main image"}, **HTMX).status_code == 200


def test_too_long_description_is_kept(browser: Any, task: Task) -> None:
    address = reverse("projects:task-description", args=[task.pk])
    response = browser.post(address, {"text": "x" * 50_001, "was": ""}, **HTMX)
    assert response.status_code == 422
    assert "x" * 50_001 in text(response)


def test_description_opens_for_editing_with_and_without_a_script(browser: Any, task: Task) -> None:
    address = reverse("projects:task-description", args=[task.pk])
    for page in (text(browser.get(address)), text(browser.get(address, **HTMX))):
        assert f'data-draft-key="task-{task.pk}-description"' in page


def test_column_is_changed_and_a_full_one_refused(browser: Any, task: Task) -> None:
    doing, done = make_column(task.project, "doing"), make_column(task.project, "done")
    doing.wip_limit = 1
    doing.save()
    make_ready_task(task.project, column=doing)
    set_deadline(task, FAR_OFF, actor=task.project.owner, now=timezone.now())
    response = put(browser, task, "column", column=doing.pk)
    assert response.status_code == 422
    assert "Finish or move one first" in text(response)
    assert put(browser, task, "column", column=done.pk).status_code == 200
    task.refresh_from_db()
    assert (task.column, task.is_done) == (done, True)


def test_column_of_another_board_is_refused(browser: Any, task: Task, maya: Any) -> None:
    elsewhere = make_column(make_project(maya, name="Elsewhere"), "doing")
    response = put(browser, task, "column", column=elsewhere.pk)
    assert response.status_code == 422
    assert "This column is not on this board." in text(response)


def test_owner_is_set_and_taken_off(browser: Any, task: Task) -> None:
    lin = make_member(display_name="Lin Two")
    assert put(browser, task, "owner", owner=lin.pk).status_code == 200
    assert Task.objects.get(pk=task.pk).owner == lin
    assert put(browser, task, "owner", owner="").status_code == 200
    assert Task.objects.get(pk=task.pk).owner is None
    assert trace(task) == ["owner changed", "owner changed"]


def test_somebody_who_left_cannot_be_put_on_the_task(browser: Any, task: Task) -> None:
    gone = make_member(is_active=False)
    response = put(browser, task, "owner", owner=gone.pk)
    assert response.status_code == 422
    assert "This person cannot be put on this task." in text(response)


def test_who_has_left_or_lost_the_key_is_shown_where_they_stand_and_not_offered_elsewhere(
    browser: Any, task: Task
) -> None:
    left, keyless = make_member(is_active=False), make_member("guest")
    task.helpers.set([left, keyless])
    page = text(browser.get(task.get_absolute_url()))
    for person in (left, keyless):
        assert f'<option value="{person.pk}"' not in page
        assert f'id="helper-{person.pk}"' in page
        refused = put(browser, task, "owner", owner=person.pk)
        assert refused.status_code == 422
        assert "This person cannot be put on this task." in text(refused)
    task.helpers.clear()
    Task.objects.filter(pk=task.pk).update(owner=left)
    page = text(browser.get(task.get_absolute_url()))
    assert f'<option value="{left.pk}" selected' in page
    assert f'id="helper-{left.pk}"' not in page
    assert put(browser, task, "owner", owner=left.pk).status_code == 200
    assert put(browser, task, "helpers", helpers=[left.pk]).status_code == 422


def test_guest_is_refused_on_a_step_that_is_internal_by_its_sop(browser: Any, task: Task) -> None:
    guest = make_member("guest")
    ProjectAccess.objects.create(project=task.project, member=guest)
    Task.objects.filter(pk=task.pk).update(may_be_shared=False)
    for field, values in (("owner", {"owner": guest.pk}), ("helpers", {"helpers": [guest.pk]})):
        response = put(browser, task, field, **values)
        assert response.status_code == 422
        assert "internal by its SOP" in text(response)
    assert put(browser, task, "visibility", visibility="shared").status_code == 422


def test_helpers_become_exactly_the_chosen(browser: Any, task: Task) -> None:
    one, two = make_member(), make_member()
    put(browser, task, "helpers", helpers=[one.pk, two.pk])
    put(browser, task, "helpers", helpers=[two.pk])
    assert list(task.helpers.all()) == [two]


def test_label_is_made_once_whatever_its_case(browser: Any, task: Task) -> None:
    old = make_label("Coupon")
    put(browser, task, "labels", new="coupon")
    put(browser, task, "labels", labels=[old.pk], new="黑五")
    assert sorted(label.name for label in task.labels.all()) == ["Coupon", "黑五"]
    assert Label.objects.filter(name__iexact="coupon").count() == 1
    response = put(browser, task, "labels", new="x" * 41)
    assert response.status_code == 422
    assert "x" * 41 in text(response)


def test_priority_and_reminders_are_saved(browser: Any, task: Task) -> None:
    assert put(browser, task, "priority", priority=4).status_code == 200
    assert put(browser, task, "reminders", hours=[72, 2]).status_code == 200
    task.refresh_from_db()
    assert (task.priority, task.remind_hours_before) == (4, [2, 72])
    assert put(browser, task, "reminders").status_code == 200
    task.refresh_from_db()
    assert task.remind_hours_before == []
    assert put(browser, task, "reminders", hours=[5]).status_code == 422
    assert put(browser, task, "priority", priority=9).status_code == 422


def test_sharing_says_who_will_see_it(browser: Any, task: Task) -> None:
    guest = make_member("guest", display_name="Chen", company="Agency")
    ProjectAccess.objects.create(project=task.project, member=guest)
    before = text(browser.get(task.get_absolute_url()))
    assert "will be shown to: Chen (Agency)" in before
    response = put(browser, task, "visibility", visibility="shared")
    assert Task.objects.get(pk=task.pk).visibility == "shared"
    assert "Chen (Agency)" in text(response)


def test_unknown_property_is_no_address(browser: Any, task: Task) -> None:
    assert put(browser, task, "sensitivity", sensitivity="normal").status_code == 404


def test_mark_done_and_undo_to_where_it_was(browser: Any, task: Task) -> None:
    todo = task.column
    response = browser.post(reverse("projects:task-finish", args=[task.pk]), **HTMX)
    task.refresh_from_db()
    assert (task.is_done, task.column.status) == (True, "done")
    undo = reverse("projects:change-undo", args=[Change.objects.get().pk])
    assert undo in response["HX-Trigger"]
    assert "task:undone" in browser.post(undo, **HTMX)["HX-Trigger"]
    task.refresh_from_db()
    assert (task.is_done, task.column) == (False, todo)


def test_reopen_goes_to_the_first_doing_column(browser: Any, task: Task) -> None:
    set_deadline(task, FAR_OFF, actor=task.project.owner, now=timezone.now())
    browser.post(reverse("projects:task-finish", args=[task.pk]))
    response = browser.post(reverse("projects:task-reopen", args=[task.pk]))
    task.refresh_from_db()
    assert (response.status_code, task.column.status, task.is_done) == (302, "doing", False)


def test_deleted_task_comes_back(browser: Any, task: Task) -> None:
    response = browser.post(reverse("projects:task-delete", args=[task.pk]), **HTMX)
    undo = reverse("projects:change-undo", args=[Change.objects.get().pk])
    assert "sheet:close" in response["HX-Trigger"]
    assert undo in response["HX-Trigger"]
    assert browser.get(task.get_absolute_url()).status_code == 404
    assert "Take it out of the bin" in text(browser.get(reverse("projects:task-restore", args=[task.pk])))
    assert browser.post(undo, **HTMX).status_code == 200
    assert Task.objects.get(pk=task.pk).deleted_at is None


def test_deleted_task_comes_back_after_days(browser: Any, task: Task, maya: Any) -> None:
    delete_task(task, actor=maya, now=timezone.now() - timedelta(days=29))
    assert browser.post(reverse("projects:task-restore", args=[task.pk])).status_code == 302
    assert Task.objects.get(pk=task.pk).deleted_at is None


def test_archived_project_is_read_only(browser: Any, task: Task) -> None:
    task.project.state, task.project.archived_at = "archived", timezone.now()
    task.project.save()
    assert browser.get(task.get_absolute_url()).status_code == 200
    assert put(browser, task, "priority", priority=4).status_code == 403
    assert browser.post(reverse("projects:task-finish", args=[task.pk])).status_code == 403


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_request_without_the_words_empties_nothing(browser: Any, task: Task, maya: Any, field: str) -> None:
    edit_text(task, "description", "White background", was=None, actor=maya, now=timezone.now())
    response = browser.post(reverse(f"projects:task-{field}", args=[task.pk]), {"was": task.description}, **HTMX)
    task.refresh_from_db()
    assert (response.status_code, task.title, task.description) == (400, "Shoot the main image", "White background")
    emptied = browser.post(reverse("projects:task-description", args=[task.pk]), {"text": ""}, **HTMX)
    task.refresh_from_db()
    assert (emptied.status_code, task.description) == (200, "")
