"""Dashboards: their sums, told another way; the days they compare; who sees them; and what they hand out."""

import csv
import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from integrations.dashboards.asking import Asked, Wanted, ask
from integrations.dashboards.board import read_board, spans
from integrations.dashboards.periods import Period, period_of, shift_of
from integrations.dashboards.products import pairs_of
from integrations.dashboards.sums import Sums, find, find_skus
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from projects.models import ProductLink, Project
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 20, tzinfo=UTC)
TODAY = date(2026, 12, 1)
# Views look at the clock.
RECENTLY = datetime.now(UTC).date() - timedelta(days=2)


def make_shop(name: str = "US", **values: Any) -> ChannelAccount:
    given = {"channel": "amazon", "external_id": name, "time_zone": "America/Los_Angeles", "source": "files", **values}
    return ChannelAccount.objects.create(name=name, **given)


def make_day(shop: ChannelAccount, day: date, sku: str = "A", currency: str = "USD", **values: Any) -> DailySales:
    given = {"units_ordered": 1, "gross_sales": 10, "orders": 1, "orders_first": 1, "sales_source": "files", **values}
    return DailySales.objects.create(account=shop, day_on=day, sku=sku, currency=currency, sales_as_of=NOW, **given)


def asked_of(*shops: ChannelAccount, query: str = "", **values: Any) -> Asked:
    return ask(Wanted.read(RequestFactory().get(f"/?{query}").GET), list(shops), now=NOW, **values)


def test_sums_are_what_the_rows_add_up_to(owner: Member) -> None:
    """Against an addition in Python: some rows know no visits, some no ad spend, two are in another currency."""
    shops, draw = [make_shop("US"), make_shop("CA", external_id="ca")], random.Random(5)  # noqa: S311
    rows = []
    for shop in shops:
        for back in range(70):
            for sku in ("A", "a ", "滤芯/4"):
                if draw.random() < 0.2:
                    continue
                rows.append(
                    DailySales(
                        account=shop, day_on=TODAY - timedelta(days=back), sku=sku,
                        currency="CAD" if shop.name == "CA" and sku == "A" else "USD", orders=draw.randint(0, 9),
                        orders_first=draw.randint(0, 5), units_ordered=draw.randint(0, 9),
                        gross_sales=Decimal(draw.randint(0, 99999)) / 100,
                        discounts=Decimal(draw.randint(0, 900)) / 100,
                        units_refunded=draw.randint(0, 2), refund_amount=Decimal(draw.randint(0, 5000)) / 100,
                        pending_units=draw.randint(0, 2), sessions=draw.choice([None, 0, 30, 55]),
                        ad_spend=draw.choice([None, Decimal("3.3333"), Decimal(0)]), sales_source="files",
                    )
                )  # fmt: skip
    DailySales.objects.bulk_create(rows)
    asked = asked_of(*shops)
    assert asked.before is not None

    found = find(asked.scope, asked.periods)

    for number, period in enumerate(asked.periods):
        for currency in ("USD", "CAD"):
            mine = [row for row in rows if row.currency == currency and period.first <= row.day_on <= period.last]
            for day in period.days:
                assert found[number].by_day[currency].get(day) == _sum([row for row in mine if row.day_on == day])
            for shop in shops:
                of_shop = [row for row in mine if row.account_id == shop.pk]
                assert found[number].by_shop[currency].get(shop.pk) == _sum(of_shop)
    board = read_board(asked, owner)
    assert board.currencies == ["USD", "CAD"]
    assert board.total == _sum([row for row in rows if row.currency == "USD" and row.day_on in asked.period.days])
    by_sku = find_skus(asked.scope, asked.period, asked.before, currency="USD", most=50)
    assert {(each.account, each.sku) for each in by_sku} == {
        (row.account_id, row.sku) for row in rows if row.currency == "USD"
    }
    for each in by_sku:
        mine = [row for row in rows if (row.account_id, row.sku, row.currency) == (each.account, each.sku, "USD")]
        assert each.now == _sum([row for row in mine if row.day_on in asked.period.days], orders="orders")
        assert each.before == _sum([row for row in mine if row.day_on in asked.before.days], orders="orders")


