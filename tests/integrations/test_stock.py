"""How long stock lasts, and deals that empty it: on the timeline and on the task."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import DailySales, Listing, SalesAction
from integrations.stock import Pace, Plan, cover, empties_of_tasks, paces_of
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
        DailySales(
            account=shop,
            day_on=today - timedelta(days=day + 1),
            sku="PF-01",
            currency="USD",
            units_ordered=10,
            sales_source="api",
        )
        for day in range(40)
    )
    task = make_ready_task(make_project(maya), "Submit the deal")
    live_at = now + timedelta(days=5)
    given = {"kind": "deal", "live_at": live_at, "ended_at": live_at + timedelta(days=2), **values}
    SalesAction.objects.create(account=shop, skus=["PF-01"], origin="task", task=task, **given)
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


@pytest.mark.parametrize("pace", ["0.4", "3", "7.5"])
@pytest.mark.parametrize("stock", [-3, 0, 1, 15, 16, 200, 1500])
def test_what_has_no_plan_is_counted_at_once_as_day_by_day(stock: int, pace: str) -> None:
    far = Plan("deal", TODAY + timedelta(days=900), TODAY + timedelta(days=900))
    at_once, by_day = (cover(stock, Decimal(pace), plans, today=TODAY) for plans in ([], [far]))
    assert at_once == by_day


@pytest.mark.django_db
class TestPlans:
    @pytest.mark.parametrize("kind", ["coupon", "deal", "ad"])
    def test_a_mark_with_a_day_to_come_counts_beside_a_task(self, maya: Any, kind: str) -> None:
        """Without it the stock is enough."""
        now = timezone.now()
        task = planned(maya, stock=130, now=now)
        assert empties_of_tasks([task.pk], member=maya, now=now) == {}
        shop = SalesAction.objects.get().account
        SalesAction.objects.create(
            account=shop, kind=kind, skus=["PF-01"], origin="mark", live_at=now + timedelta(hours=1),
            ended_at=now + timedelta(days=5),
        )  # fmt: skip
        assert list(empties_of_tasks([task.pk], member=maya, now=now)) == [task.pk]

    def test_what_is_over_or_was_not_ours_does_not(self, maya: Any) -> None:
        now = timezone.now()
        task = planned(maya, stock=130, now=now)
        shop = SalesAction.objects.get().account
        over = {"live_at": now - timedelta(days=9), "ended_at": now - timedelta(days=1)}
        long_ago, soon = {"live_at": now - timedelta(days=40)}, {"live_at": now + timedelta(hours=1)}
        for origin, state, when in (
            ("mark", "recorded", over), ("mark", "recorded", long_ago), ("noticed", "open", soon),
            ("noticed", "dismissed", soon),
        ):  # fmt: skip
            SalesAction.objects.create(account=shop, kind="coupon", skus=["PF-01"], origin=origin, state=state, **when)
        assert empties_of_tasks([task.pk], member=maya, now=now) == {}

    def test_ads_of_a_task_warn_in_their_words(self, maya: Any) -> None:
        now = timezone.now()
        task = planned(maya, stock=60, now=now, kind="ad")
        [told] = empties_of_tasks([task.pk], member=maya, now=now)[task.pk]
        assert told.startswith("These ads empty PF-01 on ")

    def test_the_pace_is_of_days_that_were_told(self, maya: Any) -> None:
        """A file of ten days ago does not say that nothing was sold since."""
        now, shop = timezone.now(), make_shop()
        last = shop.day_of(now) - timedelta(days=10)
        DailySales.objects.bulk_create(
            DailySales(
                account=shop, day_on=last - timedelta(days=back), sku="A", currency="USD", sales_source="files",
                units_ordered=0 if back < 4 else 6, stock=0 if back < 4 else 9,
            )
            for back in range(10)
        )  # fmt: skip
        assert paces_of([shop], None, now=now) == {(shop.pk, "A"): Pace(Decimal(6), 6, last)}
        assert paces_of([shop], ["B"], now=now) == {}
