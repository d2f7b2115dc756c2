"""Days of cover as a table: of what the shop tells, against what is planned, for those who see numbers."""

import csv
import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone

from integrations.dashboards.covers import Verdict, in_order, read_covers
from integrations.dashboards.sums import Scope
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from projects.models import ProductLink
from tests.factories import client_of, make_member, make_project, make_task
from tests.factories.integrations import make_shop
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop(owner: Member) -> ChannelAccount:
    return make_shop(name="Northwind")


@pytest.fixture
def maya(_inside_acme: None) -> Member:
    return make_member("admin", language="en")


def stocked(shop: ChannelAccount, sku: str, stock: int | None, daily: int = 10, **values: Any) -> Listing:
    """Sold `daily` a day for four weeks."""
    today = shop.day_of(timezone.now())
    DailySales.objects.bulk_create(
        DailySales(
            account=shop, day_on=today - DAY * back, sku=sku, currency="USD", units_ordered=daily, sales_source="api"
        )
        for back in range(1, 29)
    )
    return Listing.objects.create(account=shop, sku=sku, stock=stock, seen_at=timezone.now(), **values)


def plan(shop: ChannelAccount, sku: str, ahead: int, lasts: int = 1, kind: str = "deal", **values: Any) -> SalesAction:
    live_at = timezone.now() + DAY * ahead
    given = {"origin": "mark", "ended_at": live_at + DAY * (lasts - 1) + timedelta(minutes=1), **values}
    return SalesAction.objects.create(account=shop, kind=kind, skus=[sku], live_at=live_at, **given)


def covers(member: Member, shop: ChannelAccount, sort: str = "days") -> list[tuple[str, int | None, Verdict]]:
    rows = read_covers(member, [shop], Scope((shop.pk,)), now=timezone.now())
    return [(row.sku, row.cover.days, row.verdict) for row in in_order(rows, sort)]


def test_each_verdict_has_its_reason(shop: ChannelAccount, owner: Member) -> None:
    stocked(shop, "LASTS", 400)
    stocked(shop, "SOON", 100)
    stocked(shop, "OUT", 0, inbound=900)
    stocked(shop, "DURING", 400)
    plan(shop, "DURING", 20, lasts=10)
    stocked(shop, "BEFORE", 200)
    plan(shop, "BEFORE", 30)
    stocked(shop, "FAR", 9000)
    stocked(shop, "INBOUND", 100, inbound=300)
    stocked(shop, "UNTOLD", None)
    Listing.objects.create(account=shop, sku="UNSOLD", stock=7)

    assert covers(owner, shop) == [
        ("SOON", 10, Verdict.SOON),
        ("BEFORE", 20, Verdict.BEFORE),
        ("DURING", 28, Verdict.DURING),
        ("INBOUND", 40, Verdict.LASTS),
        ("LASTS", 40, Verdict.LASTS),
        ("OUT", 90, Verdict.OUT),
        ("FAR", None, Verdict.LASTS),
        ("UNSOLD", None, Verdict.UNSOLD),
    ]
    by_verdict = [sku for sku, _days, _verdict in covers(owner, shop, "verdict")]
    assert by_verdict[:4] == ["OUT", "BEFORE", "DURING", "SOON"]
    assert [sku for sku, _days, _verdict in covers(owner, shop, "-stock")][:2] == ["FAR", "DURING"]


def test_plans_are_those_that_the_reader_sees(shop: ChannelAccount, owner: Member) -> None:
    stocked(shop, "A", 20)
    task = make_task(make_project(owner), "Quiet deal", sensitivity="finance")
    plan(shop, "A", 1, origin="task", task=task)

    assert covers(owner, shop) == [("A", 1, Verdict.DURING)]
    assert covers(make_member(), shop) == [("A", 2, Verdict.SOON)]