def _sum(rows: list[DailySales], *, orders: str = "orders_first") -> Sums | None:
    if not rows:
        return None
    seen = [row for row in rows if row.sessions is not None]
    told = [row for row in rows if row.ad_spend is not None]
    return Sums(
        orders=sum(int(getattr(row, orders)) for row in rows),
        units=sum(row.units_ordered for row in rows),
        gross=sum((row.gross_sales for row in rows), Decimal(0)),
        discounts=sum((row.discounts for row in rows), Decimal(0)),
        units_refunded=sum(row.units_refunded for row in rows),
        refunds=sum((row.refund_amount for row in rows), Decimal(0)),
        pending=sum(row.pending_units for row in rows),
        sessions=sum(row.sessions or 0 for row in seen) if seen else None,
        seen_units=sum(row.units_ordered for row in seen),
        ad_spend=sum((row.ad_spend or Decimal(0) for row in told), Decimal(0)) if told else None,
        advertised=sum((row.gross_sales for row in told), Decimal(0)),
        ordered=sum((row.gross_sales for row in rows if row.orders), Decimal(0)),
    )


def test_conversion_counts_only_where_visits_are_known() -> None:
    sums = Sums(units=10, sessions=40, seen_units=4)

    assert (sums.conversion, Sums(units=3).conversion) == (0.1, None)
    assert Sums(gross=Decimal(100), discounts=Decimal(5), refunds=Decimal(120)).net == Decimal(-25)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("7", "2026-11-24", "2026-11-30"),
        ("today", "2026-12-01", "2026-12-01"),
        # Monday begins the week; 1 December 2026 is a Tuesday.
        ("week", "2026-11-30", "2026-12-01"),
        ("last_week", "2026-11-23", "2026-11-29"),
        ("month", "2026-12-01", "2026-12-01"),
        ("last_month", "2026-11-01", "2026-11-30"),
    ],
)
def test_ranges_end_where_their_words_say(name: str, first: str, last: str) -> None:
    assert period_of(name, TODAY) == Period(date.fromisoformat(first), date.fromisoformat(last))


def test_days_of_ones_choice_are_put_right() -> None:
    chosen = period_of("custom", TODAY, first=date(2027, 5, 1), last=date(2024, 1, 1))

    assert (chosen.last, chosen.length) == (TODAY, 364)
    assert period_of("custom", TODAY) == period_of("28", TODAY)


def test_today_is_the_shops_own_also_when_clocks_change() -> None:
    """23:30 in California is the next day in UTC and in Shanghai; on the day of 25 hours, too."""
    shop = make_shop()
    asked = ask(Wanted(range="today"), [shop], now=datetime(2026, 11, 2, 7, 30, tzinfo=UTC))
    spring = ask(Wanted(range="7"), [shop], now=datetime(2026, 3, 9, 6, 59, tzinfo=UTC))

    assert asked.period == Period(date(2026, 11, 1), date(2026, 11, 1))
    assert (spring.today, spring.period.last, spring.period.length) == (date(2026, 3, 8), date(2026, 3, 7), 7)


def test_compared_days_keep_their_weekday_and_never_overlap() -> None:
    period = Period(date(2026, 11, 3), date(2026, 11, 12))

    assert [shift_of(each, period) for each in ("before", "week", "year", "none")] == [10, 14, 364, None]


def test_an_event_meets_itself_a_year_ago() -> None:
    """Black Friday was on 28 November 2025 and on the 27th in 2026; Prime Day moved from July to June."""
    assert shift_of("event:black_friday", Period(date(2026, 11, 20), date(2026, 11, 30))) == 364
    assert shift_of("event:amazon_prime_day", Period(date(2026, 6, 20), date(2026, 6, 30))) == 350
    assert shift_of("event:amazon_prime_day", Period(date(2026, 11, 20), date(2026, 11, 30))) is None
    assert shift_of("event:nothing", Period(date(2026, 6, 20), date(2026, 6, 30))) is None


