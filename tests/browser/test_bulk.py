"""Many cards at once, by mouse and by keys: ticked, given away, and taken back."""

from typing import Any

from playwright.sync_api import expect

from projects.models import Task
from tests.browser.conftest import Site
from tests.factories import make_member, make_project, make_task


def test_three_cards_are_ticked_given_away_and_taken_back(site: Site, owner: Any) -> None:
    project, maya = make_project(owner), make_member(display_name="Maya")
    tasks = [make_task(project, f"Photo {number}") for number in range(4)]
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    page.locator(f"#task-{tasks[0].pk}").hover()
    page.locator(f"#pick-{tasks[0].pk}").click()
    page.locator(f"#pick-{tasks[2].pk}").click(modifiers=["Shift"])
    bar = page.locator("select-bar")
    expect(bar.locator("[data-count]")).to_have_text("3 selected")
    expect(bar.locator("[data-everything]")).to_have_text("Select all 4 that match")

    bar.get_by_role("button", name="Owner").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Owner").select_option(label="Maya")
    expect(dialog).to_contain_text("3 tasks get the owner Maya.")
    dialog.get_by_role("button", name="Change 3 tasks").click()
    expect(dialog).to_be_hidden()
    expect(bar).to_be_hidden()
    expect(page.locator(f"#task-{tasks[2].pk} .avatar")).to_have_attribute("aria-label", "Maya")
    assert Task.objects.filter(owner=maya).count() == 3

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("toast-region")).to_contain_text("3 tasks put back as they were.")
    expect(page.locator(f"#task-{tasks[2].pk} .avatar--none")).to_be_visible()
    assert not Task.objects.filter(owner=maya).exists()

    page.locator(f"#task-{tasks[1].pk}-link").focus()
    page.keyboard.press("x")
    expect(bar.locator("[data-count]")).to_have_text("1 selected")
    page.keyboard.press("Control+a")
    expect(bar.locator("[data-count]")).to_have_text("4 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
