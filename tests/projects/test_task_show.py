"""The task sheet: what it shows to whom, and what that costs."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.checklists import add_items, check_item
from projects.actions.comments import add_comment
from projects.actions.deadlines import set_deadline
from projects.actions.edits import edit_text, make_label, set_helpers, set_labels
from projects.actions.tasks import delete_task
from projects.models import Dependency, ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db


def make_guest(project: Any, **values: Any) -> Any:
    guest = make_member("guest", **values)
    ProjectAccess.objects.create(project=project, member=guest)
    return guest


def fill(task: Task, actor: Any, *, rows: int) -> None:
    """Give the task `rows` of everything that it can have several of."""
    now = timezone.now()
    items = add_items(task, [f"Item {number}" for number in range(rows)], actor=actor, now=now)
    check_item(items[0], is_done=True, actor=actor, now=now)
    for number in range(rows):
        helper = make_member(display_name=f"Helper {number}")
        add_comment(task, f"Comment {number} @{helper.display_name}", is_shared=False, author=helper, now=now)
        edit_text(task, "title", f"Title {number}", was=None, actor=actor, now=now)
        Dependency.objects.create(blocker=make_task(task.project, title=f"Before {number}"), blocked=task)
        set_labels(task, [*task.labels.all(), make_label(f"Label {task.pk} {number}")], actor=actor, now=now)
        set_helpers(task, [*task.helpers.all(), helper], actor=actor, now=now)
        make_guest(task.project, display_name=f"Guest {number}")


def test_page_and_fragment_are_one_view(maya: Any, task: Task) -> None:
    browser = client_of(maya)
    page, sheet = browser.get(task.get_absolute_url()), browser.get(task.get_absolute_url(), **HTMX)
    assert (page.status_code, sheet.status_code) == (200, 200)
    assert "<html" in text(page)
    assert "<html" not in text(sheet)
    assert "Shoot the main image" in text(sheet)
    assert "HX-Request" in page["Vary"]


def test_sheet_takes_at_most_twelve_statements_whatever_it_holds(maya: Any) -> None:
    project = make_project(maya)
    counts = []
    for rows in (1, 3):
        task = make_task(project, owner=maya)
        fill(task, maya, rows=rows)
        browser = client_of(maya)
        browser.get(task.get_absolute_url(), **HTMX)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(task.get_absolute_url(), **HTMX).status_code == 200
        counts.append(len([query for query in captured if "search_path" not in query["sql"]]))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_insider_sees_comments_and_trace_in_one_stream(maya: Any, task: Task) -> None:
    start = timezone.now()
    add_comment(task, "First words", is_shared=False, author=maya, now=start + timedelta(seconds=1))
    edit_text(task, "title", "New title", was=None, actor=maya, now=start + timedelta(seconds=2))
    add_comment(task, "Last words", is_shared=False, author=maya, now=start + timedelta(seconds=3))
    page = text(client_of(maya).get(task.get_absolute_url()))
    places = [page.index(part) for part in ("created the task", "First words", "changed the title", "Last words")]
    assert places == sorted(places)
    assert "wrote a comment" not in page


def test_comments_only_leaves_the_trace_out(maya: Any, task: Task) -> None:
    add_comment(task, "Said this", is_shared=False, author=maya, now=timezone.now())
    browser = client_of(maya)
    page = text(browser.get(f"{task.get_absolute_url()}?only=comments"))
    part = text(browser.get(reverse("projects:task-stream", args=[task.pk]), {"only": "comments"}, **HTMX))
    for shown in (page, part):
        assert "Said this" in shown
        assert "created the task" not in shown


def test_stream_goes_back_page_by_page_without_gap_or_repeat(maya: Any, task: Task) -> None:
    now = timezone.now()
    for number in range(60):
        # Many at one instant: the page must not break between equals.
        add_comment(
            task, f"word-{number:03d}.", is_shared=False, author=maya, now=now + timedelta(seconds=number // 20)
        )
    browser, address = client_of(maya), task.get_absolute_url()
    seen: list[str] = []
    while address:
        response = browser.get(address)
        found = [f"word-{number:03d}." for number in range(60) if f"word-{number:03d}." in text(response)]
        seen = [*found, *seen]
        earlier = response.context["sheet"].stream.earlier
        address = f"{task.get_absolute_url()}?before={str(earlier).replace('+', '%2B')}" if earlier else ""
    assert seen == [f"word-{number:03d}." for number in range(60)]


def test_cursor_nobody_wrote_is_refused(maya: Any, task: Task) -> None:
    assert client_of(maya).get(task.get_absolute_url(), {"before": "yesterday"}).status_code == 400


def test_html_in_a_description_and_a_comment_is_shown_as_text(maya: Any, task: Task) -> None:
    now = timezone.now()
    edit_text(task, "description", "<script>alert(1)</script> **bold**", was=None, actor=maya, now=now)
    add_comment(task, "<img src=x onerror=alert(2)>", is_shared=False, author=maya, now=now)
    page = text(client_of(maya).get(task.get_absolute_url()))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <strong>bold</strong>" in page


def test_a_blocker_one_may_not_see_is_not_named(maya: Any, task: Task) -> None:
    hidden = make_task(task.project, title="Secret margin", sensitivity="finance", owner=task.project.owner)
    Task.objects.filter(pk=hidden.pk).update(owner=None)
    binned = make_task(task.project, title="Gone already")
    delete_task(binned, actor=maya, now=timezone.now())
    for blocker in (hidden, binned):
        Dependency.objects.create(blocker=blocker, blocked=task)
    page = text(client_of(maya).get(task.get_absolute_url()))
    assert "blocked by a task you cannot see" in page
    assert "Secret margin" not in page
    assert "Gone already" not in page.partition("task-stream")[2]


def test_guest_sees_the_task_and_nothing_of_the_team(maya: Any, task: Task) -> None:
    now = timezone.now()
    guest = make_guest(task.project, display_name="Chen", language="en", email="chen@agency.test")
    other = make_guest(task.project, display_name="Another guest", language="en")
    helper = make_member(display_name="Helper Hu", email="hu@acme.test")
    set_helpers(task, [helper], actor=maya, now=now)
    set_labels(task, [make_label("Low margin")], actor=maya, now=now)
    add_items(task, ["Send the samples"], actor=maya, now=now)
    set_deadline(task, Deadline(date(2027, 3, 4), time(18), "America/Los_Angeles"), actor=maya, now=now)
    add_comment(task, "Internal: we pay too much", is_shared=False, author=maya, now=now)
    add_comment(task, "Shared: send the drafts", is_shared=True, author=maya, now=now)
    add_comment(task, "From another guest", is_shared=True, author=other, now=now)
    before = make_task(task.project, title="Internal step before")
    Dependency.objects.create(blocker=before, blocked=task)
    Task.objects.filter(pk=task.pk).update(visibility="shared", description="What is to be done")
    page = text(client_of(guest).get(task.get_absolute_url()))
    for shown in ("Shoot the main image", "What is to be done", "Send the samples", "Thu 4 Mar 2027, 18:00 PST"):
        assert shown in page
    for shown in ("Shared: send the drafts", "From another guest", "The team reads this"):
        assert shown in page
    for hidden in ("we pay too much", "created the task", "Low margin", "Helper Hu", "hu@acme.test", maya.email):
        assert hidden not in page
    for hidden in ("Internal step before", "Priority", "Finance", "Created by", "Move to the bin", "prop-visibility"):
        assert hidden not in page


def test_guest_gets_404_for_a_task_that_is_not_shared(maya: Any, task: Task) -> None:
    guest = make_guest(task.project)
    browser = client_of(guest)
    addresses = [task.get_absolute_url(), reverse("projects:task-stream", args=[task.pk])]
    assert [browser.get(address).status_code for address in addresses] == [404, 404]


def test_guest_may_not_edit_what_they_see(maya: Any, task: Task) -> None:
    guest = make_guest(task.project)
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    [item] = add_items(task, ["Send the samples"], actor=maya, now=timezone.now())
    browser = client_of(guest)
    posts = [
        ("projects:task-title", [task.pk]), ("projects:task-description", [task.pk]),
        ("projects:task-set", [task.pk, "owner"]), ("projects:task-set", [task.pk, "column"]),
        ("projects:task-set", [task.pk, "visibility"]), ("projects:task-deadline", [task.pk]),
        ("projects:task-finish", [task.pk]), ("projects:task-delete", [task.pk]), ("projects:item-add", [task.pk]),
        ("projects:item-check", [item.pk]), ("projects:item-edit", [item.pk]), ("projects:item-remove", [item.pk]),
    ]  # fmt: skip
    assert [browser.post(reverse(name, args=args)).status_code for name, args in posts] == [403] * len(posts)


def test_guest_on_the_task_ticks_and_moves_it(maya: Any, task: Task) -> None:
    guest = make_guest(task.project)
    Task.objects.filter(pk=task.pk).update(owner=guest)
    [item] = add_items(task, ["Send the samples"], actor=maya, now=timezone.now())
    browser = client_of(guest)
    browser.post(reverse("projects:item-check", args=[item.pk]), {"is_done": "1"})
    browser.post(reverse("projects:task-finish", args=[task.pk]))
    item.refresh_from_db()
    task.refresh_from_db()
    assert (item.done_by, task.is_done) == (guest, True)


def test_finance_task_is_seen_only_by_those_who_may(maya: Any, task: Task) -> None:
    finance = make_member(can_see_finance=True)
    colleague = make_member()
    Task.objects.filter(pk=task.pk).update(sensitivity="finance", owner=finance)
    found = [client_of(member).get(task.get_absolute_url()).status_code for member in (finance, colleague)]
    assert found == [200, 404]


def test_task_of_the_other_workspace_is_not_there(maya: Any, task: Task, other: Any) -> None:
    stranger = client_of(maya, workspace=other)
    assert stranger.get(task.get_absolute_url()).status_code in (403, 404)
