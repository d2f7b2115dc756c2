"""Papers that run out: a task 90, 30 and 7 days before, each once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from linkstar.compliance.actions import expiry
from linkstar.compliance.actions.papers import waive
from linkstar.compliance.models import Paper, Passport
from linkstar.workspaces.due import run_due
from linkstar.workspaces.models import DueItem
from notifications.models import Notification
from projects.actions.projects import archive_project
from projects.models import Project, Task
from tests.compliance.conftest import US, make_passport, record
from tests.factories import make_member, make_project
from tests.races import RACE, at_once

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ENDS = date(2027, 6, 1)


def pacific(day: date, hour: int = 12) -> datetime:
    """Noon there, near enough: no test stands on the hour."""
    return datetime(day.year, day.month, day.day, hour + 8, tzinfo=UTC) if hour < 16 else NOW


def before_end(days: int, ends: date = ENDS) -> datetime:
    return pacific(ends - timedelta(days=days))


def run(now: datetime) -> None:
    workspace = connection.tenant
    run_due(now)
    connection.set_tenant(workspace)


def titles() -> list[str]:
    return list(Task.objects.order_by("pk").values_list("title", flat=True))


def make_paper(owner: Any, *, expires_on: date = ENDS, now: datetime = NOW, **values: Any) -> Paper:
    return record(
        make_passport(owner, now=now, **values), "battery_un38_3", owner=owner, expires_on=expires_on, now=now
    )


@pytest.mark.django_db
class TestTasks:
    def test_one_at_each_of_three_days(self, owner: Any) -> None:
        make_paper(owner)
        made = []
        for days in range(100, -3, -1):
            run(before_end(days))
            made.append(Task.objects.count())
        days_left = [100 - index for index, count in enumerate(made) if count > ([0, *made])[index]]
        assert days_left == [90, 30, 7]

    def test_a_second_look_makes_none(self, owner: Any) -> None:
        paper = make_paper(owner)
        for _again in range(3):
            expiry.look(paper.pk, now=before_end(30))
        assert Task.objects.count() == 1

    def test_of_days_that_were_missed_only_the_most_urgent(self, owner: Any) -> None:
        maya = make_member(language="en")
        record(make_passport(owner), "battery_un38_3", owner=maya, expires_on=TODAY + timedelta(days=25), now=NOW)
        run(NOW)
        assert titles() == ["Renew UN38.3 of SP-01: 25 days left, until 2026-12-19"]
        run(before_end(7, TODAY + timedelta(days=25)))
        assert Task.objects.count() == 2

    def test_it_goes_to_the_paper_s_owner_with_a_deadline_of_the_market(self, owner: Any) -> None:
        maya = make_member(display_name="Maya", language="en")
        paper = record(make_passport(owner), "battery_un38_3", owner=maya, expires_on=ENDS, now=NOW)
        run(before_end(30))
        [task] = Task.objects.all()
        assert (task.owner, task.due_on, task.due_zone, task.priority) == (
            maya, ENDS - timedelta(days=7), "America/Los_Angeles", Task.Priority.HIGH,
        )  # fmt: skip
        assert task.title == "Renew UN38.3 of SP-01: 30 days left, until 2027-06-01"
        assert f"/passports/{paper.passport_id}/papers/battery_un38_3/" in task.description
        assert [product.sku for product in task.products.all()] == ["SP-01"]
        assert Notification.objects.filter(member=maya, kind="assigned").count() == 1

    def test_who_recorded_it_themselves_is_told_too(self, owner: Any) -> None:
        make_paper(owner)
        run(before_end(90))
        assert Notification.objects.filter(member=owner, kind="assigned").count() == 1

    def test_who_has_left_is_not_put_on_it(self, owner: Any) -> None:
        gone = make_member()
        record(make_passport(owner), "battery_un38_3", owner=gone, expires_on=ENDS, now=NOW)
        type(gone).objects.filter(pk=gone.pk).update(is_active=False)
        run(before_end(90))
        assert Task.objects.get().owner == owner

    def test_it_goes_to_the_project_chosen_or_else_to_one_for_compliance(self, owner: Any) -> None:
        launch = make_project(owner)
        make_paper(owner, project=launch)
        make_paper(owner, sku="SP-02")
        make_paper(owner, sku="SP-03")
        run(before_end(90))
        homes = Task.objects.order_by("products__sku").values_list("project", flat=True)
        assert homes[0] == launch.pk and homes[1] == homes[2] != launch.pk

    def test_an_archived_project_takes_none(self, owner: Any) -> None:
        launch = make_project(owner)
        make_paper(owner, project=launch)
        archive_project(launch, actor=owner, now=NOW)
        run(before_end(90))
        own = Task.objects.get().project
        assert own != launch
        archive_project(own, actor=owner, now=NOW)
        run(before_end(30))
        assert Task.objects.latest("pk").project not in (launch, own)

    def test_a_renewed_paper_makes_no_more_for_the_old_end(self, owner: Any) -> None:
        paper = make_paper(owner)
        run(before_end(90))
        renewed = ENDS + timedelta(days=365)
        record(paper.passport, "battery_un38_3", owner=owner, expires_on=renewed, now=before_end(60))
        for days in (30, 7, 0):
            run(before_end(days))
        assert Task.objects.count() == 1
        run(before_end(90, renewed))
        assert Task.objects.count() == 2

    def test_saving_other_words_makes_none_anew(self, owner: Any) -> None:
        paper = make_paper(owner)
        run(before_end(90))
        record(paper.passport, "battery_un38_3", owner=owner, expires_on=ENDS, number="N-2", now=before_end(89))
        run(before_end(80))
        assert Task.objects.count() == 1

    def test_a_waived_paper_and_one_without_an_end_make_none(self, owner: Any) -> None:
        paper = make_paper(owner)
        waive(paper.passport, US.requirements["battery_un38_3"], reason="No battery any more", actor=owner, now=NOW)
        record(make_passport(owner, "SP-02"), "battery_un38_3", owner=owner, now=NOW)
        run(before_end(1))
        assert (Task.objects.count(), DueItem.objects.filter(kind=expiry.KIND).count()) == (0, 0)

    def test_the_look_comes_with_the_market_s_day(self, owner: Any) -> None:
        """On the day after clocks went forward as well: midnight there is 07:00 UTC in summer and 08:00 in winter."""
        make_paper(owner, expires_on=date(2027, 6, 12))  # 90 days before: 14 March 2027, the day of the change
        [due] = DueItem.objects.filter(kind=expiry.KIND)
        assert due.run_at == datetime(2027, 3, 14, 8, tzinfo=UTC)
        run(due.run_at - timedelta(minutes=1))
        assert Task.objects.count() == 0
        run(due.run_at)
        assert Task.objects.count() == 1


@RACE
def test_two_workers_at_once_make_one(live_workspace: Any, owner: Any) -> None:
    make_paper(owner)
    workers = at_once(*[lambda: run_due(before_end(30))] * 3)
    assert sum(counts["done"] for counts in workers if counts) >= 1
    assert Task.objects.count() == 1


@RACE
def test_a_worker_that_dies_leaves_it_to_the_next(live_workspace: Any, owner: Any, monkeypatch: Any) -> None:
    make_paper(owner)

    def die(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(expiry, "note_paper", die)
        run(before_end(30))
        assert (Task.objects.count(), Project.objects.count()) == (0, 0)
    run(before_end(30) + timedelta(minutes=6))
    assert Task.objects.count() == 1


@RACE
def test_renewing_while_a_worker_looks_leaves_one_end(live_workspace: Any, owner: Any) -> None:
    paper = make_paper(owner)
    renewed = ENDS + timedelta(days=365)
    passport = Passport.objects.select_related("product").get(papers=paper)
    at_once(
        lambda: run_due(before_end(30)),
        lambda: record(passport, "battery_un38_3", owner=owner, expires_on=renewed, now=before_end(30)),
    )
    [due] = DueItem.objects.filter(kind=expiry.KIND)
    assert due.run_at.date() in {renewed - timedelta(days=90), renewed - timedelta(days=89)}
    assert Task.objects.count() <= 1
