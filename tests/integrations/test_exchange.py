"""Dashboards in another currency: each day by its own rate, and what has none apart and said."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from integrations.dashboards.asking import Asked
from integrations.dashboards.board import Left, read_board
from integrations.dashboards.exchange import find_exchange
from integrations.dashboards.shown import amount, day_rows
from integrations.dashboards.sums import find_skus
from integrations.models import ChannelAccount, DailySales, Listing
from linkstar.lib.clock_text import day_text
from linkstar.lib.rates import Rate, Rates
from linkstar.members.models import Member
from linkstar.workspaces.models import ExchangeRate, Workspace
from projects.models import ProductLink
from tests.factories import client_of, make_member, make_project, make_task
from tests.integrations.test_dashboards import NOW, TODAY, asked_of, make_day, make_shop
from tests.pages import text

pytestmark = pytest.mark.django_db


def publish(*rates: tuple[str, date, str], source: str = "ecb") -> None:
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency=currency, day_on=day, per_euro=rate, source=source, fetched_at=NOW)
        for currency, day, rate in rates
    )


def publish_steadily(since: date = TODAY - timedelta(days=90), until: date = TODAY, **rates: str) -> None:
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    publish(*((currency, day, rate) for currency, rate in rates.items() for day in days if day.weekday() < 5))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_sums_are_what_each_day_is_worth_by_its_own_rate(owner: Member) -> None:
    """Against Python: two currencies, rates that move each working day, facts without visits and ads."""
    draw = random.Random(11)  # noqa: S311
    shops = [make_shop("US"), make_shop("CA", external_id="ca", currency="CAD")]
    told = [
        Rate(ago(back), currency, Decimal(draw.randint(*span)) / 10_000)
        for back in range(70)
        if ago(back).weekday() < 5
        for currency, span in (("USD", (10_000, 12_000)), ("CAD", (15_000, 16_000)), ("CNY", (78_000, 84_000)))
    ]
    publish(*((rate.currency, rate.day_on, str(rate.per_euro)) for rate in told))
    rows = [
        DailySales(
            account=shop, day_on=ago(back), sku=sku, currency=currency, orders=1, orders_first=1, units_ordered=2,
            gross_sales=Decimal(draw.randint(0, 99999)) / 100, discounts=Decimal(draw.randint(0, 900)) / 100,
            refund_amount=Decimal(draw.randint(0, 900)) / 100, sales_source="files", sessions=draw.choice([None, 7]),
            ad_spend=draw.choice([None, Decimal("3.3333")]),
        )
        for shop, sku, currency in ((shops[0], "A", "USD"), (shops[1], "A", "CAD"), (shops[1], "B", "USD"))
        for back in range(1, 57)
    ]  # fmt: skip
    DailySales.objects.bulk_create(rows)
    asked, rates = asked_of(*shops, query="show=CNY"), Rates("CNY", told)

    board = read_board(asked, owner)

    def worth(name: str, wanted: list[DailySales]) -> Decimal:
        found = (rates.convert(getattr(row, name) or Decimal(0), row.currency, row.day_on) for row in wanted)
        return sum((each for each in found if each is not None), Decimal(0))

    now = [row for row in rows if row.day_on in asked.period.days]
    names = {"gross": "gross_sales", "discounts": "discounts", "refunds": "refund_amount", "ad_spend": "ad_spend"}
    assert (board.currency, board.left, board.is_comparable) == ("CNY", [], True)
    assert board.total.units == 2 * len(now)
    for mine, name in names.items():
        assert is_close(getattr(board.total, mine), worth(name, now))
    assert board.before is not None and asked.before is not None
    assert is_close(board.before.gross, worth("gross_sales", [row for row in rows if row.day_on in asked.before.days]))
    for point in board.points:
        assert is_close(point.now.gross, worth("gross_sales", [row for row in now if row.day_on == point.period.first]))
    for line in board.shops:
        assert is_close(line.now.gross, worth("gross_sales", [row for row in now if row.account_id == line.shop.pk]))
    exchange = find_exchange("CNY", ["USD", "CAD"], asked.periods)
    by_sku = find_skus(asked.scope, asked.period, asked.before, currency="CNY", exchange=exchange, most=9)
    assert [each.currency for each in by_sku] == ["CNY"] * 3
    for found in by_sku:
        of_it = [row for row in now if (row.account_id, row.sku) == (found.account, found.sku)]
        assert is_close(found.now.gross, worth("gross_sales", of_it))


def is_close(one: Decimal | None, other: Decimal) -> bool:
    assert one is not None
    return abs(one - other) < Decimal("1e-15")


def test_what_has_no_rate_stands_apart(owner: Member) -> None:
    """A currency that the bank does not publish, in a shop of another one, and a day before the first rate."""
    shop = make_shop()
    publish_steadily(since=ago(10), USD="1.25", CNY="8")
    make_day(shop, ago(2), gross_sales=Decimal("10.00"))
    make_day(shop, ago(20), gross_sales=Decimal("7.00"))
    make_day(shop, ago(3), "B", "TWD", gross_sales=Decimal("300"), units_ordered=4)

    board = read_board(asked_of(shop, query="show=CNY"), owner)

    assert (board.total.gross, board.total.units) == (Decimal(64), 1)
    assert [(each.currency, each.sums.gross) for each in board.left] == [("TWD", Decimal(300)), ("USD", Decimal(7))]
    assert [(each.currency, each.sums.units) for each in board.shops[0].left] == [("TWD", 4), ("USD", 1)]
    assert not board.has_all_rates
    notes = zip(board.points, reversed(day_rows(board)), strict=True)
    assert [point.period.first for point, row in notes if row.note] == [ago(20), ago(3)]


def test_a_currency_that_is_in_no_sum_leaves_the_others_comparable(owner: Member) -> None:
    shop = make_shop()
    publish_steadily(USD="1.25", CNY="8")
    make_day(shop, ago(60))
    make_day(shop, ago(2), "B", "TWD")

    board = read_board(asked_of(shop, query="show=CNY"), owner)

    assert isinstance(board.left[0], Left)
    assert board.is_comparable


def test_a_currency_that_no_shop_has_finds_its_rate(owner: Member) -> None:
    shop = make_shop()
    publish_steadily(USD="1.25", CNY="8", MXN="20")
    make_day(shop, ago(2), "B", "MXN", gross_sales=Decimal(50))

    board = read_board(asked_of(shop, query="show=CNY"), owner)

    assert (board.total.gross, board.left) == (Decimal(20), [])


def test_rates_that_stopped_coming_are_used_for_a_week(owner: Member) -> None:
    shop = make_shop()
    publish(("USD", ago(12), "2"))
    for back in (12, 5, 4):
        make_day(shop, ago(back), gross_sales=Decimal(10))

    board = read_board(asked_of(shop, query="show=EUR"), owner)

    assert (board.total.gross, board.left[0].sums.gross) == (Decimal(10), Decimal(10))
    assert board.exchange is not None
    assert board.exchange.newest == ago(12)


def test_in_its_own_currency_nothing_needs_a_rate(owner: Member) -> None:
    shop = make_shop()
    make_day(shop, ago(2), gross_sales=Decimal("10.10"))

    board = read_board(asked_of(shop, query="show=USD"), owner)

    assert (board.total.gross, board.left) == (Decimal("10.10"), [])
    assert board.exchange is not None
    assert board.exchange.newest is None


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("0.125", "CNY", "CNY\u00a00.12"),
        ("0.135", "CNY", "CNY\u00a00.14"),
        ("2.5", "JPY", "JPY\u00a02"),
        ("999.995", "USD", "$1,000.00"),
    ],
)
def test_halves_are_rounded_to_the_even_digit(value: str, currency: str, shown: str) -> None:
    assert amount(Decimal(value), currency) == shown


class TestPages:
    """Dates are the shop's own, seen from the clock of the machine."""

    @pytest.fixture
    def reader(self, owner: Member) -> Member:
        return make_member("admin", language="en")

    @pytest.fixture
    def shop(self, owner: Member) -> ChannelAccount:
        return make_shop()

    @pytest.fixture
    def yesterday(self, shop: ChannelAccount) -> date:
        return shop.day_of(datetime.now(UTC)) - timedelta(days=1)

    def test_the_page_says_by_whose_rates_and_of_when(
        self, reader: Member, shop: ChannelAccount, yesterday: date
    ) -> None:
        publish(("USD", yesterday, "1.25"), ("CNY", yesterday, "8"))
        make_day(shop, yesterday, gross_sales=Decimal("100.00"))

        page = text(client_of(reader).get("/sales/?range=7&show=CNY"))

        assert "CNY\u00a0640.00" in page
        assert "In CNY by the European Central Bank" in page
        assert f"the last of {day_text(yesterday, 'en', with_year=True)}." in page
        assert "Always show me CNY" in page
        assert "$" not in page.split("saletile", 1)[1].split("sales-marks", 1)[0]

    def test_what_has_no_rate_is_said_and_shown_by_sku(
        self, reader: Member, shop: ChannelAccount, yesterday: date
    ) -> None:
        publish(("USD", yesterday, "1.25"), ("CNY", yesterday, "8"))
        make_day(shop, yesterday, "A", gross_sales=Decimal("100.00"))
        make_day(shop, yesterday, "B", "TWD", gross_sales=Decimal("99999"))

        page = text(client_of(reader).get("/sales/?range=7&show=CNY"))
        skus = text(client_of(reader).get("/sales/skus/?range=7&show=CNY"))

        assert "There is no exchange rate of the day for TWD\u00a099,999.00" in page
        # The converted ones first, whatever the bare number is.
        assert skus.index("CNY\u00a0640.00") < skus.index("TWD\u00a099,999")

    def test_without_any_rate_nothing_is_summed_at_one(
        self, reader: Member, shop: ChannelAccount, yesterday: date
    ) -> None:
        make_day(shop, yesterday, gross_sales=Decimal("4711.17"))

        page = text(client_of(reader).get("/sales/?range=7&show=CNY"))

        assert "There is no exchange rate for CNY on these days, so amounts stay in the currency of each sale" in page
        assert "$4,711" in page
        assert "$4,711" in text(client_of(reader).get("/sales/skus/?range=7&show=CNY"))
        assert "CNY\u00a04" not in page and "Always show me" not in page
        assert "European Central Bank" not in page

    def test_what_the_demo_made_up_is_seen_in_the_demo_only(
        self, reader: Member, shop: ChannelAccount, yesterday: date, monkeypatch: Any
    ) -> None:
        publish(("USD", yesterday, "1.25"), ("CNY", yesterday, "8"), source="demo")
        make_day(shop, yesterday, gross_sales=Decimal("100.00"))

        assert "CNY\u00a0640.00" not in text(client_of(reader).get("/sales/?range=7&show=CNY"))
        monkeypatch.setattr(Workspace, "DEMO_SLUG", "acme")
        page = text(client_of(reader).get("/sales/?range=7&show=CNY"))
        assert "CNY\u00a0640.00" in page
        assert "by made-up rates of the demo" in page

    def test_a_choice_is_kept_for_the_person(
        self, owner: Member, reader: Member, shop: ChannelAccount, yesterday: date
    ) -> None:
        publish(("USD", yesterday, "1.25"), ("CNY", yesterday, "8"))
        make_day(shop, yesterday, gross_sales=Decimal("100.00"))
        client = client_of(reader)

        answer = client.post("/sales/show/", {"show": "CNY", "query": "range=7&show=CNY"})

        assert (answer.status_code, answer["Location"]) == (302, "/sales/?range=7")
        page = text(client.get("/sales/?range=7"))
        assert "CNY\u00a0640.00" in page and "Always show me" not in page
        assert "CNY\u00a0640.00" in text(client.get("/sales/skus/?range=7"))
        assert "$100.00" in text(client.get("/sales/?range=7&show=kept"))
        assert "$100.00" in text(client_of(owner).get("/sales/?range=7"))
        client.post("/sales/show/", {"show": "kept"})
        assert "$100.00" in text(client.get("/sales/?range=7"))

    @pytest.mark.parametrize("show", ["", "cny", "ABC", "CNY ", "X" * 500])
    def test_no_other_word_is_kept(self, reader: Member, shop: ChannelAccount, show: str) -> None:
        assert client_of(reader).post("/sales/show/", {"show": show}).status_code == 400
        reader.refresh_from_db()
        assert reader.shown_currency == ""

    def test_from_a_project_the_way_leads_back(self, reader: Member, shop: ChannelAccount) -> None:
        project = make_project(reader)
        url = reverse("integrations:project-sales-show", args=[project.pk])

        answer = client_of(reader).post(url, {"show": "EUR", "query": "q=1&show=EUR"})

        assert answer["Location"] == reverse("integrations:project-sales", args=[project.pk]) + "?q=1"

    def test_the_panel_of_a_project_follows_the_choice_and_says_so(
        self, reader: Member, shop: ChannelAccount, yesterday: date
    ) -> None:
        publish(("USD", yesterday, "1.25"), ("CNY", yesterday, "8"))
        make_day(shop, yesterday, gross_sales=Decimal("100.00"))
        Listing.objects.create(account=shop, sku="A")
        project = make_project(reader)
        ProductLink.objects.create(task=make_task(project, "Price"), sku="A", created_by=reader)
        reader.shown_currency = "CNY"
        reader.save(update_fields=["shown_currency"])

        panel = text(client_of(reader).get(reverse("integrations:project-sales-panel", args=[project.pk])))

        assert "CNY\u00a0640.00" in panel and "by the European Central Bank" in panel

    def test_spreadsheets_and_exports_keep_what_was_sold(
        self, reader: Member, shop: ChannelAccount, yesterday: date, tmp_path: Any
    ) -> None:
        publish(("USD", yesterday, "1.25"), ("CNY", yesterday, "8"), ("CAD", yesterday, "1.5"))
        make_day(shop, yesterday, "A", gross_sales=Decimal("100.00"))
        make_day(shop, yesterday, "A", "CAD", gross_sales=Decimal("15.00"))
        client = client_of(reader)

        days = _table(client.get("/sales/table.csv?range=7&show=CNY"))
        skus = _table(client.get("/sales/table.csv?range=7&show=CNY&table=skus"))

        assert [row[2:4] for row in days if row[1] == yesterday.isoformat()] == [
            ["CAD", "15.0000"],
            ["USD", "100.0000"],
        ]
        assert len(days) == 1 + 7 + 7
        assert [row[4:6] for row in skus[1:]] == [["CAD", "15.0000"], ["USD", "100.0000"]]
        path = tmp_path / "facts.csv"
        call_command("export_sales", "acme", out=path)
        assert "CNY" not in path.read_text(encoding="utf-8")

    def test_statements_do_not_grow_with_rates(
        self, reader: Member, shop: ChannelAccount, yesterday: date, django_assert_num_queries: Any
    ) -> None:
        publish_steadily(since=yesterday - timedelta(days=60), until=yesterday, USD="1.25", CNY="8")
        for back in range(60):
            make_day(shop, yesterday - timedelta(days=back))
        Listing.objects.create(account=shop, sku="A")
        client = client_of(reader)
        client.get("/sales/?show=CNY")

        with django_assert_num_queries(9):
            client.get("/sales/?show=CNY")
        with django_assert_num_queries(8):
            client.get("/sales/skus/?show=CNY")


def _table(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_periods_far_back_ask_for_their_own_days(owner: Member) -> None:
    publish(("USD", date(2025, 5, 2), "1.6"), ("USD", TODAY, "1.2"))
    shop = make_shop()
    make_day(shop, date(2025, 5, 4), gross_sales=Decimal(16))
    asked: Asked = asked_of(shop, query="range=custom&from=2025-05-03&to=2025-05-04&against=none&show=EUR")

    assert read_board(asked, owner).total.gross == 10
