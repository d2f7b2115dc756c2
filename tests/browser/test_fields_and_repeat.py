"""Custom fields and repeating tasks in a browser, from where they are set to where they show."""

from datetime import date, time, timedelta
from typing import Any

from playwright.sync_api import expect

from linkstar.lib.deadlines import Deadline
from projects.models import Task
from tests.factories import make_member, make_project, make_task


def make_manager() -> Any:
    return make_member("manager", display_name="Maya", language="en", time_zone="America/New_York")


def test_a_field_is_made_shown_filled_in_and_stands_on_the_card(site: Any) -> None:
    maya = make_manager()
    task = make_task(make_project(maya), title="Shoot the main image", owner=maya)
    page = site.page_for(maya, language="en")
    for name, kind, choices in (("Listing", "choice", "Draft\nLive"), ("Boxes", "number", "")):
        page.goto(site.url("/settings/fields/new/"))
        page.get_by_label("Name").fill(name)
        page.get_by_label("Kind").select_option(kind)
        expect(page.get_by_label("Choices, each on a line of its own")).to_be_visible(visible=bool(choices))
        if choices:
            page.get_by_label("Choices, each on a line of its own").fill(choices)
        page.get_by_role("button", name="Add the field").click()
        expect(page.locator("#main")).to_contain_text(name)
    page.goto(site.url(f"/projects/{task.project_id}/fields/"))
    for name in ("Listing", "Boxes"):
        row = page.locator("li", has_text=name)
        row.locator("[name=shown]").check()
        row.locator("[name=on_cards]").check()
    page.get_by_role("button", name="Save").click()
    page.goto(site.url(f"/projects/{task.project_id}/board/"))
    page.locator(f"#task-{task.pk}-link").click()
    sheet = page.locator("#sheet")
    sheet.get_by_label("Listing", exact=True).select_option("Live")
    expect(sheet).to_contain_text("set “Listing” to Live.")
    boxes = sheet.get_by_label("Boxes", exact=True)
    boxes.fill("1,5")
    boxes.press("Tab")
    expect(sheet).to_contain_text("Type a number, as in 1234.5 or 1,234.5.")
    expect(sheet.get_by_label("Boxes", exact=True)).to_have_value("1,5")
    sheet.get_by_label("Boxes", exact=True).fill("1,500")
    sheet.get_by_label("Boxes", exact=True).press("Tab")
    expect(sheet).to_contain_text("set “Boxes” to 1500.")
    page.keyboard.press("Escape")
    expect(page.locator(f"#task-{task.pk} .card__values")).to_have_text("ListingLiveBoxes1,500")


def test_a_task_is_set_to_repeat_with_a_preview_and_stopped(site: Any) -> None:
    maya = make_manager()
    day = date.today() + timedelta(days=5)  # noqa: DTZ011 - any day that lies ahead
    deadline = Deadline(day, time(18, 0), "America/Los_Angeles")
    task = make_task(make_project(maya), title="Check the stock", owner=maya, deadline=deadline)
    page = site.page_for(maya, language="en")
    page.goto(site.url(f"/projects/{task.project_id}/board/"))
    page.locator(f"#task-{task.pk}-link").click()
    page.locator("#repeat-edit").click()
    expect(page.locator(".repeat__dates li")).to_have_count(5)
    expect(page.locator("#repeat-month-day")).not_to_be_visible()
    page.get_by_label("It comes again").select_option("month_day")
    expect(page.locator("#repeat-month-day")).to_be_visible()
    page.locator("#repeat-month-day").select_option("31")
    expect(page.locator("#repeat-preview")).to_contain_text("every month on day 31 (or its last day) 18:00")
    page.locator("#repeat-window").fill("99")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#dialog")).to_contain_text("Type a whole number from 0 to 60.")
    expect(page.locator("#repeat-window")).to_have_value("99")
    page.locator("#repeat-window").fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("#prop-repeat")).to_contain_text("every month on day 31 (or its last day) 18:00")
    assert Task.objects.get(pk=task.pk).recurrence_id is not None
    page.locator("#repeat-stop").click()
    expect(page.locator("#prop-repeat")).to_contain_text("Stopped: no further copy is made.")
