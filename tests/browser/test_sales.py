"""The line of sales is drawn, another measure at once; a mark on it leads to its task."""

from datetime import timedelta

from django.utils import timezone

from integrations.models import DailySales, SalesAction
from linkstar.members.models import Member
from tests.browser.conftest import Site
from tests.factories import make_project, make_task
from tests.factories.integrations import make_files_shop


def test_the_line_is_drawn_and_a_mark_leads_to_its_task(site: Site) -> None:
    owner, now = Member.objects.get(role="owner"), timezone.now()
    shop = make_files_shop()
    today = shop.day_of(now)
    DailySales.objects.bulk_create(
        DailySales(
            account=shop, day_on=today - timedelta(days=back), sku="A", currency="USD", units_ordered=back % 7 + 1,
            gross_sales=100 * (back % 7 + 1), sales_source="files", sales_as_of=now,
        )
        for back in range(1, 60)
    )  # fmt: skip
    task = make_task(make_project(owner), "New main image")
    live_at = now - timedelta(days=9)
    SalesAction.objects.create(account=shop, kind="images", skus=["A"], live_at=live_at, origin="task", task=task)
    page = site.page_for(owner, language="en")
    wrong = list[str]()
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    page.goto(site.url("/sales/"))
    page.locator("sales-chart[data-drawn] canvas").first.wait_for()
    mark = page.locator(".salepin:visible")
    assert mark.count() == 1
    assert "New main image" in (mark.get_attribute("aria-label") or "")

    page.locator('a[data-measure="units"]').click()
    page.wait_for_url("**measure=units**")
    assert page.locator("[data-chart-name]").inner_text() == "Units"

    page.locator("select[name=range]").select_option("7")
    page.wait_for_url("**range=7**")
    # The action is older than that.
    page.locator(".salepin").wait_for(state="detached")
    page.locator("sales-chart[data-drawn] canvas").first.wait_for()
    assert page.locator("[data-chart-name]").inner_text() == "Units"

    page.go_back()
    page.locator(".salepin:visible").click()
    page.wait_for_url(f"**/tasks/{task.pk}/")
    assert wrong == []


def test_a_day_is_typed_to_its_end(site: Site) -> None:
    """The year 2 is a year already: the page waits for the rest of it, and keeps the field at hand."""
    owner = Member.objects.get(role="owner")
    make_files_shop()
    page = site.page_for(owner, language="en")

    page.goto(site.url("/sales/?range=custom&from=2026-03-01&to=2026-03-10"))
    page.locator("#sales-from").focus()
    page.keyboard.type("02152026", delay=150)
    page.wait_for_url("**from=2026-02-15**")
    page.get_by_text("Sun 15 Feb – Tue 10 Mar 2026").wait_for()
    assert page.evaluate("document.activeElement.id") == "sales-from"
    page.locator("#sales-to").focus()
    page.keyboard.type("02202026", delay=150)
    page.keyboard.press("Tab")
    page.wait_for_url("**to=2026-02-20**")


def test_an_sku_is_found_while_its_name_is_typed(site: Site) -> None:
    """What the server answers meanwhile takes no letter away."""
    owner, shop = Member.objects.get(role="owner"), make_files_shop()
    today = shop.day_of(timezone.now())
    DailySales.objects.bulk_create(
        DailySales(
            account=shop, day_on=today - timedelta(days=2), sku=sku, currency="USD", units_ordered=1, gross_sales=9,
            sales_source="files",
        )
        for sku in ("FOUNTAIN-WHITE", "FOUNTAIN-BLACK", "MAT")
    )  # fmt: skip
    page = site.page_for(owner, language="en")

    page.goto(site.url("/sales/"))
    rows = page.locator(".sales__skus tbody tr")
    rows.nth(2).wait_for()
    page.locator("#sales-q").focus()
    page.keyboard.type("fount", delay=60)
    rows.nth(2).wait_for(state="detached")
    page.keyboard.type("ain-w", delay=450)
    rows.nth(1).wait_for(state="detached")
    assert rows.count() == 1
    assert page.locator("#sales-q").input_value() == "fountain-w"
