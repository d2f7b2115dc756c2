"""Estimate and logged time: typed in words, added up, seen by the right people."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.actions.bin import remove_task
from projects.actions.edits import set_visibility
from projects.actions.effort import edit_entry, log_time, remove_entry, set_estimate
from projects.actions.subtasks import create_subtasks
from projects.actions.tasks import delete_task
from projects.actions.undo import undo
from projects.models import Activity, Change, ProjectAccess, Task, TimeEntry
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.projects.test_move import statements
from tests.races import RACE, at_once

DAY = date(2026, 11, 20)
# Past on every clock of the world, whenever the tests run.
YESTERDAY = timezone.now().date() - timedelta(days=1)


def logged(task: Task, actor: Any, minutes: int, note: str = "") -> TimeEntry:
    return log_time(task, minutes=minutes, spent_on=YESTERDAY, note=note, actor=actor, now=timezone.now())


@pytest.mark.django_db
class TestActions:
    def test_the_sum_follows_what_is_logged_changed_and_removed(self, task: Task, maya: Any) -> None:
        now = timezone.now()
        first = log_time(task, minutes=90, spent_on=DAY, note="Shot 🎥", actor=maya, now=now)
        log_time(task, minutes=30, spent_on=DAY, actor=maya, now=now)
        edit_entry(first, minutes=60, spent_on=DAY, note="Shot", now=now)
        edit_entry(first, minutes=60, spent_on=DAY, note="Shot", now=now)
        assert Task.objects.get().logged_minutes == 90
        remove_entry(first, actor=maya, now=now)
        remove_entry(first, actor=maya, now=now)
        assert Task.objects.get().logged_minutes == 30
        verbs = Activity.objects.filter(verb__startswith="time").order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["time logged", "time logged", "time edited", "time removed"]

    def test_an_estimate_is_set_once_and_cleared(self, task: Task, maya: Any) -> None:
        for minutes in (480, 480, None):
            set_estimate(task, minutes, actor=maya, now=timezone.now())
        traces = Activity.objects.filter(verb="estimate changed").order_by("pk").values_list("data", flat=True)
        assert list(traces) == [{"before": None, "after": 480}, {"before": 480, "after": None}]

    def test_a_faster_way_is_written_down_on_the_sheet_said_in_the_trace_and_put_back(self, task: Task) -> None:
        owner = task.project.owner
        browser, url = client_of(owner), f"/tasks/{task.pk}/set/faster/"
        wrong = browser.post(url, {"days": "0", "note": "By air"}, **HTMX)
        assert (wrong.status_code, "at least one working day" in text(wrong)) == (422, True)
        assert 'value="By air"' in text(wrong)
        saved = browser.post(url, {"days": "6", "note": " By air,  ¥38 more per kg "}, **HTMX)
        assert "6 working days: By air, ¥38 more per kg" in text(saved)
        page = text(browser.get(f"/tasks/{task.pk}/"))
        assert "wrote down a faster way: 6 working days: By air, ¥38 more per kg." in page
        undo(Change.objects.get(), actor=owner, now=timezone.now())
        assert list(Task.objects.values_list("faster_days", "faster_note")) == [(None, "")]

    def test_what_is_removed_for_good_takes_its_time_along(self, task: Task, maya: Any) -> None:
        logged(task, maya, 60, "Private words")
        delete_task(task, actor=maya, now=timezone.now())
        remove_task(task.pk, now=timezone.now() + timedelta(days=31))
        assert (TimeEntry.objects.count(), Task.objects.get().logged_minutes) == (0, 0)


@RACE
def test_two_who_log_at_once_are_both_added_up(live_workspace: Any, owner: Any) -> None:
    task = make_task(make_project(owner))
    at_once(*(partial(logged, Task.objects.get(pk=task.pk), owner, minutes) for minutes in (10, 20, 30, 40)))
    assert Task.objects.get().logged_minutes == 100


@pytest.mark.django_db
class TestPage:
    @pytest.mark.parametrize(("typed", "minutes"), [("1.5d", 720), ("半天", 240), ("3", 180), ("", None)])
    def test_an_estimate_is_typed_in_words(self, browser: Any, task: Task, typed: str, minutes: int | None) -> None:
        response = browser.post(f"/tasks/{task.pk}/set/estimate/", {"estimate": typed}, **HTMX)
        assert response.status_code == 200
        assert Task.objects.get().estimate_minutes == minutes
        assert 'id="prop-effort"' in text(response)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [("soon", "“soon” is no length of time"), ("99999d", "From one minute to 1000 d"), ("0", "From")],
    )
    def test_what_is_no_estimate_comes_back_as_typed(self, browser: Any, task: Task, typed: str, said: str) -> None:
        response = browser.post(f"/tasks/{task.pk}/set/estimate/", {"estimate": typed}, **HTMX)
        assert response.status_code == 422
        assert said in text(response) and f'value="{typed}"' in text(response)

    def test_more_than_estimated_is_said_in_words(self, browser: Any, task: Task, maya: Any) -> None:
        set_estimate(task, 120, actor=maya, now=timezone.now())
        logged(task, maya, 150)
        page = text(browser.get(task.get_absolute_url(), **HTMX))
        assert "2 h 30 min of 2 h logged" in page and "30 min over the estimate" in page

    def test_a_parent_adds_up_what_stands_below_it(self, browser: Any, task: Task, maya: Any) -> None:
        now = timezone.now()
        [middle] = create_subtasks(task, ["Middle"], actor=maya, now=now)
        [low] = create_subtasks(middle, ["Low"], actor=maya, now=now)
        for each, estimate, minutes in ((task, 60, 60), (middle, 120, 30), (low, 180, 15)):
            set_estimate(each, estimate, actor=maya, now=now)
            logged(each, maya, minutes)
        page = text(browser.get(task.get_absolute_url(), **HTMX))
        assert "With subtasks:" in page and "1 h 45 min of 6 h logged" in page

    def test_time_is_logged_changed_and_removed_in_the_dialog(self, browser: Any, task: Task, maya: Any) -> None:
        address, today = reverse("projects:task-time", args=[task.pk]), YESTERDAY.isoformat()
        assert "Nobody has logged time" in text(browser.get(address, **HTMX))
        response = browser.post(address, {"length": "1h30", "spent_on": today, "note": "Cut < it"}, **HTMX)
        entry = TimeEntry.objects.get()
        assert (entry.minutes, entry.member, entry.note) == (90, maya, "Cut < it")
        page = text(response)
        assert "Cut &lt; it" in page and 'id="prop-effort" hx-swap-oob="true"' in page and "logged 1 h 30 min" in page
        assert 'value="1 h 30 min"' in text(browser.get(f"{address}?edit={entry.pk}", **HTMX))
        edited = {"length": "2h", "spent_on": today, "note": ""}
        assert browser.post(reverse("projects:time-edit", args=[entry.pk]), edited).status_code == 302
        assert Task.objects.get().logged_minutes == 120
        browser.post(reverse("projects:time-remove", args=[entry.pk]), **HTMX)
        assert Task.objects.get().logged_minutes == 0
        assert "<html" in text(browser.get(address))

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"length": "25h"}, "From one minute to 3 d"),
            ({"length": ""}, "Type how long."),
            ({"spent_on": "2999-01-01"}, "still ahead"),
            ({"spent_on": "1999-01-01"}, "more than a year ago"),
            ({"spent_on": "x"}, "This is not a date."),
            ({"note": "x" * 301}, "up to 300 characters"),
        ],
    )
    def test_absurd_entries_come_back(self, browser: Any, task: Task, changed: dict[str, str], said: str) -> None:
        given = {"length": "1h", "spent_on": YESTERDAY.isoformat(), "note": "kept", **changed}
        response = browser.post(reverse("projects:task-time", args=[task.pk]), given, **HTMX)
        assert (response.status_code, TimeEntry.objects.count()) == (422, 0)
        assert said in text(response) and given["note"] in text(response)

    def test_entries_are_paged_in_the_same_statements(self, browser: Any, task: Task, maya: Any) -> None:
        address, counts = reverse("projects:task-time", args=[task.pk]), []
        for _ in range(2):
            logged(task, maya, 5)
            logged(task, make_member(), 5)
            browser.get(address, **HTMX)
            with CaptureQueriesContext(connection) as captured:
                browser.get(address, **HTMX)
            counts.append(len(statements(captured)))
        assert counts[0] == counts[1]
        for _ in range(12):
            logged(task, maya, 5)
        assert text(browser.get(address, **HTMX)).count("<li id=") == 12
        assert text(browser.get(f"{address}?page=2", **HTMX)).count("<li") == 4

    def test_a_manager_removes_what_others_logged_and_changes_nothing(self, task: Task, maya: Any) -> None:
        entry, manager = logged(task, maya, 60), make_member("manager")
        given = {"length": "2h", "spent_on": YESTERDAY.isoformat()}
        assert client_of(manager).post(reverse("projects:time-edit", args=[entry.pk]), given).status_code == 403
        assert client_of(make_member()).post(reverse("projects:time-remove", args=[entry.pk])).status_code == 403
        client_of(manager).post(reverse("projects:time-remove", args=[entry.pk]))
        assert Activity.objects.get(verb="time removed").data == {"minutes": 60, "whose": "Maya", "own": False}

    def test_a_guest_logs_on_their_own_task_and_sees_their_own_time_alone(self, task: Task, maya: Any) -> None:
        guest = make_member("guest", language="en")
        ProjectAccess.objects.create(project=task.project, member=guest)
        set_visibility(task, Task.Visibility.SHARED, actor=maya, now=timezone.now())
        set_estimate(task, 480, actor=maya, now=timezone.now())
        logged(task, maya, 200, "Team's note")
        client, address = client_of(guest), reverse("projects:task-time", args=[task.pk])
        assert client.get(address).status_code == 403
        page = text(client.get(task.get_absolute_url(), **HTMX))
        assert "logged" not in page and "estimated" not in page and "prop-effort" not in page
        Task.objects.filter(pk=task.pk).update(owner=guest)
        given = {"length": "20m", "spent_on": YESTERDAY.isoformat(), "note": "Retouched"}
        assert client.post(address, given, **HTMX).status_code == 200
        for page in (text(client.get(address)), text(client.get(task.get_absolute_url(), **HTMX))):
            assert "20 min logged" in page
            assert "Team's note" not in page and "3 h" not in page and "1 d" not in page
