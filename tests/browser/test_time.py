"""Working days and time zones, as somebody on a journey meets them."""

from playwright.sync_api import Page, expect

from linkstar.accounts.models import User
from tests.browser.conftest import Site
from tests.factories import make_member


def travel(site: Site, page: Page, zone: str) -> Page:
    """The same browser, with what it remembers, on a device whose clock is in `zone`."""
    context = site.browser.new_context(
        storage_state=page.context.storage_state(), timezone_id=zone, locale="en-US", viewport=page.viewport_size
    )
    context.set_default_timeout(10_000)
    site.contexts.append(context)
    elsewhere = context.new_page()
    elsewhere.goto(page.url)
    return elsewhere


def test_a_travellers_clock_is_offered_never_imposed_and_asked_once_a_zone(site: Site) -> None:
    maya = make_member("manager", language="en", time_zone="America/New_York")
    page = site.page_for(maya)
    page.goto(site.url("/settings/calendar/"))
    expect(page.locator("zone-offer")).to_be_hidden()

    page = travel(site, page, "Asia/Tokyo")
    expect(page.locator("zone-offer")).to_contain_text("Asia/Tokyo")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("zone-offer")).to_be_hidden()
    page = travel(site, page, "Europe/Paris")
    expect(page.locator("zone-offer")).to_contain_text("Europe/Paris")
    page.get_by_role("button", name="Keep mine").click()
    # The page has drawn its clocks by now, so an offer would be there.
    page = travel(site, page, "Asia/Tokyo")
    expect(page.locator(".clocks")).to_be_visible()
    expect(page.locator("zone-offer")).to_be_hidden()
    assert User.objects.get(pk=maya.user_id).time_zone == "America/New_York"

    page = travel(site, page, "Europe/Berlin")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("Your clock is set.")).to_be_visible()
    assert User.objects.get(pk=maya.user_id).time_zone == "Europe/Berlin"


def test_a_closure_is_entered_and_leave_taken_on_a_phone(site: Site) -> None:
    maya = make_member("manager", language="en", time_zone="America/New_York")
    page = site.page_for(maya, width=390)
    page.goto(site.url("/settings/calendar/"))
    page.get_by_label("Name of the closure").fill("Inventory")
    page.get_by_label("First day").fill("2035-02-05")
    page.get_by_label("Last day").fill("2035-02-09")
    page.get_by_role("button", name="Add the closure").click()
    expect(page.get_by_text("Mon 5 Feb 2035 – Fri 9 Feb 2035")).to_be_visible()
    page.goto(site.url(f"/members/{maya.pk}/time/"))
    page.get_by_label("Sat", exact=True).fill("10-14")
    page.get_by_role("button", name="Save the hours").click()
    expect(page.get_by_label("Sat", exact=True)).to_have_value("10:00-14:00")
    page.get_by_label("First day").fill("2035-03-05")
    page.get_by_role("button", name="Enter the leave").click()
    expect(page.get_by_text("Mon 5 Mar 2035")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
