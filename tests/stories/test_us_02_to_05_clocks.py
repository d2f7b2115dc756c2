"""US-02 to US-05: reminders, typed times and repeating tasks across both changes of the American clocks."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from linkstar.accounts.models import User
from linkstar.calendars.actions.clocks import tell_clock_changes
from linkstar.lib.deadlines import Deadline
from linkstar.lib.recurrence import Rule
from linkstar.workspaces.due import run_due
from linkstar.workspaces.models import Letter, Workspace
from notifications.kinds import kind_of
from notifications.models import Notification
from projects.actions.deadlines import set_deadline
from projects.actions.finishing import finish_task
from projects.actions.recurrence import repeat_task
from projects.models import Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.races import RACE, at_once
from tests.stories.conftest import NEW_YORK, PACIFIC, SHENZHEN, at, clock, reminders, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def coupons(owner: Any) -> tuple[Task, Task, Task]:
    """A starts on the day after the change, B runs all of that day: its start, and its end."""
    now = at("2026-02-01T00:00:00Z")
    project = make_project(owner, name="Coupons", time_zone=PACIFIC, now=now)
    wanted = {
        "A starts": Deadline(date(2026, 3, 9), time(0), PACIFIC),
        "B starts": Deadline(date(2026, 3, 8), time(0), PACIFIC),
        "B ends": Deadline(date(2026, 3, 8), time(23, 59), PACIFIC),
    }
    made = []
    for title, deadline in wanted.items():
        task = make_task(project, title, owner=owner, now=now)
        set_deadline(task, deadline, actor=owner, now=now)
        made.append(task)
    return made[0], made[1], made[2]


def test_us_02_reminders_lie_24_elapsed_hours_before(coupons: tuple[Task, Task, Task]) -> None:
    a, b, b_ends = coupons
    assert [task.due_at for task in coupons] == [
        at("2026-03-09T07:00:00Z"),
        at("2026-03-08T08:00:00Z"),
        at("2026-03-09T06:59:00Z"),
    ]
    assert reminders(a) == [at("2026-03-08T07:00:00Z")]
    assert reminders(b) == [at("2026-03-07T08:00:00Z")]
    # 7 March 23:00 in Los Angeles, not 8 March 00:00.
    assert shown(Task(due_at=reminders(a)[0]), PACIFIC) == "2026-03-07 23:00"
    assert shown(a, SHENZHEN) == "2026-03-09 15:00"
    assert b_ends.due_at and b.due_at
    assert b_ends.due_at - b.due_at == timedelta(hours=22, minutes=59)


def test_us_02_each_reminder_is_sent_once(coupons: tuple[Task, Task, Task]) -> None:
    first, second = coupons[1], coupons[0]
    for text_at, told in [
        ("2026-03-07T07:59:59Z", []),
        ("2026-03-07T08:00:00Z", [first]),
        ("2026-03-08T07:00:00Z", [first, second]),
        ("2026-03-08T08:00:00Z", [first, second]),
    ]:
        run_due(at(text_at))
        kept = Notification.objects.filter(kind="task_due").exclude(data__task="B ends").order_by("created_at", "pk")
        assert [notice.data["task"] for notice in kept] == [task.title for task in told], text_at


@RACE
def test_us_02_two_workers_at_the_same_moment_send_each_once(live_workspace: Any, coupons: tuple[Task, ...]) -> None:
    a, b, _end = coupons
    for task, text_at in ((b, "2026-03-07T08:00:00Z"), (a, "2026-03-08T07:00:00Z")):
        now = at(text_at)
        at_once(*[lambda now=now: run_due(now)] * 3)
        sent = Notification.objects.filter(kind="task_due", data__task=task.title)
        assert list(sent.values_list("created_at", flat=True)) == [now]
        assert list(Letter.objects.filter(name="task_due", context__task=task.title).values_list("to", flat=True)) == [
            task.owner.email  # type: ignore[union-attr]
        ]


def typed(member: Any, task: Task, **values: Any) -> Any:
    address = reverse("projects:task-deadline", args=[task.pk])
    return client_of(member).post(address, values, **HTMX)


def preview(member: Any, task: Task, **values: Any) -> str:
    address = reverse("projects:deadline-preview", args=[task.pk])
    return text(client_of(member).get(address, values, **HTMX))


def test_us_03_an_ambiguous_time_is_the_first_and_fires_once(maya: Any) -> None:
    task = make_task(make_project(maya, time_zone=NEW_YORK), "Check the budget", owner=maya)
    values = {"on": "2026-11-01", "time": "01:30", "zone": NEW_YORK}
    with clock("2026-10-20T00:00:00Z"):
        assert "01:30 comes twice on Sun 1 Nov, because clocks go back. The first is used (UTC−4)." in preview(
            maya, task, **values
        )
        assert typed(maya, task, **values).status_code == 200
    task.refresh_from_db()
    assert task.due_at == at("2026-11-01T05:30:00Z")
    assert [shown(task, zone) for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == [
        "2026-11-01 13:30",
        "2026-11-01 01:30",
        "2026-10-31 22:30",
    ]
    # One promise, 24 elapsed hours before the first of the two; none for the second.
    assert reminders(task) == [at("2026-10-31T05:30:00Z")]
    for now in ("2026-10-31T05:30:00Z", "2026-10-31T06:30:00Z", "2026-11-01T06:30:00Z"):
        run_due(at(now))
    assert Notification.objects.filter(kind="task_due").count() == 1


def test_us_04_a_time_that_does_not_exist_moves_on_by_an_hour(owner: Any) -> None:
    task = make_task(make_project(owner, time_zone=PACIFIC), "上架", owner=owner)
    values = {"on": "2027-03-14", "time": "02:30", "zone": PACIFIC}
    with clock("2027-03-01T00:00:00Z"):
        assert "已顺延 1 小时，改为 03:30 (UTC−7)。" in preview(owner, task, **values)
        assert typed(owner, task, **values).status_code == 200
    task.refresh_from_db()
    assert (task.due_on, task.due_time, task.due_at) == (date(2027, 3, 14), time(3, 30), at("2027-03-14T10:30:00Z"))
    assert Deadline.from_instant(at("2027-03-14T10:30:00Z"), PACIFIC) == task.deadline
    assert shown(task, SHENZHEN) == "2027-03-14 18:30"


@pytest.mark.parametrize(
    ("zone", "clock_time", "on", "utc", "others"),
    [
        (NEW_YORK, time(9), date(2026, 10, 27), "2026-10-27T13:00:00Z", {SHENZHEN: "21:00", PACIFIC: "06:00"}),
        (NEW_YORK, time(9), date(2026, 11, 3), "2026-11-03T14:00:00Z", {SHENZHEN: "22:00", PACIFIC: "06:00"}),
        (SHENZHEN, time(21), date(2026, 11, 3), "2026-11-03T13:00:00Z", {NEW_YORK: "08:00", PACIFIC: "05:00"}),
    ],
)
def test_us_05_a_repeating_meeting_keeps_its_owners_clock(
    zone: str, clock_time: time, on: date, utc: str, others: dict[str, str]
) -> None:
    rule = Rule("weeks", date(2026, 10, 20), zone, clock_time, weekdays=(1,))
    assert on in rule.some_days(4, after=date(2026, 10, 19))
    instant = rule.deadline(on).instant
    assert instant == at(utc)
    for other, wall in others.items():
        assert shown(Task(due_at=instant), other).endswith(wall)


@pytest.fixture
def team(owner: Any, maya: Any) -> tuple[Any, Any, Any]:
    """Maya in New York owns the series, Diego in Los Angeles and Lin Yue in Shenzhen take part."""
    User.objects.filter(pk=owner.user_id).update(time_zone=SHENZHEN, language="zh-hans")
    return maya, make_member(display_name="Diego Ruiz", language="en", time_zone=PACIFIC), owner


def series(maya: Any, zone: str, clock_time: time) -> Task:
    """Its first copy is that of Tuesday 27 October."""
    now = at("2026-10-01T12:00:00Z")
    first = Deadline(date(2026, 10, 27), clock_time, zone)
    task = make_task(make_project(maya, time_zone=zone, now=now), "Stand-up", owner=maya, deadline=first, now=now)
    rule = Rule("weeks", first.on, zone, clock_time, weekdays=(1,))
    repeat_task(task, rule=rule, window_days=6, ends_on=None, most_copies=None, actor=maya, now=now)
    return task


def next_copy(task: Task, now: str) -> Task:
    """This one is done; the copy that a worker makes of it."""
    finish_task(Task.objects.get(pk=task.pk), actor=task.owner, now=at(now))  # type: ignore[arg-type]
    run_due(at(now) + timedelta(minutes=1))
    return Task.objects.exclude(pk=task.pk).get(title=task.title)


def test_us_05_copies_made_across_the_change_keep_nine_in_new_york(team: tuple[Any, Any, Any]) -> None:
    maya, diego, _lin = team
    first = series(maya, NEW_YORK, time(9))
    assert first.due_at == at("2026-10-27T13:00:00Z")
    assert [shown(first, zone)[-5:] for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == ["21:00", "09:00", "06:00"]
    second = next_copy(first, "2026-10-29T13:30:00Z")
    assert second.due_at == at("2026-11-03T14:00:00Z")
    assert [shown(second, zone) for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == [
        "2026-11-03 22:00", "2026-11-03 09:00", "2026-11-03 06:00",
    ]  # fmt: skip
    page = text(client_of(diego).get(reverse("projects:task", args=[second.pk])))
    assert "Tue 3 Nov 2026, 09:00 Eastern time (UTC−5)" in page or "Tue 3 Nov, 09:00" in page


def test_us_05_owned_in_shanghai_new_york_has_eight(team: tuple[Any, Any, Any]) -> None:
    second = next_copy(series(team[0], SHENZHEN, time(21)), "2026-10-29T13:30:00Z")
    assert second.due_at == at("2026-11-03T13:00:00Z")
    assert [shown(second, zone) for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == [
        "2026-11-03 21:00", "2026-11-03 08:00", "2026-11-03 05:00",
    ]  # fmt: skip


@pytest.mark.parametrize("hour", [0, 6, 12, 23])
def test_us_05_shenzhen_is_told_before_25_october_whenever_the_daily_look_comes(
    team: tuple[Any, Any, Any], hour: int
) -> None:
    """The workspace runs on New York's clock. In Shenzhen the 25th begins on the 24th at 16:00 in UTC."""
    Workspace.objects.filter(pk=connection.tenant.pk).update(time_zone=NEW_YORK)
    connection.set_tenant(Workspace.objects.get(pk=connection.tenant.pk))
    for day in range(14):
        tell_clock_changes(now=at("2026-10-15T00:07:00Z") + timedelta(days=day, hours=hour))
    (told,) = Notification.objects.filter(kind="clock_change", member=team[2])
    assert told.created_at < at("2026-10-24T16:00:00Z")
    with override("zh-hans"):
        words = kind_of("clock_change").words(told.data)
    assert "11月1日 周日" in words
    assert "纽约" in words
    assert "12" in words
    assert "13" in words
