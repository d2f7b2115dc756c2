"""The dialog of a task that comes again, its preview, and what the sheet and the card say."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from linkstar.lib.recurrence import Rule
from projects.actions.finishing import finish_task
from projects.actions.recurrence import look, repeat_task
from projects.models import ProjectAccess, Recurrence, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
PACIFIC = "America/Los_Angeles"
WEEKLY = {"unit": "weeks", "every": "1", "weekdays": ["4"], "time": "18:00", "zone": PACIFIC, "window_days": "3"}


def days_ahead(count: int, weekday: int = 4) -> date:
    """The first such weekday at least `count` days from now."""
    day = timezone.now().date() + timedelta(days=count)
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@pytest.fixture
def dated(maya: Any) -> Task:
    deadline = Deadline(days_ahead(3), time(18, 0), PACIFIC)
    return make_task(make_project(maya), "Check the stock", owner=maya, deadline=deadline)


def repeat(task: Task, actor: Any) -> Recurrence:
    rule = Rule("weeks", task.due_on or date.max, PACIFIC, time(18, 0), weekdays=(4,))
    return repeat_task(task, rule=rule, window_days=3, ends_on=None, most_copies=None, actor=actor, now=timezone.now())


def test_the_dialog_proposes_the_weekday_of_the_deadline(browser: Any, dated: Task) -> None:
    page = text(browser.get(reverse("projects:task-repeat", args=[dated.pk]), **HTMX))
    assert '<option value="weeks" selected>' in page
    assert 'name="weekdays" value="4" checked' in page
    assert 'value="18:00"' in page
    assert "<html" not in page


def test_saving_shows_the_rule_on_the_sheet_and_shuts_the_dialog(browser: Any, dated: Task) -> None:
    answer = browser.post(reverse("projects:task-repeat", args=[dated.pk]), WEEKLY, **HTMX)
    assert answer.status_code == 200
    assert "every Friday 18:00 (America/Los_Angeles)" in text(answer)
    assert "let the task repeat" in text(answer)
    assert "dialog:close" in answer["HX-Trigger"]
    assert "task:changed" in answer["HX-Trigger"]
    assert Recurrence.objects.get().next_on == days_ahead(3) + timedelta(days=7)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(browser: Any, dated: Task) -> None:
    wrong = {**WEEKLY, "weekdays": [], "window_days": "many", "ends": "on", "time": "25:99"}
    answer = browser.post(reverse("projects:task-repeat", args=[dated.pk]), wrong, **HTMX)
    page = text(answer)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog")
    for words in (
        "Choose at least one day of the week.",
        "Type a whole number from 0 to 60.",
        "Choose the last day.",
        "This is not a time of day.",
        'value="many"',
        'value="25:99"',
    ):
        assert words in page
    assert not Recurrence.objects.exists()


def test_the_preview_shows_five_days_in_both_clocks(browser: Any, dated: Task) -> None:
    address = reverse("projects:repeat-preview", args=[dated.pk])
    page = text(browser.get(address, WEEKLY, **HTMX))
    assert page.count("<time") == 5
    assert page.count("for you") == 5
    assert "every Friday 18:00 (America/Los_Angeles)" in page
    assert "Choose at least one day" in text(browser.get(address, {**WEEKLY, "weekdays": []}, **HTMX))


def test_the_preview_says_what_clock_changes_and_unknown_years_do(browser: Any, dated: Task) -> None:
    address = reverse("projects:repeat-preview", args=[dated.pk])
    monthly = {**WEEKLY, "unit": "month_weekday", "nth": "2", "weekday": "6", "time": "02:30"}
    assert "does not exist" in text(browser.get(address, monthly, **HTMX))
    Task.objects.filter(pk=dated.pk).update(due_on=None, due_time=None, due_zone="", due_at=None)
    far = {**WEEKLY, "unit": "workdays", "calendar": "cn"}
    Task.objects.filter(pk=dated.pk).update(due_on="2031-05-05", due_zone="UTC", due_at="2031-05-05T23:59:59Z")
    assert "The holidays of 2031 are not announced yet" in text(browser.get(address, far, **HTMX))


def test_the_sheet_says_what_waits_and_what_was(browser: Any, maya: Any, dated: Task) -> None:
    recurrence = repeat(dated, maya)
    now = timezone.now()
    late = Deadline(now.date() - timedelta(days=1), time(12), "UTC")
    Task.objects.filter(pk=dated.pk).update(due_on=late.on, due_at=late.instant)
    Recurrence.objects.filter(pk=recurrence.pk).update(window_days=60)
    page = text(browser.get(dated.get_absolute_url()))
    assert "The next copy waits until this one is done." in page
    finish_task(Task.objects.get(pk=dated.pk), actor=maya, now=now)
    look(recurrence.pk, now=now)
    newest = recurrence.tasks.order_by("-occurrence_on")[0]
    page = text(browser.get(newest.get_absolute_url()))
    assert "Earlier copies" in page
    assert f'href="{dated.get_absolute_url()}"' in page


def test_skipping_shuts_the_sheet_of_the_copy_that_went(browser: Any, maya: Any, dated: Task) -> None:
    repeat(dated, maya)
    answer = browser.post(reverse("projects:repeat-skip", args=[dated.pk]), **HTMX)
    assert "sheet:close" in answer["HX-Trigger"]
    assert "Skipped: Fri" in answer["HX-Trigger"]
    page = text(browser.post(reverse("projects:repeat-stop", args=[dated.pk]), **HTMX))
    assert "Stopped: no further copy is made." in page


def test_a_task_that_does_not_repeat_costs_no_statement_and_one_that_does_a_few(maya: Any, dated: Task) -> None:
    browser = client_of(maya)
    browser.get(dated.get_absolute_url(), **HTMX)
    counts = []
    for rounds in range(4):
        with CaptureQueriesContext(connection) as queries:
            browser.get(Task.objects.order_by("-pk")[0].get_absolute_url(), **HTMX)
        counts.append(len(queries) - 1)
        newest = Task.objects.order_by("-pk")[0]
        recurrence = repeat(newest, maya) if rounds == 0 else Recurrence.objects.get()
        Recurrence.objects.update(window_days=60)
        finish_task(Task.objects.get(pk=newest.pk), actor=maya, now=timezone.now())
        look(recurrence.pk, now=timezone.now())
    assert [count - counts[0] for count in counts] == [0, 2, 2, 2]


def test_a_guest_reads_of_no_rule(maya: Any, dated: Task) -> None:
    repeat(dated, maya)
    Task.objects.filter(pk=dated.pk).update(visibility="shared")
    guest = make_member("guest", language="en")
    ProjectAccess.objects.create(project=dated.project, member=guest)
    browser = client_of(guest)
    sheet = text(browser.get(dated.get_absolute_url()))
    board = text(browser.get(dated.project.board.get_absolute_url()))
    assert "Check the stock" in sheet
    assert "every Friday" not in sheet
    assert "prop-repeat" not in sheet
    assert "icon--repeat" not in board
    assert "icon--repeat" in text(client_of(maya).get(dated.project.board.get_absolute_url()))
