"""The dialog that shows what moves with a task, and moves it."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from linkstar.calendars.models import Leave
from notifications.models import Notification, Reminder
from projects.actions.archive import archive_task
from projects.actions.undo import undo
from projects.models import Activity, Change, Project, Slip, Task
from tests.factories import client_of, make_member, make_project
from tests.pages import HTMX, text
from tests.scheduling.conftest import NOW, PACIFIC, chain, dated

pytestmark = pytest.mark.django_db
# The preview of a move, its task and its person included.
QUERIES = 11


@pytest.fixture(autouse=True)
def _on_the_first_of_september() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


@pytest.fixture
def diego(_inside_acme: None) -> Any:
    return make_member(display_name="Diego", language="en", time_zone=PACIFIC)


@pytest.fixture
def three(project: Project, diego: Any) -> list[Task]:
    tasks = [
        dated(project, "Photos", "09-08", "09-10 17:00"),
        dated(project, "Listing", "09-17", "09-18 17:00", owner=diego),
        dated(project, "Review", "09-21", "09-21", owner=diego),
    ]
    chain(*tasks)
    return tasks


def send(maya: Any, task: Task, **values: Any) -> Any:
    address = reverse("projects:task-reschedule", args=[task.pk])
    sent = {"on": "2026-09-14", "time": "17:00", "start_on": "2026-09-10", "zone": PACIFIC, **values}
    return client_of(maya).post(address, sent, **HTMX)


def seals(page: str) -> dict[str, str]:
    return {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("seal", "seal_alone")}


def apply(maya: Any, task: Task, **values: Any) -> Any:
    return send(maya, task, step="apply", **seals(text(send(maya, task, **values))), **values)


def dates(*tasks: Task) -> list[tuple[str, str]]:
    found = {task.pk: task for task in Task.objects.filter(pk__in=[task.pk for task in tasks])}
    return [(f"{found[task.pk].start_on:%m-%d}", f"{found[task.pk].due_on:%m-%d}") for task in tasks]


def test_it_shows_every_task_with_both_dates_and_why(maya: Any, three: list[Task]) -> None:
    page = text(send(maya, three[0]))
    assert "3 tasks move." in page
    assert "It keeps its distance to #1 Photos." in page
    assert "Fri 18 Sep, 17:00" in page
    assert "Tue 22 Sep, 17:00" in page
    assert "Move only this one" in page
    assert dates(*three) == [("09-08", "09-10"), ("09-17", "09-18"), ("09-21", "09-21")]


def test_it_moves_all_in_one_go(maya: Any, diego: Any, three: list[Task]) -> None:
    answer = apply(maya, three[0])
    assert answer.status_code == 200
    assert "3 tasks moved." in answer["HX-Trigger"]
    assert dates(*three) == [("09-10", "09-14"), ("09-21", "09-22"), ("09-23", "09-23")]
    [change] = Change.objects.all()
    lines = Activity.objects.filter(verb="rescheduled").order_by("task__number")
    assert [line.change_id for line in lines] == [change.pk] * 3
    assert [(line.data["why"], line.data.get("by")) for line in lines] == [
        ("chosen", None),
        ("follows", 1),
        ("follows", 2),
    ]
    [notice] = Notification.objects.filter(kind="rescheduled")
    assert (notice.member, notice.data["count"]) == (diego, 2)
    fires = Reminder.objects.filter(state="waiting", subject_id=three[1].pk).values_list("fire_at", flat=True)
    three[1].refresh_from_db()
    assert three[1].due_at
    assert list(fires) == [three[1].due_at - timedelta(hours=24)]


def test_one_undo_takes_all_of_it_back(maya: Any, three: list[Task]) -> None:
    apply(maya, three[0])
    undone = undo(Change.objects.get(), actor=maya, now=NOW)
    assert len(undone.tasks) == 3
    assert dates(*three) == [("09-08", "09-10"), ("09-17", "09-18"), ("09-21", "09-21")]


def test_undo_reaches_into_the_other_project(maya: Any, three: list[Task]) -> None:
    elsewhere = make_project(maya, name="Ads")
    campaign = dated(elsewhere, "Campaign", "09-21", "09-23 17:00")
    chain(three[1], campaign)
    apply(maya, three[0])
    assert dates(campaign) == [("09-23", "09-25")]
    assert Activity.objects.filter(project=elsewhere, verb="rescheduled").get().data["is_elsewhere"] is True
    undo(Change.objects.get(), actor=maya, now=NOW)
    assert dates(campaign) == [("09-21", "09-23")]


def test_only_this_one(maya: Any, three: list[Task]) -> None:
    answer = send(maya, three[0], step="alone", **seals(text(send(maya, three[0]))))
    assert "1 task moved." in answer["HX-Trigger"]
    assert dates(*three) == [("09-10", "09-14"), ("09-17", "09-18"), ("09-21", "09-21")]


def test_when_somebody_changed_one_meanwhile_it_is_shown_again(maya: Any, diego: Any, three: list[Task]) -> None:
    """Two people draw the same bar: the second sees how it stands now, with what they asked for kept."""
    seen = seals(text(send(diego, three[0], on="2026-09-15")))
    apply(maya, three[0])
    answer = send(diego, three[0], step="apply", on="2026-09-15", **seen)
    assert answer.status_code == 409
    page = text(answer)
    assert "Somebody has changed these tasks meanwhile." in page
    assert 'value="2026-09-15"' in page
    assert dates(*three) == [("09-10", "09-14"), ("09-21", "09-22"), ("09-23", "09-23")]


def test_a_change_of_what_follows_is_noticed_too(maya: Any, three: list[Task]) -> None:
    seen = seals(text(send(maya, three[0])))
    archive_task(three[2], actor=maya, now=NOW)
    assert send(maya, three[0], step="apply", **seen).status_code == 409
    assert dates(three[0]) == [("09-08", "09-10")]


def test_the_policy_of_the_project_is_chosen_first(maya: Any, three: list[Task], project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(schedule_policy="push_only")
    page = text(send(maya, three[0]))
    assert "1 task moves." in page
    assert "3 tasks move." in text(send(maya, three[0], policy="keep_gaps"))


def test_a_duration_counts_working_days_from_the_start(maya: Any, three: list[Task]) -> None:
    page = text(send(maya, three[0], duration_days="5"))
    assert "Wed 16 Sep, 17:00" in page
    apply(maya, three[0], duration_days="5")
    three[0].refresh_from_db()
    assert three[0].duration_days == 5
    assert dates(three[0]) == [("09-10", "09-16")]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"duration_days": "0"}, "A task takes at least one working day."),
        ({"duration_days": "10000"}, "A task takes at most 1,000 working days."),
        ({"duration_days": "soon"}, "Type the duration as a whole number of working days."),
        ({"on": "2026-09-09", "start_on": "2026-09-12"}, "It would start after its deadline."),
        ({"on": "1900-01-01"}, "2000"),
        ({"on": "2026-13-40"}, "This is not a date."),
        ({"start_on": "yesterday"}, "This is not a date."),
    ],
)
def test_what_cannot_be_is_refused_and_kept(maya: Any, three: list[Task], values: dict[str, str], said: str) -> None:
    answer = send(maya, three[0], step="apply", **values)
    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    for name, value in values.items():
        assert f'value="{value}"' in page, name
    assert dates(*three) == [("09-08", "09-10"), ("09-17", "09-18"), ("09-21", "09-21")]


def test_a_deadline_in_the_skipped_hour_says_so(maya: Any, three: list[Task]) -> None:
    page = text(send(maya, three[0], on="2027-03-14", time="02:30"))
    assert "02:30 does not exist on Sun 14 Mar" in page
    assert 'value="03:30"' in page


def test_tasks_in_a_circle_are_named(maya: Any, three: list[Task]) -> None:
    chain(three[2], three[0])
    answer = send(maya, three[0])
    assert answer.status_code == 422
    assert "These wait for each other in a circle" in text(answer)


def test_statements_do_not_grow_with_what_moves(maya: Any, project: Project, django_assert_num_queries: Any) -> None:
    for length in (1, 3):
        tasks = [dated(project, f"Step {number}", "09-08", "09-08") for number in range(length + 1)]
        chain(*tasks)
        address = reverse("projects:task-reschedule", args=[tasks[0].pk])
        browser = client_of(maya)
        browser.get(address, **HTMX)
        with django_assert_num_queries(QUERIES):
            browser.get(address, {"on": "2026-09-10", "zone": PACIFIC}, **HTMX)


def test_the_calendar_asks_when_others_would_move(maya: Any, three: list[Task]) -> None:
    address = reverse("projects:task-day", args=[three[0].pk])
    answer = client_of(maya).post(address, {"on": "2026-09-14", "zone": PACIFIC}, **HTMX)
    assert answer["HX-Retarget"] == "#dialog"
    assert "3 tasks move." in text(answer)
    assert dates(three[0]) == [("09-08", "09-10")]
    # The last one moves at once.
    address = reverse("projects:task-day", args=[three[2].pk])
    assert "HX-Retarget" not in client_of(maya).post(address, {"on": "2026-09-24", "zone": PACIFIC}, **HTMX)
    assert dates(three[2]) == [("09-21", "09-24")]


def test_the_deadline_form_says_who_waits(maya: Any, three: list[Task]) -> None:
    address = reverse("projects:deadline-preview", args=[three[0].pk])
    page = text(client_of(maya).get(address, {"on": "2026-09-14", "zone": PACIFIC}, **HTMX))
    assert "1 task waits for this one." in page
    assert reverse("projects:task-reschedule", args=[three[0].pk]) in page
    alone = reverse("projects:deadline-preview", args=[three[2].pk])
    assert "waits for" not in text(client_of(maya).get(alone, {"on": "2026-09-24", "zone": PACIFIC}, **HTMX))


def test_a_guest_moves_nothing(maya: Any, three: list[Task]) -> None:
    assert send(make_member("guest"), three[0]).status_code == 403


def test_it_says_what_is_passed_and_which_holiday_is_landed_on(maya: Any, project: Project) -> None:
    """Two tasks go past Black Friday, and what keeps its day by hand lands in Golden Week."""
    tasks = [
        dated(project, "Price", "09-08", "09-10 17:00"),
        dated(project, "Coupon", "09-11", "09-14 17:00"),
    ]
    chain(*tasks)
    page = text(send(maya, tasks[0], start_on="", on="2026-12-01"))
    assert "2 pass Black Friday, Fri 27 Nov." in page
    factory = dated(project, "Production", "09-21", "09-25 17:00", calendar="cn")
    page = text(send(maya, factory, start_on="", on="2026-10-05"))
    assert "1 lands on a holiday: National Day." in page


def test_a_calendar_without_working_days_is_said(maya: Any, diego: Any, three: list[Task]) -> None:
    Leave.objects.create(member=diego, first_on=date(2026, 1, 1), last_on=date(2034, 1, 1), created_by=maya)
    Task.objects.filter(pk=three[1].pk).update(calendar="")
    answer = send(maya, three[1], start_on="2026-09-17", on="2026-09-18", duration_days="3")
    assert answer.status_code == 422
    assert "has no working day in four years" in text(answer)


def test_why_it_moves_is_said_in_the_same_dialog(maya: Any, three: list[Task]) -> None:
    assert '<option value="other" selected>' in text(send(maya, three[0], reason="other"))
    refused = apply(maya, three[0], reason="other")
    assert refused.status_code == 422
    assert "Say in a few words what the other reason is." in text(refused)
    assert not Slip.objects.exists()
    done = apply(maya, three[0], reason="other", note="The ship was late")
    assert set(Slip.objects.values_list("reason", "note")) == {("other", "The ship was late")}
    # Nobody is asked again.
    assert "ask" not in json.loads(done["HX-Trigger"])["toast"]
