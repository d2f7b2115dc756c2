"""US-11: Prime Day is announced, and the whole plan moves: open steps by 21 days, done ones not at all."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from notifications.models import Notification, Reminder
from projects.actions.deadlines import set_deadline
from projects.actions.finishing import finish_task
from projects.actions.undo import undo
from projects.models import Activity, Change, Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template
from tests.factories import client_of, make_member, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db

CREATED = datetime(2026, 3, 2, 2, tzinfo=UTC)
# Amazon has announced 23 to 26 June, and the earliest steps of the new plan are past.
ANNOUNCED = datetime(2026, 5, 28, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def project(owner: Any) -> Project:
    template = get_template("prime_day")
    roles = dict.fromkeys(template.role_keys(), owner)
    maya = make_member(display_name="Maya", language="en", time_zone="America/New_York")
    roles["advertising"] = maya
    return start_project(
        template,
        variant=None,
        anchor=date(2026, 7, 14),
        owner=owner,
        roles=roles,
        name="Prime Day",
        actor=owner,
        now=CREATED,
        language="en",
    )


def due(project: Project) -> dict[str, datetime]:
    return dict(project.tasks.values_list("sop_step", "due_at"))


def ask(owner: Any, project: Project, now: datetime = ANNOUNCED, **values: Any) -> Any:
    with patch("django.utils.timezone.now", return_value=now):
        sent = {"anchor_on": "2026-06-23", "along": "on", **values}
        return client_of(owner).post(reverse("templates_sop:project-anchor", args=[project.pk]), sent, **HTMX)


def seal_of(page: str) -> str:
    return page.partition('name="seal" value="')[2].partition('"')[0]


def move(owner: Any, project: Project, **values: Any) -> Any:
    seal = seal_of(text(ask(owner, project, **values)))
    return ask(owner, project, step="apply", seal=seal, **values)


def test_the_day_keeps_its_name_when_it_is_asked_for_again(owner: Any, project: Project) -> None:
    url = reverse("templates_sop:project-anchor", args=[project.pk])
    client = client_of(owner)
    with patch("django.utils.timezone.now", return_value=ANNOUNCED):
        first, again = text(client.get(url)), text(client.post(url, {"anchor_on": "2026-06-23", "along": "on"}))
    label = first.partition('<label for="id_anchor_on">')[2].partition("</label>")[0]
    assert label
    assert f'<label for="id_anchor_on">{label}</label>' in again


def test_open_steps_move_and_done_ones_stay(owner: Any, project: Project) -> None:
    done = project.tasks.order_by("number").first()
    finish_task(done, actor=owner, now=CREATED + timedelta(days=1))
    before = due(project)
    assert before["pd_inbound_min"] == at("2026-06-18T00:00:00Z")
    assert move(owner, project).status_code == 302
    project.refresh_from_db()
    after = due(project)
    assert project.anchor_on == date(2026, 6, 23)
    assert after["pd_inbound_min"] == at("2026-05-28T00:00:00Z")
    assert after["pd_inbound_opt"] == at("2026-06-06T00:00:00Z")
    assert after["pd_live"] == at("2026-06-23T07:01:00Z")
    assert after[done.sop_step] == before[done.sop_step]
    moved = {key for key in after if after[key] != before[key]}
    assert moved == before.keys() - {done.sop_step}
    # By 21 days, or by as many as holidays and weekends make of them.
    assert {(after[key] - before[key]).days for key in ("pd_inbound_min", "pd_inbound_opt", "pd_live")} == {-21}
    assert all(timedelta(days=-27) <= after[key] - before[key] <= timedelta(days=-15) for key in moved)


def test_steps_in_the_past_are_to_be_decided(owner: Any, project: Project) -> None:
    page = text(ask(owner, project))
    assert "To decide" in page or "需决策" in page
    late = project.tasks.get(sop_step="pd_inbound_min")
    early = project.tasks.get(sop_step="pd_inbound_opt")
    assert f'name="decide-{late.pk}"' in page
    assert f'name="decide-{early.pk}"' not in page
    kept = late.due_at
    choice = {f"decide-{late.pk}": "keep"}
    assert move(owner, project, **choice).status_code == 302
    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.due_at, early.due_at) == (kept, at("2026-06-06T00:00:00Z"))


def test_a_late_step_can_be_put_to_the_next_working_day(owner: Any, project: Project) -> None:
    late = project.tasks.get(sop_step="pd_inbound_min")
    move(owner, project, **{f"decide-{late.pk}": "soon"})
    late.refresh_from_db()
    # Thursday 28 May, 05:00 in Los Angeles: the same day at 17:00 lies ahead.
    assert late.due_at == at("2026-05-29T00:00:00Z")


def test_it_leaves_a_line_a_task_and_tells_every_owner_once(owner: Any, project: Project) -> None:
    Notification.objects.all().delete()
    move(owner, project)
    count = project.tasks.count()
    assert Activity.objects.filter(project=project, verb="rescheduled").count() == count
    head = Activity.objects.get(project=project, verb="anchor moved")
    assert (head.data["before"], head.data["after"], head.data["tasks"]) == (
        {"anchor_on": "2026-07-14"},
        {"anchor_on": "2026-06-23"},
        count,
    )
    told = Notification.objects.filter(kind="rescheduled")
    maya = project.tasks.exclude(owner=owner).first().owner
    assert [notice.member for notice in told] == [maya]
    assert told[0].data["count"] == project.tasks.filter(owner=maya).count()


def test_one_undo_puts_all_of_it_back(owner: Any, project: Project) -> None:
    before = due(project)
    reminders = set(Reminder.objects.filter(state="waiting").values_list("subject_id", "fire_at"))
    move(owner, project)
    undo(Change.objects.get(), actor=owner, now=ANNOUNCED)
    project.refresh_from_db()
    assert (due(project), project.anchor_on) == (before, date(2026, 7, 14))
    # What was to remind before today does not come back.
    back = set(Reminder.objects.filter(state="waiting").values_list("subject_id", "fire_at"))
    assert back == {one for one in reminders if one[1] > ANNOUNCED}


def test_an_anchor_in_the_past_is_said_with_what_is_late(owner: Any, project: Project) -> None:
    page = text(ask(owner, project, anchor_on="2026-05-20"))
    assert 'name="decide-' in page
    assert "2026" in page.partition("banner--red")[2].partition("</p>")[0]


def test_two_people_move_it_and_the_second_sees_how_it_stands(owner: Any, project: Project) -> None:
    seen = seal_of(text(ask(owner, project, anchor_on="2026-06-30")))
    move(owner, project)
    answer = ask(owner, project, anchor_on="2026-06-30", step="apply", seal=seen)
    assert answer.status_code == 409
    assert seal_of(text(answer)) not in ("", seen)
    project.refresh_from_db()
    assert project.anchor_on == date(2026, 6, 23)


def test_what_was_changed_or_added_by_hand(owner: Any, project: Project) -> None:
    """A step moved by hand keeps its distance; a task of one's own goes along, unless it is told to stay."""
    live = project.tasks.get(sop_step="pd_inbound_opt")
    assert live.deadline and live.due_on
    set_deadline(live, live.deadline.moved_to_day(live.due_on + timedelta(days=3)), actor=owner, now=CREATED)
    own = make_task(project, "Own", owner=owner, deadline=live.deadline, now=CREATED)
    before = live.due_on
    assert move(owner, project, along="").status_code == 302
    live.refresh_from_db()
    own.refresh_from_db()
    assert (live.due_on, own.due_on) == (date(2026, 6, 8), before)


def test_what_the_actor_may_not_see_moves_too_and_comes_back(owner: Any, project: Project) -> None:
    """A manager without finance class shifts the plan: the settlement is counted, not named."""
    boss = make_member("manager", language="en")
    secret = project.tasks.get(sop_step="pd_inbound_opt")
    Task.objects.filter(pk=secret.pk).update(sensitivity="finance", owner=None)
    page = text(ask(boss, project))
    assert secret.title not in page
    assert "that you may not see move" in page
    before = secret.due_at
    move(boss, project)
    secret.refresh_from_db()
    assert secret.due_at != before
    undo(Change.objects.get(), actor=boss, now=ANNOUNCED)
    secret.refresh_from_db()
    assert secret.due_at == before
