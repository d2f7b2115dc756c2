"""The workers' way: slices of a reading, all kinds of data, until the next time is in the future."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations import tasks
from integrations.actions.passes import next_work
from integrations.models import ChannelAccount, DailySales, Listing
from integrations.streams import Stream
from tests.integrations.amazon.shops import told
from tests.integrations.amazon.world import sold
from tests.integrations.stubs.amazon import AmazonStub, GivenBack, Item, Sale, Stock, Version, Visits

pytestmark = pytest.mark.django_db


def test_workers_read_all_there_is_and_then_wait(
    amazon: AmazonStub, seller: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_SLICE_SECONDS", 0.2)
    amazon.now, amazon.be.looks, amazon.be.page_size = timezone.now() + timedelta(minutes=5), 2, 2
    for days in (1, 3, 8, 40, 90, 200, 400, 700):
        at = amazon.now - timedelta(days=days)
        amazon.sales.append(
            Sale(str(days), at, [Version(at, "SHIPPED", [Item(str(days), "MUG 杯", "B0MUG", 2, 3998)])])
        )
        amazon.given_back.append(GivenBack(f"T{days}", at + timedelta(hours=5), str(days), "MUG 杯", "B0MUG", 1, 1999))
        amazon.visits.append(Visits(seller.day_of(at), "B0MUG", days, days * 2, 100.0))
    amazon.stock.append(Stock("MUG 杯", "B0MUG", "A mug", 12))
    for _slice in range(60):
        tasks.sync_account.run(seller.pk)
        seller.refresh_from_db()
        if not isinstance(next_work(seller, now=timezone.now()), tuple):
            break
    assert told(seller) == sold(amazon)
    rows = DailySales.objects.exclude(sessions=None).order_by("day_on").values_list("sku", "sessions")
    assert list(rows) == [("MUG 杯", days) for days in (700, 400, 200, 90, 40, 8, 3, 1)]
    assert list(Listing.objects.values_list("sku", "stock")) == [("MUG 杯", 12)]
    assert all(Stream.of(seller, name).is_filled for name in ("orders", "refunds", "traffic"))
    calls: Any = len(amazon.calls)
    tasks.sync_account.run(seller.pk)
    assert len(amazon.calls) == calls
