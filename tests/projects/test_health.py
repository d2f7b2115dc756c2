"""The health check: what it counts, whom it names, when the call is, and the letter of Monday morning."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from linkstar.calendars.models import Leave
from linkstar.lib.deadlines import Deadline
from linkstar.workspaces.models import DueItem, Letter, Role
from notifications.models import Notification
from projects.actions.comments import add_comment
from projects.actions.deadlines import set_deadline
from projects.actions.forecasting import forecast_project
from projects.actions.health import KIND, check, monday_morning, promise_checks
from projects.actions.opening import note_opened
from projects.actions.ownership import hand_over_work
from projects.cards import Reader
from projects.health.calls import call_text, propose
from projects.health.checks import Health, health_of
from projects.health.pulse import pulse_of
from projects.health.questions import questions_of
from projects.models import Comment, Dependency, Forecast, Project, StoredFile, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task

pytestmark = pytest.mark.django_db

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
# A Monday of five working days in both countries, at nine in Shanghai.
NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def on(day: int) -> Deadline:
    return Deadline(date(2026, 5, day), None, SHANGHAI)


@pytest.fixture
def lin(_inside_acme: None) -> Any:
    return make_member(display_name="林悦", language="zh-hans", time_zone=SHANGHAI)


@pytest.fixture
def project(lin: Any) -> Project:
    return make_project(lin, name="Summer sale", time_zone=SHANGHAI, now=NOW - 30 * DAY, owner_opened_at=NOW)


def read(member: Any) -> Reader:
    return Reader(member, member.time_zone, "en", NOW)


def health(project: Project, member: Any) -> Health:
    project.refresh_from_db()
    return health_of([project], Task.objects.visible_to(member), now=NOW)[project.pk]


def test_it_counts_what_the_tasks_lack(project: Project, lin: Any) -> None:
    doing = make_column(project, "doing")
    make_task(project, "Nobody's", deadline=on(20), now=NOW)
    make_task(project, "Some day", owner=lin, now=NOW)
    begun = make_task(project, "Begun", owner=lin, deadline=on(8), column=doing, now=NOW - 10 * DAY)
    make_task(project, "Done", owner=None, column=make_column(project, "done"), now=NOW)
    assert health(project, lin) == Health(
        open=3, no_owner=1, no_deadline=1, no_action=1, overdue=1, silent=1, unopened_days=0
    )
    word = add_comment(begun, "Sample photo is in the drive", is_shared=False, author=lin, now=NOW)
    assert health(project, lin).no_action == 0
    assert health(project, lin).silent == 0
    Comment.objects.filter(pk=word.pk).update(deleted_at=NOW)
    file = StoredFile.objects.create(project=project, task=begun, name="a.pdf", created_by=lin, deleted_at=NOW)
    assert health(project, lin).no_action == 1
    StoredFile.objects.filter(pk=file.pk).update(deleted_at=None)
    assert health(project, lin).no_action == 0


def test_the_owner_who_stays_away_is_found_and_a_new_one_begins_anew(project: Project, lin: Any) -> None:
    Project.objects.filter(pk=project.pk).update(owner_opened_at=NOW - 14 * DAY)
    assert health(project, lin).is_unopened
    project.refresh_from_db()
    note_opened(project, actor=make_member(), now=NOW)
    assert health(project, lin).is_unopened
    note_opened(project, actor=lin, now=NOW)
    assert health(project, lin).unopened_days == 0
    Project.objects.filter(pk=project.pk).update(owner_opened_at=NOW - 20 * DAY)
    hand_over_work(lin, heir=make_member(), actor=lin, now=NOW)
    assert health(project, lin).unopened_days == 0


def test_opening_a_page_of_the_project_counts_once_an_hour(project: Project, lin: Any) -> None:
    client = client_of(lin)
    for path in ("", "board/", "list/", "calendar/", "timeline/"):
        Project.objects.filter(pk=project.pk).update(owner_opened_at=timezone.now() - DAY)
        client.get(f"/projects/{project.pk}/{path}")
        project.refresh_from_db()
        assert timezone.now() - project.owner_opened_at < timedelta(minutes=5), path


def test_three_tasks_are_asked_about_the_most_overdue_first(project: Project, lin: Any) -> None:
    wang = make_member(display_name="王芳", time_zone=SHANGHAI)
    far = make_task(project, "Far", owner=lin, deadline=on(30), now=NOW)
    make_task(project, "Some day", owner=lin, now=NOW)
    late = make_task(project, "Late", owner=wang, deadline=on(5), now=NOW - 9 * DAY)
    next_one = make_task(project, "Next", owner=lin, deadline=on(14), now=NOW)
    Dependency.objects.create(blocker=far, blocked=late)
    for number in range(7):
        add_comment(late, f"Word {number}", is_shared=False, author=wang, now=NOW - (8 - number) * DAY)
    set_deadline(late, on(6), actor=wang, now=NOW - DAY / 2)

    asked = pulse_of(project, Task.objects.visible_to(lin), read(lin))

    assert [one.task for one in asked] == [late, next_one, far]
    first = asked[0]
    assert first.owner is not None
    assert first.owner.name == "王芳"
    assert first.moved == 1
    assert first.silent_days == 0
    assert [blocker.title for blocker in first.blockers] == ["Far"]
    assert len(first.updates) == 5
    assert "Word 6" in first.updates[1].html
    with override("en"):
        questions = questions_of(project, asked, health(project, lin))
    assert questions[0] == "王芳, “Late” waits for “Far”. Who can get it going, and what if it comes late?"


def test_what_the_reader_may_not_see_is_never_named(project: Project, lin: Any) -> None:
    boss = make_member(role=Role.ADMIN)
    hidden = make_task(project, "Bank data", sensitivity=Task.Sensitivity.FINANCE, owner=boss, deadline=on(5), now=NOW)
    shown = make_task(project, "Pay", owner=lin, deadline=on(6), now=NOW)
    Dependency.objects.create(blocker=hidden, blocked=shown)
    asked = pulse_of(project, Task.objects.visible_to(lin), read(lin))
    assert [one.task for one in asked] == [shown]
    assert [(blocker.task, blocker.title) for blocker in asked[0].blockers] == [(None, "")]
    page = client_of(lin).get(f"/projects/{project.pk}/health/").content.decode()
    assert "Bank data" not in page


def test_a_call_is_when_all_are_at_work_or_else_awake(lin: Any) -> None:
    wang = make_member(display_name="王芳", time_zone=SHANGHAI)
    near = propose([lin, wang], now=NOW)
    assert near is not None
    assert (near.at, near.is_early_or_late) == (datetime(2026, 5, 11, 2, tzinfo=UTC), False)
    maya = make_member(display_name="Maya", time_zone=NEW_YORK)
    across = propose([lin, maya], now=NOW)
    assert across is not None
    # Half past eight in the evening in Shanghai, half past eight in the morning in New York.
    assert across.is_early_or_late
    assert across.at == datetime(2026, 5, 11, 12, tzinfo=UTC)
    with override("en"):
        assert call_text(across, [lin, maya], SHANGHAI, "en") == "Mon 11 May, 20:00 · Maya: Mon 08:00"
    Leave.objects.create(member=maya, first_on=date(2026, 5, 11), last_on=date(2026, 5, 12), created_by=maya)
    later = propose([lin, maya], now=NOW)
    assert later is not None
    assert later.at == datetime(2026, 5, 13, 12, tzinfo=UTC)
    assert propose([lin], now=NOW) is None


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        (SHANGHAI, datetime(2026, 5, 11, 1, tzinfo=UTC), datetime(2026, 5, 18, 1, tzinfo=UTC)),
        (SHANGHAI, datetime(2026, 5, 10, 23, tzinfo=UTC), datetime(2026, 5, 11, 1, tzinfo=UTC)),
        # Clocks went back on the Sunday.
        (NEW_YORK, datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 2, 14, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 5, 10, 1, tzinfo=UTC), datetime(2026, 5, 10, 19, tzinfo=UTC)),
    ],
)
def test_monday_morning_is_on_the_owners_clock(zone: str, after: datetime, expected: datetime) -> None:
    assert monday_morning(zone, after=after) == expected


def test_who_owns_what_is_at_risk_gets_one_letter_a_week(project: Project, lin: Any) -> None:
    maya = make_member(display_name="Maya", time_zone=NEW_YORK)
    make_task(project, "Late", owner=maya, deadline=on(5), is_milestone=True, now=NOW - 9 * DAY)
    fine = make_project(lin, name="Fine", now=NOW)
    forecast_project(project, now=NOW)
    forecast_project(fine, now=NOW)
    Notification.objects.all().delete()
    Letter.objects.all().delete()

    assert promise_checks(now=NOW - timedelta(hours=20)) == 2
    assert set(DueItem.objects.filter(kind=KIND).values_list("object_id", "run_at")) == {
        (project.pk, NOW),
        (fine.pk, NOW),
    }
    for pk in (project.pk, fine.pk, project.pk):
        check(pk, now=NOW)

    [notice] = Notification.objects.filter(kind="health_check")
    assert notice.member == lin
    assert notice.data["rows"][0]["owner"] == "Maya"
    assert notice.data["rows"][0]["task"] == "Late"
    assert "5月5日" in notice.data["rows"][0]["due"]
    assert "Maya" in notice.data["call"]
    [letter] = Letter.objects.filter(name="health_check")
    assert letter.to == lin.email
    check(project.pk, now=NOW + 7 * DAY)
    assert Notification.objects.filter(kind="health_check").count() == 2


def test_pages_ask_as_much_for_many_projects_as_for_few(lin: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        project = make_project(lin, name=f"P{number}", now=NOW)
        Forecast.objects.create(project=project, state="red", since_at=NOW, computed_at=NOW, data={"cause": "nothing"})
        for title in ("One", "Two", "Three", "Four"):
            make_task(project, title, owner=lin, deadline=on(5), now=NOW)
    client = client_of(lin)
    client.get("/health/")
    with django_assert_max_num_queries(12):
        answer = client.get("/health/")
    assert answer.content.decode().count('health__project"') == 12
    with django_assert_max_num_queries(24):
        client.get(f"/projects/{project.pk}/health/")
