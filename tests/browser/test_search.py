"""Search as somebody types: results come by themselves, marked, and open beside the page."""

from tests.browser.conftest import Site
from tests.factories import make_member, make_project, make_task


def test_results_come_while_typing(site: Site) -> None:
    maya = make_member(display_name="Maya", time_zone="America/New_York")
    make_task(make_project(maya, name="Launch"), "黑五优惠券 coupon")
    page = site.page_for(maya, language="en")
    page.goto(site.url("/search/"))
    page.locator("#search-q").press_sequentially("heiwu", delay=30)
    page.wait_for_selector("mark:has-text('黑五')")
    assert page.url.endswith("/search/?q=heiwu")
    assert page.evaluate("document.activeElement.id") == "search-q"
    page.locator(".hit__title").first.click()
    page.wait_for_selector("#sheet[open]")


def test_search_without_scripts(site: Site) -> None:
    maya = make_member(display_name="Maya", time_zone="America/New_York")
    make_task(make_project(maya, name="Launch"), "黑五优惠券 coupon")
    page = site.page_for(maya, width=390, javascript=False)
    page.goto(site.url("/search/"))
    page.locator("#search-q").fill("優惠")
    page.locator("#search-q").press("Enter")
    assert page.locator(".hit mark").inner_text() == "优惠"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