def test_an_event_of_last_year_stands_under_this_years(owner: Member) -> None:
    shop = make_shop()
    for day, gross in ((date(2025, 7, 8), 70), (date(2026, 6, 23), 90), (date(2025, 6, 24), 5)):
        make_day(shop, day, gross_sales=gross)

    board = read_board(
        asked_of(shop, query="range=custom&from=2026-06-20&to=2026-06-27&against=event:amazon_prime_day"), owner
    )

    point = next(point for point in board.points if point.period.first == date(2026, 6, 23))
    assert (point.now.gross, point.before and point.before.gross) == (Decimal(90), Decimal(70))
    assert [event.key for event in board.events if event.kind == "marketplace_event"] == ["amazon_prime_day"]


def test_weeks_are_cut_to_the_period() -> None:
    weeks = spans(Period(date(2026, 1, 1), date(2026, 6, 30)))

    assert weeks[0] == Period(date(2026, 1, 1), date(2026, 1, 4))
    assert weeks[1] == Period(date(2026, 1, 5), date(2026, 1, 11))
    assert weeks[-1] == Period(date(2026, 6, 29), date(2026, 6, 30))
    assert sum(week.length for week in weeks) == 181


def test_orders_of_several_skus_are_not_told(owner: Member) -> None:
    """An order that holds both would count twice, or not at all."""
    shop = make_shop()
    make_day(shop, TODAY - timedelta(days=2), "A", orders=3, orders_first=1)

    two = read_board(asked_of(shop, pairs=((shop.pk, "A"), (shop.pk, "B"))), owner)
    one = read_board(asked_of(shop, query="sku=A"), owner)

    assert (two.total.orders, one.total.orders, two.total.units) == (None, 3, 1)


def test_files_of_sums_tell_no_orders(owner: Member) -> None:
    """Their sales are in no average; where nobody tells orders there is no zero."""
    orders, sums, maya = make_shop("US"), make_shop("EU"), client_of(make_member("admin", language="en"))
    make_day(sums, RECENTLY, orders=0, orders_first=0, gross_sales=500)

    assert "measure=units" in maya.get("/sales/?range=28").text
    assert "measure=orders" not in maya.get("/sales/?range=28").text
    table = maya.get("/sales/table.csv?range=28&table=skus").getvalue().decode("utf-8-sig")
    assert next(csv.DictReader(StringIO(table)))["Orders"] == ""
    make_day(orders, RECENTLY, "B", gross_sales=30, orders=2, orders_first=2)
    assert "$15.00 each, where orders are told" in maya.get("/sales/?range=28").text


def test_a_day_is_over_when_it_is_in_every_shop(owner: Member) -> None:
    """In the morning of Shanghai California is still in the day before."""
    shops = [make_shop("US"), make_shop("CN", time_zone="Asia/Shanghai")]
    now = datetime(2026, 11, 30, 23, tzinfo=UTC)

    week, today = (ask(Wanted(range=name), shops, now=now) for name in ("7", "today"))
    board = read_board(ask(Wanted(range="month"), shops, now=datetime(2026, 11, 28, 23, tzinfo=UTC)), owner)

    assert (week.period.last, today.period.last) == (date(2026, 11, 29), date(2026, 12, 1))
    assert (board.asked.period.last, board.sales_open) == (date(2026, 11, 29), date(2026, 11, 28))


def test_what_nobody_told_yet_did_not_fall_to_nothing(owner: Member) -> None:
    shop = make_shop()
    make_day(shop, TODAY - timedelta(days=60))
    make_day(shop, TODAY - timedelta(days=30))

    assert not read_board(asked_of(shop, query="range=7"), owner).is_comparable
    make_day(shop, TODAY - timedelta(days=3), "B")
    board = read_board(asked_of(shop, query="range=28&sku=A"), owner)
    assert board.before
    assert board.is_comparable
    assert (board.total.gross, board.before.gross) == (Decimal(), Decimal(10))


