"""The channel's own totals against ours: told, day by day, and never put right."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.actions.syncing import free_lease, read_window, take_lease
from integrations.channels.base import DayTotal, Traits, Window
from integrations.channels.errors import Refused
from integrations.checksums import compare
from integrations.models import DailySales
from integrations.streams import Stream
from tests.factories import client_of, make_member
from tests.factories.integrations import make_shop
from tests.integrations.test_passes import Scripted, channel  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 10, 20, tzinfo=UTC)


def total(day: int, units: int) -> DayTotal:
    return DayTotal(date(2026, 6, day), units, Decimal(units * 10), "USD")


def sold(shop: Any, day: int, units: int, pending: int = 0, sku: str = "A") -> None:
    DailySales.objects.create(
        account=shop, day_on=date(2026, 6, day), sku=sku, currency="USD", units_ordered=units, pending_units=pending
    )


def test_days_agree_with_or_without_what_is_pending_and_others_are_told() -> None:
    shop = make_shop(covered_from=date(2026, 6, 2))
    for day, units, pending in ((2, 5, 0), (3, 5, 2), (4, 5, 2), (5, 5, 0)):
        sold(shop, day, units, pending)
    sold(shop, 5, 1, sku="B")
    found = compare(shop, [total(2, 5), total(3, 5), total(4, 7), total(5, 4), total(6, 3)], now=NOW)
    assert (found["days"], found["apart"]) == (
        5,
        [
            {"day": "2026-06-05", "theirs": 4, "ours": 6, "pending": 0},
            {"day": "2026-06-06", "theirs": 3, "ours": 0, "pending": 0},
        ],
    )


def test_days_that_are_not_ours_or_not_over_are_left_out() -> None:
    shop = make_shop(covered_from=date(2026, 6, 5))
    totals = [total(4, 9), total(5, 0), total(8, 9), total(9, 9), total(10, 9)]
    assert compare(shop, totals, now=NOW)["days"] == 1
    assert compare(make_shop(external_id="A2"), totals, now=NOW)["days"] == 0


class WithTotals(Scripted):
    is_refused = False

    def day_totals(self, window: Window, *, now: datetime) -> list[DayTotal]:
        if self.is_refused:
            raise Refused("HTTP 400")
        days = (window.until - window.since).days
        return [DayTotal((window.since + timedelta(days=each)).date(), 1, Decimal(10), "USD") for each in range(days)]


@pytest.mark.parametrize("is_refused", [False, True])
def test_the_nightly_reading_compares_and_is_no_failure_without(
    channel: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    is_refused: bool,
) -> None:
    shop = make_shop(covered_from=date(2026, 5, 1))
    script = WithTotals(traits=Traits(reach_days=60, settle_seconds=120, has_totals=True), per_page=100)
    script.is_refused = is_refused
    monkeypatch.setattr("integrations.actions.syncing.connector_of", lambda _account: script)
    key = take_lease(shop.pk)
    read_window(shop, "orders", "reconcile", key=key, now=NOW)
    free_lease(shop.pk, key)
    shop.refresh_from_db()
    stream = Stream.of(shop, "orders")
    assert stream.reconciled_at == NOW.isoformat() and stream.failures == 0
    if is_refused:
        assert stream.check == {}
        return
    # A unit on every second day, on 16 of the 33 that are over; the channel says one on every day.
    assert (stream.check["days"], len(stream.check["apart"])) == (33, 17)
    page = client_of(make_member("owner", language="en")).get(f"/shops/{shop.pk}/").content.decode()
    assert "Units agree on 16 of 33 days." in page
    page = client_of(make_member("member", language="en")).get(f"/shops/{shop.pk}/").content.decode()
    assert "Units agree" not in page
