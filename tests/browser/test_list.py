"""The list under the hand: sorted, edited by keys, its filter kept as a view; and on a phone."""

from datetime import date
from typing import Any

from playwright.sync_api import expect

from linkstar.lib.deadlines import Deadline
from projects.models import SavedView, Task
from tests.browser.conftest import PHONE, Site
from tests.factories import make_member, make_project, make_task


def test_cells_are_edited_by_keys_rows_sorted_and_the_view_kept(site: Site, owner: Any) -> None:
    project, wei = make_project(owner), make_member(display_name="Wei")
    first = make_task(project, "Order samples", deadline=Deadline(date(2027, 3, 2), None, "UTC"))
    second = make_task(project, "Book the photographer", deadline=Deadline(date(2027, 3, 1), None, "UTC"))
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/list/"))
    titles = page.locator(".list__row .c-title a")
    expect(titles).to_have_text(["Order samples", "Book the photographer"])

    page.get_by_role("link", name="Deadline").click()
    expect(titles).to_have_text(["Book the photographer", "Order samples"])
    expect(page).to_have_url(site.url(f"/projects/{project.pk}/list/?sort=due"))
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Deadline")

    # Into the list, a row down, a cell to the right: the title.
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    field = page.get_by_label("Title", exact=True)
    expect(field).to_be_focused()
    field.fill("Order three samples")
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["Book the photographer", "Order three samples"])
    cell = page.locator(f"#row-{first.pk} > [data-cell=title]")
    expect(cell).to_be_focused()
    # Esc puts back what stood there.
    page.keyboard.press("Enter")
    field.fill("Nonsense")
    page.keyboard.press("Escape")
    expect(titles).to_have_text(["Book the photographer", "Order three samples"])
    expect(cell).to_be_focused()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F2")
    # The field has the focus once it is wired; before that nobody could choose in it.
    expect(page.locator("td.list__editor select")).to_be_focused()
    page.locator("td.list__editor select").select_option(str(wei.pk))
    expect(page.locator(f"#row-{first.pk} .c-owner .list__name")).to_have_text("Wei")
    assert Task.objects.get(pk=first.pk).title == "Order three samples"
    assert Task.objects.get(pk=first.pk).owner == wei

    # A refusal stands beside the field, with what was typed.
    page.locator(f"#row-{second.pk} .c-due").click(position={"x": 5, "y": 5})
    page.locator("td.list__editor [name=typed]").fill("someday soon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This was not understood.").first).to_be_visible()
    expect(page.locator("td.list__editor [name=typed]")).to_have_value("someday soon")
    page.locator("td.list__editor [name=typed]").fill("2027-04-01 18:00")
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{second.pk} .c-due time")).to_contain_text("1 Apr")

    page.get_by_label("Words in a title, or a number").fill("samples")
    expect(titles).to_have_text(["Order three samples"])
    page.get_by_role("button", name="Views").click()
    page.get_by_text("Save this view").click()
    page.get_by_label("Name").fill("Samples")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#views-button")).to_contain_text("Samples")
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Samples", "q=samples&sort=due")
    page.get_by_role("link", name="Clear the filter").first.click()
    expect(titles).to_have_count(2)
    page.get_by_role("link", name="Board").click()
    expect(page.locator(".card")).to_have_count(2)


def test_further_rows_come_by_scrolling_and_a_row_opens_its_task(site: Site, owner: Any) -> None:
    project = make_project(owner)
    for number in range(130):
        make_task(project, f"Task {number}")
    page = site.page_for(owner, language="en", width=PHONE)
    page.goto(site.url(f"/projects/{project.pk}/list/"))
    rows = page.locator(".list__row")
    expect(rows).to_have_count(100)
    page.locator("#list-more").scroll_into_view_if_needed()
    expect(rows).to_have_count(130)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    rows.nth(2).click(position={"x": 60, "y": 40})
    expect(page.locator("#sheet")).to_be_visible()
