"""The timeline under the hand: a bar is dragged and taken back, two are linked, one is moved by keys; and on a phone.

Dates lie in 2035: no bar is near today, nothing depends on when the tests run, and the chart begins at the first bar.
"""

from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from linkstar.lib.deadlines import Deadline
from projects.actions.deadlines import set_deadline
from projects.models import Dependency, Task
from tests.browser.conftest import PHONE, Site
from tests.factories import make_project, make_task

ZONE = "America/Los_Angeles"


def bar_task(project: Any, title: str, first: int, last: int) -> Task:
    return make_task(project, title, start_on=date(2035, 3, first), deadline=Deadline(date(2035, 3, last), None, ZONE))


def open_chart(site: Site, owner: Any, project: Any, **how: Any) -> Page:
    page = site.page_for(owner, language="en", **how)
    # A process that draws its first timeline reads the holidays of some years.
    page.goto(site.url(f"/projects/{project.pk}/timeline/"), timeout=30_000)
    expect(page.locator("timeline-chart .gantt_task_line").first).to_be_visible(timeout=15_000)
    return page


def bar(page: Page, task: Task) -> Locator:
    return page.locator(f".gantt_task_line[data-task-id='{task.pk}']")


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The library takes up a bar once the pointer has moved 20 px, or moves after a moment: both hold here."""
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(*(a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)))
        page.wait_for_timeout(60)
    page.mouse.up()


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def day_width(page: Page) -> float:
    """A column of the axis is a day."""
    box = page.locator(".gantt_scale_line").nth(1).locator(".gantt_scale_cell").nth(4).bounding_box()
    assert box is not None
    return box["width"]


# Whether the middle of a bar is drawn at this place.
LIES_AT = """([pk, x]) => {
    const box = document.querySelector(`.gantt_task_line[data-task-id='${pk}']`)?.getBoundingClientRect();
    return box && Math.abs(box.x + box.width / 2 - x) < 2;
}"""


def days_of(task: Task) -> tuple[str, str]:
    task.refresh_from_db()
    return str(task.start_on), str(task.due_on)


def test_a_bar_is_dragged_and_taken_back_and_a_stale_one_shows_the_true_dates(site: Site, owner: Any) -> None:
    project = make_project(owner)
    task = bar_task(project, "Order samples", 5, 8)
    page = open_chart(site, owner, project, worker=False)
    page.route("**/changes/?**", lambda route: route.fulfill(status=304))
    x, y = middle(bar(page, task))
    drag(page, (x, y), (x + 3 * day_width(page), y))
    toast = page.locator(".toast").filter(has_text="The deadline is now Sun 11 Mar 2035")
    expect(toast).to_be_visible()
    assert days_of(task) == ("2035-03-08", "2035-03-11")
    toast.get_by_role("button", name="Undo").click()
    page.wait_for_function(LIES_AT, arg=[task.pk, x])
    assert days_of(task) == ("2035-03-05", "2035-03-08")

    # Behind the page's back, which does not hear of it.
    set_deadline(task, Deadline(date(2035, 3, 9), None, ZONE), actor=owner, now=task.updated_at)
    drag(page, (x, y), (x + 2 * day_width(page), y))
    expect(page.locator(".toast").filter(has_text="changed this meanwhile")).to_be_visible()
    assert days_of(task) == ("2035-03-05", "2035-03-09")


def test_two_bars_are_linked_by_their_ends_and_one_that_moves_the_other_asks(site: Site, owner: Any) -> None:
    project = make_project(owner)
    first, then = bar_task(project, "Order samples", 5, 6), bar_task(project, "Test samples", 9, 12)
    page = open_chart(site, owner, project)
    bar(page, first).hover()
    handle = bar(page, first).locator(".task_end_date .gantt_link_point")
    expect(handle).to_be_visible()
    start = middle(handle)
    page.mouse.move(*start)
    page.mouse.down()
    x, y = middle(bar(page, then))
    box = bar(page, then).bounding_box()
    assert box is not None
    for end in ((x, y), (box["x"] + 6, y)):
        page.mouse.move(*end, steps=6)
        page.wait_for_timeout(80)
    page.mouse.up()
    expect(page.locator(".gantt_task_link")).to_have_count(1)
    link = Dependency.objects.get()
    assert (link.blocker_id, link.blocked_id, link.kind) == (first.pk, then.pk, "fs")

    x, y = middle(bar(page, first))
    drag(page, (x, y), (x + 7 * day_width(page), y))
    expect(page.locator("#dialog")).to_contain_text("2 tasks move.")
    assert days_of(first) == ("2035-03-05", "2035-03-06")
    page.locator("#reschedule-apply").click()
    expect(page.locator(".toast").filter(has_text="2 tasks moved.")).to_be_visible()
    assert days_of(first) == ("2035-03-12", "2035-03-13")

    # Choose the link by keys, and delete it.
    page.locator("timeline-chart").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("l")
    expect(page.locator(".tl-offer")).to_contain_text("Test samples ← Order samples")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Delete the link", exact=True).last.click()
    expect(page.locator(".gantt_task_link")).to_have_count(0)
    assert not Dependency.objects.exists()


def test_a_bar_moves_by_keys_and_opens(site: Site, owner: Any) -> None:
    project = make_project(owner)
    task = bar_task(project, "Order samples", 5, 8)
    page = open_chart(site, owner, project)
    page.locator("timeline-chart").focus()
    page.keyboard.press("ArrowDown")
    for _press in range(2):
        page.keyboard.press("ArrowRight")
    # Presses that follow each other are one edit.
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Sat 10 Mar 2035")
    assert days_of(task) == ("2035-03-07", "2035-03-10")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".toast").filter(has_text="Sun 11 Mar 2035")).to_be_visible()
    assert days_of(task) == ("2035-03-07", "2035-03-11")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_contain_text("Order samples")


def test_on_a_phone_it_is_a_list(site: Site, owner: Any) -> None:
    project = make_project(owner)
    first, then = bar_task(project, "Order samples", 5, 6), bar_task(project, "Test samples", 9, 12)
    Dependency.objects.create(blocker=first, blocked=then)
    page = site.page_for(owner, language="en", width=PHONE)
    page.goto(site.url(f"/projects/{project.pk}/timeline/"))
    row = page.locator(f"#line-{then.pk}")
    expect(row).to_contain_text("Waits for")
    expect(row.locator(".c-waits")).to_contain_text("Order samples")
    assert page.locator("script[data-timeline]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row.locator(".c-title a").click()
    expect(page.locator("#sheet")).to_contain_text("Test samples")


def test_groups_stand_under_heads_that_fold(site: Site, owner: Any) -> None:
    project = make_project(owner)
    first = bar_task(project, "Order samples", 5, 6)
    then = bar_task(project, "Test samples", 9, 12)
    Task.objects.filter(pk=then.pk).update(priority=Task.Priority.URGENT)
    Dependency.objects.create(blocker=first, blocked=then)
    page = open_chart(site, owner, project)
    page.locator("select[name=group]").select_option("priority")
    heads = page.locator(".gantt_grid_data .tl-row--head")
    expect(heads).to_contain_text(["Urgent", "Normal"])
    expect(page.locator(".gantt_task_link")).to_have_count(1)
    heads.first.click()
    expect(bar(page, then)).to_have_count(0)
    expect(page.locator(".gantt_task_link")).to_have_count(0)
    # It is chosen now: the same by keys.
    page.locator("timeline-chart").focus()
    page.keyboard.press("Enter")
    expect(bar(page, then)).to_be_visible()
