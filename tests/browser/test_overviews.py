"""The calendar by keys, by menu and by mouse; the portfolio's filter; a check in My work."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.models import Task
from tests.browser.conftest import PHONE, Site
from tests.factories import make_project, make_task

ZONE = "Asia/Shanghai"


def _wednesday() -> date:
    """One that lies in this month's grid, with a day before it and two after it."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday()) + timedelta(days=2)


def _due(task: Task) -> date | None:
    return Task.objects.get(pk=task.pk).due_on


def test_a_deadline_is_moved_by_keys_menu_and_mouse(site: Site) -> None:
    owner = Member.objects.get(role="owner")
    project = make_project(owner)
    day = _wednesday()
    task = make_task(project, "Book the truck", deadline=Deadline(day, None, ZONE))
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/calendar/?view=week"))
    entry = page.locator(f"#entry-{task.pk}")
    page.locator(f"#entry-{task.pk}-link").focus()
    page.keyboard.press("]")
    page.locator(f'[data-day="{day + timedelta(days=1)}"] #entry-{task.pk}').wait_for()
    assert _due(task) == day + timedelta(days=1)
    # The focus stays on the task, so that the next key moves it on.
    page.wait_for_function(f"document.activeElement.id === 'entry-{task.pk}-link'")
    page.locator(".toast button").first.click()
    page.locator(f'[data-day="{day}"] #entry-{task.pk}').wait_for()
    assert _due(task) == day

    entry.hover()
    entry.locator(".entry-day__menu").click()
    form = page.locator(f"#day-{task.pk}")
    form.locator("input[name=on]").fill(str(day - timedelta(days=1)))
    form.locator("button").click()
    page.locator(f'[data-day="{day - timedelta(days=1)}"] #entry-{task.pk}').wait_for()

    _drag(page, page.locator(f"#entry-{task.pk}"), page.locator(f'[data-list="{day + timedelta(days=1)}"]'))
    page.locator(f'[data-day="{day + timedelta(days=1)}"] #entry-{task.pk}').wait_for()
    page.wait_for_timeout(300)
    assert _due(task) == day + timedelta(days=1)


def _drag(page: Any, what: Any, to: Any) -> None:
    start, end = what.bounding_box(), to.bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 8)
    page.mouse.down()
    for step in range(1, 9):
        x = start["x"] + 30 + (end["x"] + 40 - start["x"] - 30) * step / 8
        page.mouse.move(x, start["y"] + 8 + (end["y"] + 40 - start["y"] - 8) * step / 8)
    page.wait_for_timeout(150)
    page.mouse.up()


def test_a_task_is_added_on_a_day_and_checked_off_on_a_phone(site: Site) -> None:
    owner = Member.objects.get(role="owner")
    project = make_project(owner, name="Launch")
    page = site.page_for(owner, language="en", width=PHONE)
    page.goto(site.url(f"/projects/{project.pk}/calendar/"))
    page.locator(".day--today .day__add").click()
    page.locator("#dialog input[name=title]").fill("Order samples")
    page.locator("#dialog button.button--primary").click()
    page.locator(".day--today .entry-day", has_text="Order samples").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(site.url("/"))
    page.get_by_role("button", name="Mark done: Order samples").click()
    page.get_by_text("Order samples", exact=True).wait_for(state="detached")
    page.wait_for_timeout(200)
    assert Task.objects.get().is_done


def test_the_portfolio_is_filtered_in_the_address(site: Site) -> None:
    owner = Member.objects.get(role="owner")
    make_project(owner, name="Coupon", channel="amazon_us", store="HEYFINCH US")
    make_project(owner, name="Shop", channel="shopify")
    page = site.page_for(owner, language="en")
    page.goto(site.url("/projects/"))
    page.locator("select[name=channel]").select_option("amazon_us")
    page.locator("#portfolio").get_by_role("link", name="Shop", exact=True).wait_for(state="detached")
    page.wait_for_url("**/projects/?channel=amazon_us")
    assert page.locator("#portfolio-csv").get_attribute("href") == "/projects/csv/?channel=amazon_us"
    page.reload()
    assert page.locator(".portfolio .t").all_inner_texts() == ["Coupon"]
    page.get_by_role("link", name="Clear the filter").click()
    assert page.locator(".portfolio .t").count() == 2
