"""One task waits for another, in the browser: linked from its sheet, asked why before it goes on, and taken back."""

from typing import Any

from playwright.sync_api import expect

from projects.models import Dependency, Task
from tests.browser.test_task import make_maya, open_sheet
from tests.factories import make_project, make_ready_task


def test_a_task_is_linked_and_goes_on_only_with_a_reason(site: Any) -> None:
    maya = make_maya()
    project = make_project(maya)
    before = make_ready_task(make_project(maya, name="Brand"), title="EIN letter")
    task = make_ready_task(project, title="Register the shop")
    page = open_sheet(site, maya, task)

    page.locator("#link-waits").click()
    page.locator("#link-q").fill("EIN")
    page.locator("#links-found").get_by_role("button", name="EIN letter").click()
    expect(page.locator("#prop-links")).to_contain_text("EIN letter")
    expect(page.locator("#prop-links")).to_contain_text("Brand")
    expect(page.locator(f"#task-{task.pk} .card__mark--blocked")).to_be_visible()

    page.locator("#task-state-button").click()
    expect(page.locator("#dialog")).to_contain_text("EIN letter")
    page.locator("#begin-reason").fill("The number came by phone")
    page.locator("#dialog").get_by_role("button", name="Finish").click()
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("#task-state")).to_contain_text("Done")
    page.locator(".toast").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#task-state")).to_contain_text("Mark done")

    page.locator(f"#link-{Dependency.objects.get().pk}-edit").click()
    page.locator("#link-lag").fill("3")
    page.locator("#link-lag").press("Enter")
    expect(page.locator("#prop-links")).to_contain_text("finish to start, 3 days later")
    page.locator(f"#link-{Dependency.objects.get().pk}-edit").click()
    page.locator("#dialog").get_by_role("button", name="Remove the link").click()
    expect(page.locator("#prop-links")).not_to_contain_text("EIN letter")
    assert not Dependency.objects.exists()
    assert not Task.objects.get(pk=before.pk).is_done
