"""The engine on a channel that does what the test says: windows, resuming, waiting, failing beside others."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.actions import passes, syncing
from integrations.actions.passes import Wanted, next_work, run_pass
from integrations.actions.syncing import Busy, free_lease, read_window, take_lease
from integrations.channels.base import Line, Order, Page, Store, Traits, Window
from integrations.channels.errors import Later, Refused, Revoked, TokenExpired, Transient
from integrations.leases import new_key
from integrations.models import ChannelAccount, DailySales, SalesLine
from integrations.streams import Stream
from tests.factories.integrations import make_shop

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 10, 20, tzinfo=UTC)
TRAITS = Traits(reach_days=60, settle_seconds=120, slice_days=7)
Fault = Exception | None


class Scripted:
    """A channel with orders on every second day; `faults` are raised one after the other, before a page is given."""

    def __init__(self, faults: list[Fault] | None = None, *, traits: Traits = TRAITS, per_page: int = 2) -> None:
        self.traits, self.faults, self.per_page = traits, faults or [], per_page
        self.asked: list[Window] = []
        self.orders = [
            Order(
                str(number), at, at, "USD", (Line("1", "A", 1, Decimal("10")),)
            )
            for number in range(40)
            for at in [NOW - timedelta(days=2 * number, hours=3)]
        ]  # fmt: skip

    def sync_orders(self, window: Window, *, now: datetime) -> Iterator[Page]:
        self.asked.append(window)
        found = [each for each in self.orders if window.since <= each.placed_at < window.until]
        start = int(window.token or 0)
        while True:
            fault = self.faults.pop(0) if self.faults else None
            if fault is not None:
                raise fault
            end = start + self.per_page
            yield Page(orders=tuple(found[start:end]), token=str(end) if end < len(found) else None)
            if end >= len(found):
                return
            start = end

    def check(self, *, now: datetime) -> Store:
        return Store("A1", "Northwind Inc", "America/New_York", "USD")

    def close(self) -> None:
        pass


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    """Gives accounts their scripted channel; without one they get an empty script."""
    by_id: dict[int, Scripted] = {}
    for module in (syncing, passes):
        monkeypatch.setattr(module, "connector_of", lambda account: by_id[account.pk])
    monkeypatch.setattr(passes.time, "sleep", lambda seconds: None)

    def script(account: ChannelAccount, *faults: Fault, **values: Any) -> Scripted:
        by_id[account.pk] = Scripted(list(faults), **values)
        return by_id[account.pk]

    return script


def units() -> int:
    return sum(DailySales.objects.values_list("units_ordered", flat=True))


def stream(account: ChannelAccount) -> Stream:
    account.refresh_from_db()
    return Stream.of(account, "orders")


def test_the_first_pass_reads_news_and_then_history_newest_first_in_growing_slices(channel: Any) -> None:
    shop = make_shop()
    script = channel(shop, per_page=100)
    (result,) = run_pass([shop], Wanted(NOW))
    live, *slices = script.asked
    assert (live.by, live.until) == ("changed", NOW - timedelta(seconds=120))
    assert all(each.by == "placed" for each in slices)
    # No gap, no overlap, whole days of the shop, back to the reach.
    assert [each.until for each in slices[1:]] == [each.since for each in slices[:-1]]
    assert all(each.since.astimezone(shop_zone(shop)).hour == 0 for each in slices)
    assert slices[-1].since.astimezone(shop_zone(shop)).date() == date(2026, 4, 11)
    assert [(each.until - each.since).days for each in slices] == [7, 14, 28, 11]
    assert (result.error, units()) == ("", 31)
    assert stream(shop).fill_percent == 100 and shop.covered_from == date(2026, 4, 11)


def shop_zone(shop: ChannelAccount) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(shop.time_zone)


def test_a_second_pass_asks_only_for_news_and_changes_nothing(channel: Any) -> None:
    shop = make_shop()
    script = channel(shop)
    run_pass([shop], Wanted(NOW))
    before = list(DailySales.objects.order_by("pk").values("pk", "units_ordered", "gross_sales"))
    script.asked.clear()
    run_pass([shop], Wanted(NOW))
    assert [(each.by, each.since) for each in script.asked] == [("changed", NOW - timedelta(seconds=120, minutes=30))]
    assert list(DailySales.objects.order_by("pk").values("pk", "units_ordered", "gross_sales")) == before


def test_it_goes_on_at_the_page_where_it_stopped(channel: Any) -> None:
    shop = make_shop()
    asked = Window(NOW - timedelta(days=30), NOW, "placed")
    script = channel(shop, None, None, Later(1), None, Transient("HTTP 500"), None, TokenExpired())
    (result,) = run_pass([shop], Wanted(NOW, asked))
    assert [each.token for each in script.asked] == [None, "4", "6", None]
    assert (result.error, units(), SalesLine.objects.count()) == ("", 15, 15)


def test_a_channel_that_refuses_its_own_tokens_is_given_up_in_time(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each restart reads a first page, which is no progress."""
    shop, now = make_shop(), Window(NOW - timedelta(days=30), NOW, "placed")
    channel(shop, *[None, TokenExpired()] * 1000)
    clock = iter(range(10_000))
    monkeypatch.setattr(passes.time, "monotonic", lambda: float(next(clock)))
    (result,) = run_pass([shop], Wanted(NOW, now, patience=60))
    assert result.error == "page_expired"
    shop.refresh_from_db()
    assert shop.last_error == "page_expired"
    channel(shop)
    assert (run_pass([shop], Wanted(NOW, now))[0].error, units()) == ("", 15)