def test_a_shop_that_came_later_is_named_beside_the_growth(owner: Member) -> None:
    old, young, maya = make_shop("Old"), make_shop("Young"), client_of(make_member("admin", language="en"))
    for back in (60, 40, 5):
        make_day(old, RECENTLY - timedelta(days=back))
    make_day(young, RECENTLY)

    assert f"Young from {day_text(RECENTLY, 'en', with_year=True)} on" in maya.get("/sales/?range=28").text
    assert "Young from" not in maya.get(f"/sales/?range=28&shop={old.pk}").text


def test_a_shop_that_is_gone_hides_nothing(owner: Member) -> None:
    shop = make_shop()
    make_day(shop, TODAY - timedelta(days=2))
    asked = asked_of(shop, query="shop=999")
    assert (asked.wanted.shop, read_board(asked, owner).total.units) == (None, 1)


def test_skus_come_in_the_currency_of_the_page(owner: Member) -> None:
    """Also when all was sold in one that is not the shop's own."""
    shop = make_shop(currency="USD")
    make_day(shop, RECENTLY, "ONLY-CAD", currency="CAD")

    page = client_of(owner).get("/sales/?range=28").text
    address = re.search(r'hx-get="(/sales/skus/[^"]*)"', page)
    assert address is not None
    assert "ONLY-CAD" in client_of(owner).get(unescape(address[1])).text


def test_nothing_is_compared_with_days_before_the_first(owner: Member) -> None:
    shop = make_shop()
    make_day(shop, TODAY - timedelta(days=20))

    assert not read_board(asked_of(shop), owner).is_comparable
    make_day(shop, TODAY - timedelta(days=60))
    assert read_board(asked_of(shop), owner).is_comparable


def test_a_project_is_about_what_its_tasks_name_and_did(owner: Member) -> None:
    shops = [make_shop(), make_shop("Own", channel="shopify", external_id="own")]
    for shop, sku, asin in ((shops[0], "A", "B000000001"), (shops[1], "A", ""), (shops[0], "B", "B000000002")):
        Listing.objects.create(account=shop, sku=sku, asin=asin)
    project, other = make_project(owner), make_project(owner, name="Other")
    task, acted = make_task(project, "Pictures"), make_task(project, "Price")
    ProductLink.objects.create(task=task, asin="B000000001", created_by=owner)
    ProductLink.objects.create(task=make_task(other, "Else"), sku="B", created_by=owner)
    SalesAction.objects.create(account=shops[0], kind="price", skus=["C"], origin="task", task=acted)

    found = pairs_of(owner, project, shops)

    assert found == ((shops[0].pk, "A"), (shops[0].pk, "C"), (shops[1].pk, "A"))


def told_of(content: str) -> dict[str, Any]:
    found = re.search(r'data-told="(.*?)"', content)
    assert found
    return json.loads(unescape(found[1]))


def test_the_chart_is_told_numbers_events_and_marks(owner: Member) -> None:
    shop = make_shop()
    day = shop.day_of(datetime.now(UTC))
    for back in (1, 2, 9, 30, 60):
        make_day(shop, day - timedelta(days=back), gross_sales=10 * back, sessions=20)
    task = make_task(make_project(owner), "New picture <b>")
    at = datetime.now(UTC) - timedelta(days=9)
    SalesAction.objects.create(account=shop, kind="images", skus=["A"], live_at=at, origin="task", task=task)

    told = told_of(client_of(owner).get("/sales/").content.decode())

    assert len(told["labels"]) == 28
    assert told["measures"]["gross"]["now"][-2:] == [20.0, 10.0]
    assert told["measures"]["sessions"]["open"] == 25
    assert [(mark["title"], mark["url"], mark["at"]) for mark in told["marks"]] == [
        (task.title, task.get_absolute_url(), 28 - (day - shop.day_of(at)).days)
    ]


