"""How long stock lasts, and deals that empty it: on the timeline and on the task."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import DailySales, Listing, SalesAction
from integrations.stock import Plan, cover, empties_of_tasks
from projects.dangers import dangers_of
from projects.models import Task
from tests.factories import client_of, make_member, make_project, make_ready_task
from tests.factories.integrations import make_shop
from tests.pages import text

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("stock", "pace", "plans", "empty_on"),
    [
        (30, 10, [], date(2026, 11, 22)),
        (31, 10, [], date(2026, 11, 23)),
        (0, 10, [], TODAY),
        (0, 0, [], None),
        (10_000, 1, [], None),
        (30, 10, [Plan("deal", TODAY, TODAY)], date(2026, 11, 21)),
        (30, 10, [Plan("coupon", TODAY, date(2026, 12, 1))], date(2026, 11, 21)),
        (60, 10, [Plan("coupon", TODAY, TODAY), Plan("deal", TODAY, TODAY)], date(2026, 11, 24)),
        (30, 10, [Plan("deal", date(2026, 12, 1), date(2026, 12, 1))], date(2026, 11, 22)),
    ],
)
def test_days_of_cover(stock: int, pace: int, plans: list[Plan], empty_on: date | None) -> None:
    assert cover(stock, Decimal(pace), plans, today=TODAY).empty_on == empty_on


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("owner", display_name="Maya", language="en")


def planned(maya: Any, *, stock: int, now: datetime, **values: Any) -> Task:
    """A deal in five days, for three days, of a SKU that sells 10 a day."""
    shop = make_shop(name="Northwind")
    today = shop.day_of(now)
    Listing.objects.create(account=shop, sku="PF-01", stock=stock)
    DailySales.objects.bulk_create(
        DailySales(account=shop, day_on=today - timedelta(days=day + 1), sku="PF-01", currency="USD", units_ordered=10)
        for day in range(40)
    )
    task = make_ready_task(make_project(maya), "Submit the deal")
    live_at = now + timedelta(days=5)
    given = {"live_at": live_at, "ended_at": live_at + timedelta(days=2), **values}
    SalesAction.objects.create(account=shop, kind="deal", skus=["PF-01"], origin="task", task=task, **given)
    return task


@pytest.mark.django_db
class TestTasks:
    def test_a_deal_that_empties_the_stock_is_a_risk_on_the_timeline_and_on_the_task(self, maya: Any) -> None:
        now = timezone.now()
        task = planned(maya, stock=90, now=now)
        [told] = empties_of_tasks([task.pk], member=maya, now=now)[task.pk]
        assert told.startswith("This deal empties PF-01 on ")
        assert "2.5 times the pace of the last 28 days" in told
        client = client_of(maya)
        assert "This deal empties PF-01" in text(client.get(f"/projects/{task.project_id}/timeline/"))
        assert "This deal empties PF-01" in text(client.get(f"/tasks/{task.pk}/action/"))

    def test_enough_stock_is_no_risk_and_what_is_empty_before_says_so(self, maya: Any) -> None:
        now = timezone.now()
        task = planned(maya, stock=1000, now=now)
        assert empties_of_tasks([task.pk], member=maya, now=now) == {}
        Listing.objects.update(stock=10, inbound=10)
        [told] = empties_of_tasks([task.pk], member=maya, now=now)[task.pk]
        assert "before this begins" in told

    def test_a_deal_that_is_over_or_done_warns_of_nothing(self, maya: Any) -> None:
        now = timezone.now()
        task = planned(maya, stock=5, now=now)
        SalesAction.objects.update(ended_at=now - timedelta(days=1), live_at=now - timedelta(days=3))
        assert empties_of_tasks([task.pk], member=maya, now=now) == {}

    def test_a_guest_is_told_nothing(self, maya: Any) -> None:
        now = timezone.now()
        task = planned(maya, stock=5, now=now)
        guest = make_member("guest")
        assert dangers_of([task.pk], member=guest, now=now) == {}
        assert dangers_of([task.pk], member=maya, now=now) != {}
