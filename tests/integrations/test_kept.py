"""Dashboards that are kept, who may open them, and the weekly letter about them: once, in the morning, with an end."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.actions.digests import KIND, letter_at, member_of, promise_letters, send, stop_token, subscribe
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.members.models import Member
from linkstar.workspaces.letters import render_letter
from linkstar.workspaces.models import DueItem, ExchangeRate, Letter
from projects.models import SavedView
from tests.factories import client_of, make_member, make_project
from tests.factories.integrations import make_shop
from tests.integrations.test_results import frozen, refused
from tests.pages import HTMX, text

# A Monday; the week before is that from the 23rd to the 29th.
MONDAY = datetime(2026, 11, 30, 17, tzinfo=UTC)
SATURDAY = MONDAY - timedelta(days=2)
LA, SHANGHAI = "America/Los_Angeles", "Asia/Shanghai"


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("owner", display_name="Maya", language="en", time_zone="America/New_York")


@pytest.fixture
def shop(maya: Any) -> ChannelAccount:
    shop = make_shop(name="Northwind", time_zone=LA, currency="USD")
    for on, units in ((date(2025, 12, 1), 4), (date(2026, 11, 18), 10), (date(2026, 11, 25), 15)):
        for sku, factor in (("UP", 1), ("DOWN", 0 if on.year == 2026 and on.day == 25 else 1)):
            DailySales.objects.create(
                account=shop, day_on=on, sku=sku, currency="USD", units_ordered=units * factor,
                gross_sales=units * 10 * factor, orders=units * factor, orders_first=units * factor,
                sales_source="files", sales_as_of=MONDAY,
            )  # fmt: skip
    return shop


def keep(member: Member, **values: Any) -> SavedView:
    return SavedView.objects.create(**{"member": member, "kind": "sales", "name": "All shops", **values})


def menu_of(client: Any, page: str) -> str:
    """What stands in the menu of a page once it is opened."""
    url = re.search(r'hx-get="(/sales/views/[^"]*)"', text(client.get(page)))
    assert url
    return text(client.get(unescape(url[1]), **HTMX))


def letters() -> list[Letter]:
    return list(Letter.objects.filter(name="sales_week").order_by("pk"))


def mail_of(letter: Letter) -> EmailMultiAlternatives:
    return render_letter(letter, now=MONDAY)


@pytest.mark.django_db
class TestKeeping:
    def test_what_is_shown_is_kept_under_a_name_and_found_again(self, shop: ChannelAccount, maya: Any) -> None:
        client = client_of(maya)
        url = re.search(
            r'href="(/sales/views/add/[^"]*)"', menu_of(client, f"/sales/?shop={shop.pk}&range=7&against=year")
        )
        assert url
        answer = client.post(unescape(url[1]), {"name": "Weekly  look", "is_shared": "on"}, **HTMX)
        view = SavedView.objects.get()
        assert (view.name, view.is_shared, view.project, view.mailed_to) == ("Weekly look", True, None, [])
        assert answer["HX-Redirect"] == f"/sales/?range=7&against=year&shop={shop.pk}&saved={view.pk}"
        opened = client.get(f"/sales/views/{view.pk}/", follow=True)
        assert opened.context["asked"].wanted.range == "7"
        assert "Weekly look" in text(opened)

    def test_a_forged_query_is_only_what_a_dashboard_understands(self, shop: ChannelAccount, maya: Any) -> None:
        client_of(maya).post("/sales/views/add/?query=range%3D7%26evil%3D1%26sku%3D%253Cb%253E", {"name": "X"})
        assert SavedView.objects.get().query == "range=7&sku=%3Cb%3E"

    def test_the_page_it_was_opened_on_changes_it(self, shop: ChannelAccount, maya: Any) -> None:
        view, client = keep(maya, query="range=7"), client_of(maya)
        assert "Update “All shops”" not in menu_of(client, f"/sales/?range=7&saved={view.pk}")
        assert "Update “All shops”" in menu_of(client, f"/sales/?range=90&saved={view.pk}")
        client.post(f"/sales/views/{view.pk}/update/", {"query": "range=90"})
        view.refresh_from_db()
        assert view.query == "range=90"

    def test_a_name_stands_once_and_what_was_typed_stays(self, shop: ChannelAccount, maya: Any) -> None:
        keep(maya)
        answer = client_of(maya).post("/sales/views/add/", {"name": "all shops", "is_mailed": "on"}, **HTMX)
        assert answer.status_code == 422
        assert "You keep a view of this name already" in text(answer)
        assert 'value="all shops"' in text(answer)
        assert 'name="is_mailed" checked' in text(answer)

    def test_only_who_sees_finances_knows_of_them(self, shop: ChannelAccount, maya: Any) -> None:
        view = keep(maya, is_shared=True)
        colleague = make_member("member", language="en")
        client = client_of(colleague)
        assert client.get(f"/sales/views/{view.pk}/").status_code == 404
        colleague.can_see_finance = True
        colleague.save(update_fields=["can_see_finance"])
        assert client.get(f"/sales/views/{view.pk}/").status_code == 302
        assert "All shops" in menu_of(client, "/sales/")
        assert client.post(f"/sales/views/{view.pk}/edit/", {"name": "Mine now"}).status_code == 403

    def test_pages_of_tasks_neither_list_nor_open_them(self, shop: ChannelAccount, maya: Any) -> None:
        project = make_project(maya)
        view = keep(maya, project=project, is_shared=True, name="Numbers of it")
        client = client_of(maya)
        assert "Numbers of it" not in text(client.get(f"/projects/{project.pk}/list/"))
        assert client.get(f"/views/{view.pk}/").status_code == 404
        client.post(f"/projects/{project.pk}/views/add/?kind=sales", {"name": "Sly", "reach": "mine"})
        assert SavedView.objects.get(name="Sly").kind == "list"


class TestMorning:
    @pytest.mark.parametrize(
        ("reader", "shops", "morning"),
        [
            # Sunday in Los Angeles ends at 03:00 in New York and at 16:00 in Shanghai.
            ("America/New_York", [LA], "2026-11-30 09:00"),
            (LA, [LA], "2026-11-30 09:00"),
            (SHANGHAI, [LA], "2026-12-01 09:00"),
            (SHANGHAI, [SHANGHAI], "2026-11-30 09:00"),
            ("Europe/London", [SHANGHAI, LA], "2026-12-01 09:00"),
            ("Pacific/Kiritimati", [LA], "2026-12-01 09:00"),
        ],
    )
    def test_it_is_nine_on_the_readers_clock_once_the_week_is_over_everywhere(
        self, reader: str, shops: list[str], morning: str
    ) -> None:
        at = letter_at(reader, shops, week=date(2026, 11, 30))
        assert f"{at.astimezone(ZoneInfo(reader)):%Y-%m-%d %H:%M}" == morning

    def test_clocks_that_change_on_that_sunday_change_nothing_of_it(self) -> None:
        for week in (date(2026, 3, 9), date(2026, 11, 2)):
            at = letter_at(LA, [LA], week=week)
            assert f"{at.astimezone(ZoneInfo(LA)):%Y-%m-%d %H:%M}" == f"{week} 09:00"


@pytest.mark.django_db
class TestLetters:
    def test_the_rounds_promise_it_once_to_whoever_asked(self, shop: ChannelAccount, maya: Any) -> None:
        subscribe(keep(maya), maya, now=SATURDAY)
        sunday = datetime(2026, 11, 29, 1, 7, tzinfo=UTC)
        promised = [promise_letters(now=sunday + timedelta(days=day)) for day in range(7)]
        assert promised == [0, 1, 0, 0, 0, 0, 0]
        item = DueItem.objects.get(kind=KIND)
        assert (item.object_id, item.run_at) == (maya.pk, datetime(2026, 11, 30, 14, tzinfo=UTC))

    @pytest.mark.parametrize(
        "zone", ["America/New_York", SHANGHAI, "Asia/Kolkata", "Pacific/Honolulu", "Europe/London"]
    )
    def test_every_zone_gets_one_a_week(self, shop: ChannelAccount, maya: Any, zone: str) -> None:
        Member.objects.filter(pk=maya.pk).update(time_zone=zone)
        subscribe(keep(maya), maya, now=SATURDAY)
        first, mornings = datetime(2026, 11, 25, 1, 7, tzinfo=UTC), set()
        for day in range(14):
            now = first + timedelta(days=day)
            if now.weekday() in (6, 0, 1):
                promise_letters(now=now)
            mornings |= set(DueItem.objects.filter(kind=KIND).values_list("run_at", flat=True))
            DueItem.objects.filter(kind=KIND, run_at__lte=now + timedelta(days=1)).delete()
        assert len(mornings) == 2

    def test_it_says_what_the_closed_week_was(self, shop: ChannelAccount, maya: Any) -> None:
        Listing.objects.create(account=shop, sku="UP", title="Quiet fountain")
        SalesAction.objects.create(
            account=shop, kind="price", skus=["UP"], live_at=datetime(2026, 11, 24, 20, tzinfo=UTC), origin="mark",
            title="Down to 26.99", created_by=maya,
        )  # fmt: skip
        view = keep(maya, query="range=90&against=none")
        subscribe(view, maya, now=SATURDAY)
        send(maya.pk, now=MONDAY)
        (letter,) = letters()
        mail = mail_of(letter)
        assert mail.to == [maya.email]
        assert mail.subject == "All shops: Mon 23 Nov – Sun 29 Nov 2026"
        for body in (mail.body, str(mail.alternatives[0][0])):
            assert "$150" in body
            assert "−25.0" in body
            assert "Quiet fountain" in body
            assert "+$50" in body
            assert "−$100" in body
            assert "Down to 26.99" in body
            assert (
                f"http://acme.localhost{connection.tenant.url.partition('localhost')[2]}/sales/views/{view.pk}/" in body
            )
        assert "Northwind is told until Wed 25 Nov only." in mail.body

    def test_of_several_currencies_it_says_which_or_adds_them_by_rates(self, shop: ChannelAccount, maya: Any) -> None:
        DailySales.objects.create(
            account=shop, day_on=date(2026, 11, 25), sku="UP", currency="CAD", units_ordered=1, gross_sales=15,
            sales_source="files",
        )  # fmt: skip
        subscribe(keep(maya), maya, now=SATURDAY)
        send(maya.pk, now=MONDAY)
        assert "only what was sold in USD: currencies are never added up" in mail_of(letters()[0]).body

        for currency, rate in (("USD", "1.25"), ("CAD", "1.5"), ("CNY", "8")):
            for on in (date(2026, 11, 13), date(2026, 11, 20), date(2026, 11, 25)):
                ExchangeRate.objects.create(
                    currency=currency, day_on=on, per_euro=rate, source="ecb", fetched_at=MONDAY
                )
        maya.shown_currency = "CNY"
        maya.save(update_fields=["shown_currency"])
        Letter.objects.all().delete()
        send(maya.pk, now=MONDAY)
        body = mail_of(letters()[0]).body
        # 150 dollars at 8 / 1.25 and 15 Canadian dollars at 8 / 1.5.
        assert "Gross sales: CNY\u00a01,040" in body
        assert "In CNY by the European Central Bank's rate of each day; the last of Wed 25 Nov 2026." in body
        assert "currencies are never added up" not in body

    def test_results_of_the_week_are_told_and_refusals_counted(self, shop: ChannelAccount, maya: Any) -> None:
        for number, made in enumerate((frozen(), refused(), refused())):
            SalesAction.objects.create(
                account=shop, kind="images", skus=["UP"], live_at=MONDAY - timedelta(days=20), origin="mark",
                title=f"Picture {number}", estimates={"7": {**made, "made_at": MONDAY.isoformat()}},
            )  # fmt: skip
        SalesAction.objects.create(
            account=shop, kind="images", skus=["UP"], live_at=MONDAY - timedelta(days=40), origin="mark",
            title="Long ago", estimates={"7": {**frozen(), "made_at": (MONDAY - timedelta(days=30)).isoformat()}},
        )  # fmt: skip
        subscribe(keep(maya), maya, now=SATURDAY)
        send(maya.pk, now=MONDAY + timedelta(hours=1))
        body = str(mail_of(letters()[0]).body)
        assert "- Picture 0: Likely up, +5.0 to +16 units a day" in body
        assert "Of 2 actions there was not enough data to say anything." in body
        assert "Long ago" not in body

    def test_a_chinese_reader_reads_chinese(self, shop: ChannelAccount) -> None:
        lin = make_member("owner", language="zh-hans", time_zone=SHANGHAI)
        subscribe(keep(lin, name="全部店铺"), lin, now=SATURDAY)
        send(lin.pk, now=MONDAY)
        mail = mail_of(letters()[0])
        assert mail.subject == "全部店铺：2026年11月23日 周一 – 11月29日 周日"
        assert "销售额" in mail.body
        assert "Grew most" not in mail.body

    def test_twice_is_once(self, shop: ChannelAccount, maya: Any) -> None:
        view = keep(maya)
        subscribe(view, maya, now=SATURDAY)
        subscribe(view, maya, now=SATURDAY)
        view.refresh_from_db()
        assert view.mailed_to == [maya.pk]
        send(maya.pk, now=MONDAY)
        send(maya.pk, now=MONDAY + timedelta(hours=2))
        assert len(letters()) == 1
        DailySales.objects.filter(day_on=date(2026, 11, 18)).update(day_on=date(2026, 12, 3))
        send(maya.pk, now=MONDAY + timedelta(days=7))
        assert len(letters()) == 2

    @pytest.mark.parametrize("gone", ["finances", "left", "view", "unsubscribed", "no shop", "silence"])
    def test_no_letter_to_whom_it_is_not_for(self, shop: ChannelAccount, maya: Any, gone: str) -> None:
        reader = make_member("member", can_see_finance=True, language="en")
        view = keep(maya, is_shared=True)
        subscribe(view, reader, now=SATURDAY)
        if gone == "finances":
            Member.objects.filter(pk=reader.pk).update(can_see_finance=False)
        elif gone == "left":
            Member.objects.filter(pk=reader.pk).update(is_active=False)
        elif gone == "view":
            view.delete()
        elif gone == "unsubscribed":
            client_of(reader).post(f"/sales/views/{view.pk}/mail/")
        elif gone == "no shop":
            DailySales.objects.all().delete()
            ChannelAccount.objects.all().delete()
        else:
            DailySales.objects.filter(day_on__gte=date(2026, 11, 23)).delete()
        send(reader.pk, now=MONDAY)
        assert letters() == []

    def test_a_shop_that_broke_is_told_even_in_silence(self, shop: ChannelAccount, maya: Any) -> None:
        DailySales.objects.all().delete()
        ChannelAccount.objects.update(state="reconnect_required")
        subscribe(keep(maya), maya, now=SATURDAY)
        send(maya.pk, now=MONDAY)
        assert "Northwind has to be looked after" in mail_of(letters()[0]).body

    def test_one_click_in_the_mail_program_ends_it(self, shop: ChannelAccount, maya: Any) -> None:
        view = keep(maya)
        subscribe(view, maya, now=SATURDAY)
        send(maya.pk, now=MONDAY)
        mail = mail_of(letters()[0])
        assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        path = "/" + mail.extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
        program = client_of(None)
        assert program.get(path).context["is_over"] is False
        view.refresh_from_db()
        assert view.mailed_to == [maya.pk]
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        view.refresh_from_db()
        assert view.mailed_to == []

    def test_a_token_of_another_workspace_is_none(self, shop: ChannelAccount, maya: Any) -> None:
        token = stop_token(maya)
        assert member_of(token) == maya.pk
        assert member_of(token[:-2]) is None
        real = connection.tenant
        try:
            connection.tenant = type("Elsewhere", (), {"pk": real.pk + 1})()
            assert member_of(token) is None
        finally:
            connection.tenant = real

    def test_who_asks_on_the_eve_gets_the_letter_of_the_morning(self, shop: ChannelAccount, maya: Any) -> None:
        subscribe(keep(maya), maya, now=datetime(2026, 11, 30, 3, tzinfo=UTC))
        assert DueItem.objects.get(kind=KIND).run_at == datetime(2026, 11, 30, 14, tzinfo=UTC)

    def test_a_sixth_dashboard_is_refused_in_words(self, shop: ChannelAccount, maya: Any) -> None:
        for number in range(5):
            subscribe(keep(maya, name=f"No. {number}"), maya, now=SATURDAY)
        client, sixth = client_of(maya), keep(maya, name="No. 6")
        answer = client.post("/sales/views/add/", {"name": "No. 7", "is_mailed": "on"}, **HTMX)
        assert answer.status_code == 422
        assert "about 5 dashboards already" in text(answer)
        assert not SavedView.objects.filter(name="No. 7").exists()
        page = client.post(reverse("integrations:kept-mail", args=[sixth.pk]), {"on": "1"}, follow=True)
        assert "about 5 dashboards already" in text(page)
        sixth.refresh_from_db()
        assert sixth.mailed_to == []

    def test_what_is_shared_no_more_is_mailed_to_its_author_alone(self, shop: ChannelAccount, maya: Any) -> None:
        reader = make_member("member", can_see_finance=True, language="en")
        view = keep(maya, is_shared=True)
        subscribe(view, reader, now=SATURDAY)
        subscribe(view, maya, now=SATURDAY)
        client_of(maya).post(f"/sales/views/{view.pk}/edit/", {"name": "All shops", "is_mailed": "on"})
        view.refresh_from_db()
        assert (view.is_shared, view.mailed_to) == (False, [maya.pk])
        client_of(maya).post(f"/sales/views/{view.pk}/edit/", {"name": "All shops"})
        view.refresh_from_db()
        assert view.mailed_to == []

    def test_statements_do_not_grow_with_shops_and_skus(self, shop: ChannelAccount, maya: Any) -> None:
        subscribe(keep(maya), maya, now=SATURDAY)
        counts = []
        for round_ in range(2):
            for number in range(3):
                more = make_shop(name=f"Shop {round_}{number}", external_id=f"x{round_}{number}", currency="USD")
                DailySales.objects.create(
                    account=more, day_on=date(2026, 11, 25), sku=f"S{number}", currency="USD", units_ordered=1,
                    gross_sales=5, sales_source="files", sales_as_of=MONDAY,
                )  # fmt: skip
            Letter.objects.all().delete()
            with CaptureQueriesContext(connection) as queries:
                send(maya.pk, now=MONDAY)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert counts[0] <= 25

    def test_asked_for_in_the_dialog_and_on_the_page(self, shop: ChannelAccount, maya: Any) -> None:
        client = client_of(maya)
        client.post("/sales/views/add/", {"name": "Mailed", "is_mailed": "on"})
        view = SavedView.objects.get()
        assert view.mailed_to == [maya.pk]
        assert "Stop the weekly letter" in menu_of(client, f"/sales/?saved={view.pk}")
        client.post(reverse("integrations:kept-mail", args=[view.pk]))
        assert "Mail me the closed week" in menu_of(client, f"/sales/?saved={view.pk}")
        client.post(f"/sales/views/{view.pk}/edit/", {"name": "Mailed", "is_mailed": "on"})
        view.refresh_from_db()
        assert view.mailed_to == [maya.pk]
