"""Sales from files: read, tried, confirmed; as equal a source as a connected account."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from integrations.actions.disconnecting import disconnect
from integrations.actions.storing import store_orders
from integrations.actions.uploading import TAKE, BeingErased, confirm_upload, taken_by_workers
from integrations.channels.base import Line, Order
from integrations.daily import recompute
from integrations.files.cells import count_of, currencies_of, day_of, instant_of, number_of
from integrations.files.tables import TableRefused, read_table
from integrations.models import ChannelAccount, DailySales, SalesLine
from integrations.tasks import _look_after_files as look_after_files
from integrations.tasks import take_files
from integrations.views import files
from linkstar.workspaces.models import DueItem
from tests.factories import client_of, make_member
from tests.factories.integrations import NOON, make_connected, make_files_shop

PLAIN = 'Date,SKU,Units,Gross sales,Discounts,Ad spend\n2026-05-01,A-1,3,"1,234.50",10,5.25\n2026-05-02,a-1,1,20,,\n'
ORDERS = (
    "Name,Created at,Lineitem sku,Lineitem quantity,Lineitem price,Lineitem discount,Discount Amount,Cancelled at,"
    "Currency\n"
    "#1001,2026-05-01 23:30:00 -0700,A,2,10.00,0,3.00,,USD\n"
    "#1001,2026-05-01 23:30:00 -0700,B,1,10.00,0,,,\n"
    "#1002,2026-05-02 10:00:00 -0700,A,1,10.00,0,,2026-05-03 10:00:00 -0700,USD\n"
)


class TestTables:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_any_usual_text_is_read(self, encoding: str, delimiter: str) -> None:
        text = delimiter.join(["日期", "货号", "销量"]) + "\r\n" + delimiter.join(["2026-05-01", "杯子", "3"]) + "\r\n"
        table = read_table(text.encode(encoding))
        assert (table.head, table.rows) == (["日期", "货号", "销量"], [(2, ["2026-05-01", "杯子", "3"])])

    def test_utf_16_is_read_without_its_mark(self) -> None:
        assert read_table("Date,SKU\n2026-05-01,A\n".encode("utf-16-le")).rows == [(2, ["2026-05-01", "A"])]

    def test_a_workbook_is_read_below_words_above_its_headings(self) -> None:
        book = Workbook()
        for row in (["Report"], ["Date", "SKU", "Units"], [date(2026, 5, 1), "007", 3.0]):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        table = read_table(content.getvalue())
        assert (table.head, table.rows) == (["Date", "SKU", "Units"], [(3, ["2026-05-01", "007", "3"])])

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"a,b\n", "empty"),
            (b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n", "unreadable"),
            (b"PK\x03\x04nonsense", "unreadable"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "unreadable"),
            (b"x" * (20 * 1024 * 1024 + 1), "too_large"),
            (b"a,b\n" + b"1,2\n" * 100_001, "too_many_rows"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_is_none_is_refused(self, content: bytes, reason: str) -> None:
        with pytest.raises(TableRefused) as refused:
            read_table(content)
        assert refused.value.reason == reason


class TestCells:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("$1,234.50", "1234.50"),
            ("US$12", "12"),
            ("(3.00)", "-3.00"),
            ("$ (3.00)", "-3.00"),
            ("−5", "-5"),
            ("", "0"),
            ("–", "0"),
            ("56.1%", "56.1"),
            ("1.234,50 €", "1234.50"),
            ("12,50", "12.50"),
            ("1 234.50", "1234.50"),
            ("1.234.567", "1234567"),
            ("1E+3", "1000"),
            ("12元", "12"),
            ("'12", "12"),
        ],
    )
    def test_numbers(self, text: str, value: str) -> None:
        assert number_of(text) == Decimal(value)

    @pytest.mark.parametrize(
        "text",
        ["x", "1.2.3", "9" * 12, "=5*3", "3 of 5", "1.2万", "#DIV/0!", "#N/A", "1,2,3", "12,34,567", "5-", "$", "1 2"],
    )
    def test_what_is_no_number(self, text: str) -> None:
        with pytest.raises(ValueError):
            number_of(text)

    @pytest.mark.parametrize("text", ["1.5", "-1"])
    def test_what_is_no_count(self, text: str) -> None:
        with pytest.raises(ValueError):
            count_of(text)

    @pytest.mark.parametrize(
        ("text", "currencies"),
        [("12", set()), ("€20", {"EUR"}), ("CA$20", {"CAD"}), ("20 USD", {"USD"}), ("￥20", {"CNY", "JPY"})],
    )
    def test_a_cell_says_its_currency(self, text: str, currencies: set[str]) -> None:
        assert currencies_of(text) == currencies
        assert "USD" in currencies_of("$20")

    @pytest.mark.parametrize(
        "text",
        [
            "2026-05-01", "05/01/2026", "2026年5月1日", "2026/5/1", "May 01, 2026", "1.5.2026", "01-May-26",
            "1 May 2026", "05-01-2026", "46143",
        ],
    )  # fmt: skip
    def test_days(self, text: str) -> None:
        assert day_of(text) == date(2026, 5, 1)

    def test_an_instant_without_an_offset_is_on_the_shops_clock(self) -> None:
        at = instant_of("05/01/2026 11:30:00 PM", "America/Los_Angeles")
        assert at.isoformat() == "2026-05-01T23:30:00-07:00"


@pytest.fixture
def maya(owner: Any) -> Any:
    return make_member("admin", display_name="Maya", language="en")


def bring(who: Any, shop: ChannelAccount, text: str, kind: str = "plain", **data: str) -> Any:
    """The page that says what it would write."""
    file = SimpleUploadedFile("may.csv", text.encode())
    return client_of(who).post(f"/shops/{shop.pk}/files/", {"kind": kind, "file": file, **data}, follow=True)


def confirm(who: Any, page: Any) -> Any:
    path = page.redirect_chain[-1][0]
    return client_of(who).post(f"{path}confirm/", follow=True)


def told(shop: ChannelAccount) -> list[tuple[Any, ...]]:
    rows = DailySales.objects.filter(account=shop).order_by("day_on", "sku")
    return list(rows.values_list("day_on", "sku", "units_ordered", "gross_sales", "discounts", "sales_source"))


@pytest.mark.django_db
class TestDays:
    def test_nothing_is_written_before_it_is_confirmed(self, maya: Any) -> None:
        shop = make_files_shop()
        page = bring(maya, shop, PLAIN)
        assert "Nothing has been written yet" in page.text
        assert "1,254.50" in page.text
        assert told(shop) == []
        assert "is taken in" in confirm(maya, page).text
        assert told(shop) == [
            (date(2026, 5, 1), "A-1", 3, Decimal("1234.5"), Decimal(10), "files"),
            (date(2026, 5, 2), "a-1", 1, Decimal(20), Decimal(0), "files"),
        ]
        ads = DailySales.objects.filter(account=shop).order_by("day_on").values_list("ad_spend", "ad_source")
        assert list(ads) == [(Decimal("5.25"), "files"), (None, "")]

    def test_a_number_says_which_file_it_came_from(self, maya: Any) -> None:
        shop = make_files_shop()
        confirm(maya, bring(maya, shop, PLAIN))
        shop.refresh_from_db()
        [upload] = shop.uploads
        row = DailySales.objects.filter(account=shop).first()
        assert row is not None and row.sales_as_of is not None
        assert row.sales_as_of.isoformat() == upload["at"]
        assert (upload["name"], upload["by"], upload["since"], upload["until"], upload["rows"]) == (
            "may.csv", "Maya", "2026-05-01", "2026-05-02", 2,
        )  # fmt: skip

    def test_the_same_file_again_changes_nothing(self, maya: Any) -> None:
        shop = make_files_shop()
        confirm(maya, bring(maya, shop, PLAIN))
        page = bring(maya, shop, PLAIN)
        assert page.status_code == 409
        assert "This very file is in already" in page.text

    def test_lines_that_cannot_be_read_are_told_by_number(self, maya: Any) -> None:
        shop = make_files_shop()
        page = bring(
            maya, shop, PLAIN + "2026-13-01,B,1,5,,\n2026-05-03,,1,5,,\n2999-01-01,B,1,5,,\n2026-05-03,B,x,5,,\n"
        )
        for words in ("Line 4", "Line 5", "Line 6", "Line 7", "4 rows are left out", "The SKU is missing."):
            assert words in page.text
        table = client_of(maya).get(f"{page.redirect_chain[-1][0]}problems.csv").content.decode("utf-8-sig")
        assert table.splitlines()[1] == "4,This is no date that can be read.,2026-13-01,Date"
        confirm(maya, page)
        assert len(told(shop)) == 2

    def test_days_of_a_column_are_read_one_way(self, maya: Any) -> None:
        shop = make_files_shop()
        rows = "13/05/2026,A,1,5\n03/04/2026,A,1,5\n"
        page = bring(maya, shop, f"Date,SKU,Units,Sales\n{rows}")
        assert "day/month/year" in page.text
        confirm(maya, page)
        assert [row[0] for row in told(shop)] == [date(2026, 4, 3), date(2026, 5, 13)]
        # With both ways in one column nothing is guessed: months come first, and the others are told.
        page = bring(maya, shop, f"Date,SKU,Units,Sales\n{rows}04/25/2026,A,1,5\n")
        assert "day/month/year" not in page.text
        assert "1 row is left out" in page.text

    @pytest.mark.parametrize(
        ("cells", "why"),
        [
            ("1,€20", "This amount is not in USD"),
            (",20", "Nothing stands here"),
            ("1,", "Nothing stands here"),
            ("-2,20", "This is no whole number of 0 or more"),
            ("2,-20", "This may not be negative"),
        ],
    )
    def test_what_could_be_meant_otherwise_is_left_out(self, maya: Any, cells: str, why: str) -> None:
        page = bring(maya, make_files_shop(), f"Date,SKU,Units,Gross sales\n2026-05-01,A,{cells}\n")
        assert why in page.text
        assert "Line 2 · " in page.text

    def test_what_a_later_file_does_not_say_stays(self, maya: Any) -> None:
        shop = make_files_shop()
        head = "Date,SKU,Units,Sales"
        confirm(maya, bring(maya, shop, f"{head},Discounts,Units refunded,Refunds\n2026-05-01,A,3,30,2,1,10\n"))
        confirm(maya, bring(maya, shop, f"{head}\n2026-05-01,A,4,40\n"))
        row = DailySales.objects.get(account=shop)
        assert (row.units_ordered, row.gross_sales) == (4, Decimal(40))
        assert (row.discounts, row.units_refunded, row.refund_amount) == (Decimal(2), 1, Decimal(10))
        confirm(maya, bring(maya, shop, f"{head},Refunds\n2026-05-01,A,4,40,0\n"))
        row.refresh_from_db()
        assert (row.discounts, row.units_refunded, row.refund_amount) == (Decimal(2), 1, Decimal())

    def test_rows_that_add_up_are_told(self, maya: Any) -> None:
        shop = make_files_shop()
        page = bring(maya, shop, "Date,SKU,Units,Sales\n" + "2026-05-01,A,1,5\n" * 3)
        assert "2 rows have a day and SKU that stand in a row above" in page.text
        confirm(maya, page)
        assert told(shop)[0][2:4] == (3, Decimal(15))

    def test_confirming_again_leads_to_the_store(self, maya: Any) -> None:
        shop = make_files_shop()
        page = bring(maya, shop, PLAIN)
        confirm(maya, page)
        before = told(shop)
        for path in (page.redirect_chain[-1][0], f"{page.redirect_chain[-1][0]}confirm/"):
            method = client_of(maya).post if path.endswith("confirm/") else client_of(maya).get
            assert method(path).url == f"/shops/{shop.pk}/"
        assert told(shop) == before

    def test_the_kind_of_the_last_file_is_chosen(self, maya: Any) -> None:
        shop = make_files_shop()
        assert 'value="amazon_business" checked' in client_of(maya).get(f"/shops/{shop.pk}/files/").text
        confirm(maya, bring(maya, shop, PLAIN))
        assert 'value="plain" checked' in client_of(maya).get(f"/shops/{shop.pk}/files/").text

    def test_a_file_that_another_replaced_is_asked_for_again(self, maya: Any) -> None:
        shop = make_files_shop()
        path = bring(maya, shop, PLAIN).redirect_chain[-1][0]
        for day in (3, 4):
            bring(maya, shop, PLAIN + f"2026-05-0{day},A,1,1,,\n")
        for page in (client_of(maya).get(path, follow=True), client_of(maya).post(f"{path}confirm/", follow=True)):
            assert "only the newest one waits" in page.text
            assert page.redirect_chain[-1][0] == f"/shops/{shop.pk}/files/"
        assert told(shop) == []

    def test_other_headings_are_asked_for_once(self, maya: Any) -> None:
        shop = make_files_shop()
        text = "When,What,How many,Money\n2026-05-01,A,1,5\n"
        page = bring(maya, shop, text)
        assert "Which column is which?" in page.text
        path = page.redirect_chain[-1][0]
        columns = {"column-day": "When", "column-sku": "What", "column-units": "How many"}
        again = client_of(maya).post(path, columns)
        assert again.status_code == 422
        assert again.text.count("Choose the column that holds it.") == again.text.count('aria-invalid="true"') == 1
        client_of(maya).post(path, {**columns, "column-gross": "Money"})
        assert "Take this in?" in bring(maya, shop, text + "2026-05-02,A,2,5\n").text

    def test_a_heading_that_means_something_else_is_left_alone(self, maya: Any) -> None:
        shop = make_files_shop()
        text = "Date,SKU,Units,Sales,Cost\n2026-05-01,A,1,50,20\n"
        page = bring(maya, shop, text)
        assert "Ad spend $20.00" in page.text
        path = page.redirect_chain[-1][0]
        columns = {"column-day": "Date", "column-sku": "SKU", "column-units": "Units", "column-gross": "Sales"}
        client_of(maya).post(path, {**columns, "column-ad_spend": ""})
        assert "Ad spend" not in client_of(maya).get(path).text
        assert "Ad spend" not in bring(maya, shop, f"{text}2026-05-02,A,1,50,20\n").text

    def test_chinese_headings_are_known(self, maya: Any) -> None:
        shop = make_files_shop()
        confirm(maya, bring(maya, shop, "日期,货号,件数,销售额\n2026年5月1日,杯子,2,30\n"))
        assert told(shop) == [(date(2026, 5, 1), "杯子", 2, Decimal(30), Decimal(0), "files")]

    def test_a_business_report_is_of_one_day(self, maya: Any) -> None:
        shop = make_files_shop()
        text = (
            '"(Child) ASIN","SKU","Sessions - Total","Page Views - Total","Featured Offer (Buy Box) Percentage",'
            '"Units Ordered","Ordered Product Sales"\n"B0A","A-1","1,200","1,500","98.5%","12","$240.00"\n'
        )
        page = bring(maya, shop, text, "amazon_business")
        path = page.redirect_chain[-1][0]
        assert 'name="day"' in page.text
        assert client_of(maya).post(f"{path}confirm/").url == path
        columns = {f"column-{key}": name for key, name in {
            "asin": "(Child) ASIN", "sku": "SKU", "sessions": "Sessions - Total", "page_views": "Page Views - Total",
            "buy_box": "Featured Offer (Buy Box) Percentage", "units": "Units Ordered",
            "gross": "Ordered Product Sales",
        }.items()}  # fmt: skip
        assert client_of(maya).post(path, columns).status_code == 422
        assert "This day lies ahead." in client_of(maya).post(path, {**columns, "day": "2999-01-01"}).text
        client_of(maya).post(path, {**columns, "day": "2026-05-01"})
        assert not told(shop)
        confirm(maya, page)
        row = DailySales.objects.get(account=shop)
        assert (row.asin, row.sessions, row.page_views, row.buy_box_percent) == ("B0A", 1200, 1500, Decimal("98.5"))
        assert (row.day_on, row.units_ordered, row.traffic_source) == (date(2026, 5, 1), 12, "files")

    def test_a_day_that_the_channel_tells_keeps_its_sales_and_takes_ad_spend(self, maya: Any) -> None:
        shop = make_connected(covered_from=date(2026, 5, 1))
        order = Order("O-1", NOON - timedelta(days=31), NOON, "USD", (Line("1", "A-1", 9, Decimal(90)),))
        recompute(shop, store_orders(shop, [order]), now=NOON)
        page = bring(maya, shop, PLAIN + "2026-04-30,A-1,2,8,,\n")
        assert "2 rows are of days that the channel tells itself" in page.text
        confirm(maya, page)
        assert [row[:4] for row in told(shop) if row[2]] == [
            (date(2026, 4, 30), "A-1", 2, Decimal(8)),
            (date(2026, 5, 1), "A-1", 9, Decimal(90)),
        ]
        assert DailySales.objects.get(account=shop, day_on=date(2026, 5, 1)).ad_spend == Decimal("5.25")

    def test_a_store_that_was_put_away_is_back_with_its_next_file(self, maya: Any) -> None:
        shop = make_files_shop()
        disconnect(shop, with_data=False, now=NOON)
        assert "Put away" in client_of(maya).get(f"/shops/{shop.pk}/").text
        confirm(maya, bring(maya, shop, PLAIN))
        shop.refresh_from_db()
        assert shop.state == ChannelAccount.State.CONNECTED

    def test_nothing_goes_into_a_store_that_is_being_deleted(self, maya: Any) -> None:
        shop = make_files_shop()
        upload = bring(maya, shop, PLAIN).redirect_chain[-1][0].rstrip("/").rpartition("/")[2]
        disconnect(shop, with_data=True, now=NOON)
        page = bring(maya, shop, PLAIN)
        assert page.status_code == 422 and "are being deleted; nothing was written" in page.text
        # On a page that was open before.
        with pytest.raises(BeingErased):
            confirm_upload(shop, upload, now=NOON)

    def test_what_is_never_confirmed_does_not_pile_up(self, maya: Any, django_capture_on_commit_callbacks: Any) -> None:
        shop = make_files_shop()
        with django_capture_on_commit_callbacks(execute=True):
            bring(maya, shop, PLAIN)
            shop.refresh_from_db()
            first = shop.uploads[0]["key"]
            bring(maya, shop, PLAIN + "2026-05-03,A,1,1,,\n")
        shop.refresh_from_db()
        assert len(shop.uploads) == 1
        assert not default_storage.exists(first)
        assert default_storage.exists(shop.uploads[0]["key"])

    def test_a_large_file_is_taken_in_by_a_worker_once(
        self, maya: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        monkeypatch.setattr(files, "MOST_AT_ONCE", 1)
        shop = make_files_shop()
        page = bring(maya, shop, PLAIN)
        confirm(maya, page)
        shop.refresh_from_db()
        assert (taken_by_workers(shop), told(shop)) == ([page.context["upload"]["id"]], [])
        assert "is being taken in" in client_of(maya).get(f"/shops/{shop.pk}/").content.decode()
        # The worker died: the promise hands it over again.
        at = DueItem.objects.get(kind=TAKE, object_id=shop.pk).run_at
        with django_capture_on_commit_callbacks(execute=False):
            look_after_files(shop.pk, now=at)
        assert DueItem.objects.get(kind=TAKE, object_id=shop.pk).run_at > at
        for _time in range(2):
            take_files.run(shop.pk)
        shop.refresh_from_db()
        assert told(shop)
        assert [each["state"] for each in shop.uploads] == ["done"]
        look_after_files(shop.pk, now=at)
        take_files.run(shop.pk + 1)

    def test_members_who_see_no_finances_bring_none(self, owner: Any) -> None:
        shop = make_files_shop()
        assert bring(make_member("manager"), shop, PLAIN).status_code == 403


@pytest.mark.django_db
class TestOrders:
    @pytest.fixture
    def shop(self, owner: Any) -> ChannelAccount:
        return make_files_shop(channel="shopify", time_zone="America/Los_Angeles")

    def test_lines_become_days_of_the_shop(self, maya: Any, shop: ChannelAccount) -> None:
        page = bring(maya, shop, ORDERS, "shopify_orders")
        confirm(maya, page)
        assert told(shop) == [
            (date(2026, 5, 1), "A", 2, Decimal(20), Decimal(2), "files"),
            (date(2026, 5, 1), "B", 1, Decimal(10), Decimal(1), "files"),
        ]
        assert set(SalesLine.objects.values_list("source", flat=True)) == {"files"}

    def test_a_later_export_tells_what_was_cancelled(self, maya: Any, shop: ChannelAccount) -> None:
        confirm(maya, bring(maya, shop, ORDERS, "shopify_orders"))
        later = ORDERS.replace("3.00,,USD", "3.00,2026-05-04 08:00:00 -0700,USD")
        confirm(maya, bring(maya, shop, later, "shopify_orders"))
        assert [row[2] for row in told(shop)] == [0, 0]

    def test_tiktok_and_walmart_are_read(self, maya: Any, owner: Any) -> None:
        tiktok = make_files_shop(channel="tiktok")
        text = (
            "Order ID,Order Status,Seller SKU,SKU ID,Quantity,SKU Unit Original Price,SKU Seller Discount,"
            "Created Time\n577,Completed,T-1,17,2,$9.99,$1.00,05/01/2026 11:30:00 PM\t\n"
            "578,Canceled,T-1,17,1,9.99,0,05/02/2026 01:00:00 AM\n"
        )
        confirm(maya, bring(maya, tiktok, text, "tiktok_orders"))
        assert [row for row in told(tiktok) if row[2]] == [
            (date(2026, 5, 1), "T-1", 2, Decimal("19.98"), Decimal(1), "files")
        ]
        walmart = make_files_shop(channel="walmart")
        text = "PO#,PO Line#,Order Date,Status,SKU,Qty,Item Cost\n108,1,2026-05-01,Shipped,W,3,12.5\n"
        confirm(maya, bring(maya, walmart, text, "walmart_orders"))
        assert told(walmart) == [(date(2026, 5, 1), "W", 3, Decimal("37.5"), Decimal(0), "files")]


@pytest.mark.django_db
def test_a_store_from_files_begins_with_its_first_file(maya: Any) -> None:
    given = {"channel": "amazon", "name": "Old shop", "time_zone": "America/Los_Angeles", "currency": "USD"}
    page = client_of(maya).post("/shops/add/", given, follow=True)
    shop = ChannelAccount.objects.get()
    assert (shop.source, shop.created_by, page.redirect_chain[-1][0]) == ("files", maya, f"/shops/{shop.pk}/files/")
    template = client_of(maya).get("/shops/files/plain.csv").content.decode("utf-8-sig")
    assert template.splitlines()[0].startswith("Date,SKU,Units,Gross sales")