def test_what_happened_can_be_noted_where_the_line_is_seen(owner: Member) -> None:
    shop = make_shop()
    make_day(shop, TODAY, gross_sales=10)
    content = client_of(owner).get(f"/sales/?shop={shop.pk}&sku=A%2FB").content.decode()
    found = re.search(r'id="note-mark" href="(.*?)"', content)
    assert found
    dialog = client_of(owner).get(unescape(found[1]))
    assert dialog.status_code == 200
    assert dialog.context["form"].chosen_shop == shop

    project = make_project(owner)
    ProductLink.objects.create(task=make_task(project), sku="A", created_by=owner)
    Listing.objects.create(account=shop, sku="A")
    url = f"/projects/{project.pk}/sales/"
    assert f'href="/actions/add/?project={project.pk}"' in client_of(owner).get(url).content.decode()
    Project.objects.filter(pk=project.pk).update(state="archived", archived_at=NOW)
    assert 'id="note-mark"' not in client_of(owner).get(url).content.decode()


@pytest.mark.parametrize("role", ["manager", "member"])
def test_who_sees_no_amounts_is_told_kindly(owner: Member, role: str) -> None:
    make_day(make_shop(), TODAY, gross_sales=Decimal("4711.17"))
    member = make_member(role)

    answer = client_of(member).get("/sales/")

    assert answer.status_code == 403
    assert "Sales are shown to a few people here" in answer.content.decode()
    member.can_see_finance = True
    member.save(update_fields=["can_see_finance"])
    assert client_of(member).get("/sales/").status_code == 200


def test_without_a_shop_the_page_leads_to_one(_inside_acme: None) -> None:
    content = client_of(make_member("admin", language="en")).get("/sales/").content.decode()

    assert "No shop yet" in content
    assert 'href="/shops/"' in content


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow(owner: Member, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        shop = make_shop(f"S{number}", currency="USD")
        for back in range(1, 4):
            for sku in "AB":
                make_day(shop, shop.day_of(datetime.now(UTC)) - timedelta(days=back), f"{sku}{number}")
        at = datetime.now(UTC) - timedelta(days=3)
        SalesAction.objects.create(account=shop, kind="price", skus=[], live_at=at, origin="mark", created_by=owner)
    client = client_of(owner)
    client.get("/sales/")

    with django_assert_num_queries(STATEMENTS):
        client.get("/sales/")
    with django_assert_num_queries(STATEMENTS_OF_SKUS):
        client.get("/sales/skus/")


STATEMENTS, STATEMENTS_OF_SKUS = 8, 6


def test_tables_for_spreadsheets_say_the_same(owner: Member) -> None:
    shop = make_shop()
    day = shop.day_of(datetime.now(UTC))
    make_day(
        shop, day - timedelta(days=1), "=1+1", gross_sales=Decimal("10.50"), refund_amount=Decimal("2.25"), sessions=8
    )
    make_day(shop, day - timedelta(days=1), "=1+1", "CAD", gross_sales=Decimal(99))

    days = _table(client_of(owner).get("/sales/table.csv?range=7"))
    skus = _table(client_of(owner).get("/sales/table.csv?range=7&table=skus"))

    assert len(days) == 8
    last = (day - timedelta(days=1)).isoformat()
    assert days[-1][:7] == [last, last, "USD", "10.5000", "0.0000", "2.2500", "8.2500"]
    assert [row[:4] for row in skus[1:]] == [["US", "'=1+1", "", ""]]
    assert skus[1][4:6] == ["USD", "10.5000"]


def _table(answer: Any) -> list[list[str]]:
    """As it is streamed: after the request has left its workspace."""
    workspace = connection.tenant
    connection.set_schema_to_public()
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    connection.set_tenant(workspace)
    return list(csv.reader(StringIO(text)))


@pytest.mark.parametrize(
    "query",
    ["range=no&against=event:x&shop=99999999999&currency=usd", "from=0001-01-01&to=9999-12-31&range=custom",
     "sku=%00&q=%25_%5C&sort=x&measure=y", "page=0&range=custom&from=2026-13-01"],
)  # fmt: skip
def test_any_address_has_an_answer(owner: Member, query: str) -> None:
    make_day(make_shop(), TODAY)

    for path in ("/sales/", "/sales/skus/", "/sales/table.csv"):
        answer = client_of(owner).get(f"{path}?{query}")
        assert answer.status_code == 200
