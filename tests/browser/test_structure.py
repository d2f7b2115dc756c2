"""A task is taken apart in the browser: subtasks, a promoted item, the parent, time and products."""

from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from projects.actions.checklists import add_items
from projects.models import Task
from tests.browser.test_task import make_maya, open_sheet
from tests.factories import make_project, make_task


def test_a_task_is_taken_apart_and_its_card_follows(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), title="Freeze the listing", owner=maya)
    [item] = add_items(task, ["Grown too large"], actor=maya, now=timezone.now())
    page = open_sheet(site, maya, task)

    page.locator("#subtasks-new").fill("Replace the images @Maya")
    page.locator("#subtasks-new").press("Enter")
    expect(page.locator("#subtasks li")).to_have_count(1)
    page.locator("#subtasks .tick").check()
    expect(page.locator("#subtasks-progress")).to_contain_text("1/1")
    page.locator(f"#item-{item.pk}").hover()
    page.locator(f"#item-{item.pk}").get_by_role("button", name="Make “Grown too large” a subtask").click()
    expect(page.locator("#subtasks li")).to_have_count(2)
    expect(page.locator("#checklist li")).to_have_count(0)
    page.locator(".toast", has_text="is a subtask now").get_by_role("button", name="Undo").click()
    expect(page.locator("#checklist li")).to_have_count(1)
    expect(page.locator("#subtasks li")).to_have_count(1)

    page.locator("#estimate-field").fill("半天")
    page.locator("#estimate-field").press("Enter")
    expect(page.locator("#prop-effort")).to_contain_text("4 h estimated, nothing logged yet")
    page.locator("#time-open").click()
    page.locator("#time-length").fill("5h")
    page.locator("#time-length").press("Enter")
    expect(page.locator(".timelog__list li")).to_have_count(1)
    page.locator("#dialog").get_by_role("link", name="Close").click()
    expect(page.locator("#prop-effort")).to_contain_text("1 h over the estimate")

    page.locator("#products-new").fill("https://www.amazon.com/dp/B0C1234XYZ?tag=x")
    page.locator("#products-new").press("Enter")
    expect(page.get_by_role("link", name="B0C1234XYZ")).to_have_attribute("rel", "noopener noreferrer")

    page.locator("#subtasks .t").click()
    expect(page.locator("#task-path")).to_contain_text("Freeze the listing")
    page.locator("#prop-parent").get_by_role("button", name="Take it out").click()
    expect(page.locator("#task-path")).not_to_contain_text("Freeze the listing")
    page.locator("#parent-edit").click()
    page.locator("#parent-q").fill("freeze")
    page.get_by_role("button", name="Freeze the listing").click()
    expect(page.locator("#task-path")).to_contain_text("Freeze the listing")
    page.keyboard.press("Escape")
    expect(page.locator(f"#task-{task.pk} .stat").first).to_contain_text("1/1")
    assert Task.objects.alive().get(parent=task).owner == maya


def test_a_choice_is_heard_although_the_search_answers_after_it(site: Any) -> None:
    """The list that the choice was made from is not drawn anew under it."""
    maya = make_maya()
    project = make_project(maya)
    task, parent = make_task(project, title="Shoot", owner=maya), make_task(project, title="Freeze the listing")
    page = open_sheet(site, maya, task, worker=False)
    held: list[Any] = []

    def hold_writes(route: Any) -> None:
        held.append(route) if route.request.method == "POST" else route.continue_()

    page.route("**/parent/**", hold_writes)
    page.locator("#parent-edit").click()
    choice = page.get_by_role("button", name="Freeze the listing")
    expect(choice).to_be_visible()
    with page.expect_response(lambda answer: "q=freeze" in answer.url):
        page.locator("#parent-q").fill("freeze")
        choice.click()
    page.wait_for_function("() => !document.querySelector('.searchbox.htmx-request')")
    held.pop().continue_()
    expect(page.locator("#task-path")).to_contain_text("Freeze the listing")
    expect(page.locator(f"#task-{parent.pk} .stat").first).to_contain_text("0/1")
