"""In the browser: a deadline is typed, what waits for it moves along, and all of it is taken back with one button."""

from datetime import date
from typing import Any

from playwright.sync_api import expect

from linkstar.lib.deadlines import Deadline
from projects.models import Dependency
from tests.browser.test_task import make_maya, open_sheet
from tests.factories import make_project, make_task

ZONE = "America/Los_Angeles"


def test_what_waits_moves_along_and_comes_back(site: Any) -> None:
    maya = make_maya()
    project = make_project(maya, time_zone=ZONE)
    first, second = (
        make_task(project, title, owner=maya, deadline=Deadline(date(2035, 3, day), None, ZONE), calendar="us")
        for title, day in (("Photos", 5), ("Listing", 7))
    )
    Dependency.objects.create(blocker=first, blocked=second)
    page = open_sheet(site, maya, first)

    page.locator("#deadline-edit").click()
    page.locator("#deadline-typed").fill("2035-03-08")
    expect(page.locator("#deadline-preview")).to_contain_text("1 task waits for this one.")
    page.get_by_role("button", name="Move what waits, too").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("2 tasks move.")
    expect(dialog).to_contain_text("It keeps its distance to #1 Photos.")
    dialog.get_by_text("Push only what would overlap").click()
    expect(dialog).to_contain_text("Pushed by #1 Photos.")
    dialog.get_by_role("button", name="Move 2 tasks").click()
    toast = page.locator(".toast", has_text="2 tasks moved.")
    expect(toast).to_be_visible()
    second.refresh_from_db()
    assert second.due_on == date(2035, 3, 9)
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="2 tasks put back as they were.")).to_be_visible()
    second.refresh_from_db()
    assert second.due_on == date(2035, 3, 7)