def test_a_store_that_fails_delays_no_other(channel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good, gone = make_shop(), make_shop(external_id="A2"), make_shop(external_id="A3")
    channel(bad, *[Transient("HTTP 503")] * 1000)
    channel(good)
    channel(gone, Revoked("invalid_grant"))
    clock = iter(range(10_000))
    monkeypatch.setattr(passes.time, "monotonic", lambda: float(next(clock)))
    results = run_pass([bad, good, gone], Wanted(NOW, patience=60))
    assert [result.error for result in results] == ["unreachable", "", "revoked"]
    assert DailySales.objects.filter(account=good).count() == 31
    for account in (bad, good, gone):
        account.refresh_from_db()
    assert [account.state for account in (bad, good, gone)] == ["connected", "connected", "reconnect_required"]
    assert (bad.last_error, gone.last_error, good.last_error) == ("unreachable", "revoked", "")


def test_a_store_needs_attention_after_a_day_of_soft_errors_and_is_well_again_by_itself(channel: Any) -> None:
    shop = make_shop()
    channel(shop, Transient("HTTP 500"), Transient("HTTP 500"))
    for hours, state in ((0, "connected"), (25, "needs_attention"), (26, "connected")):
        key = take_lease(shop.pk)
        with suppress(Later):
            read_window(shop, "orders", "live", key=key, now=NOW + timedelta(hours=hours))
        free_lease(shop.pk, key)
        shop.refresh_from_db()
        assert shop.state == state


def test_what_the_channel_refuses_is_not_asked_again_and_again(channel: Any) -> None:
    shop = make_shop()
    script = channel(shop, *[Refused("HTTP 400")] * 5)
    (result,) = run_pass([shop], Wanted(NOW))
    assert (len(script.asked), result.error, stream(shop).error) == (1, "refused", "refused")
    assert next_work(shop, now=NOW) == NOW + timedelta(hours=1)


def test_news_that_an_earlier_pass_left_half_read_are_followed_by_what_came_since(channel: Any) -> None:
    shop, later = make_shop(), NOW + timedelta(hours=30)
    script = channel(shop)
    run_pass([shop], Wanted(NOW))
    key = take_lease(shop.pk)
    script.faults = [Later(1)]
    with suppress(Later):
        read_window(shop, "orders", "live", key=key, now=NOW + timedelta(hours=1))
    free_lease(shop.pk, key)
    assert "live" in stream(shop).windows
    at = NOW + timedelta(hours=20)
    script.orders.append(Order("new", at, at, "USD", (Line("1", "A", 1, Decimal("10")),)))
    run_pass([shop], Wanted(later))
    assert stream(shop).cursor == (later - timedelta(seconds=120)).isoformat()
    assert SalesLine.objects.filter(order_id="new").exists()


def test_streams_of_a_shop_do_not_wait_for_each_other(channel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders may come again in minutes; refunds have a pace of their own. And a pass says what it waits for."""
    shop, read, told = make_shop(), [], []
    script = channel(shop, Later(179, code="throttled"), traits=replace(TRAITS, refund_days=7))

    def sync_refunds(window: Window, *, now: datetime) -> Iterator[Page]:
        read.append(SalesLine.objects.count())
        yield Page()

    monkeypatch.setattr(script, "sync_refunds", sync_refunds, raising=False)
    (result,) = run_pass([shop], Wanted(NOW), lambda *words: told.append(words[1:]))
    assert result.error == "" and units() == 31
    assert read and not any(read)
    assert told == [("orders", "live", 179, "throttled")]


def test_refunds_that_were_told_late_are_not_missed_after_a_long_pause(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, asked = make_shop(), []
    script = channel(shop, traits=replace(TRAITS, refund_days=7))

    def sync_refunds(window: Window, *, now: datetime) -> Iterator[Page]:
        asked.append(window)
        yield Page()

    monkeypatch.setattr(script, "sync_refunds", sync_refunds, raising=False)
    run_pass([shop], Wanted(NOW))
    asked.clear()
    run_pass([shop], Wanted(NOW + timedelta(days=50)))
    assert asked[0].since == NOW - timedelta(days=7, seconds=120, minutes=30)


class TestLease:
    def test_a_killed_process_keeps_no_shop_but_one_that_lives_or_is_elsewhere_does(self) -> None:
        shop = make_shop()
        with subprocess.Popen(["sleep", "60"]) as process:
            key = new_key().split(".")
            held = f"{key[0]}.{process.pid}.{key[2]}"
            ChannelAccount.objects.update(busy_key=held, busy_until=datetime.now(UTC) + timedelta(minutes=3))
            with pytest.raises(Busy):
                take_lease(shop.pk)
            process.kill()
        ChannelAccount.objects.update(busy_key=f"elsewhere.{process.pid}.{key[2]}")
        with pytest.raises(Busy):
            take_lease(shop.pk)
        ChannelAccount.objects.update(busy_key=held)
        assert take_lease(shop.pk).split(".")[1] == str(os.getpid())

    def test_one_job_at_a_time_and_a_dead_one_is_followed(self, channel: Any) -> None:
        shop = make_shop()
        key = take_lease(shop.pk)
        with pytest.raises(Busy):
            take_lease(shop.pk)
        ChannelAccount.objects.update(busy_until=datetime.now(UTC) - timedelta(seconds=1))
        assert take_lease(shop.pk) != key

    def test_who_lost_the_lease_writes_nothing(self, channel: Any) -> None:
        shop = make_shop()
        channel(shop)
        ChannelAccount.objects.update(busy_key="another")
        with pytest.raises(Busy):
            read_window(shop, "orders", "live", key="mine", now=NOW)
        assert not SalesLine.objects.exists()

    def test_a_store_that_is_paused_meanwhile_is_left(self, channel: Any) -> None:
        shop = make_shop()
        channel(shop)
        key = take_lease(shop.pk)
        ChannelAccount.objects.update(state=ChannelAccount.State.PAUSED)
        with pytest.raises(Busy):
            read_window(shop, "orders", "live", key=key, now=NOW)


def test_workers_read_news_then_the_last_weeks_then_history(channel: Any) -> None:
    shop = make_shop()
    channel(shop, traits=Traits(reach_days=10, slice_days=7))
    done = []
    clock = NOW
    for _ in range(5):
        work = next_work(shop, now=clock)
        done.append(work)
        if isinstance(work, datetime):
            break
        key = take_lease(shop.pk)
        read_window(shop, *work, key=key, now=clock)
        free_lease(shop.pk, key)
        shop.refresh_from_db()
    assert done == [("orders", "live"), ("orders", "fill"), ("orders", "fill"), NOW + timedelta(minutes=30)]
    assert next_work(shop, now=NOW + timedelta(minutes=31)) == ("orders", "live")
    shop.streams["orders"]["next_at"] = (NOW + timedelta(days=3)).isoformat()
    assert next_work(shop, now=NOW + timedelta(hours=25)) == ("orders", "reconcile")


def test_days_wait_for_the_zone_that_the_store_tells(channel: Any) -> None:
    shop = make_shop()
    channel(shop, traits=Traits(reach_days=10, is_zone_told=True))
    run_pass([shop], Wanted(NOW))
    shop.refresh_from_db()
    assert (shop.time_zone, shop.name, shop.checked_at) == ("America/New_York", "Northwind Inc", NOW)


def test_a_window_that_somebody_names_moves_no_mark(channel: Any) -> None:
    shop = make_shop()
    channel(shop)
    run_pass([shop], Wanted(NOW, Window(NOW - timedelta(days=9), NOW - timedelta(days=5), "placed")))
    state = stream(shop)
    assert (units(), state.cursor, state.fill_percent, shop.covered_from) == (
        2, (NOW - timedelta(seconds=120)).isoformat(), 0, None,
    )  # fmt: skip


def test_a_reading_that_was_refused_stands_among_the_readings(channel: Any) -> None:
    shop = make_shop()
    channel(shop, None, Refused("HTTP 400"))
    run_pass([shop], Wanted(NOW, Window(NOW - timedelta(days=30), NOW, "placed")))
    (run,) = stream(shop).runs
    assert (run["purpose"], run["error"], run["counts"]["orders"]) == ("asked", "refused", 2)


def test_days_are_those_of_the_store_even_when_its_zone_is_only_told_now(channel: Any) -> None:
    shop = make_shop()
    script = channel(shop, traits=Traits(reach_days=60, is_zone_told=True))
    run_pass([shop], Wanted(NOW, days=(date(2026, 6, 1), date(2026, 6, 2))))
    (asked,) = script.asked
    # Midnight in New York, where the account was thought to be in Los Angeles.
    assert (asked.since, asked.until) == (datetime(2026, 6, 1, 4, tzinfo=UTC), datetime(2026, 6, 3, 4, tzinfo=UTC))


def test_what_files_told_while_a_shop_was_away_gives_way_when_it_is_read_again(channel: Any) -> None:
    shop = make_shop()
    channel(shop, per_page=100)
    run_pass([shop], Wanted(NOW))
    before = units()
    DailySales.objects.create(
        account=shop, day_on=shop.day_of(NOW) + timedelta(days=3), sku="FILE", currency="USD", units_ordered=40,
        sales_source="files",
    )  # fmt: skip
    assert units() == before + 40
    shop.refresh_from_db()
    run_pass([shop], Wanted(NOW + timedelta(days=9)))
    assert units() == before
