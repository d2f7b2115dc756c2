"""Moved deadlines: kept, counted in working days, explained, taken back; and frozen plans beside what stands now."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.calendars.days import day_calendar
from linkstar.lib.deadlines import Deadline
from projects.actions.deadlines import set_deadline
from projects.actions.edits import set_owner
from projects.actions.slips import (
    MOST_BASELINES,
    Cause,
    NameTaken,
    TooManyBaselines,
    explain_slips,
    freeze_plan,
    working_days,
)
from projects.actions.tasks import delete_task
from projects.actions.undo import undo
from projects.baselines import baseline_bars
from projects.models import Baseline, ProjectAccess, Slip, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
LA = "America/Los_Angeles"
NOW = timezone.now()


def on(day: date) -> Deadline:
    return Deadline(day, None, LA)


@pytest.fixture
def project(maya: Any) -> Any:
    return make_project(maya, name="Launch", time_zone=LA)


def moved(project: Any, title: str, before: date, after: date, actor: Any, **values: Any) -> Task:
    task = make_task(project, title, deadline=on(before), calendar="us")
    set_deadline(task, on(after), actor=actor, now=NOW, **values)
    return task


@pytest.mark.parametrize(
    ("country", "before", "after", "days"),
    [
        ("us", date(2026, 11, 20), date(2026, 11, 23), 1),  # Friday to Monday
        ("us", date(2026, 11, 25), date(2026, 11, 27), 1),  # over Thanksgiving
        ("us", date(2026, 11, 21), date(2026, 11, 22), 0),  # within a weekend
        ("us", date(2026, 11, 27), date(2026, 11, 25), -1),
        ("cn", date(2026, 9, 30), date(2026, 10, 8), 1),  # over the National Day holiday
    ],
)
def test_a_slip_is_counted_in_working_days(country: str, before: date, after: date, days: int) -> None:
    assert working_days(before, after, day_calendar(country)) == days


def test_a_moved_deadline_is_kept_with_its_reason(maya: Any, project: Any) -> None:
    why = Cause("supplier", "The mould is late")
    task = moved(project, "Sample", date(2031, 11, 20), date(2031, 11, 25), maya, why=why)
    assert list(Slip.objects.values_list("task", "working_days", "reason", "note", "actor")) == [
        (task.pk, 3, "supplier", "The mould is late", maya.pk)
    ]
    assert Task.objects.get(pk=task.pk).slip_count == 1


def test_what_is_no_slip_is_not_kept(maya: Any, project: Any) -> None:
    task = make_task(project, "Sample")
    set_deadline(task, on(date(2031, 11, 20)), actor=maya, now=NOW)
    set_deadline(task, on(date(2031, 11, 20)), actor=maya, now=NOW)
    set_deadline(task, None, actor=maya, now=NOW)
    Task.objects.filter(pk=task.pk).update(completed_at=NOW)
    done = Task.objects.get(pk=task.pk)
    set_deadline(done, on(date(2031, 11, 21)), actor=maya, now=NOW)
    assert not Slip.objects.exists()


def test_an_undone_move_has_not_slipped(maya: Any, project: Any) -> None:
    task = make_task(project, "Sample", deadline=on(date(2031, 11, 20)))
    change = set_deadline(task, on(date(2031, 11, 25)), actor=maya, now=NOW)
    assert change is not None
    assert change.asks_why
    undo(change, actor=maya, now=NOW)
    assert (Slip.objects.count(), Task.objects.get(pk=task.pk).slip_count) == (0, 0)


def test_the_form_of_a_deadline_takes_the_reason_and_keeps_what_was_typed(maya: Any, project: Any) -> None:
    task, browser = make_task(project, "Sample", deadline=on(date(2031, 11, 20))), client_of(maya)
    given = {"typed": "2031-11-25", "zone": LA, "reason": "other", "note": ""}
    refused = browser.post(f"/tasks/{task.pk}/deadline/", given, **HTMX)
    assert (refused.status_code, "Say in a few words what the other reason is." in text(refused)) == (422, True)
    assert 'value="2031-11-25"' in text(refused)
    assert '<option value="other" selected>' in text(refused)
    kept = browser.post(f"/tasks/{task.pk}/deadline/", {**given, "note": "Typhoon"}, **HTMX)
    assert (kept.status_code, "/reason/" in kept["HX-Trigger"]) == (200, False)
    assert list(Slip.objects.values_list("reason", "note")) == [("other", "Typhoon")]
    assert "Due date changed 1 time" in text(browser.get(f"/tasks/{task.pk}/"))


def test_a_toast_asks_once_for_all_that_moved(maya: Any, project: Any) -> None:
    tasks = [make_task(project, title, deadline=on(date(2031, 11, 20))) for title in ("One", "Two")]
    browser, url = client_of(maya), f"/projects/{project.pk}/bulk/"
    values = {"tasks": ",".join(str(task.pk) for task in tasks), "kind": "deadline", "shown": "1", "way": "shift"}
    values |= {"days": "3", "zone": LA}
    page = text(browser.post(url, values, **HTMX))
    seal = page.partition('name="seal" value="')[2].partition('"')[0]
    applied = browser.post(url, {**values, "step": "apply", "seal": seal}, **HTMX)
    [change] = set(Slip.objects.values_list("change", flat=True))
    assert f"/changes/{change}/reason/" in applied["HX-Trigger"]
    asked = browser.get(f"/changes/{change}/reason/", **HTMX)
    assert "Why did 2 deadlines move?" in text(asked)
    assert browser.post(f"/changes/{change}/reason/", {}, **HTMX).status_code == 422
    answered = browser.post(f"/changes/{change}/reason/", {"reason": "platform"}, **HTMX)
    assert answered.status_code == 200
    assert set(Slip.objects.values_list("reason", flat=True)) == {"platform"}
    assert browser.get(f"/changes/{change}/reason/", **HTMX).status_code == 404


def test_what_nobody_explained_is_listed_and_answered_with_one_tap(maya: Any, project: Any) -> None:
    moved(project, "Sample", date(2031, 11, 20), date(2031, 11, 25), maya)
    moved(project, "Photos", date(2031, 11, 20), date(2031, 11, 21), maya, why=Cause("design"))
    browser, slip = client_of(maya), Slip.objects.get(reason="")
    page = text(browser.get(f"/projects/{project.pk}/slips/?reason=none"))
    assert ("Sample" in page, "Photos" in page) == (True, False)
    row = browser.post(f"/slips/{slip.pk}/explain/", {"reason": "supplier"}, **HTMX)
    assert (row.status_code, "Waiting for the supplier" in text(row)) == (200, True)
    other = browser.post(f"/slips/{slip.pk}/explain/", {"reason": "other"}, **HTMX)
    assert (other.status_code, Slip.objects.get(pk=slip.pk).reason) == (422, "supplier")
    assert "said why the deadline moved: Waiting for the supplier." in text(browser.get(f"/tasks/{slip.task_id}/"))
    on_sheet = browser.post(f"/slips/{slip.pk}/explain/", {"reason": "replan", "on": "sheet"}, **HTMX)
    assert "Planned anew" in text(on_sheet)


def test_guests_see_slips_of_their_own_tasks_and_nobody_sees_finance(maya: Any, project: Any) -> None:
    guest, member = make_member("guest", language="en"), make_member(language="en")
    ProjectAccess.objects.create(project=project, member=guest)
    days = (date(2031, 11, 20), date(2031, 11, 25))
    theirs = moved(project, "Draw the label", *days, maya)
    set_owner(theirs, guest, actor=maya, now=NOW)
    moved(project, "Inner matter", *days, maya)
    finance = moved(project, "Margin", *days, maya)
    Task.objects.filter(pk=finance.pk).update(sensitivity="finance", owner=None)
    freeze_plan(project, "Kick-off", actor=maya, now=NOW)
    for path in ("slips/", "slips/?csv", "baseline/"):
        for person, shown in [(guest, {"Draw the label"}), (member, {"Draw the label", "Inner matter"})]:
            page = text(client_of(person).get(f"/projects/{project.pk}/{path}"))
            assert {title for title in ("Draw the label", "Inner matter", "Margin") if title in page} == shown, path
    assert maya.display_name not in text(client_of(guest).get(f"/projects/{project.pk}/slips/?csv"))
    slip = Slip.objects.get(task=finance)
    assert client_of(member).post(f"/slips/{slip.pk}/explain/", {"reason": "design"}).status_code == 404


def test_a_file_holds_the_slips_for_spreadsheets(maya: Any, project: Any) -> None:
    moved(project, "=Sample", date(2031, 11, 20), date(2031, 11, 25), maya, why=Cause("other", "Typhoon"))
    lines = client_of(maya).get(f"/projects/{project.pk}/slips/?csv").content.decode().splitlines()
    assert lines[0].startswith("\ufeffNumber,Title,")
    assert "'=Sample" in lines[1]
    assert "2031-11-21T07:59:59+00:00" in lines[1]
    assert "3,Other,Typhoon,Maya" in lines[1]


def test_slips_page_and_baseline_take_the_same_statements(maya: Any, project: Any) -> None:
    counts = []
    for number in (1, 3):
        for _ in range(number):
            moved(project, "Sample", date(2031, 11, 20), date(2031, 11, 25), maya)
        freeze_plan(project, f"Plan {number}", actor=maya, now=NOW)
        browser, taken = client_of(maya), []
        for path in ("slips/", "baseline/"):
            browser.get(f"/projects/{project.pk}/{path}")
            with CaptureQueriesContext(connection) as captured:
                browser.get(f"/projects/{project.pk}/{path}")
            taken.append(len([query for query in captured if "search_path" not in query["sql"]]))
        counts.append(taken)
    assert counts[0] == counts[1]


def test_a_frozen_plan_shows_what_moved_was_added_and_was_deleted(maya: Any, project: Any) -> None:
    late, same, gone = (
        make_task(project, title, deadline=on(date(2031, 11, 20)), calendar="us") for title in ("Late", "Same", "Gone")
    )
    freeze_plan(project, "Kick-off", actor=maya, now=NOW)
    set_deadline(late, on(date(2031, 11, 25)), actor=maya, now=NOW)
    delete_task(gone, actor=maya, now=NOW)
    make_task(project, "Added", deadline=on(date(2031, 12, 1)))
    browser = client_of(maya)
    page = text(browser.get(f"/projects/{project.pk}/baseline/"))
    assert [f"1 {word}" in page for word in ("moved", "added", "deleted", "as planned")] == [True] * 4
    assert "3 working days later" in page
    assert "<del>Gone</del>" in page
    assert page.index("Late") < page.index("Same")
    shown = text(browser.get(f"/projects/{project.pk}/baseline/?show=removed"))
    assert ("Gone" in shown, ">Late<" in shown) == (True, False)
    bars = baseline_bars(project, maya)
    assert bars.keys() == {late.pk, same.pk, gone.pk}
    assert bars[late.pk].due_on == date(2031, 11, 20)


def test_two_frozen_plans_are_compared_and_one_is_removed(maya: Any, project: Any) -> None:
    task = make_task(project, "Sample", deadline=on(date(2031, 11, 20)), calendar="us")
    first = freeze_plan(project, "First", actor=maya, now=NOW)
    set_deadline(task, on(date(2031, 11, 21)), actor=maya, now=NOW)
    second = freeze_plan(project, "Second", actor=maya, now=NOW + timedelta(minutes=1))
    set_deadline(task, on(date(2031, 11, 28)), actor=maya, now=NOW)
    browser = client_of(maya)
    page = text(browser.get(f"/projects/{project.pk}/baseline/?of={first.pk}&with={second.pk}"))
    assert "1 working day later" in page
    elsewhere = freeze_plan(make_project(maya, name="Other"), "First", actor=maya, now=NOW)
    assert browser.get(f"/projects/{project.pk}/baseline/?of={elsewhere.pk}").status_code == 404
    browser.post(f"/baselines/{second.pk}/remove/")
    assert list(project.baselines.values_list("name", flat=True)) == ["First"]


def test_names_of_frozen_plans_are_asked_for_and_taken_once(maya: Any, project: Any) -> None:
    browser, url = client_of(maya), f"/projects/{project.pk}/baseline/freeze/"
    assert browser.post(url, {"name": "After the sample"}).status_code == 302
    for name, words in [
        (" ", "Give the plan a name."), ("after the SAMPLE", "a frozen plan of this name already"),
        ("x" * 81, "up to 80 characters"),
    ]:  # fmt: skip
        page = browser.post(url, {"name": name})
        assert (page.status_code, words in text(page), name.strip() in text(page)) == (422, True, True)
    with pytest.raises(NameTaken):
        freeze_plan(project, "AFTER THE SAMPLE", actor=maya, now=NOW)
    Baseline.objects.bulk_create(
        Baseline(project=project, name=f"Plan {number}", created_by=maya) for number in range(MOST_BASELINES - 1)
    )
    with pytest.raises(TooManyBaselines):
        freeze_plan(project, "One more", actor=maya, now=NOW)


def test_a_reason_can_be_said_anew_and_the_same_twice_leaves_one_line(maya: Any, project: Any) -> None:
    task = moved(project, "Sample", date(2031, 11, 20), date(2031, 11, 25), maya)
    slips = list(Slip.objects.select_related("task__project"))
    said = [explain_slips(slips, Cause(reason), actor=maya, now=NOW) for reason in ("design", "design", "platform")]
    assert (said, task.activity.filter(verb="slip explained").count()) == ([1, 0, 1], 2)


def test_instants_of_another_zone_are_kept_as_they_were_meant(maya: Any, project: Any) -> None:
    task = make_task(project, "Sample", deadline=on(date(2031, 11, 20)))
    set_deadline(task, Deadline(date(2031, 11, 21), None, "Asia/Shanghai"), actor=maya, now=NOW)
    [slip] = Slip.objects.all()
    assert slip.before[:3] == ["2031-11-20", None, LA]
    assert slip.after[:3] == ["2031-11-21", None, "Asia/Shanghai"]
    assert datetime.fromisoformat(slip.after[3]).isoformat() == "2031-11-21T15:59:59+00:00"
