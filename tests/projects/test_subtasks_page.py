"""Subtasks on the sheet, the card, the dialog of the parent and in the bin; what guests see of them."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.checklists import add_items
from projects.actions.edits import set_visibility
from projects.actions.subtasks import create_subtasks, set_parent
from projects.actions.tasks import delete_task
from projects.models import ProjectAccess, Task
from tests.factories import client_of, make_member, make_task
from tests.pages import HTMX, text
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db


def at(name: str, pk: int) -> str:
    return reverse(f"projects:{name}", args=[pk])


def events(response: Any) -> Any:
    return json.loads(response["HX-Trigger"])


def made(task: Task, actor: Any, *titles: str) -> list[Task]:
    return create_subtasks(task, titles, actor=actor, now=timezone.now())


@pytest.fixture
def guest(task: Task) -> Any:
    guest = make_member("guest", display_name="Guest", language="en")
    ProjectAccess.objects.create(project=task.project, member=guest)
    return guest


def test_pasted_lines_are_read_as_quick_add_reads_them(browser: Any, task: Task, maya: Any) -> None:
    lines = "Cut the video @Maya tomorrow 18:00\r\n\r\n写文案 ✍️\nמפרט"
    response = browser.post(at("subtask-add", task.pk), {"titles": lines}, **HTMX)
    rows = Task.objects.filter(parent=task).order_by("number")
    assert [(row.title, row.owner) for row in rows] == [("Cut the video", maya), ("写文案 ✍️", None), ("מפרט", None)]
    assert rows[0].due_time is not None
    page = text(response)
    assert 'hx-swap-oob="beforeend:#subtasks"' in page and "0/3" in page and "added 3 subtasks" in page


@pytest.mark.parametrize(
    ("typed", "said"), [("  \n", "Type a title first."), ("x" * 601, "up to 300"), ("a\n" * 101, "101 lines")]
)
def test_bad_lines_come_back_as_they_were_typed(browser: Any, task: Task, typed: str, said: str) -> None:
    response = browser.post(at("subtask-add", task.pk), {"titles": typed}, **HTMX)
    assert (response.status_code, Task.objects.count()) == (422, 1)
    assert said in text(response) and typed.strip() in text(response)


def test_indented_lines_keep_their_tree_under_the_open_task(browser: Any, task: Task) -> None:
    lines = "Photos\n  White background\n    Retouch\n  Lifestyle\nTexts"
    response = browser.post(at("subtask-add", task.pk), {"titles": lines}, **HTMX)
    parents = {each.title: each.parent.title for each in Task.objects.exclude(parent=None).select_related("parent")}
    assert parents == {
        "Photos": task.title, "White background": "Photos", "Retouch": "White background", "Lifestyle": "Photos",
        "Texts": task.title,
    }  # fmt: skip
    assert (">Photos</a>" in text(response), ">Retouch</a>" in text(response)) == (True, False)
    task.refresh_from_db()
    assert task.subtask_count == 2


def test_what_is_indented_too_deep_hangs_where_there_is_room(browser: Any, task: Task, maya: Any) -> None:
    deep = task
    for name in ("two", "three", "four"):
        [deep] = made(deep, maya, name)
    browser.post(at("subtask-add", deep.pk), {"titles": "five\n  six"}, **HTMX)
    assert list(deep.subtasks.order_by("number").values_list("title", flat=True)) == ["five", "six"]


def test_the_two_hundred_and_first_is_refused_with_the_room_that_is_left(browser: Any, task: Task, maya: Any) -> None:
    made(task, maya, *(f"Part {number}" for number in range(199)))
    response = browser.post(at("subtask-add", task.pk), {"titles": "One\nTwo"}, **HTMX)
    assert response.status_code == 422
    assert "A task has up to 200 subtasks: there is room for 1 more." in text(response)


def test_a_tick_finishes_and_opens_again(browser: Any, task: Task, maya: Any) -> None:
    one, _two = made(task, maya, "One", "Two")
    done = browser.post(at("subtask-tick", one.pk), {"is_done": "1"}, **HTMX)
    assert "1/2" in text(done) and 'class="is-done"' in text(done)
    assert events(done)["task:changed"] == {"task": task.pk, "also": [one.pk]}
    again = browser.post(at("subtask-tick", one.pk), {}, **HTMX)
    assert "0/2" in text(again)
    assert browser.post(at("subtask-tick", one.pk), {"is_done": "1"}).url == task.get_absolute_url()
    assert browser.post(at("subtask-tick", task.pk), {"is_done": "1"}).status_code == 404


def test_a_long_list_is_paged(browser: Any, task: Task, maya: Any) -> None:
    made(task, maya, *(f"Part {number:03}" for number in range(101)))
    first = text(browser.get(task.get_absolute_url(), **HTMX))
    assert "Part 049" in first and "Part 050" not in first and "Show more subtasks" in first
    last = text(browser.get(at("subtasks", task.pk) + "?page=3", **HTMX))
    assert "Part 100" in last and "Part 099" not in last and "Show more" not in last and "<html" not in last
    assert "<html" in text(browser.get(at("subtasks", task.pk) + "?page=2"))
    assert browser.get(at("subtasks", task.pk) + "?page=no", **HTMX).status_code == 200


def test_the_sheet_takes_as_many_statements_for_one_as_for_three(browser: Any, task: Task, maya: Any) -> None:
    counts = []
    for number in (1, 3):
        shown = make_task(task.project, f"With {number}", owner=maya)
        for sub in made(shown, maya, *"ABC"[:number]):
            made(sub, maya, "Below")
        browser.get(shown.get_absolute_url(), **HTMX)
        with CaptureQueriesContext(connection) as captured:
            browser.get(shown.get_absolute_url(), **HTMX)
        counts.append(len(statements(captured)))
    with CaptureQueriesContext(connection) as captured:
        browser.get(task.get_absolute_url(), **HTMX)
    # The list, and the sum of all that stands below.
    assert counts == [len(statements(captured)) + 2] * 2


def test_the_path_and_the_card_name_the_parents(browser: Any, task: Task, maya: Any) -> None:
    [sub] = made(task, maya, "Middle & more")
    [low] = made(sub, maya, "Low")
    page = text(browser.get(low.get_absolute_url(), **HTMX))
    assert page.index("Shoot the main image") < page.index("Middle &amp; more") < page.index(f"#{low.number}")
    board = text(browser.get(f"/projects/{task.project_id}/board/"))
    assert '<span class="card__parent-title">Middle &amp; more</span>' in board
    assert board.count("0/1") == 2
    delete_task(sub, actor=maya, now=timezone.now())
    assert "Middle" not in text(browser.get(f"/projects/{task.project_id}/board/"))


class TestParent:
    def test_it_is_found_by_words_and_by_number_a_page_at_a_time(self, browser: Any, task: Task, maya: Any) -> None:
        others = [make_task(task.project, f"Other {number:02}") for number in range(14)]
        [sub] = made(task, maya, "Child")
        page = text(browser.get(at("task-parent", task.pk), **HTMX))
        assert page.count("parents__one") == 12 and 'rel="next"' in page and "Child" not in page
        found = text(browser.get(at("task-parent", task.pk) + "?q=other 03", HTTP_HX_TARGET="parents-found", **HTMX))
        assert found.count("parents__one") == 1 and "<header" not in found
        by_number = text(browser.get(at("task-parent", sub.pk) + f"?q=%23{others[5].number}", **HTMX))
        assert by_number.count("parents__one") == 1 and "Other 05" in by_number
        assert "<html" in text(browser.get(at("task-parent", task.pk) + "?q=(["))
        assert "No task of this project fits" in text(browser.get(at("task-parent", task.pk) + "?q=(["))

    def test_it_is_set_put_back_by_the_toast_and_taken_off(self, browser: Any, task: Task) -> None:
        child = make_task(task.project, "Child")
        address = at("task-parent", child.pk)
        response = browser.post(address, {"parent": task.pk}, **HTMX)
        assert 'id="prop-parent" hx-swap-oob="true"' in text(response) and 'id="task-path"' in text(response)
        said = events(response)
        assert said["toast"] == {
            "message": "It is now a part of “Shoot the main image”.",
            "undo_url": f"{address}?parent=",
        }
        assert said["task:changed"] == {"task": child.pk, "also": [task.pk]}
        assert "a task of its own" in events(browser.post(said["toast"]["undo_url"], **HTMX))["toast"]["message"]
        assert browser.post(address, {"parent": task.pk}).url == child.get_absolute_url()
        assert Task.objects.get(pk=child.pk).parent == task

    def test_a_circle_is_refused_by_its_path_without_what_the_reader_may_not_see(self, task: Task, maya: Any) -> None:
        [middle] = made(task, maya, "Margins")
        [low] = made(middle, maya, "Low")
        Task.objects.filter(pk=middle.pk).update(sensitivity="finance")
        response = client_of(maya).post(at("task-parent", task.pk), {"parent": low.pk}, **HTMX)
        assert response.status_code == 422
        assert "A task cannot be a part of itself: Shoot the main image › … › Low." in text(response)

    @pytest.mark.parametrize("given", ["elsewhere", "x", "99999999999999"])
    def test_what_is_not_in_this_project_is_refused(self, browser: Any, task: Task, maya: Any, given: str) -> None:
        from tests.factories import make_project

        value = make_task(make_project(maya)).pk if given == "elsewhere" else given
        response = browser.post(at("task-parent", task.pk), {"parent": value}, **HTMX)
        assert response.status_code == 422
        assert "not in this project" in text(response)


def test_an_item_becomes_a_subtask_and_comes_back(browser: Any, task: Task, maya: Any) -> None:
    first, item = add_items(task, ["First", "Grown"], actor=maya, now=timezone.now())
    response = browser.post(at("item-promote", item.pk), **HTMX)
    sub = Task.objects.get(parent=task)
    assert f'id="subtask-{sub.pk}"' in text(response) and 'hx-swap-oob="beforeend:#subtasks"' in text(response)
    undo = events(response)["toast"]["undo_url"]
    back = browser.post(undo, **HTMX)
    assert 'id="task-checklist"' in text(back) and "Grown" in text(back)
    refused = browser.post(undo, **HTMX)
    assert refused.status_code == 404
    assert browser.post(at("item-promote", first.pk)).url == task.get_absolute_url()


def test_finishing_a_parent_says_how_many_are_open(browser: Any, task: Task, maya: Any) -> None:
    made(task, maya, "One", "Two")
    response = browser.post(at("task-finish", task.pk), **HTMX)
    assert events(response)["toast"]["message"] == "Done: Shoot the main image 2 subtasks are still open."


def test_binning_says_who_goes_with_it_and_the_bin_lists_one_row(browser: Any, task: Task, maya: Any) -> None:
    one, _two = made(task, maya, "One", "Two")
    made(one, maya, "Below")
    assert "Its 3 subtasks go into the bin with it." in text(browser.get(task.get_absolute_url(), **HTMX))
    browser.post(at("task-delete", task.pk), **HTMX)
    page = text(browser.get(f"/projects/{task.project_id}/bin/"))
    assert page.count('class="filerow"') == 1 and "with 2 subtasks" in page
    browser.post(at("task-restore", task.pk))
    assert Task.objects.alive().count() == 4


def test_a_milestone_is_set_on_the_sheet(browser: Any, task: Task) -> None:
    response = browser.post(f"/tasks/{task.pk}/set/milestone/", {"milestone": "1"}, **HTMX)
    assert "made it a milestone" in text(response)
    browser.post(f"/tasks/{task.pk}/set/milestone/", {}, **HTMX)
    assert Task.objects.get().is_milestone is False


class TestGuests:
    def test_they_see_only_what_they_may_and_no_count(self, task: Task, maya: Any, guest: Any) -> None:
        set_visibility(task, Task.Visibility.SHARED, actor=maya, now=timezone.now())
        shown, mine, _secret = made(task, maya, "Shown", "Mine", "Secret")
        for sub in (shown, mine):
            set_visibility(sub, Task.Visibility.SHARED, actor=maya, now=timezone.now())
        Task.objects.filter(pk=mine.pk).update(owner=guest)
        page = text(client_of(guest).get(task.get_absolute_url(), **HTMX))
        assert "Shown" in page and "Mine" in page and "Secret" not in page
        assert "0/3" not in page and "cannot see" not in page and "subtasks-adder" not in page
        assert page.count("/tick/") == 2  # action and hx-post of the one they may tick
        board = text(client_of(guest).get(f"/projects/{task.project_id}/board/"))
        assert "0/3" not in board and "Secret" not in board

    def test_a_hidden_parent_is_never_named(self, task: Task, maya: Any, guest: Any) -> None:
        [sub] = made(task, maya, "Shown")
        set_visibility(sub, Task.Visibility.SHARED, actor=maya, now=timezone.now())
        client = client_of(guest)
        for address in (sub.get_absolute_url(), f"/projects/{task.project_id}/board/"):
            assert "Shoot the main image" not in text(client.get(address))
        set_parent(sub, None, actor=maya, now=timezone.now())

    def test_an_insider_without_finance_learns_that_there_is_one_more(self, task: Task, maya: Any) -> None:
        _plain, secret = made(task, maya, "Plain", "Margins")
        Task.objects.filter(pk=secret.pk).update(sensitivity="finance")
        page = text(client_of(maya).get(task.get_absolute_url(), **HTMX))
        assert (
            "1 subtask that you cannot see" in page
            and "Margins" not in page.split("task-subtasks")[1].split("</section>")[0]
        )


def test_a_deadline_in_the_list_reads_as_elsewhere(browser: Any, task: Task, maya: Any) -> None:
    now = timezone.now()
    child = make_task(task.project, "Child", deadline=Deadline(now.date(), None, "America/Los_Angeles"))
    set_parent(child, task, actor=maya, now=now)
    row = text(browser.get(task.get_absolute_url(), **HTMX)).split(f'id="subtask-{child.pk}"')[1]
    assert 'class="due due--' in row.split("</li>")[0]