def test_the_page_says_days_plans_and_how_they_are_counted(shop: ChannelAccount, maya: Member) -> None:
    stocked(shop, "PF-01", 100, title="Fountain")
    mark = plan(shop, "PF-01", 3, kind="coupon", title="Fall coupon")
    page = client_of(maya).get("/sales/cover/")
    said = text(page)
    assert "1 SKU is empty, or will be before a plan is over" not in said
    assert "No plan runs out of stock" in said
    # 3 usual days, 1 of the coupon at 1.5 times, 5 usual ones; half a day is left over.
    assert re.search(r"Fountain.*PF-01 · Northwind.*Empty soon.*<b>9</b>", said, re.DOTALL)
    assert mark.get_absolute_url() in page.text
    assert "units ordered per day over the last 28 closed days" in said
    assert "1.5 times the pace with a coupon, 2.5 times with a deal, 1.3 times with more ads" in said
    assert "/sales/cover/" in client_of(maya).get("/sales/").text


def test_stock_that_was_told_long_ago_says_when(shop: ChannelAccount, maya: Member) -> None:
    listing = stocked(shop, "PF-01", 100)
    client = client_of(maya)
    assert "as of" not in text(client.get("/sales/cover/"))
    Listing.objects.filter(pk=listing.pk).update(seen_at=timezone.now() - DAY * 3)
    assert "as of" in text(client.get("/sales/cover/"))


def test_it_speaks_chinese(shop: ChannelAccount) -> None:
    stocked(shop, "PF-01", 100)
    mark = plan(shop, "PF-01", 3, kind="coupon")
    assert mark.live_at is not None
    said = text(client_of(make_member("admin", language="zh-hans")).get("/sales/cover/"))
    assert "优惠券" in said
    assert day_text(shop.day_of(mark.live_at), "zh-hans") in said


def test_fifty_a_page_and_all_in_the_table(shop: ChannelAccount, maya: Member) -> None:
    Listing.objects.bulk_create(Listing(account=shop, sku=f"S-{number:03}", stock=number) for number in range(60))
    client = client_of(maya)
    assert "Page 1 of 2" in text(client.get("/sales/cover/?by=sku"))
    second = client.get("/sales/cover/?by=sku&page=2", headers={"HX-Request": "true", "HX-Target": "cover"})
    assert "S-059" in second.text
    assert "<html" not in second.text
    assert "S-049" not in second.text
    table = client.get("/sales/cover.csv?by=-stock").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(table)))
    assert [row["SKU"] for row in rows] == [f"S-{number:03}" for number in reversed(range(60))]
    assert (rows[0]["On hand"], rows[0]["Days of cover"], rows[0]["Verdict"]) == ("59", "", "Not sold lately")


def test_words_shops_skus_and_projects_narrow_it_down(shop: ChannelAccount, maya: Member) -> None:
    other = make_shop(name="Own", channel="shopify", external_id="own")
    for where, sku, title in ((shop, "A", "Fountain"), (shop, "B", "Filter"), (other, "A", "Basin")):
        Listing.objects.create(account=where, sku=sku, stock=5, title=title)
    project = make_project(maya)
    ProductLink.objects.create(task=make_task(project), sku="B", created_by=maya)

    def shown(address: str) -> list[str]:
        table = client_of(maya).get(address).getvalue().decode("utf-8-sig")
        return [row["Title"] for row in csv.DictReader(StringIO(table))]

    assert shown("/sales/cover.csv?by=sku") == ["Fountain", "Basin", "Filter"]
    assert shown("/sales/cover.csv?q=fil") == ["Filter"]
    assert shown(f"/sales/cover.csv?shop={other.pk}") == ["Basin"]
    assert shown(f"/sales/cover.csv?shop={shop.pk}&sku=A") == ["Fountain"]
    assert shown(f"/projects/{project.pk}/sales/cover.csv") == ["Filter"]
    assert "Filter" in text(client_of(maya).get(f"/projects/{project.pk}/sales/cover/"))


