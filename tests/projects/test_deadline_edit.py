"""The deadline of a task, as it is typed, previewed, refused and saved."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from notifications.models import Reminder
from projects.actions.deadlines import set_deadline
from projects.models import Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
PACIFIC = "America/Los_Angeles"
# Tuesday 24 November, 22:00 in Los Angeles; Wednesday, 14:00, in Shenzhen.
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)


@pytest.fixture
def reader(_inside_acme: None) -> Any:
    return make_member(display_name="Lin Two", language="zh-hans", time_zone="Asia/Shanghai")


@pytest.fixture
def task(reader: Any) -> Task:
    return make_task(make_project(reader, time_zone=PACIFIC))


def save(reader: Any, task: Task, **values: Any) -> Any:
    browser = client_of(reader)
    with patch("django.utils.timezone.now", return_value=NOW):
        return browser.post(reverse("projects:task-deadline", args=[task.pk]), {"zone": PACIFIC, **values}, **HTMX)


def preview(reader: Any, task: Task, **values: Any) -> str:
    browser = client_of(reader)
    with patch("django.utils.timezone.now", return_value=NOW):
        address = reverse("projects:deadline-preview", args=[task.pk])
        return text(browser.get(address, {"zone": PACIFIC, **values}, **HTMX))


def kept(task: Task) -> tuple[Any, ...]:
    task.refresh_from_db()
    return task.due_on, task.due_time, task.due_zone, task.due_at


@pytest.mark.parametrize(
    ("typed", "zone", "on", "at", "kept_zone"),
    [
        # "Tomorrow" is asked in the zone that is named, not in the reader's: there it is still Tuesday.
        ("明天 18:00", PACIFIC, date(2026, 11, 25), time(18), PACIFIC),
        ("明天 18:00", "Asia/Shanghai", date(2026, 11, 26), time(18), "Asia/Shanghai"),
        ("fri 5pm PT", "Asia/Shanghai", date(2026, 11, 27), time(17), PACIFIC),
        ("+3d", PACIFIC, date(2026, 11, 27), None, PACIFIC),
        ("今天", PACIFIC, date(2026, 11, 24), None, PACIFIC),
        ("11月27日 23:59 北京时间", PACIFIC, date(2026, 11, 27), time(23, 59), "Asia/Shanghai"),
    ],
)
def test_typed_words_are_kept_as_day_time_and_zone(
    reader: Any, task: Task, typed: str, zone: str, on: date, at: time | None, kept_zone: str
) -> None:
    assert save(reader, task, typed=typed, zone=zone).status_code == 200
    assert kept(task)[:3] == (on, at, kept_zone)


def test_day_alone_is_due_when_that_day_ends_there(reader: Any, task: Task) -> None:
    assert save(reader, task, on="2026-11-27").status_code == 200
    assert kept(task) == (date(2026, 11, 27), None, PACIFIC, datetime(2026, 11, 28, 7, 59, 59, tzinfo=UTC))


def test_another_day_keeps_the_time(reader: Any, task: Task) -> None:
    set_deadline(task, Deadline(date(2026, 12, 1), time(18, 30), PACIFIC), actor=reader, now=timezone.now())
    page = text(client_of(reader).get(reverse("projects:task-deadline", args=[task.pk]), **HTMX))
    assert 'value="2026-12-01"' in page
    assert 'value="18:30"' in page
    save(reader, task, on="2026-12-03", time="18:30")
    assert kept(task)[:2] == (date(2026, 12, 3), time(18, 30))
    save(reader, task, typed="12月4日", on="2026-12-03", time="18:30")
    assert kept(task)[:2] == (date(2026, 12, 4), time(18, 30))
    save(reader, task, typed="12月5日 当日结束", on="2026-12-03", time="18:30")
    assert kept(task)[:2] == (date(2026, 12, 5), None)


def test_deadline_is_cleared_with_its_reminders(reader: Any, task: Task) -> None:
    save(reader, task, typed="12月20日 18:00")
    assert Reminder.objects.count() == 1
    assert save(reader, task, clear="1").status_code == 200
    assert kept(task) == (None, None, "", None)
    assert list(Reminder.objects.values_list("state", flat=True)) == ["cancelled"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"typed": "the day after never"}, "deadline-typed"),
        ({"typed": "1900年1月1日"}, "deadline-typed"),
        ({"typed": "x" * 500}, "deadline-typed"),
        ({"on": "1900-01-01"}, "deadline-on"),
        ({"on": "2026-13-40"}, "deadline-on"),
        ({"on": "2026-11-27", "time": "25:00"}, "deadline-time"),
        ({"on": "2026-11-27", "zone": "Mars/Olympus"}, "deadline-zone"),
        ({"on": "2026-11-27", "zone": "../../etc/passwd"}, "deadline-zone"),
        ({"on": "2026-11-27", "zone": ""}, "deadline-zone"),
        ({}, "deadline-typed"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    reader: Any, task: Task, values: dict[str, str], field: str
) -> None:
    response = save(reader, task, **values)
    page = text(response)
    assert response.status_code == 422
    assert kept(task)[0] is None
    wrong = page[page.index(f'id="{field}"') :].partition(">")[0]
    assert 'aria-invalid="true"' in wrong
    assert f'id="{field.replace("-", "_")}-error"' in page
    if values.get("typed"):
        assert f'value="{values["typed"]}"' in page
    if values.get("on") and field != "deadline-on":
        assert 'value="2026-11-27"' in page


def test_refusal_without_a_script_is_the_page_with_what_was_typed(reader: Any, task: Task) -> None:
    address = reverse("projects:task-deadline", args=[task.pk])
    response = client_of(reader).post(address, {"typed": "nonsense", "zone": PACIFIC})
    assert response.status_code == 422
    assert 'value="nonsense"' in text(response)
    assert "<html" in text(response)


def test_deadline_before_the_start_says_which_day_stands(reader: Any, task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(start_on=date(2026, 12, 10))
    response = save(reader, task, on="2026-12-09")
    assert response.status_code == 422
    assert "2026-12-10" in text(response)
    assert kept(task)[0] is None


def test_start_after_the_deadline_is_refused(reader: Any, task: Task) -> None:
    save(reader, task, on="2026-12-09")
    browser = client_of(reader)
    address = reverse("projects:task-set", args=[task.pk, "start"])
    assert browser.post(address, {"start": "2026-12-10"}, **HTMX).status_code == 422
    assert browser.post(address, {"start": "2026-12-09"}, **HTMX).status_code == 200
    assert browser.post(address, {"start": "1900-01-01"}, **HTMX).status_code == 422
    task.refresh_from_db()
    assert task.start_on == date(2026, 12, 9)


def test_past_deadline_is_saved(reader: Any, task: Task) -> None:
    assert save(reader, task, typed="昨天 18:00").status_code == 200
    assert kept(task)[0] == date(2026, 11, 23)


def test_moved_deadline_moves_its_reminder(reader: Any, task: Task) -> None:
    for day in ("2026-12-20", "2026-12-22"):
        save(reader, task, on=day, time="18:00")
    waiting = Reminder.objects.get(state="waiting")
    assert waiting.fire_at == kept(task)[3] - timedelta(hours=24)


def test_preview_shows_both_clocks_and_saves_nothing(reader: Any, task: Task) -> None:
    page = preview(reader, task, typed="明天 18:00")
    assert "11月25日 周三 18:00 太平洋时间 (UTC−8)" in page
    assert "你的时间 11月26日 周四 10:00 (UTC+8)" in page
    assert "due__you--otherday" in page
    assert kept(task)[0] is None


def test_preview_explains_a_skipped_and_a_doubled_hour(reader: Any, task: Task) -> None:
    assert "不存在：夏令时开始" in preview(reader, task, on="2027-03-14", time="02:30")
    assert "会出现两次：夏令时结束" in preview(reader, task, on="2027-11-07", time="01:30")


def test_skipped_time_is_stored_as_the_one_that_clocks_show(reader: Any, task: Task) -> None:
    saved = save(reader, task, on="2027-03-14", time="02:30")
    assert kept(task)[:3] == (date(2027, 3, 14), time(3, 30), PACIFIC)
    assert "已顺延 1 小时" in json.loads(saved["HX-Trigger"])["toast"]["message"]


def test_preview_says_how_cst_was_read_and_what_has_passed(reader: Any, task: Task) -> None:
    assert "CST 既指中国时间也指美中时间" in preview(reader, task, typed="明天 18:00 CST")
    passed = make_member(language="en", time_zone="America/New_York")
    assert "This moment has passed already" in preview(passed, task, typed="yesterday 6pm")


def test_preview_names_what_is_wrong(reader: Any, task: Task) -> None:
    english = make_member(language="en", time_zone="America/New_York")
    assert "was not understood" in preview(english, task, typed="the day after never")
    assert "Dates are accepted from 2000-01-01" in preview(english, task, on="1900-01-01")
    assert preview(english, task).strip() == ""


def test_editor_offers_the_projects_zone_first(reader: Any) -> None:
    task = make_task(make_project(reader, time_zone="America/Chicago"))
    page = text(client_of(reader).get(reverse("projects:task-deadline", args=[task.pk]), **HTMX))
    values = [part.partition('"')[0] for part in page.split('<option value="')[1:]]
    assert values[:4] == ["America/Chicago", PACIFIC, "America/New_York", "Asia/Shanghai"]
    assert 'value="America/Chicago" selected' in page
    assert len(values) == len(set(values))
