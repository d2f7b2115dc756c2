"""Results of actions: the panel that is made of a shop's facts, when it is frozen, and that it stays as it was."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from integrations.actions.estimating import KIND, estimate, look, promise
from integrations.effects import closed_through, event_days, result_of
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.lib.effects import estimate_effect, read_panel
from linkstar.workspaces.models import DueItem
from tests.factories.integrations import make_shop

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 10, 20, 0, tzinfo=UTC)
LIVE = datetime(2026, 8, 5, 2, 30, tzinfo=UTC)  # the evening of 4 August in Los Angeles
DAY = date(2026, 8, 4)
FIRST, LAST = date(2026, 3, 1), date(2026, 9, 9)
OTHERS = ["C-1", "C-2", "C-3", "C-4", "C-5"]


@pytest.fixture
def shop(_inside_acme: None) -> ChannelAccount:
    return make_shop(source=ChannelAccount.Source.FILES)


def sell(shop: ChannelAccount, sku: str, daily: Any, **values: Any) -> None:
    """`daily(day)` units on each day from FIRST to LAST."""
    days = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days + 1)]
    DailySales.objects.bulk_create(
        DailySales(
            account=shop, day_on=day, sku=sku, currency="USD", units_ordered=daily(day), gross_sales=10 * daily(day),
            sales_source="files", sales_as_of=NOW, **values,
        )
        for day in days
    )  # fmt: skip


def wave(base: int) -> Any:
    """A weekday pattern, the same for all, and a little of its own."""
    return lambda day: base + day.weekday() % 3 + (day.toordinal() * base) % 3


@pytest.fixture
def action(shop: ChannelAccount) -> SalesAction:
    """At SKU A, whose sales double from the day after."""
    sell(shop, "A", lambda day: wave(10)(day) * (2 if day > DAY else 1))
    for number, sku in enumerate(OTHERS):
        sell(shop, sku, wave(12 + number))
    return SalesAction.objects.create(account=shop, kind="price", skus=["A"], live_at=LIVE, origin="mark")


def through(shop: ChannelAccount) -> date:
    found = closed_through(shop, now=NOW)
    assert found is not None
    return found


def test_days_are_the_shops_and_the_last_ones_have_not_settled(shop: ChannelAccount, action: SalesAction) -> None:
    assert through(shop) == date(2026, 9, 7)
    frozen = result_of(action, 14, through=through(shop), now=NOW)
    panel = frozen["panel"]
    assert (panel["action_date"], panel["start"], panel["closed_days"]) == ("2026-08-04", "2026-03-01", "2026-08-18")
    assert sorted(panel["controls"]) == OTHERS
    assert frozen["verdict"] == "likely_up"
    assert frozen["estimate"]["effect"]["worst"] < 1.0 < frozen["estimate"]["effect"]["best"]
    assert estimate_effect(read_panel(panel)).verdict == "likely_up"
    assert frozen["money"]["currency"] == "USD"
    assert float(frozen["money"]["after"]) > 1.8 * float(frozen["money"]["before"])


def test_results_are_frozen_once_and_held_against_later_numbers(shop: ChannelAccount, action: SalesAction) -> None:
    assert estimate(action, now=datetime(2026, 8, 14, 6, tzinfo=UTC)) == []  # still 13 August there
    assert estimate(action, now=datetime(2026, 8, 14, 8, tzinfo=UTC)) == [7]
    before = action.estimates["7"]
    assert estimate(action, now=NOW) == [14, 28]
    assert action.estimates["7"] == before

    DailySales.objects.filter(sku="A", day_on=date(2026, 8, 6)).update(units_ordered=3)
    later = datetime(2026, 9, 30, 8, tzinfo=UTC)
    assert 7 in estimate(action, now=later)
    kept = SalesAction.objects.get().estimates["7"]
    assert {name: kept[name] for name in before} == before
    day = (date(2026, 8, 6) - date(2026, 3, 1)).days
    assert (kept["panel"]["units"][day], kept["again"]["panel"]["units"][day]) != (3.0, 3.0)
    assert kept["again"]["panel"]["units"][day] == 3.0
    assert 7 not in estimate(action, now=later + timedelta(days=1))


def test_a_worker_looks_when_the_days_have_settled(shop: ChannelAccount, action: SalesAction) -> None:
    promise(action, now=LIVE)
    due = DueItem.objects.get(kind=KIND)
    assert due.run_at == datetime(2026, 8, 14, 7, tzinfo=UTC)  # midnight of 14 August in Los Angeles
    look(action.pk, now=due.run_at)
    assert list(SalesAction.objects.get().estimates) == ["7"]
    assert DueItem.objects.get(kind=KIND).run_at == datetime(2026, 8, 21, 7, tzinfo=UTC)


def test_a_shop_that_tells_nothing_more_is_asked_the_day_after(shop: ChannelAccount, action: SalesAction) -> None:
    DailySales.objects.filter(day_on__gt=DAY).delete()
    look(action.pk, now=NOW)
    assert SalesAction.objects.get().estimates == {}
    assert DueItem.objects.get(kind=KIND).run_at == NOW + timedelta(days=1)


def reasons(action: SalesAction) -> list[str]:
    return list(result_of(action, 14, through=through(action.account), now=NOW)["reasons"])


class TestRefusals:
    def test_another_action_on_the_sku_or_a_variation(self, shop: ChannelAccount, action: SalesAction) -> None:
        other = SalesAction.objects.create(
            account=shop, kind="coupon", skus=["A"], live_at=LIVE - timedelta(days=5), origin="mark"
        )
        assert reasons(action) == ["other_action"]
        SalesAction.objects.filter(pk=other.pk).update(skus=["C-1"])
        assert reasons(action) == []
        for sku in ("A", "C-1"):
            Listing.objects.create(account=shop, sku=sku, parent="P")
        assert reasons(action) == ["other_action"]
        SalesAction.objects.filter(pk=other.pk).update(state="dismissed")
        assert reasons(action) == []

    def test_a_gap_in_the_files(self, shop: ChannelAccount, action: SalesAction) -> None:
        DailySales.objects.filter(day_on=DAY + timedelta(days=3)).delete()
        assert reasons(action) == ["gaps", "few_controls"]

    def test_stock_that_ran_out(self, shop: ChannelAccount, action: SalesAction) -> None:
        out = DailySales.objects.filter(sku="A", day_on__gt=DAY, day_on__lte=DAY + timedelta(days=4))
        out.update(stock=0, units_ordered=0)
        assert reasons(action) == ["out_of_stock"]

    def test_too_few_to_compare_with(self, shop: ChannelAccount, action: SalesAction) -> None:
        DailySales.objects.filter(sku__in=OTHERS[2:]).delete()
        assert reasons(action) == ["few_controls"]

    def test_everything_was_changed_at_once(self, shop: ChannelAccount, action: SalesAction) -> None:
        SalesAction.objects.create(account=shop, kind="price", skus=OTHERS[:3], live_at=LIVE, origin="mark")
        assert reasons(action) == ["site_wide", "few_controls"]

    def test_a_history_that_is_too_short(self, shop: ChannelAccount, action: SalesAction) -> None:
        DailySales.objects.filter(day_on__lt=DAY - timedelta(days=40)).delete()
        assert reasons(action) == ["short_history"]


def test_controls_that_were_out_of_stock_are_left_out(shop: ChannelAccount, action: SalesAction) -> None:
    DailySales.objects.filter(sku="C-2", day_on__lt=DAY, day_on__gte=DAY - timedelta(days=12)).update(
        stock=0, units_ordered=0
    )
    panel = result_of(action, 14, through=through(shop), now=NOW)["panel"]
    assert sorted(panel["controls"]) == ["C-1", "C-3", "C-4", "C-5"]


def test_several_skus_are_read_as_one(shop: ChannelAccount, action: SalesAction) -> None:
    sell(shop, "B", lambda day: wave(6)(day) * (2 if day > DAY else 1))
    action.skus = ["A", "B"]
    frozen = result_of(action, 14, through=through(shop), now=NOW)
    assert frozen["panel"]["sku"] == "A + B"
    assert sorted(frozen["panel"]["controls"]) == OTHERS
    assert frozen["verdict"] == "likely_up"


def test_events_are_the_marketplaces_own_and_the_days_from_black_friday_to_cyber_monday(shop: ChannelAccount) -> None:
    days = event_days(shop, date(2026, 11, 28), date(2026, 12, 31))
    assert sorted(days)[:2] == [date(2026, 11, 28), date(2026, 11, 29)]
    assert date(2026, 11, 30) in days
    walmart = make_shop(channel="walmart", external_id="W")
    assert date(2026, 11, 27) in event_days(walmart, date(2026, 11, 1), date(2026, 11, 30))
    assert date(2026, 11, 26) not in event_days(walmart, date(2026, 11, 1), date(2026, 11, 30))


def test_statements_do_not_grow_with_the_shop(
    shop: ChannelAccount, action: SalesAction, django_assert_num_queries: Any
) -> None:
    for number in range(6):
        sell(shop, f"D-{number}", wave(8))
    with django_assert_num_queries(8):
        result_of(action, 28, through=through(shop), now=NOW)