def test_any_address_has_an_answer_and_nothing_told_is_said(shop: ChannelAccount, maya: Member) -> None:
    for query in ("by=nothing", "by=--days", "page=0", "page=x", "shop=999", "sku=%00", "q=%00"):
        assert "No shop in view tells how much stock it has." in text(
            client_of(maya).get(f"/sales/cover/?{query}")
        ) or ("No SKU fits" in text(client_of(maya).get(f"/sales/cover/?{query}")))


def test_whoever_sees_no_numbers_is_told_kindly(shop: ChannelAccount) -> None:
    stocked(shop, "PF-01", 100)
    for address in ("/sales/cover/", "/sales/cover.csv", "/sales/noticed/"):
        answer = client_of(make_member("manager", language="en")).get(address)
        assert answer.status_code == 403
        assert "PF-01" not in answer.text


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow(shop: ChannelAccount, maya: Member, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        where = make_shop(name=f"Shop {number}", external_id=f"S{number}")
        stocked(where, f"A-{number}", 100, daily=number + 1)
        plan(where, f"A-{number}", 2)
    shops = list(ChannelAccount.objects.order_by("pk"))
    scope = Scope(tuple(each.pk for each in shops))
    with django_assert_num_queries(4):
        rows = read_covers(maya, shops, scope, now=timezone.now())
    assert [row.pace.daily for row in rows] == [Decimal(number + 1) for number in range(count)]


def question(shop: ChannelAccount, sku: str, **values: Any) -> SalesAction:
    seen = {"field": "price", "before": "9", "after": "8", "changes": {sku: ["9", "8"]}}
    given = {"kind": "price", "origin": "noticed", "state": "open", "live_at": timezone.now(), "seen": seen}
    return SalesAction.objects.create(account=shop, skus=[sku], **{**given, **values})


class TestNoticed:
    def test_pages_of_sales_ask_about_what_they_show(self, shop: ChannelAccount, maya: Member) -> None:
        other = make_shop(name="Own", channel="shopify", external_id="own")
        for where, sku in ((shop, "A-1"), (shop, "B-1"), (other, "A-1")):
            Listing.objects.create(account=where, sku=sku)
            question(where, sku)
        project = make_project(maya)
        ProductLink.objects.create(task=make_task(project), sku="B-1", created_by=maya)
        client = client_of(maya)

        assert "/sales/noticed/" in client.get("/sales/").text
        assert "3 changes that nobody recorded" in text(client.get("/sales/noticed/"))
        assert "2 changes that nobody recorded" in text(client.get(f"/sales/noticed/?shop={shop.pk}"))
        of_sku = text(client.get(f"/sales/noticed/?shop={shop.pk}&sku=A-1"))
        assert "1 change that nobody recorded" in of_sku
        assert "B-1" not in of_sku
        of_project = text(client.get(f"/projects/{project.pk}/sales/noticed/"))
        assert "1 change that nobody recorded" in of_project
        assert "B-1" in of_project

    def test_a_few_at_a_time_and_nothing_where_nothing_is_asked(self, shop: ChannelAccount, maya: Member) -> None:
        client = client_of(maya)
        assert client.get("/sales/noticed/").text == ""
        for number in range(4):
            question(shop, f"S-{number}", live_at=timezone.now() - DAY * number)
        first, second = (text(client.get(f"/sales/noticed/?page={page}", **HTMX)) for page in (1, 2))
        assert ("S-2" in first, "S-3" in first, "Page 1 of 2" in first) == (True, False, True)
        assert ("S-2" in second, "S-3" in second) == (False, True)

    @pytest.mark.parametrize("count", [1, 3])
    def test_statements_do_not_grow(
        self, shop: ChannelAccount, maya: Member, count: int, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(count):
            question(shop, f"S-{number}")
        client = client_of(maya)
        client.get("/sales/noticed/")
        with django_assert_max_num_queries(11):
            client.get("/sales/noticed/")
